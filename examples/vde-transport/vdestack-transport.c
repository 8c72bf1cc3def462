/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A transport plug-in: TCP on a network stack of its own, on a virtual network
 * whose frames are carried by programs. The system's own network has no part in it.
 *
 *   vdestack://HOST:PORT?net=NET&address=ADDRESS/PREFIX
 *
 * HOST:PORT is what to connect to or to listen on, NET is the network as vde_plug(1)
 * names it, such as ptp:///run/example/net, and ADDRESS is this end's own there.
 *
 * Each transport has a stack to itself, however many there are in a program. */

#include <vici-glib/vici-glib.h>

#include "vdestack-stack.h"

/* How long listening waits for the stack. The program that holds it gives up
 * earlier, and then says why. */
#define LISTEN_WAIT_S 6

typedef struct
{
  GObject parent_instance;

  char           *uri;
  GUri           *parts;
  GSocketAddress *where;        /* HOST:PORT */
  char           *net;
  char           *address;      /* ADDRESS/PREFIX */

  GSocket        *stack;        /* NULL until it is needed */
  guint           spare;        /* sockets of it that nobody waits for any more */
  GSocketService *service;      /* while it listens */
} VdestackTransport;

typedef struct
{
  GObjectClass parent_class;
} VdestackTransportClass;

static GType vdestack_transport_get_type (void);

static void vdestack_transport_iface_init (ViciTransportInterface *iface);
static void vdestack_transport_initable_iface_init (GInitableIface *iface);

G_DEFINE_DYNAMIC_TYPE_EXTENDED (VdestackTransport, vdestack_transport, G_TYPE_OBJECT, 0,
                                G_IMPLEMENT_INTERFACE_DYNAMIC (VICI_TYPE_TRANSPORT,
                                                               vdestack_transport_iface_init)
                                  G_IMPLEMENT_INTERFACE_DYNAMIC (G_TYPE_INITABLE,
                                                                 vdestack_transport_initable_iface_init))

/* -- A socket on the stack -- */

static void
forget_stack (VdestackTransport *self)
{
  g_clear_object (&self->stack);
  self->spare = 0;
}

static gboolean
ask_for_socket (VdestackTransport *self,
                GError           **error)
{
  if (self->spare > 0)
    {
      self->spare--;
      return TRUE;
    }

  if (self->stack == NULL)
    self->stack = vdestack_stack_new (self->net, self->address, error);

  if (self->stack != NULL &&
      vdestack_stack_ask (self->stack, g_socket_address_get_family (self->where), error))
    return TRUE;

  g_prefix_error (error, "There is no network stack for “%s”: ", self->uri);
  forget_stack (self);

  return FALSE;
}

/* Whoever takes one may have asked later than another: they are all alike. */
static GSocket *
take_socket (VdestackTransport *self,
             GSocket           *stack,
             GError           **error)
{
  GError *local_error = NULL;
  GSocket *socket = vdestack_stack_take (stack, &local_error);

  if (socket != NULL)
    return socket;

  /* The next one may do better. */
  if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK) && self->stack == stack)
    forget_stack (self);
  g_propagate_prefixed_error (error, local_error, "There is no network stack for “%s”: ",
                              self->uri);

  return NULL;
}

/* -- Connecting -- */

static void
wait_for (GTask            *task,
          GSocket          *socket,
          GIOCondition      condition,
          GSocketSourceFunc func)
{
  g_autoptr (GSource) source =
    g_socket_create_source (socket, condition, g_task_get_cancellable (task));

  g_task_attach_source (task, source, G_SOURCE_FUNC (func));
}

static gboolean
on_connected (GSocket     *socket,
              GIOCondition condition,
              gpointer     user_data)
{
  GTask *task = user_data;
  ViciTransport *transport = g_task_get_source_object (task);
  g_autoptr (GIOStream) stream = NULL;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return G_SOURCE_REMOVE;

  if (g_socket_check_connect_result (socket, &error))
    {
      stream = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
      vici_transport_connected (transport, task, stream);
    }
  else
    {
      g_prefix_error (&error, "Cannot connect to “%s”: ", vici_transport_get_uri (transport));
      g_task_return_error (task, error);
    }

  return G_SOURCE_REMOVE;
}

