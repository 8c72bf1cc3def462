/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-conn-key.h"

#include <stdlib.h>
#include <string.h>

#include "vici-conn-normal.h"
#include "vici-value.h"
#include "vici-words.h"

/* -- Values -- */

static char *
normal_text (const char *text)
{
  return g_strdup (text);
}

/* Several can be in one text. */
static char *
normal_hosts (const char *text)
{
  g_auto (GStrv) hosts = g_strsplit (text, ",", -1);

  for (char **host = hosts; *host != NULL; host++)
    g_strstrip (*host);

  return g_strjoinv ("\n", hosts);
}

static char *
normal_seconds (const char *text)
{
  guint64 seconds;

  return vici_value_parse_seconds (text, &seconds)
         ? g_strdup_printf ("%" G_GUINT64_FORMAT, seconds)
         : NULL;
}

static char *
normal_bytes (const char *text)
{
  guint64 bytes;

  return vici_value_parse_bytes (text, &bytes) ? g_strdup_printf ("%" G_GUINT64_FORMAT, bytes)
                                               : NULL;
}

static char *
normal_boolean (const char *text)
{
  return vici_value_to_wire (VICI_VALUE_BOOLEAN, text, NULL);
}

static char *
normal_action (const char *text)
{
  static const char * const words[][2] = {
    { "trap", "route" },
    { "start", "restart" },
  };
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);
  guint actions = 0;

  for (char **part = parts; *part != NULL; part++)
    {
      g_strstrip (*part);
      for (guint i = 0; i < G_N_ELEMENTS (words); i++)
        {
          if (g_ascii_strcasecmp (*part, words[i][0]) == 0 ||
              g_ascii_strcasecmp (*part, words[i][1]) == 0)
            actions |= 1u << i;
        }
    }

  return g_strdup_printf ("%u", actions);
}

static char *
normal_word (const char     *text,
             const ViciWord *words)
{
  int value = vici_word_get_value (words, text);

  return value != 0 ? g_strdup_printf ("%d", value) : NULL;
}

static char *
normal_version (const char *text)
{
  return normal_word (text, vici_words_ike_version);
}

static char *
normal_unique (const char *text)
{
  return normal_word (text, vici_words_conn_unique);
}

static char *
normal_revocation (const char *text)
{
  return normal_word (text, vici_words_auth_revocation);
}

static char *
normal_mode (const char *text)
{
  return normal_word (text, vici_words_ipsec_mode);
}

/* It is listed in hexadecimal digits, with the zero at its end. */
static char *
normal_label (const char *text)
{
  gsize size = *text != '\0' ? strlen (text) + 1 : 0;
  GString *digits = g_string_new (NULL);

  for (gsize i = 0; i < size; i++)
    g_string_append_printf (digits, "%02x", (guint8) text[i]);

  return g_string_free (digits, FALSE);
}

static char *
normal_listed_label (const char *text)
{
  return g_ascii_strdown (text, -1);
}

const ViciConnKey vici_conn_keys[] = {
  { "version", NULL, normal_version, NULL, "0", NULL },
  { "local_addrs", NULL, normal_hosts, NULL, "%any", NULL },
  { "remote_addrs", NULL, normal_hosts, NULL, "%any", NULL },
  { "local_port", NULL, normal_bytes, NULL, NULL, NULL },
  { "remote_port", NULL, normal_bytes, NULL, NULL, NULL },
  { "reauth_time", NULL, normal_seconds, NULL, "0", NULL },
  { "dpd_delay", NULL, normal_seconds, NULL, "0", "0" },
  { "dpd_timeout", NULL, normal_seconds, NULL, "0", "0" },
  { "ppk_id", NULL, vici_normal_identity, NULL, "", "" },
  { "ppk_required", NULL, normal_boolean, NULL, "no", "no" },
  { NULL },
};

const ViciConnKey vici_conn_auth_keys[] = {
  { "ca_id", NULL, vici_normal_identity, NULL, "", "" },
  { "aaa_id", NULL, vici_normal_identity, NULL, "", "" },
  { "eap_id", NULL, vici_normal_identity, NULL, "", "" },
  { "xauth_id", NULL, vici_normal_identity, NULL, "", "" },
  { "groups", NULL, vici_normal_identity, NULL, "", "" },
  { "cert_policy", NULL, normal_text, NULL, "", "" },
  { "revocation", NULL, normal_revocation, NULL, "relaxed", "relaxed" },
  { NULL },
};

