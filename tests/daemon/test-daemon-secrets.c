/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a daemon was told in secret is nowhere in this process when that is done, and
 * in no output. The whole memory is looked through for it: what other tests see wiped,
 * could have been copied. */

#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vici-daemon-commands.h"
#include "vici-daemon.h"
#include "vici-options.h"

#define LENGTH 48

/* The secret, but for a mask: the test must not find its own. */
#define MASK 0x15
static const char masked[LENGTH] = "qvf}g:b{vxz{pq3gvnd}w{aqspd3ld~fhzwfmkoxqve{dnvb";

/* Of what is freed, malloc() overwrites the beginning. */
#define TAIL 24

#define HUGE_MAPPING (G_GUINT64_CONSTANT (1) << 32)

static GString *output;
static guint8 chunk[1 << 20];

static void
wipe_and_free (gpointer data)
{
  explicit_bzero (data, LENGTH);
  g_free (data);
}

static char *
make_secret (void)
{
  char *secret = g_malloc (LENGTH + 1);

  for (guint i = 0; i < LENGTH; i++)
    secret[i] = masked[i] ^ MASK;
  secret[LENGTH] = '\0';

  return secret;
}

static GBytes *
make_bytes (void)
{
  char *secret = make_secret ();

  return g_bytes_new_with_free_func (secret, LENGTH, wipe_and_free, secret);
}

static gboolean
is_tail (const guint8 *at)
{
  for (guint i = 0; i < TAIL; i++)
    if ((at[i] ^ MASK) != (guint8) masked[LENGTH - TAIL + i])
      return FALSE;

  return TRUE;
}

/* How often its end is in a part of the memory. It is read as a file, so that the
 * memory checkers have nothing against looking at what was freed. */
static guint
count_within (int     memory,
              guint64 start,
              guint64 end)
{
  guint found = 0;

  while (start < end)
    {
      gssize length = pread (memory, chunk, MIN (sizeof chunk, end - start), (off_t) start);

      if (length < TAIL)
        break;
      for (gssize i = 0; i + TAIL <= length; i++)
        found += is_tail (chunk + i);
      start += (guint64) length == end - start ? (guint64) length : (guint64) (length - TAIL + 1);
    }

  return found;
}

