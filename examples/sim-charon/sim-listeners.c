/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Where clients come in. vici_server_listen() would do, if it were not for the
 * faults: they send what the server would not, and need the streams for that. */

#include "sim-parts.h"

#define STREAM_KEY "sim-stream"

struct _SimListeners
{
  Sim       *sim;
  GPtrArray *transports;        /* ViciTransport */
  GPtrArray *uris;              /* char *, as many */
};

static void
on_incoming (ViciTransport *transport,
             GIOStream     *stream,
             SimListeners  *self)
{
  g_autoptr (ViciPeer) peer = vici_server_accept_stream (self->sim->server, stream);

  if (peer != NULL)
    g_object_set_data_full (G_OBJECT (peer), STREAM_KEY, g_object_ref (stream), g_object_unref);
}

gboolean
sim_listeners_listen (SimListeners *self,
                      const char   *uri,
                      GError      **error)
{
  g_autoptr (ViciTransport) transport = vici_transport_new_for_uri (uri, error);
  char *resolved;

  if (transport == NULL)
    return FALSE;

  g_signal_connect (transport, "incoming", G_CALLBACK (on_incoming), self);
  resolved = vici_transport_listen (transport, error);
  if (resolved == NULL)
    return FALSE;

  g_ptr_array_add (self->uris, resolved);
  g_ptr_array_add (self->transports, g_steal_pointer (&transport));

  return TRUE;
}

GPtrArray *
sim_listeners_get (SimListeners *self)
{
  return self->uris;
}

void
sim_listeners_send (ViciPeer     *peer,
                    const guint8 *data,
                    gsize         length)
{
  GIOStream *stream = g_object_get_data (G_OBJECT (peer), STREAM_KEY);
  GOutputStream *output = g_io_stream_get_output_stream (stream);

  /* A few bytes: where there is no room for them, the client does not read. */
  g_pollable_output_stream_write_nonblocking (G_POLLABLE_OUTPUT_STREAM (output),
                                              data, length, NULL, NULL);
}

SimListeners *
sim_listeners_new (Sim *sim)
{
  SimListeners *self = g_new0 (SimListeners, 1);

  self->sim = sim;
  self->transports = g_ptr_array_new_with_free_func (g_object_unref);
  self->uris = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
sim_listeners_free (SimListeners *self)
{
  for (guint i = 0; i < self->transports->len; i++)
    vici_transport_stop (self->transports->pdata[i]);
  g_ptr_array_unref (self->transports);
  g_ptr_array_unref (self->uris);
  g_free (self);
}
