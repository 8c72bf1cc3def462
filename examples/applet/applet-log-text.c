/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-log-text.h"

/* Lines of a log: of the monitor, whose items have a time, or of what was asked of a
 * connection, which are entries without. */

ViciLogEntry *
applet_log_get_entry (gpointer item)
{
  return VICI_IS_LOG_ITEM (item) ? vici_log_item_get_entry (item) : VICI_LOG_ENTRY (item);
}

/* NULL where there is no time. */
char *
applet_log_dup_time (gpointer item)
{
  g_autoptr (GDateTime) local = NULL;

  if (!VICI_IS_LOG_ITEM (item))
    return NULL;

  local = g_date_time_to_local (vici_log_item_get_time (item));

  return g_date_time_format (local, "%T");
}

static void
append (GString *text,
        gpointer item)
{
  ViciLogEntry *entry = applet_log_get_entry (item);
  g_autofree char *time = applet_log_dup_time (item);

  if (time != NULL)
    g_string_append_printf (text, "%s ", time);
  g_string_append_printf (text, "[%s] %s\n", vici_log_entry_get_group_text (entry),
                          vici_log_entry_get_text (entry));
}

/* All of them, as text. */
char *
applet_log_join (GListModel *items)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (items, i);

      append (text, item);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}
