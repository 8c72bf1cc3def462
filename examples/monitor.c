/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Shows connections, their SAs and traffic as they come, change and go.
 *
 * Usage: monitor [URI] */

#include <locale.h>
#include <vici-glib/vici-glib.h>

#define LINE "line"             /* what was shown of an item */

static void follow (GListModel *model);

static char *
describe_conn (ViciConnItem *conn)
{
  return g_strdup_printf ("%s: %s", vici_item_get_name (VICI_ITEM (conn)),
                          vici_conn_item_get_state_text (conn));
}

static char *
describe_ike_sa (ViciIkeSaItem *ike_sa)
{
  ViciRecord *record = vici_item_get_record (VICI_ITEM (ike_sa));

  return g_strdup_printf ("  IKE_SA %u of %s: %s", vici_ike_sa_item_get_unique_id (ike_sa),
                          vici_item_get_name (VICI_ITEM (ike_sa)),
                          vici_ike_sa_get_state_text (VICI_IKE_SA (record)));
}

static char *
describe_child_sa (ViciChildSaItem *child_sa)
{
  ViciRecord *record = vici_item_get_record (VICI_ITEM (child_sa));

  return g_strdup_printf ("    CHILD_SA %u of %s: %s, %" G_GUINT64_FORMAT " bytes in",
                          vici_child_sa_item_get_unique_id (child_sa),
                          vici_item_get_name (VICI_ITEM (child_sa)),
                          vici_child_sa_get_state_text (VICI_CHILD_SA (record)),
                          vici_child_sa_item_get_bytes_in (child_sa));
}

static char *
describe (gpointer item)
{
  if (VICI_IS_CONN_ITEM (item))
    return describe_conn (item);
  if (VICI_IS_IKE_SA_ITEM (item))
    return describe_ike_sa (item);
  return describe_child_sa (item);
}

/* Several properties of an item may have changed at once: that is one line. */
static void
show (gpointer item)
{
  g_autofree char *line = describe (item);

  if (g_strcmp0 (line, g_object_get_data (item, LINE)) == 0)
    return;

  g_print ("%s\n", line);
  g_object_set_data_full (item, LINE, g_steal_pointer (&line), g_free);
}

static void
add (gpointer item)
{
  g_signal_connect (item, "notify", G_CALLBACK (show), NULL);
  show (item);

  if (VICI_IS_CONN_ITEM (item))
    follow (vici_conn_item_get_ike_sas (item));
  else if (VICI_IS_IKE_SA_ITEM (item))
    follow (vici_ike_sa_item_get_child_sas (item));
}

static void
drop (gpointer item)
{
  g_signal_handlers_disconnect_by_func (item, show, NULL);
  g_print ("%s (gone)\n", (const char *) g_object_get_data (item, LINE));
}

static void
on_changed (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            GPtrArray  *items)
{
  for (guint i = 0; i < removed; i++)
    drop (items->pdata[position + i]);
  if (removed > 0)
    g_ptr_array_remove_range (items, position, removed);

  for (guint i = position; i < position + added; i++)
    {
      g_ptr_array_insert (items, (int) i, g_list_model_get_item (model, i));
      add (items->pdata[i]);
    }
}

/* Shows what is in a list, what of it changes, and what leaves it. */
static void
follow (GListModel *model)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);

  g_object_set_data_full (G_OBJECT (model), "items", items, (GDestroyNotify) g_ptr_array_unref);
  g_signal_connect (model, "items-changed", G_CALLBACK (on_changed), items);
  on_changed (model, 0, 0, g_list_model_get_n_items (model), items);
}

static void
on_state (ViciMonitor *monitor)
{
  g_print ("%s\n", vici_monitor_get_state_text (monitor));
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (ViciMonitor) monitor = vici_monitor_new (argv[1]);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  /* Texts for people are in their language. */
  setlocale (LC_ALL, "");

  g_signal_connect (monitor, "notify::state", G_CALLBACK (on_state), NULL);
  follow (vici_monitor_get_conns (monitor));

  /* So that the traffic is counted. */
  vici_monitor_hold (monitor);
  g_main_loop_run (loop);

  return 0;
}
