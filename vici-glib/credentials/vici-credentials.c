/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-credentials.h"

#include "vici-credential.h"
#include "vici-credential-reader.h"
#include "vici-i18n.h"

/**
 * SECTION:vici-credentials
 * @title: ViciCredentials
 * @short_description: What a file of keys and certificates holds
 *
 * Reads private keys and certificates and decrypts them here, since the daemon takes
 * no key that is encrypted. It is a #GListModel of #ViciCredential, in the order of
 * the data.
 *
 * |[<!-- language="Python" -->
 * class Interaction(Gio.TlsInteraction):
 *     def do_ask_password(self, password, cancellable):
 *         password.set_value(getpass.getpass(password.get_description()).encode())
 *         return Gio.TlsInteractionResult.HANDLED
 *
 * file = Gio.File.new_for_path('client.p12')
 * for credential in Vici.Credentials.load_file_sync(file, Interaction(), None):
 *     print('key' if credential.is_private_key() else 'certificate')
 * ]|
 *
 * These forms are read:
 *
 * - PEM, with one block or up to 512: certificates; private keys plain (PKCS#8, RSA, EC),
 *   encrypted as PKCS#8, and encrypted as OpenSSL once did it (`Proc-Type: 4,ENCRYPTED`);
 *   archives (`PKCS#12`). Blocks of other kinds are left out.
 * - DER: a certificate, a private key, an encrypted PKCS#8 key, an archive (`PKCS#12`).
 *
 * Keys may be RSA, EC on the curves of NIST, Ed25519 and Ed448. `PKCS#12` gives its
 * private keys and certificates. All comes out as it is for the daemon, see
 * vici_credential_get_data().
 *
 * When something is encrypted, its password is asked for through the
 * #GTlsInteraction, with a #GTlsPassword whose description names the file. After a
 * wrong one it is asked for again, with %G_TLS_PASSWORD_RETRY, and the third time with
 * %G_TLS_PASSWORD_FINAL_TRY. A password that was right is tried for what follows
 * it, before another one is asked for. `PKCS#12` without a password, or with an empty
 * one, needs none. To answer with g_tls_password_set_value() leaves no copy behind:
 * the password is wiped from memory, as the keys are, and nothing is ever printed.
 *
 * It is limited what is read: the data have 1 MiB, each block has 256 KiB, and a key or
 * certificate has 65535 bytes, at most. To try a password for a block it is hashed
 * 5,000,000 times, and 20,000,000 times for all tries and blocks, at most.
 *
 * To read and to decrypt may take a second or some: the asynchronous functions leave
 * that to a thread out of the pool that GLib has for tasks, and do all else, asking
 * among it, in the thread that calls them. The synchronous ones run no main context.
 *
 * Keys and certificates are read by GnuTLS, which is loaded when something is read for
 * the first time. Where it is not there, or the library was built without it,
 * everything gives %G_IO_ERROR_NOT_SUPPORTED.
 *
 * Since: 1.0
 */

/**
 * ViciCredentials:
 *
 * What a file of keys and certificates holds.
 *
 * Since: 1.0
 */
struct _ViciCredentials
{
  GObject    parent_instance;

  GPtrArray *credentials;   /* ViciCredential */
};

static void vici_credentials_list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciCredentials, vici_credentials, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      vici_credentials_list_model_iface_init))

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ViciCredentialReader, vici_credential_reader_free)

/* What a reader has at its end. */
static ViciCredentials *
end_load (ViciCredentialReader *reader,
          GError              **error)
{
  GPtrArray *credentials = vici_credential_reader_end (reader, error);
  ViciCredentials *self;

  if (credentials == NULL)
    return NULL;

  self = g_object_new (VICI_TYPE_CREDENTIALS, NULL);
  g_ptr_array_extend_and_steal (self->credentials, credentials);

  return self;
}

/* -- Asking -- */

