/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "fake-avahi.h"

#include <string.h>

#define STUCK_SECONDS 120
#define BUS_NAME "org.freedesktop.Avahi"
#define SERVER "org.freedesktop.Avahi.Server2"
#define GROUP "org.freedesktop.Avahi.EntryGroup"
#define BROWSER "org.freedesktop.Avahi.ServiceBrowser"
#define RESOLVER "org.freedesktop.Avahi.ServiceResolver"

static const char interfaces[] =
  "<node>"
  "  <interface name='" SERVER "'>"
  "    <method name='GetState'><arg type='i' direction='out'/></method>"
  "    <method name='EntryGroupNew'><arg type='o' direction='out'/></method>"
  "    <method name='GetAlternativeServiceName'>"
  "      <arg type='s' direction='in'/><arg type='s' direction='out'/>"
  "    </method>"
  "    <method name='ServiceBrowserPrepare'>"
  "      <arg type='i' direction='in'/><arg type='i' direction='in'/><arg type='s' direction='in'/>"
  "      <arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='o' direction='out'/>"
  "    </method>"
  "    <method name='ServiceResolverPrepare'>"
  "      <arg type='i' direction='in'/><arg type='i' direction='in'/><arg type='s' direction='in'/>"
  "      <arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='i' direction='in'/>"
  "      <arg type='u' direction='in'/><arg type='o' direction='out'/>"
  "    </method>"
  "  </interface>"
  "  <interface name='" GROUP "'>"
  "    <method name='Commit'/>"
  "    <method name='Reset'/>"
  "    <method name='AddService'>"
  "      <arg type='i' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='in'/>"
  "      <arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
  "      <arg type='s' direction='in'/><arg type='q' direction='in'/><arg type='aay' direction='in'/>"
  "    </method>"
  "  </interface>"
  "  <interface name='" BROWSER "'><method name='Start'/></interface>"
  "  <interface name='" RESOLVER "'><method name='Start'/><method name='Free'/></interface>"
  "</node>";

static GTestDBus *bus_daemon;
static GDBusNodeInfo *node;

/* -- The main loop -- */

static gboolean
on_deadline (gpointer what)
{
  g_error ("Waited in vain for: %s", (const char *) what);

  return G_SOURCE_REMOVE;
}

guint
deadline_new (const char *what)
{
  return g_timeout_add_seconds (STUCK_SECONDS, on_deadline, (gpointer) what);
}

void
take_result (GObject      *source,
             GAsyncResult *result,
             gpointer      slot)
{
  GAsyncResult **place = slot;

  g_assert_null (*place);
  *place = g_object_ref (result);
}

/* -- The bus -- */

gboolean
fake_bus_start (void)
{
  g_autofree char *program = g_find_program_in_path ("dbus-daemon");

  if (program == NULL)
    return FALSE;

  bus_daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (bus_daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (bus_daemon), TRUE);
  node = g_dbus_node_info_new_for_xml (interfaces, NULL);

  return TRUE;
}

void
fake_bus_stop (void)
{
  g_test_dbus_down (bus_daemon);
  g_clear_object (&bus_daemon);
  g_clear_pointer (&node, g_dbus_node_info_unref);
}

/* -- What Avahi is asked -- */

static void
note (FakeAvahi  *self,
      const char *format,
      ...) G_GNUC_PRINTF (2, 3);

static void
note (FakeAvahi  *self,
      const char *format,
      ...)
{
  va_list arguments;

  if (self->log->len > 0)
    g_string_append_c (self->log, ' ');
  va_start (arguments, format);
  g_string_append_vprintf (self->log, format, arguments);
  va_end (arguments);
}

static void
on_left (GDBusConnection *bus,
         const char      *name,
         gpointer         user_data)
{
  note (user_data, "left");
}

/* Not each time that one asks for something. */
static void
watch_client (FakeAvahi  *self,
              const char *name)
{
  g_clear_handle_id (&self->client, g_bus_unwatch_name);
  self->client = g_bus_watch_name_on_connection (self->bus, name, G_BUS_NAME_WATCHER_FLAGS_NONE, NULL,
                                                 on_left, self, NULL);
}

static gboolean
is_taken (FakeAvahi   *self,
          const char **names)
{
  return names != NULL && g_strv_contains (names, self->name);
}

static char *
txt_to_text (GVariant *txt)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < g_variant_n_children (txt); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (txt, i);
      gsize length;
      const char *bytes = g_variant_get_fixed_array (entry, &length, 1);

      g_string_append_len (text, bytes, (gssize) length);
    }

  return g_string_free (text, FALSE);
}

