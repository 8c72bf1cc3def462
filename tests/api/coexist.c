/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* strongSwan's own libvici and this library in one process. libvici's inner
 * calls go through the dynamic linker, and would end up here if a name were
 * taken: a request is built with both, before and after the other one. */

#include <dlfcn.h>

#include <vici-glib/vici-glib.h>

typedef struct vici_req_t vici_req_t;

typedef struct
{
  void *handle;
  void (*init) (void);
  void (*deinit) (void);
  vici_req_t *(*begin) (const char *name);
  void (*begin_section) (vici_req_t *req,
                         const char *name);
  void (*end_section) (vici_req_t *req);
  void (*add_key_valuef) (vici_req_t *req,
                          const char *key,
                          const char *format,
                          ...);
  void (*free_req) (vici_req_t *req);
} Libvici;

static gboolean
load (Libvici *libvici)
{
  libvici->handle = dlopen (LIBVICI, RTLD_NOW | RTLD_GLOBAL);
  if (libvici->handle == NULL)
    {
      g_test_skip (dlerror ());
      return FALSE;
    }

  libvici->init = dlsym (libvici->handle, "vici_init");
  libvici->deinit = dlsym (libvici->handle, "vici_deinit");
  libvici->begin = dlsym (libvici->handle, "vici_begin");
  libvici->begin_section = dlsym (libvici->handle, "vici_begin_section");
  libvici->end_section = dlsym (libvici->handle, "vici_end_section");
  libvici->add_key_valuef = dlsym (libvici->handle, "vici_add_key_valuef");
  libvici->free_req = dlsym (libvici->handle, "vici_free_req");

  g_assert_nonnull (libvici->init);
  g_assert_nonnull (libvici->deinit);
  g_assert_nonnull (libvici->begin);
  g_assert_nonnull (libvici->begin_section);
  g_assert_nonnull (libvici->end_section);
  g_assert_nonnull (libvici->add_key_valuef);
  g_assert_nonnull (libvici->free_req);

  return TRUE;
}

static void
use_libvici (Libvici *libvici)
{
  vici_req_t *request = libvici->begin ("initiate");

  g_assert_nonnull (request);
  libvici->begin_section (request, "section");
  libvici->add_key_valuef (request, "child", "net-%d", 1);
  libvici->end_section (request);
  libvici->free_req (request);
}

static void
use_ours (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciConnection) connection = vici_connection_new ("unix:///nonexistent");
  g_autoptr (ViciMessage) message = NULL;
  g_autofree char *text = NULL;

  vici_builder_begin_section (builder, "section");
  vici_builder_add_printf (builder, "child", "net-%d", 1);
  vici_builder_end_section (builder);
  message = vici_builder_end (builder, &error);
  g_assert_no_error (error);

  text = vici_message_to_string (message, VICI_PRINT_NONE);
  g_assert_cmpstr (text, ==, "{section {child=net-1}}");

  g_assert_false (vici_connection_open_sync (connection, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_one_process (void)
{
  Libvici libvici;

  if (!load (&libvici))
    return;

  use_ours ();
  libvici.init ();
  use_libvici (&libvici);
  use_ours ();
  use_libvici (&libvici);
  libvici.deinit ();
  use_ours ();
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/api/coexists-with-libvici", test_one_process);
  return g_test_run ();
}
