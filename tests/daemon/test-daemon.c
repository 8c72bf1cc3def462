/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every command in each of its forms, against a server that answers as it is told. */

#include <string.h>

#include "daemon-cases.h"
#include "vici-command-info.h"
#include "vici-daemon-commands.h"
#include "vici-error.h"

typedef enum
{
  ASYNC,
  SYNC,
  N_FORMS
} Form;

static char *
run (DaemonTest       *test,
     const DaemonCase *which,
     Form              form,
     GCancellable     *cancellable,
     GError          **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_test_message ("%s %s", which->command, form == SYNC ? "sync" : "async");
  if (form == SYNC)
    return which->sync (test->daemon, cancellable, error);

  which->start (test->daemon, cancellable, daemon_test_take, &result);
  daemon_test_wait (&result);

  return which->finish (test->daemon, result, error);
}

/* Every case in every form, one after the other. */
typedef struct
{
  const DaemonCase *which;      /* NULL: before the first */
  Form              form;
} Turn;

static gboolean
next_turn (Turn *turn)
{
  if (turn->which == NULL)
    {
      turn->which = daemon_cases;
    }
  else if (++turn->form == N_FORMS)
    {
      turn->form = ASYNC;
      turn->which++;
    }

  return turn->which->command != NULL;
}

static void
test_complete (void)
{
  g_auto (GStrv) commands = vici_command_info_list ();

  for (gsize i = 0; commands[i] != NULL; i++)
    {
      const DaemonCase *which = daemon_cases;

      while (which->command != NULL && !g_str_equal (which->command, commands[i]))
        which++;
      if (which->command == NULL)
        g_test_fail_printf ("%s is not tested", commands[i]);
    }
}

static void
test_success (DaemonTest   *test,
              gconstpointer data)
{
  Turn turn = { NULL };

  while (next_turn (&turn))
    {
      g_autofree char *result = NULL;
      g_autoptr (GError) error = NULL;

      daemon_test_answer (test, turn.which->command, turn.which->events, turn.which->reply);
      result = run (test, turn.which, turn.form, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (result, ==, turn.which->result);
      daemon_test_sent (test, turn.which->command, turn.which->request);
    }
  daemon_test_sent_none (test);
}

/* Calls in vain, and returns the error. */
static GError *
fail (DaemonTest       *test,
      const DaemonCase *which,
      Form              form,
      GCancellable     *cancellable,
      GQuark            domain,
      int               code)
{
  GError *error = NULL;
  g_autofree char *result = run (test, which, form, cancellable, &error);

  g_assert_error (error, domain, code);
  g_assert_cmpstr (result, ==, which->nothing);

  return error;
}

static void
test_refused (DaemonTest   *test,
              gconstpointer data)
{
  Turn turn = { NULL };

  while (next_turn (&turn))
    {
      g_autoptr (GError) error = NULL;

      daemon_test_answer (test, turn.which->command, turn.which->events,
                          "{'success': <'no'>, 'errmsg': <'50% of \"it\" failed'>}");
      error = fail (test, turn.which, turn.form, NULL, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
      g_assert_cmpstr (error->message, ==, "50% of \"it\" failed");
    }
}

static void
test_unknown (DaemonTest   *test,
              gconstpointer data)
{
  Turn turn = { NULL };

  while (next_turn (&turn))
    {
      DaemonTest other;
      g_autoptr (GError) error = NULL;

      daemon_test_set_up (&other, turn.which->command);
      g_assert_true (vici_daemon_supports (other.daemon, turn.which->command));

      error = fail (&other, turn.which, turn.form, NULL, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND);
      g_assert_nonnull (strstr (error->message, turn.which->command));
      g_assert_false (vici_daemon_supports (other.daemon, turn.which->command));

      daemon_test_tear_down (&other, NULL);
    }
}

static void
test_unknown_once (DaemonTest   *test,
                   gconstpointer data)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GListModel) counters = NULL;
      g_autoptr (GError) error = NULL;

      counters = vici_daemon_get_counters_sync (test->daemon, NULL, NULL, &error);
      g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND);
      g_assert_nonnull (strstr (error->message, "get-counters"));

      /* The second time nobody is asked: it is refused without a connection too. */
      if (i == 0)
        {
          vici_connection_close_sync (test->connection, NULL, NULL);
          g_assert_false (vici_daemon_supports (test->daemon, "get-counters"));
        }
    }
}

