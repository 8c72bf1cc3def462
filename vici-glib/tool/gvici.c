/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gi18n.h>
#include <locale.h>
#include <vici-glib/vici-glib.h>

#include "gvici-args.h"
#include "gvici-call.h"
#include "gvici-check.h"
#include "gvici-commands.h"
#include "gvici-complete.h"
#include "gvici-discover.h"
#include "gvici-listen.h"
#include "gvici-proxy.h"

#define DEFAULT_TIMEOUT 30000

typedef struct
{
  char    *uri;
  gboolean json;
  gboolean pretty;
  gboolean raw;
  int      timeout;     /* ms */
  gboolean unchecked;
  gboolean version;
  gboolean help;
  GStrv    words;       /* the command, or "listen", and what follows */
} Options;

static void
options_clear (Options *self)
{
  g_free (self->uri);
  g_strfreev (self->words);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static char *
get_description (void)
{
  GString *text = g_string_new (NULL);

  g_string_append (text, _("Arguments of a command:\n"
                           "  KEY=VALUE            a value\n"
                           "  KEY=[VALUE,VALUE]    a list\n"
                           "  KEY=@FILE            a value, from a file\n"
                           "  SECTION.KEY=VALUE    any of these in a section\n"
                           "  @FILE                a whole request in JSON, from a file\n"));
  g_string_append (text, _("FILE may be “-” for standard input; a backslash takes the meaning from . = [ @ ,"));
  g_string_append (text, "\n\n");
  g_string_append (text, _("Examples:"));
  g_string_append (text, "\n"
                         "  gvici --json list-sas ike=home\n"
                         "  gvici initiate child=net timeout=10000\n"
                         "  gvici load-conn home.version=2 home.remote_addrs=[192.0.2.1]\n"
                         "  gvici listen ike-updown child-updown\n"
                         "  gvici load-conn --help\n\n");
  g_string_append (text, _("Exit status: 0; 1 if the daemon refused; 2 on wrong usage; 3 if the daemon cannot\n"
                           "be reached or the connection broke."));
  g_string_append (text, "\n\n");

  g_string_append (text, _("Commands of strongSwan:"));
  gvici_append_commands (text);
  g_string_append (text, "\n\n");
  g_string_append (text, _("Events of strongSwan:"));
  gvici_append_events (text);

  return g_string_free (text, FALSE);
}

static GOptionContext *
create_context (Options *self)
{
  const GOptionEntry entries[] = {
    { "uri", 0, 0, G_OPTION_ARG_FILENAME, &self->uri,
      N_("Where the daemon listens (unix:///var/run/charon.vici)"), N_("URI") },
    { "pretty", 0, 0, G_OPTION_ARG_NONE, &self->pretty,
      N_("Print each message over several lines (the default)"), NULL },
    { "raw", 0, 0, G_OPTION_ARG_NONE, &self->raw,
      N_("Print each message on one line, as swanctl does"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json,
      N_("Print each message on one line, as JSON"), NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &self->timeout,
      N_("How long the daemon may be silent (30000; 0: for ever)"), N_("MS") },
    { "unchecked", 0, 0, G_OPTION_ARG_NONE, &self->unchecked,
      N_("Send the arguments whatever they are"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version,
      N_("Print the version of this program"), NULL },
    { "help", 'h', 0, G_OPTION_ARG_NONE, &self->help,
      N_("Print this, or what is known of the command or event"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->words, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  GOptionContext *context = g_option_context_new (_("COMMAND [ARGUMENT…] | listen EVENT… | proxy … | discover [OPTION…]"));
  g_autofree char *description = get_description ();

  /* The help of a command is asked for with the same option. */
  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Calls a command of strongSwan’s IKE daemon, or prints its events as they come."));
  g_option_context_set_description (context, description);

  return context;
}

static gboolean
check_options (const Options *self,
               GError       **error)
{
  if (self->json + self->pretty + self->raw > 1)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                         _("Only one of --json, --pretty and --raw can be given"));
  else if (self->timeout < 0)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("The timeout is %d ms; it cannot be negative"), self->timeout);
  else if (self->words == NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         _("No command is given; see gvici --help"));
  else if (g_str_equal (self->words[0], "listen") && self->words[1] == NULL)
    g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                         _("No event to listen for is given; see gvici --help"));
  else
    return TRUE;

  return FALSE;
}

static ViciMessage *
build_request (const Options      *self,
               const char         *command,
               const char * const *args,
               GError            **error)
{
  g_autoptr (GviciSection) section = gvici_section_new ();
  g_autoptr (ViciMessage) request = NULL;

  for (guint i = 0; args[i] != NULL; i++)
    {
      if (!gvici_args_add (section, args[i], error))
        return NULL;
    }

  request = gvici_section_build (section, gvici_command_is_secret (command), error);
  if (request == NULL || (!self->unchecked && !gvici_check_request (command, request, error)))
    return NULL;

  return g_steal_pointer (&request);
}

static GviciFormat
get_format (const Options *self)
{
  if (self->json)
    return GVICI_FORMAT_JSON;

  return self->raw ? GVICI_FORMAT_RAW : GVICI_FORMAT_PRETTY;
}

static GviciStatus
run (const Options *self,
     GError       **error)
{
  const char *command = self->words[0];
  const char * const *args = (const char * const *) self->words + 1;
  gboolean listens = g_str_equal (command, "listen");
  g_autoptr (ViciMessage) request = NULL;
  GviciClient client;
  GviciStatus status;

  if (!listens)
    {
      request = build_request (self, command, args, error);
      if (request == NULL)
        return GVICI_STATUS_USAGE;
    }

  gvici_client_init (&client, self->uri, get_format (self));
  vici_connection_set_timeout (client.connection, self->timeout);

  status = listens ? gvici_listen (&client, args) : gvici_call (&client, command, request);
  gvici_client_clear (&client);

  return status;
}

/* Of the command, of the events, or of the program. */
static GviciStatus
print_help (const Options  *self,
            GOptionContext *context,
            GError        **error)
{
  gboolean listens = self->words != NULL && g_str_equal (self->words[0], "listen");
  char **names = self->words;
  guint n_names = 1;

  if (listens)
    n_names = g_strv_length (++names);

  if (names == NULL || n_names == 0)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      g_print ("%s", help);
      return GVICI_STATUS_OK;
    }

  for (guint i = 0; i < n_names; i++)
    {
      g_autofree char *help = listens ? gvici_describe_event (names[i], error)
                                      : gvici_describe_command (names[i], error);

      if (help == NULL)
        return GVICI_STATUS_USAGE;

      g_print ("%s%s\n", i > 0 ? "\n" : "", help);
    }

  return GVICI_STATUS_OK;
}

static GviciStatus
parse_and_run (int      argc,
               char   **argv,
               GError **error)
{
  g_auto (Options) options = { .timeout = DEFAULT_TIMEOUT };
  g_autoptr (GOptionContext) context = create_context (&options);

  if (!g_option_context_parse (context, &argc, &argv, error))
    return GVICI_STATUS_USAGE;

  if (options.help)
    return print_help (&options, context, error);

  if (options.version)
    {
      g_print ("gvici %s\n", VICI_VERSION_S);
      return GVICI_STATUS_OK;
    }

  return check_options (&options, error) ? run (&options, error) : GVICI_STATUS_USAGE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  GviciStatus status;

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, VICI_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);

  /* These have options of their own. */
  if (argc > 1 && g_str_equal (argv[1], "proxy"))
    {
      g_set_prgname ("gvici proxy");
      return gvici_proxy (argc - 1, argv + 1);
    }
  if (argc > 1 && g_str_equal (argv[1], "discover"))
    {
      g_set_prgname ("gvici discover");
      return gvici_discover (argc - 1, argv + 1);
    }

  /* What follows is unfinished. */
  if (argc > 1 && g_str_equal (argv[1], "--complete"))
    {
      gvici_complete ((const char * const *) argv + 2);
      return GVICI_STATUS_OK;
    }

  status = parse_and_run (argc, argv, &error);
  if (error != NULL)
    gvici_print_error (error->message);

  return status;
}
