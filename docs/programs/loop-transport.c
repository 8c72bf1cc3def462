/* Build:
 *   cc -shared -fPIC loop-transport.c -o libvici-transport-loop.so \
 *      $(pkg-config --cflags --libs vici-glib-1.0)
 */

#include <sys/socket.h>
#include <vici-glib/vici-glib.h>

/* loop:NAME joins whoever connects to it with whoever listens on it in the same
 * process. */
typedef struct
{
  GObject parent_instance;
  char   *uri;
} Loop;
typedef struct
{
  GObjectClass parent_class;
} LoopClass;

static GHashTable *listening; /* URI → Loop */

static void loop_iface_init (ViciTransportInterface *iface);

G_DEFINE_DYNAMIC_TYPE_EXTENDED (Loop, loop, G_TYPE_OBJECT, 0,
                                G_IMPLEMENT_INTERFACE_DYNAMIC (VICI_TYPE_TRANSPORT, loop_iface_init))

static GIOStream *
stream_new (int fd)
{
  g_autoptr (GSocket) socket = g_socket_new_from_fd (fd, NULL);

  return G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
}

static void
loop_connect (ViciTransport *transport, GTask *task)
{
  ViciTransport *listener = g_hash_table_lookup (listening, ((Loop *) transport)->uri);
  int            fds[2];

  if (listener != NULL && socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0)
    {
      g_autoptr (GIOStream) client = stream_new (fds[0]);
      g_autoptr (GIOStream) server = stream_new (fds[1]);

      vici_transport_connected (transport, task, client);
      vici_transport_incoming (listener, server);
      return;
    }

  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED,
                           "Nobody listens on “%s”", ((Loop *) transport)->uri);
}

static char *
loop_listen (ViciTransport *transport, GError **error)
{
  char *uri = ((Loop *) transport)->uri;

  if (!g_hash_table_contains (listening, uri))
    {
      g_hash_table_insert (listening, uri, transport);
      return g_strdup (uri);
    }

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, "“%s” is in use", uri);

  return NULL;
}

static void
loop_stop (ViciTransport *transport)
{
  char *uri = ((Loop *) transport)->uri;

  if (g_hash_table_lookup (listening, uri) == transport)
    g_hash_table_remove (listening, uri);
}

static void
loop_iface_init (ViciTransportInterface *iface)
{
  iface->connect = loop_connect;
  iface->listen = loop_listen;
  iface->stop = loop_stop;
}

static void
loop_get_property (GObject    *object,
                   guint       id G_GNUC_UNUSED,
                   GValue     *value,
                   GParamSpec *pspec G_GNUC_UNUSED)
{
  g_value_set_string (value, ((Loop *) object)->uri);
}

static void
loop_set_property (GObject      *object,
                   guint         id G_GNUC_UNUSED,
                   const GValue *value,
                   GParamSpec   *pspec G_GNUC_UNUSED)
{
  ((Loop *) object)->uri = g_value_dup_string (value);
}

static void
loop_finalize (GObject *object)
{
  loop_stop (VICI_TRANSPORT (object));
  g_free (((Loop *) object)->uri);

  G_OBJECT_CLASS (loop_parent_class)->finalize (object);
}

static void
loop_class_init (LoopClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = loop_get_property;
  object_class->set_property = loop_set_property;
  object_class->finalize = loop_finalize;
  g_object_class_override_property (object_class, 1, "uri");

  listening = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
loop_class_finalize (LoopClass *klass G_GNUC_UNUSED)
{
}

static void
loop_init (Loop *self G_GNUC_UNUSED)
{
}

/* GIO calls these, which it finds by the name of the file. */
G_MODULE_EXPORT void
g_io_vici_transport_loop_load (GIOModule *module)
{
  loop_register_type (G_TYPE_MODULE (module));
  g_io_extension_point_implement (VICI_TRANSPORT_EXTENSION_POINT_NAME, loop_get_type (),
                                  "loop", 0);
}

G_MODULE_EXPORT void
g_io_vici_transport_loop_unload (GIOModule *module G_GNUC_UNUSED)
{
}
