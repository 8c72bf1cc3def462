/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Single values of records, as daemons and others may say them. */

#include <string.h>

#include "records-test.h"
#include "vici-daemon-enums.h"

/* What stands for bytes that are no text. */
#define REPLACED "\357\277\275"

static void
test_times (void)
{
  static const struct
  {
    const char *said;
    gint64      seconds;
  } cases[] = {
    { "0", 0 },
    { "14400", 14400 },
    { "9223372036854775807", G_MAXINT64 },
    { "-1", 0 },
    { "-74", 0 },
    { "-9223372036854775807", 0 },
    { "", -1 },
    { "-", -1 },
    { "4h", -1 },
    { " 1", -1 },
    { "9223372036854775808", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ViciIkeSa) sa = records_test_parse (VICI_TYPE_IKE_SA, "home", "{'rekey-time': <%s>}",
                                                     cases[i].said);

      g_test_message ("%s", cases[i].said);
      g_assert_cmpint (vici_ike_sa_get_rekey_time (sa), ==, cases[i].seconds);
    }
}

static void
test_numbers (void)
{
  static const struct
  {
    const char *said;
    guint64     hex, uint64;
    guint       uint;
  } cases[] = {
    { "0", 0, 0, 0 },
    { "10", 0x10, 10, 10 },
    { "4294967295", 0x4294967295, G_MAXUINT, G_MAXUINT },
    { "4294967296", 0x4294967296, 4294967296, 0 },
    { "c0ffee", 0xc0ffee, 0, 0 },
    { "C0FFEE", 0xc0ffee, 0, 0 },
    { "ffffffffffffffff", G_MAXUINT64, 0, 0 },
    { "10000000000000000", 0, 10000000000000000, 0 },
    { "0x10", 0, 0, 0 },
    { "-1", 0, 0, 0 },
    { "+1", 0, 0, 0 },
    { " 1", 0, 0, 0 },
    { "1 ", 0, 0, 0 },
    { "", 0, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ViciChildSa) sa = records_test_parse (VICI_TYPE_CHILD_SA, "net",
                                                       "{'reqid': <%s>, 'bytes-in': <%s>, 'spi-in': <%s>}",
                                                       cases[i].said, cases[i].said, cases[i].said);

      g_test_message ("%s", cases[i].said);
      g_assert_cmpuint (vici_child_sa_get_reqid (sa), ==, cases[i].uint);
      g_assert_cmpuint (vici_child_sa_get_bytes_in (sa), ==, cases[i].uint64);
      g_assert_cmphex (vici_child_sa_get_spi_in (sa), ==, cases[i].hex);
    }
}

static void
test_words (void)
{
  g_autofree GType *types = records_test_types ();

  for (guint i = 0; types[i] != G_TYPE_INVALID; i++)
    {
      g_autoptr (ViciRecordClass) klass = g_type_class_ref (types[i]);

      for (guint j = 0; j < klass->n_fields; j++)
        if (klass->fields[j].kind == VICI_FIELD_ENUM)
          records_test_words (types[i], &klass->fields[j]);
    }
}

/* Keys that are numbered end at the first gap, or at the seventh. */
static void
test_numbered (void)
{
  g_autoptr (ViciIkeSa) gap = records_test_parse (VICI_TYPE_IKE_SA, NULL,
                                                  "{'ake1': <'KE1'>, 'ake3': <'KE3'>}");
  g_autoptr (ViciIkeSa) late = records_test_parse (VICI_TYPE_IKE_SA, NULL, "{'ake2': <'KE2'>}");
  g_autoptr (ViciIkeSa) turned = records_test_parse (VICI_TYPE_IKE_SA, NULL,
                                                     "{'ake2': <'KE2'>, 'ake1': <'KE1'>}");
  g_autoptr (ViciIkeSa) many = records_test_parse (
    VICI_TYPE_IKE_SA, NULL,
    "{'ake1': <'1'>, 'ake2': <'2'>, 'ake3': <'3'>, 'ake4': <'4'>, 'ake5': <'5'>,"
    " 'ake6': <'6'>, 'ake7': <'7'>, 'ake8': <'8'>}");

  records_test_strv (vici_ike_sa_get_additional_key_exchanges (gap), "KE1");
  records_test_strv (vici_ike_sa_get_additional_key_exchanges (late), "");
  records_test_strv (vici_ike_sa_get_additional_key_exchanges (turned), "KE1|KE2");
  records_test_strv (vici_ike_sa_get_additional_key_exchanges (many), "1|2|3|4|5|6|7");
}

