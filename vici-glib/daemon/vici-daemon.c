/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-daemon-private.h"

#include "vici-command-info.h"
#include "vici-daemon-events.h"
#include "vici-error.h"
#include "vici-i18n.h"

/**
 * SECTION:vici-daemon
 * @title: ViciDaemon
 * @short_description: charon's commands and events, typed
 *
 * A #ViciDaemon has a function for every command of the IKE daemon charon, in
 * the three forms `_async`, `_finish` and `_sync`. What is told to the daemon is
 * put together with #ViciSettings and checked before it is sent; what it lists
 * comes as lists of #ViciRecord.
 *
 * |[<!-- language="C" -->
 * g_autoptr (ViciConnection) connection = vici_connection_new (NULL);
 * g_autoptr (ViciDaemon) daemon = vici_daemon_new (connection);
 * g_autoptr (GError) error = NULL;
 * g_autoptr (GListModel) sas = NULL;
 *
 * if (vici_connection_open_sync (connection, NULL, &error))
 *   sas = vici_daemon_list_sas_sync (daemon, NULL, NULL, &error);
 *
 * for (guint i = 0; sas != NULL && i < g_list_model_get_n_items (sas); i++)
 *   {
 *     g_autoptr (ViciIkeSa) sa = g_list_model_get_item (sas, i);
 *
 *     g_print ("%s: %s\n", vici_ike_sa_get_name (sa), vici_ike_sa_get_remote_host (sa));
 *   }
 * ]|
 *
 * Events are signals: #ViciDaemon::ike-updown, #ViciDaemon::child-updown and so on.
 * An event is subscribed to while its signal has a handler, and forgotten with the
 * last one; nothing has to be done for it. That happens when the main loop runs the
 * next time, when a command is called, or when the connection is opened, whatever is
 * first. Who has to know that nothing is missed from here on asks with
 * vici_daemon_watch_async().
 *
 * It is made and used in the thread of its connection, with the same thread-default
 * main context. The connection stays the user's: it has to be opened, and other
 * commands can be called on it all the time.
 *
 * Since: 1.0
 */

/**
 * ViciDaemon:
 *
 * charon's commands and events, typed.
 *
 * Since: 1.0
 */

#define MAX_LIST (256 * 1024 * 1024)

struct _ViciDaemon
{
  GObject         parent_instance;

  ViciConnection *connection;
  guint           control_timeout;
  guint           max_list;
  ViciControlPool *pool;                /* of the commands that wait for a peer */
  ViciWatcher    *watcher;              /* of its events */

  ViciConnectionState state;            /* of the connection, as it was told last */

  /* What is known of the daemon at the other end, until it is another one. */
  char           *version;              /* NULL: it was not asked */
  GHashTable     *commands;             /* name -> whether it has it, of those that were called */
};

enum
{
  PROP_CONNECTION = 1,
  PROP_CONTROL_TIMEOUT,
  PROP_MAX_CONTROLS,
  PROP_MAX_LIST,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (ViciDaemon, vici_daemon, G_TYPE_OBJECT)

/**
 * vici_daemon_new:
 * @connection: a connection to a daemon, open or not
 *
 * Makes the typed form of a connection.
 *
 * Returns: (transfer full): the daemon
 *
 * Since: 1.0
 */
ViciDaemon *
vici_daemon_new (ViciConnection *connection)
{
  g_return_val_if_fail (VICI_IS_CONNECTION (connection), NULL);

  return g_object_new (VICI_TYPE_DAEMON, "connection", connection, NULL);
}

/**
 * vici_daemon_get_connection:
 * @self: a daemon
 *
 * Gets #ViciDaemon:connection.
 *
 * Returns: (transfer none): the connection
 *
 * Since: 1.0
 */
ViciConnection *
vici_daemon_get_connection (ViciDaemon *self)
{
  g_return_val_if_fail (VICI_IS_DAEMON (self), NULL);

  return self->connection;
}

/**
 * vici_daemon_get_control_timeout:
 * @self: a daemon
 *
 * Gets #ViciDaemon:control-timeout.
 *
 * Returns: milliseconds
 *
 * Since: 1.0
 */
guint
vici_daemon_get_control_timeout (ViciDaemon *self)
{
  g_return_val_if_fail (VICI_IS_DAEMON (self), 0);

  return self->control_timeout;
}

/**
 * vici_daemon_set_control_timeout:
 * @self: a daemon
 * @control_timeout: milliseconds, at least 1
 *
 * Sets #ViciDaemon:control-timeout.
 *
 * Since: 1.0
 */
void
vici_daemon_set_control_timeout (ViciDaemon *self,
                                 guint       control_timeout)
{
  g_return_if_fail (VICI_IS_DAEMON (self));
  g_return_if_fail (control_timeout > 0 && control_timeout <= G_MAXINT);

  if (self->control_timeout == control_timeout)
    return;

  self->control_timeout = control_timeout;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONTROL_TIMEOUT]);
}