static void
test_forgotten (DaemonTest   *test,
                gconstpointer data)
{
  g_autoptr (ViciVersionInfo) version = NULL;
  g_autoptr (GListModel) counters = NULL;
  g_autoptr (GError) error = NULL;

  daemon_test_answer (test, "version", NULL, "{'version': <'5.2.0'>}");
  version = vici_daemon_version_sync (test->daemon, NULL, NULL);
  counters = vici_daemon_get_counters_sync (test->daemon, NULL, NULL, NULL);
  g_assert_false (vici_daemon_supports (test->daemon, "get-counters"));
  g_assert_false (vici_daemon_supports (test->daemon, "rekey"));

  vici_connection_close_sync (test->connection, NULL, NULL);
  vici_connection_open_sync (test->connection, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (vici_daemon_supports (test->daemon, "get-counters"));
  g_assert_true (vici_daemon_supports (test->daemon, "rekey"));

  /* It is asked again. */
  counters = vici_daemon_get_counters_sync (test->daemon, NULL, NULL, &error);
  g_assert_error (error, VICI_ERROR, VICI_ERROR_UNKNOWN_COMMAND);
  g_assert_false (vici_daemon_supports (test->daemon, "get-counters"));
}

static void
test_release (DaemonTest   *test,
              gconstpointer data)
{
  static const struct
  {
    const char *release;
    gboolean    reload_settings, rekey, get_counters; /* 5.2.1, 5.5.2, 5.6.1 */
  } cases[] = {
    { "5.2.0", FALSE, FALSE, FALSE },
    { "5.2.1", TRUE, FALSE, FALSE },
    { "5.2", FALSE, FALSE, FALSE },
    { "5.5.1rc3", TRUE, FALSE, FALSE },
    { "5.5.10", TRUE, TRUE, FALSE },
    { "5.6.1", TRUE, TRUE, TRUE },
    { "5.10.0", TRUE, TRUE, TRUE },
    { "6.0", TRUE, TRUE, TRUE },
    { "6.0.3dr1", TRUE, TRUE, TRUE },
    { "4.9.9", FALSE, FALSE, FALSE },
    /* It does not say: nothing is known of it. */
    { "devel", TRUE, TRUE, TRUE },
    { "", TRUE, TRUE, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *reply = g_strdup_printf ("{'version': <'%s'>}", cases[i].release);
      g_autoptr (ViciVersionInfo) version = NULL;

      g_test_message ("%s", cases[i].release);
      daemon_test_answer (test, "version", NULL, reply);
      version = vici_daemon_version_sync (test->daemon, NULL, NULL);
      g_assert_cmpint (vici_daemon_supports (test->daemon, "reload-settings"), ==,
                       cases[i].reload_settings);
      g_assert_cmpint (vici_daemon_supports (test->daemon, "rekey"), ==, cases[i].rekey);
      g_assert_cmpint (vici_daemon_supports (test->daemon, "get-counters"), ==,
                       cases[i].get_counters);
      g_assert_true (vici_daemon_supports (test->daemon, "version"));
      g_assert_false (vici_daemon_supports (test->daemon, "make-coffee"));
    }
}

/* What it has answered counts more than what its release says. */
static void
test_shown (DaemonTest   *test,
            gconstpointer data)
{
  g_autoptr (ViciVersionInfo) version = NULL;

  daemon_test_answer (test, "version", NULL, "{'version': <'5.2.0'>}");
  version = vici_daemon_version_sync (test->daemon, NULL, NULL);
  g_assert_false (vici_daemon_supports (test->daemon, "reload-settings"));
  g_assert_true (vici_daemon_reload_settings_sync (test->daemon, NULL, NULL));
  g_assert_true (vici_daemon_supports (test->daemon, "reload-settings"));
}

static gboolean
is_initiate (const DaemonCase *which)
{
  return g_str_equal (which->command, "initiate");
}

/* Of what an `initiate` has begun, more is to be taken down: that is tested with it. */
static void
test_cancelled (DaemonTest   *test,
                gconstpointer data)
{
  Turn turn = { NULL };

  while (next_turn (&turn))
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      if (is_initiate (turn.which))
        continue;

      daemon_test_cancel (test, cancellable);
      error = fail (test, turn.which, turn.form, cancellable, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      daemon_test_sent (test, turn.which->command, turn.which->request);
      daemon_test_normal (test);

      /* What has no answer would hold up what follows. */
      vici_connection_close_sync (test->connection, NULL, NULL);
      vici_connection_open_sync (test->connection, NULL, NULL);
    }
}

static void
test_cancelled_before (DaemonTest   *test,
                       gconstpointer data)
{
  Turn turn = { NULL };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  while (next_turn (&turn))
    {
      g_autoptr (GError) error = NULL;

      error = fail (test, turn.which, turn.form, cancellable, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
  daemon_test_sent_none (test);
}

static void
test_closed (DaemonTest   *test,
             gconstpointer data)
{
  Turn turn = { NULL };

  daemon_test_hang_up (test);
  while (next_turn (&turn))
    {
      g_autoptr (GError) error = NULL;

      error = fail (test, turn.which, turn.form, NULL, VICI_ERROR, VICI_ERROR_CLOSED);
      vici_connection_close_sync (test->connection, NULL, NULL);
      vici_connection_open_sync (test->connection, NULL, NULL);
    }
}

static void
test_not_open (DaemonTest   *test,
               gconstpointer data)
{
  Turn turn = { NULL };

  vici_connection_close_sync (test->connection, NULL, NULL);
  while (next_turn (&turn))
    {
      g_autoptr (GError) error = NULL;

      error = fail (test, turn.which, turn.form, NULL, VICI_ERROR, VICI_ERROR_CLOSED);
    }
}

static void
test_mistakes (DaemonTest   *test,
               gconstpointer data)
{
  for (const DaemonCase *which = daemon_mistakes; which->command != NULL; which++)
    for (Form form = ASYNC; form < N_FORMS; form++)
      {
        g_autoptr (GError) error = NULL;

        error = fail (test, which, form, NULL, VICI_ERROR, VICI_ERROR_INVALID);
        g_test_message ("%s", error->message);
        g_assert_true (g_str_has_prefix (error->message, which->result));
        g_assert_cmpuint (strlen (error->message), >, strlen (which->result));
      }
  daemon_test_sent_none (test);
}

#define LIST_RECORD 256 /* what a record counts, besides its bytes */

static void
check_bound (DaemonTest *test,
             const char *command,
             guint       max_list,
             gboolean    fits)
{
  for (const DaemonCase *which = daemon_cases; which->command != NULL; which++)
    {
      if (!g_str_equal (which->command, command))
        continue;

      vici_daemon_set_max_list (test->daemon, max_list);
      for (Form form = ASYNC; form < N_FORMS; form++)
        {
          g_autoptr (GError) error = NULL;
          g_autofree char *result = run (test, which, form, NULL, &error);

          if (fits)
            {
              g_assert_no_error (error);
              g_assert_cmpstr (result, !=, which->nothing);
              continue;
            }

          g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
          g_assert_cmpstr (result, ==, which->nothing);
          g_assert_nonnull (strstr (error->message, command));
        }
    }
}

/* A section of one letter takes four bytes, a key of two letters and its value seven. */
static void
test_bound (DaemonTest   *test,
            gconstpointer data)
{
  g_assert_cmpuint (vici_daemon_get_max_list (test->daemon), ==, 256 * 1024 * 1024);

  daemon_test_answer (test, "list-sas", "[{'a': <@a{sv} {}>, 'b': <@a{sv} {}>}, {'c': <@a{sv} {}>}]",
                      "{}");
  check_bound (test, "list-sas", 3 * (LIST_RECORD + 4), TRUE);
  check_bound (test, "list-sas", 3 * (LIST_RECORD + 4) - 1, FALSE);
  check_bound (test, "list-sas", 1, FALSE);

  daemon_test_answer (test, "list-certs", "[{'ab': <'cd'>}, {'ab': <'cd'>}]", "{}");
  check_bound (test, "list-certs", 2 * (LIST_RECORD + 8), TRUE);
  check_bound (test, "list-certs", 2 * (LIST_RECORD + 8) - 1, FALSE);

  /* Else there would be no end of those that have nothing in them. */
  daemon_test_answer (test, "list-conns", "[{}, {}]", "{}");
  check_bound (test, "list-conns", 2 * LIST_RECORD, TRUE);
  check_bound (test, "list-conns", 2 * LIST_RECORD - 1, FALSE);
}

/* What comes of the list after that is nobody's, however long the result is kept. */
static void
test_after_bound (DaemonTest   *test,
                  gconstpointer data)
{
  GString *events = g_string_new ("[");
  g_autofree char *text = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  for (guint i = 0; i < 2000; i++)
    g_string_append_printf (events, "%s{'a': <{'uniqueid': <'%u'>}>}", i > 0 ? ", " : "", i);
  g_string_append_c (events, ']');
  text = g_string_free (events, FALSE);

  daemon_test_answer (test, "list-sas", text, "{}");
  daemon_test_answer (test, "version", NULL, "{'version': <'6.0.1'>}");

  check_bound (test, "list-sas", 10 * LIST_RECORD, FALSE);
  vici_daemon_list_sas_async (test->daemon, NULL, NULL, daemon_test_take, &result);
  daemon_test_wait (&result);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ViciVersionInfo) info = vici_daemon_version_sync (test->daemon, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (vici_version_info_get_version (info), ==, "6.0.1");
    }
  check_bound (test, "list-sas", G_MAXUINT, TRUE);
}

/* A name is as much as can be read of it. */
static void
test_binary_names (DaemonTest   *test,
                   gconstpointer data)
{
  g_auto (GStrv) names = NULL;
  g_autofree char *text = NULL;

  daemon_test_answer (test, "get-conns", NULL, "{'conns': <[@ay [0x25, 0x43, 0x33, 0x25, 0x42, 0x43], [0xff], [0x61]]>}");
  names = vici_daemon_get_conns_sync (test->daemon, NULL, NULL);
  g_assert_nonnull (names);
  text = g_strjoinv ("|", names);
  g_assert_cmpstr (text, ==, "ü|\357\277\275|a");
}

/* A result is finished by what it was begun with. */
static void
test_tags (DaemonTest   *test,
           gconstpointer data)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (ViciVersionInfo) version = NULL;

  vici_daemon_stats_async (test->daemon, NULL, daemon_test_take, &result);
  daemon_test_wait (&result);
  g_test_expect_message ("vici-glib", G_LOG_LEVEL_CRITICAL, "*g_async_result_is_tagged*");
  version = vici_daemon_version_finish (test->daemon, result, NULL);
  g_test_assert_expected_messages ();
  g_assert_null (version);
}

/* Calls end in the order in which they were made, of whatever kind they are. */
static void
on_end (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  GString *order = user_data;

  g_assert_false (g_task_had_error (G_TASK (result)));
  g_string_append_printf (order, "%u", order->len > 0 ? (guint) order->len : 0);
}

static void
test_last_reference (DaemonTest   *test,
                     gconstpointer data)
{
  GString *order = g_string_new (NULL);

  vici_daemon_list_conns_async (test->daemon, NULL, NULL, on_end, order);
  vici_daemon_version_async (test->daemon, NULL, on_end, order);
  g_object_unref (test->daemon);

  while (order->len < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpstr (order->str, ==, "01");
  g_string_free (order, TRUE);

  test->daemon = vici_daemon_new (test->connection);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/daemon/every-command-is-tested", test_complete);
  ADD_DAEMON_TEST ("/daemon/arguments-and-results-are-what-they-should", NULL, test_success);
  ADD_DAEMON_TEST ("/daemon/a-refusal-has-the-daemon-s-words", NULL, test_refused);
  ADD_DAEMON_TEST ("/daemon/an-unknown-command-is-told", NULL, test_unknown);
  ADD_DAEMON_TEST ("/daemon/an-unknown-command-is-asked-for-once", "get-counters", test_unknown_once);
  ADD_DAEMON_TEST ("/daemon/what-is-known-is-forgotten-with-the-daemon", "get-counters",
                   test_forgotten);
  ADD_DAEMON_TEST ("/daemon/a-release-tells-what-it-has", NULL, test_release);
  ADD_DAEMON_TEST ("/daemon/an-answer-tells-more-than-a-release", NULL, test_shown);
  ADD_DAEMON_TEST ("/daemon/a-cancelled-command-ends-at-once", NULL, test_cancelled);
  ADD_DAEMON_TEST ("/daemon/what-is-cancelled-before-is-not-sent", NULL, test_cancelled_before);
  ADD_DAEMON_TEST ("/daemon/a-closed-connection-ends-each-command", NULL, test_closed);
  ADD_DAEMON_TEST ("/daemon/without-a-connection-each-command-fails", NULL, test_not_open);
  ADD_DAEMON_TEST ("/daemon/mistakes-are-named-and-not-sent", NULL, test_mistakes);
  ADD_DAEMON_TEST ("/daemon/a-list-beyond-its-bound-fails", NULL, test_bound);
  ADD_DAEMON_TEST ("/daemon/a-list-beyond-its-bound-ends-alone", NULL, test_after_bound);
  ADD_DAEMON_TEST ("/daemon/one-bad-name-does-not-empty-a-list", NULL, test_binary_names);
  ADD_DAEMON_TEST ("/daemon/results-belong-to-their-command", NULL, test_tags);
  ADD_DAEMON_TEST ("/daemon/what-is-under-way-keeps-the-daemon", NULL, test_last_reference);

  return g_test_run ();
}
