/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-restorer.h"

#include "applet-loader.h"

typedef struct
{
  AppletStore   *store;
  ViciDaemon    *daemon;
  GPtrArray     *left;       /* AppletProfile: to be looked at, the last one first */
  AppletProfile *profile;    /* that is being loaded */

  GStrv          conns;      /* what the daemon has */
  GListModel    *secrets;
  GListModel    *keys;
  guint          n_loaded;
} Restore;

static void restore_next (GTask *task);

static void
restore_free (Restore *restore)
{
  g_object_unref (restore->store);
  g_object_unref (restore->daemon);
  g_ptr_array_unref (restore->left);
  g_clear_object (&restore->profile);
  g_strfreev (restore->conns);
  g_clear_object (&restore->secrets);
  g_clear_object (&restore->keys);
  g_free (restore);
}

static const char *
get_name (Restore *restore)
{
  return applet_profile_get (restore->profile, "name");
}

static gboolean
has_conn (Restore *restore)
{
  return g_strv_contains ((const char * const *) restore->conns, get_name (restore));
}

static gboolean
has_key (Restore *restore)
{
  const char *key_id = applet_profile_get (restore->profile, "key-id");

  for (guint i = 0; i < g_list_model_get_n_items (restore->keys); i++)
    {
      g_autoptr (ViciKeyId) key = g_list_model_get_item (restore->keys, i);

      if (g_str_equal (vici_key_id_get_id (key), key_id))
        return TRUE;
    }

  return FALSE;
}

static gboolean
has_secret (Restore *restore)
{
  if (applet_profile_get_auth (restore->profile) == APPLET_AUTH_CERT)
    return has_key (restore);

  for (guint i = 0; i < g_list_model_get_n_items (restore->secrets); i++)
    {
      g_autoptr (ViciSharedId) secret = g_list_model_get_item (restore->secrets, i);

      if (applet_is_secret_of (vici_shared_id_get_id (secret), get_name (restore)))
        return TRUE;
    }

  return FALSE;
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  Restore *restore = g_task_get_task_data (task);

  if (applet_load_finish (result, NULL))
    restore->n_loaded++;

  restore_next (task);
}

/* Takes the task. What would start without its secret would fail. */
static void
load (GTask       *task,
      AppletFiles *files,
      gboolean     locked)
{
  Restore *restore = g_task_get_task_data (task);

  applet_store_set_locked (restore->store, get_name (restore), locked);
  if (locked && has_conn (restore))
    {
      restore_next (task);
      return;
    }

  if (locked)
    g_object_set (restore->profile, "start", APPLET_START_NOT, NULL);
  applet_load_async (restore->store, restore->daemon, restore->profile, files, NULL,
                     has_conn (restore), g_task_get_cancellable (task), on_loaded, task);
}

static void
on_files (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  GTask *task = user_data;
  Restore *restore = g_task_get_task_data (task);
  g_autoptr (AppletFiles) files = applet_files_read_finish (result, NULL, NULL);
  gboolean is_cert = applet_profile_get_auth (restore->profile) == APPLET_AUTH_CERT;
  gboolean has_all = files != NULL &&
                     (is_cert ? applet_files_get_key (files) != NULL : has_secret (restore));

  load (task, files, !has_all);
}

/* Takes the task. */
static void
restore_next (GTask *task)
{
  Restore *restore = g_task_get_task_data (task);

  g_clear_object (&restore->profile);
  if (restore->left->len == 0)
    {
      g_task_return_int (task, restore->n_loaded);
      g_object_unref (task);
      return;
    }

  restore->profile = g_ptr_array_steal_index (restore->left, restore->left->len - 1);
  if (!has_conn (restore) ||
      (!has_secret (restore) && applet_profile_get_auth (restore->profile) == APPLET_AUTH_CERT))
    {
      applet_files_read_async (restore->profile, NULL, g_task_get_cancellable (task), on_files, task);
      return;
    }

  applet_store_set_locked (restore->store, get_name (restore), !has_secret (restore));
  restore_next (task);
}

static void
on_conns (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Restore *restore = g_task_get_task_data (task);
  GError *error = NULL;

  restore->conns = vici_daemon_get_conns_finish (restore->daemon, result, &error);
  if (restore->conns == NULL)
    g_task_return_error (task, error);
  else
    restore_next (g_steal_pointer (&task));
}

static void
on_keys (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Restore *restore = g_task_get_task_data (task);
  GError *error = NULL;

  restore->keys = vici_daemon_get_keys_finish (restore->daemon, result, &error);
  if (restore->keys == NULL)
    g_task_return_error (task, error);
  else
    vici_daemon_get_conns_async (restore->daemon, g_task_get_cancellable (task), on_conns,
                                 g_object_ref (task));
}

static void
on_secrets (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Restore *restore = g_task_get_task_data (task);
  GError *error = NULL;

  restore->secrets = vici_daemon_get_shared_finish (restore->daemon, result, &error);
  if (restore->secrets == NULL)
    g_task_return_error (task, error);
  else
    vici_daemon_get_keys_async (restore->daemon, g_task_get_cancellable (task), on_keys,
                                g_object_ref (task));
}

void
applet_restore_async (AppletStore        *store,
                      ViciDaemon         *daemon,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  GTask *task = g_task_new (store, cancellable, callback, user_data);
  Restore *restore = g_new0 (Restore, 1);

  g_task_set_source_tag (task, applet_restore_async);
  g_task_set_task_data (task, restore, (GDestroyNotify) restore_free);
  restore->store = g_object_ref (store);
  restore->daemon = g_object_ref (daemon);
  restore->left = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (store)); i++)
    {
      g_autoptr (AppletProfile) profile = g_list_model_get_item (G_LIST_MODEL (store), i);

      g_ptr_array_add (restore->left, applet_profile_copy (profile));
    }

  vici_daemon_get_shared_async (daemon, cancellable, on_secrets, task);
}

gboolean
applet_restore_finish (GAsyncResult *result,
                       guint        *n_loaded,
                       GError      **error)
{
  gssize n = g_task_propagate_int (G_TASK (result), error);

  *n_loaded = MAX (n, 0);

  return n >= 0;
}
