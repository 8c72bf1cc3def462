/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-transport-modules.h"

#include <gmodule.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vici-i18n.h"
#include "vici-transport.h"

/* Loading a module may ask for another one. */
static GRecMutex lock;
static GPtrArray *added;        /* directories of the program's own */
static GHashTable *loaded;      /* path → GIOModule, in use for ever */

/**
 * vici_transport_add_module_directory:
 * @directory: a directory
 *
 * Adds a directory to look for transport plug-ins in. They are looked for when a
 * scheme is first asked for, in this order: directories that were added here;
 * those that the environment variable `VICI_TRANSPORT_PATH` names, separated by
 * colons, each of them absolute; `vici-glib-1.0/transports` in the user's data
 * directory (`~/.local/share`); and that of the installed library, which is
 * `$(pkg-config --variable=transportdir vici-glib-1.0)`. The first file that is
 * there counts.
 *
 * The environment and the user's directory count only for a process that is not
 * privileged: not where one of its user IDs is root's, not for a program with a
 * set-user-ID bit, and not for a process with any capability.
 *
 * Since: 1.0
 */
void
vici_transport_add_module_directory (const char *directory)
{
  g_return_if_fail (directory != NULL);

  g_rec_mutex_lock (&lock);
  if (added == NULL)
    added = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (added, g_canonicalize_filename (directory, NULL));
  g_rec_mutex_unlock (&lock);
}

/* Root, or who may become it again. */
static gboolean
may_be_root (void)
{
  uid_t real, effective, saved;

  return getresuid (&real, &effective, &saved) != 0 || real == 0 || effective == 0 || saved == 0;
}

/* However it has come by them: the ambient ones leave no trace elsewhere. */
static gboolean
has_capabilities (void)
{
  struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

  return syscall (SYS_capget, &header, sets) != 0 || sets[0].permitted != 0 ||
         sets[1].permitted != 0;
}

/* What could be made to run code that somebody else has chosen. */
static gboolean
is_privileged (void)
{
  return getauxval (AT_SECURE) != 0 || may_be_root () || has_capabilities ();
}

static void
add_environment (GStrvBuilder *directories)
{
  const char *variable = g_getenv ("VICI_TRANSPORT_PATH");
  g_auto (GStrv) parts = g_strsplit (variable ? variable : "", ":", -1);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      if (g_path_is_absolute (parts[i]))
        g_strv_builder_add (directories, parts[i]);
    }
}

static GStrv
list_directories (void)
{
  g_autoptr (GStrvBuilder) directories = g_strv_builder_new ();

  for (guint i = 0; added != NULL && i < added->len; i++)
    g_strv_builder_add (directories, added->pdata[i]);

  if (!is_privileged ())
    {
      g_autofree char *home =
        g_build_filename (g_get_user_data_dir (), "vici-glib-1.0", "transports", NULL);

      add_environment (directories);
      g_strv_builder_add (directories, home);
    }

  g_strv_builder_add (directories, VICI_TRANSPORT_DIR);

  return g_strv_builder_end (directories);
}

static char *
find_module (const char *scheme,
             GError    **error)
{
  g_autofree char *name = g_strdup_printf ("libvici-transport-%s.so", scheme);
  g_auto (GStrv) directories = list_directories ();
  g_autofree char *searched = NULL;

  for (gsize i = 0; directories[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (directories[i], name, NULL);

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&path);
    }

  searched = g_strjoinv (", ", directories);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _("There is no transport “%s:”: no plug-in %s was found in %s"),
               scheme, name, searched);

  return NULL;
}

/* By the name that GIO makes of the file's, or by the common one. */
static gboolean
has_function (GModule    *module,
              const char *scheme,
              const char *function)
{
  g_autofree char *name = g_strdup (scheme);
  g_autofree char *own = NULL;
  g_autofree char *common = g_strconcat ("g_io_module_", function, NULL);
  gpointer symbol;

  name[strcspn (name, ".")] = '\0';
  g_strdelimit (name, "-", '_');
  own = g_strconcat ("g_io_vici_transport_", name, "_", function, NULL);

  return g_module_symbol (module, own, &symbol) || g_module_symbol (module, common, &symbol);
}

/* GIO would write what is wrong to the standard error, and not say it. */
static gboolean
check_module (const char *path,
              const char *scheme,
              GError    **error)
{
  GModule *module = g_module_open (path, G_MODULE_BIND_LAZY | G_MODULE_BIND_LOCAL);
  gboolean usable = module != NULL && has_function (module, scheme, "load") &&
                    has_function (module, scheme, "unload");

  if (!usable)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 _("The transport plug-in “%s” cannot be loaded: %s"), path, g_module_error ());

  /* One that is used is opened again, and stays. */
  if (module != NULL && !usable)
    g_module_close (module);

  return usable;
}

static gboolean
load_module (const char *path,
             const char *scheme,
             GError    **error)
{
  GIOModule *module;

  if (loaded == NULL)
    loaded = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (g_hash_table_contains (loaded, path))
    return TRUE;

  if (!check_module (path, scheme, error))
    return FALSE;

  module = g_io_module_new (path);
  if (!g_type_module_use (G_TYPE_MODULE (module)))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                   _("The transport plug-in “%s” cannot be loaded: %s"), path, g_module_error ());
      g_object_unref (module);
      return FALSE;
    }
  g_hash_table_insert (loaded, g_strdup (path), module);

  return TRUE;
}

char *
vici_transport_modules_load (const char *scheme,
                             GError    **error)
{
  g_autofree char *path = NULL;

  g_rec_mutex_lock (&lock);
  path = find_module (scheme, error);
  if (path != NULL && !load_module (path, scheme, error))
    g_clear_pointer (&path, g_free);
  g_rec_mutex_unlock (&lock);

  return g_steal_pointer (&path);
}
