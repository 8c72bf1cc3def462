/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a connection may hold, and what is wrong with one that holds more. */

#include "sim-schema.h"

#include <string.h>

#include "sim-cert.h"
#include "sim-proposal.h"
#include "sim-selector.h"
#include "sim-value.h"

/* -- Values -- */

typedef gboolean (*CheckText) (const char *text);

static gboolean
check_text (GBytes   *value,
            CheckText check)
{
  gsize length;
  const char *data = g_bytes_get_data (value, &length);
  g_autofree char *text = g_strndup (data != NULL ? data : "", length);

  return strlen (text) == length && check (text);
}

static gboolean
any (GBytes *value)
{
  return TRUE;
}

static gboolean
is_one_of (const char         *text,
           const char * const *words)
{
  for (; *words != NULL; words++)
    if (g_ascii_strcasecmp (text, *words) == 0)
      return TRUE;

  return FALSE;
}

#define DEFINE_CHECK(name)                             \
  static gboolean check_##name (GBytes *value)         \
  {                                                    \
    return check_text (value, is_##name);              \
  }

#define DEFINE_WORDS(name, ...)                          \
  static gboolean is_##name (const char *text)           \
  {                                                      \
    static const char * const words[] = { __VA_ARGS__, NULL }; \
    return is_one_of (text, words);                      \
  }                                                      \
  DEFINE_CHECK (name)

DEFINE_WORDS (fragmentation, "yes", "accept", "no", "force", "true", "1", "enabled", "0", "false", "disabled")
DEFINE_WORDS (childless, "allow", "prefer", "never", "force")
DEFINE_WORDS (send_cert, "ifasked", "always", "never", "yes", "no")
DEFINE_WORDS (ocsp, "both", "reply", "request", "never")
DEFINE_WORDS (unique, "never", "no", "replace", "keep")
DEFINE_WORDS (revocation, "strict", "ifuri", "relaxed")
DEFINE_WORDS (hw_offload, "no", "yes", "crypto", "packet", "auto")
DEFINE_WORDS (copy_dscp, "no", "in", "out", "yes")
DEFINE_WORDS (label_mode, "system", "simple", "selinux")

static gboolean
is_number (const char *text)
{
  guint64 value;

  return sim_parse_uint (text, G_MAXUINT64, &value);
}

static gboolean
is_boolean (const char *text)
{
  gboolean value;

  return sim_parse_boolean (text, &value);
}

static gboolean
is_time (const char *text)
{
  guint64 value;

  return sim_parse_time (text, &value);
}

static gboolean
is_bytes (const char *text)
{
  guint64 value;

  return sim_parse_bytes (text, &value);
}

static gboolean
is_id (const char *text)
{
  return g_str_is_ascii (text);
}

static gboolean
is_interface_id (const char *text)
{
  return is_number (text) || g_str_has_prefix (text, "0x") || g_str_has_prefix (text, "%unique");
}

static gboolean
is_dscp (const char *text)
{
  return strlen (text) <= 6 && strspn (text, "01") == strlen (text);
}

static gboolean
is_vip (const char *text)
{
  return sim_is_address (text);
}

static gboolean
is_mode (const char *text)
{
  return sim_parse_mode (text) != NULL;
}

static gboolean
is_action (const char *text)
{
  return sim_parse_action (text) != NULL;
}

static gboolean
is_selector (const char *text)
{
  g_autofree char *selector = sim_parse_selector (text);

  return selector != NULL;
}

static gboolean
is_ike_proposal (const char *text)
{
  SimSuite suite;

  return sim_parse_proposal (text, TRUE, &suite);
}

static gboolean
is_esp_proposal (const char *text)
{
  SimSuite suite;

  return sim_parse_proposal (text, FALSE, &suite);
}

static gboolean
is_mark (const char *text)
{
  return g_ascii_isdigit (*text) || g_str_has_prefix (text, "%unique") || g_str_has_prefix (text, "%same");
}

static gboolean
is_tfc_padding (const char *text)
{
  return is_number (text) || g_str_equal (text, "mtu");
}

/* A method, or what is wanted of key and signature: "rsa-2048-sha256". */
static gboolean
is_auth (const char *text)
{
  static const char * const words[] = {
    "pubkey", "rsa", "ecdsa", "bliss", "ike",
    "md5", "sha1", "sha224", "sha256", "sha384", "sha512", NULL
  };
  g_auto (GStrv) parts = NULL;

  if (g_str_equal (text, "psk") || g_str_has_prefix (text, "xauth") || g_str_has_prefix (text, "eap"))
    return TRUE;

  parts = g_strsplit_set (g_str_has_prefix (text, "ike:") ? text + 4 : text, "-", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    if (!is_one_of (parts[i], words) && !is_number (parts[i]))
      return FALSE;

  return parts[0] != NULL;
}

DEFINE_CHECK (number)
DEFINE_CHECK (boolean)
DEFINE_CHECK (time)
DEFINE_CHECK (bytes)
DEFINE_CHECK (id)
DEFINE_CHECK (interface_id)
DEFINE_CHECK (dscp)
DEFINE_CHECK (vip)
DEFINE_CHECK (mode)
DEFINE_CHECK (action)
DEFINE_CHECK (selector)
DEFINE_CHECK (ike_proposal)
DEFINE_CHECK (esp_proposal)
DEFINE_CHECK (mark)
DEFINE_CHECK (tfc_padding)
DEFINE_CHECK (auth)

static gboolean
check_cert (GBytes *value)
{
  g_autoptr (SimCert) cert = sim_cert_new (SIM_CERT_X509, value);

  return cert != NULL;
}

static gboolean
check_pubkey (GBytes *value)
{
  g_autoptr (SimCert) cert = sim_cert_new (SIM_CERT_PUBKEY, value);

  return cert != NULL;
}

/* -- Children -- */

static const SimOption child_values[] = {
  { "updown", any },
  { "hostaccess", check_boolean },
  { "mode", check_mode },
  { "policies", check_boolean },
  { "policies_fwd_out", check_boolean },
  { "replay_window", check_number },
  { "rekey_time", check_time },
  { "life_time", check_time },
  { "rand_time", check_time },
  { "rekey_bytes", check_bytes },
  { "life_bytes", check_bytes },
  { "rand_bytes", check_bytes },
  { "rekey_packets", check_number },
  { "life_packets", check_number },
  { "rand_packets", check_number },
  { "dpd_action", check_action },
  { "start_action", check_action },
  { "close_action", check_action },
  { "ipcomp", check_boolean },
  { "inactivity", check_time },
  { "reqid", check_number },
  { "mark_in", check_mark },
  { "mark_in_sa", check_boolean },
  { "mark_out", check_mark },
  { "set_mark_in", check_mark },
  { "set_mark_out", check_mark },
  { "tfc_padding", check_tfc_padding },
  { "priority", check_number },
  { "interface", any },
  { "hw_offload", check_hw_offload },
  { "sha256_96", check_boolean },
  { "copy_df", check_boolean },
  { "copy_ecn", check_boolean },
  { "copy_dscp", check_copy_dscp },
  { "if_id_in", check_interface_id },
  { "if_id_out", check_interface_id },
  { "label", any },
  { "label_mode", check_label_mode },
  { NULL },
};

static const SimOption child_lists[] = {
  { "ah_proposals", check_esp_proposal },
  { "esp_proposals", check_esp_proposal },
  { "local_ts", check_selector },
  { "remote_ts", check_selector },
  { NULL },
};

static const SimSchema child_schema = { "config", child_values, child_lists, NULL };

/* Charon takes no notice of what is not a section. */
static char *
check_children (ViciMessage *section)
{
  g_auto (GStrv) names = vici_message_get_names (section);
  char *errmsg = NULL;

  for (gsize i = 0; names[i] != NULL && errmsg == NULL; i++)
    {
      g_autoptr (ViciMessage) child = vici_message_lookup_section (section, names[i]);

      if (child != NULL)
        errmsg = sim_schema_check (&child_schema, child);
    }

  return errmsg;
}

/* -- Rounds of authentication -- */

static const SimOption auth_values[] = {
  { "auth", check_auth },
  { "id", check_id },
  { "ca_id", check_id },
  { "aaa_id", check_id },
  { "eap_id", check_id },
  { "xauth_id", check_id },
  { "revocation", check_revocation },
  { "round", check_number },
  { NULL },
};

static const SimOption auth_lists[] = {
  { "groups", any },
  { "cert_policy", any },
  { "certs", check_cert },
  { "cacerts", check_cert },
  { "pubkeys", check_pubkey },
  { NULL },
};

static char *
check_auth_section (const char  *name,
                    ViciMessage *section)
{
  if (g_str_has_prefix (name, "cert") || g_str_has_prefix (name, "cacert"))
    return NULL;

  return g_strdup_printf ("invalid section: %s", name);
}

static const SimSchema auth_schema = { "config", auth_values, auth_lists, check_auth_section };

/* -- Connections -- */

static const SimOption conn_values[] = {
  { "version", check_number },
  { "local_port", check_number },
  { "remote_port", check_number },
  { "aggressive", check_boolean },
  { "pull", check_boolean },
  { "dscp", check_dscp },
  { "encap", check_boolean },
  { "mobike", check_boolean },
  { "dpd_delay", check_time },
  { "dpd_timeout", check_time },
  { "fragmentation", check_fragmentation },
  { "childless", check_childless },
  { "send_certreq", check_boolean },
  { "send_cert", check_send_cert },
  { "ocsp", check_ocsp },
  { "keyingtries", check_number },
  { "unique", check_unique },
  { "reauth_time", check_time },
  { "rekey_time", check_time },
  { "over_time", check_time },
  { "rand_time", check_time },
  { "ppk_id", check_id },
  { "ppk_required", check_boolean },
  { "if_id_in", check_interface_id },
  { "if_id_out", check_interface_id },
  { NULL },
};

static const SimOption conn_lists[] = {
  { "local_addrs", any },
  { "remote_addrs", any },
  { "proposals", check_ike_proposal },
  { "vips", check_vip },
  { "pools", any },
  { NULL },
};

static char *
check_conn_section (const char  *name,
                    ViciMessage *section)
{
  if (g_str_equal (name, "children"))
    return check_children (section);
  if (g_str_has_prefix (name, "local") || g_str_has_prefix (name, "remote"))
    return sim_schema_check (&auth_schema, section);

  return g_strdup_printf ("invalid section: %s", name);
}

static const SimSchema conn_schema = { "config", conn_values, conn_lists, check_conn_section };

char *
sim_check_conn (ViciMessage *section)
{
  return sim_schema_check (&conn_schema, section);
}
