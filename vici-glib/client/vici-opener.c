/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-opener.h"

#include "vici-cancel-source.h"
#include "vici-i18n.h"
#include "vici-source.h"

struct _ViciOpener
{
  GSource          *outcome;            /* tells it, where it was there at once; else NULL */
  GIOStream        *stream;
  GError           *error;

  GCancellable     *cancellable;        /* ends the attempt, whoever wants it to end */
  GSource          *cancelled;          /* of the caller's cancellable; NULL: none */
  GSource          *timeout;            /* NULL: none */
  guint             timeout_ms;
  gboolean          timed_out;
  ViciTransportFunc func;               /* NULL: given up */
  gpointer          user_data;
};

static void
vici_opener_free (ViciOpener *self)
{
  vici_source_end (self->outcome);
  vici_source_end (self->cancelled);
  vici_source_end (self->timeout);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->stream);
  g_clear_error (&self->error);
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

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  ViciOpener *self = user_data;

  g_cancellable_cancel (self->cancellable);

  return G_SOURCE_REMOVE;
}

static gboolean
on_outcome (gpointer user_data)
{
  ViciOpener *self = user_data;

  if (self->error == NULL && g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
    g_clear_object (&self->stream);

  on_opened (self->stream, self->error, self);

  return G_SOURCE_REMOVE;
}

static ViciOpener *
opener_new (guint             timeout,
            ViciTransportFunc func,
            gpointer          user_data)
{
  ViciOpener *self = g_new0 (ViciOpener, 1);

  self->timeout_ms = timeout;
  self->func = func;
  self->user_data = user_data;

  return self;
}

/* It was there at once, and is told in the next turn of the main loop. */
static void
tell_outcome (ViciOpener   *self,
              GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  if (cancellable != NULL)
    self->cancellable = g_object_ref (cancellable);

  self->outcome = g_idle_source_new ();
  g_source_set_priority (self->outcome, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->outcome, on_outcome, self, NULL);
  g_source_attach (self->outcome, context);
}

/* It is not, and takes as long as it takes, up to the time given. */
static void
wait_for_outcome (ViciOpener   *self,
                  const char   *uri,
                  GCancellable *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->cancellable = g_cancellable_new ();
  if (cancellable != NULL)
    {
      self->cancelled = vici_cancel_source_new (cancellable, context);
      g_source_set_callback (self->cancelled, G_SOURCE_FUNC (on_cancelled), self, NULL);
      if (g_cancellable_is_cancelled (cancellable))
        g_cancellable_cancel (self->cancellable);
    }

  if (self->timeout_ms > 0)
    {
      self->timeout = g_timeout_source_new (self->timeout_ms);
      g_source_set_callback (self->timeout, on_timeout, self, NULL);
      g_source_attach (self->timeout, context);
    }

  vici_transport_open (uri, self->cancellable, on_opened, self);
}

ViciOpener *
vici_opener_start (const char       *uri,
                   guint             timeout,
                   GCancellable     *cancellable,
                   ViciTransportFunc func,
                   gpointer          user_data)
{
  ViciOpener *self = opener_new (timeout, func, user_data);

  if (vici_transport_open_now (uri, cancellable, &self->stream, &self->error))
    tell_outcome (self, cancellable);
  else
    wait_for_outcome (self, uri, cancellable);

  return self;
}

void
vici_opener_give_up (ViciOpener *self)
{
  /* An open stream must not wait for a main loop that may never run again. */
  if (self->outcome != NULL)
    {
      vici_opener_free (self);
      return;
    }

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
  g_autoptr (GMainContext) context = NULL;
  Outcome outcome = { FALSE, NULL, NULL };

  if (vici_transport_open_now (uri, cancellable, &outcome.stream, error))
    return outcome.stream;

  context = g_main_context_new ();
  g_main_context_push_thread_default (context);

  wait_for_outcome (opener_new (timeout, note_outcome, &outcome), uri, cancellable);
  while (!outcome.done)
    g_main_context_iteration (context, TRUE);

  g_main_context_pop_thread_default (context);

  if (outcome.error != NULL)
    g_propagate_error (error, outcome.error);

  return outcome.stream;
}
