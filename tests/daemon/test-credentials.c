/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "credentials-test.h"

#include <string.h>

#include "vici-error.h"

/* What is in a file, a letter each: a private key, a certificate with a key among
 * them, one without, that of an authority. */
typedef struct
{
  const char *name;
  const char *items;    /* of "KcCA" */
  gboolean    asks;     /* for a password */
} Form;

static const Form forms[] = {
  { "rsa.key", "K", FALSE },
  { "ec.key", "K", FALSE },
  { "ed25519.key", "K", FALSE },
  { "ed448.key", "K", FALSE },
  { "rsa.der", "K", FALSE },
  { "ec.der", "K", FALSE },
  { "ed25519.der", "K", FALSE },
  { "ed448.der", "K", FALSE },
  { "rsa-pkcs1.key", "K", FALSE },
  { "rsa-pkcs1.der", "K", FALSE },
  { "ec-sec1.key", "K", FALSE },
  { "ec-sec1.der", "K", FALSE },
  { "rsa-pkcs8.key", "K", TRUE },
  { "ec-pkcs8.key", "K", TRUE },
  { "ed25519-pkcs8.key", "K", TRUE },
  { "ed448-pkcs8.key", "K", TRUE },
  { "ec-pkcs8.der", "K", TRUE },
  { "ec-sha1.key", "K", TRUE },
  { "ec-des3.key", "K", TRUE },
  { "ec-pbe1.key", "K", TRUE },
  { "ec-iterated.der", "K", TRUE },
  { "rsa-old.key", "K", TRUE },
  { "rsa-old-des3.key", "K", TRUE },
  { "ec-old.key", "K", TRUE },
  { "rsa.pem", "C", FALSE },
  { "ed448.crt", "C", FALSE },
  { "brainpool.pem", "C", FALSE },
  { "ca.pem", "A", FALSE },
  { "ca.crt", "A", FALSE },
  { "chain.p12", "cAK", TRUE },
  { "legacy.p12", "cAK", TRUE },
  { "without-mac.p12", "cAK", TRUE },
  { "mac-alone.p12", "cAK", TRUE },
  { "chain-p12.pem", "cAK", TRUE },
  { "empty-password.p12", "cAK", FALSE },
  { "plain.p12", "cAK", FALSE },
  { "certificates.p12", "A", TRUE },
  { "unchecked.p12", "A", TRUE },
  { "shown.pem", "C", FALSE },
  { "both.pem", "cKA", TRUE },
  { "two-keys.pem", "KK", TRUE },
};

#define RIGHT CREDENTIALS_PASSWORD

/* One of the functions is shown all forms, and the others, which differ in how they
 * ask and where they read from, a few. */
static gboolean
is_shown (guint              form,
          CredentialsTestHow how)
{
  return how == CREDENTIALS_TEST_DATA || form % 6 == 0;
}

static char *
describe (ViciCredentials *credentials)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (credentials));
  GString *items = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      ViciCredential *credential = credentials_test_get (credentials, i);
      ViciCredential *key = vici_credential_get_key (credential);

      if (vici_credential_is_private_key (credential))
        {
          g_assert_null (key);
          g_assert_false (vici_credential_is_authority (credential));
        }
      else if (key != NULL)
        {
          g_assert_true (vici_credential_is_private_key (key));
        }

      g_string_append_c (items, vici_credential_is_private_key (credential) ? 'K'
                                : vici_credential_is_authority (credential) ? 'A'
                                : key != NULL                               ? 'c'
                                                                            : 'C');
    }

  return g_string_free (items, FALSE);
}

/* -- What is read -- */

static void
check_form (const Form         *form,
            CredentialsTestHow  how,
            const char * const *answers,
            guint               asked)
{
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciCredentials) credentials =
    credentials_test_load (how, form->name, interaction, NULL, &error);
  g_autofree char *items = NULL;

  g_test_message ("%s", form->name);
  g_assert_no_error (error);
  items = describe (credentials);
  g_assert_cmpstr (items, ==, form->items);
  g_assert_cmpuint (test_interaction_get_asked (interaction), ==, form->asks ? asked : 0);
}