static gboolean
on_answer (GSocket     *stack,
           GIOCondition condition,
           gpointer     user_data)
{
  GTask *task = user_data;
  VdestackTransport *self = g_task_get_source_object (task);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  if (g_task_return_error_if_cancelled (task))
    {
      /* The next one who asks takes what comes: each holds a descriptor. */
      if (self->stack == stack)
        self->spare++;
      return G_SOURCE_REMOVE;
    }

  socket = take_socket (self, stack, &error);
  if (socket == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    return G_SOURCE_CONTINUE;

  if (socket != NULL)
    {
      g_socket_set_blocking (socket, FALSE);
      g_socket_connect (socket, self->where, NULL, &error);
    }

  if (error == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    wait_for (task, socket, G_IO_OUT, on_connected);
  else
    g_task_return_error (task, g_steal_pointer (&error));

  return G_SOURCE_REMOVE;
}

static void
vdestack_transport_connect (ViciTransport *transport,
                            GTask         *task)
{
  VdestackTransport *self = (VdestackTransport *) transport;
  GError *error = NULL;

  if (ask_for_socket (self, &error))
    wait_for (task, self->stack, G_IO_IN, on_answer);
  else
    g_task_return_error (task, error);
}

/* -- Listening -- */

static gboolean
on_incoming (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *stack,
             ViciTransport     *self)
{
  vdestack_stack_bind (G_SOCKET (stack), g_socket_connection_get_socket (connection));
  vici_transport_incoming (self, G_IO_STREAM (connection));

  return TRUE;
}

/* Whoever listens wants to know at once whether it does. So this waits for the stack,
 * and its caller's main loop with it: the first time, there is a program to start,
 * which takes some hundredths of a second as a rule. */
static gboolean
wait_for_socket (VdestackTransport *self,
                 GError           **error)
{
  if (!ask_for_socket (self, error))
    return FALSE;

  if (g_socket_condition_timed_wait (self->stack, G_IO_IN, LISTEN_WAIT_S * G_USEC_PER_SEC, NULL,
                                     error))
    return TRUE;

  g_prefix_error (error, "There is no network stack for “%s”: ", self->uri);
  forget_stack (self);

  return FALSE;
}

static GSocket *
bind_socket (VdestackTransport *self,
             GError           **error)
{
  g_autoptr (GSocket) socket = NULL;

  if (!wait_for_socket (self, error))
    return NULL;

  socket = take_socket (self, self->stack, error);
  if (socket == NULL)
    return NULL;

  if (!g_socket_bind (socket, self->where, TRUE, error) || !g_socket_listen (socket, error))
    {
      g_prefix_error (error, "Cannot listen on “%s”: ", self->uri);
      return NULL;
    }

  return g_steal_pointer (&socket);
}

static char *
vdestack_transport_listen (ViciTransport *transport,
                           GError       **error)
{
  VdestackTransport *self = (VdestackTransport *) transport;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (self->service != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PENDING, "“%s” is listened on already", self->uri);
      return NULL;
    }

  socket = bind_socket (self, error);
  if (socket == NULL)
    return NULL;

  bound = g_socket_get_local_address (socket, NULL);
  /* This is short. In want of descriptors it tries to accept again and again, and
   * warns each time: a server for many had better rest a moment then. */
  self->service = g_socket_service_new ();
  g_signal_connect (self->service, "incoming", G_CALLBACK (on_incoming), self);
  g_socket_listener_add_socket (G_SOCKET_LISTENER (self->service), socket,
                                G_OBJECT (self->stack), NULL);

  return g_uri_join (G_URI_FLAGS_ENCODED_QUERY, "vdestack", NULL, g_uri_get_host (self->parts),
                     g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound)),
                     g_uri_get_path (self->parts), g_uri_get_query (self->parts), NULL);
}

static void
vdestack_transport_stop (ViciTransport *transport)
{
  VdestackTransport *self = (VdestackTransport *) transport;

  if (self->service == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->service, self);
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_clear_object (&self->service);
}

/* -- The URI -- */

static gboolean
is_address_with_prefix (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  g_autoptr (GInetAddress) address =
    g_strv_length (parts) == 2 ? g_inet_address_new_from_string (parts[0]) : NULL;

  return address != NULL &&
         g_ascii_string_to_unsigned (parts[1], 10, 1, 8 * g_inet_address_get_native_size (address),
                                     NULL, NULL);
}

