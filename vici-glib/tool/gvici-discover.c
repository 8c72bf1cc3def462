/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-discover.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT 5000

typedef struct
{
  gboolean     json;
  gboolean     watch;
  int          timeout;         /* ms; 0: as long as it takes */

  ViciBrowser *browser;
  GPtrArray   *shown;           /* when watching: the line of each service */
  GMainLoop   *loop;
  GviciStatus  status;
} Discover;

static void
finish (Discover   *self,
        GviciStatus status)
{
  self->status = status;
  g_main_loop_quit (self->loop);
}

static void
fail (Discover     *self,
      GviciStatus   status,
      const GError *error)
{
  /* One cause may end several things. */
  if (!g_main_loop_is_running (self->loop))
    return;

  gvici_print_error (error->message);
  finish (self, status);
}

/* -- Lines -- */

/* What a terminal would obey, or what would change the look of the rest, becomes
 * “\uXXXX”. In JSON, this stands for the same. */
static char *
escape_controls (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      g_autofree gunichar2 *units = NULL;
      glong n = 0;

      switch (g_unichar_type (c))
        {
        case G_UNICODE_CONTROL:
        case G_UNICODE_FORMAT:
        case G_UNICODE_LINE_SEPARATOR:
        case G_UNICODE_PARAGRAPH_SEPARATOR:
          units = g_ucs4_to_utf16 (&c, 1, NULL, &n, NULL);
          for (glong i = 0; i < n; i++)
            g_string_append_printf (escaped, "\\u%04x", units[i]);
          break;

        default:
          g_string_append_unichar (escaped, c);
          break;
        }
    }

  return g_string_free (escaped, FALSE);
}

static char *
to_text (ViciService *service)
{
  g_auto (GStrv) parts = g_strsplit (vici_service_get_name (service), "\\", -1);
  g_autofree char *name = g_strjoinv ("\\\\", parts);
  g_autofree char *escaped = escape_controls (name);

  return g_strconcat (vici_service_get_uri (service), "\t", escaped, NULL);
}

static char *
to_json (ViciService *service)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  json_object_set_string_member (object, "name", vici_service_get_name (service));
  json_object_set_string_member (object, "uri", vici_service_get_uri (service));
  json_object_set_string_member (object, "host", vici_service_get_host (service));
  json_object_set_string_member (object, "address", vici_service_get_address (service));
  json_object_set_string_member (object, "domain", vici_service_get_domain (service));
  node = json_node_init_object (json_node_alloc (), object);
  text = json_to_string (node, FALSE);

  return escape_controls (text);
}

static char *
to_line (Discover    *self,
         ViciService *service)
{
  return self->json ? to_json (service) : to_text (service);
}

static gboolean
print (Discover   *self,
       const char *line)
{
  g_autoptr (GError) error = NULL;

  if (gvici_print_line ("", line, &error))
    return TRUE;

  fail (self, GVICI_STATUS_USAGE, error);

  return FALSE;
}

/* @event: “found” or “gone”. */
static void
print_event (Discover   *self,
             const char *event,
             const char *line)
{
  g_autofree char *text = NULL;

  if (self->json)
    text = g_strdup_printf ("{\"%s\":%s}", event, line);
  else
    text = g_strdup_printf ("%c %s", *event == 'f' ? '+' : '-', line);

  print (self, text);
}

/* -- All for now -- */

static void
print_all (Discover *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->browser));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ViciService) service = g_list_model_get_item (G_LIST_MODEL (self->browser), i);
      g_autofree char *line = to_line (self, service);

      if (!print (self, line))
        return;
    }

  finish (self, GVICI_STATUS_OK);
}

static gboolean
on_timeout (gpointer user_data)
{
  print_all (user_data);

  return G_SOURCE_CONTINUE;
}

static void
on_started (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Discover *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!vici_browser_start_finish (self->browser, result, &error))
    fail (self, GVICI_STATUS_BROKEN, error);
  else if (!self->watch)
    print_all (self);
}

