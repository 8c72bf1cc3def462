/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-pem.h"

#include <stdio.h>
#include <string.h>

/* At least as much as write_block() writes. */
static gsize
get_room (GBytes *data)
{
  return 2 * g_bytes_get_size (data) + 128;
}

/* Returns: the end */
static char *
write_block (char       *text,
             const char *label,
             GBytes     *data)
{
  gsize length;
  const guchar *bytes = g_bytes_get_data (data, &length);
  int state = 0;
  int rest = 0;

  text += sprintf (text, "-----BEGIN %s-----\n", label);
  text += g_base64_encode_step (bytes, length, TRUE, text, &state, &rest);
  text += g_base64_encode_close (TRUE, text, &state, &rest);

  return text + sprintf (text, "-----END %s-----\n", label);
}

static void
wipe (gpointer data)
{
  char *text = data;

  explicit_bzero (text, strlen (text));
  g_free (text);
}

GBytes *
applet_pem_new (GListModel *certs,
                GBytes     *key)
{
  guint n_certs = g_list_model_get_n_items (certs);
  gsize room = get_room (key);
  char *text;
  char *end;

  for (guint i = 0; i < n_certs; i++)
    {
      g_autoptr (ViciCredential) credential = g_list_model_get_item (certs, i);

      room += get_room (vici_credential_get_data (credential));
    }

  /* To let it grow would leave copies of the key behind. */
  text = g_malloc (room);
  end = write_block (text, "PRIVATE KEY", key);
  for (guint i = 0; i < n_certs; i++)
    {
      g_autoptr (ViciCredential) credential = g_list_model_get_item (certs, i);

      if (!vici_credential_is_private_key (credential))
        end = write_block (end, "CERTIFICATE", vici_credential_get_data (credential));
    }

  return g_bytes_new_with_free_func (text, (gsize) (end - text), wipe, text);
}
