/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every property of every class of settings: what is set is what is sent, and what
 * the daemon would not take is refused. */

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "settings-test.h"
#include "vici-connection.h"
#include "vici-daemon-commands.h"
#include "vici-error.h"
#include "vici-message-iter.h"

typedef void (*FieldTest) (gpointer                 settings,
                           guint                    number,
                           const ViciSettingsField *field);

/* With settings of which nothing is set, for each field. */
static void
for_each_field (gconstpointer data)
{
  FieldTest test = *(const FieldTest *) data;
  g_autofree GType *types = settings_test_types ();

  for (GType *type = types; *type != G_TYPE_INVALID; type++)
    {
      g_autoptr (ViciSettingsClass) klass = g_type_class_ref (*type);

      for (guint i = 0; i < klass->n_fields; i++)
        {
          g_autoptr (ViciSettings) settings = settings_test_new (*type);

          g_test_message ("%s:%s", g_type_name (*type), klass->fields[i].property);
          test (settings, i, &klass->fields[i]);
        }
    }
}

static void
set_valid (gpointer                 settings,
           const ViciSettingsField *field)
{
  g_auto (GValue) value = G_VALUE_INIT;

  settings_test_complete (settings, field);
  settings_test_get_valid (settings, field, &value);
  g_object_set_property (settings, field->property, &value);
}

static ViciMessage *
to_message (gpointer settings)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_settings_to_message (settings, &error);

  g_assert_no_error (error);

  return message;
}

/* -- On the wire -- */

/* Moves to the key, the list or the section of that name. */
static gboolean
find (ViciMessageIter *iter,
      ViciMessage     *message,
      const char      *name)
{
  vici_message_iter_init (iter, message);

  while (vici_message_iter_next (iter))
    {
      ViciElement element = vici_message_iter_get_element (iter);

      if (vici_message_iter_name_equals (iter, name) && element != VICI_ELEMENT_LIST_END &&
          element != VICI_ELEMENT_SECTION_END)
        return TRUE;
      if (element == VICI_ELEMENT_SECTION_START || element == VICI_ELEMENT_LIST_START)
        vici_message_iter_skip (iter);
    }

  return FALSE;
}

static void
assert_data (ViciMessageIter         *iter,
             gpointer                 settings,
             const ViciSettingsField *field)
{
  gboolean is_blob = field->kind == VICI_SETTING_BLOB || field->kind == VICI_SETTING_BLOBS;
  g_autofree char *text = is_blob ? NULL : settings_test_get_wire (settings, field);
  gsize length;
  const guint8 *data = vici_message_iter_get_data (iter, &length);

  if (is_blob)
    g_assert_cmpmem (data, length, SETTINGS_TEST_BYTES, 2);
  else
    g_assert_cmpmem (data, length, text, strlen (text));
}

static void
test_key (gpointer                 settings,
          guint                    number,
          const ViciSettingsField *field)
{
  const ViciKeyInfo *info = settings_test_get_info (settings, field);
  g_autoptr (ViciMessage) message = NULL;
  ViciMessageIter iter;

  g_assert_nonnull (info);
  if (field->kind == VICI_SETTING_SECTIONS || field->local)
    return;

  set_valid (settings, field);
  message = to_message (settings);
  g_assert_true (find (&iter, message, field->key));

  if ((vici_key_info_get_flags (info) & VICI_KEY_LIST) != 0)
    {
      g_assert_cmpint (vici_message_iter_get_element (&iter), ==, VICI_ELEMENT_LIST_START);
      for (guint i = 0; i < 2; i++)
        {
          g_assert_true (vici_message_iter_next (&iter));
          g_assert_cmpint (vici_message_iter_get_element (&iter), ==, VICI_ELEMENT_LIST_ITEM);
          assert_data (&iter, settings, field);
        }
      g_assert_true (vici_message_iter_next (&iter));
      g_assert_cmpint (vici_message_iter_get_element (&iter), ==, VICI_ELEMENT_LIST_END);
    }
  else
    {
      g_assert_cmpint (vici_message_iter_get_element (&iter), ==, VICI_ELEMENT_KEY_VALUE);
      assert_data (&iter, settings, field);
    }
}

/* The library's own code sends it. */
static void
test_local (gpointer                 settings,
            guint                    number,
            const ViciSettingsField *field)
{
  g_autoptr (ViciMessage) message = NULL;
  ViciMessageIter iter;

  if (!field->local)
    return;

  set_valid (settings, field);
  message = to_message (settings);
  g_assert_false (find (&iter, message, field->key));
}

static void
test_nothing (gpointer                 settings,
              guint                    number,
              const ViciSettingsField *field)
{
  g_autoptr (ViciMessage) message = NULL;
  ViciMessageIter iter;

  g_assert_false (vici_settings_is_set (settings, field->property));
  if ((vici_key_info_get_flags (settings_test_get_info (settings, field)) & VICI_KEY_REQUIRED) != 0)
    return;

  settings_test_complete (settings, field);
  if (vici_settings_is_set (settings, field->property) ||
      !vici_settings_check (settings, NULL))
    return;

  message = to_message (settings);
  g_assert_false (find (&iter, message, field->key));
}

