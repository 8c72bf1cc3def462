/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "control-test.h"

#include <glib/gstdio.h>
#include <sys/socket.h>

#include "vici-core-enum-types.h"
#include "vici-error.h"

#define STUCK_SECONDS 120

/* -- The log -- */

void
control_note (ControlTest *self,
              const char  *format,
              ...)
{
  va_list args;

  if (self->words++ > 0)
    g_string_append (self->log, "; ");
  va_start (args, format);
  g_string_append_vprintf (self->log, format, args);
  va_end (args);
}

static gboolean
on_deadline (gpointer what)
{
  g_error ("Waited in vain for: %s", (const char *) what);

  return G_SOURCE_REMOVE;
}

guint
control_deadline_new (const char *what)
{
  return g_timeout_add_seconds (STUCK_SECONDS, on_deadline, (gpointer) what);
}

void
control_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

void
control_expect (ControlTest *self,
                const char  *words)
{
  g_auto (GStrv) expected = g_strsplit (words, "; ", -1);
  guint deadline = control_deadline_new (words);

  while (self->words < g_strv_length (expected))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  control_settle ();

  g_assert_cmpstr (self->log->str, ==, words);
  g_string_truncate (self->log, 0);
  self->words = 0;
}

const char *
control_code (const GError *error)
{
  g_autoptr (GEnumClass) codes =
    g_type_class_ref (error->domain == VICI_ERROR ? VICI_TYPE_ERROR : G_TYPE_IO_ERROR_ENUM);

  g_assert_cmpstr (error->message, !=, "");

  return g_enum_get_value (codes, error->code)->value_nick;
}

/* -- The daemon -- */

ViciMessage *
control_message (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) variant = g_variant_parse (G_VARIANT_TYPE_VARDICT, text, NULL, NULL, &error);
  ViciMessage *message;

  g_assert_no_error (error);
  message = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);

  return message;
}

static gboolean
on_version (ViciServer     *server,
            ViciInvocation *invocation,
            ControlTest    *self)
{
  g_autoptr (ViciMessage) version = control_message ("{'daemon': <'charon'>, 'version': <'5.9.8'>}");

  vici_invocation_return_message (invocation, version);

  return TRUE;
}

static gboolean
on_initiate (ViciServer     *server,
             ViciInvocation *invocation,
             ControlTest    *self)
{
  g_autofree char *child =
    vici_message_lookup_string (vici_invocation_get_request (invocation), "child");

  g_ptr_array_add (self->kept, g_object_ref (invocation));
  control_note (self, "initiate %s", child);

  return TRUE;
}

static gboolean
on_terminate (ViciServer     *server,
              ViciInvocation *invocation,
              ControlTest    *self)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_autofree char *text = vici_message_to_string (request, VICI_PRINT_NONE);
  g_autoptr (ViciMessage) reply =
    control_message ("{'success': <'yes'>, 'matches': <'2'>, 'terminated': <'2'>}");

  control_note (self, "terminate %s", text);
  if (self->keeps_terminate)
    g_ptr_array_add (self->kept, g_object_ref (invocation));
  else if (self->refuses_terminate != NULL)
    vici_invocation_return_failure (invocation, self->refuses_terminate);
  else
    vici_invocation_return_message (invocation, reply);

  return TRUE;
}

