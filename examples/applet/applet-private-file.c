/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-private-file.h"

/* What no file has. An empty one would not be looked at. */
#define NO_FILE "none"

/* -- Reading -- */

static void
on_contents (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *contents;
  gsize length;
  char *etag;

  if (!g_file_load_contents_finish (G_FILE (source), result, &contents, &length, &etag, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  g_task_set_task_data (task, etag, g_free);
  g_task_return_pointer (task, g_bytes_new_take (contents, length), (GDestroyNotify) g_bytes_unref);
}

void
applet_private_file_read_async (GFile              *file,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  GTask *task = g_task_new (file, NULL, callback, user_data);

  g_task_set_source_tag (task, applet_private_file_read_async);
  g_task_set_task_data (task, g_strdup (NO_FILE), g_free);
  g_file_load_contents_async (file, NULL, on_contents, task);
}

GBytes *
applet_private_file_read_finish (GAsyncResult *result,
                                 char        **etag,
                                 GError      **error)
{
  *etag = g_strdup (g_task_get_task_data (G_TASK (result)));

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* -- Writing -- */

typedef struct
{
  GBytes  *bytes;
  char    *etag;
  GSList  *folders;      /* GFile: still to be made, the outermost first */
  gboolean is_outermost; /* there is nothing more to be made around these */
} Writing;

static void
writing_free (Writing *writing)
{
  g_bytes_unref (writing->bytes);
  g_free (writing->etag);
  g_slist_free_full (writing->folders, g_object_unref);
  g_free (writing);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char *etag;

  if (g_file_replace_contents_finish (G_FILE (source), result, &etag, &error))
    g_task_return_pointer (task, etag, g_free);
  else
    g_task_return_error (task, error);
}

static void make_folder (GTask *task);

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
make_private (GTask *task,
              GFile *folder)
{
  g_autoptr (GFileInfo) info = g_file_info_new ();

  g_file_info_set_attribute_uint32 (info, G_FILE_ATTRIBUTE_UNIX_MODE, 0700);
  g_file_set_attributes_async (folder, info, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT, NULL,
                               on_private, task);
}

static void
on_folder (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GTask *task = user_data;
  Writing *writing = g_task_get_task_data (task);
  g_autoptr (GFile) folder = G_FILE (g_object_ref (source));
  g_autoptr (GFile) parent = g_file_get_parent (folder);
  g_autoptr (GError) error = NULL;
  gboolean is_made = g_file_make_directory_finish (folder, result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) && !writing->is_outermost && parent != NULL)
    {
      writing->folders = g_slist_prepend (writing->folders, g_steal_pointer (&parent));
      make_folder (task);
      return;
    }

  writing->is_outermost = TRUE;
  g_object_unref (writing->folders->data);
  writing->folders = g_slist_delete_link (writing->folders, writing->folders);
  if (is_made)
    make_private (task, folder);
  else
    make_folder (task);
}

/* The next of them, and the file after all: another file is written first, which takes
 * the name of the old one. Where a folder cannot be made, the file tells it. */
static void
make_folder (GTask *task)
{
  Writing *writing = g_task_get_task_data (task);

  if (writing->folders != NULL)
    g_file_make_directory_async (writing->folders->data, G_PRIORITY_DEFAULT, NULL, on_folder, task);
  else
    g_file_replace_contents_bytes_async (g_task_get_source_object (task), writing->bytes,
                                         writing->etag, FALSE,
                                         G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION,
                                         NULL, on_written, task);
}

void
applet_private_file_write_async (GFile              *file,
                                 GBytes             *bytes,
                                 const char         *etag,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  GTask *task = g_task_new (file, NULL, callback, user_data);
  Writing *writing = g_new0 (Writing, 1);

  g_task_set_source_tag (task, applet_private_file_write_async);
  g_task_set_task_data (task, writing, (GDestroyNotify) writing_free);
  writing->bytes = g_bytes_ref (bytes);
  writing->etag = g_strdup (etag);
  writing->folders = g_slist_prepend (NULL, g_file_get_parent (file));
  make_folder (task);
}

gboolean
applet_private_file_write_finish (GAsyncResult *result,
                                  char        **new_etag,
                                  GError      **error)
{
  gboolean is_written = !g_task_had_error (G_TASK (result));

  *new_etag = g_task_propagate_pointer (G_TASK (result), error);

  return is_written;
}
