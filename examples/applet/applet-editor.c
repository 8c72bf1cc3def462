/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-editor.h"

#include <glib/gi18n.h>
#include <string.h>

#include "applet-keeper.h"
#include "applet-loader.h"
#include "applet-password.h"

/* The rows, by the names that they have in the template. Those of a profile's
 * properties are called as these are. */
static const char * const row_names[] = {
  "name", "remote-addrs", "auth", "user", "secret", "cert-file", "key-file", "file-password",
  "ca-file", "local-id", "remote-id", "remote-ts", "virtual-ip", "start", "version",
  "local-addrs", "local-ts", "ike-proposals", "esp-proposals"
};

#define N_ROWS G_N_ELEMENTS (row_names)

struct _AppletEditor
{
  AdwWindow            parent_instance;

  ViciMonitor         *monitor;
  AppletStore         *store;      /* of the monitor */
  ViciConnItem        *item;       /* NULL: the connection is new */
  AppletProfile       *profile;
  AppletProfile       *old;        /* what it was; NULL: the connection is new */
  GtkFileChooserNative *chooser;   /* while it is open */
  GCancellable        *cancellable;

  GtkWidget           *rows[N_ROWS];
  GtkWidget           *notes[N_ROWS]; /* what is wrong with the row above */
  GtkLabel            *error_label;
  GtkWidget           *spinner;
  AdwPreferencesPage  *page;
  AdwPreferencesGroup *note_group;
  GtkWidget           *delete_group;
};

enum
{
  SIGNAL_SAVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (AppletEditor, applet_editor, ADW_TYPE_WINDOW)

static guint
find_row (const char *name)
{
  guint row = 0;

  while (strcmp (row_names[row], name) != 0)
    row++;

  return row;
}

static GtkWidget *
get_row (AppletEditor *self,
         const char   *name)
{
  return self->rows[find_row (name)];
}

static gboolean
is_of_profile (AppletEditor *self,
               const char   *name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (self->profile), name) != NULL;
}

/* -- What is wrong -- */

/* The first of them is where the focus goes. */
static void
show_error (AppletEditor *self,
            const char   *name,
            const char   *text)
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
}

static void
hide_error (AppletEditor *self,
            guint         row)
{
  gtk_widget_set_visible (self->notes[row], FALSE);
  gtk_widget_remove_css_class (self->rows[row], "error");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->rows[row]),
                               GTK_ACCESSIBLE_STATE_INVALID, GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
hide_errors (AppletEditor *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->error_label), FALSE);
  for (guint i = 0; i < N_ROWS; i++)
    hide_error (self, i);
}

static void
focus_error (AppletEditor *self)
{
  for (guint i = 0; i < N_ROWS; i++)
    {
      if (!gtk_widget_get_visible (self->notes[i]))
        continue;

      gtk_widget_grab_focus (self->rows[i]);
      return;
    }
}

static void
check_row (AppletEditor *self,
           guint         row)
{
  g_autoptr (GError) error = NULL;

  hide_error (self, row);
  if (is_of_profile (self, row_names[row]) && gtk_widget_get_visible (self->rows[row]) &&
      !applet_profile_check (self->profile, row_names[row], &error))
    show_error (self, row_names[row], error->message);
}

/* As one types: what is not there yet is not wrong yet. */
static void
on_changed (AppletEditor *self,
            GParamSpec   *pspec,
            GtkWidget    *widget)
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

static gboolean
is_name_taken (AppletEditor *self)
{
  GListModel *conns = vici_monitor_get_conns (self->monitor);

  for (guint i = 0; self->old == NULL && i < g_list_model_get_n_items (conns); i++)
    {
      g_autoptr (ViciItem) item = g_list_model_get_item (conns, i);

      if (g_strcmp0 (vici_item_get_name (item), applet_profile_get (self->profile, "name")) == 0)
        return TRUE;
    }

  return FALSE;
}

/* Why a secret has to be entered, or NULL. The daemon never tells one. */
static const char *
find_secret_missing (AppletEditor *self)
{
  g_auto (GStrv) owners = applet_profile_get_owners (self->profile);
  g_auto (GStrv) old_owners = self->old != NULL ? applet_profile_get_owners (self->old) : NULL;
  const char *secret = gtk_editable_get_text (GTK_EDITABLE (get_row (self, "secret")));

  if (*secret != '\0' || applet_profile_get_auth (self->profile) == APPLET_AUTH_CERT)
    return NULL;

  if (self->old == NULL ||
      applet_profile_get_auth (self->profile) != applet_profile_get_auth (self->old) ||
      applet_store_is_locked (self->store, applet_profile_get (self->profile, "name")))
    return _("It is needed.");

  return g_strv_equal ((const char * const *) owners, (const char * const *) old_owners)
         ? NULL
         : _("It belongs to the identities, and they have changed: enter it again.");
}