static void
test_words (gpointer                 settings,
            guint                    number,
            const ViciSettingsField *field)
{
  g_autoptr (GEnumClass) klass = NULL;

  if (field->kind != VICI_SETTING_ENUM)
    return;

  klass = g_type_class_ref (field->get_type ());
  for (guint i = 0; i < klass->n_values; i++)
    {
      const char *word = vici_word_get_text (field->words, klass->values[i].value);
      g_autoptr (ViciMessage) message = NULL;
      g_autofree char *sent = NULL;

      g_object_set (settings, field->property, klass->values[i].value, NULL);
      message = to_message (settings);
      sent = vici_message_lookup_string (message, field->key);
      g_assert_cmpstr (sent, ==, word);

      /* Unknown is nothing to be sent. */
      if (word == NULL)
        g_assert_true (g_str_has_suffix (klass->values[i].value_name, "_UNKNOWN"));
    }
}

static void
test_sections (gpointer                 settings,
               guint                    number,
               const ViciSettingsField *field)
{
  const ViciKeyInfo *info = settings_test_get_info (settings, field);
  gsize length = strlen (field->key) - 1;
  g_autoptr (ViciSettings) inner = NULL;
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (ViciMessage) section = NULL;
  g_autoptr (GListModel) list = NULL;
  g_autofree char *name = NULL;

  if (field->kind != VICI_SETTING_SECTIONS)
    return;

  inner = settings_test_new (field->get_type ());
  settings_test_complete (inner, field);
  g_object_get (settings, field->property, &list, NULL);
  g_list_store_append (G_LIST_STORE (list), inner);
  g_assert_true (vici_settings_is_set (settings, field->property));

  name = (vici_key_info_get_flags (info) & VICI_KEY_NAMED) != 0
         ? g_strdup (field->key)
         : g_strdup_printf ("%.*s-1", (int) length, field->key);
  message = to_message (settings);
  section = vici_message_lookup_section (message, name);
  g_assert_nonnull (section);

  vici_settings_unset (settings, field->property);
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, 0);
  g_assert_false (vici_settings_is_set (settings, field->property));
}

/* -- Properties -- */

static void
count (GObject    *object,
       GParamSpec *pspec,
       gpointer    user_data)
{
  ++*(guint *) user_data;
}

static void
test_notify (gpointer                 settings,
             guint                    number,
             const ViciSettingsField *field)
{
  g_autofree char *signal = g_strconcat ("notify::", field->property, NULL);
  guint n = 0;

  if (field->kind == VICI_SETTING_SECTIONS)
    return;

  g_signal_connect (settings, signal, G_CALLBACK (count), &n);

  set_valid (settings, field);
  g_assert_cmpuint (n, ==, 1);
  g_assert_true (vici_settings_is_set (settings, field->property));
  set_valid (settings, field);
  g_assert_cmpuint (n, ==, 1);

  vici_settings_unset (settings, field->property);
  g_assert_cmpuint (n, ==, 2);
  g_assert_false (vici_settings_is_set (settings, field->property));
  vici_settings_unset (settings, field->property);
  g_assert_cmpuint (n, ==, 2);
}

static void
test_null (gpointer                 settings,
           guint                    number,
           const ViciSettingsField *field)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_auto (GValue) nothing = G_VALUE_INIT;

  if (field->kind == VICI_SETTING_SECTIONS)
    return;

  settings_test_get_valid (settings, field, &value);
  if (!g_value_fits_pointer (&value))
    return;

  g_value_init (&nothing, G_VALUE_TYPE (&value));
  g_object_set_property (settings, field->property, &value);
  g_object_set_property (settings, field->property, &nothing);
  g_assert_false (vici_settings_is_set (settings, field->property));
}