static void
test_names (void)
{
  static const char * const cases[][2] = {
    { "home", "home" },
    { "B%C3%BCro", "Büro" },
    { "50%", "50%" },
    { "%2541", "%41" },
    { "%", "%" },
    { "%zz%4", "%zz%4" },
    { "%FF", "%FF" },               /* would be no text */
    { "a%00b", "a%00b" },
    { "a%0Ab%1B[2J", "a%0Ab%1B[2J" }, /* would be no line */
    { "%s%n%d", "%s%n%d" },
    { "", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (ViciIkeSa) sa = records_test_parse (VICI_TYPE_IKE_SA, cases[i][0], "@a{sv} {}");
      g_autoptr (ViciChildSa) child = records_test_parse (VICI_TYPE_CHILD_SA, "x-1", "{'name': <%s>}",
                                                          cases[i][0]);

      g_assert_cmpstr (vici_ike_sa_get_name (sa), ==, cases[i][1]);
      g_assert_cmpstr (vici_child_sa_get_name (child), ==, cases[i][1]);
      g_assert_true (g_utf8_validate (vici_ike_sa_get_name (sa), -1, NULL));
    }
}

/* What can be read of it is. */
static void
test_binary_text (void)
{
  g_autoptr (ViciIkeSa) sa = records_test_parse (VICI_TYPE_IKE_SA, "home",
                                                 "{'remote-id': <@ay [0x61, 0xff]>,"
                                                 " 'local-id': <@ay [0x61, 0x00]>,"
                                                 " 'tasks-active': <[@ay [0x61], [0xff]]>,"
                                                 " 'ake1': <@ay [0xff]>,"
                                                 " 'state': <@ay [0xff]>}");
  g_autoptr (ViciChildSa) child = records_test_parse (VICI_TYPE_CHILD_SA, "x-1",
                                                      "{'name': <@ay [0x25, 0x43, 0x33, 0x25,"
                                                      " 0x42, 0x43, 0xff]>}"); /* %C3%BC */
  g_autoptr (ViciLogEntry) entry = records_test_parse (VICI_TYPE_LOG_ENTRY, NULL,
                                                       "{'msg': <@ay [0x72, 0x65, 0xe9, 0x75]>}");
  g_autoptr (GBytes) bytes = NULL;

  g_assert_cmpstr (vici_ike_sa_get_remote_id (sa), ==, "a" REPLACED);
  g_assert_cmpstr (vici_ike_sa_get_local_id (sa), ==, "a" REPLACED);
  g_assert_cmpstr (vici_child_sa_get_name (child), ==, "ü" REPLACED);
  g_assert_cmpstr (vici_log_entry_get_text (entry), ==, "re" REPLACED "u");
  records_test_strv (vici_ike_sa_get_tasks_active (sa), "a|" REPLACED);
  records_test_strv (vici_ike_sa_get_additional_key_exchanges (sa), REPLACED);
  g_assert_cmpint (vici_ike_sa_get_state (sa), ==, VICI_IKE_SA_STATE_UNKNOWN);
  g_assert_cmpstr (vici_ike_sa_get_state_text (sa), ==, REPLACED);
  /* It is there all the same. */
  bytes = vici_message_lookup_bytes (vici_record_get_message (VICI_RECORD (sa)), "remote-id");
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "a\xff", 2);
}

/* A path, a star, and both of them. */
static void
test_paths (void)
{
  g_autoptr (ViciAlert) alert = records_test_parse (
    VICI_TYPE_ALERT, NULL,
    "{'type': <'ts-mismatch'>, 'ike-sa': <{'home': <{'uniqueid': <'7'>}>, 'b': <{'uniqueid': <'8'>}>}>}");
  g_autoptr (ViciAlert) lonely = records_test_parse (VICI_TYPE_ALERT, NULL,
                                                     "{'type': <'shutdown-signal'>}");
  g_autoptr (ViciAlert) hollow = records_test_parse (VICI_TYPE_ALERT, NULL, "{'ike-sa': <@a{sv} {}>}");
  g_autoptr (ViciIkeUpdate) update = records_test_parse (
    VICI_TYPE_IKE_UPDATE, NULL,
    "{'local-host': <'192.0.2.7'>, 'home': <{'local-host': <'192.0.2.1'>}>}");
  g_autoptr (ViciConn) conn = records_test_parse (
    VICI_TYPE_CONN, "home",
    "{'local_addrs': <['%%any']>, 'local-1': <{'id': <'a'>}>, 'remote-1': <{'id': <'b'>}>,"
    " 'local-2': <{'id': <'c'>}>, 'local-text': <'none'>, 'local': <{'id': <'d'>}>}");
  g_autoptr (ViciConnAuth) second = g_list_model_get_item (vici_conn_get_local_auths (conn), 1);

  g_assert_cmpstr (vici_ike_sa_get_name (vici_alert_get_ike_sa (alert)), ==, "home");
  g_assert_cmpuint (vici_ike_sa_get_unique_id (vici_alert_get_ike_sa (alert)), ==, 7);
  g_assert_null (vici_alert_get_ike_sa (lonely));
  g_assert_null (vici_alert_get_ike_sa (hollow));

  g_assert_cmpstr (vici_ike_update_get_local_host (update), ==, "192.0.2.7");
  g_assert_cmpstr (vici_ike_sa_get_name (vici_ike_update_get_ike_sa (update)), ==, "home");

  g_assert_cmpuint (g_list_model_get_n_items (vici_conn_get_local_auths (conn)), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (vici_conn_get_remote_auths (conn)), ==, 1);
  g_assert_cmpstr (vici_conn_auth_get_name (second), ==, "local-2");
  g_assert_cmpstr (vici_conn_auth_get_id (second), ==, "c");
}

