/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-password.h"

#include <string.h>

#include "vici-secret.h"

struct _ViciPassword
{
  GTlsPassword parent_instance;

  GBytes      *value;   /* with a NUL behind it; NULL: it was told nothing */
};

G_DEFINE_FINAL_TYPE (ViciPassword, vici_password, G_TYPE_TLS_PASSWORD)

ViciPassword *
vici_password_new (const char       *description,
                   GTlsPasswordFlags flags)
{
  return g_object_new (VICI_TYPE_PASSWORD,
                       "description", description,
                       "flags", flags,
                       NULL);
}

const char *
vici_password_get_text (ViciPassword *self)
{
  return self->value ? g_bytes_get_data (self->value, NULL) : "";
}

/* -- GTlsPassword -- */

static const guchar *
vici_password_get_value (GTlsPassword *password,
                         gsize        *length)
{
  ViciPassword *self = VICI_PASSWORD (password);

  if (length != NULL)
    *length = self->value ? g_bytes_get_size (self->value) - 1 : 0;

  return self->value ? g_bytes_get_data (self->value, NULL) : NULL;
}

static void
vici_password_set_value (GTlsPassword  *password,
                         guchar        *value,
                         gssize         length,
                         GDestroyNotify destroy)
{
  ViciPassword *self = VICI_PASSWORD (password);
  gsize size = length < 0 ? strlen ((const char *) value) : (gsize) length;
  guchar *copy = g_malloc (size + 1);

  if (size > 0)
    memcpy (copy, value, size);
  copy[size] = '\0';

  g_clear_pointer (&self->value, g_bytes_unref);
  self->value = vici_secret_new_take (copy, size + 1, g_free);

  /* This is a copy that GLib made. What frees its memory in another way is for
   * whoever called to wipe: it may not even be writable. */
  if (destroy == g_free && size > 0)
    explicit_bzero (value, size);
  if (destroy != NULL)
    destroy (value);
}

/* -- GObject -- */

static void
vici_password_finalize (GObject *object)
{
  g_clear_pointer (&VICI_PASSWORD (object)->value, g_bytes_unref);

  G_OBJECT_CLASS (vici_password_parent_class)->finalize (object);
}

static void
vici_password_class_init (ViciPasswordClass *klass)
{
  GTlsPasswordClass *password_class = G_TLS_PASSWORD_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = vici_password_finalize;
  password_class->get_value = vici_password_get_value;
  password_class->set_value = vici_password_set_value;
}

static void
vici_password_init (ViciPassword *self)
{
}
