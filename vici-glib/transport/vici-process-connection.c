/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-process-connection.h"

struct _ViciProcessConnection
{
  GUnixConnection parent_instance;

  ViciProcess    *process;
};

G_DEFINE_FINAL_TYPE (ViciProcessConnection, vici_process_connection, G_TYPE_UNIX_CONNECTION)

static gboolean
vici_process_connection_close (GIOStream    *stream,
                               GCancellable *cancellable,
                               GError      **error)
{
  ViciProcessConnection *self = VICI_PROCESS_CONNECTION (stream);
  GIOStreamClass *parent_class = G_IO_STREAM_CLASS (vici_process_connection_parent_class);

  /* First, so that the end of the stream wakes up a program that is between a look
   * at its signals and a wait: ssh would not see this one. */
  if (self->process != NULL)
    vici_process_terminate (self->process);

  return parent_class->close_fn (stream, cancellable, error);
}

static void
vici_process_connection_finalize (GObject *object)
{
  ViciProcessConnection *self = VICI_PROCESS_CONNECTION (object);

  g_clear_object (&self->process);

  G_OBJECT_CLASS (vici_process_connection_parent_class)->finalize (object);
}

static void
vici_process_connection_class_init (ViciProcessConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_process_connection_finalize;
  G_IO_STREAM_CLASS (klass)->close_fn = vici_process_connection_close;
}

static void
vici_process_connection_init (ViciProcessConnection *self)
{
}

GIOStream *
vici_process_connection_new (ViciProcess *process,
                             GSocket     *socket)
{
  ViciProcessConnection *self =
    g_object_new (VICI_TYPE_PROCESS_CONNECTION, "socket", socket, NULL);

  self->process = g_object_ref (process);

  return G_IO_STREAM (self);
}

ViciProcess *
vici_process_dup_for_stream (GIOStream *stream)
{
  if (!VICI_IS_PROCESS_CONNECTION (stream))
    return NULL;

  return g_object_ref (VICI_PROCESS_CONNECTION (stream)->process);
}
