/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vdestack-test.h"

#include <errno.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

static char *directory;

char *
vdestack_test_uri (const char *host_and_port,
                   const char *net,
                   const char *address)
{
  return g_strdup_printf ("vdestack://%s?net=ptp://%s/%s&address=%s", host_and_port, directory,
                          net, address);
}

void
vdestack_test_keep (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

void
vdestack_test_wait (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

/* -- The stacks that there are -- */

/* Each is held by a child of this process. */
GStrv
vdestack_test_children (void)
{
  g_autofree char *path = g_strdup_printf ("/proc/self/task/%d/children", getpid ());
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  return g_strsplit (g_strstrip (text), " ", -1);
}

void
vdestack_test_wait_for_end (GStrv children)
{
  for (guint i = 0; children[i] != NULL; i++)
    {
      siginfo_t info;

      /* GLib's thread takes its status: until then it is among the children. */
      while (waitid (P_PID, atoi (children[i]), &info, WEXITED | WNOWAIT) == 0)
        g_thread_yield ();
      g_assert_cmpint (errno, ==, ECHILD);
    }
}

static void
run_test (gconstpointer func)
{
  g_auto (GStrv) children = NULL;

  ((GTestFunc) func) ();
  /* What was let go has first to be closed. */
  transport_test_settle ();
  children = vdestack_test_children ();
  vdestack_test_wait_for_end (children);
}

/* -- What it takes -- */

static gboolean
can_have_namespaces (void)
{
  pid_t child = fork ();
  int status;

  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    _exit (unshare (CLONE_NEWUSER | CLONE_NEWNET) == 0 ? 0 : 1);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);

  return WIFEXITED (status) && WEXITSTATUS (status) == 0;
}

static const char *
find_obstacle (void)
{
  if (g_getenv ("VDESTACK_DIR") == NULL)
    return "libvdestack was not there when this was built";
  if (access ("/dev/net/tun", R_OK | W_OK) != 0)
    return "/dev/net/tun cannot be opened";
  if (!can_have_namespaces ())
    return "there is no right to make namespaces";

  return NULL;
}

/* -- Running -- */

gboolean
vdestack_test_begin (void)
{
  const char *obstacle = find_obstacle ();

  if (obstacle != NULL)
    g_print ("1..0 # SKIP %s\n", obstacle);
  else
    vici_transport_add_module_directory (g_getenv ("VDESTACK_DIR"));

  return obstacle == NULL;
}

void
vdestack_test_add (const char *path,
                   GTestFunc   func)
{
  g_test_add_data_func (path, func, run_test);
}

int
vdestack_test_run (void)
{
  int status;

  directory = transport_test_make_directory ();
  status = g_test_run ();
  transport_test_remove_directory (directory);
  g_free (directory);

  return status;
}
