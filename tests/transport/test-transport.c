/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* URIs, kinds, and what is the same for all of them. */

#include "transport-test.h"
#include "vici-uri.h"

static const struct
{
  const char *name;
  const char *uri;
  int         code;
  const char *says;
} wrong[] = {
  { "empty", "", G_IO_ERROR_NOT_SUPPORTED, "no URI" },
  { "path", "/run/charon.vici", G_IO_ERROR_NOT_SUPPORTED, "no URI" },
  { "no-scheme", "://run", G_IO_ERROR_NOT_SUPPORTED, "no URI" },
  { "capitals", "UNIX:///run/charon.vici", G_IO_ERROR_NOT_SUPPORTED, "no URI" },
  { "digit-first", "9p://host", G_IO_ERROR_NOT_SUPPORTED, "no URI" },
  { "slash-in-scheme", "../../evil:x", G_IO_ERROR_NOT_SUPPORTED, "no URI" },
  { "dots-for-scheme", "..:x", G_IO_ERROR_NOT_SUPPORTED, "no URI" },
  { "unknown", "nothing+like-this.1:x", G_IO_ERROR_NOT_SUPPORTED,
    "libvici-transport-nothing+like-this.1.so" },
  { "unix-nothing", "unix:", G_IO_ERROR_INVALID_ARGUMENT, "unix:" },
  { "unix-no-path", "unix://", G_IO_ERROR_INVALID_ARGUMENT, "unix://" },
  { "unix-relative", "unix:charon.vici", G_IO_ERROR_INVALID_ARGUMENT, "unix:charon.vici" },
  { "unix-relative-slashes", "unix://charon.vici", G_IO_ERROR_INVALID_ARGUMENT, "unix://" },
  { "unix-no-name", "unix:@", G_IO_ERROR_INVALID_ARGUMENT, "unix:@" },
  { "tcp-nothing", "tcp:", G_IO_ERROR_INVALID_ARGUMENT, "“tcp:”" },
  { "tcp-no-slashes", "tcp:localhost:4502", G_IO_ERROR_INVALID_ARGUMENT, "tcp:localhost" },
  { "tcp-no-host", "tcp://", G_IO_ERROR_INVALID_ARGUMENT, "tcp://" },
  { "tcp-only-port", "tcp://:4502", G_IO_ERROR_INVALID_ARGUMENT, "tcp://:4502" },
  { "tcp-path", "tcp://localhost:4502/x", G_IO_ERROR_INVALID_ARGUMENT, "4502/x" },
  { "tcp-user", "tcp://me@localhost", G_IO_ERROR_INVALID_ARGUMENT, "me@" },
  { "tcp-port", "tcp://localhost:port", G_IO_ERROR_INVALID_ARGUMENT, ":port" },
  { "tcp-big-port", "tcp://localhost:65536", G_IO_ERROR_INVALID_ARGUMENT, ":65536" },
  { "tcp-bracket", "tcp://[::1:4502", G_IO_ERROR_INVALID_ARGUMENT, "[::1:" },
  { "fd-nothing", "fd:", G_IO_ERROR_INVALID_ARGUMENT, "“fd:”" },
  { "fd-name", "fd:stdin", G_IO_ERROR_INVALID_ARGUMENT, "fd:stdin" },
  { "fd-negative", "fd:-1", G_IO_ERROR_INVALID_ARGUMENT, "fd:-1" },
  { "fd-plus", "fd:+1", G_IO_ERROR_INVALID_ARGUMENT, "fd:+1" },
  { "fd-space", "fd: 1", G_IO_ERROR_INVALID_ARGUMENT, "fd: 1" },
  { "fd-big", "fd:2147483648", G_IO_ERROR_INVALID_ARGUMENT, "fd:2147483648" },
  { "fd-huge", "fd:99999999999999999999", G_IO_ERROR_INVALID_ARGUMENT, "fd:9999" },
  { "fd-half-a-pair", "fd:3,", G_IO_ERROR_INVALID_ARGUMENT, "fd:3," },
  { "fd-three", "fd:3,4,5", G_IO_ERROR_INVALID_ARGUMENT, "fd:3,4,5" },
  { "fd-twice", "fd:3,3", G_IO_ERROR_INVALID_ARGUMENT, "fd:3,3" },
};

