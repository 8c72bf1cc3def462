/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-editor-form.h"

#include <string.h>

#include "applet-file-row.h"

/* The rows, by the names that they have in the template. Those of a profile's
 * properties are called as these are. */
static const char * const row_names[] = {
  "name", "remote-addrs", "auth", "user", "secret", "cert-file", "key-file", "file-password",
  "ca-file", "local-id", "remote-id", "remote-ts", "virtual-ip", "start", "version",
  "local-addrs", "local-ts", "ike-proposals", "esp-proposals"
};

#define N_ROWS G_N_ELEMENTS (row_names)

struct _AppletEditorForm
{
  GObject        parent_instance;

  AppletProfile *profile;         /* NULL: there is none yet */
  GtkWidget     *editor;          /* it has the form */
  GtkLabel      *error_label;
  GtkWidget     *rows[N_ROWS];
  GtkWidget     *notes[N_ROWS];   /* what is wrong with the row above */
};

G_DEFINE_FINAL_TYPE (AppletEditorForm, applet_editor_form, G_TYPE_OBJECT)

static guint
find_row (const char *name)
{
  guint row = 0;

  while (strcmp (row_names[row], name) != 0)
    row++;

  return row;
}

GtkWidget *
applet_editor_form_get_row (AppletEditorForm *self,
                            const char       *name)
{
  return self->rows[find_row (name)];
}

const char *
applet_editor_form_get_text (AppletEditorForm *self,
                             const char       *name)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->rows[find_row (name)]));
}

static gboolean
is_of_profile (AppletEditorForm *self,
               const char       *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (self->profile), name) != NULL;
}

/* -- What is wrong -- */

void
applet_editor_form_show_error (AppletEditorForm *self,
                               const char       *name,
                               const char       *text)
{
  guint row = name != NULL ? find_row (name) : 0;
  GtkWidget *label;

  if (name == NULL || !gtk_widget_get_visible (self->rows[row]))
    {
      gtk_label_set_text (self->error_label, text);
      gtk_widget_set_visible (GTK_WIDGET (self->error_label), TRUE);
      return;
    }

  label = gtk_list_box_row_get_child (GTK_LIST_BOX_ROW (self->notes[row]));
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_visible (self->notes[row], TRUE);
  gtk_widget_add_css_class (self->rows[row], "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->rows[row]),
                               GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_TRUE, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->rows[row]),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
hide_error (AppletEditorForm *self,
            guint             row)
{
  gtk_widget_set_visible (self->notes[row], FALSE);
  gtk_widget_remove_css_class (self->rows[row], "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->rows[row]),
                               GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_FALSE, -1);
  gtk_accessible_reset_property (GTK_ACCESSIBLE (self->rows[row]), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION);
}

void
applet_editor_form_hide_errors (AppletEditorForm *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  for (guint i = 0; i < N_ROWS; i++)
    hide_error (self, i);
}

gboolean
applet_editor_form_focus_error (AppletEditorForm *self)
{
  for (guint i = 0; i < N_ROWS; i++)
    {
      if (!gtk_widget_get_visible (self->notes[i]))
        continue;

      gtk_widget_grab_focus (self->rows[i]);
      return TRUE;
    }

  return FALSE;
}

static void
check_row (AppletEditorForm *self,
           guint             row)
{
  g_autoptr (GError) error = NULL;

  hide_error (self, row);
  if (is_of_profile (self, row_names[row]) && gtk_widget_get_visible (self->rows[row]) &&
      !applet_profile_check (self->profile, row_names[row], &error))
    applet_editor_form_show_error (self, row_names[row], error->message);
}

void
applet_editor_form_check (AppletEditorForm *self)
{
  applet_editor_form_hide_errors (self);
  for (guint i = 0; i < N_ROWS; i++)
    check_row (self, i);
}

/* As one types: what is not there yet is not wrong yet. */
static void
on_changed (AppletEditorForm *self,
            GParamSpec       *pspec,
            GtkWidget        *widget)
{
  for (guint i = 0; i < N_ROWS; i++)
    {
      if (self->rows[i] != widget)
        continue;

      if (GTK_IS_EDITABLE (widget) && *gtk_editable_get_text (GTK_EDITABLE (widget)) == '\0')
        hide_error (self, i);
      else
        check_row (self, i);
    }
}

/* -- The rows -- */

static void
add_note (AppletEditorForm *self,
          guint             row)
{
  GtkWidget *box = gtk_widget_get_ancestor (self->rows[row], GTK_TYPE_LIST_BOX);
  GtkWidget *above = gtk_widget_get_ancestor (self->rows[row], GTK_TYPE_LIST_BOX_ROW);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "error");
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_set_margin_start (label, 12);
  gtk_widget_set_margin_end (label, 12);
  gtk_widget_set_margin_top (label, 6);
  gtk_widget_set_margin_bottom (label, 9);

  self->notes[row] = gtk_list_box_row_new ();
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (self->notes[row]), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->notes[row]), FALSE);
  gtk_widget_set_focusable (self->notes[row], FALSE);
  gtk_widget_set_visible (self->notes[row], FALSE);
  gtk_list_box_insert (GTK_LIST_BOX (box), self->notes[row],
                       gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (above)) + 1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->rows[row]),
                                  GTK_ACCESSIBLE_RELATION_ERROR_MESSAGE, label, -1);
}

