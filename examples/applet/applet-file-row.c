/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-file-row.h"

#include <glib/gi18n.h>

struct _AppletFileRow
{
  AdwEntryRow           parent_instance;

  GtkWidget            *button;
  GtkFileChooserNative *chooser;   /* while it is open */
};

enum
{
  PROP_BUTTON_LABEL = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (AppletFileRow, applet_file_row, ADW_TYPE_ENTRY_ROW)

static void
on_chosen (AppletFileRow *self,
           int            response)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
      const char *path = g_file_peek_path (file);

      gtk_editable_set_text (GTK_EDITABLE (self), path != NULL ? path : "");
    }

  g_clear_object (&self->chooser);
}

static void
add_filter (GtkFileChooser     *chooser,
            const char         *name,
            const char * const *patterns)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  for (; *patterns != NULL; patterns++)
    gtk_file_filter_add_pattern (filter, *patterns);
  gtk_file_chooser_add_filter (chooser, filter);
}

static void
choose (AppletFileRow *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkFileChooser *chooser;

  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_("Choose a File"), GTK_WINDOW (root),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  chooser = GTK_FILE_CHOOSER (self->chooser);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  add_filter (chooser, _("Certificates and keys"),
              (const char *[]) { "*.pem", "*.crt", "*.cer", "*.der", "*.key", "*.p12", "*.pfx", NULL });
  add_filter (chooser, _("All files"), (const char *[]) { "*", NULL });
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* -- GObject -- */

static void
applet_file_row_set_property (GObject      *object,
                              guint         property_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  AppletFileRow *self = APPLET_FILE_ROW (object);
  const char *label = g_value_get_string (value);

  gtk_widget_set_tooltip_text (self->button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
applet_file_row_dispose (GObject *object)
{
  AppletFileRow *self = APPLET_FILE_ROW (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (applet_file_row_parent_class)->dispose (object);
}

static void
applet_file_row_class_init (AppletFileRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = applet_file_row_set_property;
  object_class->dispose = applet_file_row_dispose;

  /* What the button does. */
  properties[PROP_BUTTON_LABEL] =
    g_param_spec_string ("button-label", NULL, NULL, NULL,
                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
applet_file_row_init (AppletFileRow *self)
{
  self->button = gtk_button_new_from_icon_name ("document-open-symbolic");
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->button, "flat");
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (choose), self);
  adw_entry_row_add_suffix (ADW_ENTRY_ROW (self), self->button);
}