/**
 * vici_daemon_get_max_controls:
 * @self: a daemon
 *
 * Gets #ViciDaemon:max-controls.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
vici_daemon_get_max_controls (ViciDaemon *self)
{
  g_return_val_if_fail (VICI_IS_DAEMON (self), 0);

  return vici_control_pool_get_max (self->pool);
}

/**
 * vici_daemon_set_max_controls:
 * @self: a daemon
 * @max_controls: the number, at least 1
 *
 * Sets #ViciDaemon:max-controls.
 *
 * Since: 1.0
 */
void
vici_daemon_set_max_controls (ViciDaemon *self,
                              guint       max_controls)
{
  g_return_if_fail (VICI_IS_DAEMON (self));
  g_return_if_fail (max_controls > 0);

  if (vici_control_pool_get_max (self->pool) == max_controls)
    return;

  vici_control_pool_set_max (self->pool, max_controls);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_CONTROLS]);
}

/**
 * vici_daemon_get_max_list:
 * @self: a daemon
 *
 * Gets #ViciDaemon:max-list.
 *
 * Returns: bytes
 *
 * Since: 1.0
 */
guint
vici_daemon_get_max_list (ViciDaemon *self)
{
  g_return_val_if_fail (VICI_IS_DAEMON (self), 0);

  return self->max_list;
}

/**
 * vici_daemon_set_max_list:
 * @self: a daemon
 * @max_list: bytes, at least 1
 *
 * Sets #ViciDaemon:max-list.
 *
 * Since: 1.0
 */
void
vici_daemon_set_max_list (ViciDaemon *self,
                          guint       max_list)
{
  g_return_if_fail (VICI_IS_DAEMON (self));
  g_return_if_fail (max_list > 0);

  if (self->max_list == max_list)
    return;

  self->max_list = max_list;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_LIST]);
}

/* -- What the daemon has -- */

/* Whether a release is at least as new: 5.9.14 is newer than 5.9.8. What follows
 * the numbers, as in 6.0.3dr1, does not count. */
static gboolean
is_release (const char *version,
            const char *since)
{
  for (guint i = 0; i < 3; i++)
    {
      char *version_end;
      char *since_end;
      guint64 mine = g_ascii_strtoull (version, &version_end, 10);
      guint64 other = g_ascii_strtoull (since, &since_end, 10);

      if (mine != other)
        return mine > other;

      version = *version_end == '.' ? version_end + 1 : "";
      since = *since_end == '.' ? since_end + 1 : "";
    }

  return TRUE;
}

/**
 * vici_daemon_supports:
 * @self: a daemon
 * @command: the name of a command
 *
 * Whether the daemon has a command. A command that was called has shown it; of
 * others the daemon's release tells, once it was asked for with
 * vici_daemon_version_async(). Before that, a daemon is taken to have all that
 * the library knows.
 *
 * A command that the daemon does not have is not sent a second time: it fails
 * with %VICI_ERROR_UNKNOWN_COMMAND at once. What is known is forgotten when the
 * connection is opened anew, since it may be to another daemon.
 *
 * Returns: %TRUE if the daemon has it, as far as is known
 *
 * Since: 1.0
 */
