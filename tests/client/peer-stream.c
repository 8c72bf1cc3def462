/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "peer-stream.h"

#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <glib-unix.h>

/* Streams that have nothing but their blocking functions. */

#define PLAIN_TYPE_INPUT (plain_input_get_type ())
G_DECLARE_FINAL_TYPE (PlainInput, plain_input, PLAIN, INPUT, GFilterInputStream)

struct _PlainInput
{
  GFilterInputStream parent_instance;
};

G_DEFINE_FINAL_TYPE (PlainInput, plain_input, G_TYPE_FILTER_INPUT_STREAM)

static void
plain_input_class_init (PlainInputClass *klass)
{
}

static void
plain_input_init (PlainInput *self)
{
}

#define PLAIN_TYPE_OUTPUT (plain_output_get_type ())
G_DECLARE_FINAL_TYPE (PlainOutput, plain_output, PLAIN, OUTPUT, GFilterOutputStream)

struct _PlainOutput
{
  GFilterOutputStream parent_instance;
};

G_DEFINE_FINAL_TYPE (PlainOutput, plain_output, G_TYPE_FILTER_OUTPUT_STREAM)

static void
plain_output_class_init (PlainOutputClass *klass)
{
}

static void
plain_output_init (PlainOutput *self)
{
}

static GIOStream *
new_end (int      in_fd,
         int      out_fd,
         gboolean pollable)
{
  g_autoptr (GInputStream) in = g_unix_input_stream_new (in_fd, TRUE);
  g_autoptr (GOutputStream) out = g_unix_output_stream_new (out_fd, TRUE);
  g_autoptr (GInputStream) plain_in = NULL;
  g_autoptr (GOutputStream) plain_out = NULL;

  if (pollable)
    return g_simple_io_stream_new (in, out);

  plain_in = g_object_new (PLAIN_TYPE_INPUT, "base-stream", in, NULL);
  plain_out = g_object_new (PLAIN_TYPE_OUTPUT, "base-stream", out, NULL);

  return g_simple_io_stream_new (plain_in, plain_out);
}

void
peer_stream_pipes (GIOStream *ends[2],
                   gboolean   pollable)
{
  g_autoptr (GError) error = NULL;
  int requests[2], replies[2];

  g_unix_open_pipe (requests, FD_CLOEXEC, &error);
  g_assert_no_error (error);
  g_unix_open_pipe (replies, FD_CLOEXEC, &error);
  g_assert_no_error (error);

  ends[0] = new_end (replies[0], requests[1], pollable);
  ends[1] = new_end (requests[0], replies[1], TRUE);
}

static gboolean
accept_any (GTlsConnection      *connection,
            GTlsCertificate     *certificate,
            GTlsCertificateFlags errors,
            gpointer             user_data)
{
  return TRUE;
}

void
peer_stream_tls (GIOStream *ends[2])
{
  g_autoptr (GIOStream) client_base = ends[0];
  g_autoptr (GIOStream) peer_base = ends[1];
  g_autoptr (GTlsCertificate) certificate = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "peer.pem", NULL);
  g_autoptr (GError) error = NULL;

  certificate = g_tls_certificate_new_from_file (path, &error);
  g_assert_no_error (error);

  ends[0] = g_tls_client_connection_new (client_base, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (ends[0], "accept-certificate", G_CALLBACK (accept_any), NULL);

  ends[1] = g_tls_server_connection_new (peer_base, certificate, &error);
  g_assert_no_error (error);
}