static guint
count_copies (void)
{
  const guint64 own = (guint64) (gsize) chunk;
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;
  guint found = 0;
  int memory = open ("/proc/self/mem", O_RDONLY | O_CLOEXEC);

  g_assert_cmpint (memory, >=, 0);
  g_file_get_contents ("/proc/self/maps", &maps, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (maps, "\n", -1);

  for (gsize i = 0; lines[i] != NULL; i++)
    {
      char *rest;
      guint64 start = g_ascii_strtoull (lines[i], &rest, 16);
      guint64 end = *rest == '-' ? g_ascii_strtoull (rest + 1, &rest, 16) : 0;

      /* What is huge is a sanitizer's own. */
      if (!g_str_has_prefix (rest, " rw") || end - start > HUGE_MAPPING)
        continue;
      if (start <= own && own < end)
        {
          found += count_within (memory, start, own);
          start = own + sizeof chunk;
        }
      found += count_within (memory, start, end);
    }

  explicit_bzero (chunk, sizeof chunk);
  close (memory);

  return found;
}

static void
on_log (const char    *domain,
        GLogLevelFlags level,
        const char    *message,
        gpointer       user_data)
{
  g_assert_cmpint (level, ==, G_LOG_LEVEL_DEBUG);
  g_string_append_printf (output, "%s\n", message);
}

/* Says yes as soon as it is asked, and reads nothing: the request stays in the kernel. */
static gpointer
say_yes (gpointer user_data)
{
  static const char reply[] = "\0\0\0\17" "\1" "\3\7success\0\3yes";
  GPollFD other_end = { GPOINTER_TO_INT (user_data), G_IO_IN, 0 };

  g_assert_cmpint (g_poll (&other_end, 1, -1), ==, 1);
  g_assert_cmpint (write (other_end.fd, reply, sizeof reply - 1), ==, sizeof reply - 1);

  return NULL;
}

static ViciDaemon *
connect_daemon (int end)
{
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  socket = g_socket_new_from_fd (end, &error);
  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (socket);
  connection = vici_connection_new_for_stream (G_IO_STREAM (stream));

  return vici_daemon_new (connection);
}

typedef void (*Call) (ViciDaemon         *daemon,
                      GAsyncReadyCallback callback,
                      gpointer            user_data);

static void
load_key (ViciDaemon         *daemon,
          GAsyncReadyCallback callback,
          gpointer            user_data)
{
  g_autoptr (GBytes) secret = make_bytes ();
  g_autofree char *id = NULL;

  if (callback != NULL)
    vici_daemon_load_key_async (daemon, VICI_KEY_TYPE_ANY, secret, NULL, callback, user_data);
  else
    g_assert_nonnull (id = vici_daemon_load_key_sync (daemon, VICI_KEY_TYPE_ANY, secret, NULL, NULL));
}

static void
load_shared (ViciDaemon         *daemon,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  g_autoptr (GBytes) secret = make_bytes ();

  if (callback != NULL)
    vici_daemon_load_shared_async (daemon, "id", VICI_SHARED_TYPE_IKE, secret, NULL, NULL, callback,
                                   user_data);
  else
    g_assert_true (vici_daemon_load_shared_sync (daemon, "id", VICI_SHARED_TYPE_IKE, secret, NULL, NULL,
                                                 NULL));
}

static void
load_token (ViciDaemon         *daemon,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  g_autoptr (ViciLoadTokenOptions) options = vici_load_token_options_new ();
  g_autofree char *id = NULL;
  char *pin = make_secret ();

  vici_load_token_options_set_pin (options, "another");
  vici_load_token_options_set_pin (options, pin);
  wipe_and_free (pin);

  if (callback != NULL)
    vici_daemon_load_token_async (daemon, "2a", options, NULL, callback, user_data);
  else
    g_assert_nonnull (id = vici_daemon_load_token_sync (daemon, "2a", options, NULL, NULL));
}

static void
on_called (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  gboolean *done = user_data;

  g_assert_false (g_task_had_error (G_TASK (result)));
  *done = TRUE;
}

static void
assert_gone (Call        call,
             const char *command,
             gboolean    sync)
{
  gboolean done = sync;
  ViciDaemon *daemon;
  GThread *peer;
  int ends[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
  daemon = connect_daemon (ends[0]);
  peer = g_thread_new ("peer", say_yes, GINT_TO_POINTER (ends[1]));

  g_string_truncate (output, 0);
  call (daemon, sync ? NULL : on_called, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (peer);
  g_assert_finalize_object (daemon);
  while (g_main_context_iteration (NULL, FALSE))
    continue;

  g_assert_nonnull (strstr (output->str, command));
  g_assert_nonnull (strstr (output->str, "(hidden)"));
  g_assert_cmpuint (count_copies (), ==, 0);
  close (ends[1]);
}

static void
test_gone (gconstpointer data)
{
  static const struct
  {
    const char *command;
    Call        call;
  } cases[] = { { "load-key", load_key }, { "load-shared", load_shared }, { "load-token", load_token } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].command);
      assert_gone (cases[i].call, cases[i].command, GPOINTER_TO_INT (data));
    }
}

/* So that it is known to find what there is. */
static void
test_found (void)
{
  char *secret = make_secret ();

  g_assert_cmpuint (count_copies (), ==, 1);
  wipe_and_free (secret);
  g_assert_cmpuint (count_copies (), ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_setenv ("VICI_DEBUG", "packets", TRUE);
  g_test_init (&argc, &argv, NULL);
  output = g_string_sized_new (1 << 16);
  g_log_set_default_handler (on_log, NULL);

  g_test_add_func ("/daemon/secrets/a-copy-would-be-found", test_found);
  g_test_add_data_func ("/daemon/secrets/nothing-is-left-of-them-async", GINT_TO_POINTER (FALSE),
                        test_gone);
  g_test_add_data_func ("/daemon/secrets/nothing-is-left-of-them-sync", GINT_TO_POINTER (TRUE),
                        test_gone);

  return g_test_run ();
}
