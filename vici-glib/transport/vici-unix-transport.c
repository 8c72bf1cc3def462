/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-unix-transport.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "vici-base-transport.h"
#include "vici-i18n.h"
#include "vici-string.h"
#include "vici-unix-file.h"
#include "vici-unix-socket.h"
#include "vici-uri.h"

/**
 * SECTION:vici-unix-transport
 * @title: ViciUnixTransport
 * @short_description: UNIX sockets, and who may connect to them
 *
 * #ViciUnixTransport is the #ViciTransport of `unix:` URIs: `unix:///path`, where
 * the path is taken as it stands, without escapes, and `unix:@name` for an
 * abstract name. As it connects there is nothing to set. Where it listens on a
 * path, the file gets the mode, owner and group that are set here before anybody
 * is let in. Names are looked up in the system's database of users when it begins
 * to listen; numbers are not.
 *
 * The file of a server that is dead is replaced, unless another process has locked
 * its directory; that of one that lives, and what is no socket, is not. When it stops, the file is removed, unless it is another
 * one by now. An abstract name has no permissions: every process of the network
 * namespace may connect to it.
 *
 * Since: 1.0
 */

/**
 * ViciUnixTransport:
 *
 * The transport of `unix:` URIs.
 *
 * Since: 1.0
 */

/* charon's listen queue holds three connections. One that does not fit is
 * turned away with EAGAIN, and there is nothing to poll for. */
#define RETRY_MIN_MS 5
#define RETRY_MAX_MS 200

#define DEFAULT_MODE 0600

struct _ViciUnixTransport
{
  ViciBaseTransport parent_instance;

  guint             socket_mode;
  char             *socket_owner;
  char             *socket_group;

  /* The file that is its own, while it listens on one. The socket holds on to it:
   * no other file has these numbers meanwhile. */
  char             *path;
  struct stat       status;
};

static ViciTransportInterface *parent_iface;

static void vici_unix_transport_iface_init (ViciTransportInterface *iface);
static void vici_unix_transport_initable_iface_init (GInitableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciUnixTransport, vici_unix_transport, VICI_TYPE_BASE_TRANSPORT,
                               G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT,
                                                      vici_unix_transport_iface_init)
                                 G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE,
                                                        vici_unix_transport_initable_iface_init))