static const char *
read_parts (VdestackTransport *self)
{
  const char *query = g_uri_get_query (self->parts);
  g_autoptr (GHashTable) keys = g_uri_parse_params (query ? query : "", -1, "&",
                                                    G_URI_PARAMS_NONE, NULL);

  if (g_uri_get_host (self->parts) != NULL && g_uri_get_port (self->parts) >= 0)
    self->where = g_inet_socket_address_new_from_string (g_uri_get_host (self->parts),
                                                         g_uri_get_port (self->parts));
  if (self->where == NULL)
    return "it should begin with vdestack://ADDRESS:PORT";

  if (keys == NULL)
    return "its query should be of KEY=VALUE, joined by “&”";

  self->net = g_strdup (g_hash_table_lookup (keys, "net"));
  self->address = g_strdup (g_hash_table_lookup (keys, "address"));
  if (self->net == NULL || *self->net == '\0')
    return "it lacks the key “net”, which names the network";
  if (self->address == NULL)
    return "it lacks the key “address”, which has to be ADDRESS/PREFIX";
  if (!is_address_with_prefix (self->address))
    return "its key “address” has to be ADDRESS/PREFIX";
  if (g_hash_table_size (keys) > 2)
    return "it has other keys than “net” and “address”";

  return NULL;
}

static gboolean
vdestack_transport_initable_init (GInitable    *initable,
                                  GCancellable *cancellable,
                                  GError      **error)
{
  VdestackTransport *self = (VdestackTransport *) initable;
  g_autoptr (GError) local_error = NULL;
  const char *fault;

  self->parts = g_uri_parse (self->uri, G_URI_FLAGS_ENCODED_QUERY, &local_error);
  fault = self->parts != NULL ? read_parts (self) : local_error->message;
  if (fault != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "“%s” cannot be used: %s", self->uri, fault);

  return fault == NULL;
}

/* -- GObject -- */

static void
vdestack_transport_iface_init (ViciTransportInterface *iface)
{
  iface->connect = vdestack_transport_connect;
  iface->listen = vdestack_transport_listen;
  iface->stop = vdestack_transport_stop;
}

static void
vdestack_transport_initable_iface_init (GInitableIface *iface)
{
  iface->init = vdestack_transport_initable_init;
}

static void
vdestack_transport_get_property (GObject    *object,
                                 guint       id,
                                 GValue     *value,
                                 GParamSpec *pspec)
{
  g_value_set_string (value, ((VdestackTransport *) object)->uri);
}

static void
vdestack_transport_set_property (GObject      *object,
                                 guint         id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  ((VdestackTransport *) object)->uri = g_value_dup_string (value);
}

static void
vdestack_transport_finalize (GObject *object)
{
  VdestackTransport *self = (VdestackTransport *) object;

  vdestack_transport_stop (VICI_TRANSPORT (self));
  forget_stack (self);
  g_clear_object (&self->where);
  g_clear_pointer (&self->parts, g_uri_unref);
  g_free (self->net);
  g_free (self->address);
  g_free (self->uri);

  G_OBJECT_CLASS (vdestack_transport_parent_class)->finalize (object);
}

static void
vdestack_transport_class_init (VdestackTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vdestack_transport_get_property;
  object_class->set_property = vdestack_transport_set_property;
  object_class->finalize = vdestack_transport_finalize;
  g_object_class_override_property (object_class, 1, "uri");
}

static void
vdestack_transport_class_finalize (VdestackTransportClass *klass)
{
}

static void
vdestack_transport_init (VdestackTransport *self)
{
}

/* GIO calls these, which it finds by the name of the file. */
G_MODULE_EXPORT void g_io_vici_transport_vdestack_load (GIOModule *module);
G_MODULE_EXPORT void g_io_vici_transport_vdestack_unload (GIOModule *module);

void
g_io_vici_transport_vdestack_load (GIOModule *module)
{
  vdestack_transport_register_type (G_TYPE_MODULE (module));
  g_io_extension_point_implement (VICI_TRANSPORT_EXTENSION_POINT_NAME,
                                  vdestack_transport_get_type (), "vdestack", 0);
}

void
g_io_vici_transport_vdestack_unload (GIOModule *module)
{
}