static void
test_certificate (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "list-cert.vici", NULL);
  g_autoptr (ViciCert) cert = records_test_load (VICI_TYPE_CERT, NULL, path);
  g_autoptr (ViciCert) key = records_test_parse (VICI_TYPE_CERT, NULL,
                                                 "{'type': <'PUBKEY'>, 'data': <'der'>,"
                                                 " 'not-before': <'20260131235959Z'>,"
                                                 " 'not-after': <'20261331000000Z'>}");
  g_autofree char *from = g_date_time_format_iso8601 (vici_cert_get_not_before (key));

  g_assert_cmpint (vici_cert_get_cert_type (cert), ==, VICI_CERT_TYPE_X509);
  g_assert_cmpuint (g_bytes_get_size (vici_cert_get_der (cert)), >, 100);
  if (g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    g_assert_true (G_IS_TLS_CERTIFICATE (vici_cert_get_tls_certificate (cert)));

  g_assert_cmpstr (from, ==, "2026-01-31T23:59:59Z");
  g_assert_null (vici_cert_get_not_after (key));
  g_assert_null (vici_cert_get_subject (key));
  g_assert_null (vici_cert_get_tls_certificate (key));
}

static void
assert_date (GDateTime  *date,
             const char *expected)
{
  g_autofree char *text = date ? g_date_time_format_iso8601 (date) : NULL;

  g_assert_cmpstr (text, ==, expected);
}

/* charon says nothing of it, but the certificate does. */
static void
test_certificate_says_whose_it_is (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "list-cert.vici", NULL);
  g_autoptr (ViciCert) cert = records_test_load (VICI_TYPE_CERT, NULL, path);

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_assert_null (vici_cert_get_subject (cert));
      g_assert_null (vici_cert_get_not_before (cert));
      g_assert_null (vici_cert_get_not_after (cert));
      return;
    }

  /* Other backends have other orders. */
  g_assert_nonnull (strstr (vici_cert_get_subject (cert), "CN=moon.example.org"));
  g_assert_true (vici_cert_get_subject (cert) == vici_cert_get_subject (cert));
  assert_date (vici_cert_get_not_before (cert), "2026-11-21T02:54:15Z");
  assert_date (vici_cert_get_not_after (cert), "2036-11-18T02:54:15Z");
}

/* A daemon that says it itself is believed. */
static void
test_daemon_says_whose_it_is (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "list-cert.vici", NULL);
  g_autoptr (ViciCert) cert = records_test_load (VICI_TYPE_CERT, NULL, path);
  g_autoptr (GVariant) der =
    g_variant_ref_sink (g_variant_new_from_data (G_VARIANT_TYPE ("ay"),
                                                 g_bytes_get_data (vici_cert_get_der (cert), NULL),
                                                 g_bytes_get_size (vici_cert_get_der (cert)),
                                                 TRUE, NULL, NULL));
  g_autoptr (ViciCert) told = records_test_parse (VICI_TYPE_CERT, NULL,
                                                  "{'type': <'X509'>, 'data': <%@ay>,"
                                                  " 'subject': <'CN=b'>,"
                                                  " 'not-before': <'20260131235959Z'>,"
                                                  " 'not-after': <'20270131235959Z'>}",
                                                  der);

  g_assert_cmpstr (vici_cert_get_subject (told), ==, "CN=b");
  assert_date (vici_cert_get_not_before (told), "2026-01-31T23:59:59Z");
  assert_date (vici_cert_get_not_after (told), "2027-01-31T23:59:59Z");
}

