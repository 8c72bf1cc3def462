/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-transport.h"

#include "vici-i18n.h"
#include "vici-transport-registry.h"
#include "vici-uri.h"

/**
 * SECTION:vici-transport
 * @title: ViciTransport
 * @short_description: How the bytes get there
 *
 * #ViciTransport makes a #GIOStream of a URI, at either end of it: it connects to
 * a daemon, and, where its kind can, it listens for clients. The scheme of the
 * URI says which kind it is: `unix:`, `tcp:`, `tls:`, `fd:`, `ssh:` and `exec:`
 * are built in, and any other is a plug-in that is looked for when it is first
 * asked for. The chapter “Transports” of the manual has the form of each URI.
 *
 * One object stands for one URI. There may be any number of them, of one kind or
 * of many, side by side. A #ViciConnection makes its own from its
 * #ViciConnection:uri, or is given one as #ViciConnection:transport.
 *
 * |[<!-- language="C" -->
 * g_autoptr (ViciTransport) transport =
 *   vici_transport_new_for_uri ("tcp://[::1]:4502", &error);
 *
 * if (transport != NULL)
 *   connection = vici_connection_new_for_transport (transport);
 * ]|
 *
 * A program has a transport of its own by implementing this interface: the
 * property #ViciTransport:uri is to be overridden, and what the kind cannot do is
 * left out. If it is to be found by its scheme, the type is registered at the
 * extension point %VICI_TRANSPORT_EXTENSION_POINT_NAME under the name of the
 * scheme. Everything works in the thread-default main context of whoever calls,
 * blocks nobody, and needs no thread of its own.
 *
 * Since: 1.0
 */

/**
 * VICI_TRANSPORT_EXTENSION_POINT_NAME:
 *
 * The GIO extension point at which kinds of #ViciTransport are registered, each
 * under the name of its URI scheme.
 *
 * Since: 1.0
 */

/**
 * ViciTransport:
 *
 * A way to a daemon or to clients, as one URI names it.
 *
 * Since: 1.0
 */

/**
 * ViciTransportInterface:
 * @parent_iface: the parent interface
 * @connect: connects to the daemon. It ends with vici_transport_connected(), or
 *   with g_task_return_error(), once, and whenever it likes: until then it keeps
 *   a reference to the task. It has to heed the #GCancellable of the task, which is
 *   cancelled upon a time-out and when the connection is closed: the caller is told
 *   at once, but the task, the transport, and what has been opened so far stay until
 *   the task has ended. One that never ends leaks them; so does one that ends after
 *   a synchronous opening has given up, whose main context runs no more. A stream
 *   that comes too late is dropped. It may be called again before the last one has
 *   ended. %NULL for a kind that cannot connect
 * @listen: see vici_transport_listen(). It calls vici_transport_incoming() for each
 *   client. %NULL for a kind that cannot listen
 * @stop: see vici_transport_stop(). %NULL for a kind that cannot listen
 *
 * What an implementation provides. A type that implements #GInitable too is
 * initialized by vici_transport_new_for_uri(), and can refuse a wrong URI there.
 *
 * Since: 1.0
 */

/**
 * ViciTransportInterface::connect:
 * @self: the transport
 * @task: to be ended with vici_transport_connected(), or g_task_return_error()
 *
 * Connects to the daemon. It ends the task once, and whenever it likes: until then it
 * keeps a reference to it. It heeds the #GCancellable of the task, and ends the task
 * after that too. It may be called again before the last task has ended. A kind that
 * cannot connect does not have this function.
 *
 * Since: 1.0
 */

/* With the type, before anybody can have one that implements it. */
static void
register_extension_point (GType type)
{
  GIOExtensionPoint *point = g_io_extension_point_register (VICI_TRANSPORT_EXTENSION_POINT_NAME);

  g_io_extension_point_set_required_type (point, type);
}

G_DEFINE_INTERFACE_WITH_CODE (ViciTransport, vici_transport, G_TYPE_OBJECT,
                              register_extension_point (g_define_type_id);)