gboolean
vici_daemon_supports (ViciDaemon *self,
                      const char *command)
{
  const ViciCommandInfo *info;
  gpointer known;

  g_return_val_if_fail (VICI_IS_DAEMON (self), FALSE);
  g_return_val_if_fail (command != NULL, FALSE);

  if (g_hash_table_lookup_extended (self->commands, command, NULL, &known))
    return GPOINTER_TO_INT (known);

  info = vici_command_info_lookup (command);
  if (info == NULL || self->version == NULL)
    return info != NULL;

  return is_release (self->version, vici_command_info_get_since (info));
}

gboolean
vici_daemon_check_command (ViciDaemon *self,
                           const char *command,
                           GError    **error)
{
  gpointer known;

  if (!g_hash_table_lookup_extended (self->commands, command, NULL, &known) ||
      GPOINTER_TO_INT (known))
    return TRUE;

  g_set_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND,
               _("The daemon does not know the command “%s”"), command);

  return FALSE;
}

void
vici_daemon_learn (ViciDaemon   *self,
                   const char   *command,
                   ViciMessage  *reply,
                   const GError *error)
{
  if (reply != NULL)
    g_hash_table_replace (self->commands, g_strdup (command), GINT_TO_POINTER (TRUE));
  else if (g_error_matches (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND))
    g_hash_table_replace (self->commands, g_strdup (command), GINT_TO_POINTER (FALSE));

  if (reply != NULL && g_str_equal (command, "version"))
    {
      g_free (self->version);
      self->version = vici_message_lookup_string (reply, "version");

      /* One that is no number tells nothing of what it has. */
      if (self->version != NULL && !g_ascii_isdigit (*self->version))
        g_clear_pointer (&self->version, g_free);
    }
}

/* What waits would be for another daemon, maybe. */
static void
refuse_controls (ViciDaemon *self)
{
  g_autoptr (GError) error = NULL;

  g_set_error_literal (&error, VICI_ERROR, VICI_ERROR_CLOSED,
                       _("The connection was closed before it was the turn of the command"));
  vici_control_pool_refuse (self->pool, error);
}

/* One that is opened synchronously is open at once. */
static void
on_state (ViciDaemon *self)
{
  ViciConnectionState before = self->state;

  self->state = vici_connection_get_state (self->connection);
  if (self->state == VICI_CONNECTION_CLOSING || self->state == VICI_CONNECTION_CLOSED)
    refuse_controls (self);

  if (self->state != VICI_CONNECTION_OPENING &&
      !(self->state == VICI_CONNECTION_OPEN && before != VICI_CONNECTION_OPENING))
    return;

  g_clear_pointer (&self->version, g_free);
  g_hash_table_remove_all (self->commands);
  vici_control_pool_set_place (self->pool, self->connection);
  vici_watcher_restart (self->watcher);
}

ViciWatcher *
vici_daemon_get_watcher (ViciDaemon *self)
{
  return self->watcher;
}

ViciControlPool *
vici_daemon_get_control_pool (ViciDaemon *self)
{
  return self->pool;
}

/* -- The class -- */

