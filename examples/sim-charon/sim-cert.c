/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-cert.h"

#include <string.h>

#include "sim-der.h"
#include "sim-selector.h"

#define CONTEXT(n) (0x80 | (n))
#define CONSTRUCTED(n) (0xa0 | (n))

const char * const sim_cert_types[] = {
  "X509", "X509_AC", "X509_CRL", "OCSP_RESPONSE", "PUBKEY", "ANY", NULL
};

const char * const sim_cert_flags[] = { "NONE", "CA", "AA", "OCSP", "ANY", NULL };

/* -- Names -- */

/* The last byte of the object identifiers below 2.5.4. */
static const struct
{
  guint8      oid;
  const char *name;
} attributes[] = {
  { 3, "CN" },
  { 4, "S" },
  { 5, "SN" },
  { 6, "C" },
  { 7, "L" },
  { 8, "ST" },
  { 10, "O" },
  { 11, "OU" },
  { 12, "T" },
  { 13, "D" },
  { 41, "N" },
  { 42, "G" },
  { 43, "I" },
  { 45, "ID" },
  { 46, "dnQualifier" },
  { 65, "pseudonym" },
};

static const char *
get_attribute (const SimDer *oid)
{
  if (oid->length == 3 && memcmp (oid->data, "\x55\x04", 2) == 0)
    {
      for (guint i = 0; i < G_N_ELEMENTS (attributes); i++)
        if (oid->data[2] == attributes[i].oid)
          return attributes[i].name;
    }
  if (sim_der_equal (oid, "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", 9))
    return "E";
  if (sim_der_equal (oid, "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", 10))
    return "DC";
  if (sim_der_equal (oid, "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", 10))
    return "UID";

  return "unknown";
}

static void
print_name_part (SimDer   set,
                 GString *text)
{
  SimDerElement pair, oid, value;

  while (sim_der_take (&set, SIM_DER_SEQUENCE, &pair))
    {
      SimDer rest = pair.content;

      if (!sim_der_take (&rest, SIM_DER_OID, &oid) || !sim_der_next (&rest, &value))
        return;
      g_string_append_printf (text, "%s%s=%.*s", text->len > 0 ? ", " : "",
                              get_attribute (&oid.content),
                              (int) value.content.length, (const char *) value.content.data);
    }
}

static char *
print_name (SimDer name)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *valid = NULL;
  SimDerElement part;

  while (sim_der_take (&name, SIM_DER_SET, &part))
    print_name_part (part.content, text);
  valid = g_utf8_make_valid (text->str, (gssize) text->len);

  return g_steal_pointer (&valid);
}

/* -- Keys -- */

/* The SHA-1 of the key in a SubjectPublicKeyInfo. */
static char *
public_key_id (SimDer info)
{
  SimDerElement algorithm, key;

  if (!sim_der_take (&info, SIM_DER_SEQUENCE, &algorithm) ||
      !sim_der_take (&info, SIM_DER_BIT_STRING, &key) || !sim_der_bits (&key))
    return NULL;

  return sim_der_sha1 (&key.content);
}

static char *
add_colons (const char *hex)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (gsize i = 0; hex[i] != '\0'; i += 2)
    g_string_append_printf (text, "%s%.2s", i > 0 ? ":" : "", hex + i);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
read_public_key (SimCert *cert,
                 SimDer   der)
{
  g_autofree char *info_id = NULL;
  SimDerElement info;

  if (!sim_der_take (&der, SIM_DER_SEQUENCE, &info))
    return FALSE;

  info_id = sim_der_sha1 (&info.whole);
  cert->key_id = public_key_id (info.content);
  cert->subject = add_colons (info_id);

  return cert->key_id != NULL;
}