static ViciPassword *
begin_asking (ViciCredentialReader *reader,
              GTlsInteraction      *interaction,
              GError              **error)
{
  if (interaction != NULL)
    return vici_credential_reader_get_password (reader, error);

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                       _("There is a password, and nobody to ask for it"));

  return NULL;
}

/* Takes @failure, what the interaction has failed with; NULL: with nothing. */
static gboolean
check_answer (GTlsInteractionResult result,
              GError               *failure,
              GError              **error)
{
  if (failure != NULL)
    g_propagate_error (error, failure);
  else if (result != G_TLS_INTERACTION_HANDLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                         _("There is a password, and it was not told"));

  return failure == NULL && result == G_TLS_INTERACTION_HANDLED;
}

/* -- Loading asynchronously -- */

/* What goes from the task of the caller to those of the steps. */
typedef struct
{
  ViciCredentialReader *reader;
  GTlsInteraction     *interaction;
} Loading;

static void
loading_free (Loading *loading)
{
  vici_credential_reader_free (loading->reader);
  g_clear_object (&loading->interaction);
  g_free (loading);
}

static void read_on (GTask *task);

static void
take_answer (GTask                *task,
             GTlsInteractionResult result,
             GError               *failure)
{
  GError *error = NULL;

  if (check_answer (result, failure, &error))
    read_on (task);
  else
    g_task_return_error (task, error);
}

static void
on_answer (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *failure = NULL;
  GTlsInteractionResult answer =
    g_tls_interaction_ask_password_finish (G_TLS_INTERACTION (source), result, &failure);

  take_answer (task, answer, failure);
}

/* In some languages an interaction cannot have the asynchronous function. */
static void
ask (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;
  ViciPassword *password = begin_asking (loading->reader, loading->interaction, &error);

  if (password == NULL)
    {
      g_task_return_error (task, error);
    }
  else if (G_TLS_INTERACTION_GET_CLASS (loading->interaction)->ask_password_async != NULL)
    {
      g_tls_interaction_ask_password_async (loading->interaction, G_TLS_PASSWORD (password),
                                            cancellable, on_answer, g_object_ref (task));
    }
  else
    {
      GTlsInteractionResult answer =
        g_tls_interaction_ask_password (loading->interaction, G_TLS_PASSWORD (password),
                                        cancellable, &error);

      take_answer (task, answer, error);
    }
}

static void
on_read (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Loading *loading = g_task_get_task_data (task);
  GError *error = NULL;
  gssize outcome = g_task_propagate_int (G_TASK (result), &error);
  ViciCredentials *credentials = NULL;

  if (error == NULL && outcome == VICI_GNUTLS_LOCKED)
    {
      ask (task);
      return;
    }

  if (error == NULL)
    credentials = end_load (loading->reader, &error);

  if (credentials != NULL)
    g_task_return_pointer (task, credentials, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
read_in_thread (GTask        *step,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  ViciGnutlsResult result = vici_credential_reader_read (task_data, cancellable, &error);

  if (error != NULL)
    g_task_return_error (step, error);
  else
    g_task_return_int (step, result);
}

static void
read_on (GTask *task)
{
  Loading *loading = g_task_get_task_data (task);
  g_autoptr (GTask) step = NULL;

  step = g_task_new (NULL, g_task_get_cancellable (task), on_read, g_object_ref (task));
  g_task_set_source_tag (step, read_on);
  g_task_set_task_data (step, loading->reader, NULL);
  g_task_run_in_thread (step, read_in_thread);
}

static void
begin_loading (GTask                *task,
               ViciCredentialReader *reader,
               GTlsInteraction      *interaction)
{
  Loading *loading = g_new (Loading, 1);

  loading->reader = reader;
  loading->interaction = interaction ? g_object_ref (interaction) : NULL;
  g_task_set_task_data (task, loading, (GDestroyNotify) loading_free);
  read_on (task);
}

static ViciCredentials *
finish_loading (GAsyncResult *result,
                gpointer      source_tag,
                GError      **error)
{
  ViciCredentials *self;
  Loading *loading;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, source_tag), NULL);

  loading = g_task_get_task_data (G_TASK (result));
  self = g_task_propagate_pointer (G_TASK (result), error);
  if (self == NULL)
    vici_credential_reader_blame (loading->reader, error);

  return self;
}

