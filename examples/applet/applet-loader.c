/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-loader.h"

#include <string.h>

#define PREFIX "vici-applet-"

typedef struct
{
  AppletStore   *store;
  ViciDaemon    *daemon;
  AppletProfile *profile;
  AppletFiles   *files;
  GBytes        *secret;
  gboolean       replaces;

  GListModel    *old_secrets;   /* ViciSharedId: all that the daemon has */
  GListModel    *old_keys;      /* ViciKeyId */
  char          *secret_id;     /* what is to be taken back; NULL: nothing is */
  char          *key_id;
  gboolean       conn_may_be_there;
  guint          n_pending;     /* of what is unloaded at the end */
  GError        *error;
} Load;

static void
load_free (Load *load)
{
  g_object_unref (load->store);
  g_object_unref (load->daemon);
  g_object_unref (load->profile);
  g_clear_object (&load->files);
  g_clear_pointer (&load->secret, g_bytes_unref);
  g_clear_object (&load->old_secrets);
  g_clear_object (&load->old_keys);
  g_free (load->secret_id);
  g_free (load->key_id);
  g_clear_error (&load->error);
  g_free (load);
}

static const char *
get_name (Load *load)
{
  return applet_profile_get (load->profile, "name");
}

/* -- Names of secrets -- */

/* The number, or 0 for an id that is not of that connection. Each time a secret is
 * loaded it gets another one, so that the old one is there until all is well. */
static guint64
get_number (const char *id,
            const char *name)
{
  guint64 number;
  char *end;

  if (!g_str_has_prefix (id, PREFIX) || !g_ascii_isdigit (id[strlen (PREFIX)]))
    return 0;

  number = g_ascii_strtoull (id + strlen (PREFIX), &end, 10);

  return *end == '-' && g_str_equal (end + 1, name) ? number : 0;
}

gboolean
applet_is_secret_of (const char *id,
                     const char *name)
{
  return get_number (id, name) > 0;
}

static char *
make_secret_id (Load *load)
{
  guint64 last = 0;

  for (guint i = 0; i < g_list_model_get_n_items (load->old_secrets); i++)
    {
      g_autoptr (ViciSharedId) secret = g_list_model_get_item (load->old_secrets, i);

      last = MAX (last, get_number (vici_shared_id_get_id (secret), get_name (load)));
    }

  return g_strdup_printf (PREFIX "%" G_GUINT64_FORMAT "-%s", last + 1, get_name (load));
}

/* -- The end: what is not needed is unloaded -- */

static void
end (GTask *task)
{
  Load *load = g_task_get_task_data (task);

  if (load->error != NULL)
    g_task_return_error (task, g_steal_pointer (&load->error));
  else
    g_task_return_boolean (task, TRUE);
}

/* Whether it went is not asked: there is nothing else to do about it. */
static void
on_unloaded (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Load *load = g_task_get_task_data (task);

  if (--load->n_pending == 0)
    end (task);
}

typedef void (*UnloadFunc) (ViciDaemon         *daemon,
                            const char         *id,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data);

static void
unload (GTask      *task,
        UnloadFunc  function,
        const char *id)
{
  Load *load = g_task_get_task_data (task);

  load->n_pending++;
  function (load->daemon, id, NULL, on_unloaded, g_object_ref (task));
}

/* Those from before. */
static void
unload_secrets (GTask *task)
{
  Load *load = g_task_get_task_data (task);

  for (guint i = 0; i < g_list_model_get_n_items (load->old_secrets); i++)
    {
      g_autoptr (ViciSharedId) secret = g_list_model_get_item (load->old_secrets, i);
      const char *id = vici_shared_id_get_id (secret);

      if (applet_is_secret_of (id, get_name (load)))
        unload (task, vici_daemon_unload_shared_async, id);
    }
}

