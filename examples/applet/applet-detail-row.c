/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-detail-row.h"

#include "applet-conn-summary.h"
#include "applet-sa-row.h"

/* A row of a connection's page, which is one list so that it can be long: the summary
 * of the connection, or one of its SAs. */

struct _AppletDetailRow
{
  AppletView parent_instance;
};

G_DEFINE_FINAL_TYPE (AppletDetailRow, applet_detail_row, APPLET_TYPE_VIEW)

static void
applet_detail_row_bind (AppletView *view)
{
  gpointer item = applet_view_get_list_item (view);
  GType wanted = VICI_IS_CONN_ITEM (item) ? APPLET_TYPE_CONN_SUMMARY : APPLET_TYPE_SA_ROW;
  GtkWidget *child = adw_bin_get_child (ADW_BIN (view));

  if (item != NULL && (child == NULL || G_OBJECT_TYPE (child) != wanted))
    {
      child = g_object_new (wanted, "session", applet_part_get_session (APPLET_PART (view)), NULL);
      adw_bin_set_child (ADW_BIN (view), child);
    }

  applet_view_set_item (APPLET_VIEW (child), item);
}

static void
applet_detail_row_class_init (AppletDetailRowClass *klass)
{
  APPLET_VIEW_CLASS (klass)->bind = applet_detail_row_bind;
}

static void
applet_detail_row_init (AppletDetailRow *self)
{
}