static gboolean
check_all (AppletEditor *self)
{
  const char *missing = find_secret_missing (self);
  gboolean is_good = TRUE;

  hide_errors (self);
  for (guint i = 0; i < N_ROWS; i++)
    check_row (self, i);
  if (is_name_taken (self))
    show_error (self, "name", _("There is a connection of this name."));
  if (missing != NULL)
    show_error (self, "secret", missing);

  for (guint i = 0; i < N_ROWS; i++)
    is_good = is_good && !gtk_widget_get_visible (self->notes[i]);
  focus_error (self);

  return is_good;
}

/* -- Saving -- */

static void
set_busy (AppletEditor *self,
          gboolean      busy)
{
  /* An entry that cannot be used any more would go on waiting for keys. */
  if (busy)
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
  gtk_widget_set_sensitive (GTK_WIDGET (self->page), !busy);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.save", !busy);
}

static void
fail (AppletEditor *self,
      const char   *name,
      const char   *text)
{
  set_busy (self, FALSE);
  show_error (self, name, text);
  focus_error (self);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (AppletEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (applet_store_write_finish (self->store, result, &error))
    {
      gtk_window_close (GTK_WINDOW (self));
      return;
    }

  /* TRANSLATORS: an error comes behind it */
  text = g_strdup_printf (_("The daemon has the connection, but it could not be kept for its next start: %s"),
                          error->message);
  fail (self, NULL, text);
}

static void
on_loaded (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (AppletEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  const char *blamed;
  const char *text;

  if (!applet_load_finish (result, &error))
    {
      blamed = applet_profile_find_blamed (self->profile, error, &text);
      fail (self, blamed, text);
      return;
    }

  /* Whoever saves again replaces what is there now. */
  g_clear_object (&self->old);
  self->old = applet_profile_copy (self->profile);
  applet_store_put (self->store, self->profile);
  applet_store_set_locked (self->store, applet_profile_get (self->profile, "name"), FALSE);
  vici_monitor_refresh_async (self->monitor, NULL, NULL, NULL);
  g_signal_emit (self, signals[SIGNAL_SAVED], 0, self->item);

  applet_store_write_async (self->store, on_written, g_object_ref (self));
}

static void
on_files (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (AppletEditor) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) secret = NULL;
  const char *blamed;
  g_autoptr (AppletFiles) files = applet_files_read_finish (result, &blamed, &error);

  if (files == NULL)
    {
      gboolean is_password = g_error_matches (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD);

      fail (self, is_password ? "file-password" : blamed, error->message);
      return;
    }
  if (applet_profile_get_auth (self->profile) == APPLET_AUTH_CERT &&
      applet_files_get_key (files) == NULL)
    {
      fail (self, "key-file", _("The private key is not in the other file: choose the one that it is in."));
      return;
    }

  secret = applet_password_read (GTK_EDITABLE (get_row (self, "secret")));
  applet_load_async (self->store, vici_monitor_get_daemon (self->monitor), self->profile, files,
                     secret, self->old != NULL, self->cancellable, on_loaded, g_object_ref (self));
}

static void
save (GtkWidget  *widget,
      const char *action_name,
      GVariant   *parameter)
{
  AppletEditor *self = APPLET_EDITOR (widget);
  g_autoptr (GTlsInteraction) interaction = NULL;

  if (!check_all (self))
    return;

  if (vici_monitor_get_state (self->monitor) != VICI_MONITOR_READY)
    {
      show_error (self, NULL, vici_monitor_get_state_text (self->monitor));
      return;
    }

  set_busy (self, TRUE);
  interaction = applet_password_new (GTK_EDITABLE (get_row (self, "file-password")));
  applet_files_read_async (self->profile, interaction, self->cancellable, on_files,
                           g_object_ref (self));
}

/* -- Choosing files -- */

static void
on_chosen (AppletEditor *self,
           int           response)
{
  const char *name = g_object_get_data (G_OBJECT (self->chooser), "row");

  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));

      gtk_editable_set_text (GTK_EDITABLE (get_row (self, name)),
                             g_file_peek_path (file) != NULL ? g_file_peek_path (file) : "");
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
choose_file (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AppletEditor *self = APPLET_EDITOR (widget);
  GtkFileChooser *chooser;

  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_("Choose a File"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  chooser = GTK_FILE_CHOOSER (self->chooser);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_object_set_data_full (G_OBJECT (chooser), "row", g_variant_dup_string (parameter, NULL), g_free);
  add_filter (chooser, _("Certificates and keys"),
              (const char *[]) { "*.pem", "*.crt", "*.cer", "*.der", "*.key", "*.p12", "*.pfx", NULL });
  add_filter (chooser, _("All files"), (const char *[]) { "*", NULL });
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* -- Deleting -- */

static void
delete_conn (GtkWidget  *widget,
             const char *action_name,
             GVariant   *parameter)
{
  AppletEditor *self = APPLET_EDITOR (widget);
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));

  applet_editor_confirm_delete (parent, self->monitor, self->item);
  gtk_window_close (GTK_WINDOW (self));
}