static void
test_forms (gconstpointer data)
{
  const char * const answers[] = { RIGHT, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (is_shown (i, GPOINTER_TO_UINT (data)))
      check_form (&forms[i], GPOINTER_TO_UINT (data), answers, 1);
}

static void
test_wrong_then_right (gconstpointer data)
{
  const char * const answers[] = { "wrong", RIGHT, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (is_shown (i, GPOINTER_TO_UINT (data)))
      check_form (&forms[i], GPOINTER_TO_UINT (data), answers, 2);
}

static void
test_list (void)
{
  g_autoptr (ViciCredentials) credentials = credentials_test_open ("chain.p12");
  GListModel *model = G_LIST_MODEL (credentials);

  g_assert_cmpuint (g_list_model_get_item_type (model), ==, VICI_TYPE_CREDENTIAL);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 3);
  g_assert_null (g_list_model_get_item (model, 3));
}

static void
test_properties (void)
{
  g_autoptr (ViciCredentials) credentials = credentials_test_open ("chain.p12");
  ViciCredential *certificate = credentials_test_get (credentials, 0);
  g_autoptr (GBytes) data = NULL;
  g_autoptr (ViciCredential) key = NULL;
  gboolean private_key, authority;

  g_object_get (certificate, "data", &data, "key", &key, "private-key", &private_key,
                "authority", &authority, NULL);
  g_assert_true (data == vici_credential_get_data (certificate));
  g_assert_true (key == credentials_test_get (credentials, 2));
  g_assert_false (private_key);
  g_assert_false (authority);

  g_object_get (key, "private-key", &private_key, NULL);
  g_assert_true (private_key);
}

/* The public key of a private one, as another program sees it. */
static char *
dup_public_key (const char *path,
                const char *form)
{
  const char *argv[] = { "openssl", "pkey", "-in", path, "-inform", form, "-pubout", NULL };
  g_autoptr (GError) error = NULL;
  char *text;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
                NULL, NULL, &text, NULL, &status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);

  return text;
}

static void
check_key (const char *name,
           const char *original)
{
  g_autoptr (ViciCredentials) credentials = credentials_test_open (name);
  GBytes *data = vici_credential_get_data (credentials_test_get (credentials, 0));
  g_autoptr (GFile) file = credentials_test_file ("found.der");
  g_autoptr (GFile) original_file = credentials_test_file (original);
  g_autofree char *found = NULL;
  g_autofree char *expected = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", name);
  g_file_replace_contents (file, g_bytes_get_data (data, NULL), g_bytes_get_size (data), NULL,
                           FALSE, G_FILE_CREATE_PRIVATE, NULL, NULL, &error);
  g_assert_no_error (error);
  found = dup_public_key (g_file_peek_path (file), "DER");
  expected = dup_public_key (g_file_peek_path (original_file), "PEM");
  g_assert_cmpstr (found, ==, expected);
}

static void
test_keys (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autofree char *kind = g_strndup (forms[i].name, strcspn (forms[i].name, "-."));
      g_autofree char *original = g_strconcat (kind, ".key", NULL);

      if (g_str_equal (forms[i].items, "K"))
        check_key (forms[i].name, original);
    }
}

