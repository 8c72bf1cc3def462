/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-store.h"

#include <glib/gi18n.h>
#include <string.h>

struct _AppletStore
{
  GObject     parent_instance;

  GFile      *file;
  GListStore *profiles;
  GHashTable *locked;       /* the names of those that lack their secret */
  gboolean    is_reading;
  GError     *error;        /* why it could not be read */

  GQueue      writes;       /* GTask: of changes that are not in a file yet */
  GList      *written;      /* GTask: those that are being written; they hold the store */
  GSList     *folders;      /* GFile: still to be made, the outermost first */
  gboolean    is_outermost; /* there is nothing more to be made around these */
};

enum
{
  SIGNAL_READ,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void applet_store_list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (AppletStore, applet_store, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      applet_store_list_model_iface_init))

AppletStore *
applet_store_new (const char *path)
{
  AppletStore *self = g_object_new (APPLET_TYPE_STORE, NULL);

  self->file = g_file_new_for_path (path);

  return self;
}

/* -- Profiles -- */

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  return g_utf8_collate (applet_profile_get (APPLET_PROFILE ((gpointer) a), "name"),
                         applet_profile_get (APPLET_PROFILE ((gpointer) b), "name"));
}

static gboolean
find (AppletStore *self,
      const char  *name,
      guint       *position)
{
  guint n_profiles = g_list_model_get_n_items (G_LIST_MODEL (self->profiles));

  for (*position = 0; *position < n_profiles; (*position)++)
    {
      g_autoptr (AppletProfile) profile = g_list_model_get_item (G_LIST_MODEL (self->profiles), *position);

      if (g_str_equal (applet_profile_get (profile, "name"), name))
        return TRUE;
    }

  return FALSE;
}

AppletProfile *
applet_store_lookup (AppletStore *self,
                     const char  *name)
{
  guint position;

  return find (self, name, &position)
         ? g_list_model_get_item (G_LIST_MODEL (self->profiles), position)
         : NULL;
}

void
applet_store_put (AppletStore   *self,
                  AppletProfile *profile)
{
  g_autoptr (AppletProfile) copy = applet_profile_copy (profile);
  guint position;

  if (find (self, applet_profile_get (profile, "name"), &position))
    g_list_store_splice (self->profiles, position, 1, (gpointer *) &copy, 1);
  else
    g_list_store_insert_sorted (self->profiles, copy, compare, NULL);
}

void
applet_store_remove (AppletStore *self,
                     const char  *name)
{
  guint position;

  applet_store_set_locked (self, name, FALSE);
  if (find (self, name, &position))
    g_list_store_remove (self->profiles, position);
}

gboolean
applet_store_shares_key (AppletStore *self,
                         const char  *name,
                         const char  *key_id)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->profiles)); i++)
    {
      g_autoptr (AppletProfile) profile = g_list_model_get_item (G_LIST_MODEL (self->profiles), i);

      if (!g_str_equal (applet_profile_get (profile, "name"), name) &&
          g_str_equal (applet_profile_get (profile, "key-id"), key_id))
        return TRUE;
    }

  return FALSE;
}

gboolean
applet_store_is_locked (AppletStore *self,
                        const char  *name)
{
  return g_hash_table_contains (self->locked, name);
}

void
applet_store_set_locked (AppletStore *self,
                         const char  *name,
                         gboolean     locked)
{
  if (locked)
    g_hash_table_add (self->locked, g_strdup (name));
  else
    g_hash_table_remove (self->locked, name);
}

/* -- Reading -- */

static gboolean
take_profiles (AppletStore *self,
               GKeyFile    *file,
               GError     **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (char **group = groups; *group != NULL; group++)
    {
      g_autoptr (AppletProfile) profile = applet_profile_new_from_key_file (file, *group, error);

      if (profile == NULL)
        return FALSE;

      applet_store_put (self, profile);
    }

  return TRUE;
}

static gboolean
take_contents (AppletStore  *self,
               GAsyncResult *result,
               GError      **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *contents = NULL;
  gsize length;

  return g_file_load_contents_finish (self->file, result, &contents, &length, NULL, error) &&
         g_key_file_load_from_data (file, contents, length, G_KEY_FILE_NONE, error) &&
         take_profiles (self, file, error);
}

static void
on_contents (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AppletStore *self = g_task_get_source_object (task);

  self->is_reading = FALSE;
  if (take_contents (self, result, &self->error))
    g_task_return_boolean (task, TRUE);
  else if (g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_clear_error (&self->error);
      g_task_return_boolean (task, TRUE);
    }
  else
    {
      g_prefix_error (&self->error, "%s: ", g_file_peek_path (self->file));
      g_task_return_error (task, g_error_copy (self->error));
    }

  g_signal_emit (self, signals[SIGNAL_READ], 0);
}

void
applet_store_read_async (AppletStore        *self,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, applet_store_read_async);
  self->is_reading = TRUE;
  g_file_load_contents_async (self->file, NULL, on_contents, task);
}