/* -- Loading synchronously -- */

static ViciCredentials *
read_sync (ViciCredentialReader *reader,
           GTlsInteraction      *interaction,
           GCancellable         *cancellable,
           GError              **error)
{
  ViciGnutlsResult result;

  while ((result = vici_credential_reader_read (reader, cancellable, error)) == VICI_GNUTLS_LOCKED)
    {
      ViciPassword *password = begin_asking (reader, interaction, error);
      GTlsInteractionResult answer;
      GError *failure = NULL;

      if (password == NULL)
        return NULL;

      answer = g_tls_interaction_ask_password (interaction, G_TLS_PASSWORD (password),
                                               cancellable, &failure);
      if (!check_answer (answer, failure, error))
        return NULL;
    }

  return result == VICI_GNUTLS_READ ? end_load (reader, error) : NULL;
}

static ViciCredentials *
load_sync (ViciCredentialReader *reader,
           GTlsInteraction      *interaction,
           GCancellable         *cancellable,
           GError              **error)
{
  ViciCredentials *self = read_sync (reader, interaction, cancellable, error);

  if (self == NULL)
    vici_credential_reader_blame (reader, error);

  return self;
}

/* -- The public functions -- */

/**
 * vici_credentials_load_async:
 * @data: PEM, DER or `PKCS#12`
 * @interaction: (nullable): whom to ask for passwords
 * @cancellable: (nullable): cancels it
 * @callback: (scope async): called when they are read, or cannot be
 * @user_data: for @callback
 *
 * Reads keys and certificates. An interaction without the virtual function
 * `ask_password_async` is asked with `ask_password`.
 *
 * Since: 1.0
 */
void
vici_credentials_load_async (GBytes             *data,
                             GTlsInteraction    *interaction,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (data != NULL);
  g_return_if_fail (interaction == NULL || G_IS_TLS_INTERACTION (interaction));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_credentials_load_async);
  begin_loading (task, vici_credential_reader_new (data, NULL), interaction);
}

/**
 * vici_credentials_load_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends what vici_credentials_load_async() began.
 *
 * Errors: %G_IO_ERROR_INVALID_DATA for what is damaged, or holds neither key nor
 * certificate; %G_IO_ERROR_NOT_SUPPORTED for a kind of key or of encryption that is
 * not known, and without GnuTLS; %VICI_ERROR_TOO_LARGE for what is beyond a limit;
 * %G_IO_ERROR_PERMISSION_DENIED when there is a password and no @interaction, or it
 * does not handle that; %G_TLS_ERROR_BAD_CERTIFICATE_PASSWORD after three wrong ones;
 * what the interaction fails with; %G_IO_ERROR_CANCELLED.
 *
 * A key of a kind that GnuTLS does not know, such as one on a Brainpool curve, looks
 * damaged, or, if it is encrypted, as if its password were wrong. A key that is not
 * encrypted needs none of this: the daemon takes the bytes of its file.
 *
 * Returns: (transfer full): the keys and certificates, one at least
 *
 * Since: 1.0
 */
ViciCredentials *
vici_credentials_load_finish (GAsyncResult *result,
                              GError      **error)
{
  return finish_loading (result, vici_credentials_load_async, error);
}

/**
 * vici_credentials_load_sync:
 * @data: PEM, DER or `PKCS#12`
 * @interaction: (nullable): whom to ask for passwords, with `ask_password`
 * @cancellable: (nullable): cancels it
 * @error: return location for an error
 *
 * Reads keys and certificates, and waits for it. Errors are those of
 * vici_credentials_load_finish().
 *
 * Returns: (transfer full): the keys and certificates, one at least
 *
 * Since: 1.0
 */