static void
unload_key (GTask *task)
{
  Load *load = g_task_get_task_data (task);
  g_autoptr (AppletProfile) old = applet_store_lookup (load->store, get_name (load));
  const char *key_id = old != NULL ? applet_profile_get (old, "key-id") : "";

  if (*key_id != '\0' && g_strcmp0 (key_id, applet_profile_get (load->profile, "key-id")) != 0 &&
      !applet_store_shares_key (load->store, get_name (load), key_id))
    unload (task, vici_daemon_unload_key_async, key_id);
}

/* Takes the task. */
static void
finish (GTask *task)
{
  Load *load = g_task_get_task_data (task);

  if (load->n_pending == 0)
    end (task);
  g_object_unref (task);
}

/* Takes the task and the error. */
static void
roll_back (GTask  *task,
           GError *error)
{
  Load *load = g_task_get_task_data (task);

  load->error = error;
  if (load->conn_may_be_there)
    unload (task, vici_daemon_unload_conn_async, get_name (load));
  if (load->secret_id != NULL)
    unload (task, vici_daemon_unload_shared_async, load->secret_id);
  if (load->key_id != NULL)
    unload (task, vici_daemon_unload_key_async, load->key_id);

  finish (task);
}

static void
succeed (GTask *task)
{
  Load *load = g_task_get_task_data (task);

  if (load->secret_id != NULL || applet_profile_get_auth (load->profile) == APPLET_AUTH_CERT)
    unload_secrets (task);
  unload_key (task);

  finish (task);
}

/* -- Loading -- */

static void
on_conn (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);
  GError *error = NULL;

  if (vici_daemon_load_conn_finish (load->daemon, result, &error))
    {
      succeed (task);
      return;
    }

  /* A daemon that refuses has not loaded it; one that is not heard of may have. */
  load->conn_may_be_there = !load->replaces &&
                            !g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED) &&
                            !g_error_matches (error, VICI_ERROR, VICI_ERROR_INVALID);
  roll_back (task, error);
}

static void
load_conn (GTask *task)
{
  Load *load = g_task_get_task_data (task);
  g_autoptr (ViciConnConfig) config = applet_profile_to_config (load->profile, load->files);

  vici_daemon_load_conn_async (load->daemon, config, g_task_get_cancellable (task), on_conn, task);
}

static gboolean
had_key (Load       *load,
         const char *key_id)
{
  for (guint i = 0; i < g_list_model_get_n_items (load->old_keys); i++)
    {
      g_autoptr (ViciKeyId) key = g_list_model_get_item (load->old_keys, i);

      if (g_str_equal (vici_key_id_get_id (key), key_id))
        return TRUE;
    }

  return FALSE;
}

static void
on_key (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);
  GError *error = NULL;
  g_autofree char *key_id = vici_daemon_load_key_finish (load->daemon, result, &error);

  if (error != NULL)
    {
      roll_back (task, error);
      return;
    }

  g_object_set (load->profile, "key-id", key_id, NULL);
  if (key_id != NULL && !had_key (load, key_id))
    load->key_id = g_steal_pointer (&key_id);
  load_conn (task);
}

static void
load_key (GTask *task)
{
  Load *load = g_task_get_task_data (task);
  GBytes *key = load->files != NULL ? applet_files_get_key (load->files) : NULL;

  if (key != NULL && applet_profile_get_auth (load->profile) == APPLET_AUTH_CERT)
    vici_daemon_load_key_async (load->daemon, VICI_KEY_TYPE_ANY, key, g_task_get_cancellable (task),
                                on_key, task);
  else
    load_conn (task);
}

static void
on_secret (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);
  GError *error = NULL;

  if (vici_daemon_load_shared_finish (load->daemon, result, &error))
    load_key (task);
  else
    roll_back (task, error);
}