/* What of a row is the property of the profile. */
static const char *
get_content (GtkWidget *widget)
{
  if (GTK_IS_SWITCH (widget))
    return "active";

  return GTK_IS_EDITABLE (widget) ? "text" : "selected";
}

/* A row shows its property, and changes it. */
static void
bind_row (AppletEditorForm *self,
          guint             row)
{
  GtkWidget *widget = self->rows[row];
  const char *property = get_content (widget);
  g_autofree char *notify = g_strconcat ("notify::", property, NULL);

  if (is_of_profile (self, row_names[row]))
    g_object_bind_property (self->profile, row_names[row], widget, property,
                            G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  if (GTK_IS_EDITABLE (widget))
    g_signal_connect_swapped (widget, "entry-activated", G_CALLBACK (gtk_widget_activate_default),
                              self->editor);
  g_signal_connect_object (widget, notify, G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

void
applet_editor_form_set_profile (AppletEditorForm *self,
                                AppletProfile    *profile)
{
  g_set_object (&self->profile, profile);
  for (guint i = 0; i < N_ROWS; i++)
    bind_row (self, i);
}

void
applet_editor_form_disable (AppletEditorForm *self)
{
  for (guint i = 0; i < N_ROWS; i++)
    gtk_widget_set_sensitive (gtk_widget_get_ancestor (self->rows[i], GTK_TYPE_LIST_BOX), FALSE);
}

void
applet_editor_form_bind (GtkWidgetClass *editor_class)
{
  g_type_ensure (APPLET_TYPE_FILE_ROW);
  for (guint i = 0; i < N_ROWS; i++)
    gtk_widget_class_bind_template_child_full (editor_class, row_names[i], FALSE, 0);
}

AppletEditorForm *
applet_editor_form_new (GtkWidget *editor,
                        GtkLabel  *error_label)
{
  AppletEditorForm *self = g_object_new (APPLET_TYPE_EDITOR_FORM, NULL);

  self->editor = editor;
  self->error_label = error_label;
  for (guint i = 0; i < N_ROWS; i++)
    {
      self->rows[i] = GTK_WIDGET (gtk_widget_get_template_child (editor, G_OBJECT_TYPE (editor), row_names[i]));
      add_note (self, i);
    }

  return self;
}

/* -- GObject -- */

static void
applet_editor_form_finalize (GObject *object)
{
  g_clear_object (&APPLET_EDITOR_FORM (object)->profile);

  G_OBJECT_CLASS (applet_editor_form_parent_class)->finalize (object);
}

static void
applet_editor_form_class_init (AppletEditorFormClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = applet_editor_form_finalize;
}

static void
applet_editor_form_init (AppletEditorForm *self)
{
}
