/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "credentials-test.h"

static char *directory;

/* -- The directory -- */

static void
run (const char *program,
     const char *option)
{
  const char *argv[] = { program, option ? option : directory, option ? directory : NULL, NULL };
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &errors,
                &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s: %s", program, error->message, errors);
}

void
credentials_test_begin (void)
{
  g_autofree char *script = g_test_build_filename (G_TEST_DIST, "daemon", "make-credentials.sh",
                                                   NULL);
  g_autoptr (GError) error = NULL;

  directory = g_dir_make_tmp ("vici-credentials-XXXXXX", &error);
  g_assert_no_error (error);
  run (script, NULL);
}

void
credentials_test_end (void)
{
  run ("rm", "-rf");
  g_clear_pointer (&directory, g_free);
}

GFile *
credentials_test_file (const char *name)
{
  return g_file_new_build_filename (directory, name, NULL);
}

GBytes *
credentials_test_bytes (const char *name)
{
  g_autoptr (GFile) file = credentials_test_file (name);
  g_autoptr (GError) error = NULL;
  GBytes *bytes = g_file_load_bytes (file, NULL, NULL, &error);

  g_assert_no_error (error);

  return bytes;
}

/* -- The interaction -- */

struct _TestInteraction
{
  GTlsInteraction     parent_instance;

  const char * const *answers;    /* the next one; NULL: there are no more */
  guint               asked;
  GTlsPasswordFlags   flags;
  char               *description;
};

G_DEFINE_FINAL_TYPE (TestInteraction, test_interaction, G_TYPE_TLS_INTERACTION)

GTlsInteraction *
test_interaction_new (const char * const *answers)
{
  TestInteraction *self = g_object_new (TEST_TYPE_INTERACTION, NULL);

  self->answers = answers;

  return G_TLS_INTERACTION (self);
}

guint
test_interaction_get_asked (GTlsInteraction *interaction)
{
  return TEST_INTERACTION (interaction)->asked;
}

GTlsPasswordFlags
test_interaction_get_flags (GTlsInteraction *interaction)
{
  return TEST_INTERACTION (interaction)->flags;
}

const char *
test_interaction_get_description (GTlsInteraction *interaction)
{
  return TEST_INTERACTION (interaction)->description;
}

static GTlsInteractionResult
test_interaction_ask_password (GTlsInteraction *interaction,
                               GTlsPassword    *password,
                               GCancellable    *cancellable,
                               GError         **error)
{
  TestInteraction *self = TEST_INTERACTION (interaction);
  const char *answer = self->answers ? *self->answers : NULL;

  self->asked++;
  self->flags = g_tls_password_get_flags (password);
  g_free (self->description);
  self->description = g_strdup (g_tls_password_get_description (password));

  if (answer == NULL)
    return G_TLS_INTERACTION_UNHANDLED;

  self->answers++;
  if (g_str_equal (answer, TEST_FAIL))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY, "not now");
      return G_TLS_INTERACTION_FAILED;
    }

  if (g_str_equal (answer, TEST_CANCEL))
    {
      g_cancellable_cancel (cancellable);
      answer = CREDENTIALS_PASSWORD;
    }

  if (!g_str_equal (answer, TEST_EMPTY))
    g_tls_password_set_value (password, (const guchar *) answer, -1);

  return G_TLS_INTERACTION_HANDLED;
}

static gboolean
on_idle (gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GTlsInteractionResult result =
    test_interaction_ask_password (g_task_get_source_object (task), g_task_get_task_data (task),
                                   g_task_get_cancellable (task), &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, result);

  return G_SOURCE_REMOVE;
}

static void
test_interaction_ask_password_async (GTlsInteraction    *interaction,
                                     GTlsPassword       *password,
                                     GCancellable       *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data)
{
  GTask *task = g_task_new (interaction, cancellable, callback, user_data);

  g_task_set_source_tag (task, test_interaction_ask_password_async);
  g_task_set_task_data (task, g_object_ref (password), g_object_unref);
  g_idle_add (on_idle, task);
}

static GTlsInteractionResult
test_interaction_ask_password_finish (GTlsInteraction *interaction,
                                      GAsyncResult    *result,
                                      GError         **error)
{
  GError *local_error = NULL;
  gssize answer = g_task_propagate_int (G_TASK (result), &local_error);

  if (local_error == NULL)
    return (GTlsInteractionResult) answer;

  g_propagate_error (error, local_error);

  return G_TLS_INTERACTION_FAILED;
}

static void
test_interaction_finalize (GObject *object)
{
  g_free (TEST_INTERACTION (object)->description);

  G_OBJECT_CLASS (test_interaction_parent_class)->finalize (object);
}

static void
test_interaction_class_init (TestInteractionClass *klass)
{
  GTlsInteractionClass *interaction_class = G_TLS_INTERACTION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = test_interaction_finalize;
  interaction_class->ask_password = test_interaction_ask_password;
  interaction_class->ask_password_async = test_interaction_ask_password_async;
  interaction_class->ask_password_finish = test_interaction_ask_password_finish;
}

static void
test_interaction_init (TestInteraction *self)
{
}

/* -- Loading -- */

static void
note_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

ViciCredentials *
credentials_test_load (CredentialsTestHow how,
                       const char        *name,
                       GTlsInteraction   *interaction,
                       GCancellable      *cancellable,
                       GError           **error)
{
  g_autoptr (GFile) file = credentials_test_file (name);
  g_autoptr (GBytes) data = credentials_test_bytes (name);
  g_autoptr (GAsyncResult) result = NULL;

  if (how == CREDENTIALS_TEST_DATA_SYNC)
    return vici_credentials_load_sync (data, interaction, cancellable, error);
  if (how == CREDENTIALS_TEST_FILE_SYNC)
    return vici_credentials_load_file_sync (file, interaction, cancellable, error);

  if (how == CREDENTIALS_TEST_DATA)
    vici_credentials_load_async (data, interaction, cancellable, note_result, &result);
  else
    vici_credentials_load_file_async (file, interaction, cancellable, note_result, &result);

  g_assert_null (result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return how == CREDENTIALS_TEST_DATA ? vici_credentials_load_finish (result, error)
                                      : vici_credentials_load_file_finish (result, error);
}

ViciCredentials *
credentials_test_open (const char *name)
{
  static const char * const answers[] = { CREDENTIALS_PASSWORD, NULL };
  g_autoptr (GTlsInteraction) interaction = test_interaction_new (answers);
  g_autoptr (GError) error = NULL;
  ViciCredentials *credentials = credentials_test_load (CREDENTIALS_TEST_FILE_SYNC, name,
                                                        interaction, NULL, &error);

  g_assert_no_error (error);

  return credentials;
}

ViciCredential *
credentials_test_get (ViciCredentials *credentials,
                      guint            position)
{
  g_autoptr (ViciCredential) credential = g_list_model_get_item (G_LIST_MODEL (credentials),
                                                                 position);

  g_assert_nonnull (credential);

  return credential;
}