enum
{
  PROP_SOCKET_MODE = 1,
  PROP_SOCKET_OWNER,
  PROP_SOCKET_GROUP,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static GUnixSocketAddress *
parse (gpointer self,
       GError **error)
{
  return vici_uri_parse_unix (vici_base_transport_get_uri (self), error);
}

/* -- Connecting -- */

typedef struct
{
  GUnixSocketAddress *address;
  guint               retry_ms;
} Attempt;

static void
attempt_free (gpointer data)
{
  Attempt *attempt = data;

  g_object_unref (attempt->address);
  g_free (attempt);
}

static gboolean on_try (gpointer user_data);

/* Or sooner, upon a cancellation. */
static void
try_later (GTask *task,
           guint  milliseconds)
{
  g_autoptr (GSource) timeout = g_timeout_source_new (milliseconds);

  if (g_task_get_cancellable (task) != NULL)
    {
      g_autoptr (GSource) cancelled = g_cancellable_source_new (g_task_get_cancellable (task));

      g_source_set_dummy_callback (cancelled);
      g_source_add_child_source (timeout, cancelled);
    }

  g_task_attach_source (task, timeout, on_try);
}

static gboolean
on_try (gpointer user_data)
{
  GTask *task = user_data;
  Attempt *attempt = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (GIOStream) stream =
    vici_unix_socket_connect (attempt->address, g_task_get_cancellable (task), &error);

  if (stream != NULL)
    vici_transport_connected (g_task_get_source_object (task), task, stream);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
    {
      g_error_free (error);
      try_later (task, attempt->retry_ms);
      attempt->retry_ms = MIN (attempt->retry_ms * 2, RETRY_MAX_MS);
    }
  else
    g_task_return_error (task, error);

  return G_SOURCE_REMOVE;
}

static void
vici_unix_transport_connect (ViciTransport *transport,
                             GTask         *task)
{
  GError *error = NULL;
  GUnixSocketAddress *address = parse (transport, &error);
  Attempt *attempt;

  if (address == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  attempt = g_new0 (Attempt, 1);
  attempt->address = address;
  attempt->retry_ms = RETRY_MIN_MS;
  g_task_set_task_data (task, attempt, attempt_free);
  on_try (task);
}

/* -- Listening -- */

static void
remove_file (ViciUnixTransport *self)
{
  if (self->path != NULL && vici_unix_file_is_at (self->path, &self->status, NULL))
    g_unlink (self->path);

  g_clear_pointer (&self->path, g_free);
}

/* Makes the file its own, and lets in who may come. Whoever the directory belongs to
 * may have put another one there: it is touched by its descriptor alone. */
static gboolean
claim_file (ViciUnixTransport *self,
            const char        *path,
            uid_t              uid,
            gid_t              gid,
            GError           **error)
{
  int fd = vici_unix_file_open (path, &self->status, error);
  gboolean set;

  if (fd < 0)
    return FALSE;

  self->path = g_strdup (path);
  set = vici_unix_file_set_permissions (fd, self->socket_mode, uid, gid, error);
  close (fd);

  return set && vici_unix_file_is_at (path, &self->status, error);
}

static gboolean
begin (ViciUnixTransport  *self,
       GUnixSocketAddress *address,
       uid_t               uid,
       gid_t               gid,
       const GError       *unlocked,
       GError            **error)
{
  const char *path = vici_unix_socket_get_path (address);
  g_autoptr (GSocket) socket = vici_unix_socket_bind (address, unlocked, error);

  return socket != NULL && (path == NULL || claim_file (self, path, uid, gid, error)) &&
         vici_base_transport_accept (VICI_BASE_TRANSPORT (self), socket, NULL, error);
}

static gboolean
check_owner (ViciUnixTransport  *self,
             GUnixSocketAddress *address,
             GError            **error)
{
  if (vici_unix_socket_get_path (address) != NULL ||
      (self->socket_owner == NULL && self->socket_group == NULL))
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _("An abstract name has no owner and no group"));

  return FALSE;
}

static gboolean
listen_on (ViciUnixTransport  *self,
           GUnixSocketAddress *address,
           GError            **error)
{
  const char *path = vici_unix_socket_get_path (address);
  g_autoptr (GError) unlocked = NULL;
  uid_t uid;
  gid_t gid;
  gboolean begun;
  int lock;

  if (!check_owner (self, address, error) ||
      !vici_unix_file_look_up_owner (self->socket_owner, self->socket_group, &uid, &gid, error))
    return FALSE;

  lock = path ? vici_unix_file_lock_directory (path, &unlocked) : -1;
  begun = begin (self, address, uid, gid, unlocked, error);
  if (!begun)
    vici_transport_stop (VICI_TRANSPORT (self));
  if (lock >= 0)
    close (lock);

  return begun;
}

static char *
vici_unix_transport_listen (ViciTransport *transport,
                            GError       **error)
{
  ViciBaseTransport *self = VICI_BASE_TRANSPORT (transport);
  const char *uri = vici_base_transport_get_uri (self);
  g_autoptr (GUnixSocketAddress) address = NULL;

  if (!vici_base_transport_check_idle (self, error))
    return NULL;

  address = parse (transport, error);
  if (address == NULL)
    return NULL;

  if (!listen_on (VICI_UNIX_TRANSPORT (transport), address, error))
    {
      g_prefix_error (error, _("Cannot listen on “%s”: "), uri);
      return NULL;
    }

  return g_strdup (uri);
}

static void
vici_unix_transport_stop (ViciTransport *transport)
{
  /* While the socket still holds on to the file. */
  remove_file (VICI_UNIX_TRANSPORT (transport));

  parent_iface->stop (transport);
}

static void
vici_unix_transport_iface_init (ViciTransportInterface *iface)
{
  parent_iface = g_type_interface_peek_parent (iface);

  iface->connect = vici_unix_transport_connect;
  iface->listen = vici_unix_transport_listen;
  iface->stop = vici_unix_transport_stop;
}

static gboolean
vici_unix_transport_initable_init (GInitable    *initable,
                                   GCancellable *cancellable,
                                   GError      **error)
{
  g_autoptr (GUnixSocketAddress) address = parse (initable, error);

  return address != NULL;
}

static void
vici_unix_transport_initable_iface_init (GInitableIface *iface)
{
  iface->init = vici_unix_transport_initable_init;
}

/* -- Properties -- */

/**
 * vici_unix_transport_new:
 * @uri: a URI that begins with `unix:`
 * @error: return location for an error
 *
 * Makes what vici_transport_new_for_uri() makes of such a URI. The error is
 * %G_IO_ERROR_INVALID_ARGUMENT for one that names no socket.
 *
 * Returns: (transfer full): a transport
 *
 * Since: 1.0
 */
ViciUnixTransport *
vici_unix_transport_new (const char *uri,
                         GError    **error)
{
  g_return_val_if_fail (uri != NULL, NULL);

  return g_initable_new (VICI_TYPE_UNIX_TRANSPORT, NULL, error, "uri", uri, NULL);
}

/**
 * vici_unix_transport_get_socket_mode:
 * @self: a transport
 *
 * Gets #ViciUnixTransport:socket-mode.
 *
 * Returns: the mode of the file
 *
 * Since: 1.0
 */
guint
vici_unix_transport_get_socket_mode (ViciUnixTransport *self)
{
  g_return_val_if_fail (VICI_IS_UNIX_TRANSPORT (self), 0);

  return self->socket_mode;
}

/**
 * vici_unix_transport_set_socket_mode:
 * @self: a transport
 * @socket_mode: the mode of the file, up to 0777
 *
 * Sets #ViciUnixTransport:socket-mode, for the next vici_transport_listen().
 *
 * Since: 1.0
 */
void
vici_unix_transport_set_socket_mode (ViciUnixTransport *self,
                                     guint              socket_mode)
{
  g_return_if_fail (VICI_IS_UNIX_TRANSPORT (self));
  g_return_if_fail (socket_mode <= 0777);

  if (self->socket_mode == socket_mode)
    return;

  self->socket_mode = socket_mode;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SOCKET_MODE]);
}

