/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-socket-watch.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vici-source.h"

/* As many as Linux follows. */
#define MAX_LINKS 40

struct _ViciSocketWatch
{
  char               *path;     /* absolute */
  ViciSocketWatchFunc func;
  gpointer            user_data;
  GMainContext       *context;
  GPtrArray          *monitors; /* GFileMonitor or NULL, of each name on the way */
  guint               n_seen;   /* as many of them, from the first, leave nothing unseen */
  GSource            *first;    /* calls the function for what is there from the start */
};

static void on_changed (ViciSocketWatch  *self,
                        GFile            *file,
                        GFile            *other_file,
                        GFileMonitorEvent event,
                        GFileMonitor     *monitor);

/* Where there is no inotify, or no more of it, GIO looks every few seconds. */
static gboolean
is_polling (GFileMonitor *monitor)
{
  return g_str_equal (G_OBJECT_TYPE_NAME (monitor), "GPollFileMonitor");
}

/* GIO watches the folder that a name is in, and looks every few seconds for one that
 * it cannot watch: so it is not asked to. It cannot watch the root either. */
static GFileMonitor *
monitor_name (const char *folder,
              const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileMonitor) monitor = NULL;

  if (g_str_equal (folder, "/") || faccessat (AT_FDCWD, folder, R_OK, AT_EACCESS) != 0)
    return NULL;

  monitor = g_file_monitor_file (file, G_FILE_MONITOR_NONE, NULL, NULL);
  if (monitor == NULL || !is_polling (monitor))
    return g_steal_pointer (&monitor);

  g_file_monitor_cancel (monitor);
  return NULL;
}

static void
watch_name (ViciSocketWatch *self,
            const char      *folder,
            const char      *path)
{
  GFileMonitor *monitor = monitor_name (folder, path);
  gboolean is_seen = monitor != NULL;

  /* A folder that the root has will stay. */
  if (g_str_equal (folder, "/"))
    is_seen = g_file_test (path, G_FILE_TEST_IS_DIR);
  if (is_seen && self->n_seen == self->monitors->len)
    self->n_seen++;

  if (monitor != NULL)
    g_signal_connect_swapped (monitor, "changed", G_CALLBACK (on_changed), self);
  g_ptr_array_add (self->monitors, monitor);
}

/* Watches no more than the first so many names. */
static void
unwatch_names (ViciSocketWatch *self,
               guint            n_kept)
{
  for (guint i = n_kept; i < self->monitors->len; i++)
    {
      g_autoptr (GFileMonitor) monitor = self->monitors->pdata[i];

      if (monitor == NULL)
        continue;

      /* GIO's thread may hold it for a moment longer. */
      g_signal_handlers_disconnect_by_data (monitor, self);
      g_file_monitor_cancel (monitor);
    }

  g_ptr_array_set_size (self->monitors, (int) n_kept);
  self->n_seen = MIN (self->n_seen, n_kept);
}

/* Takes the first name out of a path; "": there is none. */
static char *
take_name (char **path)
{
  g_autofree char *old = *path;
  const char *name = old + strspn (old, "/");
  gsize length = strcspn (name, "/");

  *path = g_strdup (name + length);

  return g_strndup (name, length);
}

static void
set_path (char **path,
          char  *value)
{
  g_free (*path);
  *path = value;
}

/* Puts the target of a link before the rest of the way. */
static gboolean
follow_link (const char *path,
             char      **folder,
             char      **rest)
{
  g_autofree char *target = g_file_read_link (path, NULL);

  if (target == NULL)
    return FALSE;

  set_path (rest, g_strconcat (target, *rest, NULL));
  if (g_path_is_absolute (target))
    set_path (folder, g_strdup ("/"));

  return TRUE;
}

/* Goes the way that the kernel goes to the file, link by link, and watches every name
 * before it looks at it: whatever happens after the look is told by a monitor. The first
 * names may be watched already: if one of them has changed, its monitor is to tell so.
 * Returns: whether the file may be there. */
static gboolean
follow_path (ViciSocketWatch *self)
{
  g_autofree char *folder = g_strdup ("/");     /* so far; without a link in it */
  g_autofree char *rest = g_strdup (self->path);
  guint n_links = 0;
  guint n_names = 0;

  while (TRUE)
    {
      g_autofree char *name = take_name (&rest);
      g_autofree char *path = g_build_filename (folder, name, NULL);
      struct stat status;

      if (*name == '\0')
        return TRUE;

      if (g_str_equal (name, "."))
        continue;

      if (g_str_equal (name, ".."))
        {
          set_path (&folder, g_path_get_dirname (folder));
          continue;
        }

      if (n_names++ == self->monitors->len)
        watch_name (self, folder, path);
      if (lstat (path, &status) != 0)
        return errno == EACCES;

      if (S_ISLNK (status.st_mode))
        {
          if (++n_links > MAX_LINKS || !follow_link (path, &folder, &rest))
            return FALSE;
          continue;
        }

      if (!S_ISDIR (status.st_mode) && *rest != '\0')
        return FALSE;

      set_path (&folder, g_steal_pointer (&path));
    }
}

/* What follows the first so many names is another way now, though it may look the same:
 * GIO would take a monitor of a folder that is gone for that of a new one of its name. So
 * the old monitors go first. */
static gboolean
update (ViciSocketWatch *self,
        guint            n_kept)
{
  gboolean may_be_there;

  unwatch_names (self, n_kept);

  g_main_context_push_thread_default (self->context);
  may_be_there = follow_path (self);
  g_main_context_pop_thread_default (self->context);

  return may_be_there;
}

static void
on_changed (ViciSocketWatch  *self,
            GFile            *file,
            GFile            *other_file,
            GFileMonitorEvent event,
            GFileMonitor     *monitor)
{
  guint i;

  /* What a file holds does not matter here. */
  if (event == G_FILE_MONITOR_EVENT_CHANGED || event == G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT)
    return;

  if (g_ptr_array_find (self->monitors, monitor, &i) && update (self, i + 1))
    self->func (self->user_data);
}

static gboolean
on_first (gpointer user_data)
{
  ViciSocketWatch *self = user_data;

  g_clear_pointer (&self->first, vici_source_end);
  self->func (self->user_data);

  return G_SOURCE_REMOVE;
}

ViciSocketWatch *
vici_socket_watch_new (const char         *path,
                       gboolean            look,
                       ViciSocketWatchFunc func,
                       gpointer            user_data)
{
  g_autofree char *here = g_get_current_dir ();
  ViciSocketWatch *self = g_new0 (ViciSocketWatch, 1);

  self->path = g_path_is_absolute (path) ? g_strdup (path) : g_build_filename (here, path, NULL);
  self->func = func;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->monitors = g_ptr_array_new ();

  /* A file that may not be written to is no news to whoever was refused by it. */
  if (update (self, 0) && look && faccessat (AT_FDCWD, self->path, W_OK, AT_EACCESS) == 0)
    {
      self->first = g_idle_source_new ();
      g_source_set_static_name (self->first, "ViciSocketWatch");
      g_source_set_priority (self->first, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->first, on_first, self, NULL);
      g_source_attach (self->first, self->context);
    }

  return self;
}

void
vici_socket_watch_free (ViciSocketWatch *self)
{
  unwatch_names (self, 0);
  g_ptr_array_unref (self->monitors);
  vici_source_end (self->first);
  g_main_context_unref (self->context);
  g_free (self->path);
  g_free (self);
}

gboolean
vici_socket_watch_is_watching (ViciSocketWatch *self)
{
  return self->n_seen == self->monitors->len;
}