enum
{
  SIGNAL_INCOMING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
vici_transport_default_init (ViciTransportInterface *iface)
{
  /**
   * ViciTransport:uri:
   *
   * What it connects to or listens on. Errors name it, so that it is no place for
   * secrets.
   *
   * Since: 1.0
   */
  g_object_interface_install_property (
    iface, g_param_spec_string ("uri", NULL, NULL,
                                NULL,
                                G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY |
                                  G_PARAM_STATIC_STRINGS));

  /**
   * ViciTransport::incoming:
   * @self: the transport
   * @stream: the stream to a client
   *
   * A client has connected to a transport that listens. A stream that no handler
   * keeps is closed.
   *
   * Since: 1.0
   */
  signals[SIGNAL_INCOMING] =
    g_signal_new ("incoming",
                  VICI_TYPE_TRANSPORT,
                  G_SIGNAL_RUN_LAST,
                  0, NULL, NULL,
                  g_cclosure_marshal_VOID__OBJECT,
                  G_TYPE_NONE, 1,
                  G_TYPE_IO_STREAM);
  g_signal_set_va_marshaller (signals[SIGNAL_INCOMING],
                              VICI_TYPE_TRANSPORT,
                              g_cclosure_marshal_VOID__OBJECTv);
}

/**
 * vici_transport_new_for_uri:
 * @uri: what to connect to or to listen on
 * @error: return location for an error
 *
 * Makes a transport of the kind that the scheme of the URI names. If no such kind
 * is known, the plug-in `libvici-transport-SCHEME.so` is looked for; see
 * vici_transport_add_module_directory().
 *
 * The error is %G_IO_ERROR_INVALID_ARGUMENT for a URI that is wrong,
 * %G_IO_ERROR_NOT_SUPPORTED for one without a scheme or whose scheme nothing is
 * found for, and %G_IO_ERROR_FAILED for a plug-in that cannot be used.
 *
 * Returns: (transfer full): a transport, which does nothing as yet
 *
 * Since: 1.0
 */
ViciTransport *
vici_transport_new_for_uri (const char *uri,
                            GError    **error)
{
  GType type;

  g_return_val_if_fail (uri != NULL, NULL);

  type = vici_transport_registry_find (uri, error);
  if (type == G_TYPE_INVALID)
    return NULL;

  if (g_type_is_a (type, G_TYPE_INITABLE))
    return g_initable_new (type, NULL, error, "uri", uri, NULL);

  return g_object_new (type, "uri", uri, NULL);
}

/**
 * vici_transport_get_uri:
 * @self: a transport
 *
 * Gets #ViciTransport:uri.
 *
 * Returns: (transfer none) (nullable): the URI
 *
 * Since: 1.0
 */
const char *
vici_transport_get_uri (ViciTransport *self)
{
  static GQuark quark;
  char *uri;

  g_return_val_if_fail (VICI_IS_TRANSPORT (self), NULL);

  if (quark == 0)
    quark = g_quark_from_static_string ("vici-transport-uri");

  /* The implementation has it, as a property that gives a copy; it never changes. */
  uri = g_object_get_qdata (G_OBJECT (self), quark);
  if (uri != NULL)
    return uri;

  /* Another thread may be as far: the first one's copy stays. */
  g_object_get (self, "uri", &uri, NULL);
  if (uri != NULL && !g_object_replace_qdata (G_OBJECT (self), quark, NULL, uri, g_free, NULL))
    {
      g_free (uri);
      uri = g_object_get_qdata (G_OBJECT (self), quark);
    }

  return uri;
}

/**
 * vici_transport_connect_async:
 * @self: a transport
 * @cancellable: (nullable): to give up
 * @callback: (nullable) (scope async): called when it is connected, or has failed
 * @user_data: passed to @callback
 *
 * Connects to the daemon, in the thread-default main context of the caller. It
 * takes as long as it takes; #ViciConnection gives it its
 * #ViciConnection:timeout. See vici_transport_connect_finish() for the errors.
 *
 * Since: 1.0
 */
void
vici_transport_connect_async (ViciTransport      *self,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (VICI_IS_TRANSPORT (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_transport_connect_async);

  if (g_task_return_error_if_cancelled (task))
    return;

  if (VICI_TRANSPORT_GET_IFACE (self)->connect != NULL)
    VICI_TRANSPORT_GET_IFACE (self)->connect (self, task);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                             _("“%s” cannot be connected to, only listened on"),
                             vici_transport_get_uri (self));
}

/**
 * vici_transport_connect_finish:
 * @self: a transport
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_transport_connect_async(). Errors are GIO's: for example
 * %G_IO_ERROR_NOT_FOUND when there is no such socket, %G_IO_ERROR_CONNECTION_REFUSED
 * when nobody listens, %G_IO_ERROR_CANCELLED, and %G_IO_ERROR_NOT_SUPPORTED for a
 * kind that cannot connect. Their text begins with where it was to go: `Cannot reach
 * “unix:///run/charon.vici”: …`. Where it names the URI already it is left as it is, and
 * so is that of %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the stream to the daemon
 *
 * Since: 1.0
 */
GIOStream *
vici_transport_connect_finish (ViciTransport *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_autoptr (GError) local_error = NULL;
  GIOStream *stream;

  g_return_val_if_fail (VICI_IS_TRANSPORT (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_transport_connect_async), NULL);

  stream = g_task_propagate_pointer (G_TASK (result), &local_error);
  if (stream == NULL && local_error == NULL)
    local_error = g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED,
                               _("The transport of “%s” has given neither a stream nor an error"),
                               vici_transport_get_uri (self));
  if (local_error != NULL)
    {
      vici_uri_blame (vici_transport_get_uri (self), &local_error);
      g_propagate_error (error, g_steal_pointer (&local_error));
    }

