/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "real.h"

#include <signal.h>
#include <string.h>

#define DEADLINE_SECONDS 60

typedef struct
{
  const char *what;
  gint64      time;
} Deadline;

static gboolean
on_look (gpointer user_data)
{
  Deadline *deadline = user_data;

  if (g_get_monotonic_time () > deadline->time)
    g_error ("waited %d seconds in vain: %s", DEADLINE_SECONDS, deadline->what);

  return G_SOURCE_CONTINUE;
}

GSource *
real_deadline_new (const char *what)
{
  GSource *source = g_timeout_source_new (50);
  Deadline *deadline = g_new (Deadline, 1);

  deadline->what = what;
  deadline->time = g_get_monotonic_time () + DEADLINE_SECONDS * G_USEC_PER_SEC;
  g_source_set_callback (source, on_look, deadline, g_free);
  g_source_attach (source, NULL);

  return source;
}

void
real_deadline_free (GSource *deadline)
{
  g_source_destroy (deadline);
  g_source_unref (deadline);
}

void
real_take_result (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

const char *
real_getenv (const char *name)
{
  const char *value = g_getenv (name);

  if (value == NULL)
    g_error ("%s is not set: this test is run by examples/lab.py", name);

  return value;
}

ViciConnection *
real_open (const char *variable)
{
  g_autoptr (ViciConnection) connection = vici_connection_new (real_getenv (variable));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vici_connection_open_async (connection, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  vici_connection_open_finish (connection, result, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&connection);
}

ViciMessage *
real_message (const char *format,
              ...)
{
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;
  ViciMessage *message;
  va_list args;

  va_start (args, format);
  variant = g_variant_ref_sink (g_variant_new_parsed_va (format, &args));
  va_end (args);

  message = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);

  return message;
}

ViciMessage *
real_call (ViciConnection *connection,
           const char     *command,
           ViciMessage    *request)
{
  g_autoptr (ViciMessage) owned G_GNUC_UNUSED = request;
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  vici_connection_call_async (connection, command, request, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  reply = vici_connection_call_finish (connection, result, &error);
  g_assert_no_error (error);
  vici_message_check_success (reply, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&reply);
}

void
real_load_conn (ViciConnection *connection,
                const char     *name,
                const char     *local,
                const char     *remote,
                const char     *local_inner,
                const char     *remote_inner)
{
  g_autoptr (ViciMessage) key = NULL;
  g_autoptr (ViciMessage) conn = NULL;

  key = real_call (connection, "load-shared",
                   real_message ("{'id': <%s>, 'type': <'IKE'>, 'data': <'a real secret'>,"
                                 " 'owners': <[%s, %s]>}",
                                 name, local, remote));
  conn = real_call (connection, "load-conn",
                    real_message ("{%s: <{'version': <2>,"
                                  "       'local_addrs': <[%s]>,"
                                  "       'remote_addrs': <[%s]>,"
                                  "       'proposals': <['aes128-sha256-x25519']>,"
                                  "       'local': <{'auth': <'psk'>, 'id': <%s>}>,"
                                  "       'remote': <{'auth': <'psk'>, 'id': <%s>}>,"
                                  "       'children': <{'net': <{'local_ts': <[%s]>,"
                                  "                              'remote_ts': <[%s]>,"
                                  "                              'esp_proposals': <['aes128-sha256']>}>}>}>}",
                                  name, local, remote, local, remote,
                                  local_inner, remote_inner));
}

static gboolean
thread_is_stopped (const char *task,
                   const char *thread)
{
  g_autofree char *path = g_build_filename (task, thread, "stat", NULL);
  g_autofree char *stat = NULL;
  const char *name_end;

  /* A thread that has ended meanwhile is stopped as well. */
  if (!g_file_get_contents (path, &stat, NULL, NULL))
    return TRUE;

  name_end = strrchr (stat, ')');
  g_assert_nonnull (name_end);

  return g_str_has_prefix (name_end, ") T");
}

static gboolean
process_is_stopped (pid_t pid)
{
  g_autofree char *task = g_strdup_printf ("/proc/%d/task", pid);
  g_autoptr (GDir) threads = NULL;
  g_autoptr (GError) error = NULL;
  const char *thread;

  threads = g_dir_open (task, 0, &error);
  g_assert_no_error (error);
  while ((thread = g_dir_read_name (threads)))
    if (!thread_is_stopped (task, thread))
      return FALSE;

  return TRUE;
}

void
real_stop (pid_t pid)
{
  g_assert_cmpint (kill (pid, SIGSTOP), ==, 0);
  real_wait_until (process_is_stopped (pid));
}
