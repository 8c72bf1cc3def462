/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-proposal.h"

#include "sim-reply.h"

typedef enum
{
  ENCRYPTION,
  AEAD,
  INTEGRITY,
  PRF,
  KEY_EXCHANGE,
  ESN
} Kind;

typedef struct
{
  const char *keyword;
  Kind        kind;
  const char *name;
  guint       keysize;
} Algorithm;

static const Algorithm algorithms[] = {
  { "aes128", ENCRYPTION, "AES_CBC", 128 },
  { "aes192", ENCRYPTION, "AES_CBC", 192 },
  { "aes256", ENCRYPTION, "AES_CBC", 256 },
  { "aes", ENCRYPTION, "AES_CBC", 128 },
  { "aes128ctr", ENCRYPTION, "AES_CTR", 128 },
  { "aes192ctr", ENCRYPTION, "AES_CTR", 192 },
  { "aes256ctr", ENCRYPTION, "AES_CTR", 256 },
  { "camellia128", ENCRYPTION, "CAMELLIA_CBC", 128 },
  { "camellia192", ENCRYPTION, "CAMELLIA_CBC", 192 },
  { "camellia256", ENCRYPTION, "CAMELLIA_CBC", 256 },
  { "3des", ENCRYPTION, "3DES_CBC", 0 },
  { "null", ENCRYPTION, "NULL", 0 },
  { "aes128gcm16", AEAD, "AES_GCM_16", 128 },
  { "aes192gcm16", AEAD, "AES_GCM_16", 192 },
  { "aes256gcm16", AEAD, "AES_GCM_16", 256 },
  { "aes128gcm128", AEAD, "AES_GCM_16", 128 },
  { "aes192gcm128", AEAD, "AES_GCM_16", 192 },
  { "aes256gcm128", AEAD, "AES_GCM_16", 256 },
  { "aes128gcm", AEAD, "AES_GCM_16", 128 },
  { "aes256gcm", AEAD, "AES_GCM_16", 256 },
  { "aes128gcm12", AEAD, "AES_GCM_12", 128 },
  { "aes256gcm12", AEAD, "AES_GCM_12", 256 },
  { "aes128gcm8", AEAD, "AES_GCM_8", 128 },
  { "aes256gcm8", AEAD, "AES_GCM_8", 256 },
  { "aes128ccm16", AEAD, "AES_CCM_16", 128 },
  { "aes256ccm16", AEAD, "AES_CCM_16", 256 },
  { "aes128ccm8", AEAD, "AES_CCM_8", 128 },
  { "aes256ccm8", AEAD, "AES_CCM_8", 256 },
  { "chacha20poly1305", AEAD, "CHACHA20_POLY1305", 0 },
  { "md5", INTEGRITY, "HMAC_MD5_96", 0 },
  { "sha", INTEGRITY, "HMAC_SHA1_96", 0 },
  { "sha1", INTEGRITY, "HMAC_SHA1_96", 0 },
  { "sha256", INTEGRITY, "HMAC_SHA2_256_128", 0 },
  { "sha2_256", INTEGRITY, "HMAC_SHA2_256_128", 0 },
  { "sha384", INTEGRITY, "HMAC_SHA2_384_192", 0 },
  { "sha2_384", INTEGRITY, "HMAC_SHA2_384_192", 0 },
  { "sha512", INTEGRITY, "HMAC_SHA2_512_256", 0 },
  { "sha2_512", INTEGRITY, "HMAC_SHA2_512_256", 0 },
  { "aesxcbc", INTEGRITY, "AES_XCBC_96", 0 },
  { "aescmac", INTEGRITY, "AES_CMAC_96", 0 },
  { "prfmd5", PRF, "PRF_HMAC_MD5", 0 },
  { "prfsha1", PRF, "PRF_HMAC_SHA1", 0 },
  { "prfsha256", PRF, "PRF_HMAC_SHA2_256", 0 },
  { "prfsha384", PRF, "PRF_HMAC_SHA2_384", 0 },
  { "prfsha512", PRF, "PRF_HMAC_SHA2_512", 0 },
  { "prfaesxcbc", PRF, "PRF_AES128_XCBC", 0 },
  { "prfaescmac", PRF, "PRF_AES128_CMAC", 0 },
  { "modp768", KEY_EXCHANGE, "MODP_768", 0 },
  { "modp1024", KEY_EXCHANGE, "MODP_1024", 0 },
  { "modp1536", KEY_EXCHANGE, "MODP_1536", 0 },
  { "modp2048", KEY_EXCHANGE, "MODP_2048", 0 },
  { "modp3072", KEY_EXCHANGE, "MODP_3072", 0 },
  { "modp4096", KEY_EXCHANGE, "MODP_4096", 0 },
  { "modp6144", KEY_EXCHANGE, "MODP_6144", 0 },
  { "modp8192", KEY_EXCHANGE, "MODP_8192", 0 },
  { "ecp192", KEY_EXCHANGE, "ECP_192", 0 },
  { "ecp224", KEY_EXCHANGE, "ECP_224", 0 },
  { "ecp256", KEY_EXCHANGE, "ECP_256", 0 },
  { "ecp384", KEY_EXCHANGE, "ECP_384", 0 },
  { "ecp521", KEY_EXCHANGE, "ECP_521", 0 },
  { "x25519", KEY_EXCHANGE, "CURVE_25519", 0 },
  { "curve25519", KEY_EXCHANGE, "CURVE_25519", 0 },
  { "x448", KEY_EXCHANGE, "CURVE_448", 0 },
  { "curve448", KEY_EXCHANGE, "CURVE_448", 0 },
  { "noesn", ESN, NULL, 0 },
  { "esn", ESN, "EXT_SEQ", 0 },
};

