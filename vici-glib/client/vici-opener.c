/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-opener.h"

#include "vici-cancel-source.h"
#include "vici-i18n.h"
#include "vici-source.h"
#include "vici-unix-socket.h"
#include "vici-uri.h"

/* How long a transport that was cancelled may take to come to its end, where the
 * main context that it uses goes with it. */
#define GRACE_MS 1000

struct _ViciOpener
{
  GSource          *outcome;            /* tells it, where it was there at once; else NULL */
  GIOStream        *stream;
  GError           *error;

  ViciTransport    *transport;          /* that is waited for; NULL: none */
  GCancellable     *cancellable;        /* ends the attempt, whoever wants it to end */
  GSource          *cancelled;          /* of the caller's cancellable; NULL: none */
  GSource          *timeout;            /* NULL: none */
  guint             timeout_ms;
  gboolean          timed_out;
  ViciOpenerFunc    func;               /* NULL: given up, or told */
  gpointer          user_data;
  gboolean         *gone;               /* set when this is freed; NULL: nobody asks */
};

static void
end_sources (ViciOpener *self)
{
  vici_source_end (g_steal_pointer (&self->outcome));
  vici_source_end (g_steal_pointer (&self->cancelled));
  vici_source_end (g_steal_pointer (&self->timeout));
}

static void
vici_opener_free (ViciOpener *self)
{
  end_sources (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->transport);
  g_clear_object (&self->stream);
  g_clear_error (&self->error);
  if (self->gone != NULL)
    *self->gone = TRUE;
  g_free (self);
}

static void
tell (ViciOpener   *self,
      GIOStream    *stream,
      const GError *error)
{
  ViciOpenerFunc func = g_steal_pointer (&self->func);
  g_autoptr (GError) timed_out = NULL;

  if (stream == NULL && self->timed_out)
    {
      g_set_error (&timed_out, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                   _("The daemon did not accept the connection within %u ms"), self->timeout_ms);
      vici_uri_blame (vici_transport_get_uri (self->transport), &timed_out);
    }

  if (func != NULL)
    func (stream, timed_out ? timed_out : error, self->user_data);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GIOStream) stream =
    vici_transport_connect_finish (VICI_TRANSPORT (source), result, &error);

  tell (user_data, stream, error);
  vici_opener_free (user_data);
}

/* Tells it at once, whether the transport heeds it or not. This stays until that
 * has come to its end, which it may do as it is cancelled. */
static void
cancel (ViciOpener *self)
{
  g_autoptr (GCancellable) cancellable = g_object_ref (self->cancellable);
  g_autoptr (GError) error =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The opening was cancelled"));

  end_sources (self);
  tell (self, NULL, error);
  g_cancellable_cancel (cancellable);
}

static gboolean
on_timeout (gpointer user_data)
{
  ViciOpener *self = user_data;

  self->timed_out = TRUE;
  cancel (self);

  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  cancel (user_data);

  return G_SOURCE_REMOVE;
}

static gboolean
on_outcome (gpointer user_data)
{
  ViciOpener *self = user_data;

  if (self->error == NULL && g_cancellable_set_error_if_cancelled (self->cancellable, &self->error))
    g_clear_object (&self->stream);

  tell (self, self->stream, self->error);
  vici_opener_free (self);

  return G_SOURCE_REMOVE;
}

ViciOpener *
vici_opener_new (guint          timeout,
                 ViciOpenerFunc func,
                 gpointer       user_data)
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
wait_for_outcome (ViciOpener    *self,
                  ViciTransport *transport,
                  GCancellable  *cancellable)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->transport = g_object_ref (transport);
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

  vici_transport_connect_async (transport, self->cancellable, on_connected, self);
}

/* What there is without waiting: the stream, an error, or else the transport that
 * has to be waited for, handed over. */
static ViciTransport *
open_now (ViciTransport *transport,
          const char    *uri,
          GCancellable  *cancellable,
          GIOStream    **stream,
          GError       **error)
{
  *stream = NULL;

  if (transport != NULL)
    return g_object_ref (transport);

  if (vici_unix_socket_open_now (uri, cancellable, stream, error))
    return NULL;

  return vici_transport_new_for_uri (uri, error);
}

void
vici_opener_start (ViciOpener    *self,
                   ViciTransport *transport,
                   const char    *uri,
                   GCancellable  *cancellable)
{
  g_autoptr (ViciTransport) waiting =
    open_now (transport, uri, cancellable, &self->stream, &self->error);

  if (waiting == NULL)
    tell_outcome (self, cancellable);
  else
    wait_for_outcome (self, waiting, cancellable);
}

void
vici_opener_give_up (ViciOpener *self)
{
  g_autoptr (GCancellable) cancellable = NULL;

  /* An open stream must not wait for a main loop that may never run again. */
  if (self->outcome != NULL)
    {
      vici_opener_free (self);
      return;
    }

  self->func = NULL;
  end_sources (self);
  cancellable = g_object_ref (self->cancellable);
  g_cancellable_cancel (cancellable);
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

static gboolean
on_grace_over (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
run_until_gone (ViciOpener    *self,
                ViciTransport *transport,
                GCancellable  *cancellable,
                Outcome       *outcome)
{
  GMainContext *context = g_main_context_get_thread_default ();
  g_autoptr (GSource) grace = NULL;
  gboolean gone = FALSE;
  gboolean over = FALSE;

  self->gone = &gone;
  wait_for_outcome (self, transport, cancellable);
  while (!outcome->done)
    g_main_context_iteration (context, TRUE);

  grace = g_timeout_source_new (GRACE_MS);
  g_source_set_callback (grace, on_grace_over, &over, NULL);
  g_source_attach (grace, context);
  while (!gone && !over)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (grace);

  if (!gone)
    self->gone = NULL;
}

GIOStream *
vici_opener_run (ViciTransport *transport,
                 const char    *uri,
                 guint          timeout,
                 GCancellable  *cancellable,
                 GError       **error)
{
  Outcome outcome = { FALSE, NULL, NULL };
  g_autoptr (GMainContext) context = NULL;
  g_autoptr (ViciTransport) waiting =
    open_now (transport, uri, cancellable, &outcome.stream, error);

  if (waiting == NULL)
    return outcome.stream;

  context = g_main_context_new ();
  g_main_context_push_thread_default (context);

  run_until_gone (vici_opener_new (timeout, note_outcome, &outcome), waiting, cancellable, &outcome);

  g_main_context_pop_thread_default (context);

  if (outcome.error != NULL)
    g_propagate_error (error, outcome.error);

  return outcome.stream;
}
