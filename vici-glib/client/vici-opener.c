/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-opener.h"

#include "vici-i18n.h"

struct _ViciOpener
{
  GCancellable     *cancellable;        /* ends the attempt, whoever wants it to end */
  GCancellable     *caller;             /* the caller's; NULL: none */
  gulong            caller_id;
  GSource          *timeout;            /* NULL: none */
  guint             timeout_ms;
  gboolean          timed_out;
  ViciTransportFunc func;               /* NULL: given up */
  gpointer          user_data;
};

static void
vici_opener_free (ViciOpener *self)
{
  if (self->caller != NULL)
    g_signal_handler_disconnect (self->caller, self->caller_id);

  if (self->timeout != NULL)
    {
      g_source_destroy (self->timeout);
      g_source_unref (self->timeout);
    }

  g_clear_object (&self->caller);
  g_clear_object (&self->cancellable);
  g_free (self);
}

static void
on_opened (GIOStream    *stream,
           const GError *error,
           gpointer      user_data)
{
  ViciOpener *self = user_data;
  g_autoptr (GError) timed_out = NULL;

  if (stream == NULL && self->timed_out)
    g_set_error (&timed_out, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                 _("The daemon did not accept the connection within %u ms"), self->timeout_ms);

  if (self->func != NULL)
    self->func (stream, timed_out ? timed_out : error, self->user_data);

  vici_opener_free (self);
}

static gboolean
on_timeout (gpointer user_data)
{
  ViciOpener *self = user_data;

  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static void
on_caller_cancelled (GCancellable *caller,
                     GCancellable *cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
on_closure_gone (gpointer  data,
                 GClosure *closure)
{
  g_object_unref (data);
}

/* g_cancellable_disconnect() would wait for handlers of others too, which may
 * well be waiting for us. */
static void
watch_caller (ViciOpener   *self,
              GCancellable *caller)
{
  self->caller = g_object_ref (caller);
  self->caller_id = g_signal_connect_data (caller, "cancelled",
                                           G_CALLBACK (on_caller_cancelled),
                                           g_object_ref (self->cancellable),
                                           on_closure_gone, 0);
  if (g_cancellable_is_cancelled (caller))
    g_cancellable_cancel (self->cancellable);
}

ViciOpener *
vici_opener_start (const char       *uri,
                   guint             timeout,
                   GCancellable     *cancellable,
                   ViciTransportFunc func,
                   gpointer          user_data)
{
  ViciOpener *self = g_new0 (ViciOpener, 1);

  self->cancellable = g_cancellable_new ();
  self->timeout_ms = timeout;
  self->func = func;
  self->user_data = user_data;

  if (cancellable != NULL)
    watch_caller (self, cancellable);

  if (timeout > 0)
    {
      self->timeout = g_timeout_source_new (timeout);
      g_source_set_callback (self->timeout, on_timeout, self, NULL);
      g_source_attach (self->timeout, g_main_context_get_thread_default ());
    }

  vici_transport_open (uri, self->cancellable, on_opened, self);

  return self;
}

void
vici_opener_give_up (ViciOpener *self)
{
  self->func = NULL;
  g_cancellable_cancel (self->cancellable);
}

typedef struct
{
  gboolean   done;
  GIOStream *stream;
  GError    *error;
} Outcome;

static void
note_outcome (GIOStream    *stream,
              const GError *error,
              gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->done = TRUE;
  outcome->stream = stream ? g_object_ref (stream) : NULL;
  outcome->error = error ? g_error_copy (error) : NULL;
}

GIOStream *
vici_opener_run (const char   *uri,
                 guint         timeout,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  Outcome outcome = { FALSE, NULL, NULL };

  g_main_context_push_thread_default (context);

  vici_opener_start (uri, timeout, cancellable, note_outcome, &outcome);
  while (!outcome.done)
    g_main_context_iteration (context, TRUE);

  g_main_context_pop_thread_default (context);

  if (outcome.error != NULL)
    g_propagate_error (error, outcome.error);

  return outcome.stream;
}
