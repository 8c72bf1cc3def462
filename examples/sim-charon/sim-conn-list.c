/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How charon lists a connection: with its defaults, and in words of its own. */

#include "sim-conn.h"

#include "sim-cert.h"
#include "sim-value.h"

/* -- Rounds -- */

/* The certificates of a list of a section, and those in files that its sections
 * named @prefix… name. */
static GPtrArray *
read_certs (ViciMessage *round,
            const char  *list,
            const char  *prefix,
            SimCertType  type)
{
  GPtrArray *certs = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_cert_free);
  gboolean inside = FALSE;
  ViciMessageIter iter;

  vici_message_iter_init (&iter, round);
  while (vici_message_iter_next (&iter))
    {
      ViciElement element = vici_message_iter_get_element (&iter);
      g_autoptr (GBytes) data = NULL;

      if (element == VICI_ELEMENT_LIST_START)
        inside = vici_message_iter_name_equals (&iter, list);
      else if (element == VICI_ELEMENT_LIST_ITEM && inside)
        data = vici_message_iter_dup_bytes (&iter);
      else if (element == VICI_ELEMENT_SECTION_START)
        {
          const char *name = vici_message_iter_get_name (&iter);
          g_autoptr (ViciMessage) section = vici_message_lookup_section (round, name);
          g_autofree char *file = section ? vici_message_lookup_string (section, "file") : NULL;
          char *contents = NULL;
          gsize length = 0;

          if (g_str_has_prefix (name, prefix) && file != NULL &&
              g_file_get_contents (file, &contents, &length, NULL))
            data = g_bytes_new_take (contents, length);
          vici_message_iter_skip (&iter);
        }

      if (data != NULL)
        {
          SimCert *cert = sim_cert_new (type, data);

          if (cert != NULL)
            g_ptr_array_add (certs, cert);
        }
    }

  return certs;
}

/* Those that a side shows, or that the other has to. */
static GPtrArray *
read_own_certs (ViciMessage *round)
{
  GPtrArray *certs = read_certs (round, "certs", "cert", SIM_CERT_X509);

  g_ptr_array_extend_and_steal (certs, read_certs (round, "pubkeys", "pubkey", SIM_CERT_PUBKEY));

  return certs;
}

char *
sim_round_get_id (ViciMessage *round)
{
  g_autoptr (GPtrArray) certs = read_own_certs (round);
  char *id = vici_message_lookup_string (round, "id");

  if (id == NULL && certs->len > 0)
    id = g_strdup (((SimCert *) certs->pdata[0])->subject);

  return id;
}

static void
list_subjects (ViciBuilder *builder,
               const char  *name,
               GPtrArray   *certs)
{
  vici_builder_begin_list (builder, name);
  for (guint i = 0; i < certs->len; i++)
    vici_builder_add_item (builder, ((SimCert *) certs->pdata[i])->subject);
  vici_builder_end_list (builder);
}

static void
list_strv (ViciBuilder *builder,
           const char  *name,
           ViciMessage *section)
{
  g_auto (GStrv) items = vici_message_lookup_strv (section, name);

  sim_add_list (builder, name, (const char * const *) items);
}

/* What "eap-7-1234" or "xauth-generic" means besides its class. */
static void
list_method (ViciMessage *round,
             ViciBuilder *builder)
{
  g_autofree char *auth = vici_message_lookup_string (round, "auth");
  g_auto (GStrv) parts = g_strsplit_set (auth != NULL ? auth : "", "-:", 3);
  g_autofree char *eap = NULL;
  guint64 vendor;

  if (parts[0] == NULL || parts[1] == NULL)
    return;

  if (g_str_equal (parts[0], "xauth"))
    vici_builder_add_string (builder, "xauth", parts[1]);
  if (!g_str_equal (parts[0], "eap"))
    return;

  if (parts[2] != NULL && sim_parse_uint (parts[2], G_MAXUINT32, &vendor))
    vici_builder_add_uint64 (builder, "eap-vendor", vendor);
  eap = sim_parse_eap (parts[1]);
  sim_add_text (builder, "eap-type", eap);
}

static void
list_revocation (ViciMessage *round,
                 ViciBuilder *builder)
{
  g_autofree char *revocation = vici_message_lookup_string (round, "revocation");

  if (revocation == NULL)
    return;
  if (g_str_equal (revocation, "strict"))
    vici_builder_add_string (builder, "revocation", "GOOD");
  if (g_str_equal (revocation, "ifuri"))
    vici_builder_add_string (builder, "revocation", "SKIPPED");
}

static void
list_round (ViciMessage *round,
            const char  *name,
            ViciBuilder *builder)
{
  static const char * const ids[] = { "ca_id", "aaa_id", "eap_id", "xauth_id" };
  g_autoptr (GPtrArray) certs = read_own_certs (round);
  g_autoptr (GPtrArray) cacerts = read_certs (round, "cacerts", "cacert", SIM_CERT_X509);
  g_autofree char *id = sim_round_get_id (round);

  vici_builder_begin_section (builder, name);
  sim_add_text (builder, "id", id);
  for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
    {
      g_autofree char *other = vici_message_lookup_string (round, ids[i]);

      sim_add_text (builder, ids[i], other);
    }
  sim_add_text (builder, "class", sim_round_get_class (round));
  list_method (round, builder);
  list_revocation (round, builder);
  list_strv (builder, "groups", round);
  list_strv (builder, "cert_policy", round);
  list_subjects (builder, "certs", certs);
  list_subjects (builder, "cacerts", cacerts);
  vici_builder_end_section (builder);
}

