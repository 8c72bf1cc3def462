/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-editor.h"

#include <glib/gi18n.h>

#include "applet-editor-form.h"
#include "applet-keeper.h"
#include "applet-loader.h"
#include "applet-password.h"

struct _AppletEditor
{
  AdwWindow            parent_instance;

  ViciMonitor         *monitor;
  AppletStore         *store;      /* of the monitor */
  ViciConnItem        *item;       /* NULL: the connection is new */
  AppletProfile       *profile;
  AppletProfile       *old;        /* what it was; NULL: the connection is new */
  AppletProfile       *unchanged;  /* what was shown in the beginning */
  gboolean             is_done;    /* nothing is lost when it is closed */
  GCancellable        *cancellable;

  AppletEditorForm    *form;
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

/* -- What is wrong -- */

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
  const char *secret = applet_editor_form_get_text (self->form, "secret");

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

  applet_editor_form_check (self->form);
  if (is_name_taken (self))
    applet_editor_form_show_error (self->form, "name", _("There is a connection of this name."));
  if (missing != NULL)
    applet_editor_form_show_error (self->form, "secret", missing);

  return !applet_editor_form_focus_error (self->form);
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
  applet_editor_form_show_error (self->form, name, text);
  applet_editor_form_focus_error (self->form);
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
      self->is_done = TRUE;
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
      fail (self, "cert-file", _("There is no private key in this file; choose the file that has it."));
      return;
    }
  if (!applet_files_check_dates (files, self->profile, &blamed, &error))
    {
      fail (self, blamed, error->message);
      return;
    }

  secret = applet_password_read (GTK_EDITABLE (applet_editor_form_get_row (self->form, "secret")));
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
      applet_editor_form_show_error (self->form, NULL, vici_monitor_get_state_text (self->monitor));
      return;
    }

  set_busy (self, TRUE);
  interaction = applet_password_new (GTK_EDITABLE (applet_editor_form_get_row (self->form, "file-password")));
  applet_files_read_async (self->profile, interaction, self->cancellable, on_files,
                           g_object_ref (self));
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
  self->is_done = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

/* -- The rows -- */

static void
show_row (AppletEditor *self,
          const char   *name,
          gboolean      visible)
{
  gtk_widget_set_visible (applet_editor_form_get_row (self->form, name), visible);
}

/* What each way of authentication needs. */
static void
on_auth (AppletEditor *self)
{
  AppletAuth auth = applet_profile_get_auth (self->profile);
  gboolean is_new = self->old == NULL || auth != applet_profile_get_auth (self->old) ||
                    applet_store_is_locked (self->store, applet_profile_get (self->profile, "name"));
  GtkWidget *secret = applet_editor_form_get_row (self->form, "secret");
  const char *title;

  if (auth == APPLET_AUTH_EAP)
    title = is_new ? _("Password") : _("Password (empty: as it is)");
  else
    title = is_new ? _("Pre-shared key") : _("Pre-shared key (empty: as it is)");
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (secret), title);

  show_row (self, "user", auth == APPLET_AUTH_EAP);
  show_row (self, "secret", auth != APPLET_AUTH_CERT);
  show_row (self, "cert-file", auth == APPLET_AUTH_CERT);
  show_row (self, "key-file", auth == APPLET_AUTH_CERT);
  show_row (self, "file-password", auth == APPLET_AUTH_CERT);
  show_row (self, "ca-file", auth != APPLET_AUTH_PSK);
  applet_editor_form_hide_errors (self->form);
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
      applet_editor_form_disable (self->form);
      g_object_set (self->profile, "name", name, NULL);
    }

  /* A connection is known by its name. */
  gtk_editable_set_editable (GTK_EDITABLE (applet_editor_form_get_row (self->form, "name")), FALSE);
}

