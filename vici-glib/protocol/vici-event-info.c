/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-info-private.h"

/**
 * SECTION:vici-event-info
 * @title: ViciEventInfo
 * @short_description: What is known of a daemon's event
 *
 * An entry of the library's table of charon's events.
 *
 * Since: 1.0
 */

/**
 * ViciEventInfo:
 *
 * What is known of a daemon's event. It belongs to the library.
 *
 * Since: 1.0
 */

G_DEFINE_BOXED_TYPE (ViciEventInfo, vici_event_info, vici_info_copy, vici_info_free)

/**
 * vici_event_info_list:
 *
 * The names of all events that the library knows, sorted.
 *
 * Returns: (transfer full): the names
 *
 * Since: 1.0
 */
GStrv
vici_event_info_list (void)
{
  return vici_info_list_names (vici_event_table, vici_event_table_length, sizeof (ViciEventInfo));
}

/**
 * vici_event_info_lookup:
 * @event: the name of an event
 *
 * Looks an event up in the library's table. A daemon may have others.
 *
 * Returns: (nullable) (transfer none): what is known of it, or %NULL
 *
 * Since: 1.0
 */
const ViciEventInfo *
vici_event_info_lookup (const char *event)
{
  g_return_val_if_fail (event != NULL, NULL);

  return vici_info_find (event, vici_event_table, vici_event_table_length, sizeof (ViciEventInfo));
}

/**
 * vici_event_info_get_name:
 * @self: an entry of the table
 *
 * The event's name.
 *
 * Returns: the name
 *
 * Since: 1.0
 */
const char *
vici_event_info_get_name (const ViciEventInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * vici_event_info_get_description:
 * @self: an entry of the table
 *
 * What the event tells, a sentence in English.
 *
 * Returns: the description
 *
 * Since: 1.0
 */
const char *
vici_event_info_get_description (const ViciEventInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->description;
}

/**
 * vici_event_info_get_since:
 * @self: an entry of the table
 *
 * The first release of strongSwan that has the event.
 *
 * Returns: the release, such as 5.2.0
 *
 * Since: 1.0
 */
const char *
vici_event_info_get_since (const ViciEventInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->since;
}

/**
 * vici_event_info_get_commands:
 * @self: an entry of the table
 *
 * The commands that stream the event to who called them. There are none for an
 * event that is broadcast to all that subscribe to it.
 *
 * Returns: (transfer none) (array zero-terminated=1): their names
 *
 * Since: 1.0
 */
const char * const *
vici_event_info_get_commands (const ViciEventInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->commands;
}
