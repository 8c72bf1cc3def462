/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-keeper.h"

#include "applet-restorer.h"

typedef struct
{
  AppletStore  *store;
  GCancellable *cancellable;   /* of the last restoration */
} Keeper;

static void
keeper_free (Keeper *keeper)
{
  g_cancellable_cancel (keeper->cancellable);
  g_object_unref (keeper->cancellable);
  g_object_unref (keeper->store);
  g_free (keeper);
}

static GQuark
get_quark (void)
{
  return g_quark_from_static_string ("applet-keeper");
}

static void
on_restored (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (ViciMonitor) monitor = user_data;
  guint n_loaded;

  /* A daemon that is lost meanwhile comes back, and all is done again. */
  if (applet_restore_finish (result, &n_loaded, NULL) && n_loaded > 0)
    vici_monitor_refresh_async (monitor, NULL, NULL, NULL);
}

static void
on_state (ViciMonitor *monitor)
{
  Keeper *keeper = g_object_get_qdata (G_OBJECT (monitor), get_quark ());

  if (vici_monitor_get_state (monitor) != VICI_MONITOR_READY || applet_store_is_reading (keeper->store))
    return;

  g_cancellable_cancel (keeper->cancellable);
  g_object_unref (keeper->cancellable);
  keeper->cancellable = g_cancellable_new ();
  applet_restore_async (keeper->store, vici_monitor_get_daemon (monitor), keeper->cancellable,
                        on_restored, g_object_ref (monitor));
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (ViciMonitor) monitor = user_data;
  g_autoptr (GError) error = NULL;

  /* The window tells it too, and again when a connection is saved. */
  if (!applet_store_read_finish (APPLET_STORE (source), result, &error))
    g_printerr ("%s\n", error->message);

  on_state (monitor);
}

/* Each daemon has its own: what is loaded into one, private keys too, is not for another. */
static char *
make_path (ViciMonitor *monitor)
{
  const char *uri = vici_connection_get_uri (vici_monitor_get_connection (monitor));
  g_autofree char *escaped = g_uri_escape_string (uri, ":", FALSE);
  g_autofree char *name = g_strconcat (escaped, ".conf", NULL);

  return g_build_filename (g_get_user_config_dir (), "vici-applet", name, NULL);
}

AppletStore *
applet_keeper_get_store (ViciMonitor *monitor)
{
  Keeper *keeper = g_object_get_qdata (G_OBJECT (monitor), get_quark ());
  g_autofree char *path = NULL;

  if (keeper != NULL)
    return keeper->store;

  path = make_path (monitor);
  keeper = g_new0 (Keeper, 1);
  keeper->store = applet_store_new (path);
  keeper->cancellable = g_cancellable_new ();
  g_object_set_qdata_full (G_OBJECT (monitor), get_quark (), keeper, (GDestroyNotify) keeper_free);

  g_signal_connect (monitor, "notify::state", G_CALLBACK (on_state), NULL);
  applet_store_read_async (keeper->store, on_read, g_object_ref (monitor));

  return keeper->store;
}
