/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-conn-compare.h"

#include <string.h>

#include "vici-builder.h"
#include "vici-conn-key.h"
#include "vici-message-iter.h"
#include "vici-name-escape.h"
#include "vici-setting-writer.h"
#include "vici-words.h"

/**
 * SECTION:vici-conn-compare
 * @title: Comparing connections
 * @short_description: What a daemon lists, beside what it was sent
 *
 * Tells whether a connection that a daemon lists is still the one that was loaded:
 * another program may have replaced it, or a daemon may not have taken something as
 * it was meant.
 *
 * |[<!-- language="C" -->
 * g_auto (GStrv) paths = vici_conn_config_compare (config, conn, &error);
 *
 * for (char **path = paths; path != NULL && *path != NULL; path++)
 *   g_print ("%s is not as it was sent\n", *path);   // home.children.net.mode
 * ]|
 *
 * A daemon lists a part of what it was sent, and only that is compared:
 *
 * - of the connection `version`, `local_addrs`, `remote_addrs`, `rekey_time`,
 *   `reauth_time`, `dpd_delay`, `dpd_timeout`, `unique`, `ppk_id` and
 *   `ppk_required`, and from strongSwan 6.0.3 on `local_port` and `remote_port`;
 * - of each round of authentication, in the order of `round`, `auth` without
 *   constraints of keys and signatures, `id`, `ca_id`, `aaa_id`, `eap_id`,
 *   `xauth_id`, `groups`, `cert_policy`, `revocation`, and how many certificates
 *   there are;
 * - of each child `mode`, `label`, `rekey_time`, `rekey_bytes`, `rekey_packets`,
 *   `local_ts`, `remote_ts`, `dpd_action`, `close_action`, `interface` and
 *   `priority`.
 *
 * Not listed and so not compared are all others, among them all proposals, `pools`
 * and `vips`, hard limits of life, `start_action`, marks and interface ids.
 *
 * What is not set counts as the daemon's default. Where a default depends on the
 * daemon's own configuration, or on a certificate, it is not compared: `local_port`,
 * `remote_port`, `id` beside certificates, `unique` of a connection that mediates.
 *
 * Values are compared by what they mean: `4h` and 14400, `10.0.0.5/24` and
 * `10.0.0.0/24`. What cannot be told counts as the same, such as an EAP method by its
 * number, or the name of a service that this machine does not know. The texts of
 * identities are compared, and not their types, which are not listed.
 *
 * Since: 1.0
 */

/* -- Sections -- */

typedef struct
{
  ViciMessage  *sent;
  ViciMessage  *listed;
  const char   *path;
  GStrvBuilder *paths;          /* of what differs */
} Comparison;

static void
add_difference (const Comparison *self,
                const char       *key)
{
  g_autofree char *path = vici_setting_path (self->path, key);

  g_strv_builder_add (self->paths, path);
}

static void
compare_keys (const Comparison  *self,
              const ViciConnKey *keys)
{
  for (const ViciConnKey *key = keys; key->key != NULL; key++)
    {
      if (!vici_conn_key_is_same (key, self->sent, self->listed))
        add_difference (self, key->key);
    }
}

/* The names of the sections in a message that start so, in the order of the wire. */
static GStrv
list_sections (ViciMessage *message,
               const char  *start)
{
  g_auto (GStrv) names = vici_message_get_names (message);
  g_autoptr (GStrvBuilder) found = g_strv_builder_new ();

  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (ViciMessage) section = g_str_has_prefix (*name, start)
                                        ? vici_message_lookup_section (message, *name)
                                        : NULL;

      if (section != NULL)
        g_strv_builder_add (found, *name);
    }

  return g_strv_builder_end (found);
}

/* -- Rounds of authentication -- */

static gboolean
is_number (const char *text)
{
  return *text != '\0' && text[strspn (text, "0123456789")] == '\0';
}

/* eap-METHOD-VENDOR:CONSTRAINTS, listed as EAP_METHOD, or (7) */
static gboolean
is_same_method (const char  *auth,
                ViciMessage *listed)
{
  g_auto (GStrv) halves = g_strsplit (auth, ":", 2);
  g_auto (GStrv) parts = g_strsplit (halves[0], "-", 3);
  g_autofree char *type = vici_message_lookup_string (listed, "eap-type");
  const char *method = parts[1];
  const char *name = type;
  guint64 vendor = method && parts[2] ? g_ascii_strtoull (parts[2], NULL, 0) : 0;

  if (method == NULL || type == NULL)
    return method == NULL && type == NULL;

  if (g_str_has_prefix (type, "EAP_"))
    name += strlen ("EAP_");
  else if (*type == '(')
    *strchrnul (++name, ')') = '\0';

  if (vendor != vici_message_lookup_uint64 (listed, "eap-vendor", 0))
    return FALSE;

  return is_number (method) != is_number (name) || g_ascii_strcasecmp (method, name) == 0;
}

