/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-value-private.h"

#include <string.h>

#include "vici-i18n.h"

/* What proposals are made of. The algorithms that are known here are those that any
 * release of strongSwan from 5.9.8 on knows. There may be others, so a word that is
 * unknown is left to the daemon, and so is what it makes of the whole. */

typedef enum
{
  UNKNOWN,
  ENCRYPTION,
  AEAD,
  GMAC,
  INTEGRITY,
  INTEGRITY_ALONE, /* no PRF goes with it */
  PRF,
  KEY_EXCHANGE,
  NO_KEY_EXCHANGE,
  ADDED_KEY_EXCHANGE,
  SEQUENCE_NUMBERS,
  N_KINDS
} Kind;

static const char * const words[N_KINDS] = {
  [ENCRYPTION] = "null des 3des cast128 "
                 "aes aes128 aes192 aes256 aes128ctr aes192ctr aes256ctr "
                 "blowfish blowfish128 blowfish192 blowfish256 "
                 "camellia camellia128 camellia192 camellia256 "
                 "camellia128ctr camellia192ctr camellia256ctr "
                 "serpent serpent128 serpent192 serpent256 "
                 "twofish twofish128 twofish192 twofish256",
  [AEAD] = "aes128ccm aes128ccm8 aes128ccm64 aes128ccm12 aes128ccm96 aes128ccm16 aes128ccm128 "
           "aes192ccm aes192ccm8 aes192ccm64 aes192ccm12 aes192ccm96 aes192ccm16 aes192ccm128 "
           "aes256ccm aes256ccm8 aes256ccm64 aes256ccm12 aes256ccm96 aes256ccm16 aes256ccm128 "
           "aes128gcm aes128gcm8 aes128gcm64 aes128gcm12 aes128gcm96 aes128gcm16 aes128gcm128 "
           "aes192gcm aes192gcm8 aes192gcm64 aes192gcm12 aes192gcm96 aes192gcm16 aes192gcm128 "
           "aes256gcm aes256gcm8 aes256gcm64 aes256gcm12 aes256gcm96 aes256gcm16 aes256gcm128 "
           "camellia128ccm8 camellia128ccm64 camellia128ccm12 camellia128ccm96 "
           "camellia128ccm16 camellia128ccm128 "
           "camellia192ccm8 camellia192ccm64 camellia192ccm12 camellia192ccm96 "
           "camellia192ccm16 camellia192ccm128 "
           "camellia256ccm8 camellia256ccm64 camellia256ccm12 camellia256ccm96 "
           "camellia256ccm16 camellia256ccm128 "
           "chacha20poly1305 chacha20poly1305compat",
  [GMAC] = "aes128gmac aes192gmac aes256gmac",
  [INTEGRITY] = "sha sha1 sha1_160 sha256 sha2_256 sha384 sha2_384 sha512 sha2_512 "
                "md5 md5_128 aesxcbc camelliaxcbc aescmac",
  [INTEGRITY_ALONE] = "sha256_96 sha2_256_96",
  [PRF] = "prfsha1 prfsha256 prfsha384 prfsha512 prfmd5 prfaesxcbc prfcamelliaxcbc prfaescmac",
  [KEY_EXCHANGE] = "modpnull modp768 modp1024 modp1536 modp2048 modp3072 modp4096 modp6144 "
                   "modp8192 modp1024s160 modp2048s224 modp2048s256 "
                   "ecp192 ecp224 ecp256 ecp384 ecp521 ecp224bp ecp256bp ecp384bp ecp512bp "
                   "curve25519 x25519 curve448 x448 mlkem512 mlkem768 mlkem1024",
  [NO_KEY_EXCHANGE] = "none modpnone",
  [SEQUENCE_NUMBERS] = "esn noesn",
};

