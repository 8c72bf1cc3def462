/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-window.h"

#include <glib/gi18n.h>

#include "applet-banner.h"
#include "applet-cert-page.h"
#include "applet-conn-page.h"
#include "applet-control-log.h"
#include "applet-editor.h"
#include "applet-keeper.h"
#include "applet-list-page.h"
#include "applet-log-page.h"
#include "applet-text.h"

struct _AppletWindow
{
  AdwApplicationWindow parent_instance;

  AppletSession  *session;
  AppletStore    *store;         /* of the monitor */
  GSignalGroup   *conn_signals;  /* of the connection that has its page */

  AdwToastOverlay *toasts;
  AdwLeaflet      *leaflet;
  GtkWidget       *main_page;
  AdwViewStack    *views;
  AppletListPage  *list_page;
  AppletLogPage   *log_page;
  AppletConnPage  *conn_page;
};

enum
{
  PROP_SESSION = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (AppletWindow, applet_window, ADW_TYPE_APPLICATION_WINDOW)

static ViciMonitor *
get_monitor (AppletWindow *self)
{
  return applet_session_get_monitor (self->session);
}

/* The focus goes along, so that who uses the keyboard is where the page is. */
static void
show_list (AppletWindow *self)
{
  if (adw_leaflet_get_visible_child (self->leaflet) == self->main_page)
    return;

  adw_leaflet_set_visible_child (self->leaflet, self->main_page);
  applet_list_page_focus (self->list_page);
}

/* The page lets go of its connection when it is out of sight. */
static void
on_navigated (AppletWindow *self)
{
  if (adw_leaflet_get_visible_child (self->leaflet) == self->main_page &&
      !adw_leaflet_get_child_transition_running (self->leaflet))
    applet_view_set_item (APPLET_VIEW (self->conn_page), NULL);
}

static void
show_conn (AppletWindow *self,
           gpointer      item)
{
  applet_view_set_item (APPLET_VIEW (self->conn_page), item);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->conn_page));
  applet_conn_page_focus (self->conn_page);
}

/* What is shown may have gone, and another of its name may have come. */
static void
update_conn_page (AppletWindow *self)
{
  ViciItem *shown = applet_view_get_item (APPLET_VIEW (self->conn_page));
  ViciConnItem *found;

  if (shown == NULL)
    return;

  found = vici_monitor_find_conn (get_monitor (self), vici_item_get_name (shown));
  if (found != NULL)
    applet_view_set_item (APPLET_VIEW (self->conn_page), found);
  else
    show_list (self);
}

/* What is kept of connections is needed to change them, and there must be one to change. */
static void
update_actions (AppletWindow *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  ViciConnItem *item = applet_view_get_item (APPLET_VIEW (self->conn_page));
  gboolean ready = vici_monitor_get_state (get_monitor (self)) == VICI_MONITOR_READY &&
                   !applet_store_is_reading (self->store);
  gboolean configured = item != NULL && vici_conn_item_get_configured (item);

  gtk_widget_action_set_enabled (widget, "win.add", ready);
  gtk_widget_action_set_enabled (widget, "win.edit", ready && configured);
  gtk_widget_action_set_enabled (widget, "win.delete", ready && configured);
}

static void
on_conn_shown (AppletWindow *self)
{
  g_signal_group_set_target (self->conn_signals, applet_view_get_item (APPLET_VIEW (self->conn_page)));
  update_actions (self);
}

static void
present (AppletWindow *self,
         GtkWidget    *window)
{
  gtk_window_set_transient_for (GTK_WINDOW (window), GTK_WINDOW (self));
  /* The shortcuts of the application are there too. */
  gtk_window_set_application (GTK_WINDOW (window), gtk_window_get_application (GTK_WINDOW (self)));
  gtk_window_present (GTK_WINDOW (window));
}

static char *
describe_failure (ViciConnItem *item,
                  const char   *reason)
{
  return g_strdup_printf ("%s: %s", vici_item_get_name (VICI_ITEM (item)), reason);
}

static void
on_toast_details (AppletWindow *self,
                  AdwToast     *toast)
{
  present (self, applet_control_log_new (g_object_get_data (G_OBJECT (toast), "log"),
                                         adw_toast_get_title (toast)));
}

static void
add_toast (AppletWindow   *self,
           const char     *text,
           ViciControlLog *log)
{
  g_autofree char *title = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (title);

  if (log != NULL)
    {
      adw_toast_set_button_label (toast, _("Details"));
      adw_toast_set_timeout (toast, 10);
      g_object_set_data_full (G_OBJECT (toast), "log", g_object_ref (log), g_object_unref);
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (on_toast_details), self,
                               G_CONNECT_SWAPPED);
    }
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
show_store_error (AppletWindow *self)
{
  const GError *error = applet_store_get_error (self->store);
  g_autofree char *text = NULL;

  if (error == NULL)
    return;

  /* TRANSLATORS: an error comes behind it */
  text = g_strdup_printf (_("The saved connections could not be read: %s"), error->message);
  add_toast (self, text, NULL);
}

