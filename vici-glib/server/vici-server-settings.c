/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-server-private.h"

#include "vici-string.h"

/* No bound may be so low that an answer does not fit. */
#define MIN_QUEUED (1024 * 1024)

#define DEFAULT_MODE 0600
#define DEFAULT_PEERS 500
#define DEFAULT_PENDING 128
#define DEFAULT_QUEUED (16 * 1024 * 1024)
#define DEFAULT_PACKET_TIMEOUT 30000

enum
{
  PROP_SOCKET_MODE = 1,
  PROP_SOCKET_OWNER,
  PROP_SOCKET_GROUP,
  PROP_MAX_PEERS,
  PROP_MAX_PENDING,
  PROP_MAX_QUEUED,
  PROP_PACKET_TIMEOUT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

void
vici_server_settings_init (ViciServerSettings *self)
{
  self->socket_mode = DEFAULT_MODE;
  self->max_peers = DEFAULT_PEERS;
  self->max_pending = DEFAULT_PENDING;
  self->max_queued = DEFAULT_QUEUED;
  self->packet_timeout = DEFAULT_PACKET_TIMEOUT;
}

void
vici_server_settings_clear (ViciServerSettings *self)
{
  g_free (self->socket_owner);
  g_free (self->socket_group);
}

static void
set_uint (ViciServer *self,
          guint      *setting,
          guint       value,
          guint       prop_id)
{
  if (*setting == value)
    return;

  *setting = value;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop_id]);
}

static void
set_string (ViciServer *self,
            char      **setting,
            const char *value,
            guint       prop_id)
{
  if (vici_string_replace (setting, value))
    g_object_notify_by_pspec (G_OBJECT (self), props[prop_id]);
}

/**
 * vici_server_get_socket_mode:
 * @self: a server
 *
 * Gets #ViciServer:socket-mode.
 *
 * Returns: the permissions
 *
 * Since: 1.0
 */
guint
vici_server_get_socket_mode (ViciServer *self)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), 0);

  return self->settings.socket_mode;
}

/**
 * vici_server_set_socket_mode:
 * @self: a server
 * @socket_mode: the permissions of the file of a UNIX socket, up to 0777
 *
 * Sets #ViciServer:socket-mode.
 *
 * Since: 1.0
 */
void
vici_server_set_socket_mode (ViciServer *self,
                             guint       socket_mode)
{
  g_return_if_fail (VICI_IS_SERVER (self));
  g_return_if_fail (socket_mode <= 0777);

  set_uint (self, &self->settings.socket_mode, socket_mode, PROP_SOCKET_MODE);
}

/**
 * vici_server_get_socket_owner:
 * @self: a server
 *
 * Gets #ViciServer:socket-owner.
 *
 * Returns: (transfer none) (nullable): the owner, or %NULL for that of the process
 *
 * Since: 1.0
 */
const char *
vici_server_get_socket_owner (ViciServer *self)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), NULL);

  return self->settings.socket_owner;
}

/**
 * vici_server_set_socket_owner:
 * @self: a server
 * @socket_owner: (nullable): a name or a number, or %NULL for that of the process
 *
 * Sets #ViciServer:socket-owner.
 *
 * Since: 1.0
 */
void
vici_server_set_socket_owner (ViciServer *self,
                              const char *socket_owner)
{
  g_return_if_fail (VICI_IS_SERVER (self));

  set_string (self, &self->settings.socket_owner, socket_owner, PROP_SOCKET_OWNER);
}

/**
 * vici_server_get_socket_group:
 * @self: a server
 *
 * Gets #ViciServer:socket-group.
 *
 * Returns: (transfer none) (nullable): the group, or %NULL for that of the process
 *
 * Since: 1.0
 */
const char *
vici_server_get_socket_group (ViciServer *self)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), NULL);

  return self->settings.socket_group;
}

/**
 * vici_server_set_socket_group:
 * @self: a server
 * @socket_group: (nullable): a name or a number, or %NULL for that of the process
 *
 * Sets #ViciServer:socket-group.
 *
 * Since: 1.0
 */
