/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Certificates and private keys. Newer ones come first. */

#include "sim-parts.h"

#include "sim-cert.h"

struct _SimCreds
{
  Sim       *sim;
  GPtrArray *certs;             /* SimCert */
  GPtrArray *keys;              /* char *: their ids */
};

/* -- Certificates -- */

/* A type, and a flag that an old one says with it. */
static gboolean
parse_type (const char  *text,
            SimCertType *type,
            const char **flag)
{
  static const struct
  {
    const char *name;
    const char *flag;
  } legacy[] = {
    { "x509ca", "CA" },
    { "x509aa", "AA" },
    { "x509ocsp", "OCSP" },
  };
  int found = sim_find_word (sim_cert_types, text);

  if (found < 0 && g_ascii_strcasecmp (text, "x509ac") == 0)
    found = SIM_CERT_X509_AC;
  if (found < 0 && g_ascii_strcasecmp (text, "x509crl") == 0)
    found = SIM_CERT_X509_CRL;
  for (guint i = 0; found < 0 && i < G_N_ELEMENTS (legacy); i++)
    {
      if (g_ascii_strcasecmp (text, legacy[i].name) == 0)
        {
          found = SIM_CERT_X509;
          *flag = legacy[i].flag;
        }
    }

  *type = (SimCertType) MAX (found, 0);

  return found >= 0;
}

static void
add_cert (SimCreds *self,
          SimCert  *cert)
{
  for (guint i = 0; i < self->certs->len; i++)
    {
      SimCert *other = self->certs->pdata[i];

      if (g_bytes_equal (cert->der, other->der))
        {
          sim_cert_free (cert);
          return;
        }
    }

  g_ptr_array_insert (self->certs, 0, cert);
}

static void
load_cert (Sim            *sim,
           ViciInvocation *invocation)
{
  g_autofree char *type_name = sim_request (invocation, "type");
  g_autofree char *flag_name = sim_request (invocation, "flag");
  g_autoptr (GBytes) data = sim_request_data (invocation);
  g_autoptr (SimCert) cert = NULL;
  const char *flag = flag_name != NULL ? flag_name : "NONE";
  SimCertType type = SIM_CERT_ANY;

  if (type_name == NULL)
    sim_fail (invocation, "certificate type missing");
  else if (!parse_type (type_name, &type, &flag))
    sim_fail (invocation, "invalid certificate type '%s'", type_name);
  else if (sim_find_word (sim_cert_flags, flag) < 0)
    sim_fail (invocation, "invalid certificate flag '%s'", flag);
  else if (data == NULL)
    sim_fail (invocation, "certificate data missing");
  else if ((cert = sim_cert_new (type, data)) == NULL)
    sim_fail (invocation, "parsing %s certificate failed", sim_cert_types[type]);
  else if (g_ascii_strcasecmp (flag, "CA") == 0 && !cert->is_ca)
    sim_fail (invocation, "ca certificate lacks CA basic constraint, rejected");
  else
    {
      sim_log (sim, "CFG", "loaded certificate '%s'", cert->subject);
      add_cert (sim->creds, g_steal_pointer (&cert));
      vici_invocation_return_success (invocation);
    }
}

static void
list_cert (SimCreds       *self,
           SimCert        *cert,
           ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  gboolean has_key = cert->key_id != NULL &&
                     g_ptr_array_find_with_equal_func (self->keys, cert->key_id, g_str_equal, NULL);

  vici_builder_add_string (builder, "type", sim_cert_types[cert->type]);
  if (cert->type == SIM_CERT_X509)
    vici_builder_add_string (builder, "flag", cert->is_ca ? "CA" : "NONE");
  sim_add_flag (builder, "has_privkey", has_key);
  vici_builder_add_bytes (builder, "data", cert->der);

  sim_stream (invocation, "list-cert", builder);
}

static gboolean
is_wanted (SimCert    *cert,
           SimCertType type,
           const char *flag,
           const char *subject)
{
  const char *own_flag = cert->is_ca ? "CA" : "NONE";

  if (type != SIM_CERT_ANY && type != cert->type)
    return FALSE;
  if (type == SIM_CERT_X509 && g_ascii_strcasecmp (flag, "ANY") != 0 &&
      g_ascii_strcasecmp (flag, own_flag) != 0)
    return FALSE;

  return subject == NULL || sim_cert_is_of (cert, subject);
}

/* All that there are, each once: keys first, lists last. */
static GPtrArray *
collect_certs (SimCreds *self)
{
  static const SimCertType order[] = { SIM_CERT_PUBKEY, SIM_CERT_X509, SIM_CERT_X509_CRL };
  GPtrArray *authorities = sim_authorities_get_certs (self->sim->authorities);
  GPtrArray *certs = g_ptr_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    for (guint j = 0; j < self->certs->len; j++)
      if (((SimCert *) self->certs->pdata[j])->type == order[i])
        g_ptr_array_add (certs, self->certs->pdata[j]);

  for (guint i = 0; i < authorities->len; i++)
    {
      SimCert *cert = authorities->pdata[i];
      gboolean known = FALSE;

      for (guint j = 0; j < certs->len; j++)
        known = known || g_bytes_equal (cert->der, ((SimCert *) certs->pdata[j])->der);
      if (!known)
        g_ptr_array_add (certs, cert);
    }

  return certs;
}