static void
on_store_read (AppletWindow *self)
{
  update_actions (self);
  show_store_error (self);
}

static void
on_failed (AppletWindow   *self,
           ViciConnItem   *item,
           ViciControlLog *log,
           const char     *reason)
{
  g_autofree char *text = describe_failure (item, reason);

  add_toast (self, text, log);
}

/* When the toast has gone. */
static void
show_failure (GtkWidget  *widget,
              const char *action_name,
              GVariant   *parameter)
{
  AppletWindow *self = APPLET_WINDOW (widget);
  ViciConnItem *item = applet_view_get_item (APPLET_VIEW (self->conn_page));
  ViciControlLog *log = item != NULL ? applet_session_get_failure_log (self->session, item) : NULL;
  g_autofree char *reason = NULL;
  g_autofree char *text = NULL;
  g_autofree char *markup = NULL;

  if (log == NULL)
    return;

  reason = applet_text_conn_state (item, self->session);
  text = describe_failure (item, reason);
  markup = g_markup_escape_text (text, -1);
  present (self, applet_control_log_new (log, markup));
}

static void
on_refreshed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (AppletWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!vici_monitor_refresh_finish (VICI_MONITOR (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    add_toast (self, error->message, NULL);
}

static void
refresh (GtkWidget  *widget,
         const char *action_name,
         GVariant   *parameter)
{
  AppletWindow *self = APPLET_WINDOW (widget);

  if (vici_monitor_get_state (get_monitor (self)) == VICI_MONITOR_READY)
    vici_monitor_refresh_async (get_monitor (self), NULL, on_refreshed, g_object_ref (self));
  else
    vici_monitor_retry (get_monitor (self));
}

static void
open_conn (GtkWidget  *widget,
           const char *action_name,
           GVariant   *parameter)
{
  AppletWindow *self = APPLET_WINDOW (widget);
  ViciConnItem *item = vici_monitor_find_conn (get_monitor (self), g_variant_get_string (parameter, NULL));

  if (item != NULL)
    show_conn (self, item);
}

/* GTK would make it once and hide it. But GTK 4.8 crashes when a screen reader asks for a
 * window that was never shown: that is what it makes of an index that is none any more. */
static void
show_shortcuts (GtkWidget  *widget,
                const char *action_name,
                GVariant   *parameter)
{
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource ("/org/example/ViciApplet/applet-shortcuts.ui");

  present (APPLET_WINDOW (widget), GTK_WIDGET (gtk_builder_get_object (builder, "shortcuts")));
}

static void
add (GtkWidget  *widget,
     const char *action_name,
     GVariant   *parameter)
{
  AppletWindow *self = APPLET_WINDOW (widget);

  present (self, applet_editor_new (get_monitor (self), NULL));
}

static void
edit (GtkWidget  *widget,
      const char *action_name,
      GVariant   *parameter)
{
  AppletWindow *self = APPLET_WINDOW (widget);
  ViciConnItem *item = applet_view_get_item (APPLET_VIEW (self->conn_page));

  if (item != NULL)
    present (self, applet_editor_new (get_monitor (self), item));
}

static void
ask_delete (GtkWidget  *widget,
            const char *action_name,
            GVariant   *parameter)
{
  AppletWindow *self = APPLET_WINDOW (widget);
  ViciConnItem *item = applet_view_get_item (APPLET_VIEW (self->conn_page));

  if (item != NULL)
    applet_editor_confirm_delete (GTK_WINDOW (self), get_monitor (self), item);
}

static void
on_secret_saved (AppletWindow *self,
                 ViciConnItem *item)
{
  /* The daemon may have been started again meanwhile, and it is another item then. */
  ViciConnItem *found = vici_monitor_find_conn (get_monitor (self), vici_item_get_name (VICI_ITEM (item)));

  if (found != NULL)
    applet_session_switch (self->session, found, TRUE);
}

/* A daemon that was started again does not have the secrets of before. */
static gboolean
on_before_up (AppletWindow *self,
              ViciConnItem *item)
{
  GtkWidget *editor = applet_editor_new_for_secret (get_monitor (self), item);

  if (editor == NULL)
    return FALSE;

  g_signal_connect_object (editor, "saved", G_CALLBACK (on_secret_saved), self, G_CONNECT_SWAPPED);
  present (self, editor);

  return TRUE;
}

static void
back (GtkWidget  *widget,
      const char *action_name,
      GVariant   *parameter)
{
  show_list (APPLET_WINDOW (widget));
}

static void
search (GtkWidget  *widget,
        const char *action_name,
        GVariant   *parameter)
{
  AppletWindow *self = APPLET_WINDOW (widget);

  show_list (self);
  adw_view_stack_set_visible_child_name (self->views, "log");
  applet_log_page_search (self->log_page);
}

/* Whether somebody can look: not when there is no window, or only its icon. */
static void
update_seen (AppletWindow *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  gboolean minimised = surface != NULL &&
                       (gdk_toplevel_get_state (GDK_TOPLEVEL (surface)) & GDK_TOPLEVEL_STATE_MINIMIZED) != 0;

  applet_session_set_seen (self->session, gtk_widget_get_mapped (GTK_WIDGET (self)) && !minimised);
}

static void
applet_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (applet_window_parent_class)->realize (widget);

  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "notify::state",
                           G_CALLBACK (update_seen), widget, G_CONNECT_SWAPPED);
}

