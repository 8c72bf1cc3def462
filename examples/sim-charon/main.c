/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A daemon that can be talked to like strongSwan's charon, and has no network: the
 * peers that it connects to are in its imagination. For tests of programs that
 * talk to charon, and to try things out. */

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim-parts.h"

#define DEFAULT_URI "unix:///var/run/charon.vici"

typedef struct
{
  GStrv  uris;
  GStrv  faults;
  char  *version;
  int    latency;
  double speed;
  int    traffic;
  gboolean verbose;
} Options;

static void
options_clear (Options *options)
{
  g_strfreev (options->uris);
  g_strfreev (options->faults);
  g_free (options->version);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
parse_options (Options *options,
               int     *argc,
               char  ***argv,
               GError **error)
{
  static const char fault_text[] =
    "Go wrong: slow:COMMAND[:MS], silent:COMMAND, close:COMMAND, malformed:COMMAND, "
    "fail:COMMAND[:ERRMSG], unreachable:ADDRESS or refuse:ADDRESS";
  GOptionEntry entries[] = {
    { "uri", 'u', 0, G_OPTION_ARG_STRING_ARRAY, &options->uris, "Listen there; can be given again (" DEFAULT_URI ")", "URI" },
    { "version", 'v', 0, G_OPTION_ARG_STRING, &options->version, "Be that release (5.9.8)", "VERSION" },
    { "fault", 'f', 0, G_OPTION_ARG_STRING_ARRAY, &options->faults, fault_text, "FAULT" },
    { "latency", 'l', 0, G_OPTION_ARG_INT, &options->latency, "How long an IKE peer takes to answer (20)", "MS" },
    { "speed", 's', 0, G_OPTION_ARG_DOUBLE, &options->speed, "How much faster lifetimes pass (1)", "FACTOR" },
    { "traffic", 't', 0, G_OPTION_ARG_INT, &options->traffic, "What crosses a tunnel in a second, each way (10)", "PACKETS" },
    { "log", 0, 0, G_OPTION_ARG_NONE, &options->verbose, "Print the log", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("- a simulated charon");

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (*argc > 1 || options->latency < 0 || options->speed <= 0 || options->traffic < 0)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   *argc > 1 ? "there are arguments left" : "a value is too small");
      return FALSE;
    }

  return TRUE;
}

static gboolean
set_up (Sim     *sim,
        Options *options,
        GError **error)
{
  static const char * const defaults[] = { DEFAULT_URI, NULL };
  const char * const *uris = options->uris != NULL ? (const char * const *) options->uris : defaults;

  sim->latency = (guint) options->latency;
  sim->speed = options->speed;
  sim->traffic = (guint) options->traffic;
  sim->verbose = options->verbose;

  for (gsize i = 0; options->faults != NULL && options->faults[i] != NULL; i++)
    {
      if (!sim_faults_add (sim->faults, options->faults[i]))
        {
          g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                       "no such fault: %s", options->faults[i]);
          return FALSE;
        }
    }

  for (; *uris != NULL; uris++)
    if (!sim_listeners_listen (sim->listeners, *uris, error))
      return FALSE;

  return TRUE;
}

static gboolean
on_stop (gpointer loop)
{
  g_main_loop_quit (loop);

  return G_SOURCE_CONTINUE;
}

static void
run (Sim *sim)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  GPtrArray *uris = sim_listeners_get (sim->listeners);

  g_unix_signal_add (SIGINT, on_stop, loop);
  g_unix_signal_add (SIGTERM, on_stop, loop);

  /* Whoever started it may wait for this: it listens. */
  for (guint i = 0; i < uris->len; i++)
    g_print ("%s\n", (const char *) uris->pdata[i]);
  fflush (stdout);

  g_main_loop_run (loop);
}

int
main (int   argc,
      char *argv[])
{
  g_auto (Options) options = { .latency = 20, .speed = 1, .traffic = 10 };
  g_autoptr (GError) error = NULL;
  g_autoptr (Sim) sim = NULL;

  setlocale (LC_ALL, "");
  if (parse_options (&options, &argc, &argv, &error))
    {
      sim = sim_new (options.version != NULL ? options.version : "5.9.8");
      if (set_up (sim, &options, &error))
        {
          run (sim);
          return EXIT_SUCCESS;
        }
    }

  g_printerr ("sim-charon: %s\n", error->message);

  return EXIT_FAILURE;
}
