/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "transport-test.h"

#include <glib/gstdio.h>

/* -- Directories -- */

char *
transport_test_make_directory (void)
{
  g_autoptr (GError) error = NULL;
  char *directory = g_dir_make_tmp ("vici-transport-XXXXXX", &error);

  g_assert_no_error (error);

  return directory;
}

void
transport_test_remove_directory (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_assert_cmpint (g_remove (path), ==, 0);
    }

  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

/* -- Connecting -- */

ViciTransport *
transport_test_new (const char *uri)
{
  g_autoptr (GError) error = NULL;
  ViciTransport *transport = vici_transport_new_for_uri (uri, &error);

  g_assert_no_error (error);
  g_assert_true (VICI_IS_TRANSPORT (transport));
  g_assert_cmpstr (vici_transport_get_uri (transport), ==, uri);

  return transport;
}

static void
keep_result (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  GAsyncResult **kept = user_data;

  *kept = g_object_ref (result);
}

/* Once, and be it that who connects is told to give up. */
static void
assert_names_uri (const GError  *error,
                  ViciTransport *transport)
{
  const char *uri = vici_transport_get_uri (transport);
  const char *where = strstr (error->message, uri);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_assert_null (where);
      return;
    }

  g_assert_nonnull (where);
  g_assert_null (strstr (where + 1, uri));
}

GIOStream *
transport_test_connect (ViciTransport *transport,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GIOStream *stream;

  vici_transport_connect_async (transport, cancellable, keep_result, &result);
  g_assert_null (result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);

  stream = vici_transport_connect_finish (transport, result, error);
  g_assert_cmpint (stream == NULL, ==, error != NULL && *error != NULL);
  if (stream == NULL)
    assert_names_uri (*error, transport);

  return stream;
}

GIOStream *
transport_test_connect_uri (const char *uri,
                            GError    **error)
{
  g_autoptr (ViciTransport) transport = transport_test_new (uri);

  return transport_test_connect (transport, NULL, error);
}

/* -- Being connected to -- */

static void
on_incoming (ViciTransport *transport,
             GIOStream     *stream,
             GPtrArray     *streams)
{
  g_ptr_array_add (streams, g_object_ref (stream));
}

static void
unref_streams (gpointer  data,
               GClosure *closure)
{
  g_ptr_array_unref (data);
}

GPtrArray *
transport_test_collect (ViciTransport *transport)
{
  GPtrArray *streams = g_ptr_array_new_with_free_func (g_object_unref);

  g_signal_connect_data (transport, "incoming", G_CALLBACK (on_incoming),
                         g_ptr_array_ref (streams), unref_streams, 0);

  return streams;
}

GIOStream *
transport_test_wait (GPtrArray *streams)
{
  while (streams->len == 0)
    g_main_context_iteration (NULL, TRUE);

  return g_ptr_array_steal_index (streams, 0);
}

void
transport_test_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* -- Talking -- */

static void
assert_arrives (GIOStream  *from,
                GIOStream  *to,
                const char *text)
{
  g_autoptr (GError) error = NULL;
  char buffer[16] = "";
  gsize count;

  g_output_stream_write_all (g_io_stream_get_output_stream (from), text, strlen (text),
                             NULL, NULL, &error);
  g_assert_no_error (error);
  g_input_stream_read_all (g_io_stream_get_input_stream (to), buffer, strlen (text),
                           &count, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (buffer, ==, text);
}

void
transport_test_assert_joined (GIOStream *a,
                              GIOStream *b)
{
  assert_arrives (a, b, "there");
  assert_arrives (b, a, "and back");
}

void
transport_test_assert_works (const char *uri)
{
  g_autoptr (ViciTransport) listener = transport_test_new (uri);
  g_autoptr (GPtrArray) streams = transport_test_collect (listener);
  g_autoptr (GIOStream) client = NULL;
  g_autoptr (GIOStream) server = NULL;
  g_autofree char *where = NULL;
  g_autoptr (GError) error = NULL;

  where = vici_transport_listen (listener, &error);
  g_assert_no_error (error);
  client = transport_test_connect_uri (where, &error);
  g_assert_no_error (error);
  server = transport_test_wait (streams);
  transport_test_assert_joined (client, server);
}
