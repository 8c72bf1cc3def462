/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-log-page.h"

#include <glib/gi18n.h>

#include "applet-log-row.h"
#include "applet-log-text.h"
#include "applet-tab-stop.h"

/* The live log: searched, filtered, copied. It follows what comes, unless its reader
 * has scrolled up. */

struct _AppletLogPage
{
  AppletPart          parent_instance;

  GtkFilter          *filter;           /* of level and group */
  GtkStringFilter    *search_filter;
  GtkFilterListModel *lines;
  GtkSelectionModel  *selection;
  gboolean            following;
  guint               follow_id;
  double              last_value;       /* of the scrolling */

  GtkEditable        *search_entry;
  GtkDropDown        *level_dropdown;
  GtkDropDown        *group_dropdown;
  GtkStack           *stack;
  GtkScrolledWindow  *scroller;
  GtkListView        *lines_view;
  GtkWidget          *follow_button;
};

G_DEFINE_FINAL_TYPE (AppletLogPage, applet_log_page, APPLET_TYPE_PART)

static ViciLogModel *
get_log (AppletLogPage *self)
{
  return vici_monitor_get_log (applet_session_get_monitor (applet_part_get_session (APPLET_PART (self))));
}

/* The first of both lists is "all", so that the others are one further: level 0 is at
 * 1; the first group, which is the unknown one, is not offered. */
static gboolean
matches (gpointer item,
         gpointer user_data)
{
  AppletLogPage *self = user_data;
  guint level = gtk_drop_down_get_selected (self->level_dropdown);
  guint group = gtk_drop_down_get_selected (self->group_dropdown);

  return (level == 0 || vici_log_item_get_level (item) < level) &&
         (group == 0 || vici_log_item_get_group (item) == (ViciLogGroup) group);
}

static void
on_filter_changed (AppletLogPage *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
update_stack (AppletLogPage *self)
{
  const char *page = "list";

  if (g_list_model_get_n_items (G_LIST_MODEL (get_log (self))) == 0)
    page = "empty";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->lines)) == 0)
    page = "unmatched";

  gtk_stack_set_visible_child_name (self->stack, page);
}

static gboolean
on_follow_idle (gpointer user_data)
{
  AppletLogPage *self = user_data;
  guint n_lines = g_list_model_get_n_items (G_LIST_MODEL (self->lines));

  self->follow_id = 0;
  if (n_lines > 0)
    gtk_widget_activate_action (GTK_WIDGET (self->lines_view), "list.scroll-to-item", "u", n_lines - 1);

  return G_SOURCE_REMOVE;
}

/* Goes to the end, once the list has got its place on the screen. */
static void
follow (AppletLogPage *self)
{
  if (self->following && self->follow_id == 0)
    self->follow_id = g_idle_add (on_follow_idle, self);
}

static void
set_following (AppletLogPage *self,
               gboolean       following)
{
  self->following = following;
  gtk_widget_set_visible (self->follow_button, !following);
}

static void
on_follow (AppletLogPage *self)
{
  set_following (self, TRUE);
  follow (self);
}

/* Who goes up wants to read; who is at the end, to see what comes. The list itself
 * scrolls too, but not up, except to its end. */
static void
on_scrolled (AppletLogPage *self,
             GtkAdjustment *adjustment)
{
  double value = gtk_adjustment_get_value (adjustment);
  double end = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (value > end - 1)
    set_following (self, TRUE);
  else if (value < self->last_value)
    set_following (self, FALSE);

  self->last_value = value;
}

static void
on_lines_changed (AppletLogPage *self)
{
  update_stack (self);
  follow (self);
}

static void
copy (GtkWidget  *widget,
      const char *action_name,
      GVariant   *parameter)
{
  AppletLogPage *self = APPLET_LOG_PAGE (widget);
  g_autoptr (GtkBitset) selected = gtk_selection_model_get_selection (self->selection);
  g_autofree char *text = NULL;

  if (gtk_bitset_is_empty (selected))
    {
      text = applet_log_join (G_LIST_MODEL (self->lines));
    }
  else
    {
      g_autoptr (GtkSelectionFilterModel) model = gtk_selection_filter_model_new (self->selection);

      text = applet_log_join (G_LIST_MODEL (model));
    }

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
}

static void
clear (GtkWidget  *widget,
       const char *action_name,
       GVariant   *parameter)
{
  vici_log_model_clear (get_log (APPLET_LOG_PAGE (widget)));
}

