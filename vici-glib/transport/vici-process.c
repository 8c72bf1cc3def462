/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-process.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "vici-i18n.h"
#include "vici-source.h"

/* How much of the end of its standard error is kept. */
#define SAID_MAX 4096

struct _ViciProcess
{
  GObject      parent_instance;

  char        *name;            /* of the program */
  GSubprocess *subprocess;
  guint        grace_ms;
  GSource     *grace;           /* until it is killed; NULL: it was not told to go */
  int          error_fd;        /* the end to read of its standard error; -1: it has ended */
  GSource     *source;          /* reads it */
  GString     *said;
  gboolean     said_more;       /* than is kept */
};

G_DEFINE_FINAL_TYPE (ViciProcess, vici_process, G_TYPE_OBJECT)

/* -- Standard error -- */

static void
keep (ViciProcess *self,
      const char  *data,
      gsize        length)
{
  g_string_append_len (self->said, data, (gssize) length);
  if (self->said->len > SAID_MAX)
    {
      self->said_more = TRUE;
      g_string_erase (self->said, 0, (gssize) (self->said->len - SAID_MAX));
    }
}

static void
stop_listening (ViciProcess *self)
{
  vici_source_end (g_steal_pointer (&self->source));
  if (self->error_fd >= 0)
    close (self->error_fd);
  self->error_fd = -1;
}

/* Takes what is there by now, but no more than a pipe holds: who says more than
 * one can read does not keep the reader here. */
static void
drain (ViciProcess *self)
{
  char buffer[4096];

  for (guint i = 0; i < 16 && self->error_fd >= 0; i++)
    {
      gssize n = read (self->error_fd, buffer, sizeof buffer);

      if (n > 0)
        keep (self, buffer, (gsize) n);
      else if (n < 0 && errno == EAGAIN)
        return;
      else if (n == 0 || errno != EINTR)
        stop_listening (self);
    }
}

static gboolean
on_error_output (int          fd,
                 GIOCondition condition,
                 gpointer     user_data)
{
  drain (user_data);

  return G_SOURCE_CONTINUE;
}

/* Neither end waits. It is the program that must not: a synchronous client may
 * have no main loop that reads what the program says. What does not fit then
 * is lost. */
static gboolean
open_error_pipe (ViciProcess         *self,
                 GSubprocessLauncher *launcher,
                 GError             **error)
{
  int fds[2];

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return FALSE;

  self->error_fd = fds[0];
  g_subprocess_launcher_take_stderr_fd (launcher, fds[1]);

  if (!g_unix_set_fd_nonblocking (fds[0], TRUE, error) ||
      !g_unix_set_fd_nonblocking (fds[1], TRUE, error))
    return FALSE;

  self->source = g_unix_fd_source_new (fds[0], G_IO_IN);
  g_source_set_static_name (self->source, "[vici-glib] standard error");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_error_output), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());

  return TRUE;
}

/* A terminal is to show it as it is, and a log to take it as one line. */
static void
append_clean (GString *out,
              gunichar c)
{
  if (g_unichar_isprint (c))
    g_string_append_unichar (out, c);
  else if (c == '\t')
    g_string_append_c (out, ' ');
  else
    g_string_append_printf (out, c < 0x80 ? "\\x%02x" : "\\u%04x", c);
}

static char *
clean_line (const char *line)
{
  g_autofree char *stripped = g_strstrip (g_strdup (line));
  GString *out = g_string_new (NULL);

  for (const char *p = stripped; *p != '\0'; p = g_utf8_next_char (p))
    append_clean (out, g_utf8_get_char (p));

  return g_string_free (out, FALSE);
}

char *
vici_process_dup_said (ViciProcess *self)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GString *out = g_string_new (NULL);

  drain (self);
  text = g_utf8_make_valid (self->said->str, (gssize) self->said->len);
  lines = g_strsplit (text, "\n", -1);

  /* The first line is but the end of one where more was said than is kept. */
  for (guint i = self->said_more && lines[0] != NULL && lines[1] != NULL; lines[i] != NULL; i++)
    {
      g_autofree char *line = clean_line (lines[i]);

      if (*line != '\0')
        g_string_append_printf (out, "%s%s", out->len > 0 ? "; " : "", line);
    }

  return g_string_free (out, out->len == 0);
}

