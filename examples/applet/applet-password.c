/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-password.h"

#include <glib/gi18n.h>
#include <string.h>

struct _AppletPassword
{
  GTlsInteraction parent_instance;

  GBytes         *password;   /* NULL: there is none */
};

G_DEFINE_FINAL_TYPE (AppletPassword, applet_password, G_TYPE_TLS_INTERACTION)

static void
wipe (gpointer data)
{
  char *text = data;

  explicit_bzero (text, strlen (text));
  g_free (text);
}

GBytes *
applet_password_read (GtkEditable *entry)
{
  const char *text = gtk_editable_get_text (entry);
  char *copy;

  if (*text == '\0')
    return NULL;

  copy = g_strdup (text);

  return g_bytes_new_with_free_func (copy, strlen (copy), wipe, copy);
}

GTlsInteraction *
applet_password_new (GtkEditable *entry)
{
  AppletPassword *self = g_object_new (APPLET_TYPE_PASSWORD, NULL);

  self->password = applet_password_read (entry);

  return G_TLS_INTERACTION (self);
}

static GTlsInteractionResult
applet_password_ask_password (GTlsInteraction *interaction,
                              GTlsPassword    *password,
                              GCancellable    *cancellable,
                              GError         **error)
{
  AppletPassword *self = APPLET_PASSWORD (interaction);
  gboolean is_wrong = (g_tls_password_get_flags (password) & G_TLS_PASSWORD_RETRY) != 0;
  gconstpointer text;
  gsize length;

  if (self->password == NULL || is_wrong)
    {
      g_set_error_literal (error, G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD,
                           is_wrong ? _("This is not the password of the file.")
                                    : _("The file is protected by a password."));
      return G_TLS_INTERACTION_FAILED;
    }

  text = g_bytes_get_data (self->password, &length);
  g_tls_password_set_value (password, text, (gssize) length);

  return G_TLS_INTERACTION_HANDLED;
}

static void
applet_password_finalize (GObject *object)
{
  g_clear_pointer (&APPLET_PASSWORD (object)->password, g_bytes_unref);

  G_OBJECT_CLASS (applet_password_parent_class)->finalize (object);
}

static void
applet_password_class_init (AppletPasswordClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = applet_password_finalize;
  G_TLS_INTERACTION_CLASS (klass)->ask_password = applet_password_ask_password;
}

static void
applet_password_init (AppletPassword *self)
{
}