static void
on_stop_search (AppletLogPage *self)
{
  gtk_editable_set_text (self->search_entry, "");
}

/**
 * applet_log_page_search:
 *
 * Lets the user type what to look for.
 */
void
applet_log_page_search (AppletLogPage *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
applet_log_page_begin (AppletPart *part)
{
  AppletLogPage *self = APPLET_LOG_PAGE (part);
  ViciLogModel *log = get_log (self);

  gtk_filter_list_model_set_model (self->lines, G_LIST_MODEL (log));
  g_signal_connect_object (log, "items-changed", G_CALLBACK (update_stack), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  update_stack (self);
}

static void
applet_log_page_dispose (GObject *object)
{
  AppletLogPage *self = APPLET_LOG_PAGE (object);

  /* The filter asks widgets that are about to go. To the list it is one more change. */
  gtk_filter_list_model_set_model (self->lines, NULL);
  g_clear_handle_id (&self->follow_id, g_source_remove);

  G_OBJECT_CLASS (applet_log_page_parent_class)->dispose (object);
}

static void
applet_log_page_finalize (GObject *object)
{
  AppletLogPage *self = APPLET_LOG_PAGE (object);

  g_object_unref (self->selection);
  g_object_unref (self->lines);
  g_object_unref (self->search_filter);
  g_object_unref (self->filter);

  G_OBJECT_CLASS (applet_log_page_parent_class)->finalize (object);
}

static void
applet_log_page_class_init (AppletLogPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = applet_log_page_dispose;
  object_class->finalize = applet_log_page_finalize;

  APPLET_PART_CLASS (klass)->begin = applet_log_page_begin;

  g_type_ensure (APPLET_TYPE_TAB_STOP);

  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy);
  gtk_widget_class_install_action (widget_class, "log.clear", NULL, clear);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "log.copy", NULL);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-log-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletLogPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, AppletLogPage, level_dropdown);
  gtk_widget_class_bind_template_child (widget_class, AppletLogPage, group_dropdown);
  gtk_widget_class_bind_template_child (widget_class, AppletLogPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AppletLogPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, AppletLogPage, lines_view);
  gtk_widget_class_bind_template_child (widget_class, AppletLogPage, follow_button);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_follow);
  gtk_widget_class_bind_template_callback (widget_class, follow);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
}

/* "All groups", and then each by the three letters that it has in every log. */
static GListModel *
make_groups (void)
{
  GtkStringList *groups = gtk_string_list_new (NULL);
  g_autoptr (GEnumClass) words = g_type_class_ref (VICI_TYPE_LOG_GROUP);

  gtk_string_list_append (groups, _("All groups"));
  for (guint i = VICI_LOG_GROUP_UNKNOWN + 1; i < words->n_values; i++)
    gtk_string_list_take (groups, g_ascii_strup (words->values[i].value_nick, -1));

  return G_LIST_MODEL (groups);
}

static void
make_filters (AppletLogPage *self)
{
  GtkEveryFilter *every = gtk_every_filter_new ();

  self->search_filter = gtk_string_filter_new (gtk_property_expression_new (VICI_TYPE_LOG_ITEM, NULL, "text"));
  g_object_bind_property (self->search_entry, "text", self->search_filter, "search", G_BINDING_DEFAULT);

  gtk_multi_filter_append (GTK_MULTI_FILTER (every), g_object_ref (self->filter));
  gtk_multi_filter_append (GTK_MULTI_FILTER (every), g_object_ref (GTK_FILTER (self->search_filter)));

  self->lines = gtk_filter_list_model_new (NULL, GTK_FILTER (every));
  self->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->lines))));
}

static void
applet_log_page_init (AppletLogPage *self)
{
  g_autoptr (GtkListItemFactory) factory = applet_view_factory_new (APPLET_TYPE_LOG_ROW, NULL);
  g_autoptr (GListModel) groups = make_groups ();
  GtkAdjustment *adjustment;

  self->filter = GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
  gtk_widget_init_template (GTK_WIDGET (self));

  self->following = TRUE;
  gtk_drop_down_set_model (self->group_dropdown, groups);
  make_filters (self);
  gtk_list_view_set_factory (self->lines_view, factory);
  gtk_list_view_set_model (self->lines_view, self->selection);
  /* After the list itself has heard of it. */
  g_signal_connect_object (self->selection, "items-changed", G_CALLBACK (on_lines_changed), self,
                           G_CONNECT_SWAPPED);

  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_scrolled), self, G_CONNECT_SWAPPED);
}
