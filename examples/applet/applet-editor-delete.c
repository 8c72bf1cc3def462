/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-editor.h"

#include <glib/gi18n.h>

#include "applet-keeper.h"
#include "applet-loader.h"

typedef struct
{
  GtkWindow    *parent;    /* NULL: it is gone */
  ViciMonitor  *monitor;
  ViciConnItem *item;
} Deletion;

static void
deletion_free (Deletion *deletion)
{
  g_clear_weak_pointer (&deletion->parent);
  g_object_unref (deletion->monitor);
  g_object_unref (deletion->item);
  g_free (deletion);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Deletion, deletion_free)

static const char *
get_name (Deletion *deletion)
{
  return vici_item_get_name (VICI_ITEM (deletion->item));
}

static void
show_failure (Deletion     *deletion,
              const GError *error)
{
  GtkWidget *dialog = adw_message_dialog_new (deletion->parent, _("The Connection Was Not Deleted"),
                                              error->message);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Deletion) deletion = user_data;
  g_autoptr (GError) error = NULL;

  if (!applet_store_write_finish (APPLET_STORE (source), result, &error))
    show_failure (deletion, error);
}

static void
on_unloaded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Deletion) deletion = user_data;
  AppletStore *store = applet_keeper_get_store (deletion->monitor);
  g_autoptr (GError) error = NULL;

  if (!applet_unload_finish (result, &error))
    {
      show_failure (deletion, error);
      return;
    }

  vici_monitor_refresh_async (deletion->monitor, NULL, NULL, NULL);
  applet_store_remove (store, get_name (deletion));
  applet_store_write_async (store, on_written, g_steal_pointer (&deletion));
}

static void
unload (Deletion *deletion)
{
  applet_unload_async (applet_keeper_get_store (deletion->monitor),
                       vici_monitor_get_daemon (deletion->monitor), get_name (deletion), NULL,
                       on_unloaded, deletion);
}

static void
on_down (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Deletion) deletion = user_data;
  g_autoptr (GError) error = NULL;

  if (vici_conn_item_down_finish (deletion->item, result, &error))
    unload (g_steal_pointer (&deletion));
  else
    show_failure (deletion, error);
}

static void
bring_down (Deletion *deletion)
{
  if (g_list_model_get_n_items (vici_conn_item_get_ike_sas (deletion->item)) > 0)
    vici_conn_item_down_async (deletion->item, NULL, NULL, NULL, on_down, deletion);
  else
    unload (deletion);
}

static void
on_response (AdwMessageDialog *dialog,
             const char       *response,
             gpointer          user_data)
{
  Deletion *deletion = user_data;

  if (g_str_equal (response, "delete"))
    bring_down (deletion);
  else
    deletion_free (deletion);
}

void
applet_editor_confirm_delete (GtkWindow    *parent,
                              ViciMonitor  *monitor,
                              ViciConnItem *item)
{
  Deletion *deletion = g_new0 (Deletion, 1);
  g_autofree char *heading = NULL;
  GtkWidget *dialog;

  g_set_weak_pointer (&deletion->parent, parent);
  deletion->monitor = g_object_ref (monitor);
  deletion->item = g_object_ref (item);

  /* TRANSLATORS: the name of a connection */
  heading = g_strdup_printf (_("Delete “%s”?"), get_name (deletion));
  dialog = adw_message_dialog_new (parent, heading,
                                   _("It is closed if it is up, and the daemon forgets it, with the "
                                     "secret that was entered here for it."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog),
                                    "cancel", _("_Cancel"),
                                    "delete", _("_Delete"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "delete",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_response), deletion);
  gtk_window_present (GTK_WINDOW (dialog));
}