static void
test_wrong (gconstpointer data)
{
  gsize i = GPOINTER_TO_SIZE (data);
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_transport_new_for_uri (wrong[i].uri, &error));
  g_assert_error (error, G_IO_ERROR, wrong[i].code);
  g_assert_nonnull (strstr (error->message, wrong[i].says));
}

/* -- A kind that the program has registered before it has used the library -- */

typedef struct
{
  GObject parent_instance;
} Early;

typedef GObjectClass EarlyClass;

static GType early_get_type (void);

static void
early_iface_init (ViciTransportInterface *iface)
{
}

G_DEFINE_TYPE_WITH_CODE (Early, early, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT, early_iface_init))

static void
early_get_property (GObject    *object,
                    guint       prop_id,
                    GValue     *value,
                    GParamSpec *pspec)
{
  g_value_set_static_string (value, "early:x");
}

static void
early_set_property (GObject      *object,
                    guint         prop_id,
                    const GValue *value,
                    GParamSpec   *pspec)
{
}

static void
early_class_init (EarlyClass *klass)
{
  klass->get_property = early_get_property;
  klass->set_property = early_set_property;
  g_object_class_override_property (klass, 1, "uri");
}

static void
early_init (Early *self)
{
}

static void
test_early (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("early:x");

  g_assert_cmpstr (G_OBJECT_TYPE_NAME (transport), ==, "Early");
}

static void
test_too_long (void)
{
  g_autofree char *name = g_strnfill (107, 'x');
  g_autofree char *path = g_strconcat ("unix:///", name, NULL);
  g_autofree char *abstract = g_strconcat ("unix:@", name, "x", NULL);
  g_autofree char *just_fits = g_strconcat ("unix:@", name, NULL);
  g_autoptr (ViciTransport) transport = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_transport_new_for_uri (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "107"));
  g_clear_error (&error);

  g_assert_null (vici_transport_new_for_uri (abstract, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);

  transport = transport_test_new (just_fits);
}

/* Without being initialized it fails later. */
static void
assert_fails_later (ViciTransport *made)
{
  g_autoptr (ViciTransport) transport =
    g_object_new (G_OBJECT_TYPE (made), "uri", "wrong", NULL);
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  stream = transport_test_connect (transport, NULL, &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_null (stream);
}

static void
test_wrong_without_init (void)
{
  static const char * const uris[] = { "unix:@a", "tcp://a", "fd:0" };

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (ViciTransport) made = transport_test_new (uris[i]);

      assert_fails_later (made);
    }
}