static const Algorithm *
find_algorithm (const char *keyword)
{
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    if (g_ascii_strcasecmp (keyword, algorithms[i].keyword) == 0)
      return &algorithms[i];

  return NULL;
}

/* What a suite needs that names none. */
static const char *
prf_of (const char *integ)
{
  static const struct
  {
    const char *integ;
    const char *prf;
  } pairs[] = {
    { "HMAC_MD5_96", "PRF_HMAC_MD5" },
    { "HMAC_SHA1_96", "PRF_HMAC_SHA1" },
    { "HMAC_SHA2_256_128", "PRF_HMAC_SHA2_256" },
    { "HMAC_SHA2_384_192", "PRF_HMAC_SHA2_384" },
    { "HMAC_SHA2_512_256", "PRF_HMAC_SHA2_512" },
    { "AES_XCBC_96", "PRF_AES128_XCBC" },
    { "AES_CMAC_96", "PRF_AES128_CMAC" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (g_strcmp0 (integ, pairs[i].integ) == 0)
      return pairs[i].prf;

  return NULL;
}

static void
take (SimSuite        *suite,
      const Algorithm *algorithm)
{
  switch (algorithm->kind)
    {
    case ENCRYPTION:
    case AEAD:
      if (suite->encr == NULL)
        {
          suite->encr = algorithm->name;
          suite->encr_keysize = algorithm->keysize;
        }
      break;

    case INTEGRITY:
      suite->integ = suite->integ != NULL ? suite->integ : algorithm->name;
      break;

    case PRF:
      suite->prf = suite->prf != NULL ? suite->prf : algorithm->name;
      break;

    case KEY_EXCHANGE:
      suite->ke = suite->ke != NULL ? suite->ke : algorithm->name;
      break;

    case ESN:
      suite->esn = algorithm->name != NULL;
      break;
    }
}

gboolean
sim_parse_proposal (const char *text,
                    gboolean    is_ike,
                    SimSuite   *suite)
{
  g_auto (GStrv) keywords = NULL;

  if (g_str_equal (text, "default"))
    text = is_ike ? "aes128-sha256-x25519" : "aes128-sha256";

  *suite = (SimSuite) { NULL };
  keywords = g_strsplit (text, "-", -1);
  for (gsize i = 0; keywords[i] != NULL; i++)
    {
      const Algorithm *algorithm = find_algorithm (keywords[i]);

      if (algorithm == NULL)
        return FALSE;
      take (suite, algorithm);
    }

  if (!is_ike)
    return suite->encr != NULL || suite->integ != NULL;

  if (suite->prf == NULL)
    suite->prf = prf_of (suite->integ);

  return suite->encr != NULL && suite->prf != NULL && suite->ke != NULL;
}

void
sim_select_suite (const char * const *proposals,
                  gboolean            is_ike,
                  SimSuite           *suite)
{
  const char *first = proposals != NULL && proposals[0] != NULL ? proposals[0] : "default";

  /* It was checked when it was loaded. */
  sim_parse_proposal (first, is_ike, suite);
}

char *
sim_print_suite (const SimSuite *suite,
                 gboolean        is_ike)
{
  g_autoptr (GString) text = g_string_new (is_ike ? "IKE:" : "ESP:");

  if (suite->encr != NULL)
    g_string_append (text, suite->encr);
  if (suite->encr_keysize != 0)
    g_string_append_printf (text, "_%u", suite->encr_keysize);
  if (suite->integ != NULL)
    g_string_append_printf (text, "/%s", suite->integ);
  if (suite->prf != NULL)
    g_string_append_printf (text, "/%s", suite->prf);
  if (suite->ke != NULL && is_ike)
    g_string_append_printf (text, "/%s", suite->ke);
  if (!is_ike)
    g_string_append (text, suite->esn ? "/EXT_SEQ" : "/NO_EXT_SEQ");

  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
sim_list_suite (const SimSuite *suite,
                const char     *ke_name,
                ViciBuilder    *builder)
{
  sim_add_text (builder, "encr-alg", suite->encr);
  if (suite->encr_keysize != 0)
    vici_builder_add_uint64 (builder, "encr-keysize", suite->encr_keysize);
  sim_add_text (builder, "integ-alg", suite->integ);
  sim_add_text (builder, "prf-alg", suite->prf);
  sim_add_text (builder, ke_name, suite->ke);
  if (suite->esn)
    vici_builder_add_string (builder, "esn", "1");
}
