/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Linked so that every call of explicit_bzero() in the library comes here, and
 * run with the packets of each session in the debug output. */

#include "fixture.h"

#include "vici-builder.h"

#define SECRET "correct-horse-battery-staple"

void __real_explicit_bzero (void *data, size_t length);
void __wrap_explicit_bzero (void *data, size_t length);

static guint wiped; /* how many times a block with the secret was wiped */
static GString *output;

void
__wrap_explicit_bzero (void  *data,
                       size_t length)
{
  if (memmem (data, length, SECRET, strlen (SECRET)) != NULL)
    wiped++;

  __real_explicit_bzero (data, length);
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

static ViciMessage *
message_new (const char *name,
             gboolean    sensitive)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  ViciMessage *message;

  vici_builder_set_sensitive (builder, sensitive);
  vici_builder_add_string (builder, name, SECRET);
  message = vici_builder_end (builder, NULL);
  wiped = 0;
  g_string_truncate (output, 0);

  return message;
}

static void
assert_said (const char *text)
{
  if (strstr (output->str, text) == NULL)
    g_test_fail_printf ("“%s” is not in: %s", text, output->str);
}

static void
assert_hidden (void)
{
  if (strstr (output->str, "battery") != NULL)
    g_test_fail_printf ("The secret is in: %s", output->str);
}

static void
assert_secret_command (Fixture    *f,
                       const char *command)
{
  ViciMessage *request = message_new ("data", FALSE);

  call_with (f, command, request);
  g_object_unref (request);
  assert_said (command);
  assert_hidden ();

  /* The session has let go of the message; what was sent is left. */
  g_assert_cmpuint (wiped, ==, 1);
  g_assert_cmpuint (f->sent->len, ==, 1);
  g_ptr_array_set_size (f->sent, 0);
  g_assert_cmpuint (wiped, ==, 2);

  receive (f, "response success=yes");
  assert_hidden ();
  g_ptr_array_set_size (f->lines, 0);
}

static void
test_commands (Fixture      *f,
               gconstpointer data)
{
  assert_secret_command (f, "load-shared");
  assert_secret_command (f, "load-key");
  assert_secret_command (f, "load-token");
}

static void
test_sensitive (Fixture      *f,
                gconstpointer data)
{
  ViciMessage *request = message_new ("pin", TRUE);

  call_with (f, "login", request);
  g_object_unref (request);
  assert_said ("login");
  assert_hidden ();
  g_ptr_array_set_size (f->sent, 0);
  g_assert_cmpuint (wiped, ==, 2);
  receive (f, "response");
  heard (f, "login: {}");
}

static void
test_plain (Fixture      *f,
            gconstpointer data)
{
  g_autoptr (ViciMessage) request = message_new ("name", FALSE);

  call_with (f, "load-conn", request);
  assert_said ("CMD_REQUEST load-conn {name=" SECRET "}");
  g_ptr_array_set_size (f->sent, 0);

  receive (f, "response n=1");
  assert_said ("CMD_RESPONSE  {n=1}");
  heard (f, "load-conn: {n=1}");
  receive (f, "event log msg=hello");
  assert_said ("EVENT log {msg=hello}");
  receive_fault (f, VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\7\7\4l\ng\"\7"));
  assert_said ("EVENT l\\ng\\\" (malformed)");
  heard (f, "close()");
}

/* Many requests gather in one buffer, which must not leave copies as it grows. */
static void
test_growing_buffer (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr (ViciMessage) request = message_new ("data", FALSE);
  g_autofree char *name = g_strnfill (200, 'x');
  guint grown;

  vici_session_set_max_in_flight (f->session, 1000);
  vici_session_set_writable (f->session, FALSE);
  call_with (f, "load-shared", request);
  for (guint i = 0; i < 100; i++)
    call (f, name);

  vici_session_set_writable (f->session, TRUE);
  g_assert_cmpuint (f->sent->len, ==, 1);
  grown = wiped;
  g_assert_cmpuint (grown, >, 3);
  g_ptr_array_set_size (f->sent, 0);
  g_assert_cmpuint (wiped, ==, grown + 1);
  assert_hidden ();

  vici_session_closed (f->session, NULL);
  g_ptr_array_set_size (f->lines, 0);
}

static void
test_never_sent (Fixture      *f,
                 gconstpointer data)
{
  ViciMessage *request;
  Call *made;

  vici_session_set_writable (f->session, FALSE);
  request = message_new ("data", FALSE);
  made = call_with (f, "load-shared", request);
  g_object_unref (request);
  g_assert_cmpuint (wiped, ==, 0);
  cancel (f, made);
  g_assert_cmpuint (wiped, ==, 1);

  request = message_new ("data", FALSE);
  call_with (f, "load-shared", request);
  g_object_unref (request);
  vici_session_closed (f->session, NULL);
  g_assert_cmpuint (wiped, ==, 1);
  heard (f, "load-shared: CLOSED");
  assert_hidden ();
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_setenv ("VICI_DEBUG", "packets", TRUE);
  output = g_string_new (NULL);
  g_log_set_default_handler (on_log, NULL);

  ADD_TEST ("/session/secrets/are-wiped-and-not-shown", test_commands);
  ADD_TEST ("/session/secrets/marked-request-is-one", test_sensitive);
  ADD_TEST ("/session/secrets/other-requests-are-shown", test_plain);
  ADD_TEST ("/session/secrets/growing-buffer-leaves-no-copy", test_growing_buffer);
  ADD_TEST ("/session/secrets/are-wiped-when-they-are-not-sent", test_never_sent);

  status = g_test_run ();
  g_string_free (output, TRUE);

  return status;
}