static void
set_and_get (gpointer                 settings,
             const ViciSettingsField *field,
             const GValue            *value)
{
  gpointer set = settings_test_get_function (settings, "set", field->property);
  gpointer get = settings_test_get_function (settings, "get", field->property);

  switch (field->kind)
    {
    case VICI_SETTING_BOOLEAN:
      ((void (*) (gpointer, gboolean)) set) (settings, TRUE);
      g_assert_true (((gboolean (*) (gpointer)) get) (settings));
      break;
    case VICI_SETTING_INT:
      ((void (*) (gpointer, int)) set) (settings, -1);
      g_assert_cmpint (((int (*) (gpointer)) get) (settings), ==, -1);
      break;
    case VICI_SETTING_UINT:
      ((void (*) (gpointer, guint)) set) (settings, 42);
      g_assert_cmpuint (((guint (*) (gpointer)) get) (settings), ==, 42);
      break;
    case VICI_SETTING_UINT64:
      ((void (*) (gpointer, guint64)) set) (settings, SETTINGS_TEST_LARGEST);
      g_assert_cmpuint (((guint64 (*) (gpointer)) get) (settings), ==,
                        SETTINGS_TEST_LARGEST);
      break;
    case VICI_SETTING_ENUM:
      ((void (*) (gpointer, int)) set) (settings, 1);
      g_assert_cmpint (((int (*) (gpointer)) get) (settings), ==, 1);
      break;
    case VICI_SETTING_STRING:
    case VICI_SETTING_STRINGS:
    case VICI_SETTING_BLOB:
    case VICI_SETTING_BLOBS:
    case VICI_SETTING_SECTIONS:
    default:
      g_assert_null (((gpointer (*) (gpointer)) get) (settings));
      ((void (*) (gpointer, gpointer)) set) (settings, g_value_peek_pointer (value));
      g_assert_nonnull (((gpointer (*) (gpointer)) get) (settings));
    }
}

static void
test_accessors (gpointer                 settings,
                guint                    number,
                const ViciSettingsField *field)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (ViciSettings) other = settings_test_new (G_OBJECT_TYPE (settings));
  g_autoptr (ViciMessage) message = NULL;
  g_autoptr (ViciMessage) expected = NULL;

  if (field->kind == VICI_SETTING_SECTIONS)
    return;

  settings_test_get_valid (settings, field, &value);
  set_and_get (settings, field, &value);
  settings_test_complete (settings, field);
  message = to_message (settings);

  set_valid (other, field);
  expected = to_message (other);
  g_assert_true (vici_message_equal (message, expected));
}

/* -- Wrong values -- */

static void
assert_starts (const GError *error,
               const char   *path,
               const char   *key)
{
  g_autofree char *start = g_strdup_printf ("%s%s: ", path, key);

  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
  if (!g_str_has_prefix (error->message, start))
    g_error ("“%s” does not start with “%s”", error->message, start);
}

/* A daemon at the other end of a socket that nobody reads. */
static ViciDaemon *
open_daemon (int *peer)
{
  int fds[2];
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (ViciConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM, 0, fds));
  socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (socket);
  connection = vici_connection_new_for_stream (G_IO_STREAM (stream));
  vici_connection_open_sync (connection, NULL, &error);
  g_assert_no_error (error);
  *peer = fds[1];

  return vici_daemon_new (connection);
}

static void
load (ViciDaemon   *daemon,
      ViciSettings *settings,
      GError      **error)
{
  if (VICI_IS_CONN_CONFIG (settings))
    vici_daemon_load_conn_sync (daemon, VICI_CONN_CONFIG (settings), NULL, error);
  else if (VICI_IS_AUTHORITY_CONFIG (settings))
    vici_daemon_load_authority_sync (daemon, VICI_AUTHORITY_CONFIG (settings), NULL, error);
  else if (VICI_IS_POOL_CONFIG (settings))
    vici_daemon_load_pool_sync (daemon, VICI_POOL_CONFIG (settings), NULL, error);
  else
    vici_settings_check (settings, error);
}

static void
assert_silent (int peer)
{
  guint8 byte;

  g_assert_cmpint (recv (peer, &byte, 1, MSG_DONTWAIT), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
}

static void
test_wrong (gpointer                 settings,
            guint                    number,
            const ViciSettingsField *field)
{
  int peer;
  g_auto (GValue) value = G_VALUE_INIT;
  const char *path;
  g_autoptr (ViciSettings) whole = NULL;
  g_autoptr (ViciDaemon) daemon = NULL;
  g_autoptr (GError) error = NULL;

  if (!settings_test_get_invalid (settings, field, &value))
    return;

  settings_test_complete (settings, field);
  g_object_set_property (settings, field->property, &value);
  whole = settings_test_wrap (settings, &path);
  daemon = open_daemon (&peer);
  load (daemon, whole, &error);

  assert_starts (error, path, field->key);
  assert_silent (peer);
  close (peer);
}

static void
add (const char *path,
     FieldTest   test)
{
  g_test_add_data_func_full (path, g_memdup2 (&test, sizeof test), for_each_field, g_free);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("/settings/each-is-sent-under-its-key-as-value-or-list", test_key);
  add ("/settings/what-the-library-sends-itself-is-left-out", test_local);
  add ("/settings/what-is-not-set-is-not-sent", test_nothing);
  add ("/settings/each-member-of-an-enumeration-is-a-word", test_words);
  add ("/settings/each-section-is-sent-in-its-place", test_sections);
  add ("/settings/each-notifies-of-a-change-only", test_notify);
  add ("/settings/null-unsets", test_null);
  add ("/settings/each-function-sets-its-property", test_accessors);
  add ("/settings/a-wrong-value-is-named-by-its-path-and-never-sent", test_wrong);

  return g_test_run ();
}