void
vici_server_set_socket_group (ViciServer *self,
                              const char *socket_group)
{
  g_return_if_fail (VICI_IS_SERVER (self));

  set_string (self, &self->settings.socket_group, socket_group, PROP_SOCKET_GROUP);
}

/**
 * vici_server_get_max_peers:
 * @self: a server
 *
 * Gets #ViciServer:max-peers.
 *
 * Returns: how many clients there may be
 *
 * Since: 1.0
 */
guint
vici_server_get_max_peers (ViciServer *self)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), 0);

  return self->settings.max_peers;
}

/**
 * vici_server_set_max_peers:
 * @self: a server
 * @max_peers: how many clients there may be, at least 1
 *
 * Sets #ViciServer:max-peers.
 *
 * Since: 1.0
 */
void
vici_server_set_max_peers (ViciServer *self,
                           guint       max_peers)
{
  g_return_if_fail (VICI_IS_SERVER (self));
  g_return_if_fail (max_peers > 0);

  set_uint (self, &self->settings.max_peers, max_peers, PROP_MAX_PEERS);
}

/**
 * vici_server_get_max_pending:
 * @self: a server
 *
 * Gets #ViciServer:max-pending.
 *
 * Returns: how many answers one client may wait for
 *
 * Since: 1.0
 */
guint
vici_server_get_max_pending (ViciServer *self)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), 0);

  return self->settings.max_pending;
}

/**
 * vici_server_set_max_pending:
 * @self: a server
 * @max_pending: how many answers one client may wait for, at least 1
 *
 * Sets #ViciServer:max-pending.
 *
 * Since: 1.0
 */
void
vici_server_set_max_pending (ViciServer *self,
                             guint       max_pending)
{
  g_return_if_fail (VICI_IS_SERVER (self));
  g_return_if_fail (max_pending > 0);

  set_uint (self, &self->settings.max_pending, max_pending, PROP_MAX_PENDING);
}

/**
 * vici_server_get_max_queued:
 * @self: a server
 *
 * Gets #ViciServer:max-queued.
 *
 * Returns: the number of bytes
 *
 * Since: 1.0
 */
guint
vici_server_get_max_queued (ViciServer *self)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), 0);

  return self->settings.max_queued;
}

/**
 * vici_server_set_max_queued:
 * @self: a server
 * @max_queued: how many bytes may wait for one client, at least a mebibyte
 *
 * Sets #ViciServer:max-queued.
 *
 * Since: 1.0
 */
void
vici_server_set_max_queued (ViciServer *self,
                            guint       max_queued)
{
  g_return_if_fail (VICI_IS_SERVER (self));
  g_return_if_fail (max_queued >= MIN_QUEUED);

  set_uint (self, &self->settings.max_queued, max_queued, PROP_MAX_QUEUED);
}

/**
 * vici_server_get_packet_timeout:
 * @self: a server
 *
 * Gets #ViciServer:packet-timeout.
 *
 * Returns: the time in milliseconds
 *
 * Since: 1.0
 */
guint
vici_server_get_packet_timeout (ViciServer *self)
{
  g_return_val_if_fail (VICI_IS_SERVER (self), 0);

  return self->settings.packet_timeout;
}

/**
 * vici_server_set_packet_timeout:
 * @self: a server
 * @packet_timeout: the time in milliseconds; 0 is any
 *
 * Sets #ViciServer:packet-timeout.
 *
 * Since: 1.0
 */
void
vici_server_set_packet_timeout (ViciServer *self,
                                guint       packet_timeout)
{
  g_return_if_fail (VICI_IS_SERVER (self));

  set_uint (self, &self->settings.packet_timeout, packet_timeout, PROP_PACKET_TIMEOUT);
}

/* -- The properties -- */

