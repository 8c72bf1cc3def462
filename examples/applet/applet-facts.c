/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-facts.h"

/* What is known of something, line by line: a name and a value. It is filled anew each
 * time, and its labels are used again. */

struct _AppletFacts
{
  AdwBin   parent_instance;

  GtkGrid *grid;
  int      n_lines;
};

G_DEFINE_FINAL_TYPE (AppletFacts, applet_facts, ADW_TYPE_BIN)

static void
add_line (AppletFacts *self)
{
  GtkWidget *name = gtk_label_new (NULL);
  GtkWidget *value = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_valign (name, GTK_ALIGN_START);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_widget_add_css_class (name, "caption");

  gtk_label_set_xalign (GTK_LABEL (value), 0);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, "caption");
  gtk_widget_add_css_class (value, "numeric");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (value),
                                  GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, name, NULL,
                                  -1);

  gtk_grid_attach (self->grid, name, 0, self->n_lines, 1, 1);
  gtk_grid_attach (self->grid, value, 1, self->n_lines, 1, 1);
}

void
applet_facts_begin (AppletFacts *self)
{
  self->n_lines = 0;
}

static GtkWidget *
set_line (AppletFacts *self,
          int          column,
          const char  *text)
{
  GtkWidget *label = gtk_grid_get_child_at (self->grid, column, self->n_lines);

  gtk_label_set_label (GTK_LABEL (label), text);
  gtk_widget_set_visible (label, TRUE);

  return label;
}

/**
 * applet_facts_add_styled:
 * @value: (nullable): nothing is shown where there is none
 * @style: (nullable): what is to be seen of the value: "warning" or "error"
 */
void
applet_facts_add_styled (AppletFacts *self,
                         const char  *name,
                         const char  *value,
                         const char  *style)
{
  GtkWidget *label;

  if (value == NULL || *value == '\0')
    return;

  if (gtk_grid_get_child_at (self->grid, 0, self->n_lines) == NULL)
    add_line (self);

  set_line (self, 0, name);
  label = set_line (self, 1, value);
  gtk_widget_remove_css_class (label, "warning");
  gtk_widget_remove_css_class (label, "error");
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  self->n_lines++;
}

/**
 * applet_facts_add:
 * @value: (nullable):
 */
void
applet_facts_add (AppletFacts *self,
                  const char  *name,
                  const char  *value)
{
  applet_facts_add_styled (self, name, value, NULL);
}

/**
 * applet_facts_take:
 * @value: (nullable) (transfer full):
 */
void
applet_facts_take (AppletFacts *self,
                   const char  *name,
                   char        *value)
{
  applet_facts_add (self, name, value);
  g_free (value);
}

void
applet_facts_end (AppletFacts *self)
{
  GtkWidget *label;

  for (int line = self->n_lines; (label = gtk_grid_get_child_at (self->grid, 0, line)) != NULL; line++)
    {
      gtk_widget_set_visible (label, FALSE);
      gtk_widget_set_visible (gtk_grid_get_child_at (self->grid, 1, line), FALSE);
    }
  gtk_widget_set_visible (GTK_WIDGET (self), self->n_lines > 0);
}

static void
applet_facts_class_init (AppletFactsClass *klass)
{
}

static void
applet_facts_init (AppletFacts *self)
{
  self->grid = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (self->grid, 12);
  gtk_grid_set_row_spacing (self->grid, 3);
  adw_bin_set_child (ADW_BIN (self), GTK_WIDGET (self->grid));
}
