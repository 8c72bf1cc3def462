/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-fd-transport.h"

#include "vici-descriptor.h"
#include "vici-i18n.h"
#include "vici-source.h"
#include "vici-uri.h"

struct _ViciFdTransport
{
  ViciBaseTransport parent_instance;

  /* The one client of a descriptor that is connected already, until it was told. */
  GIOStream        *only_client;
  GSource          *telling;
};

static ViciTransportInterface *parent_iface;

static void vici_fd_transport_iface_init (ViciTransportInterface *iface);
static void vici_fd_transport_initable_iface_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciFdTransport, vici_fd_transport, VICI_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT,
                                                      vici_fd_transport_iface_init)
                                 G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                        vici_fd_transport_initable_iface_init))

/* -- Taking descriptors -- */

static gboolean
examine (ViciFdTransport    *self,
         int                *in,
         int                *out,
         ViciDescriptorKind *kind,
         GError            **error)
{
  const char *uri = vici_base_transport_get_uri (VICI_BASE_TRANSPORT (self));

  if (!vici_uri_parse_fd (uri, in, out, error))
    return FALSE;

  if (vici_descriptor_examine (*in, kind, error) &&
      (*in == *out || vici_descriptor_examine (*out, kind, error)))
    {
      /* A pair is two files, whatever they are. */
      if (*in != *out)
        *kind = VICI_DESCRIPTOR_FILE;

      return TRUE;
    }

  g_prefix_error (error, _("“%s” cannot be used: "), uri);

  return FALSE;
}

/* For what does not listen. */
static GIOStream *
take_stream (int                in,
             int                out,
             ViciDescriptorKind kind,
             GError           **error)
{
  g_autoptr (GSocket) socket = NULL;

  if (kind == VICI_DESCRIPTOR_FILE)
    return vici_descriptor_take_files (in, out, error);

  socket = vici_descriptor_take_socket (in, error);
  if (socket == NULL)
    return NULL;

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

/* -- Connecting: it is connected already -- */

static GIOStream *
open_stream (ViciFdTransport *self,
             GError         **error)
{
  const char *uri = vici_base_transport_get_uri (VICI_BASE_TRANSPORT (self));
  ViciDescriptorKind kind;
  int in, out;
  GIOStream *stream;

  if (!examine (self, &in, &out, &kind, error))
    return NULL;

  if (kind == VICI_DESCRIPTOR_LISTENING)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("“%s” is a socket that listens, and not connected to anybody"), uri);
      return NULL;
    }

  stream = take_stream (in, out, kind, error);
  if (stream == NULL)
    g_prefix_error (error, _("“%s” cannot be used: "), uri);

  return stream;
}

static void
vici_fd_transport_connect (ViciTransport *transport,
                           GTask         *task)
{
  GError *error = NULL;
  g_autoptr (GIOStream) stream = open_stream (VICI_FD_TRANSPORT (transport), &error);

  if (stream != NULL)
    vici_transport_connected (transport, task, stream);
  else
    g_task_return_error (task, error);
}

/* -- Listening -- */

static gboolean
on_only_client (gpointer user_data)
{
  g_autoptr (ViciFdTransport) self = g_object_ref (user_data);
  g_autoptr (GIOStream) stream = g_steal_pointer (&self->only_client);

  vici_source_end (g_steal_pointer (&self->telling));
  vici_transport_incoming (VICI_TRANSPORT (self), stream);

  return G_SOURCE_REMOVE;
}

static void
tell_only_client (ViciFdTransport *self)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->telling = g_idle_source_new ();
  g_source_set_priority (self->telling, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->telling, on_only_client, self, NULL);
  g_source_attach (self->telling, context);
}

static gboolean
take_listening (ViciFdTransport *self,
                int              fd,
                GError         **error)
{
  g_autoptr (GSocket) socket = vici_descriptor_take_socket (fd, error);

  return socket != NULL &&
         vici_base_transport_accept (VICI_BASE_TRANSPORT (self), socket, NULL, error);
}

static char *
vici_fd_transport_listen (ViciTransport *transport,
                          GError       **error)
{
  ViciFdTransport *self = VICI_FD_TRANSPORT (transport);
  ViciBaseTransport *base = VICI_BASE_TRANSPORT (transport);
  const char *uri = vici_base_transport_get_uri (base);
  ViciDescriptorKind kind;
  int in, out;

  if (!vici_base_transport_check_idle (base, error) || !examine (self, &in, &out, &kind, error))
    return NULL;

  if (kind == VICI_DESCRIPTOR_LISTENING)
    return take_listening (self, in, error) ? g_strdup (uri) : NULL;

  self->only_client = take_stream (in, out, kind, error);
  if (self->only_client == NULL)
    {
      g_prefix_error (error, _("“%s” cannot be used: "), uri);
      return NULL;
    }

  vici_base_transport_begin (base);
  tell_only_client (self);

  return g_strdup (uri);
}

static void
vici_fd_transport_stop (ViciTransport *transport)
{
  ViciFdTransport *self = VICI_FD_TRANSPORT (transport);

  vici_source_end (g_steal_pointer (&self->telling));
  g_clear_object (&self->only_client);

  parent_iface->stop (transport);
}

static void
vici_fd_transport_iface_init (ViciTransportInterface *iface)
{
  parent_iface = g_type_interface_peek_parent (iface);

  iface->connect = vici_fd_transport_connect;
  iface->listen = vici_fd_transport_listen;
  iface->stop = vici_fd_transport_stop;
}

/* -- GObject -- */

static gboolean
vici_fd_transport_initable_init (GInitable    *initable,
                                 GCancellable *cancellable,
                                 GError      **error)
{
  int in, out;

  return vici_uri_parse_fd (vici_base_transport_get_uri (VICI_BASE_TRANSPORT (initable)),
                            &in, &out, error);
}

static void
vici_fd_transport_initable_iface_init (GInitableIface *iface)
{
  iface->init = vici_fd_transport_initable_init;
}

static void
vici_fd_transport_class_init (ViciFdTransportClass *klass)
{
}

static void
vici_fd_transport_init (ViciFdTransport *self)
{
}
