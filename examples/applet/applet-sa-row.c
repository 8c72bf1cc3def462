/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-sa-row.h"

#include <glib/gi18n.h>

#include "applet-sa-facts.h"
#include "applet-text.h"

/* An IKE_SA or, below it in the tree, one of its CHILD_SAs. It is short, so that there
 * can be thousands of them; where the tree is expanded, it tells all that is known. */

/* How far a row is from those above it in the tree, in pixels. */
#define INDENT 24

struct _AppletSaRow
{
  AppletView parent_instance;

  GtkBox        *card;
  GtkLabel      *title_label;
  GtkLabel      *state_label;
  GtkWidget     *details_button;
  GBindingGroup *expansion;     /* of the row in the tree, to which it belongs */
  GtkWidget     *summary_box;
  GtkLabel      *summary_label;
  GtkLabel      *rate_label;
  AppletFacts   *facts;         /* NULL: it has not been expanded yet */
};

G_DEFINE_FINAL_TYPE (AppletSaRow, applet_sa_row, APPLET_TYPE_VIEW)

static void
applet_sa_row_bind (AppletView *view)
{
  AppletSaRow *self = APPLET_SA_ROW (view);
  GtkTreeListRow *row = applet_view_get_list_item (view);

  g_binding_group_set_source (self->expansion, row);
  if (row != NULL)
    gtk_widget_set_margin_start (GTK_WIDGET (self->card), (int) gtk_tree_list_row_get_depth (row) * INDENT);
}