const ViciConnKey vici_conn_child_keys[] = {
  { "mode", NULL, normal_mode, NULL, "tunnel", NULL },
  { "label", NULL, normal_label, normal_listed_label, "", "" },
  { "rekey_time", NULL, normal_seconds, NULL, "1h", NULL },
  { "rekey_bytes", NULL, normal_bytes, NULL, "0", NULL },
  { "rekey_packets", NULL, normal_bytes, NULL, "0", NULL },
  { "local_ts", "local-ts", vici_normal_selector, NULL, "dynamic", NULL, TRUE },
  { "remote_ts", "remote-ts", vici_normal_selector, NULL, "dynamic", NULL, TRUE },
  { "dpd_action", NULL, normal_action, NULL, "none", NULL },
  { "close_action", NULL, normal_action, NULL, "none", NULL },
  { "interface", NULL, normal_text, NULL, "", "" },
  { "priority", NULL, normal_bytes, NULL, "0", "0" },
  { NULL },
};

const ViciConnKey vici_conn_key_rekey_time[] = {
  { "rekey_time", NULL, normal_seconds, NULL, "4h", NULL },
  { NULL },
};
const ViciConnKey vici_conn_key_rekey_time_beside_reauth_time[] = {
  { "rekey_time", NULL, normal_seconds, NULL, "0", NULL },
  { NULL },
};
const ViciConnKey vici_conn_key_unique[] = {
  { "unique", NULL, normal_unique, NULL, "no", NULL },
  { NULL },
};
const ViciConnKey vici_conn_key_id[] = {
  { "id", NULL, vici_normal_identity, NULL, "", "" },
  { NULL },
};
const ViciConnKey vici_conn_key_id_beside_certs[] = {
  { "id", NULL, vici_normal_identity, NULL, NULL, "" },
  { NULL },
};

/* -- A key -- */

/* The value, or the items of the list, or else @fallback. NULL: none of these. */
static GStrv
get_values (ViciMessage *message,
            const char  *key,
            const char  *fallback)
{
  g_auto (GStrv) items = vici_message_lookup_strv (message, key);
  g_autofree char *value = items ? NULL : vici_message_lookup_string (message, key);

  if (items != NULL && *items != NULL)
    return g_steal_pointer (&items);

  if (value == NULL && fallback == NULL)
    return NULL;

  return g_strdupv ((char *[]) { value ? value : (char *) fallback, NULL });
}

static int
compare_texts (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char * const *) a, *(const char * const *) b);
}

static void
make_set (char **texts)
{
  guint n = g_strv_length (texts);
  guint kept = 0;

  qsort (texts, n, sizeof *texts, compare_texts);
  for (guint i = 0; i < n; i++)
    {
      if (kept > 0 && strcmp (texts[kept - 1], texts[i]) == 0)
        g_free (texts[i]);
      else
        texts[kept++] = texts[i];
    }
  texts[kept] = NULL;
}

/* NULL: it cannot be told what one of them means. */
static char *
normal_list (GStrv          values,
             ViciConnNormal normal,
             gboolean       is_set)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) texts = NULL;

  for (char **value = values; *value != NULL; value++)
    {
      g_autofree char *text = normal (*value);

      if (text == NULL)
        return NULL;

      g_strv_builder_add (builder, text);
    }

  texts = g_strv_builder_end (builder);
  if (is_set)
    make_set (texts);

  return g_strjoinv ("\n", texts);
}

gboolean
vici_conn_key_is_same (const ViciConnKey *key,
                       ViciMessage       *sent,
                       ViciMessage       *listed)
{
  const char *listed_key = key->listed_key ? key->listed_key : key->key;
  ViciConnNormal listed_normal = key->listed_normal ? key->listed_normal : key->normal;
  g_auto (GStrv) mine = get_values (sent, key->key, key->unset);
  g_auto (GStrv) theirs = get_values (listed, listed_key, key->unlisted);
  g_autofree char *my_text = NULL;
  g_autofree char *their_text = NULL;

  if (mine == NULL || theirs == NULL)
    return TRUE;

  /* What is the same needs no understanding. */
  if (g_strv_equal ((const char * const *) mine, (const char * const *) theirs))
    return TRUE;

  my_text = normal_list (mine, key->normal, key->is_set);
  their_text = normal_list (theirs, listed_normal, key->is_set);

  return my_text == NULL || their_text == NULL || strcmp (my_text, their_text) == 0;
}