static void
applet_window_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (applet_window_parent_class)->map (widget);
  update_seen (APPLET_WINDOW (widget));
}

static void
applet_window_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (applet_window_parent_class)->unmap (widget);
  update_seen (APPLET_WINDOW (widget));
}

static void
applet_window_constructed (GObject *object)
{
  AppletWindow *self = APPLET_WINDOW (object);

  G_OBJECT_CLASS (applet_window_parent_class)->constructed (object);

  self->store = g_object_ref (applet_keeper_get_store (get_monitor (self)));

  g_signal_connect_object (self->store, "read", G_CALLBACK (on_store_read), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->conn_page, "notify::item", G_CALLBACK (on_conn_shown), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_monitor (self), "notify::state",
                           G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (vici_monitor_get_conns (get_monitor (self)), "items-changed",
                           G_CALLBACK (update_conn_page), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "before-up", G_CALLBACK (on_before_up), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->session, "failed", G_CALLBACK (on_failed), self, G_CONNECT_SWAPPED);
  update_actions (self);
  show_store_error (self);
}

static void
applet_window_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  AppletWindow *self = APPLET_WINDOW (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_window_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  AppletWindow *self = APPLET_WINDOW (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      self->session = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_window_finalize (GObject *object)
{
  AppletWindow *self = APPLET_WINDOW (object);

  g_object_unref (self->conn_signals);
  g_object_unref (self->store);
  g_object_unref (self->session);

  G_OBJECT_CLASS (applet_window_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (APPLET_TYPE_BANNER);
  g_type_ensure (APPLET_TYPE_CERT_PAGE);
  g_type_ensure (APPLET_TYPE_CONN_PAGE);
  g_type_ensure (APPLET_TYPE_LIST_PAGE);
  g_type_ensure (APPLET_TYPE_LOG_PAGE);
  g_type_ensure (VICI_TYPE_MONITOR);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-window.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, AppletWindow, leaflet);
  gtk_widget_class_bind_template_child (widget_class, AppletWindow, main_page);
  gtk_widget_class_bind_template_child (widget_class, AppletWindow, views);
  gtk_widget_class_bind_template_child (widget_class, AppletWindow, list_page);
  gtk_widget_class_bind_template_child (widget_class, AppletWindow, log_page);
  gtk_widget_class_bind_template_child (widget_class, AppletWindow, conn_page);
  gtk_widget_class_bind_template_callback (widget_class, on_navigated);
}

static void
applet_window_class_init (AppletWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = applet_window_constructed;
  object_class->get_property = applet_window_get_property;
  object_class->set_property = applet_window_set_property;
  object_class->finalize = applet_window_finalize;
  widget_class->realize = applet_window_realize;
  widget_class->map = applet_window_map;
  widget_class->unmap = applet_window_unmap;

  properties[PROP_SESSION] =
    g_param_spec_object ("session", NULL, NULL, APPLET_TYPE_SESSION,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  bind_template (widget_class);

  gtk_widget_class_install_action (widget_class, "win.open", "s", open_conn);
  gtk_widget_class_install_action (widget_class, "win.add", NULL, add);
  gtk_widget_class_install_action (widget_class, "win.edit", NULL, edit);
  gtk_widget_class_install_action (widget_class, "win.delete", NULL, ask_delete);
  gtk_widget_class_install_action (widget_class, "win.show-failure", NULL, show_failure);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh);
  gtk_widget_class_install_action (widget_class, "win.show-shortcuts", NULL, show_shortcuts);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back);
}

static void
applet_window_init (AppletWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->conn_signals = g_signal_group_new (VICI_TYPE_CONN_ITEM);
  g_signal_group_connect_swapped (self->conn_signals, "notify::configured",
                                  G_CALLBACK (update_actions), self);
}

AppletWindow *
applet_window_new (AppletApplication *application,
                   AppletSession     *session)
{
  return g_object_new (APPLET_TYPE_WINDOW,
                       "application", application,
                       "session", session,
                       NULL);
}
