/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Certification authorities, with where they publish what they revoke. */

#include "sim-parts.h"

#include "sim-cert.h"
#include "sim-schema.h"
#include "sim-value.h"

typedef struct
{
  char        *name;
  ViciMessage *config;
} Authority;

struct _SimAuthorities
{
  GPtrArray *authorities;       /* Authority */
  GPtrArray *certs;             /* SimCert, one of each authority, in their order */
};

static void
authority_free (Authority *authority)
{
  g_free (authority->name);
  g_object_unref (authority->config);
  g_free (authority);
}

GPtrArray *
sim_authorities_get_certs (SimAuthorities *self)
{
  return self->certs;
}

static guint
find_index (SimAuthorities *self,
            const char     *name)
{
  for (guint i = 0; i < self->authorities->len; i++)
    if (g_str_equal (((Authority *) self->authorities->pdata[i])->name, name))
      return i;

  return G_MAXUINT;
}

static void
remove_index (SimAuthorities *self,
              guint           i)
{
  g_ptr_array_remove_index (self->authorities, i);
  g_ptr_array_remove_index (self->certs, i);
}

/* -- Loading -- */

static gboolean
any (GBytes *value)
{
  return TRUE;
}

static gboolean
check_number (GBytes *value)
{
  gsize length;
  const char *data = g_bytes_get_data (value, &length);
  g_autofree char *text = g_strndup (data != NULL ? data : "", length);
  guint64 number;

  return sim_parse_uint (text, G_MAXUINT32, &number);
}

static const SimOption authority_values[] = {
  { "cacert", any },
  { "file", any },
  { "handle", any },
  { "slot", check_number },
  { "module", any },
  { "cert_uri_base", any },
  { NULL },
};

static const SimOption authority_lists[] = {
  { "crl_uris", any },
  { "ocsp_uris", any },
  { NULL },
};

static const SimSchema schema = { "authority", authority_values, authority_lists, NULL };

static SimCert *
read_cert (ViciMessage *config)
{
  g_autoptr (GBytes) data = vici_message_lookup_bytes (config, "cacert");
  g_autofree char *file = vici_message_lookup_string (config, "file");
  char *contents = NULL;
  gsize length = 0;
  g_autoptr (SimCert) cert = NULL;

  if (data == NULL && file != NULL && g_file_get_contents (file, &contents, &length, NULL))
    data = g_bytes_new_take (contents, length);
  if (data != NULL)
    cert = sim_cert_new (SIM_CERT_X509, data);

  return cert != NULL && cert->is_ca ? g_steal_pointer (&cert) : NULL;
}

static char *
load (gpointer     data,
      const char  *name,
      ViciMessage *section)
{
  SimAuthorities *self = data;
  char *errmsg = sim_schema_check (&schema, section);
  Authority *authority;
  SimCert *cert;

  if (errmsg != NULL)
    return errmsg;

  cert = read_cert (section);
  if (cert == NULL)
    return g_strdup_printf ("CA certificate missing: %s", name);

  if (find_index (self, name) != G_MAXUINT)
    remove_index (self, find_index (self, name));
  authority = g_new0 (Authority, 1);
  authority->name = g_strdup (name);
  authority->config = g_object_ref (section);
  g_ptr_array_add (self->authorities, authority);
  g_ptr_array_add (self->certs, cert);

  return NULL;
}

static void
load_authority (Sim            *sim,
                ViciInvocation *invocation)
{
  sim_load_each (invocation, load, sim->authorities);
}

static void
unload_authority (Sim            *sim,
                  ViciInvocation *invocation)
{
  g_autofree char *name = sim_request (invocation, "name");
  guint i = name != NULL ? find_index (sim->authorities, name) : G_MAXUINT;

  if (name == NULL)
    sim_fail (invocation, "unload: missing authority name");
  else if (i == G_MAXUINT)
    sim_fail (invocation, "unload: authority '%s' not found", name);
  else
    {
      remove_index (sim->authorities, i);
      vici_invocation_return_success (invocation);
    }
}

/* -- Listing -- */

static void
get_authorities (Sim            *sim,
                 ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  GPtrArray *authorities = sim->authorities->authorities;

  vici_builder_begin_list (builder, "authorities");
  for (guint i = 0; i < authorities->len; i++)
    vici_builder_add_item (builder, ((Authority *) authorities->pdata[i])->name);
  vici_builder_end_list (builder);

  sim_return (invocation, builder);
}

static void
list_authority (Authority      *authority,
                SimCert        *cert,
                ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_auto (GStrv) crl_uris = vici_message_lookup_strv (authority->config, "crl_uris");
  g_auto (GStrv) ocsp_uris = vici_message_lookup_strv (authority->config, "ocsp_uris");
  g_autofree char *base = vici_message_lookup_string (authority->config, "cert_uri_base");

  vici_builder_begin_section (builder, authority->name);
  vici_builder_add_string (builder, "cacert", cert->subject);
  sim_add_list (builder, "crl_uris", (const char * const *) crl_uris);
  sim_add_list (builder, "ocsp_uris", (const char * const *) ocsp_uris);
  sim_add_text (builder, "cert_uri_base", base);
  vici_builder_end_section (builder);

  sim_stream (invocation, "list-authority", builder);
}

static void
list_authorities (Sim            *sim,
                  ViciInvocation *invocation)
{
  SimAuthorities *self = sim->authorities;
  g_autofree char *name = sim_request (invocation, "name");

  for (guint i = 0; i < self->authorities->len; i++)
    {
      Authority *authority = self->authorities->pdata[i];

      if (name == NULL || g_str_equal (name, authority->name))
        list_authority (authority, self->certs->pdata[i], invocation);
    }

  vici_invocation_return_message (invocation, NULL);
}

SimAuthorities *
sim_authorities_new (Sim *sim)
{
  static const SimCommand commands[] = {
    { "load-authority", load_authority },
    { "unload-authority", unload_authority },
    { "get-authorities", get_authorities },
    { "list-authorities", list_authorities },
  };
  SimAuthorities *self = g_new0 (SimAuthorities, 1);

  self->authorities = g_ptr_array_new_with_free_func ((GDestroyNotify) authority_free);
  self->certs = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_cert_free);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));

  return self;
}

void
sim_authorities_free (SimAuthorities *self)
{
  g_ptr_array_unref (self->authorities);
  g_ptr_array_unref (self->certs);
  g_free (self);
}