/* A word is not empty. */
static gboolean
has_word (const char *list,
          const char *word)
{
  gsize length = strlen (word);

  for (const char *at = list; (at = strstr (at, word)) != NULL; at += length)
    {
      if ((at == list || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0'))
        return TRUE;
    }

  return FALSE;
}

/* ke1_mlkem768 and the like, from strongSwan 6.0 on. */
static gboolean
is_added_key_exchange (const char *word)
{
  return g_str_has_prefix (word, "ke") && word[2] >= '1' && word[2] <= '7' && word[3] == '_' &&
         word[4] != '\0' &&
         (has_word (words[KEY_EXCHANGE], word + 4) || has_word (words[NO_KEY_EXCHANGE], word + 4));
}

static Kind
get_kind (const char *word)
{
  for (Kind kind = UNKNOWN + 1; kind < N_KINDS; kind++)
    {
      if (words[kind] != NULL && has_word (words[kind], word))
        return kind;
    }

  return is_added_key_exchange (word) ? ADDED_KEY_EXCHANGE : UNKNOWN;
}

/* Letters in lower case, digits and “_” */
static gboolean
is_algorithm (const char *word)
{
  for (const char *at = word; *at != '\0'; at++)
    {
      if (!g_ascii_islower (*at) && !g_ascii_isdigit (*at) && *at != '_')
        return FALSE;
    }

  return *word != '\0';
}

static const char *
check_words (char **algorithms)
{
  for (char **word = algorithms; *word != NULL; word++)
    {
      if (!is_algorithm (*word))
        return N_("a proposal is default, or algorithms in lower case with - between them, "
                   "such as aes256-sha256-x25519");
    }

  return algorithms[0] != NULL ? NULL : N_("a proposal is expected, or default");
}

/* Bits, by kind. */
static guint
get_kinds (char **algorithms)
{
  guint kinds = 0;

  for (char **word = algorithms; *word != NULL; word++)
    kinds |= 1u << get_kind (*word);

  return kinds;
}

#define HAS(kinds, kind) (((kinds) &1u << (kind)) != 0)

static const char *
check_encryption (guint kinds)
{
  gboolean is_aead = HAS (kinds, AEAD) || HAS (kinds, GMAC);

  if (!is_aead && !HAS (kinds, ENCRYPTION))
    return N_("the proposal has no algorithm for encryption, such as aes256");

  if (is_aead && HAS (kinds, ENCRYPTION))
    return N_("algorithms that encrypt and protect in one, such as aes256gcm16, do not go into "
               "one proposal with others");

  return NULL;
}

static const char *
check_ike_kinds (guint kinds)
{
  const char *reason = check_encryption (kinds);

  if (reason != NULL)
    return reason;

  if (HAS (kinds, ENCRYPTION) && !HAS (kinds, INTEGRITY) && !HAS (kinds, INTEGRITY_ALONE))
    return N_("the proposal has no algorithm for integrity, such as sha256");

  if (!HAS (kinds, PRF) && !HAS (kinds, INTEGRITY))
    return N_("the proposal has no pseudo-random function, such as prfsha256");

  if (!HAS (kinds, KEY_EXCHANGE))
    return N_("the proposal has no key exchange, such as x25519 or modp3072");

  return NULL;
}

static const char *
check_ah_kinds (guint kinds)
{
  if (!HAS (kinds, INTEGRITY) && !HAS (kinds, INTEGRITY_ALONE) && !HAS (kinds, GMAC))
    return N_("the proposal has no algorithm for integrity, such as sha256");

  return NULL;
}

static const char *
check (const char *text,
       const char *(*check_kinds) (guint kinds))
{
  g_auto (GStrv) algorithms = NULL;
  const char    *reason;
  guint          kinds;

  if (g_ascii_strcasecmp (text, "default") == 0)
    return NULL;

  /* As ipsec.conf has it. */
  if (g_str_has_suffix (text, "!"))
    return N_("a proposal has no ! at its end, as nothing else is proposed anyway");

  algorithms = g_strsplit (text, "-", -1);
  reason = check_words (algorithms);
  if (reason != NULL)
    return reason;

  kinds = get_kinds (algorithms);

  return HAS (kinds, UNKNOWN) ? NULL : check_kinds (kinds);
}

const char *
vici_proposal_check_ike (const char *text)
{
  return check (text, check_ike_kinds);
}

const char *
vici_proposal_check_esp (const char *text)
{
  return check (text, check_encryption);
}

const char *
vici_proposal_check_ah (const char *text)
{
  return check (text, check_ah_kinds);
}
