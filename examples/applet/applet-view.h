/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-part.h"

G_BEGIN_DECLS

#define APPLET_TYPE_VIEW (applet_view_get_type ())

G_DECLARE_DERIVABLE_TYPE (AppletView, applet_view, APPLET, VIEW, AppletPart)

/**
 * AppletViewClass:
 * @bind: it has another item, or none: what hangs on the item is taken up or let go
 * @update: the item has changed, or a second has passed
 * @dup_label: what a screen reader says of it in a list; not what changes by the second
 */
struct _AppletViewClass
{
  AppletPartClass parent_class;

  void (*bind) (AppletView *self);
  void (*update) (AppletView *self);
  char *(*dup_label) (AppletView *self);
};

gpointer applet_view_get_item (AppletView *self);
gpointer applet_view_get_list_item (AppletView *self);
void applet_view_set_item (AppletView *self,
                           gpointer    item);
void applet_view_queue_update (AppletView *self);

GtkListItemFactory *applet_view_factory_new (GType          view_type,
                                             AppletSession *session);

G_END_DECLS
