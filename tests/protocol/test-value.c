/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include <string.h>

#include "vici-error.h"
#include "vici-key-info.h"
#include "vici-value.h"

#include "value-cases.h"

/* Those that no key of a connection or a pool has: a daemon is not asked. */
static const Case other_cases[] = {
  TAKEN (INT, "0"),
  TAKEN (INT, "-1"),
  TAKEN (INT, "30000"),
  TAKEN (INT, "2147483647"),
  TAKEN (INT, "-2147483648"),
  REFUSED (INT, ""),
  REFUSED (INT, "-"),
  REFUSED (INT, "--1"),
  REFUSED (INT, "2147483648"),
  REFUSED (INT, "-2147483649"),
  REFUSED (INT, "1s"),

  TAKEN (HEX, "9f3a"),
  TAKEN (HEX, "0x9F3A"),
  TAKEN (HEX, "9f:3a:00"),
  REFUSED (HEX, ""),
  REFUSED (HEX, "0x"),
  REFUSED (HEX, "9f3"),
  REFUSED (HEX, "9f:"),
  REFUSED (HEX, "9f::3a"),
  REFUSED (HEX, "9g"),

  TAKEN (CHOICE, "always"),
  REFUSED (CHOICE, ""),
  REFUSED (CHOICE, "imm\303\251diat"),

  TAKEN (NAME, "a, b"),
  REFUSED (NAME, ""),

  TAKEN (PATH, "/etc/swanctl/x509ca/ca.pem"),
  REFUSED (PATH, ""),
  REFUSED (PATH, "/etc/b\303\274ro.pem"),

  TAKEN (BLOB, ""),
  TAKEN (BLOB, "-----BEGIN CERTIFICATE-----\n\303\274\377"),

  REFUSED (SECTION, ""),
  REFUSED (SECTION, "text"),

  /* Not to be taken for letters of a name. */
  REFUSED (IDENTITY, "b\374ro.example"),
  REFUSED (HOST, "b\374ro.example"),
};

static void
check_case (const Case *c)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *wire = vici_value_to_wire (c->type, c->text, &error);
  g_autofree char   *shown = g_strescape (c->text, NULL);

  g_test_message ("type %d: “%s”", c->type, shown);
  g_assert_cmpstr (wire, ==, c->wire);
  if (c->wire != NULL)
    {
      g_assert_no_error (error);
      return;
    }

  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
}

static void
test_cases (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (value_cases); i++)
    check_case (&value_cases[i]);

  for (gsize i = 0; i < G_N_ELEMENTS (other_cases); i++)
    check_case (&other_cases[i]);
}

