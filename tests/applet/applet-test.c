/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-test.h"

#include <stdlib.h>
#include <string.h>

/* -- A home -- */

static void
run (const char * const *argv,
     const char         *folder)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_set_cwd (launcher, folder);
  process = g_subprocess_launcher_spawnv (launcher, argv, &error);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

gboolean
read_store (AppletStore *store,
            GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  applet_store_read_async (store, real_take_result, &result);
  real_wait_until (result != NULL);

  return applet_store_read_finish (store, result, error);
}

void
home_init (Home *home)
{
  g_autofree char *maker = g_test_build_filename (G_TEST_DIST, "daemon", "make-scenario-pki.sh", NULL);
  g_autofree char *path = NULL;
  g_autoptr (GError) error = NULL;

  home->folder = g_dir_make_tmp ("vici-applet-XXXXXX", &error);
  g_assert_no_error (error);
  run ((const char *[]) { maker, home->folder, NULL }, home->folder);
  run ((const char *[]) { "openssl", "pkcs12", "-export", "-in", "alice.pem", "-inkey", "alice.key",
                          "-certfile", "authority.pem", "-passout", "pass:sesame",
                          "-out", "alice.p12", NULL },
       home->folder);

  path = home_path (home, "config/connections.conf");
  home->store = applet_store_new (path);
  read_store (home->store, &error);
  g_assert_no_error (error);
}

void
home_clear (Home *home)
{
  if (home->folder != NULL)
    run ((const char *[]) { "rm", "-r", home->folder, NULL }, "/");
  g_clear_pointer (&home->folder, g_free);
  g_clear_object (&home->store);
}

char *
home_path (Home       *home,
           const char *name)
{
  return g_build_filename (home->folder, name, NULL);
}

AppletProfile *
home_profile (Home       *home,
              const char *name,
              AppletAuth  auth,
              const char *remote)
{
  AppletProfile *profile = applet_profile_new ();
  g_autofree char *cert = home_path (home, "alice.pem");
  g_autofree char *key = home_path (home, "alice.key");
  g_autofree char *ca = home_path (home, "authority.pem");

  g_object_set (profile, "name", name, "auth", auth, "remote-addrs", remote, NULL);
  switch (auth)
    {
    case APPLET_AUTH_CERT:
      g_object_set (profile, "cert-file", cert, "key-file", key, "ca-file", ca,
                    "local-id", "alice.example.org", "remote-id", "bob.example.org", NULL);
      break;

    case APPLET_AUTH_EAP:
      g_object_set (profile, "user", "carol", "ca-file", ca, "remote-id", "bob.example.org", NULL);
      break;

    case APPLET_AUTH_PSK:
    default:
      g_object_set (profile, "local-id", "alice@example.org", NULL);
      break;
    }

  return profile;
}

/* -- Passwords -- */

#define TYPE_ANSWER (answer_get_type ())

G_DECLARE_FINAL_TYPE (Answer, answer, TEST, ANSWER, GTlsInteraction)

struct _Answer
{
  GTlsInteraction parent_instance;

  char           *password;
};

G_DEFINE_FINAL_TYPE (Answer, answer, G_TYPE_TLS_INTERACTION)

GTlsInteraction *
answer_new (const char *password)
{
  Answer *self = g_object_new (TYPE_ANSWER, NULL);

  self->password = g_strdup (password);

  return G_TLS_INTERACTION (self);
}

static GTlsInteractionResult
answer_ask_password (GTlsInteraction *interaction,
                     GTlsPassword    *password,
                     GCancellable    *cancellable,
                     GError         **error)
{
  g_tls_password_set_value (password, (const guchar *) TEST_ANSWER (interaction)->password, -1);

  return G_TLS_INTERACTION_HANDLED;
}

static void
answer_finalize (GObject *object)
{
  g_free (TEST_ANSWER (object)->password);

  G_OBJECT_CLASS (answer_parent_class)->finalize (object);
}

static void
answer_class_init (AnswerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = answer_finalize;
  G_TLS_INTERACTION_CLASS (klass)->ask_password = answer_ask_password;
}

static void
answer_init (Answer *self)
{
}

/* -- Loading -- */

AppletFiles *
read_files (AppletProfile *profile,
            const char    *password)
{
  g_autoptr (GTlsInteraction) interaction = answer_new (password);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  AppletFiles *files;

  applet_files_read_async (profile, interaction, NULL, real_take_result, &result);
  real_wait_until (result != NULL);
  files = applet_files_read_finish (result, NULL, &error);
  g_assert_no_error (error);

  return files;
}

gboolean
load_profile (Home          *home,
              ViciDaemon    *daemon,
              AppletProfile *profile,
              const char    *secret,
              gboolean       replaces,
              GError       **error)
{
  g_autoptr (AppletFiles) files = read_files (profile, "sesame");
  g_autoptr (GBytes) bytes = secret != NULL ? g_bytes_new (secret, strlen (secret)) : NULL;
  g_autoptr (GAsyncResult) result = NULL;

  applet_load_async (home->store, daemon, profile, files, bytes, replaces, NULL, real_take_result,
                     &result);
  real_wait_until (result != NULL);

  return applet_load_finish (result, error);
}

/* -- What there is -- */

static int
compare (gconstpointer a,
         gconstpointer b)
{
  return strcmp (*(char * const *) a, *(char * const *) b);
}

static char *
join_sorted (GStrv names)
{
  qsort (names, g_strv_length (names), sizeof (char *), compare);

  return g_strjoinv (", ", names);
}

char *
list_conns (ViciDaemon *daemon)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = vici_daemon_get_conns_sync (daemon, NULL, &error);

  g_assert_no_error (error);

  return join_sorted (names);
}

char *
list_secrets (ViciDaemon *daemon)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) secrets = vici_daemon_get_shared_sync (daemon, NULL, &error);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) ids = NULL;

  g_assert_no_error (error);
  for (guint i = 0; i < g_list_model_get_n_items (secrets); i++)
    {
      g_autoptr (ViciSharedId) secret = g_list_model_get_item (secrets, i);

      g_strv_builder_add (builder, vici_shared_id_get_id (secret));
    }
  ids = g_strv_builder_end (builder);

  return join_sorted (ids);
}

guint
count_keys (ViciDaemon *daemon)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GListModel) keys = vici_daemon_get_keys_sync (daemon, NULL, &error);

  g_assert_no_error (error);

  return g_list_model_get_n_items (keys);
}
