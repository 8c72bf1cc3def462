/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a real daemon takes: no key that is encrypted, and all that come out of
 * ViciCredentials. */

#include "credentials-test.h"
#include "real.h"

typedef struct
{
  const char *kind;
  const char *encrypted[6];
} Kind;

static const Kind kinds[] = {
  { "rsa", { "rsa-pkcs8.key", "rsa-old.key", "rsa-old-des3.key" } },
  { "ec", { "ec-pkcs8.key", "ec-pkcs8.der", "ec-old.key", "ec-pbe1.key", "chain.p12" } },
  { "ed25519", { "ed25519-pkcs8.key" } },
  { "ed448", { "ed448-pkcs8.key" } },
};

static ViciMessage *
build (const char *first,
       const char *value,
       const char *flag,
       GBytes     *data)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (GError) error = NULL;
  ViciMessage *request;

  vici_builder_set_sensitive (builder, TRUE);
  vici_builder_add_string (builder, first, value);
  if (flag != NULL)
    vici_builder_add_string (builder, "flag", flag);
  vici_builder_add_bytes (builder, "data", data);
  request = vici_builder_end (builder, &error);
  g_assert_no_error (error);

  return request;
}

/* Returns the name of the key, which is made of its public half. */
static char *
load_key (ViciConnection *connection,
          GBytes         *data)
{
  g_autoptr (ViciMessage) reply = real_call (connection, "load-key",
                                             build ("type", "any", NULL, data));
  char *id = vici_message_lookup_string (reply, "id");

  g_assert_nonnull (id);

  return id;
}

static void
check_refused (ViciConnection *connection,
               const char     *name)
{
  g_autoptr (GBytes) data = credentials_test_bytes (name);
  g_autoptr (ViciMessage) request = build ("type", "any", NULL, data);
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", name);
  reply = vici_connection_call_sync (connection, "load-key", request, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (vici_message_check_success (reply, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED);
}

static void
check_taken (ViciConnection *connection,
             const char     *name,
             const char     *expected)
{
  g_autoptr (ViciCredentials) credentials = credentials_test_open (name);
  guint last = g_list_model_get_n_items (G_LIST_MODEL (credentials)) - 1;
  ViciCredential *key = credentials_test_get (credentials, last);
  g_autofree char *id = load_key (connection, vici_credential_get_data (key));

  g_test_message ("%s", name);
  g_assert_cmpstr (id, ==, expected);
}

static void
test_keys (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *plain = g_strconcat (kinds[i].kind, ".key", NULL);
      g_autoptr (GBytes) data = credentials_test_bytes (plain);
      g_autofree char *id = load_key (connection, data);

      check_taken (connection, plain, id);
      for (guint j = 0; kinds[i].encrypted[j] != NULL; j++)
        {
          check_refused (connection, kinds[i].encrypted[j]);
          check_taken (connection, kinds[i].encrypted[j], id);
        }
    }
}

static guint
count_certificates (ViciConnection *connection,
                    const char     *flag)
{
  g_autoptr (ViciMessage) request = real_message ("{'type': <'X509'>, 'flag': <%s>}", flag);
  g_autoptr (ViciStream) stream = NULL;
  guint n = 0;

  stream = vici_connection_call_streaming (connection, "list-certs", NULL, request);
  while (TRUE)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ViciMessage) event = vici_stream_next_sync (stream, NULL, &error);

      g_assert_no_error (error);
      if (event == NULL)
        return n;
      n++;
    }
}

static void
test_chain (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");
  g_autoptr (ViciCredentials) credentials = credentials_test_open ("chain.p12");

  g_assert_cmpuint (count_certificates (connection, "ANY"), ==, 0);
  for (guint i = 0; i < 2; i++)
    {
      ViciCredential *certificate = credentials_test_get (credentials, i);
      const char *flag = vici_credential_is_authority (certificate) ? "CA" : "NONE";
      g_autoptr (ViciMessage) reply = NULL;

      reply = real_call (connection, "load-cert",
                         build ("type", "X509", flag, vici_credential_get_data (certificate)));
    }
  g_assert_cmpuint (count_certificates (connection, "CA"), ==, 1);
  g_assert_cmpuint (count_certificates (connection, "NONE"), ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/credentials-charon/encrypted-keys-are-refused-and-decrypted-ones-taken",
                   test_keys);
  g_test_add_func ("/credentials-charon/certificates-of-pkcs12-are-taken", test_chain);

  credentials_test_begin ();
  status = g_test_run ();
  credentials_test_end ();

  return status;
}
