/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-tab-stop.h"

/* Tab goes into it, and out of it again: for lists whose rows have nothing to use, and
 * which Tab would otherwise go through row by row. Arrows do that. */

struct _AppletTabStop
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (AppletTabStop, applet_tab_stop, ADW_TYPE_BIN)

static gboolean
applet_tab_stop_focus (GtkWidget       *widget,
                       GtkDirectionType direction)
{
  gboolean is_tab = direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD;

  if (is_tab && gtk_widget_get_focus_child (widget) != NULL)
    return FALSE;

  return GTK_WIDGET_CLASS (applet_tab_stop_parent_class)->focus (widget, direction);
}

static void
applet_tab_stop_class_init (AppletTabStopClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = applet_tab_stop_focus;
}

static void
applet_tab_stop_init (AppletTabStop *self)
{
}
