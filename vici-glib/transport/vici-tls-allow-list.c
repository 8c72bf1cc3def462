/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tls-allow-list.h"

#include <string.h>

#define DIGEST_SIZE 32
#define FINGERPRINT_PREFIX "sha256:"

/* Subjects are kept as digests too: then every entry is of one size, and is
 * compared in the same time. */
struct _ViciTlsAllowList
{
  GArray *fingerprints;
  GArray *subjects;
};

typedef struct
{
  guint8 bytes[DIGEST_SIZE];
} Digest;

static Digest
digest_of (gconstpointer data,
           gsize         length)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = DIGEST_SIZE;
  Digest digest;

  g_checksum_update (checksum, data, (gssize) length);
  g_checksum_get_digest (checksum, digest.bytes, &size);

  return digest;
}

ViciTlsAllowList *
vici_tls_allow_list_new (void)
{
  ViciTlsAllowList *self = g_new0 (ViciTlsAllowList, 1);

  self->fingerprints = g_array_new (FALSE, FALSE, sizeof (Digest));
  self->subjects = g_array_new (FALSE, FALSE, sizeof (Digest));

  return self;
}

void
vici_tls_allow_list_free (ViciTlsAllowList *self)
{
  g_array_unref (self->fingerprints);
  g_array_unref (self->subjects);
  g_free (self);
}

gboolean
vici_tls_allow_list_add_fingerprint (ViciTlsAllowList *self,
                                     const char       *fingerprint)
{
  const char *p;
  Digest digest;

  if (g_ascii_strncasecmp (fingerprint, FINGERPRINT_PREFIX, strlen (FINGERPRINT_PREFIX)) != 0)
    return FALSE;

  p = fingerprint + strlen (FINGERPRINT_PREFIX);
  for (guint i = 0; i < DIGEST_SIZE; i++)
    {
      if (i > 0 && *p == ':')
        p++;

      if (!g_ascii_isxdigit (p[0]) || !g_ascii_isxdigit (p[1]))
        return FALSE;

      digest.bytes[i] = (guint8) (g_ascii_xdigit_value (p[0]) << 4 | g_ascii_xdigit_value (p[1]));
      p += 2;
    }

  if (*p != '\0')
    return FALSE;

  g_array_append_val (self->fingerprints, digest);

  return TRUE;
}

void
vici_tls_allow_list_add_subject (ViciTlsAllowList *self,
                                 const char       *subject)
{
  Digest digest = digest_of (subject, strlen (subject));

  g_array_append_val (self->subjects, digest);
}

gboolean
vici_tls_allow_list_is_empty (const ViciTlsAllowList *self)
{
  return self->fingerprints->len == 0 && self->subjects->len == 0;
}

gboolean
vici_tls_allow_list_has_subjects (const ViciTlsAllowList *self)
{
  return self->subjects->len > 0;
}

/* How many entries are this one: all are compared, to their last byte. */
static guint
count (const GArray *entries,
       Digest        digest)
{
  guint found = 0;

  for (guint i = 0; i < entries->len; i++)
    {
      const Digest *entry = &g_array_index (entries, Digest, i);
      volatile guint8 difference = 0;

      for (guint j = 0; j < DIGEST_SIZE; j++)
        difference |= entry->bytes[j] ^ digest.bytes[j];

      found += 1 & (((guint) difference - 1) >> 8);
    }

  return found;
}

gboolean
vici_tls_allow_list_contains (const ViciTlsAllowList *self,
                              GTlsCertificate        *certificate)
{
  g_autoptr (GByteArray) der = NULL;
  g_autofree char *subject = g_tls_certificate_get_subject_name (certificate);
  guint found = 0;

  g_object_get (certificate, "certificate", &der, NULL);
  if (der != NULL)
    found += count (self->fingerprints, digest_of (der->data, der->len));
  if (subject != NULL)
    found += count (self->subjects, digest_of (subject, strlen (subject)));

  return found > 0;
}