/* -- The rows -- */

/* What each way of authentication needs. */
static void
on_auth (AppletEditor *self)
{
  AppletAuth auth = applet_profile_get_auth (self->profile);
  gboolean is_new = self->old == NULL || auth != applet_profile_get_auth (self->old) ||
                    applet_store_is_locked (self->store, applet_profile_get (self->profile, "name"));
  const char *title;

  if (auth == APPLET_AUTH_EAP)
    title = is_new ? _("Password") : _("Password (empty: as it is)");
  else
    title = is_new ? _("Pre-shared key") : _("Pre-shared key (empty: as it is)");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (get_row (self, "secret")), title);

  gtk_widget_set_visible (get_row (self, "user"), auth == APPLET_AUTH_EAP);
  gtk_widget_set_visible (get_row (self, "secret"), auth != APPLET_AUTH_CERT);
  gtk_widget_set_visible (get_row (self, "cert-file"), auth == APPLET_AUTH_CERT);
  gtk_widget_set_visible (get_row (self, "key-file"), auth == APPLET_AUTH_CERT);
  gtk_widget_set_visible (get_row (self, "file-password"), auth == APPLET_AUTH_CERT);
  gtk_widget_set_visible (get_row (self, "ca-file"), auth != APPLET_AUTH_PSK);
  hide_errors (self);
}

