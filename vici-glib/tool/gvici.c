/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <glib/gi18n.h>
#include <locale.h>
#include <vici-glib/vici-glib.h>

#include "gvici-args.h"
#include "gvici-call.h"
#include "gvici-commands.h"
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
  gboolean version;
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
                         "  gvici listen ike-updown child-updown\n\n");
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

static gboolean
parse_options (Options *self,
               int      argc,
               char   **argv,
               GError **error)
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
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version,
      N_("Print the version of this program"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->words, NULL, NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_("COMMAND [ARGUMENT…] | listen EVENT… | proxy … | discover [OPTION…]"));
  g_autofree char *description = get_description ();

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Calls a command of strongSwan’s IKE daemon, or prints its events as they come."));
  g_option_context_set_description (context, description);

  return g_option_context_parse (context, &argc, &argv, error);
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
build_request (const char         *command,
               const char * const *args,
               GError            **error)
{
  g_autoptr (GviciSection) request = gvici_section_new ();

  for (guint i = 0; args[i] != NULL; i++)
    {
      if (!gvici_args_add (request, args[i], error))
        return NULL;
    }

  return gvici_section_build (request, gvici_command_is_secret (command), error);
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
      request = build_request (command, args, error);
      if (request == NULL)
        return GVICI_STATUS_USAGE;
    }

  gvici_client_init (&client, self->uri, get_format (self));
  vici_connection_set_timeout (client.connection, self->timeout);

  status = listens ? gvici_listen (&client, args) : gvici_call (&client, command, request);
  gvici_client_clear (&client);

  return status;
}

int
main (int    argc,
      char **argv)
{
  g_auto (Options) options = { .timeout = DEFAULT_TIMEOUT };
  g_autoptr (GError) error = NULL;
  GviciStatus status = GVICI_STATUS_USAGE;

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

  if (parse_options (&options, argc, argv, &error) && options.version)
    {
      g_print ("gvici %s\n", VICI_VERSION_S);
      return GVICI_STATUS_OK;
    }

  if (error == NULL && check_options (&options, &error))
    status = run (&options, &error);

  if (error != NULL)
    gvici_print_error (error->message);

  return status;
}