static void
check_message (ViciValueType type,
               const char   *text,
               const char   *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_value_to_wire (type, text, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_messages (void)
{
  check_message (VICI_VALUE_TIME, "4 hours",
                 "“4 hours” is not valid: a time is a number of seconds, or one with the unit s, "
                 "m, h or d, such as 4h");
  check_message (VICI_VALUE_STRING, "f\303\274nf",
                 "“f\303\274nf” is not valid: the daemon takes nothing but printable ASCII here");
  check_message (VICI_VALUE_IKE_PROPOSAL, "aes256-sha256",
                 "“aes256-sha256” is not valid: the proposal has no key exchange, such as x25519 "
                 "or modp3072");
  check_message (VICI_VALUE_IKE_PROPOSAL, "aes256gcm16-x25519",
                 "“aes256gcm16-x25519” is not valid: the proposal has no pseudo-random function, "
                 "such as prfsha256");
  check_message (VICI_VALUE_IKE_PROPOSAL, "aes256-x25519",
                 "“aes256-x25519” is not valid: the proposal has no algorithm for integrity, such "
                 "as sha256");
  check_message (VICI_VALUE_ESP_PROPOSAL, "sha256",
                 "“sha256” is not valid: the proposal has no algorithm for encryption, such as "
                 "aes256");
  check_message (VICI_VALUE_ESP_PROPOSAL, "aes128-sha256!",
                 "“aes128-sha256!” is not valid: a proposal has no ! at its end, as nothing else "
                 "is proposed anyway");
  check_message (VICI_VALUE_AH_PROPOSAL, "aes128",
                 "“aes128” is not valid: the proposal has no algorithm for integrity, such as "
                 "sha256");
}

/* What is wrong with them is somewhere in there. */
static void
test_strange_texts (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *wire = NULL;

  check_message (VICI_VALUE_BOOLEAN, "\033[2J\n\377",
                 "“\357\277\275[2J\357\277\275\357\277\275” is not valid: the daemon takes nothing "
                 "but printable ASCII here");
  check_message (VICI_VALUE_AUTH, "pubkey-" SIXTY TEN TEN,
                 "“pubkey-" SIXTY TEN "012…” is too long: the daemon takes 63 bytes here");

  wire = vici_value_to_wire (VICI_VALUE_IDENTITY, FIVE_HUNDRED "0123456789a", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (strlen (wire), ==, 511);
}

static void
test_strange_words (void)
{
  const ViciKeyInfo *unique = vici_key_info_lookup_key (vici_key_info_lookup_section ("conn"),
                                                        "unique");
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_key_info_to_wire (unique, "\033\377" SIXTY TEN TEN, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
  g_assert_true (g_str_has_prefix (error->message, "“\357\277\275\357\277\275" SIXTY TEN
                                                   "01234567…” is none of: "));
}

static void
check_seconds (const char *text,
               gboolean    is_valid,
               guint64     expected)
{
  guint64 seconds = 0;

  g_assert_cmpint (vici_value_parse_seconds (text, &seconds), ==, is_valid);
  if (is_valid)
    g_assert_cmpuint (seconds, ==, expected);
}

static void
test_seconds (void)
{
  check_seconds ("0", TRUE, 0);
  check_seconds ("90", TRUE, 90);
  check_seconds ("90s", TRUE, 90);
  check_seconds ("30m", TRUE, 1800);
  check_seconds ("4h", TRUE, 14400);
  check_seconds ("4 H", TRUE, 14400);
  check_seconds ("1d", TRUE, 86400);
  check_seconds ("0x10", TRUE, 16);
  check_seconds ("18446744073709551615", TRUE, G_MAXUINT64);
  check_seconds ("213503982334601d", TRUE, G_GUINT64_CONSTANT (213503982334601) * 86400);
  check_seconds ("213503982334602d", FALSE, 0);
  check_seconds ("18446744073709551616", FALSE, 0);
  check_seconds ("", FALSE, 0);
  check_seconds ("d", FALSE, 0);
  check_seconds ("4hm", FALSE, 0);
  check_seconds ("010", FALSE, 0);
}

static void
check_bytes (const char *text,
             gboolean    is_valid,
             guint64     expected)
{
  guint64 bytes = 0;

  g_assert_cmpint (vici_value_parse_bytes (text, &bytes), ==, is_valid);
  if (is_valid)
    g_assert_cmpuint (bytes, ==, expected);
}

static void
test_bytes (void)
{
  check_bytes ("0", TRUE, 0);
  check_bytes ("1000", TRUE, 1000);
  check_bytes ("64k", TRUE, 65536);
  check_bytes ("2 M", TRUE, 2097152);
  check_bytes ("2g", TRUE, G_GUINT64_CONSTANT (2147483648));
  check_bytes ("17179869183g", TRUE, G_GUINT64_CONSTANT (17179869183) << 30);
  check_bytes ("17179869184g", FALSE, 0);
  check_bytes ("", FALSE, 0);
  check_bytes ("1t", FALSE, 0);
  check_bytes ("1kb", FALSE, 0);
}

int
main (int   argc,
      char *argv[])
{
  /* The messages are compared. */
  g_setenv ("LC_ALL", "C.UTF-8", TRUE);
  g_setenv ("LANGUAGE", "C", TRUE);

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/value/what-charon-takes-is-taken-and-nothing-else", test_cases);
  g_test_add_func ("/value/message-says-what-was-expected", test_messages);
  g_test_add_func ("/value/message-is-readable-whatever-the-text", test_strange_texts);
  g_test_add_func ("/value/message-is-readable-whatever-the-word", test_strange_words);
  g_test_add_func ("/value/times-become-seconds", test_seconds);
  g_test_add_func ("/value/sizes-become-bytes", test_bytes);

  return g_test_run ();
}