static void
set_name (ViciUnixTransport *self,
          char             **name,
          const char        *value,
          GParamSpec        *pspec)
{
  if (vici_string_replace (name, value))
    g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

/**
 * vici_unix_transport_get_socket_owner:
 * @self: a transport
 *
 * Gets #ViciUnixTransport:socket-owner.
 *
 * Returns: (transfer none) (nullable): the owner, or %NULL for that of the process
 *
 * Since: 1.0
 */
const char *
vici_unix_transport_get_socket_owner (ViciUnixTransport *self)
{
  g_return_val_if_fail (VICI_IS_UNIX_TRANSPORT (self), NULL);

  return self->socket_owner;
}

/**
 * vici_unix_transport_set_socket_owner:
 * @self: a transport
 * @socket_owner: (nullable): a name or a number, or %NULL for that of the process
 *
 * Sets #ViciUnixTransport:socket-owner, for the next vici_transport_listen().
 *
 * Since: 1.0
 */
void
vici_unix_transport_set_socket_owner (ViciUnixTransport *self,
                                      const char        *socket_owner)
{
  g_return_if_fail (VICI_IS_UNIX_TRANSPORT (self));

  set_name (self, &self->socket_owner, socket_owner, props[PROP_SOCKET_OWNER]);
}

/**
 * vici_unix_transport_get_socket_group:
 * @self: a transport
 *
 * Gets #ViciUnixTransport:socket-group.
 *
 * Returns: (transfer none) (nullable): the group, or %NULL for that of the process
 *
 * Since: 1.0
 */
const char *
vici_unix_transport_get_socket_group (ViciUnixTransport *self)
{
  g_return_val_if_fail (VICI_IS_UNIX_TRANSPORT (self), NULL);

  return self->socket_group;
}

/**
 * vici_unix_transport_set_socket_group:
 * @self: a transport
 * @socket_group: (nullable): a name or a number, or %NULL for that of the process
 *
 * Sets #ViciUnixTransport:socket-group, for the next vici_transport_listen().
 *
 * Since: 1.0
 */
void
vici_unix_transport_set_socket_group (ViciUnixTransport *self,
                                      const char        *socket_group)
{
  g_return_if_fail (VICI_IS_UNIX_TRANSPORT (self));

  set_name (self, &self->socket_group, socket_group, props[PROP_SOCKET_GROUP]);
}

/* -- GObject -- */

static void
vici_unix_transport_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  ViciUnixTransport *self = VICI_UNIX_TRANSPORT (object);

  switch (prop_id)
    {
    case PROP_SOCKET_MODE:
      g_value_set_uint (value, self->socket_mode);
      break;

    case PROP_SOCKET_OWNER:
      g_value_set_string (value, self->socket_owner);
      break;

    case PROP_SOCKET_GROUP:
      g_value_set_string (value, self->socket_group);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_unix_transport_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  ViciUnixTransport *self = VICI_UNIX_TRANSPORT (object);

  switch (prop_id)
    {
    case PROP_SOCKET_MODE:
      vici_unix_transport_set_socket_mode (self, g_value_get_uint (value));
      break;

    case PROP_SOCKET_OWNER:
      vici_unix_transport_set_socket_owner (self, g_value_get_string (value));
      break;

    case PROP_SOCKET_GROUP:
      vici_unix_transport_set_socket_group (self, g_value_get_string (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_unix_transport_finalize (GObject *object)
{
  ViciUnixTransport *self = VICI_UNIX_TRANSPORT (object);

  g_free (self->socket_owner);
  g_free (self->socket_group);

  G_OBJECT_CLASS (vici_unix_transport_parent_class)->finalize (object);
}

static void
vici_unix_transport_class_init (ViciUnixTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_unix_transport_get_property;
  object_class->set_property = vici_unix_transport_set_property;
  object_class->finalize = vici_unix_transport_finalize;

  /**
   * ViciUnixTransport:socket-mode:
   *
   * The permissions of the file that it listens on: who may write to it may
   * connect.
   *
   * Since: 1.0
   */
  props[PROP_SOCKET_MODE] =
    g_param_spec_uint ("socket-mode", NULL, NULL,
                       0, 0777, DEFAULT_MODE,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciUnixTransport:socket-owner:
   *
   * The owner of the file that it listens on, as a name or a number. Only root
   * can give a file away. An abstract name has none: listening on one fails with
   * %G_IO_ERROR_INVALID_ARGUMENT then.
   *
   * Since: 1.0
   */
  props[PROP_SOCKET_OWNER] =
    g_param_spec_string ("socket-owner", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciUnixTransport:socket-group:
   *
   * The group of the file that it listens on, as a name or a number. An abstract
   * name has none: listening on one fails with %G_IO_ERROR_INVALID_ARGUMENT then.
   *
   * Since: 1.0
   */
  props[PROP_SOCKET_GROUP] =
    g_param_spec_string ("socket-group", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vici_unix_transport_init (ViciUnixTransport *self)
{
  self->socket_mode = DEFAULT_MODE;
}
