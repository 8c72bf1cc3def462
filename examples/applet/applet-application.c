/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-application.h"

#include <glib/gi18n.h>
#include <vici-glib/vici-glib.h>

#include "applet-session.h"
#include "applet-window.h"

#define APPLICATION_ID "org.example.ViciApplet"

/* Whoever looks at a window should soon be told that the daemon does not answer. What
 * waits for a peer has its own time, and this besides. */
#define PATIENCE_MS 8000

struct _AppletApplication
{
  AdwApplication parent_instance;

  char          *uri;           /* NULL is the default of the library */
  AppletSession *session;
};

G_DEFINE_FINAL_TYPE (AppletApplication, applet_application, ADW_TYPE_APPLICATION)

static void
on_quit (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  GApplication *application = G_APPLICATION (user_data);
  GtkWindow *window;

  while ((window = gtk_application_get_active_window (GTK_APPLICATION (application))) != NULL)
    gtk_window_destroy (window);
  g_application_quit (application);
}

static void
on_about (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (user_data)),
                         "application-name", _("VPN Connections"),
                         "application-icon", APPLICATION_ID,
                         "comments", _("Shows and switches strongSwan’s connections."),
                         "developer-name", _("The vici-glib developers"),
                         "license-type", GTK_LICENSE_LGPL_2_1,
                         "version", VICI_VERSION_S,
                         NULL);
}

static void
applet_application_startup (GApplication *application)
{
  AppletApplication *self = APPLET_APPLICATION (application);
  static const GActionEntry entries[] = {
    { "quit", on_quit },
    { "about", on_about },
  };
  static const struct
  {
    const char *action;
    const char *accels[3];
  } shortcuts[] = {
    { "app.quit", { "<Control>q" } },
    { "window.close", { "<Control>w" } },
    { "win.add", { "<Control>n" } },
    { "win.search", { "<Control>f" } },
    { "win.refresh", { "F5", "<Control>r" } },
    { "win.show-shortcuts", { "<Control>question" } },
  };
  g_autoptr (ViciMonitor) monitor = NULL;

  G_APPLICATION_CLASS (applet_application_parent_class)->startup (application);

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  for (gsize i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), shortcuts[i].action,
                                           shortcuts[i].accels);

  gtk_window_set_default_icon_name (APPLICATION_ID);

  monitor = vici_monitor_new (self->uri);
  vici_connection_set_timeout (vici_monitor_get_connection (monitor), PATIENCE_MS);
  /* It also sees to it that a daemon that was started again gets its connections back. */
  self->session = applet_session_new (monitor);
}

static void
applet_application_activate (GApplication *application)
{
  AppletApplication *self = APPLET_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    window = GTK_WINDOW (applet_window_new (self, self->session));

  gtk_window_present (window);
}

static int
applet_application_handle_local_options (GApplication *application,
                                         GVariantDict *options)
{
  AppletApplication *self = APPLET_APPLICATION (application);

  if (!g_variant_dict_lookup (options, "uri", "s", &self->uri))
    self->uri = g_strdup (g_getenv ("VICI_URI"));

  /* One window for each daemon: who names one does not want the window of another. */
  if (self->uri != NULL)
    g_application_set_flags (application,
                             g_application_get_flags (application) | G_APPLICATION_NON_UNIQUE);

  return G_APPLICATION_CLASS (applet_application_parent_class)->handle_local_options (application, options);
}

static void
applet_application_shutdown (GApplication *application)
{
  AppletApplication *self = APPLET_APPLICATION (application);

  if (self->session != NULL)
    vici_monitor_stop (applet_session_get_monitor (self->session));
  g_clear_object (&self->session);

  G_APPLICATION_CLASS (applet_application_parent_class)->shutdown (application);
}

static void
applet_application_finalize (GObject *object)
{
  AppletApplication *self = APPLET_APPLICATION (object);

  g_free (self->uri);

  G_OBJECT_CLASS (applet_application_parent_class)->finalize (object);
}

static void
applet_application_class_init (AppletApplicationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  object_class->finalize = applet_application_finalize;
  application_class->startup = applet_application_startup;
  application_class->activate = applet_application_activate;
  application_class->shutdown = applet_application_shutdown;
  application_class->handle_local_options = applet_application_handle_local_options;
}

static void
applet_application_init (AppletApplication *self)
{
  const GOptionEntry entries[] = {
    { "uri", 'u', 0, G_OPTION_ARG_STRING, NULL,
      _("Where the daemon listens, instead of VICI_URI or the usual place"), _("URI") },
    { NULL }
  };

  g_application_add_main_option_entries (G_APPLICATION (self), entries);
}

AppletApplication *
applet_application_new (void)
{
  return g_object_new (APPLET_TYPE_APPLICATION,
                       "application-id", APPLICATION_ID,
                       "resource-base-path", "/org/example/ViciApplet",
                       NULL);
}