static gboolean
is_same_backend (const char  *auth,
                 ViciMessage *listed)
{
  g_autofree char *backend = vici_message_lookup_string (listed, "xauth");
  const char *dash = strchr (auth, '-');

  return g_strcmp0 (dash ? dash + 1 : NULL, backend) == 0;
}

static gboolean
is_same_auth (ViciMessage *sent,
              ViciMessage *listed)
{
  g_autofree char *auth = vici_message_lookup_string (sent, "auth");
  g_autofree char *text = vici_message_lookup_string (listed, "class");
  ViciAuthClass auth_class = text ? vici_word_get_value (vici_words_auth_class, text)
                                  : VICI_AUTH_CLASS_ANY;

  if (auth_class == VICI_AUTH_CLASS_UNKNOWN)
    return TRUE;

  if (auth == NULL)
    return auth_class == VICI_AUTH_CLASS_ANY || auth_class == VICI_AUTH_CLASS_PUBLIC_KEY;

  if (g_ascii_strcasecmp (auth, "psk") == 0)
    return auth_class == VICI_AUTH_CLASS_PSK;

  if (g_ascii_strncasecmp (auth, "xauth", 5) == 0)
    return auth_class == VICI_AUTH_CLASS_XAUTH && is_same_backend (auth, listed);

  if (g_ascii_strncasecmp (auth, "eap", 3) == 0)
    return auth_class == VICI_AUTH_CLASS_EAP && is_same_method (auth, listed);

  return auth_class == VICI_AUTH_CLASS_PUBLIC_KEY;
}

static guint
count_items (ViciMessage *message,
             const char  *list)
{
  ViciMessageIter iter;
  guint n = 0;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    {
      if (vici_message_iter_get_element (&iter) == VICI_ELEMENT_SECTION_START)
        vici_message_iter_skip (&iter);
      else if (vici_message_iter_get_element (&iter) == VICI_ELEMENT_LIST_START &&
               !vici_message_iter_name_equals (&iter, list))
        vici_message_iter_skip (&iter);
      else if (vici_message_iter_get_element (&iter) == VICI_ELEMENT_LIST_ITEM)
        n++;
    }

  return n;
}

/* Public keys are listed among the certificates. */
static guint
count_certs (ViciMessage *sent,
             const char  *list)
{
  g_auto (GStrv) files = list_sections (sent, strcmp (list, "certs") == 0 ? "cert" : "cacert");
  guint n = count_items (sent, list) + g_strv_length (files);

  return strcmp (list, "certs") == 0 ? n + count_items (sent, "pubkeys") : n;
}

static void
compare_certs (const Comparison *self,
               const char       *list)
{
  if (count_certs (self->sent, list) != count_items (self->listed, list))
    add_difference (self, list);
}

static void
compare_auth (const Comparison *self)
{
  gboolean has_certs = count_certs (self->sent, "certs") > 0;

  if (!is_same_auth (self->sent, self->listed))
    add_difference (self, "auth");

  compare_keys (self, has_certs ? vici_conn_key_id_beside_certs : vici_conn_key_id);
  compare_keys (self, vici_conn_auth_keys);
  compare_certs (self, "certs");
  compare_certs (self, "cacerts");
}

/* In the order in which they are gone through. */
static void
sort_rounds (ViciMessage *sent,
             char       **names)
{
  for (guint i = 1; names[0] != NULL && names[i] != NULL; i++)
    {
      for (guint j = i; j > 0; j--)
        {
          g_autoptr (ViciMessage) one = vici_message_lookup_section (sent, names[j - 1]);
          g_autoptr (ViciMessage) other = vici_message_lookup_section (sent, names[j]);
          char *name = names[j];

          if (vici_message_lookup_uint64 (one, "round", 0) <=
              vici_message_lookup_uint64 (other, "round", 0))
            break;

          names[j] = names[j - 1];
          names[j - 1] = name;
        }
    }
}

/* A side of which nothing was sent has one round all the same. */
static ViciMessage *
get_round (ViciMessage *message,
           const char  *name)
{
  g_autoptr (ViciBuilder) builder = NULL;

  if (name != NULL)
    return vici_message_lookup_section (message, name);

  builder = vici_builder_new ();

  return vici_builder_end (builder, NULL);
}

