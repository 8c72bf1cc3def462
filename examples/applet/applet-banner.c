/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-banner.h"

/* Says how the daemon is, unless all is well: what is the matter, what to do about it,
 * and a button to try again. */

/* A state of passing is worth telling only when it does not pass. */
#define PATIENCE_MS 700

struct _AppletBanner
{
  AdwBin       parent_instance;

  ViciMonitor *monitor;
  GSignalGroup *monitor_signals;
  guint        patience_id;

  GtkRevealer *revealer;
  GtkSpinner  *spinner;
  GtkLabel    *state_label;
  GtkLabel    *hint_label;
  GtkWidget   *retry_button;
};

enum
{
  PROP_MONITOR = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (AppletBanner, applet_banner, ADW_TYPE_BIN)

static void
show (AppletBanner *self)
{
  ViciMonitorState state = vici_monitor_get_state (self->monitor);
  const char *hint = vici_monitor_get_hint (self->monitor);
  gboolean passing = state == VICI_MONITOR_CONNECTING || state == VICI_MONITOR_SYNCING;

  gtk_label_set_label (self->state_label, vici_monitor_get_state_text (self->monitor));
  gtk_label_set_label (self->hint_label, hint != NULL ? hint : "");
  gtk_widget_set_visible (GTK_WIDGET (self->hint_label), hint != NULL);
  gtk_widget_set_visible (self->retry_button, !passing);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), passing);
  gtk_spinner_set_spinning (self->spinner, passing);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
}

static gboolean
on_patience_ended (gpointer user_data)
{
  AppletBanner *self = user_data;

  self->patience_id = 0;
  show (self);

  return G_SOURCE_REMOVE;
}

static void
update (AppletBanner *self)
{
  g_clear_handle_id (&self->patience_id, g_source_remove);

  switch (vici_monitor_get_state (self->monitor))
    {
    case VICI_MONITOR_READY:
      gtk_spinner_stop (self->spinner);
      gtk_revealer_set_reveal_child (self->revealer, FALSE);
      break;
    case VICI_MONITOR_CONNECTING:
    case VICI_MONITOR_SYNCING:
      self->patience_id = g_timeout_add (PATIENCE_MS, on_patience_ended, self);
      break;
    default:
      show (self);
    }
}

static void
on_retry (AppletBanner *self)
{
  vici_monitor_retry (self->monitor);
}

static void
set_monitor (AppletBanner *self,
             ViciMonitor  *monitor)
{
  g_set_object (&self->monitor, monitor);
  g_signal_group_set_target (self->monitor_signals, monitor);
  if (monitor != NULL)
    update (self);
}

static void
applet_banner_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  AppletBanner *self = APPLET_BANNER (object);

  switch (prop_id)
    {
    case PROP_MONITOR:
      g_value_set_object (value, self->monitor);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_banner_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_MONITOR:
      set_monitor (APPLET_BANNER (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_banner_dispose (GObject *object)
{
  AppletBanner *self = APPLET_BANNER (object);

  g_clear_handle_id (&self->patience_id, g_source_remove);
  g_clear_object (&self->monitor_signals);
  g_clear_object (&self->monitor);

  G_OBJECT_CLASS (applet_banner_parent_class)->dispose (object);
}

static void
applet_banner_class_init (AppletBannerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = applet_banner_get_property;
  object_class->set_property = applet_banner_set_property;
  object_class->dispose = applet_banner_dispose;

  properties[PROP_MONITOR] =
    g_param_spec_object ("monitor", NULL, NULL, VICI_TYPE_MONITOR,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-banner.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletBanner, revealer);
  gtk_widget_class_bind_template_child (widget_class, AppletBanner, spinner);
  gtk_widget_class_bind_template_child (widget_class, AppletBanner, state_label);
  gtk_widget_class_bind_template_child (widget_class, AppletBanner, hint_label);
  gtk_widget_class_bind_template_child (widget_class, AppletBanner, retry_button);
  gtk_widget_class_bind_template_callback (widget_class, on_retry);
}

static void
applet_banner_init (AppletBanner *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  /* GTK 4.8 tells the text with its underscore, and that of the label in it as well. */
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self->retry_button), GTK_ACCESSIBLE_PROPERTY_LABEL);

  self->monitor_signals = g_signal_group_new (VICI_TYPE_MONITOR);
  g_signal_group_connect_swapped (self->monitor_signals, "notify::state", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->monitor_signals, "notify::state-text", G_CALLBACK (update), self);
}