static void
list_certs (Sim            *sim,
            ViciInvocation *invocation)
{
  g_autoptr (GPtrArray) certs = collect_certs (sim->creds);
  g_autofree char *type_name = sim_request (invocation, "type");
  g_autofree char *flag_name = sim_request (invocation, "flag");
  g_autofree char *subject = sim_request (invocation, "subject");
  const char *flag = flag_name != NULL ? flag_name : "ANY";
  SimCertType type = SIM_CERT_ANY;
  gboolean known = type_name == NULL || parse_type (type_name, &type, &flag);

  for (guint i = 0; i < certs->len; i++)
    if (known && is_wanted (certs->pdata[i], type, flag, subject))
      list_cert (sim->creds, certs->pdata[i], invocation);

  vici_invocation_return_message (invocation, NULL);
}

/* There is nothing cached here. */
static void
flush_certs (Sim            *sim,
             ViciInvocation *invocation)
{
  g_autofree char *type_name = sim_request (invocation, "type");
  const char *flag = NULL;
  SimCertType type;

  if (type_name == NULL || parse_type (type_name, &type, &flag))
    vici_invocation_return_success (invocation);
  else
    sim_fail (invocation, "invalid certificate type '%s'", type_name);
}

static void
clear_creds (Sim            *sim,
             ViciInvocation *invocation)
{
  g_ptr_array_set_size (sim->creds->certs, 0);
  g_ptr_array_set_size (sim->creds->keys, 0);
  sim_shared_clear (sim->shared);

  vici_invocation_return_success (invocation);
}

/* -- Private keys -- */

static void
return_key (ViciInvocation *invocation,
            const char     *id)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, "success", "yes");
  vici_builder_add_string (builder, "id", id);
  sim_return (invocation, builder);
}

static void
add_key (SimCreds *self,
         char     *id)
{
  guint i;

  if (g_ptr_array_find_with_equal_func (self->keys, id, g_str_equal, &i))
    g_ptr_array_remove_index (self->keys, i);
  g_ptr_array_insert (self->keys, 0, id);
}

static void
load_key (Sim            *sim,
          ViciInvocation *invocation)
{
  static const char * const types[] = { "rsa", "ecdsa", "ed25519", "ed448", "any", "bliss", NULL };
  g_autofree char *type = sim_request (invocation, "type");
  g_autofree char *upper = type != NULL ? g_ascii_strup (type, -1) : NULL;
  g_autoptr (GBytes) data = sim_request_data (invocation);
  char *id;

  if (type == NULL)
    sim_fail (invocation, "key type missing");
  else if (sim_find_word (types, type) < 0)
    sim_fail (invocation, "invalid key type: %s", type);
  else if (data == NULL)
    sim_fail (invocation, "key data missing");
  else if ((id = sim_private_key_id (types[sim_find_word (types, type)], data)) == NULL)
    sim_fail (invocation, "parsing %s private key failed", upper);
  else
    {
      sim_log (sim, "CFG", "loaded %s private key", upper);
      add_key (sim->creds, id);
      return_key (invocation, id);
    }
}

/* A token holds any key that it is asked for, if its module is named. */
static void
load_token (Sim            *sim,
            ViciInvocation *invocation)
{
  g_autofree char *handle = sim_request (invocation, "handle");
  g_autofree char *module = sim_request (invocation, "module");
  char *id;

  if (handle == NULL)
    {
      sim_fail (invocation, "keyid missing");
      return;
    }
  if (g_strcmp0 (module, "sim") != 0)
    {
      sim_fail (invocation, "loading private key from token failed");
      return;
    }

  id = g_compute_checksum_for_string (G_CHECKSUM_SHA1, handle, -1);
  add_key (sim->creds, id);
  return_key (invocation, id);
}

static void
unload_key (Sim            *sim,
            ViciInvocation *invocation)
{
  g_autofree char *id = sim_request (invocation, "id");
  g_autofree char *lower = id != NULL ? g_ascii_strdown (id, -1) : NULL;
  guint i;

  if (id == NULL)
    sim_fail (invocation, "key id missing");
  else if (!g_ptr_array_find_with_equal_func (sim->creds->keys, lower, g_str_equal, &i))
    sim_fail (invocation, "key not found");
  else
    {
      sim_log (sim, "CFG", "unloaded private key with id %s", lower);
      g_ptr_array_remove_index (sim->creds->keys, i);
      vici_invocation_return_success (invocation);
    }
}

static void
get_keys (Sim            *sim,
          ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_begin_list (builder, "keys");
  for (guint i = 0; i < sim->creds->keys->len; i++)
    vici_builder_add_item (builder, sim->creds->keys->pdata[i]);
  vici_builder_end_list (builder);

  sim_return (invocation, builder);
}

gboolean
sim_creds_has_private (SimCreds *self)
{
  return self->keys->len > 0;
}

/* -- The part -- */

SimCreds *
sim_creds_new (Sim *sim)
{
  static const SimCommand commands[] = {
    { "load-cert", load_cert },
    { "list-certs", list_certs },
    { "flush-certs", flush_certs },
    { "clear-creds", clear_creds },
    { "load-key", load_key },
    { "load-token", load_token },
    { "unload-key", unload_key },
    { "get-keys", get_keys },
  };
  SimCreds *self = g_new0 (SimCreds, 1);

  self->sim = sim;
  self->certs = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_cert_free);
  self->keys = g_ptr_array_new_with_free_func (g_free);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));

  return self;
}

void
sim_creds_free (SimCreds *self)
{
  g_ptr_array_unref (self->certs);
  g_ptr_array_unref (self->keys);
  g_free (self);
}