static void
serve (ControlTest *self)
{
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("vici-control-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (self->directory, "charon.vici", NULL);
  self->uri = g_strconcat ("unix://", path, NULL);

  self->server = vici_server_new ();
  vici_server_add_command (self->server, "version");
  vici_server_add_command (self->server, "initiate");
  vici_server_add_command (self->server, "terminate");
  vici_server_add_event (self->server, "control-log");
  g_signal_connect (self->server, "command::version", G_CALLBACK (on_version), self);
  g_signal_connect (self->server, "command::initiate", G_CALLBACK (on_initiate), self);
  g_signal_connect (self->server, "command::terminate", G_CALLBACK (on_terminate), self);
  vici_server_listen (self->server, self->uri, &error);
  g_assert_no_error (error);
}

ViciInvocation *
control_get (ControlTest *self,
             guint        n)
{
  g_assert_cmpuint (n, <, self->kept->len);

  return g_ptr_array_index (self->kept, n);
}

void
control_say (ControlTest *self,
             guint        n,
             const char  *group,
             int          level,
             guint        ike_sa_id,
             const char  *text)
{
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (GVariantDict) dict = g_variant_dict_new (NULL);
  g_autoptr (GVariant) variant = NULL;
  g_autoptr (GError) error = NULL;

  g_variant_dict_insert (dict, "group", "s", group);
  g_variant_dict_insert (dict, "level", "i", level);
  if (ike_sa_id != 0)
    {
      g_variant_dict_insert (dict, "ikesa-name", "s", "home");
      g_variant_dict_insert (dict, "ikesa-uniqueid", "u", ike_sa_id);
    }
  g_variant_dict_insert (dict, "msg", "s", text);
  variant = g_variant_ref_sink (g_variant_dict_end (dict));
  message = vici_message_new_from_variant (variant, &error);
  g_assert_no_error (error);

  vici_invocation_send_event (control_get (self, n), "control-log", message);
}

void
control_succeed (ControlTest *self,
                 guint        n)
{
  vici_invocation_return_success (control_get (self, n));
}

void
control_fail (ControlTest *self,
              guint        n,
              const char  *errmsg)
{
  vici_invocation_return_failure (control_get (self, n), errmsg);
}

GIOStream *
control_accept_stream (ControlTest *self)
{
  g_autoptr (ViciPeer) peer = NULL;
  GIOStream *ends[2];
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_new_from_fd (fds[i], &error);

      g_assert_no_error (error);
      ends[i] = G_IO_STREAM (g_socket_connection_factory_create_connection (socket));
    }

  peer = vici_server_accept_stream (self->server, ends[1]);
  g_object_unref (ends[1]);

  return ends[0];
}

/* -- The client -- */

typedef struct
{
  ControlTest *test;
  char        *name;
} Waiting;

static void
on_initiated (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Waiting *waiting = user_data;
  g_autoptr (GError) error = NULL;
  gboolean done = vici_daemon_initiate_finish (VICI_DAEMON (source), result, &error);

  g_assert_cmpint (done, ==, error == NULL);
  control_note (waiting->test, "%s:%s", waiting->name, error ? control_code (error) : "ok");
  g_free (waiting->name);
  g_free (waiting);
}

void
control_initiate (ControlTest         *self,
                  const char          *child,
                  ViciInitiateOptions *options,
                  ViciControlLog      *log,
                  GCancellable        *cancellable)
{
  Waiting *waiting = g_new0 (Waiting, 1);

  waiting->test = self;
  waiting->name = g_strdup (child);
  vici_daemon_initiate_async (self->daemon, NULL, child, options, log, cancellable, on_initiated,
                              waiting);
}

void
control_test_use (ControlTest    *self,
                  ViciConnection *connection)
{
  g_set_object (&self->connection, connection);
  g_clear_object (&self->daemon);
  self->daemon = vici_daemon_new (connection);
}

void
control_test_set_up (ControlTest  *self,
                     gconstpointer data)
{
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  self->log = g_string_new (NULL);
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
  serve (self);

  connection = vici_connection_new (self->uri);
  control_test_use (self, connection);
  vici_connection_open_sync (connection, NULL, &error);
  g_assert_no_error (error);
}

void
control_test_tear_down (ControlTest  *self,
                        gconstpointer data)
{
  gpointer server = self->server;

  g_assert_cmpstr (self->log->str, ==, "");
  if (self->daemon != NULL)
    g_object_add_weak_pointer (G_OBJECT (self->daemon), (gpointer *) &self->daemon);
  if (self->connection != NULL)
    g_object_add_weak_pointer (G_OBJECT (self->connection), (gpointer *) &self->connection);

  g_clear_pointer (&self->kept, g_ptr_array_unref);
  if (self->daemon != NULL)
    g_object_unref (self->daemon);
  if (self->connection != NULL)
    g_object_unref (self->connection);
  control_settle ();

  /* Nothing holds on to them. */
  g_assert_null (self->daemon);
  g_assert_null (self->connection);

  vici_server_stop (self->server);
  g_object_add_weak_pointer (G_OBJECT (self->server), &server);
  g_object_unref (self->server);
  control_run_until (server == NULL);

  g_string_free (self->log, TRUE);
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->uri);
}