/* The key of RFC 8017: its public one is the modulus and the exponent. */
static char *
rsa_key_id (SimDer key)
{
  SimDerElement version, modulus, exponent;
  g_autoptr (GByteArray) public_key = NULL;
  guint8 head[] = { SIM_DER_SEQUENCE, 0x82, 0, 0 };
  gsize length;

  if (!sim_der_take (&key, SIM_DER_INTEGER, &version) ||
      !sim_der_take (&key, SIM_DER_INTEGER, &modulus) ||
      !sim_der_take (&key, SIM_DER_INTEGER, &exponent))
    return NULL;

  /* Always with a length of two bytes: no key is that short. */
  length = modulus.whole.length + exponent.whole.length;
  head[2] = (guint8) (length >> 8);
  head[3] = (guint8) length;
  public_key = g_byte_array_new ();
  g_byte_array_append (public_key, head, sizeof head);
  g_byte_array_append (public_key, modulus.whole.data, (guint) modulus.whole.length);
  g_byte_array_append (public_key, exponent.whole.data, (guint) exponent.whole.length);
  if (length < 0x100)
    {
      public_key->data[1] = 0x81;
      g_byte_array_remove_index (public_key, 2);
    }

  return sim_der_sha1 (&(SimDer) { public_key->data, public_key->len });
}

/* The key of RFC 5915, with its public one. */
static char *
ec_key_id (SimDer key)
{
  SimDerElement element;

  if (!sim_der_take (&key, SIM_DER_INTEGER, &element) ||
      !sim_der_take (&key, SIM_DER_OCTET_STRING, &element))
    return NULL;

  while (sim_der_next (&key, &element))
    {
      SimDer rest = element.content;

      if (element.tag == CONSTRUCTED (1) && sim_der_take (&rest, SIM_DER_BIT_STRING, &element) &&
          sim_der_bits (&element))
        return sim_der_sha1 (&element.content);
    }

  return NULL;
}

/* Of PKCS #8. The public key of an Edwards curve would have to be calculated; its
 * id is made up. */
static char *
wrapped_key_id (SimDer       wrapped,
                const char **type)
{
  SimDerElement version, algorithm, oid, key, inner;

  if (!sim_der_take (&wrapped, SIM_DER_INTEGER, &version) ||
      !sim_der_take (&wrapped, SIM_DER_SEQUENCE, &algorithm) ||
      !sim_der_take (&algorithm.content, SIM_DER_OID, &oid) ||
      !sim_der_take (&wrapped, SIM_DER_OCTET_STRING, &key))
    return NULL;

  if (sim_der_equal (&oid.content, "\x2b\x65\x70", 3) || sim_der_equal (&oid.content, "\x2b\x65\x71", 3))
    {
      *type = oid.content.data[2] == 0x70 ? "ed25519" : "ed448";
      return sim_der_sha1 (&key.content);
    }

  *type = sim_der_equal (&oid.content, "\x2a\x86\x48\xce\x3d\x02\x01", 7) ? "ecdsa" : "rsa";
  if (!sim_der_take (&key.content, SIM_DER_SEQUENCE, &inner))
    return NULL;

  return g_str_equal (*type, "rsa") ? rsa_key_id (inner.content) : ec_key_id (inner.content);
}

char *
sim_private_key_id (const char *type,
                    GBytes     *data)
{
  g_autoptr (GBytes) bytes = sim_der_from_pem (data);
  SimDer der = { g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes) };
  g_autofree char *id = NULL;
  const char *found = NULL;
  SimDerElement key;

  if (!sim_der_take (&der, SIM_DER_SEQUENCE, &key))
    return NULL;

  id = wrapped_key_id (key.content, &found);
  if (id == NULL)
    {
      id = rsa_key_id (key.content);
      found = "rsa";
    }
  if (id == NULL)
    {
      id = ec_key_id (key.content);
      found = "ecdsa";
    }

  return g_str_equal (type, "any") || g_str_equal (type, found) ? g_steal_pointer (&id) : NULL;
}

/* -- Certificates -- */

static void
read_alt_names (SimCert *cert,
                SimDer   der)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  SimDerElement sequence, name;

  if (sim_der_take (&der, SIM_DER_SEQUENCE, &sequence))
    {
      while (sim_der_next (&sequence.content, &name))
        {
          g_autofree char *text = NULL;

          if (name.tag == CONTEXT (7) && (name.content.length == 4 || name.content.length == 16))
            text = sim_address (name.content.length == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6,
                                name.content.data);
          else
            text = g_strndup ((const char *) name.content.data, name.content.length);
          g_strv_builder_add (names, text);
        }
    }

  g_strfreev (cert->alt_names);
  cert->alt_names = g_strv_builder_end (names);
}