static void
compare_rounds (const Comparison *self,
                const char       *side)
{
  g_auto (GStrv) mine = list_sections (self->sent, side);
  g_auto (GStrv) theirs = list_sections (self->listed, side);
  guint n_mine = g_strv_length (mine);
  guint n_theirs = g_strv_length (theirs);

  sort_rounds (self->sent, mine);

  for (guint i = 0; i < MAX (MAX (n_mine, n_theirs), 1); i++)
    {
      const char *name = i < n_mine ? mine[i] : i < n_theirs ? theirs[i]
                                                             : NULL;
      g_autofree char *path = name ? vici_setting_path (self->path, name) : NULL;
      g_autoptr (ViciMessage) sent = NULL;
      g_autoptr (ViciMessage) listed = NULL;

      if (i >= n_theirs || i >= MAX (n_mine, 1))
        {
          add_difference (self, name ? name : side);
          continue;
        }

      sent = get_round (self->sent, i < n_mine ? name : NULL);
      listed = vici_message_lookup_section (self->listed, theirs[i]);
      compare_auth (&(Comparison) { sent, listed, path, self->paths });
    }
}

/* -- Children -- */

static ViciMessage *
lookup_child (ViciMessage *conn,
              const char  *name)
{
  g_autoptr (ViciMessage) children = vici_message_lookup_section (conn, "children");

  return children ? vici_message_lookup_section (children, name) : NULL;
}

static GStrv
list_children (ViciMessage *conn)
{
  g_autoptr (ViciMessage) children = vici_message_lookup_section (conn, "children");

  return children ? list_sections (children, "") : g_new0 (char *, 1);
}

/* Names are escaped on both sides. */
static char *
get_child_path (const Comparison *self,
                const char       *name)
{
  g_autofree char *children = vici_setting_path (self->path, "children");
  g_autofree char *given = vici_name_unescape (name);
  g_autofree char *shown = vici_setting_show_name (given);

  return vici_setting_path (children, shown);
}

static void
compare_children (const Comparison *self)
{
  g_auto (GStrv) mine = list_children (self->sent);
  g_auto (GStrv) theirs = list_children (self->listed);

  for (char **name = mine; *name != NULL; name++)
    {
      g_autofree char *path = get_child_path (self, *name);
      g_autoptr (ViciMessage) sent = lookup_child (self->sent, *name);
      g_autoptr (ViciMessage) listed = lookup_child (self->listed, *name);

      if (listed == NULL)
        g_strv_builder_add (self->paths, path);
      else
        compare_keys (&(Comparison) { sent, listed, path, self->paths }, vici_conn_child_keys);
    }

  for (char **name = theirs; *name != NULL; name++)
    {
      g_autofree char *path = get_child_path (self, *name);

      if (!g_strv_contains ((const char * const *) mine, *name))
        g_strv_builder_add (self->paths, path);
    }
}

/* -- The connection -- */

static gboolean
has_key (ViciMessage *message,
         const char  *key)
{
  g_autofree char *value = vici_message_lookup_string (message, key);

  return value != NULL;
}

static void
compare_conn (const Comparison *self)
{
  gboolean has_reauth = has_key (self->sent, "reauth_time");

  compare_keys (self, vici_conn_keys);
  compare_keys (self, has_reauth ? vici_conn_key_rekey_time_beside_reauth_time
                                 : vici_conn_key_rekey_time);
  if (!vici_message_lookup_boolean (self->sent, "mediation", FALSE))
    compare_keys (self, vici_conn_key_unique);

  compare_rounds (self, "local");
  compare_rounds (self, "remote");
  compare_children (self);
}

/**
 * vici_conn_config_compare:
 * @self: a connection, as it was or would be sent
 * @conn: a connection that the daemon lists
 * @error: return location for an error
 *
 * Compares what was sent with what the daemon lists. The paths are those that errors
 * have too: `home.rekey_time`, `home.local-1.id`, `home.children.net.mode`. A round or
 * a child that one of them lacks is named as a whole: `home.children.net`. The names
 * of the connections themselves are not compared.
 *
 * Errors: those of vici_settings_to_message(), when @self could not be sent.
 *
 * Returns: (transfer full): the paths of what differs, none when all agrees; %NULL
 *   on error
 *
 * Since: 1.0
 */
GStrv
vici_conn_config_compare (ViciConnConfig *self,
                          ViciConn       *conn,
                          GError        **error)
{
  g_autoptr (ViciMessage) sent = NULL;
  g_autoptr (GStrvBuilder) paths = NULL;
  g_autofree char *path = NULL;

  g_return_val_if_fail (VICI_IS_CONN_CONFIG (self), NULL);
  g_return_val_if_fail (VICI_IS_CONN (conn), NULL);

  sent = vici_settings_to_message (VICI_SETTINGS (self), error);
  if (sent == NULL)
    return NULL;

  path = vici_setting_show_name (vici_settings_get_name (VICI_SETTINGS (self)));
  paths = g_strv_builder_new ();
  compare_conn (&(Comparison) { sent, vici_record_get_message (VICI_RECORD (conn)), path, paths });

  return g_strv_builder_end (paths);
}