ViciCredentials *
vici_credentials_load_sync (GBytes          *data,
                            GTlsInteraction *interaction,
                            GCancellable    *cancellable,
                            GError         **error)
{
  g_autoptr (ViciCredentialReader) reader = NULL;

  g_return_val_if_fail (data != NULL, NULL);
  g_return_val_if_fail (interaction == NULL || G_IS_TLS_INTERACTION (interaction), NULL);

  reader = vici_credential_reader_new (data, NULL);

  return load_sync (reader, interaction, cancellable, error);
}

/**
 * vici_credentials_load_file_async:
 * @file: a file with PEM, DER or `PKCS#12`
 * @interaction: (nullable): whom to ask for passwords
 * @cancellable: (nullable): cancels it
 * @callback: (scope async): called when they are read, or cannot be
 * @user_data: for @callback
 *
 * Reads the keys and certificates of a file, as vici_credentials_load_async() does
 * with bytes. What was read is wiped from memory.
 *
 * Since: 1.0
 */
void
vici_credentials_load_file_async (GFile              *file,
                                  GTlsInteraction    *interaction,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (interaction == NULL || G_IS_TLS_INTERACTION (interaction));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_credentials_load_file_async);
  begin_loading (task, vici_credential_reader_new (NULL, file), interaction);
}

/**
 * vici_credentials_load_file_finish:
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends what vici_credentials_load_file_async() began. Errors are those of
 * vici_credentials_load_finish(), and GIO's own for a file that cannot be read. Their
 * text names the file, but for that of %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): the keys and certificates, one at least
 *
 * Since: 1.0
 */
ViciCredentials *
vici_credentials_load_file_finish (GAsyncResult *result,
                                   GError      **error)
{
  return finish_loading (result, vici_credentials_load_file_async, error);
}

/**
 * vici_credentials_load_file_sync:
 * @file: a file with PEM, DER or `PKCS#12`
 * @interaction: (nullable): whom to ask for passwords, with `ask_password`
 * @cancellable: (nullable): cancels it
 * @error: return location for an error
 *
 * Reads the keys and certificates of a file, and waits for it. Errors are those of
 * vici_credentials_load_file_finish().
 *
 * Returns: (transfer full): the keys and certificates, one at least
 *
 * Since: 1.0
 */
ViciCredentials *
vici_credentials_load_file_sync (GFile           *file,
                                 GTlsInteraction *interaction,
                                 GCancellable    *cancellable,
                                 GError         **error)
{
  g_autoptr (ViciCredentialReader) reader = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);
  g_return_val_if_fail (interaction == NULL || G_IS_TLS_INTERACTION (interaction), NULL);

  reader = vici_credential_reader_new (NULL, file);

  return load_sync (reader, interaction, cancellable, error);
}

/* -- The model -- */

static GType
vici_credentials_get_item_type (GListModel *model)
{
  return VICI_TYPE_CREDENTIAL;
}

static guint
vici_credentials_get_n_items (GListModel *model)
{
  return VICI_CREDENTIALS (model)->credentials->len;
}

static gpointer
vici_credentials_get_item (GListModel *model,
                           guint       position)
{
  GPtrArray *credentials = VICI_CREDENTIALS (model)->credentials;

  return position < credentials->len ? g_object_ref (credentials->pdata[position]) : NULL;
}

static void
vici_credentials_list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = vici_credentials_get_item_type;
  iface->get_n_items = vici_credentials_get_n_items;
  iface->get_item = vici_credentials_get_item;
}

/* -- GObject -- */

static void
vici_credentials_finalize (GObject *object)
{
  g_ptr_array_unref (VICI_CREDENTIALS (object)->credentials);

  G_OBJECT_CLASS (vici_credentials_parent_class)->finalize (object);
}

static void
vici_credentials_class_init (ViciCredentialsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_credentials_finalize;
}

static void
vici_credentials_init (ViciCredentials *self)
{
  self->credentials = g_ptr_array_new_with_free_func (g_object_unref);
}