static void
vici_daemon_get_property (GObject    *object,
                          guint       property_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ViciDaemon *self = VICI_DAEMON (object);

  switch (property_id)
    {
    case PROP_CONNECTION:
      g_value_set_object (value, self->connection);
      break;

    case PROP_CONTROL_TIMEOUT:
      g_value_set_uint (value, self->control_timeout);
      break;

    case PROP_MAX_CONTROLS:
      g_value_set_uint (value, vici_control_pool_get_max (self->pool));
      break;

    case PROP_MAX_LIST:
      g_value_set_uint (value, self->max_list);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_daemon_set_property (GObject      *object,
                          guint         property_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  ViciDaemon *self = VICI_DAEMON (object);

  switch (property_id)
    {
    case PROP_CONNECTION:
      self->connection = g_value_dup_object (value);
      break;

    case PROP_CONTROL_TIMEOUT:
      vici_daemon_set_control_timeout (self, g_value_get_uint (value));
      break;

    case PROP_MAX_CONTROLS:
      vici_daemon_set_max_controls (self, g_value_get_uint (value));
      break;

    case PROP_MAX_LIST:
      vici_daemon_set_max_list (self, g_value_get_uint (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
vici_daemon_constructed (GObject *object)
{
  ViciDaemon *self = VICI_DAEMON (object);

  G_OBJECT_CLASS (vici_daemon_parent_class)->constructed (object);

  if (self->connection == NULL)
    self->connection = vici_connection_new (NULL);

  vici_control_pool_set_place (self->pool, self->connection);
  self->watcher = vici_daemon_connect_events (self);
  self->state = vici_connection_get_state (self->connection);
  g_signal_connect_object (self->connection, "notify::state", G_CALLBACK (on_state), self,
                           G_CONNECT_SWAPPED);
}

static void
vici_daemon_finalize (GObject *object)
{
  ViciDaemon *self = VICI_DAEMON (object);

  vici_watcher_end (self->watcher);
  g_clear_object (&self->connection);
  vici_control_pool_unref (self->pool);
  g_hash_table_unref (self->commands);
  g_free (self->version);

  G_OBJECT_CLASS (vici_daemon_parent_class)->finalize (object);
}

static void
vici_daemon_class_init (ViciDaemonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->constructed = vici_daemon_constructed;
  object_class->finalize = vici_daemon_finalize;
  object_class->get_property = vici_daemon_get_property;
  object_class->set_property = vici_daemon_set_property;

  /**
   * ViciDaemon:connection:
   *
   * The connection over which the daemon is spoken to; when none is given, one to
   * the default socket.
   *
   * Since: 1.0
   */
  properties[PROP_CONNECTION] =
    g_param_spec_object ("connection", NULL, NULL, VICI_TYPE_CONNECTION,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * ViciDaemon:control-timeout:
   *
   * How long the daemon waits for the end of an `initiate` or a `terminate`, in
   * milliseconds, where their options do not say it. It is never without an end: a
   * daemon that waits for dead peers for ever comes to a stand.
   *
   * Since: 1.0
   */
  properties[PROP_CONTROL_TIMEOUT] =
    g_param_spec_uint ("control-timeout", NULL, NULL, 1, G_MAXINT, 30000,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciDaemon:max-controls:
   *
   * How many `initiate` and `terminate` may be under way at once; more of them wait
   * for their turn, in order. Each holds one of the daemon's threads, of which it has
   * 16, and does so until the daemon has answered it, even where the call was
   * cancelled before. After a synchronous call that was cancelled nobody hears that
   * answer: its place is taken until the daemon's timeout, and what an answer may take,
   * have passed.
   *
   * Each #ViciDaemon counts its own. Those of several objects, on one connection or on
   * several, add up in the daemon.
   *
   * Each has a connection of its own to the daemon that #ViciDaemon:connection is open
   * to, so that it holds up nothing else. When that connection is closed, those that
   * wait for their turn fail with %VICI_ERROR_CLOSED, and those that are under way go on.
   * Where it cannot be opened a second time, being made of a stream or a descriptor,
   * they go over it, one at a time, and all else waits for them.
   *
   * A synchronous call does not wait for its turn: it fails with %G_IO_ERROR_BUSY.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_CONTROLS] =
    g_param_spec_uint ("max-controls", NULL, NULL, 1, G_MAXUINT, 6,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * ViciDaemon:max-list:
   *
   * How much a list may take that the daemon tells of in events (`list-sas`,
   * `list-conns` and so on, which have no end of their own), in bytes: those of the
   * events, which the records keep, and 256 for each record. 256 MiB are enough for
   * 100000 IKE_SAs with a CHILD_SA each. A command whose list takes more fails with
   * %VICI_ERROR_TOO_LARGE, and what else the daemon tells of it is dropped. It then
   * has to be called with options that select less, or be read event by event with
   * vici_connection_call_streaming().
   *
   * Lists that come in a reply are as large as a packet may be at most.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_LIST] =
    g_param_spec_uint ("max-list", NULL, NULL, 1, G_MAXUINT, MAX_LIST,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  vici_daemon_install_signals (klass);
}

static void
vici_daemon_init (ViciDaemon *self)
{
  self->control_timeout = 30000;
  self->max_list = MAX_LIST;
  self->pool = vici_control_pool_new (6);
  self->commands = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}