static void
add_note (AppletEditor *self,
          guint         row)
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
bind_row (AppletEditor *self,
          guint         row)
{
  GtkWidget *widget = self->rows[row];
  const char *property = get_content (widget);
  g_autofree char *notify = g_strconcat ("notify::", property, NULL);

  if (is_of_profile (self, row_names[row]))
    g_object_bind_property (self->profile, row_names[row], widget, property,
                            G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
  if (GTK_IS_EDITABLE (widget))
    g_signal_connect_swapped (widget, "entry-activated", G_CALLBACK (gtk_widget_activate_default), self);
  g_signal_connect_object (widget, notify, G_CALLBACK (on_changed), self, G_CONNECT_SWAPPED);
}

/* -- What is edited -- */

static void
add_text (AppletEditor *self,
          const char   *text)
{
  const char *before = adw_preferences_group_get_description (self->note_group);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  g_autofree char *all = before != NULL ? g_strconcat (before, "\n\n", escaped, NULL) : g_strdup (escaped);

  adw_preferences_group_set_description (self->note_group, all);
  gtk_widget_set_visible (GTK_WIDGET (self->note_group), TRUE);
}

/* What the daemon lists is less than it was told, and may be more than there is room
 * for here. */
static void
take_listed (AppletEditor *self,
             ViciConn     *conn)
{
  g_autoptr (GError) error = NULL;
  AppletProfile *listed = applet_profile_new_from_conn (conn, &error);
  g_auto (GStrv) lost = listed != NULL ? applet_profile_compare (listed, conn) : NULL;
  g_autofree char *names = NULL;
  g_autofree char *text = NULL;

  if (listed == NULL)
    {
      add_text (self, error->message);
      gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.save", FALSE);
      return;
    }

  g_set_object (&self->profile, listed);
  self->old = applet_profile_copy (listed);
  g_object_unref (listed);
  add_text (self, _("The daemon does not tell a connection’s secrets, certificates, proposals, virtual "
                    "addresses, and when it starts. When you save, its secret stays unless you enter "
                    "another one, and the rest becomes what you see here."));
  if (lost[0] == NULL)
    return;

  names = g_strjoinv (", ", lost);
  /* TRANSLATORS: names of settings, such as home.rekey_time */
  text = g_strdup_printf (_("These settings cannot be edited here, and would be lost: %s"), names);
  add_text (self, text);
}

static void
take_item (AppletEditor *self)
{
  const char *name = vici_item_get_name (VICI_ITEM (self->item));
  ViciRecord *record = vici_item_get_record (VICI_ITEM (self->item));
  g_autoptr (AppletProfile) stored = applet_store_lookup (self->store, name);
  g_auto (GStrv) different = stored != NULL && record != NULL
                             ? applet_profile_compare (stored, VICI_CONN (record))
                             : NULL;

  gtk_window_set_title (GTK_WINDOW (self), _("Edit Connection"));
  gtk_widget_set_visible (self->delete_group, TRUE);

  /* Somebody else may have changed it. */
  if (record != NULL && (stored == NULL || different[0] != NULL))
    take_listed (self, VICI_CONN (record));
  else if (stored != NULL)
    {
      g_set_object (&self->profile, stored);
      self->old = applet_profile_copy (stored);
    }

  if (self->old == NULL)
    {
      for (guint i = 0; i < N_ROWS; i++)
        gtk_widget_set_sensitive (gtk_widget_get_ancestor (self->rows[i], GTK_TYPE_LIST_BOX), FALSE);
      g_object_set (self->profile, "name", name, NULL);
    }

  /* A connection is known by its name. */
  gtk_editable_set_editable (GTK_EDITABLE (get_row (self, "name")), FALSE);
}

GtkWidget *
applet_editor_new (ViciMonitor  *monitor,
                   ViciConnItem *item)
{
  AppletEditor *self = g_object_new (APPLET_TYPE_EDITOR, NULL);

  self->monitor = g_object_ref (monitor);
  self->store = g_object_ref (applet_keeper_get_store (monitor));
  if (g_set_object (&self->item, item))
    take_item (self);

  for (guint i = 0; i < N_ROWS; i++)
    bind_row (self, i);
  g_signal_connect_object (self->profile, "notify::auth", G_CALLBACK (on_auth), self,
                           G_CONNECT_SWAPPED);
  on_auth (self);
  gtk_widget_grab_focus (get_row (self, item == NULL ? "name" : "remote-addrs"));

  return GTK_WIDGET (self);
}

GtkWidget *
applet_editor_new_for_secret (ViciMonitor  *monitor,
                              ViciConnItem *item)
{
  AppletStore *store = applet_keeper_get_store (monitor);
  AppletEditor *self;
  gboolean is_cert;

  if (!applet_store_is_locked (store, vici_item_get_name (VICI_ITEM (item))))
    return NULL;

  self = APPLET_EDITOR (applet_editor_new (monitor, item));
  is_cert = applet_profile_get_auth (self->profile) == APPLET_AUTH_CERT;
  add_text (self, _("The daemon was started again and does not have the secret of this connection any more. "
                    "Enter it once more and save."));
  gtk_widget_grab_focus (get_row (self, is_cert ? "file-password" : "secret"));

  return GTK_WIDGET (self);
}

/* -- GObject -- */

/* What is being loaded is taken back. */
static gboolean
applet_editor_close_request (GtkWindow *window)
{
  g_cancellable_cancel (APPLET_EDITOR (window)->cancellable);

  return GTK_WINDOW_CLASS (applet_editor_parent_class)->close_request (window);
}

static void
applet_editor_dispose (GObject *object)
{
  AppletEditor *self = APPLET_EDITOR (object);

  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (applet_editor_parent_class)->dispose (object);
}

static void
applet_editor_finalize (GObject *object)
{
  AppletEditor *self = APPLET_EDITOR (object);

  g_clear_object (&self->monitor);
  g_clear_object (&self->store);
  g_clear_object (&self->item);
  g_clear_object (&self->profile);
  g_clear_object (&self->old);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (applet_editor_parent_class)->finalize (object);
}

static void
applet_editor_class_init (AppletEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = applet_editor_dispose;
  object_class->finalize = applet_editor_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = applet_editor_close_request;

  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, VICI_TYPE_CONN_ITEM);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletEditor, error_label);
  gtk_widget_class_bind_template_child (widget_class, AppletEditor, spinner);
  gtk_widget_class_bind_template_child (widget_class, AppletEditor, page);
  gtk_widget_class_bind_template_child (widget_class, AppletEditor, note_group);
  gtk_widget_class_bind_template_child (widget_class, AppletEditor, delete_group);
  for (guint i = 0; i < N_ROWS; i++)
    gtk_widget_class_bind_template_child_full (widget_class, row_names[i], FALSE, 0);
  gtk_widget_class_bind_template_child_full (widget_class, "save_button", FALSE, 0);

  gtk_widget_class_install_action (widget_class, "editor.save", NULL, save);
  gtk_widget_class_install_action (widget_class, "editor.delete", NULL, delete_conn);
  gtk_widget_class_install_action (widget_class, "editor.choose-file", "s", choose_file);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
applet_editor_init (AppletEditor *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->profile = applet_profile_new ();
  self->cancellable = g_cancellable_new ();

  gtk_widget_init_template (widget);
  for (guint i = 0; i < N_ROWS; i++)
    {
      self->rows[i] = GTK_WIDGET (gtk_widget_get_template_child (widget, APPLET_TYPE_EDITOR, row_names[i]));
      add_note (self, i);
    }
  gtk_window_set_default_widget (GTK_WINDOW (self),
                                 GTK_WIDGET (gtk_widget_get_template_child (widget, APPLET_TYPE_EDITOR, "save_button")));
}