/* -- Its end -- */

static char *
describe_end (ViciProcess *self)
{
  /* It has no identifier any more when it was reaped. */
  if (g_subprocess_get_identifier (self->subprocess) != NULL)
    return NULL;

  if (g_subprocess_get_if_exited (self->subprocess))
    return g_strdup_printf (_("“%s” has ended with status %d"), self->name,
                            g_subprocess_get_exit_status (self->subprocess));

  return g_strdup_printf (_("“%s” was ended by signal %d"), self->name,
                          g_subprocess_get_term_sig (self->subprocess));
}

static void
append_to_message (GError     *error,
                   const char *what)
{
  char *message = g_strconcat (error->message, "; ", what, NULL);

  g_free (error->message);
  error->message = message;
}

void
vici_process_explain (ViciProcess *self,
                      GError      *error)
{
  g_autofree char *end = NULL;
  g_autofree char *said = NULL;

  if (self == NULL)
    return;

  end = describe_end (self);
  if (end != NULL)
    append_to_message (error, end);

  said = vici_process_dup_said (self);
  if (said != NULL)
    {
      g_autofree char *what = g_strdup_printf (_("“%s” says: %s"), self->name, said);

      append_to_message (error, what);
    }
}

static gboolean
on_grace_over (gpointer group)
{
  return G_SOURCE_REMOVE;
}

/* Who still is in a group keeps its number from being used again. */
static void
kill_group (gpointer group)
{
  killpg (GPOINTER_TO_INT (group), SIGKILL);
}

void
vici_process_terminate (ViciProcess *self)
{
  const char *group = g_subprocess_get_identifier (self->subprocess);

  /* The number of one that was reaped long ago may be somebody else's. */
  if (self->grace != NULL || group == NULL)
    return;

  killpg (atoi (group), SIGTERM);

  /* Its end is the end of the group, whoever brings it about. */
  self->grace = g_timeout_source_new (self->grace_ms);
  g_source_set_static_name (self->grace, "[vici-glib] grace of a program");
  g_source_set_callback (self->grace, on_grace_over, GINT_TO_POINTER (atoi (group)), kill_group);
  g_source_attach (self->grace, g_main_context_get_thread_default ());
}

/* -- The object -- */

GSubprocess *
vici_process_get_subprocess (ViciProcess *self)
{
  return self->subprocess;
}

/* Without a main loop nothing would come of a grace. */
static void
vici_process_finalize (GObject *object)
{
  ViciProcess *self = VICI_PROCESS (object);

  if (self->subprocess != NULL)
    vici_process_terminate (self);
  if (self->grace != NULL && g_main_depth () == 0)
    g_source_destroy (self->grace);
  g_clear_pointer (&self->grace, g_source_unref);
  g_clear_object (&self->subprocess);
  stop_listening (self);
  g_string_free (self->said, TRUE);
  g_free (self->name);

  G_OBJECT_CLASS (vici_process_parent_class)->finalize (object);
}

static void
vici_process_class_init (ViciProcessClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_process_finalize;
}

static void
vici_process_init (ViciProcess *self)
{
  self->error_fd = -1;
  self->said = g_string_new (NULL);
}

/* In the child: nothing here may allocate. */
static void
leave_session (gpointer user_data)
{
  setsid ();
}

ViciProcess *
vici_process_new (GSubprocessLauncher *launcher,
                  const char * const  *argv,
                  guint                grace_ms,
                  GError             **error)
{
  g_autoptr (ViciProcess) self = g_object_new (VICI_TYPE_PROCESS, NULL);
  g_autoptr (GError) local_error = NULL;

  self->name = g_path_get_basename (argv[0]);
  self->grace_ms = grace_ms;
  if (!open_error_pipe (self, launcher, error))
    return NULL;

  g_subprocess_launcher_set_child_setup (launcher, leave_session, NULL, NULL);
  self->subprocess = g_subprocess_launcher_spawnv (launcher, argv, &local_error);
  if (self->subprocess == NULL)
    {
      g_set_error (error, local_error->domain, local_error->code,
                   _("Cannot run “%s”: %s"), argv[0], local_error->message);
      return NULL;
    }

  return g_steal_pointer (&self);
}