static void
list_rounds (SimConn     *self,
             const char  *side,
             ViciBuilder *builder)
{
  g_autoptr (GPtrArray) rounds = sim_conn_get_rounds (self, side);

  for (guint i = 0; i < rounds->len; i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%u", side, i + 1);

      list_round (rounds->pdata[i], name, builder);
    }
}

/* -- Children -- */

static void
list_limit (ViciMessage *child,
            const char  *key,
            ViciBuilder *builder)
{
  g_autofree char *text = vici_message_lookup_string (child, key);
  guint64 value = 0;

  if (text != NULL)
    sim_parse_bytes (text, &value);
  vici_builder_add_uint64 (builder, key, value);
}

static void
list_action (ViciMessage *child,
             const char  *key,
             ViciBuilder *builder)
{
  g_autofree char *action = vici_message_lookup_string (child, key);

  vici_builder_add_string (builder, key, action != NULL ? sim_parse_action (action) : "none");
}

/* In hex, with the NUL at its end. */
static void
list_label (ViciMessage *child,
            ViciBuilder *builder)
{
  g_autofree char *label = vici_message_lookup_string (child, "label");
  g_autoptr (GString) hex = g_string_new (NULL);

  if (label == NULL)
    return;

  for (const char *c = label;; c++)
    {
      g_string_append_printf (hex, "%02x", (guint8) *c);
      if (*c == '\0')
        break;
    }
  vici_builder_add_string (builder, "label", hex->str);
}

static void
list_child (ViciMessage *child,
            ViciBuilder *builder)
{
  g_auto (GStrv) local = sim_child_get_selectors (child, "local_ts", NULL);
  g_auto (GStrv) remote = sim_child_get_selectors (child, "remote_ts", NULL);
  g_autofree char *interface = vici_message_lookup_string (child, "interface");
  guint64 priority = vici_message_lookup_uint64 (child, "priority", 0);

  vici_builder_add_string (builder, "mode", sim_child_get_mode (child));
  list_label (child, builder);
  vici_builder_add_uint64 (builder, "rekey_time", sim_child_get_rekey_time (child));
  list_limit (child, "rekey_bytes", builder);
  list_limit (child, "rekey_packets", builder);
  list_action (child, "dpd_action", builder);
  list_action (child, "close_action", builder);
  sim_add_list (builder, "local-ts", (const char * const *) local);
  sim_add_list (builder, "remote-ts", (const char * const *) remote);
  sim_add_text (builder, "interface", interface);
  if (priority != 0)
    vici_builder_add_uint64 (builder, "priority", priority);
}

static void
list_children (SimConn     *self,
               ViciBuilder *builder)
{
  g_auto (GStrv) names = sim_conn_get_child_names (self);

  vici_builder_begin_section (builder, "children");
  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autoptr (ViciMessage) child = sim_conn_get_child (self, names[i]);

      vici_builder_begin_section (builder, names[i]);
      list_child (child, builder);
      vici_builder_end_section (builder);
    }
  vici_builder_end_section (builder);
}

/* -- Connections -- */

static void
list_addresses (SimConn     *self,
                const char  *key,
                ViciBuilder *builder)
{
  static const char * const any[] = { "%any", NULL };
  g_auto (GStrv) addresses = vici_message_lookup_strv (self->config, key);

  if (addresses != NULL && addresses[0] != NULL)
    sim_add_list (builder, key, (const char * const *) addresses);
  else
    sim_add_list (builder, key, any);
}

static const char *
get_version (SimConn *self)
{
  switch (vici_message_lookup_uint64 (self->config, "version", 0))
    {
    case 1:
      return "IKEv1";
    case 2:
      return "IKEv2";
    default:
      return "IKEv1/2";
    }
}

static void
list_time (SimConn     *self,
           const char  *key,
           gboolean     always,
           ViciBuilder *builder)
{
  g_autofree char *text = vici_message_lookup_string (self->config, key);
  guint64 seconds = 0;

  if (text != NULL)
    sim_parse_time (text, &seconds);
  if (always || seconds != 0)
    vici_builder_add_uint64 (builder, key, seconds);
}

static void
list_unique (SimConn     *self,
             ViciBuilder *builder)
{
  g_autofree char *unique = vici_message_lookup_string (self->config, "unique");
  g_autofree char *upper = g_ascii_strup (unique != NULL ? unique : "no", -1);

  vici_builder_add_printf (builder, "unique", "UNIQUE_%s", upper);
}

void
sim_conn_list (SimConn     *self,
               Sim         *sim,
               ViciBuilder *builder)
{
  g_autofree char *ppk_id = vici_message_lookup_string (self->config, "ppk_id");

  vici_builder_begin_section (builder, self->name);
  list_addresses (self, "local_addrs", builder);
  list_addresses (self, "remote_addrs", builder);
  if (sim_is_since (sim, 6, 0, 3))
    {
      vici_builder_add_uint64 (builder, "local_port",
                               vici_message_lookup_uint64 (self->config, "local_port", 500));
      vici_builder_add_uint64 (builder, "remote_port",
                               vici_message_lookup_uint64 (self->config, "remote_port", 500));
    }
  vici_builder_add_string (builder, "version", get_version (self));
  list_time (self, "reauth_time", TRUE, builder);
  vici_builder_add_uint64 (builder, "rekey_time", sim_conn_get_rekey_time (self));
  list_unique (self, builder);
  list_time (self, "dpd_delay", FALSE, builder);
  list_time (self, "dpd_timeout", FALSE, builder);
  sim_add_text (builder, "ppk_id", ppk_id);
  sim_add_flag (builder, "ppk_required",
                vici_message_lookup_boolean (self->config, "ppk_required", FALSE));
  list_rounds (self, "local", builder);
  list_rounds (self, "remote", builder);
  list_children (self, builder);
  vici_builder_end_section (builder);
}