static void
test_cancelled (void)
{
  g_autoptr (ViciTransport) transport = transport_test_new ("unix:@vici-glib-nobody");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (transport_test_connect (transport, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* -- A kind of the program's own, which can do nothing -- */

typedef GObject Idle;
typedef GObjectClass IdleClass;

static GType idle_get_type (void);

static void
idle_iface_init (ViciTransportInterface *iface)
{
}

G_DEFINE_TYPE_WITH_CODE (Idle, idle, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (VICI_TYPE_TRANSPORT, idle_iface_init))

static void
idle_get_property (GObject    *object,
                   guint       prop_id,
                   GValue     *value,
                   GParamSpec *pspec)
{
  g_value_set_string (value, g_object_get_data (object, "uri"));
}

static void
idle_set_property (GObject      *object,
                   guint         prop_id,
                   const GValue *value,
                   GParamSpec   *pspec)
{
  g_object_set_data_full (object, "uri", g_value_dup_string (value), g_free);
}

static void
idle_class_init (IdleClass *klass)
{
  klass->get_property = idle_get_property;
  klass->set_property = idle_set_property;
  g_object_class_override_property (klass, 1, "uri");
}

static void
idle_init (Idle *self)
{
}

static void
test_incapable (void)
{
  g_autoptr (ViciTransport) transport = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (vici_transport_new_for_uri ("idle:x", &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_clear_error (&error);

  g_io_extension_point_implement (VICI_TRANSPORT_EXTENSION_POINT_NAME, idle_get_type (), "idle", 0);
  transport = transport_test_new ("idle:x");
  g_assert_true (G_OBJECT_TYPE (transport) == idle_get_type ());

  g_assert_null (transport_test_connect (transport, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "idle:x"));
  g_clear_error (&error);

  g_assert_null (vici_transport_listen (transport, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "idle:x"));
  vici_transport_stop (transport);
}

static void
test_error_says_where (void)
{
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;

  stream = transport_test_connect_uri ("unix:///nowhere/charon.vici", &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "Cannot reach “unix:///nowhere/charon.vici”: No such file or directory");
  g_clear_error (&error);

  stream = transport_test_connect_uri ("exec:/nowhere/relay", &error);
  g_assert_error (error, G_SPAWN_ERROR, G_SPAWN_ERROR_NOENT);
  g_assert_true (g_str_has_prefix (error->message, "Cannot reach “exec:/nowhere/relay”: Cannot run "));
}

/* GIO registers a type once. */
typedef Idle Pretender;
typedef IdleClass PretenderClass;

static GType pretender_get_type (void);

G_DEFINE_TYPE (Pretender, pretender, idle_get_type ())

static void
pretender_class_init (PretenderClass *klass)
{
}

static void
pretender_init (Pretender *self)
{
}

static void
test_built_in_stays (void)
{
  g_autoptr (ViciTransport) before = transport_test_new ("unix:@a");
  g_autoptr (ViciTransport) after = NULL;

  g_io_extension_point_implement (VICI_TRANSPORT_EXTENSION_POINT_NAME, pretender_get_type (),
                                  "unix", 1000);
  after = transport_test_new ("unix:@a");
  g_assert_true (G_OBJECT_TYPE (after) == G_OBJECT_TYPE (before));
}

static void
test_registered (void)
{
  static const char * const schemes[] = { "fd", "tcp", "unix" };
  g_autoptr (ViciTransport) transport G_GNUC_UNUSED = transport_test_new ("unix:@a");
  GIOExtensionPoint *point = g_io_extension_point_lookup (VICI_TRANSPORT_EXTENSION_POINT_NAME);

  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    g_assert_nonnull (g_io_extension_point_get_extension_by_name (point, schemes[i]));
}

/* -- Many at once -- */

static void
test_side_by_side (void)
{
  g_autofree char *directory = transport_test_make_directory ();
  g_autofree char *a = g_strdup_printf ("unix://%s/a", directory);
  g_autofree char *b = g_strdup_printf ("unix://%s/b", directory);
  const char *uris[] = { a, b, "tcp://127.0.0.1:0", "tcp://127.0.0.1:0" };
  ViciTransport *listeners[G_N_ELEMENTS (uris)];
  GIOStream *clients[G_N_ELEMENTS (uris)];
  GPtrArray *streams[G_N_ELEMENTS (uris)];

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autofree char *where = NULL;
      g_autoptr (GError) error = NULL;

      listeners[i] = transport_test_new (uris[i]);
      streams[i] = transport_test_collect (listeners[i]);
      where = vici_transport_listen (listeners[i], &error);
      g_assert_no_error (error);
      clients[i] = transport_test_connect_uri (where, &error);
      g_assert_no_error (error);
    }

  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    {
      g_autoptr (GIOStream) server = transport_test_wait (streams[i]);

      transport_test_assert_joined (clients[i], server);
      g_assert_cmpuint (streams[i]->len, ==, 0);
      g_object_unref (clients[i]);
      g_object_unref (listeners[i]);
      g_ptr_array_unref (streams[i]);
    }

  transport_test_remove_directory (directory);
}

int
main (int    argc,
      char **argv)
{
  /* The first thing that is done. */
  g_io_extension_point_implement (VICI_TRANSPORT_EXTENSION_POINT_NAME, early_get_type (),
                                  "early", 0);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport/registered-first-of-all", test_early);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *path = g_strconcat ("/transport/wrong/", wrong[i].name, NULL);

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_wrong);
    }
  g_test_add_func ("/transport/wrong/too-long", test_too_long);
  g_test_add_func ("/transport/wrong/without-init-fails-later", test_wrong_without_init);
  g_test_add_func ("/transport/cancelled-before-it-begins", test_cancelled);
  g_test_add_func ("/transport/incapable-kind-says-so", test_incapable);
  g_test_add_func ("/transport/error-says-where", test_error_says_where);
  g_test_add_func ("/transport/built-in-kind-cannot-be-replaced", test_built_in_stays);
  g_test_add_func ("/transport/built-in-kinds-are-registered", test_registered);
  g_test_add_func ("/transport/side-by-side", test_side_by_side);

  return g_test_run ();
}