gboolean
applet_store_read_finish (AppletStore  *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
applet_store_is_reading (AppletStore *self)
{
  return self->is_reading;
}

const GError *
applet_store_get_error (AppletStore *self)
{
  return self->error;
}

/* -- Writing -- */

static GBytes *
to_bytes (AppletStore *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize length;
  char *data;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->profiles)); i++)
    {
      g_autoptr (AppletProfile) profile = g_list_model_get_item (G_LIST_MODEL (self->profiles), i);
      /* A name could not be that of a group, whatever it is. */
      g_autofree char *group = g_strdup_printf ("connection-%u", i + 1);

      applet_profile_to_key_file (profile, file, group);
    }

  data = g_key_file_to_data (file, &length, NULL);

  return g_bytes_new_take (data, length);
}

static void write_next (AppletStore *self);

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (AppletStore) self = g_object_ref (user_data);
  g_autolist (GTask) written = g_steal_pointer (&self->written);
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);

  for (GList *link = written; link != NULL; link = link->next)
    {
      if (error != NULL)
        g_task_return_error (link->data, g_error_copy (error));
      else
        g_task_return_boolean (link->data, TRUE);
    }

  write_next (self);
}

/* This writes another file first, which takes the name of the old one. */
static void
write_file (AppletStore *self)
{
  g_autoptr (GBytes) bytes = to_bytes (self);

  g_file_replace_contents_bytes_async (self->file, bytes, NULL, FALSE,
                                       G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                       NULL, on_written, self);
}

static void make_folder (AppletStore *self);

static void
on_private (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  /* The file is private itself, if the folder cannot be. */
  g_file_set_attributes_finish (G_FILE (source), result, NULL, NULL);
  make_folder (user_data);
}

static void
make_private (AppletStore *self,
              GFile       *folder)
{
  g_autoptr (GFileInfo) info = g_file_info_new ();

  g_file_info_set_attribute_uint32 (info, G_FILE_ATTRIBUTE_UNIX_MODE, 0700);
  g_file_set_attributes_async (folder, info, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                               on_private, self);
}

static void
on_folder (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  AppletStore *self = user_data;
  g_autoptr (GFile) folder = G_FILE (g_object_ref (source));
  g_autoptr (GFile) parent = g_file_get_parent (folder);
  g_autoptr (GError) error = NULL;
  gboolean is_made = g_file_make_directory_finish (folder, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && !self->is_outermost && parent != NULL)
    {
      self->folders = g_slist_prepend (self->folders, g_steal_pointer (&parent));
      make_folder (self);
      return;
    }

  self->is_outermost = TRUE;
  g_object_unref (self->folders->data);
  self->folders = g_slist_delete_link (self->folders, self->folders);
  if (is_made)
    make_private (self, folder);
  else
    make_folder (self);
}

/* The next of them, and the file after all. Where one cannot be made, the file tells it. */
static void
make_folder (AppletStore *self)
{
  if (self->folders != NULL)
    g_file_make_directory_async (self->folders->data, G_PRIORITY_DEFAULT, NULL, on_folder, self);
  else
    write_file (self);
}

/* One after the other: none can overtake the one before. */
static void
write_next (AppletStore *self)
{
  if (self->written != NULL || self->writes.head == NULL)
    return;

  self->written = self->writes.head;
  g_queue_init (&self->writes);
  self->is_outermost = FALSE;
  self->folders = g_slist_prepend (NULL, g_file_get_parent (self->file));
  make_folder (self);
}

void
applet_store_write_async (AppletStore        *self,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, applet_store_write_async);

  if (self->error != NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                               _("“%s” could not be read, and is not replaced."),
                               g_file_peek_path (self->file));
      return;
    }

  g_queue_push_tail (&self->writes, g_steal_pointer (&task));
  write_next (self);
}

gboolean
applet_store_write_finish (AppletStore  *self,
                           GAsyncResult *result,
                           GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* -- GListModel -- */

static GType
applet_store_get_item_type (GListModel *list)
{
  return APPLET_TYPE_PROFILE;
}

static guint
applet_store_get_n_items (GListModel *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (APPLET_STORE (list)->profiles));
}

static gpointer
applet_store_get_item (GListModel *list,
                       guint       position)
{
  return g_list_model_get_item (G_LIST_MODEL (APPLET_STORE (list)->profiles), position);
}

static void
applet_store_list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = applet_store_get_item_type;
  iface->get_n_items = applet_store_get_n_items;
  iface->get_item = applet_store_get_item;
}

/* -- GObject -- */

static void
applet_store_finalize (GObject *object)
{
  AppletStore *self = APPLET_STORE (object);

  g_clear_object (&self->file);
  g_clear_error (&self->error);
  g_object_unref (self->profiles);
  g_hash_table_unref (self->locked);

  G_OBJECT_CLASS (applet_store_parent_class)->finalize (object);
}

static void
applet_store_class_init (AppletStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = applet_store_finalize;

  /* It was read, or could not be. */
  signals[SIGNAL_READ] =
    g_signal_new ("read", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
applet_store_init (AppletStore *self)
{
  self->profiles = g_list_store_new (APPLET_TYPE_PROFILE);
  self->locked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect_swapped (self->profiles, "items-changed",
                            G_CALLBACK (g_list_model_items_changed), self);
}