static void
load_secret (GTask *task)
{
  Load *load = g_task_get_task_data (task);
  AppletAuth auth = applet_profile_get_auth (load->profile);
  g_autoptr (ViciLoadSharedOptions) options = vici_load_shared_options_new ();
  g_auto (GStrv) owners = applet_profile_get_owners (load->profile);

  if (load->secret == NULL || auth == APPLET_AUTH_CERT)
    {
      load_key (task);
      return;
    }

  load->secret_id = make_secret_id (load);
  if (*owners != NULL)
    vici_load_shared_options_set_owners (options, (const char * const *) owners);
  vici_daemon_load_shared_async (load->daemon, load->secret_id,
                                 auth == APPLET_AUTH_EAP ? VICI_SHARED_TYPE_EAP
                                                         : VICI_SHARED_TYPE_IKE,
                                 load->secret, options, g_task_get_cancellable (task),
                                 on_secret, task);
}

static void
on_old_keys (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);
  GError *error = NULL;

  load->old_keys = vici_daemon_get_keys_finish (load->daemon, result, &error);
  if (load->old_keys != NULL)
    load_secret (task);
  else
    roll_back (task, error);
}

static void
on_old_secrets (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);
  GError *error = NULL;

  load->old_secrets = vici_daemon_get_shared_finish (load->daemon, result, &error);
  if (load->old_secrets != NULL)
    vici_daemon_get_keys_async (load->daemon, g_task_get_cancellable (task), on_old_keys, task);
  else
    roll_back (task, error);
}

static GTask *
begin (AppletStore        *store,
       ViciDaemon         *daemon,
       AppletProfile      *profile,
       GCancellable       *cancellable,
       GAsyncReadyCallback callback,
       gpointer            user_data)
{
  GTask *task = g_task_new (profile, cancellable, callback, user_data);
  Load *load = g_new0 (Load, 1);

  /* What has happened counts, and not that it was not wanted any more. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, load, (GDestroyNotify) load_free);
  load->store = g_object_ref (store);
  load->daemon = g_object_ref (daemon);
  load->profile = g_object_ref (profile);

  return task;
}

void
applet_load_async (AppletStore        *store,
                   ViciDaemon         *daemon,
                   AppletProfile      *profile,
                   AppletFiles        *files,
                   GBytes             *secret,
                   gboolean            replaces,
                   GCancellable       *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer            user_data)
{
  GTask *task = begin (store, daemon, profile, cancellable, callback, user_data);
  Load *load = g_task_get_task_data (task);

  g_task_set_source_tag (task, applet_load_async);
  g_set_object (&load->files, files);
  load->secret = secret != NULL ? g_bytes_ref (secret) : NULL;
  load->replaces = replaces;

  vici_daemon_get_shared_async (daemon, cancellable, on_old_secrets, task);
}

gboolean
applet_load_finish (GAsyncResult *result,
                    GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- Unloading -- */

static void
on_secrets_to_unload (GObject      *source,
                      GAsyncResult *result,
                      gpointer      user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);

  load->old_secrets = vici_daemon_get_shared_finish (load->daemon, result, &load->error);
  if (load->old_secrets != NULL)
    unload_secrets (task);
  unload_key (task);

  finish (task);
}

static void
on_conn_unloaded (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  GTask *task = user_data;
  Load *load = g_task_get_task_data (task);

  if (!vici_daemon_unload_conn_finish (load->daemon, result, &load->error))
    {
      finish (task);
      return;
    }

  vici_daemon_get_shared_async (load->daemon, NULL, on_secrets_to_unload, task);
}

void
applet_unload_async (AppletStore        *store,
                     ViciDaemon         *daemon,
                     const char         *name,
                     GCancellable       *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer            user_data)
{
  g_autoptr (AppletProfile) profile = applet_profile_new ();
  GTask *task = begin (store, daemon, profile, cancellable, callback, user_data);

  g_task_set_source_tag (task, applet_unload_async);
  g_object_set (profile, "name", name, NULL);
  vici_daemon_unload_conn_async (daemon, name, cancellable, on_conn_unloaded, task);
}

gboolean
applet_unload_finish (GAsyncResult *result,
                      GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