  return stream;
}

/**
 * vici_transport_connected:
 * @self: a transport
 * @task: the task that its `connect` was given
 * @stream: the stream to the daemon
 *
 * Ends a connecting well, which is for implementations to call. One that has
 * failed is ended with g_task_return_error().
 *
 * Since: 1.0
 */
void
vici_transport_connected (ViciTransport *self,
                          GTask         *task,
                          GIOStream     *stream)
{
  g_return_if_fail (VICI_IS_TRANSPORT (self));
  g_return_if_fail (g_task_is_valid (task, self));
  g_return_if_fail (G_IS_IO_STREAM (stream));

  g_task_return_pointer (task, g_object_ref (stream), g_object_unref);
}

/**
 * vici_transport_listen:
 * @self: a transport
 * @error: return location for an error
 *
 * Listens for clients, and emits #ViciTransport::incoming for each, in the
 * thread-default main context of the caller.
 *
 * Errors are GIO's: for example %G_IO_ERROR_ADDRESS_IN_USE,
 * %G_IO_ERROR_PERMISSION_DENIED, %G_IO_ERROR_INVALID_ARGUMENT for a URI that
 * names no place to listen on, %G_IO_ERROR_PENDING when it listens already, and
 * %G_IO_ERROR_NOT_SUPPORTED for a kind that cannot listen.
 *
 * Returns: (transfer full): the URI at which clients find it: the transport's
 *   own, with the number of the port in place of 0
 *
 * Since: 1.0
 */
char *
vici_transport_listen (ViciTransport *self,
                       GError       **error)
{
  g_return_val_if_fail (VICI_IS_TRANSPORT (self), NULL);

  if (VICI_TRANSPORT_GET_IFACE (self)->listen != NULL)
    return VICI_TRANSPORT_GET_IFACE (self)->listen (self, error);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("“%s” cannot be listened on, only connected to"), vici_transport_get_uri (self));

  return NULL;
}

/**
 * vici_transport_stop:
 * @self: a transport
 *
 * Listens no more. What has come in stays. A transport that goes has stopped.
 *
 * Since: 1.0
 */
void
vici_transport_stop (ViciTransport *self)
{
  g_return_if_fail (VICI_IS_TRANSPORT (self));

  if (VICI_TRANSPORT_GET_IFACE (self)->stop != NULL)
    VICI_TRANSPORT_GET_IFACE (self)->stop (self);
}

/**
 * vici_transport_incoming:
 * @self: a transport
 * @stream: the stream to a client
 *
 * Emits #ViciTransport::incoming, which is for implementations to call.
 *
 * Since: 1.0
 */
void
vici_transport_incoming (ViciTransport *self,
                         GIOStream     *stream)
{
  g_return_if_fail (VICI_IS_TRANSPORT (self));
  g_return_if_fail (G_IS_IO_STREAM (stream));

  g_signal_emit (self, signals[SIGNAL_INCOMING], 0, stream);
}