static void
check_bytes (const char *name,
             guint       position,
             const char *expected)
{
  g_autoptr (ViciCredentials) credentials = credentials_test_open (name);
  GBytes *found = vici_credential_get_data (credentials_test_get (credentials, position));
  g_autoptr (GBytes) bytes = credentials_test_bytes (expected);

  g_assert_cmpmem (g_bytes_get_data (found, NULL), g_bytes_get_size (found),
                   g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_pkcs8 (void)
{
  check_bytes ("rsa-old.key", 0, "rsa.der");
  check_bytes ("ec-pkcs8.key", 0, "ec.der");
  check_bytes ("ed25519-pkcs8.key", 0, "ed25519.der");
  check_bytes ("ed448-pkcs8.key", 0, "ed448.der");
}

static void
test_certificates (void)
{
  check_bytes ("rsa.pem", 0, "rsa.crt");
  check_bytes ("chain.p12", 0, "ec.crt");
  check_bytes ("chain.p12", 1, "ca.crt");
  check_bytes ("both.pem", 2, "ca.crt");
}

/* -- Passwords -- */

static void
check_failure (const Form         *form,
               CredentialsTestHow  how,
               const char * const *answers,
               GQuark              domain,
               int                 code,
               guint               asked)
{
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", form->name);
  g_assert_null (credentials_test_load (how, form->name, interaction, NULL, &error));
  g_assert_error (error, domain, code);
  g_assert_cmpuint (test_interaction_get_asked (interaction), ==, asked);
}

static void
test_thrice_wrong (gconstpointer data)
{
  /* One has a byte that is no UTF-8, and one is a part of the right one. */
  const char * const answers[] = { TEST_EMPTY, "\xff", "correct", RIGHT, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (forms[i].asks && is_shown (i, GPOINTER_TO_UINT (data)))
      check_failure (&forms[i], GPOINTER_TO_UINT (data), answers,
                     G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD, 3);
}

static void
test_not_told (gconstpointer data)
{
  const char * const answers[] = { "wrong", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (forms[i].asks && is_shown (i, GPOINTER_TO_UINT (data)))
      check_failure (&forms[i], GPOINTER_TO_UINT (data), answers,
                     G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, 2);
}

static void
test_failure (gconstpointer data)
{
  const char * const answers[] = { TEST_FAIL, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    if (forms[i].asks && is_shown (i, GPOINTER_TO_UINT (data)))
      check_failure (&forms[i], GPOINTER_TO_UINT (data), answers, G_IO_ERROR, G_IO_ERROR_BUSY, 1);
}

static void
test_no_interaction (gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ViciCredentials) credentials G_GNUC_UNUSED =
        credentials_test_load (GPOINTER_TO_UINT (data), forms[i].name, NULL, NULL, &error);

      g_test_message ("%s", forms[i].name);
      if (forms[i].asks)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
      else
        g_assert_no_error (error);
    }
}

static void
check_flags (guint             wrong,
             GTlsPasswordFlags flags)
{
  static const char * const answers[] = { "wrong", "wrong", RIGHT, NULL };
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers + 2 - wrong);
  g_autoptr (ViciCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  credentials = credentials_test_load (CREDENTIALS_TEST_FILE, "chain.p12", interaction, NULL,
                                       &error);
  g_assert_no_error (error);
  g_assert_cmpuint (test_interaction_get_asked (interaction), ==, wrong + 1);
  g_assert_cmphex (test_interaction_get_flags (interaction), ==, flags);
  g_assert_cmpstr (test_interaction_get_description (interaction), ==,
                   "Credentials in “chain.p12”");
}

static void
test_flags (void)
{
  check_flags (0, G_TLS_PASSWORD_NONE);
  check_flags (1, G_TLS_PASSWORD_RETRY);
  check_flags (2, G_TLS_PASSWORD_RETRY | G_TLS_PASSWORD_FINAL_TRY);
}

/* As it is where the language has no callbacks for it. */
static void
test_without_async (void)
{
  const char * const answers[] = { "wrong", RIGHT, NULL };
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  GTlsInteractionClass *klass = G_TLS_INTERACTION_GET_CLASS (interaction);
  GTlsInteractionClass kept = *klass;
  g_autoptr (ViciCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  klass->ask_password_async = NULL;
  credentials = credentials_test_load (CREDENTIALS_TEST_DATA, "ec-pkcs8.key", interaction, NULL,
                                       &error);
  g_assert_no_error (error);
  g_assert_cmpuint (test_interaction_get_asked (interaction), ==, 2);

  klass->ask_password = NULL;
  g_assert_null (credentials_test_load (CREDENTIALS_TEST_DATA, "ec-pkcs8.key", interaction, NULL,
                                        &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  *klass = kept;
}

/* -- Contexts and cancelling -- */

static gboolean
on_idle (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

static void
test_sync_context (void)
{
  g_autoptr (ViciCredentials) credentials = NULL;
  gboolean dispatched = FALSE;

  g_idle_add_full (G_PRIORITY_HIGH, on_idle, &dispatched, NULL);
  credentials = credentials_test_open ("chain.p12");
  g_assert_false (dispatched);

  while (!dispatched)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_cancelled_before (gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (credentials_test_load (GPOINTER_TO_UINT (data), "ec.key", NULL, cancellable,
                                        &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled_asking (gconstpointer data)
{
  const char * const answers[] = { TEST_CANCEL, NULL };
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (credentials_test_load (GPOINTER_TO_UINT (data), "ec-pkcs8.key", interaction,
                                        cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (test_interaction_get_asked (interaction), ==, 1);
}

/* -- What is refused -- */

static void
check_refused (GBytes     *data,
               GQuark      domain,
               int         code,
               const char *text)
{
  const char * const answers[] = { RIGHT, NULL };
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  g_autoptr (GBytes) owned G_GNUC_UNUSED = data;
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_credentials_load_sync (data, interaction, NULL, &error));
  g_assert_error (error, domain, code);
  g_assert_nonnull (strstr (error->message, text));
  g_assert_cmpuint (test_interaction_get_asked (interaction), ==, 0);
}

static GBytes *
text (const char *format)
{
  return g_bytes_new_static (format, strlen (format));
}

static void
test_invalid (void)
{
  const GQuark domain = G_IO_ERROR;
  const int code = G_IO_ERROR_INVALID_DATA;

  check_refused (text (""), domain, code, "DER");
  check_refused (text ("hello"), domain, code, "DER");
  check_refused (text ("0"), domain, code, "DER");
  check_refused (text ("-----BEGIN CERTIFICATE-----\n"), domain, code, "“CERTIFICATE”");
  check_refused (text ("-----BEGIN CERTIFICATE-----\n-----END PRIVATE KEY-----\n"), domain, code,
                 "“CERTIFICATE”, has no end");
  check_refused (text ("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), domain, code,
                 "block 1, “CERTIFICATE”");
  check_refused (text ("-----BEGIN X-----\n-----END X-----\n"
                       "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"
                       "-----END OPENSSH PRIVATE KEY-----\n"),
                 domain, code, "block 2, “OPENSSH PRIVATE KEY”");
  check_refused (text ("-----BEGIN PKCS12-----\nAAAA\n-----END PKCS12-----\n"), domain, code,
                 "block 1, “PKCS12”");
  check_refused (credentials_test_bytes ("public.pem"), domain, code, "no certificate");
}

static void
test_unsupported (void)
{
  static const char * const answers[] = { RIGHT, NULL };
  static const Form behind_mac = { "aria.p12", NULL, TRUE };
  const GQuark domain = G_IO_ERROR;
  const int code = G_IO_ERROR_NOT_SUPPORTED;

  check_refused (credentials_test_bytes ("ec-scrypt.key"), domain, code, "“ENCRYPTED PRIVATE KEY”");
  check_refused (credentials_test_bytes ("ec-aria.key"), domain, code, "“ENCRYPTED PRIVATE KEY”");
  check_failure (&behind_mac, CREDENTIALS_TEST_DATA_SYNC, answers, domain, code, 1);
}

static GBytes *
repeat (const char *name,
        guint       times)
{
  g_autoptr (GBytes) bytes = credentials_test_bytes (name);
  gsize size = g_bytes_get_size (bytes);
  guint8 *data = g_malloc (size * times);

  for (guint i = 0; i < times; i++)
    memcpy (data + i * size, g_bytes_get_data (bytes, NULL), size);

  return g_bytes_new_take (data, size * times);
}

static void
test_blocks (void)
{
  g_autoptr (GBytes) most = repeat ("ca.pem", 512);
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciCredentials) credentials = vici_credentials_load_sync (most, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (credentials)), ==, 512);
  check_refused (repeat ("ca.pem", 513), VICI_ERROR, VICI_ERROR_TOO_LARGE, "512");
}

static void
test_sizes (void)
{
  g_autoptr (GFile) zeros = g_file_new_for_path ("/dev/zero");
  g_autoptr (GError) error = NULL;

  check_refused (g_bytes_new_take (g_malloc0 (1024 * 1024 + 1), 1024 * 1024 + 1),
                 VICI_ERROR, VICI_ERROR_TOO_LARGE, "1048576");
  check_refused (g_bytes_new_take (g_malloc0 (256 * 1024 + 1), 256 * 1024 + 1),
                 VICI_ERROR, VICI_ERROR_TOO_LARGE, "262144");
  check_refused (credentials_test_bytes ("big.pem"), VICI_ERROR, VICI_ERROR_TOO_LARGE, "65535");

  g_assert_null (vici_credentials_load_file_sync (zeros, NULL, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
}

/* The number in there is written over. */
static void
test_iterations (void)
{
  static const guint8 few[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
  static const guint8 many[] = { 0x02, 0x03, 0x7f, 0xff, 0xff };
  GBytes *data = repeat ("ec-iterated.der", 1);
  guint8 *place = memmem (g_bytes_get_data (data, NULL), g_bytes_get_size (data), few, sizeof few);

  g_assert_nonnull (place);
  memcpy (place, many, sizeof many);
  check_refused (data, VICI_ERROR, VICI_ERROR_TOO_LARGE, "5000000");
}

static void
test_slow (void)
{
  const char * const answers[] = { RIGHT, NULL };
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  g_autoptr (GBytes) data = repeat ("slow.p12", 1);
  g_autoptr (ViciCredentials) credentials = NULL;
  g_autoptr (GError) error = NULL;

  credentials = vici_credentials_load_sync (data, interaction, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (credentials)), ==, 3);
  g_assert_cmpuint (test_interaction_get_asked (interaction), ==, 1);
}

/* Each block needs two tries of 2.6 million, one of them without a password. */
static void
test_iterations_of_all (void)
{
  const char * const answers[] = { RIGHT, NULL };
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  g_autoptr (GBytes) data = repeat ("slow-p12.pem", 4);
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_credentials_load_sync (data, interaction, NULL, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "block 4, “PKCS12”"));
  g_assert_nonnull (strstr (error->message, "20000000"));
  g_assert_cmpuint (test_interaction_get_asked (interaction), ==, 1);
}

/* Of all that the last block may be decrypted to, some has an end as it should be. */
static void
test_garbage (void)
{
  GBytes *data = repeat ("unchecked.p12", 1);
  gsize size = g_bytes_get_size (data);
  guint8 *place = (guint8 *) g_bytes_get_data (data, NULL) + size - 17;
  g_autoptr (GBytes) owned G_GNUC_UNUSED = data;

  for (guint i = 0; i <= 0xff; i++)
    {
      g_autoptr (GError) error = NULL;

      (*place)++;
      g_assert_null (vici_credentials_load_sync (data, NULL, NULL, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
    }
}

static void
assert_names_once (const GError *error,
                   const char   *path)
{
  const char *where = strstr (error->message, path);

  g_assert_nonnull (where);
  g_assert_null (strstr (where + 1, path));
}

static void
test_no_file (void)
{
  g_autoptr (GFile) file = credentials_test_file ("there-is-none");
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_credentials_load_file_sync (file, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_names_once (error, g_file_peek_path (file));
}

static void
note_file_error (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_assert_null (vici_credentials_load_file_finish (result, user_data));
}

/* In both ways. */
static void
check_file_says (const char *name,
                 GQuark      domain,
                 int         code,
                 const char *text)
{
  g_autoptr (GFile) file = credentials_test_file (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) sync_error = NULL;
  g_autofree char *expected = g_strdup_printf ("Cannot read “%s”: ", g_file_peek_path (file));

  vici_credentials_load_file_async (file, NULL, NULL, note_file_error, &error);
  while (error == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (error, domain, code);
  g_assert_true (g_str_has_prefix (error->message, expected));
  g_assert_nonnull (strstr (error->message, text));
  assert_names_once (error, g_file_peek_path (file));

  g_assert_null (vici_credentials_load_file_sync (file, NULL, NULL, &sync_error));
  g_assert_error (sync_error, domain, code);
  g_assert_cmpstr (sync_error->message, ==, error->message);
}

static void
test_file_is_named (void)
{
  g_autoptr (GFile) garbage = credentials_test_file ("garbage.pem");
  g_autoptr (GFile) directory = g_file_get_parent (garbage);
  g_autoptr (GError) error = NULL;

  g_file_replace_contents (garbage, "garbage", 7, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, &error);
  g_assert_no_error (error);
  check_file_says ("garbage.pem", G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "The data are not PEM");
  check_file_says ("ec-iterated.der", G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "nobody to ask");

  g_assert_null (vici_credentials_load_file_sync (directory, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  assert_names_once (error, g_file_peek_path (directory));
}

/* -- What is printed -- */

static const char *program;

/* Run as a program of its own, with all messages for debugging. */
static void
open_all (void)
{
  credentials_test_begin ();
  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    g_object_unref (credentials_test_open (forms[i].name));
  credentials_test_end ();
}

static void
test_silence (void)
{
  const char *argv[] = { program, "--open-all", NULL };
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "G_MESSAGES_DEBUG", "all", TRUE);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autofree char *both = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, environment, 0, NULL, NULL, &output, &errors, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));

  both = g_strconcat (output, errors, NULL);
  g_assert_nonnull (strstr (both, "DEBUG"));
  g_assert_null (strstr (both, G_LOG_DOMAIN "-DEBUG"));
  g_assert_null (strstr (both, RIGHT));
  g_assert_null (strstr (both, "BEGIN"));
}

static void
add_for_each (const char   *path,
              GTestDataFunc function)
{
  static const char * const names[] = { "data", "data-sync", "file", "file-sync" };

  for (guint i = 0; i < N_CREDENTIALS_TEST; i++)
    {
      g_autofree char *full = g_strconcat (path, "/", names[i], NULL);

      g_test_add_data_func (full, GUINT_TO_POINTER (i), function);
    }
}

int
main (int   argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  program = argv[0];
  if (argc == 2 && g_str_equal (argv[1], "--open-all"))
    {
      open_all ();
      return 0;
    }

  add_for_each ("/credentials/every-form-is-read", test_forms);
  add_for_each ("/credentials/wrong-password-is-asked-for-again", test_wrong_then_right);
  add_for_each ("/credentials/third-wrong-password-is-the-last", test_thrice_wrong);
  add_for_each ("/credentials/password-not-told-is-permission-denied", test_not_told);
  add_for_each ("/credentials/failure-of-interaction-is-handed-on", test_failure);
  add_for_each ("/credentials/without-interaction-only-plain-ones", test_no_interaction);
  add_for_each ("/credentials/cancelled-before-reads-nothing", test_cancelled_before);
  add_for_each ("/credentials/cancelled-while-asking", test_cancelled_asking);
  g_test_add_func ("/credentials/is-a-list-model", test_list);
  g_test_add_func ("/credentials/properties-are-what-functions-tell", test_properties);
  g_test_add_func ("/credentials/private-keys-are-the-same-for-openssl", test_keys);
  g_test_add_func ("/credentials/private-keys-are-pkcs8", test_pkcs8);
  g_test_add_func ("/credentials/certificates-keep-their-bytes", test_certificates);
  g_test_add_func ("/credentials/password-says-what-for-and-which-try", test_flags);
  g_test_add_func ("/credentials/interaction-without-async-is-asked-sync", test_without_async);
  g_test_add_func ("/credentials/sync-runs-no-main-context", test_sync_context);
  g_test_add_func ("/credentials/invalid-data-are-named", test_invalid);
  g_test_add_func ("/credentials/unknown-encryption-is-not-supported", test_unsupported);
  g_test_add_func ("/credentials/blocks-are-limited", test_blocks);
  g_test_add_func ("/credentials/sizes-are-limited", test_sizes);
  g_test_add_func ("/credentials/iterations-are-limited", test_iterations);
  g_test_add_func ("/credentials/garbage-for-want-of-a-password-is-locked", test_garbage);
  g_test_add_func ("/credentials/file-that-is-not-there-is-not-found", test_no_file);
  g_test_add_func ("/credentials/file-that-cannot-be-used-is-named", test_file_is_named);
  g_test_add_func ("/credentials/nothing-is-printed", test_silence);

  /* Millions of hashes are too many for valgrind. */
  if (g_test_slow ())
    {
      g_test_add_func ("/credentials/slow/tries-without-a-password-cost-a-good-one-nothing", test_slow);
      g_test_add_func ("/credentials/slow/iterations-of-all-are-limited", test_iterations_of_all);
    }

  credentials_test_begin ();
  status = g_test_run ();
  credentials_test_end ();

  return status;
}