/* The names that are in it, "moon.example.org", begin with bytes that are no text. */
static void
test_certificate_of_any_bytes (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "list-cert.vici", NULL);
  g_autofree char *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (ViciRecord) cert = NULL;
  const char *subject;
  char *name;
  gsize size;

  g_assert_true (g_file_get_contents (path, &data, &size, NULL));
  for (name = data; (name = memmem (name, size - (name - data), "moon", 4)) != NULL; name++)
    memcpy (name, "\377\303", 2);
  bytes = g_bytes_new (data, size);
  message = vici_message_new_from_bytes (bytes, NULL);
  g_assert_nonnull (message);
  cert = vici_record_new (VICI_TYPE_CERT, NULL, message);

  subject = vici_cert_get_subject (VICI_CERT (cert));
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return;

  g_assert_nonnull (subject);
  g_assert_true (g_utf8_validate (subject, -1, NULL));
  g_assert_null (strstr (subject, "moon"));
}

static void
test_broken_certificate (void)
{
  g_autoptr (ViciCert) cert = records_test_parse (VICI_TYPE_CERT, NULL,
                                                  "{'type': <'X509'>, 'data': <'der'>}");

  g_assert_null (vici_cert_get_tls_certificate (cert));
  g_assert_null (vici_cert_get_subject (cert));
  g_assert_null (vici_cert_get_not_before (cert));
  g_assert_null (vici_cert_get_not_after (cert));
}

/* -- Who means harm -- */

static void
test_twins (void)
{
  g_autoptr (ViciMessage) message = records_test_twins ();
  g_autoptr (GPtrArray) sas = g_ptr_array_new_with_free_func (g_object_unref);

  vici_records_add (sas, VICI_TYPE_IKE_SA, message, "");
  g_assert_cmpuint (sas->len, ==, 2);
  g_assert_cmpuint (vici_ike_sa_get_unique_id (sas->pdata[0]), ==, 1);
  g_assert_cmpuint (vici_ike_sa_get_unique_id (sas->pdata[1]), ==, 2);
}

#define MANY 10000

/* Each is found without a look at all before it. */
static void
test_many (void)
{
  g_autoptr (ViciIkeSa) sa = records_test_crowd (MANY);
  GListModel *children = vici_ike_sa_get_child_sas (sa);

  g_assert_cmpuint (g_list_model_get_n_items (children), ==, MANY);
  for (guint i = 0; i < MANY; i++)
    {
      g_autoptr (ViciChildSa) child = g_list_model_get_item (children, i);

      g_assert_cmpuint (vici_child_sa_get_unique_id (child), ==, i);
    }
}

static void
test_lists_outlive (void)
{
  g_autoptr (ViciRecord) conn = records_test_new (VICI_TYPE_CONN, RECORDS_TEST_SAID);
  g_autoptr (GListModel) children = g_object_ref (vici_conn_get_children ((ViciConn *) conn));
  g_autoptr (ViciConnChild) child = NULL;

  g_clear_object (&conn);
  child = g_list_model_get_item (children, 1);
  g_clear_object (&children);
  g_assert_cmpstr (vici_conn_child_get_name (child), ==, "b");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/records/times-overdue-are-due-and-others-are-none", test_times);
  g_test_add_func ("/records/numbers-parse-whole-or-not-at-all", test_numbers);
  g_test_add_func ("/records/words-unknown-keep-their-text", test_words);
  g_test_add_func ("/records/numbered-keys-end-at-a-gap", test_numbered);
  g_test_add_func ("/records/names-are-unescaped-into-text-only", test_names);
  g_test_add_func ("/records/bytes-that-are-no-text-are-marked-within-it", test_binary_text);
  g_test_add_func ("/records/paths-and-stars-find-their-sections", test_paths);
  g_test_add_func ("/records/certificates-are-bytes-and-gio-s", test_certificate);
  g_test_add_func ("/records/certificates-say-whose-they-are", test_certificate_says_whose_it_is);
  g_test_add_func ("/records/certificates-are-whose-the-daemon-says", test_daemon_says_whose_it_is);
  g_test_add_func ("/records/certificates-of-any-bytes-are-text", test_certificate_of_any_bytes);
  g_test_add_func ("/records/certificates-that-are-none-say-nothing", test_broken_certificate);
  g_test_add_func ("/records/sections-of-one-name-keep-their-own-content", test_twins);
  g_test_add_func ("/records/ten-thousand-sections-come-in-order", test_many);
  g_test_add_func ("/records/lists-outlive-their-record", test_lists_outlive);

  return g_test_run ();
}