static void
read_extension (SimCert *cert,
                SimDer   extension)
{
  SimDerElement oid, critical, value, sequence;

  if (!sim_der_take (&extension, SIM_DER_OID, &oid))
    return;
  sim_der_take (&extension, SIM_DER_BOOLEAN, &critical);
  if (!sim_der_take (&extension, SIM_DER_OCTET_STRING, &value))
    return;

  if (sim_der_equal (&oid.content, "\x55\x1d\x11", 3))
    read_alt_names (cert, value.content);
  if (sim_der_equal (&oid.content, "\x55\x1d\x13", 3) &&
      sim_der_take (&value.content, SIM_DER_SEQUENCE, &sequence) &&
      sim_der_take (&sequence.content, SIM_DER_BOOLEAN, &value))
    cert->is_ca = value.content.length == 1 && *value.content.data != 0;
}

static void
read_extensions (SimCert *cert,
                 SimDer   rest)
{
  SimDerElement wrapper, list, extension;

  while (sim_der_next (&rest, &wrapper))
    {
      if (wrapper.tag != CONSTRUCTED (3) ||
          !sim_der_take (&wrapper.content, SIM_DER_SEQUENCE, &list))
        continue;
      while (sim_der_take (&list.content, SIM_DER_SEQUENCE, &extension))
        read_extension (cert, extension.content);
    }
}

static gboolean
read_x509 (SimCert *cert,
           SimDer   der)
{
  SimDerElement outer, body, element, issuer, subject, key;

  if (!sim_der_take (&der, SIM_DER_SEQUENCE, &outer) ||
      !sim_der_take (&outer.content, SIM_DER_SEQUENCE, &body))
    return FALSE;

  sim_der_take (&body.content, CONSTRUCTED (0), &element);
  if (!sim_der_take (&body.content, SIM_DER_INTEGER, &element) ||
      !sim_der_take (&body.content, SIM_DER_SEQUENCE, &element) ||
      !sim_der_take (&body.content, SIM_DER_SEQUENCE, &issuer) ||
      !sim_der_take (&body.content, SIM_DER_SEQUENCE, &element) ||
      !sim_der_take (&body.content, SIM_DER_SEQUENCE, &subject) ||
      !sim_der_take (&body.content, SIM_DER_SEQUENCE, &key))
    return FALSE;

  cert->subject = print_name (subject.content);
  cert->key_id = public_key_id (key.content);
  read_extensions (cert, body.content);

  return TRUE;
}

static gboolean
read_crl (SimCert *cert,
          SimDer   der)
{
  SimDerElement outer, body, element, issuer;

  if (!sim_der_take (&der, SIM_DER_SEQUENCE, &outer) ||
      !sim_der_take (&outer.content, SIM_DER_SEQUENCE, &body))
    return FALSE;

  sim_der_take (&body.content, SIM_DER_INTEGER, &element);
  if (!sim_der_take (&body.content, SIM_DER_SEQUENCE, &element) ||
      !sim_der_take (&body.content, SIM_DER_SEQUENCE, &issuer))
    return FALSE;

  cert->subject = print_name (issuer.content);

  return TRUE;
}

SimCert *
sim_cert_new (SimCertType type,
              GBytes     *data)
{
  g_autoptr (SimCert) cert = g_new0 (SimCert, 1);
  SimDer der;
  gboolean valid = FALSE;

  cert->type = type == SIM_CERT_ANY ? SIM_CERT_X509 : type;
  cert->der = sim_der_from_pem (data);
  der = (SimDer) { g_bytes_get_data (cert->der, NULL), g_bytes_get_size (cert->der) };

  if (cert->type == SIM_CERT_X509)
    valid = read_x509 (cert, der);
  else if (cert->type == SIM_CERT_X509_CRL)
    valid = read_crl (cert, der);
  else if (cert->type == SIM_CERT_PUBKEY)
    valid = read_public_key (cert, der);

  return valid ? g_steal_pointer (&cert) : NULL;
}

void
sim_cert_free (SimCert *cert)
{
  g_clear_pointer (&cert->der, g_bytes_unref);
  g_free (cert->subject);
  g_free (cert->key_id);
  g_strfreev (cert->alt_names);
  g_free (cert);
}

gboolean
sim_cert_is_of (SimCert    *cert,
                const char *subject)
{
  return g_str_equal (cert->subject, subject) ||
         (cert->alt_names != NULL &&
          g_strv_contains ((const char * const *) cert->alt_names, subject));
}
