/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-store.h"

#include <glib/gi18n.h>

#include "applet-private-file.h"

/* Another applet writes all the time, if so often it was in between. */
#define MAX_TRIES 10

struct _AppletStore
{
  GObject     parent_instance;

  GFile      *file;
  char       *etag;         /* of the file as it was read or written last; NULL: of none yet */
  GListStore *profiles;
  GHashTable *locked;       /* the names of those that lack their secret */
  gboolean    is_reading;
  GError     *error;        /* why it could not be read */

  GPtrArray  *changes;      /* Change: what is not in the file yet, in its order */
  guint       n_written;    /* the first of them, which are being written */
  guint       n_tries;      /* how often they were */
  GQueue      writes;       /* GTask: of changes that are not in a file yet */
  GList      *written;      /* GTask: those that are being written; they hold the store */
};

typedef struct
{
  char          *name;
  AppletProfile *profile;   /* NULL: it was removed */
} Change;

static void
change_free (Change *change)
{
  g_free (change->name);
  g_clear_object (&change->profile);
  g_free (change);
}

enum
{
  SIGNAL_READ,
  SIGNAL_LOCKED,
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

static void
put (AppletStore   *self,
     AppletProfile *profile)
{
  guint position;

  if (find (self, applet_profile_get (profile, "name"), &position))
    g_list_store_splice (self->profiles, position, 1, (gpointer *) &profile, 1);
  else
    g_list_store_insert_sorted (self->profiles, profile, compare, NULL);
}

static void
take_out (AppletStore *self,
          const char  *name)
{
  guint position;

  applet_store_set_locked (self, name, FALSE);
  if (find (self, name, &position))
    g_list_store_remove (self->profiles, position);
}

static void
add_change (AppletStore   *self,
            const char    *name,
            AppletProfile *profile)
{
  Change *change = g_new0 (Change, 1);

  change->name = g_strdup (name);
  g_set_object (&change->profile, profile);
  g_ptr_array_add (self->changes, change);
}

void
applet_store_put (AppletStore   *self,
                  AppletProfile *profile)
{
  g_autoptr (AppletProfile) copy = applet_profile_copy (profile);

  add_change (self, applet_profile_get (copy, "name"), copy);
  put (self, copy);
}

void
applet_store_remove (AppletStore *self,
                     const char  *name)
{
  add_change (self, name, NULL);
  take_out (self, name);
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
  gboolean changed;

  if (locked)
    changed = g_hash_table_add (self->locked, g_strdup (name));
  else
    changed = g_hash_table_remove (self->locked, name);

  if (changed)
    g_signal_emit (self, signals[SIGNAL_LOCKED], 0);
}

/* -- Reading -- */

static gboolean
has_name (gconstpointer profile,
          gconstpointer name)
{
  return g_str_equal (applet_profile_get (APPLET_PROFILE ((gpointer) profile), "name"), name);
}

/* What is in the file, with what was changed here and is not in it yet. */
static void
merge (AppletStore *self,
       GPtrArray   *profiles)
{
  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (self->profiles)); i > 0; i--)
    {
      g_autoptr (AppletProfile) profile = g_list_model_get_item (G_LIST_MODEL (self->profiles), i - 1);
      const char *name = applet_profile_get (profile, "name");

      if (!g_ptr_array_find_with_equal_func (profiles, name, has_name, NULL))
        take_out (self, name);
    }

  for (guint i = 0; i < profiles->len; i++)
    put (self, profiles->pdata[i]);

  for (guint i = 0; i < self->changes->len; i++)
    {
      Change *change = self->changes->pdata[i];

      if (change->profile != NULL)
        put (self, change->profile);
      else
        take_out (self, change->name);
    }
}

/* Where there is no file, there is no profile in it. */
static gboolean
take_file (AppletStore  *self,
           GAsyncResult *result)
{
  g_autoptr (GPtrArray) profiles = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_free (self->etag);
  bytes = applet_private_file_read_finish (result, &self->etag, &error);

  if (bytes != NULL)
    profiles = applet_profile_parse_file (bytes, &error);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    profiles = g_ptr_array_new ();

  if (profiles != NULL)
    {
      merge (self, profiles);
      return TRUE;
    }

  /* What cannot be opened is named already. */
  if (error->domain != G_IO_ERROR)
    g_prefix_error (&error, "%s: ", g_file_peek_path (self->file));
  self->error = g_steal_pointer (&error);

  return FALSE;
}

static void
on_contents (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  AppletStore *self = g_task_get_source_object (task);

  self->is_reading = FALSE;
  if (take_file (self, result))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_error_copy (self->error));

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
  applet_private_file_read_async (self->file, on_contents, task);
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

static void write_next (AppletStore *self);

static void
end_writing (AppletStore  *self,
             const GError *error)
{
  g_autoptr (AppletStore) kept = g_object_ref (self);
  g_autolist (GTask) written = g_steal_pointer (&self->written);

  if (error == NULL)
    g_ptr_array_remove_range (self->changes, 0, self->n_written);

  for (GList *link = written; link != NULL; link = link->next)
    {
      if (error != NULL)
        g_task_return_error (link->data, g_error_copy (error));
      else
        g_task_return_boolean (link->data, TRUE);
    }

  write_next (self);
}

static void write_file (AppletStore *self);

static void
on_contents_again (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  AppletStore *self = user_data;

  if (take_file (self, result))
    {
      write_file (self);
      return;
    }

  /* Nothing is written any more. */
  self->written = g_list_concat (self->written, self->writes.head);
  g_queue_init (&self->writes);
  end_writing (self, self->error);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  AppletStore *self = user_data;
  g_autofree char *etag = NULL;
  g_autoptr (GError) error = NULL;

  if (applet_private_file_write_finish (result, &etag, &error))
    {
      g_free (self->etag);
      self->etag = g_steal_pointer (&etag);
    }
  /* Another applet was there first: what it has changed counts as well. */
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG) && self->n_tries < MAX_TRIES)
    {
      applet_private_file_read_async (self->file, on_contents_again, self);
      return;
    }

  end_writing (self, error);
}

static void
write_file (AppletStore *self)
{
  g_autoptr (GBytes) bytes = applet_profile_print_file (G_LIST_MODEL (self->profiles));

  self->n_written = self->changes->len;
  self->n_tries++;
  applet_private_file_write_async (self->file, bytes, self->etag, on_written, self);
}

/* One after the other: none can overtake the one before. */
static void
write_next (AppletStore *self)
{
  if (self->written != NULL || self->writes.head == NULL)
    return;

  self->written = self->writes.head;
  g_queue_init (&self->writes);
  self->n_tries = 0;
  write_file (self);
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
  g_free (self->etag);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->changes);
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

  /* The daemon has lost the secret of a profile, or got it. */
  signals[SIGNAL_LOCKED] =
    g_signal_new ("locked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 0);
}

static void
applet_store_init (AppletStore *self)
{
  self->profiles = g_list_store_new (APPLET_TYPE_PROFILE);
  self->locked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->changes = g_ptr_array_new_with_free_func ((GDestroyNotify) change_free);
  g_signal_connect_swapped (self->profiles, "items-changed",
                            G_CALLBACK (g_list_model_items_changed), self);
}