static void
vici_server_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ViciServerSettings *self = &VICI_SERVER (object)->settings;

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

    case PROP_MAX_PEERS:
      g_value_set_uint (value, self->max_peers);
      break;

    case PROP_MAX_PENDING:
      g_value_set_uint (value, self->max_pending);
      break;

    case PROP_MAX_QUEUED:
      g_value_set_uint (value, self->max_queued);
      break;

    case PROP_PACKET_TIMEOUT:
      g_value_set_uint (value, self->packet_timeout);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_server_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  ViciServer *self = VICI_SERVER (object);

  switch (prop_id)
    {
    case PROP_SOCKET_MODE:
      vici_server_set_socket_mode (self, g_value_get_uint (value));
      break;

    case PROP_SOCKET_OWNER:
      vici_server_set_socket_owner (self, g_value_get_string (value));
      break;

    case PROP_SOCKET_GROUP:
      vici_server_set_socket_group (self, g_value_get_string (value));
      break;

    case PROP_MAX_PEERS:
      vici_server_set_max_peers (self, g_value_get_uint (value));
      break;

    case PROP_MAX_PENDING:
      vici_server_set_max_pending (self, g_value_get_uint (value));
      break;

    case PROP_MAX_QUEUED:
      vici_server_set_max_queued (self, g_value_get_uint (value));
      break;

    case PROP_PACKET_TIMEOUT:
      vici_server_set_packet_timeout (self, g_value_get_uint (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

void
vici_server_settings_install (GObjectClass *object_class)
{
  object_class->get_property = vici_server_get_property;
  object_class->set_property = vici_server_set_property;

  /**
   * ViciServer:socket-mode:
   *
   * The permissions of the file of a UNIX socket, for the next
   * vici_server_listen().
   *
   * Since: 1.0
   */
  props[PROP_SOCKET_MODE] =
    g_param_spec_uint ("socket-mode", NULL, NULL,
                       0, 0777, DEFAULT_MODE,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciServer:socket-owner:
   *
   * The user to whom the file of a UNIX socket belongs, by name or number, for the
   * next vici_server_listen(); %NULL for that of the process.
   *
   * Since: 1.0
   */
  props[PROP_SOCKET_OWNER] =
    g_param_spec_string ("socket-owner", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciServer:socket-group:
   *
   * The group to which the file of a UNIX socket belongs, by name or number, for
   * the next vici_server_listen(); %NULL for that of the process.
   *
   * Since: 1.0
   */
  props[PROP_SOCKET_GROUP] =
    g_param_spec_string ("socket-group", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciServer:max-peers:
   *
   * How many clients there may be at once. One more is refused.
   *
   * Since: 1.0
   */
  props[PROP_MAX_PEERS] =
    g_param_spec_uint ("max-peers", NULL, NULL,
                       1, G_MAXUINT, DEFAULT_PEERS,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciServer:max-pending:
   *
   * How many commands and registrations of one client may wait for their answers.
   * With so many, or with more than a mebibyte of them, nothing more is read from it
   * until some are answered. It holds for clients that come after it is set.
   *
   * Since: 1.0
   */
  props[PROP_MAX_PENDING] =
    g_param_spec_uint ("max-pending", NULL, NULL,
                       1, G_MAXUINT, DEFAULT_PENDING,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciServer:max-queued:
   *
   * How many bytes may wait for one client to read them. With more the client is
   * closed, with %G_IO_ERROR_NO_SPACE. It holds for clients that come after it is
   * set.
   *
   * Since: 1.0
   */
  props[PROP_MAX_QUEUED] =
    g_param_spec_uint ("max-queued", NULL, NULL,
                       MIN_QUEUED, G_MAXUINT, DEFAULT_QUEUED,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciServer:packet-timeout:
   *
   * How long a client may take for a packet that it has begun, in milliseconds; 0 is
   * as long as it likes. After that it is closed, with %G_IO_ERROR_TIMED_OUT. It
   * holds for clients that come after it is set.
   *
   * Since: 1.0
   */
  props[PROP_PACKET_TIMEOUT] =
    g_param_spec_uint ("packet-timeout", NULL, NULL,
                       0, G_MAXUINT, DEFAULT_PACKET_TIMEOUT,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, props);
}