static void
set_title (AppletSaRow *self,
           const char  *title)
{
  g_autofree char *label = NULL;

  if (g_str_equal (gtk_label_get_label (self->title_label), title))
    return;

  gtk_label_set_label (self->title_label, title);
  /* TRANSLATORS: The name of a connection; what a screen reader says of a button. */
  label = g_strdup_printf (_("Details of %s"), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->details_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static void
set_summary (AppletSaRow *self,
             const char  *summary,
             guint64      rate_in,
             guint64      rate_out)
{
  g_autofree char *rates = applet_text_rates (rate_in, rate_out);

  gtk_label_set_label (self->summary_label, summary != NULL ? summary : "");
  gtk_label_set_label (self->rate_label, rates);
}

/* Who the peer is, where that is more than its address. */
static const char *
peer_id (ViciIkeSa *sa)
{
  const char *id = vici_ike_sa_get_remote_eap_id (sa);

  if (id == NULL)
    id = vici_ike_sa_get_remote_xauth_id (sa);
  if (id == NULL)
    id = vici_ike_sa_get_remote_id (sa);

  return g_strcmp0 (id, vici_ike_sa_get_remote_host (sa)) != 0 ? id : NULL;
}

static void
summarise_ike_sa (AppletSaRow   *self,
                  ViciIkeSaItem *item)
{
  ViciIkeSa *sa = VICI_IKE_SA (vici_item_get_record (VICI_ITEM (item)));
  g_autofree char *addresses = applet_text_ike_sa_addresses (sa);
  g_autofree char *summary = g_strjoin (" · ", addresses, peer_id (sa), NULL);

  set_summary (self, summary, vici_ike_sa_item_get_rate_in (item), vici_ike_sa_item_get_rate_out (item));
}

static void
summarise_child_sa (AppletSaRow     *self,
                    ViciChildSaItem *item)
{
  ViciChildSa *sa = VICI_CHILD_SA (vici_item_get_record (VICI_ITEM (item)));
  g_autofree char *selectors =
    applet_text_selectors (vici_child_sa_get_local_ts (sa), vici_child_sa_get_remote_ts (sa));

  set_summary (self, selectors, vici_child_sa_item_get_rate_in (item),
               vici_child_sa_item_get_rate_out (item));
}

static char *
dup_title (gpointer item)
{
  if (VICI_IS_IKE_SA_ITEM (item))
    /* TRANSLATORS: The version of IKE and the number of an SA. */
    return g_strdup_printf (_("IKEv%s SA %u"),
                            vici_ike_sa_get_version_text (VICI_IKE_SA (vici_item_get_record (item))),
                            vici_ike_sa_item_get_unique_id (item));

  /* TRANSLATORS: The name and the number of an SA. */
  return g_strdup_printf (_("%s, SA %u"), vici_item_get_name (item), vici_child_sa_item_get_unique_id (item));
}

static const char *
get_state_text (gpointer item)
{
  return VICI_IS_IKE_SA_ITEM (item) ? vici_ike_sa_item_get_state_text (item)
                                    : vici_child_sa_item_get_state_text (item);
}

static void
summarise (AppletSaRow *self,
           gpointer     item)
{
  if (VICI_IS_IKE_SA_ITEM (item))
    summarise_ike_sa (self, item);
  else
    summarise_child_sa (self, item);
}

static void
tell_all (AppletSaRow *self,
          gpointer     item)
{
  applet_facts_begin (self->facts);
  if (VICI_IS_IKE_SA_ITEM (item))
    applet_facts_add_ike_sa (self->facts, item);
  else
    applet_facts_add_child_sa (self->facts, item);
  applet_facts_end (self->facts);
}

/* What it has for its facts is made when it is expanded for the first time, and kept
 * for other items. */
static void
show_facts (AppletSaRow *self,
            gboolean     expanded)
{
  if (expanded && self->facts == NULL)
    {
      self->facts = g_object_new (APPLET_TYPE_FACTS, NULL);
      gtk_box_append (self->card, GTK_WIDGET (self->facts));
    }

  gtk_widget_set_visible (self->summary_box, !expanded);
  if (self->facts != NULL)
    gtk_widget_set_visible (GTK_WIDGET (self->facts), expanded);
}

static void
applet_sa_row_update (AppletView *view)
{
  AppletSaRow *self = APPLET_SA_ROW (view);
  gpointer item = applet_view_get_item (view);
  gboolean expanded = gtk_tree_list_row_get_expanded (applet_view_get_list_item (view));

  g_autofree char *title = dup_title (item);

  set_title (self, title);
  gtk_label_set_label (self->state_label, get_state_text (item));
  show_facts (self, expanded);
  if (expanded)
    tell_all (self, item);
  else
    summarise (self, item);
}

static char *
applet_sa_row_dup_label (AppletView *view)
{
  gpointer item = applet_view_get_item (view);
  g_autofree char *title = dup_title (item);

  return g_strjoin (", ", title, get_state_text (item), NULL);
}

/* By hand, or since another item is shown that is expanded, or is not. */
static void
on_toggled (AppletSaRow     *self,
            GtkToggleButton *button)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (button),
                               GTK_ACCESSIBLE_STATE_EXPANDED, gtk_toggle_button_get_active (button),
                               -1);
  applet_view_queue_update (APPLET_VIEW (self));
}

static void
applet_sa_row_finalize (GObject *object)
{
  g_object_unref (APPLET_SA_ROW (object)->expansion);

  G_OBJECT_CLASS (applet_sa_row_parent_class)->finalize (object);
}

static void
applet_sa_row_class_init (AppletSaRowClass *klass)
{
  AppletViewClass *view_class = APPLET_VIEW_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = applet_sa_row_finalize;
  view_class->bind = applet_sa_row_bind;
  view_class->update = applet_sa_row_update;
  view_class->dup_label = applet_sa_row_dup_label;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-sa-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletSaRow, card);
  gtk_widget_class_bind_template_child (widget_class, AppletSaRow, title_label);
  gtk_widget_class_bind_template_child (widget_class, AppletSaRow, state_label);
  gtk_widget_class_bind_template_child (widget_class, AppletSaRow, details_button);
  gtk_widget_class_bind_template_child (widget_class, AppletSaRow, summary_box);
  gtk_widget_class_bind_template_child (widget_class, AppletSaRow, summary_label);
  gtk_widget_class_bind_template_child (widget_class, AppletSaRow, rate_label);
  gtk_widget_class_bind_template_callback (widget_class, on_toggled);
}

static void
applet_sa_row_init (AppletSaRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->expansion = g_binding_group_new ();
  g_binding_group_bind (self->expansion, "expanded", self->details_button, "active",
                        G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}