static void
add_service (FakeAvahi             *self,
             GVariant              *arguments,
             GDBusMethodInvocation *invocation)
{
  g_autoptr (GVariant) txt = NULL;
  g_autofree char *text = NULL;
  const char *type;
  int interface, protocol;
  guint16 port;

  g_clear_pointer (&self->name, g_free);
  g_variant_get (arguments, "(iius&sssq@aay)", &interface, &protocol, NULL, &self->name, &type, NULL,
                 NULL, &port, &txt);
  g_assert_cmpstr (type, ==, "_vici._tcp");
  text = txt_to_text (txt);
  note (self, "add:%s:%d:%d:%u:%s", self->name, interface, protocol, port, text);

  if (self->all_taken || is_taken (self, self->taken_here))
    g_dbus_method_invocation_return_dbus_error (invocation, BUS_NAME ".CollisionError",
                                                "Local name collision");
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
commit (FakeAvahi             *self,
        GDBusMethodInvocation *invocation)
{
  note (self, "commit");
  g_dbus_method_invocation_return_value (invocation, NULL);

  if (is_taken (self, self->taken_there))
    fake_avahi_state (self, FAKE_GROUP, 3);
  else if (!self->silent)
    fake_avahi_state (self, FAKE_GROUP, 2);
}

static void
rename_service (FakeAvahi             *self,
                GVariant              *arguments,
                GDBusMethodInvocation *invocation)
{
  g_autofree char *other = NULL;
  const char *name;

  g_variant_get (arguments, "(&s)", &name);
  note (self, "rename:%s", name);
  other = g_strconcat (name, "'", NULL);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(s)", other));
}

static void
make_object (FakeAvahi             *self,
             const char            *path,
             const char            *interface,
             GDBusMethodInvocation *invocation);

static void
prepare_resolver (FakeAvahi             *self,
                  GVariant              *arguments,
                  GDBusMethodInvocation *invocation)
{
  g_autofree char *path = g_strdup_printf ("/resolver/%u", ++self->resolvers);
  const char *name;
  int interface, protocol, wanted;

  g_variant_get (arguments, "(ii&sssiu)", &interface, &protocol, &name, NULL, NULL, &wanted, NULL);
  g_assert_cmpint (wanted, ==, protocol);
  note (self, "ask:%s:%d:%d", name, interface, protocol);
  if (self->mute)
    g_object_unref (invocation);
  else
    make_object (self, path, RESOLVER, invocation);
}

static void
on_call (GDBusConnection       *bus,
         const char            *sender,
         const char            *path,
         const char            *interface,
         const char            *method,
         GVariant              *arguments,
         GDBusMethodInvocation *invocation,
         gpointer               user_data)
{
  FakeAvahi *self = user_data;

  if (g_str_equal (method, "GetState"))
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(i)", self->state));
  else if (g_str_equal (method, "EntryGroupNew"))
    make_object (self, FAKE_GROUP, GROUP, invocation);
  else if (g_str_equal (method, "GetAlternativeServiceName"))
    rename_service (self, arguments, invocation);
  else if (g_str_equal (method, "AddService"))
    add_service (self, arguments, invocation);
  else if (g_str_equal (method, "Commit"))
    commit (self, invocation);
  else if (g_str_equal (method, "ServiceBrowserPrepare"))
    make_object (self, FAKE_BROWSER, BROWSER, invocation);
  else if (g_str_equal (method, "ServiceResolverPrepare"))
    prepare_resolver (self, arguments, invocation);
  else
    {
      g_autofree char *word = g_ascii_strdown (method, -1);

      if (g_str_equal (method, "Reset"))
        note (self, "%s", word);
      else
        note (self, "%s:%s", word, path);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
}

static const GDBusInterfaceVTable vtable = { .method_call = on_call };

static void
unregister_object (gpointer path,
                   gpointer id,
                   gpointer self)
{
  g_dbus_connection_unregister_object (((FakeAvahi *) self)->bus, GPOINTER_TO_UINT (id));
}

/* Instead of the one that a client before had, who is about to go. */
static void
register_object (FakeAvahi  *self,
                 const char *path,
                 const char *interface)
{
  g_autoptr (GError) error = NULL;
  guint id;

  id = GPOINTER_TO_UINT (g_hash_table_lookup (self->objects, path));
  if (id != 0)
    g_dbus_connection_unregister_object (self->bus, id);

  id = g_dbus_connection_register_object (
    self->bus, path, g_dbus_node_info_lookup_interface (node, interface), &vtable, self, NULL, &error);

  g_assert_no_error (error);
  g_hash_table_replace (self->objects, g_strdup (path), GUINT_TO_POINTER (id));
}

static void
make_object (FakeAvahi             *self,
             const char            *path,
             const char            *interface,
             GDBusMethodInvocation *invocation)
{
  if (self->fails)
    {
      g_dbus_method_invocation_return_dbus_error (invocation, BUS_NAME ".TooManyObjectsError",
                                                  "Too many objects");
      return;
    }

  if (g_strcmp0 (interface, RESOLVER) != 0)
    watch_client (self, g_dbus_method_invocation_get_sender (invocation));
  register_object (self, path, interface);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", path));
}

/* -- What the test makes it do -- */

static void
on_name (GDBusConnection *bus,
         const char      *name,
         gpointer         user_data)
{
  gboolean *acquired = user_data;

  *acquired = TRUE;
}

void
fake_avahi_come (FakeAvahi *self)
{
  gboolean acquired = FALSE;
  g_autoptr (GError) error = NULL;

  self->bus = g_dbus_connection_new_for_address_sync (
    g_getenv ("DBUS_SYSTEM_BUS_ADDRESS"),
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, &error);
  g_assert_no_error (error);
  self->resolvers = 0;
  register_object (self, "/", SERVER);
  self->owning = g_bus_own_name_on_connection (self->bus, BUS_NAME, G_BUS_NAME_OWNER_FLAGS_NONE,
                                               on_name, NULL, &acquired, NULL);
  run_until (acquired);
}

void
fake_avahi_go (FakeAvahi *self)
{
  g_autoptr (GError) error = NULL;

  g_clear_handle_id (&self->client, g_bus_unwatch_name);
  g_bus_unown_name (self->owning);
  g_hash_table_foreach (self->objects, unregister_object, self);
  g_hash_table_remove_all (self->objects);
  g_dbus_connection_close_sync (self->bus, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->bus);
}

void
fake_avahi_set_up (FakeAvahi    *self,
                   gconstpointer data)
{
  self->log = g_string_new (NULL);
  self->objects = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->state = 2;
  fake_avahi_come (self);
}

void
fake_avahi_tear_down (FakeAvahi    *self,
                      gconstpointer data)
{
  if (self->bus != NULL)
    fake_avahi_go (self);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_string_free (self->log, TRUE);
  g_hash_table_unref (self->objects);
  g_free (self->name);
}

void
fake_avahi_say (FakeAvahi  *self,
                const char *path,
                const char *interface,
                const char *what,
                GVariant   *arguments)
{
  g_autofree char *full = g_strconcat (BUS_NAME ".", interface, NULL);
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (self->bus, NULL, path, full, what, arguments, &error);
  g_assert_no_error (error);
}

void
fake_avahi_item (FakeAvahi  *self,
                 const char *what,
                 int         interface,
                 int         protocol,
                 const char *name)
{
  fake_avahi_say (self, FAKE_BROWSER, "ServiceBrowser", what,
                  g_variant_new ("(iisssu)", interface, protocol, name, "_vici._tcp", "local", 0));
}

void
fake_avahi_all_for_now (FakeAvahi *self)
{
  fake_avahi_say (self, FAKE_BROWSER, "ServiceBrowser", "AllForNow", NULL);
}

void
fake_avahi_state (FakeAvahi  *self,
                  const char *path,
                  int         state)
{
  fake_avahi_say (self, path, g_str_equal (path, "/") ? "Server" : "EntryGroup", "StateChanged",
                  g_variant_new ("(is)", state, "because"));
}

void
fake_avahi_found (FakeAvahi  *self,
                  guint       resolver,
                  int         interface,
                  const char *host,
                  const char *address,
                  guint       port,
                  const char *txt)
{
  g_autofree char *path = g_strdup_printf ("/resolver/%u", resolver);
  GVariantBuilder entries;

  g_variant_builder_init (&entries, G_VARIANT_TYPE ("aay"));
  if (txt != NULL)
    g_variant_builder_add_value (
      &entries, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, txt, strlen (txt), 1));

  fake_avahi_say (self, path, "ServiceResolver", "Found",
                  g_variant_new ("(iissssisqaayu)", interface, 0, "any", "_vici._tcp", "local", host,
                                 0, address, port, &entries, 0));
}

void
fake_avahi_not_found (FakeAvahi *self,
                      guint      resolver)
{
  g_autofree char *path = g_strdup_printf ("/resolver/%u", resolver);

  fake_avahi_say (self, path, "ServiceResolver", "Failure", g_variant_new ("(s)", "Timeout reached"));
}

static guint
count_words (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);

  return g_strv_length (words);
}

void
fake_avahi_logged (FakeAvahi  *self,
                   const char *words)
{
  run_until (count_words (self->log->str) >= count_words (words));
  g_assert_cmpstr (self->log->str, ==, words);
  g_string_truncate (self->log, 0);
}
