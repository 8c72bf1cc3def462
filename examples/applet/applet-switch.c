/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-switch.h"

#include <glib/gi18n.h>

/* Brings its connection up and down. It shows what the connection does, and not what
 * was asked of it: halfway while it connects, and back again when that has failed. */

struct _AppletSwitch
{
  AppletView parent_instance;

  GtkSwitch *toggle;
  gboolean   following;         /* it is set after the connection, by nobody's hand */
};

G_DEFINE_FINAL_TYPE (AppletSwitch, applet_switch, APPLET_TYPE_VIEW)

static gboolean
on_state_set (AppletSwitch *self,
              gboolean      on)
{
  ViciConnItem *item = applet_view_get_item (APPLET_VIEW (self));

  if (!self->following && item != NULL)
    applet_session_switch (applet_part_get_session (APPLET_PART (self)), item, on);

  return GDK_EVENT_STOP;
}

static void
applet_switch_bind (AppletView *view)
{
  AppletSwitch *self = APPLET_SWITCH (view);
  ViciItem *item = applet_view_get_item (view);
  g_autofree char *label = NULL;

  if (item == NULL)
    return;

  /* TRANSLATORS: The name of a connection; what a screen reader says of its switch. */
  label = g_strdup_printf (_("Connection %s"), vici_item_get_name (item));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->toggle),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
applet_switch_update (AppletView *view)
{
  AppletSwitch *self = APPLET_SWITCH (view);
  ViciConnItem *item = applet_view_get_item (view);
  ViciConnState state = vici_conn_item_get_state (item);

  self->following = TRUE;
  gtk_switch_set_state (self->toggle, state == VICI_CONN_STATE_UP);
  gtk_switch_set_active (self->toggle,
                         state == VICI_CONN_STATE_UP || state == VICI_CONN_STATE_CONNECTING);
  self->following = FALSE;

  /* What is not configured can be brought down, and not up again. */
  gtk_widget_set_sensitive (GTK_WIDGET (self->toggle),
                            vici_conn_item_get_configured (item) || gtk_switch_get_active (self->toggle));
}

static gboolean
on_key (GtkWidget *widget,
        GVariant  *arguments,
        gpointer   user_data)
{
  return gtk_widget_activate (GTK_WIDGET (APPLET_SWITCH (widget)->toggle));
}

static void
applet_switch_class_init (AppletSwitchClass *klass)
{
  static const guint keys[] = { GDK_KEY_space, GDK_KEY_KP_Space, GDK_KEY_Return, GDK_KEY_KP_Enter };
  AppletViewClass *view_class = APPLET_VIEW_CLASS (klass);

  view_class->bind = applet_switch_bind;
  view_class->update = applet_switch_update;

  /* A switch leaves its keys to the window, and does not get them in a list, whose
   * rows take them first. */
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), keys[i], 0, on_key, NULL);
}

static void
applet_switch_init (AppletSwitch *self)
{
  self->toggle = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->toggle), GTK_ALIGN_CENTER);
  g_signal_connect_object (self->toggle, "state-set", G_CALLBACK (on_state_set), self,
                           G_CONNECT_SWAPPED);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->toggle));
}