/* What has had the focus would stay selected: it goes to one row alone. */
static AppletEditor *
editor_new (ViciMonitor  *monitor,
            ViciConnItem *item)
{
  AppletEditor *self = g_object_new (APPLET_TYPE_EDITOR, NULL);

  self->monitor = g_object_ref (monitor);
  self->store = g_object_ref (applet_keeper_get_store (monitor));
  if (g_set_object (&self->item, item))
    take_item (self);

  applet_editor_form_set_profile (self->form, self->profile);
  g_signal_connect_object (self->profile, "notify::auth", G_CALLBACK (on_auth), self,
                           G_CONNECT_SWAPPED);
  on_auth (self);
  self->unchanged = applet_profile_copy (self->profile);

  return self;
}

GtkWidget *
applet_editor_new (ViciMonitor  *monitor,
                   ViciConnItem *item)
{
  AppletEditor *self = editor_new (monitor, item);

  gtk_widget_grab_focus (applet_editor_form_get_row (self->form, item == NULL ? "name" : "remote-addrs"));

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

  self = editor_new (monitor, item);
  is_cert = applet_profile_get_auth (self->profile) == APPLET_AUTH_CERT;
  add_text (self, _("The daemon was started again and does not have the secret of this connection any more. "
                    "Enter it once more and save."));
  gtk_widget_grab_focus (applet_editor_form_get_row (self->form, is_cert ? "file-password" : "secret"));

  return GTK_WIDGET (self);
}

/* -- Closing -- */

static gboolean
is_changed (AppletEditor *self)
{
  const char *secret = applet_editor_form_get_text (self->form, "secret");
  const char *password = applet_editor_form_get_text (self->form, "file-password");

  return !applet_profile_equal (self->profile, self->unchanged) || *secret != '\0' || *password != '\0';
}

static void
on_discard (AppletEditor *self,
            const char   *response,
            GtkWindow    *dialog)
{
  /* It closes itself when it has told this. */
  gtk_window_set_destroy_with_parent (dialog, FALSE);
  self->is_done = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

static void
confirm_discard (AppletEditor *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Discard Changes?"),
                                              _("What was entered is not saved, and would be lost."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog),
                                    "cancel", _("_Cancel"),
                                    "discard", _("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard",
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), TRUE);
  g_signal_connect_object (dialog, "response::discard", G_CALLBACK (on_discard), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What is being loaded is taken back. */
static gboolean
applet_editor_close_request (GtkWindow *window)
{
  AppletEditor *self = APPLET_EDITOR (window);

  if (!self->is_done && is_changed (self))
    {
      confirm_discard (self);
      return GDK_EVENT_STOP;
    }

  g_cancellable_cancel (self->cancellable);

  return GTK_WINDOW_CLASS (applet_editor_parent_class)->close_request (window);
}

/* -- GObject -- */

static void
applet_editor_finalize (GObject *object)
{
  AppletEditor *self = APPLET_EDITOR (object);

  g_clear_object (&self->monitor);
  g_clear_object (&self->store);
  g_clear_object (&self->item);
  g_clear_object (&self->profile);
  g_clear_object (&self->old);
  g_clear_object (&self->unchanged);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->form);

  G_OBJECT_CLASS (applet_editor_parent_class)->finalize (object);
}

static void
applet_editor_class_init (AppletEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

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
  applet_editor_form_bind (widget_class);
  gtk_widget_class_bind_template_child_full (widget_class, "save_button", FALSE, 0);

  gtk_widget_class_install_action (widget_class, "editor.save", NULL, save);
  gtk_widget_class_install_action (widget_class, "editor.delete", NULL, delete_conn);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
applet_editor_init (AppletEditor *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  self->profile = applet_profile_new ();
  self->cancellable = g_cancellable_new ();

  gtk_widget_init_template (widget);
  self->form = applet_editor_form_new (widget, self->error_label);
  gtk_window_set_default_widget (GTK_WINDOW (self),
                                 GTK_WIDGET (gtk_widget_get_template_child (widget, APPLET_TYPE_EDITOR, "save_button")));
}
