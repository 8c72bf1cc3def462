/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-info-private.h"

/**
 * SECTION:vici-command-info
 * @title: ViciCommandInfo
 * @short_description: What is known of a daemon's command
 *
 * The library knows charon's commands, events and their keys by a table, which
 * #ViciDaemon and the tool gvici stand on. This is an entry of it; the
 * arguments of a command are described by #ViciKeyInfo, its events by
 * #ViciEventInfo.
 *
 * |[<!-- language="C" -->
 * const ViciCommandInfo *info = vici_command_info_lookup ("load-conn");
 * const ViciKeyInfo *conn = vici_key_info_lookup_key (vici_command_info_get_arguments (info), "home");
 * const ViciKeyInfo *key = vici_key_info_lookup_key (conn, "rekey_time");
 *
 * g_print ("%s\n", vici_key_info_get_description (key));
 * ]|
 *
 * Since: 1.0
 */

/**
 * ViciCommandInfo:
 *
 * What is known of a daemon's command. It belongs to the library.
 *
 * Since: 1.0
 */

G_DEFINE_BOXED_TYPE (ViciCommandInfo, vici_command_info, vici_info_copy, vici_info_free)

/**
 * vici_command_info_list:
 *
 * The names of all commands that the library knows, sorted.
 *
 * Returns: (transfer full): the names
 *
 * Since: 1.0
 */
GStrv
vici_command_info_list (void)
{
  return vici_info_list_names (vici_command_table, vici_command_table_length,
                               sizeof (ViciCommandInfo));
}

/**
 * vici_command_info_lookup:
 * @command: the name of a command
 *
 * Looks a command up in the library's table. A daemon may have others.
 *
 * Returns: (nullable) (transfer none): what is known of it, or %NULL
 *
 * Since: 1.0
 */
const ViciCommandInfo *
vici_command_info_lookup (const char *command)
{
  g_return_val_if_fail (command != NULL, NULL);

  return vici_info_find (command, vici_command_table, vici_command_table_length,
                         sizeof (ViciCommandInfo));
}

/**
 * vici_command_info_get_name:
 * @self: an entry of the table
 *
 * The command's name.
 *
 * Returns: the name
 *
 * Since: 1.0
 */
const char *
vici_command_info_get_name (const ViciCommandInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * vici_command_info_get_description:
 * @self: an entry of the table
 *
 * What the command does, a sentence in English.
 *
 * Returns: the description
 *
 * Since: 1.0
 */
const char *
vici_command_info_get_description (const ViciCommandInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->description;
}

/**
 * vici_command_info_get_since:
 * @self: an entry of the table
 *
 * The first release of strongSwan that has the command.
 *
 * Returns: the release, such as 5.2.0
 *
 * Since: 1.0
 */
const char *
vici_command_info_get_since (const ViciCommandInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->since;
}

/**
 * vici_command_info_get_stream_event:
 * @self: an entry of the table
 *
 * The event that the command streams before its reply.
 *
 * Returns: (nullable): the event's name, or %NULL if it streams none
 *
 * Since: 1.0
 */
const char *
vici_command_info_get_stream_event (const ViciCommandInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->stream_event;
}

/**
 * vici_command_info_is_read_only:
 * @self: an entry of the table
 *
 * Whether the command changes nothing in the daemon. Such a command tells of
 * keys and shared secrets no more than their names.
 *
 * Returns: %TRUE if it only reads
 *
 * Since: 1.0
 */
gboolean
vici_command_info_is_read_only (const ViciCommandInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->read_only;
}

/**
 * vici_command_info_is_blocking:
 * @self: an entry of the table
 *
 * Whether the command waits for a peer, and holds up all that comes after it on
 * its connection.
 *
 * Returns: %TRUE if it may take long
 *
 * Since: 1.0
 */
gboolean
vici_command_info_is_blocking (const ViciCommandInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->blocking;
}

/**
 * vici_command_info_is_secret:
 * @self: an entry of the table
 *
 * Whether the command's request carries a key, a password or a PIN.
 *
 * Returns: %TRUE if one of its arguments is %VICI_KEY_SECRET
 *
 * Since: 1.0
 */
gboolean
vici_command_info_is_secret (const ViciCommandInfo *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (const ViciKeyInfo *key = self->arguments.keys; key->name != NULL; key++)
    {
      if ((key->flags & VICI_KEY_SECRET) != 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * vici_command_info_get_arguments:
 * @self: an entry of the table
 *
 * The command's arguments: a section without a name, whose keys are asked for
 * with vici_key_info_list_keys() and vici_key_info_lookup_key().
 *
 * Returns: (transfer none): the arguments
 *
 * Since: 1.0
 */
const ViciKeyInfo *
vici_command_info_get_arguments (const ViciCommandInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->arguments;
}
