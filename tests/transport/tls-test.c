/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "tls-test.h"

#include <string.h>

#include "vici-builder.h"
#include "vici-server.h"

char *tls_test_directory;

static gboolean
on_version (ViciServer     *server,
            ViciInvocation *invocation,
            gpointer        user_data)
{
  GTlsCertificate *certificate =
    vici_peer_get_tls_certificate (vici_invocation_get_peer (invocation));
  g_autofree char *subject = certificate ? g_tls_certificate_get_subject_name (certificate) : NULL;
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) reply = NULL;

  vici_builder_add_string (builder, "daemon", subject ? subject : "nobody");
  reply = vici_builder_end (builder, NULL);
  vici_invocation_return_message (invocation, reply);

  return TRUE;
}

static gpointer
serve (gpointer data)
{
  Served *self = data;
  g_autoptr (ViciServer) server = NULL;

  g_main_context_push_thread_default (self->context);
  server = vici_server_new ();
  vici_server_add_command (server, "version");
  g_signal_connect (server, "command::version", G_CALLBACK (on_version), NULL);

  if (vici_server_listen (server, self->uri, &self->error))
    {
      g_auto (GStrv) uris = vici_server_get_uris (server);

      self->bound = g_strdup (uris[0]);
    }

  g_mutex_lock (&self->mutex);
  self->ready = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  if (self->bound != NULL)
    g_main_loop_run (self->loop);
  vici_server_stop (server);
  g_clear_object (&server);

  /* What closes says goodbye, and what was refused is told to threads. */
  while (g_main_context_iteration (self->context, FALSE))
    continue;
  g_main_context_pop_thread_default (self->context);

  return NULL;
}

char *
tls_test_file (const char *name)
{
  return g_build_filename (tls_test_directory, name, NULL);
}

char *
tls_test_expand (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "$", -1);

  return g_strjoinv (tls_test_directory, parts);
}

Served *
served_new (const char *keys)
{
  Served *self = g_new0 (Served, 1);
  g_autofree char *expanded = tls_test_expand (keys);

  self->uri = g_strconcat ("tls://127.0.0.1:0?", expanded, NULL);
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
  self->thread = g_thread_new ("served", serve, self);

  g_mutex_lock (&self->mutex);
  while (!self->ready)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);

  return self;
}

static gboolean
quit (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_REMOVE;
}

void
served_free (Served *self)
{
  g_main_context_invoke (self->context, quit, self->loop);
  g_thread_join (self->thread);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_clear_error (&self->error);
  g_free (self->bound);
  g_free (self->uri);
  g_free (self);
}

guint16
served_get_port (Served *served)
{
  return (guint16) g_ascii_strtoull (strrchr (served->bound, ':') + 1, NULL, 10);
}

ViciConnection *
served_connect (Served     *served,
                const char *host,
                const char *keys)
{
  g_autofree char *expanded = tls_test_expand (keys);
  g_autofree char *uri = g_strdup_printf ("tls://%s:%u%s%s", host, served_get_port (served),
                                          *keys ? "?" : "", expanded);

  return vici_connection_new (uri);
}

static gboolean
has_pool_threads (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/task", 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", name, "comm", NULL);
      g_autofree char *comm = NULL;

      if (g_file_get_contents (path, &comm, NULL, NULL) && g_str_has_prefix (comm, "pool-") &&
          !g_str_has_prefix (comm, "pool-spawner"))
        return TRUE;
    }

  return FALSE;
}

/* The leak sanitizer stumbles over threads that have run what GIO has loaded: they
 * go first. */
static void
end_threads (void)
{
  g_thread_pool_set_max_unused_threads (0);
  while (has_pool_threads ())
    g_thread_yield ();
}

gboolean
tls_test_begin (void)
{
  g_autofree char *script = remote_dup_source ("make-certificates.sh");

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_print ("1..0 # SKIP GIO has no TLS here (glib-networking)\n");
      return FALSE;
    }

  tls_test_directory = remote_make_directory ();
  remote_run (script, tls_test_directory, NULL);

  return TRUE;
}

int
tls_test_run (void)
{
  int status = g_test_run ();

  end_threads ();
  remote_remove (tls_test_directory);
  g_free (tls_test_directory);

  return status;
}