/* -- What comes and goes -- */

static void
on_service_changed (ViciService *service,
                    GParamSpec  *pspec,
                    Discover    *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->browser));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (ViciService) item = g_list_model_get_item (G_LIST_MODEL (self->browser), i);

      if (item == service)
        {
          print_event (self, "gone", self->shown->pdata[i]);
          g_free (self->shown->pdata[i]);
          self->shown->pdata[i] = to_line (self, service);
          print_event (self, "found", self->shown->pdata[i]);
        }
    }
}

static void
on_items_changed (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Discover   *self)
{
  for (guint i = 0; i < removed; i++)
    print_event (self, "gone", self->shown->pdata[position + i]);
  g_ptr_array_remove_range (self->shown, position, removed);

  for (guint i = position; i < position + added; i++)
    {
      g_autoptr (ViciService) service = g_list_model_get_item (model, i);
      char *line = to_line (self, service);

      g_ptr_array_insert (self->shown, (int) i, line);
      print_event (self, "found", line);
      g_signal_connect (service, "notify::uri", G_CALLBACK (on_service_changed), self);
    }
}

static gboolean
on_signal (gpointer user_data)
{
  finish (user_data, GVICI_STATUS_OK);

  return G_SOURCE_CONTINUE;
}

static gboolean
on_nobody_reads (int          fd,
                 GIOCondition condition,
                 gpointer     user_data)
{
  gvici_leave_pipe ();
}

static void
watch (Discover *self)
{
  g_signal_connect (self->browser, "items-changed", G_CALLBACK (on_items_changed), self);
  g_unix_signal_add (SIGINT, on_signal, self);
  g_unix_signal_add (SIGTERM, on_signal, self);
  g_unix_fd_add (STDOUT_FILENO, G_IO_ERR, on_nobody_reads, NULL);
}

/* -- The command -- */

static gboolean
parse_options (Discover *self,
               int       argc,
               char    **argv,
               GError  **error)
{
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json,
      N_("Print each service on one line, as JSON"), NULL },
    { "watch", 0, 0, G_OPTION_ARG_NONE, &self->watch,
      N_("Go on, and print what comes and goes"), NULL },
    { "timeout", 0, 0, G_OPTION_ARG_INT, &self->timeout,
      N_("How long to wait for answers (5000; 0: as long as it takes)"), N_("MS") },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("Lists the servers and proxies that are advertised in the network by mDNS."));

  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;

  if (argc > 1)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                 _("“%s” is no option; see gvici discover --help"), argv[1]);
  else if (self->timeout < 0)
    g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                 _("The timeout is %d ms; it cannot be negative"), self->timeout);
  else
    return TRUE;

  return FALSE;
}

static void
run (Discover *self)
{
  guint timer = 0;

  self->browser = vici_browser_new ();
  self->shown = g_ptr_array_new_with_free_func (g_free);
  self->loop = g_main_loop_new (NULL, FALSE);

  if (self->watch)
    watch (self);
  else if (self->timeout > 0)
    timer = g_timeout_add ((guint) self->timeout, on_timeout, self);

  vici_browser_start_async (self->browser, NULL, on_started, self);
  g_main_loop_run (self->loop);

  g_clear_handle_id (&timer, g_source_remove);
  g_signal_handlers_disconnect_by_data (self->browser, self);
  vici_browser_stop (self->browser);
  g_object_unref (self->browser);
  g_ptr_array_unref (self->shown);
  g_main_loop_unref (self->loop);
}

GviciStatus
gvici_discover (int    argc,
                char **argv)
{
  Discover self = { .timeout = DEFAULT_TIMEOUT, .status = GVICI_STATUS_USAGE };
  g_autoptr (GError) error = NULL;

  if (parse_options (&self, argc, argv, &error))
    run (&self);
  else
    gvici_print_error (error->message);

  return self.status;
}
