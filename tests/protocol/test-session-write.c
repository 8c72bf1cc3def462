/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A channel that is asked to write, and takes what it likes. */

#include "fixture.h"

#define TEST_TYPE_WRITER (test_writer_get_type ())
G_DECLARE_FINAL_TYPE (TestWriter, test_writer, TEST, WRITER, ViciSession)

struct _TestWriter
{
  ViciSession parent_instance;

  GByteArray *written;
  gsize       room;     /* what it still takes */
  guint       n_writes;
  gboolean    closes;   /* from within */
  gboolean    drops;    /* the last reference, from within */
};

G_DEFINE_FINAL_TYPE (TestWriter, test_writer, VICI_TYPE_SESSION)

static gsize
test_writer_write (ViciSession  *session,
                   const guint8 *data,
                   gsize         length)
{
  TestWriter *self = TEST_WRITER (session);
  gsize taken = MIN (length, self->room);

  g_assert_cmpuint (length, >, 0);
  self->n_writes++;
  self->room -= taken;
  if (self->closes)
    vici_session_closed (session, NULL);
  g_byte_array_append (self->written, data, (guint) taken);
  if (self->drops)
    g_object_unref (self);

  return taken;
}

static void
test_writer_finalize (GObject *object)
{
  g_byte_array_unref (TEST_WRITER (object)->written);

  G_OBJECT_CLASS (test_writer_parent_class)->finalize (object);
}

static void
test_writer_class_init (TestWriterClass *klass)
{
  VICI_SESSION_CLASS (klass)->write = test_writer_write;
  G_OBJECT_CLASS (klass)->finalize = test_writer_finalize;
}

static void
test_writer_init (TestWriter *self)
{
  self->written = g_byte_array_new ();
  self->room = G_MAXSIZE;
}

static void
assert_written (TestWriter *self,
                ...)
{
  g_autoptr (GPtrArray) packets = g_ptr_array_new ();
  g_autoptr (GBytes) expected = NULL;
  const char *packet;
  va_list args;

  va_start (args, self);
  while ((packet = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (packets, (gpointer) packet);
  va_end (args);
  g_ptr_array_add (packets, NULL);

  expected = packets_new ((const char * const *) packets->pdata);
  g_assert_cmpmem (self->written->data, self->written->len,
                   g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  g_byte_array_set_size (self->written, 0);
}

static void
count_end (ViciSession  *session,
           const char   *event,
           ViciMessage  *message,
           const GError *error,
           gpointer      user_data)
{
  guint *ended = user_data;

  *ended += 1;
}

static void
call_writer (TestWriter *self,
             const char *command,
             guint      *ended)
{
  g_autoptr (GError) error = NULL;

  vici_session_call (VICI_SESSION (self), command, NULL, count_end, ended, NULL, &error);
  g_assert_no_error (error);
}

static void
test_one_piece (void)
{
  g_autoptr (TestWriter) self = g_object_new (TEST_TYPE_WRITER, "max-in-flight", 2, NULL);
  ViciSession *session = VICI_SESSION (self);
  guint ended = 0;

  g_assert_false (vici_session_has_output (session));
  vici_session_flush (session);
  g_assert_cmpuint (self->n_writes, ==, 0);

  call_writer (self, "a", &ended);
  call_writer (self, "b", &ended);
  call_writer (self, "c", &ended);
  g_assert_cmpuint (self->n_writes, ==, 0);
  g_assert_true (vici_session_has_output (session));

  vici_session_flush (session);
  g_assert_cmpuint (self->n_writes, ==, 1);
  assert_written (self, "request a", "request b", NULL);
  g_assert_false (vici_session_has_output (session));
}

/* A reply makes room for the next request, which waits to be asked for. */
static void
test_after_reply (void)
{
  g_autoptr (TestWriter) self = g_object_new (TEST_TYPE_WRITER, NULL);
  ViciSession *session = VICI_SESSION (self);
  g_autoptr (GError) error = NULL;
  guint ended = 0;

  call_writer (self, "a", &ended);
  call_writer (self, "b", &ended);
  vici_session_flush (session);
  assert_written (self, "request a", NULL);

  g_assert_cmpint (vici_session_receive (session, (const guint8 *) LITERAL ("\0\0\0\1\1"), &error),
                   ==, 5);
  g_assert_no_error (error);
  g_assert_cmpuint (ended, ==, 1);
  g_assert_cmpuint (self->n_writes, ==, 1);
  g_assert_true (vici_session_has_output (session));
  vici_session_flush (session);
  assert_written (self, "request b", NULL);
}

static void
test_byte_by_byte (void)
{
  g_autoptr (TestWriter) self = g_object_new (TEST_TYPE_WRITER, "max-in-flight", 9, NULL);
  ViciSession *session = VICI_SESSION (self);
  guint ended = 0;
  guint flushed = 0;

  call_writer (self, "first", &ended);
  while (vici_session_has_output (session))
    {
      self->room = 1;
      vici_session_flush (session);

      /* What comes meanwhile goes behind. */
      if (++flushed == 3)
        call_writer (self, "second", &ended);
    }

  assert_written (self, "request first", "request second", NULL);
}

static void
test_not_writable (void)
{
  g_autoptr (TestWriter) self = g_object_new (TEST_TYPE_WRITER, NULL);
  ViciSession *session = VICI_SESSION (self);
  guint ended = 0;

  call_writer (self, "a", &ended);
  self->room = 3;
  vici_session_flush (session);
  g_assert_true (vici_session_has_output (session));

  vici_session_set_writable (session, FALSE);
  self->room = G_MAXSIZE;
  g_assert_false (vici_session_has_output (session));
  vici_session_flush (session);
  g_assert_cmpuint (self->written->len, ==, 3);

  vici_session_set_writable (session, TRUE);
  g_assert_true (vici_session_has_output (session));
  vici_session_flush (session);
  assert_written (self, "request a", NULL);
}

static void
test_closed_while_writing (void)
{
  g_autoptr (TestWriter) self = g_object_new (TEST_TYPE_WRITER, NULL);
  ViciSession *session = VICI_SESSION (self);
  guint ended = 0;

  call_writer (self, "a", &ended);
  self->closes = TRUE;
  self->room = 3;
  vici_session_flush (session);
  g_assert_cmpuint (ended, ==, 1);
  g_assert_false (vici_session_has_output (session));

  vici_session_flush (session);
  g_assert_cmpuint (self->n_writes, ==, 1);
}

/* Where nothing has to be asked of the peer, there is nothing to write. */
static void
test_settled_without_a_packet (void)
{
  g_autoptr (TestWriter) self = g_object_new (TEST_TYPE_WRITER, NULL);
  ViciSession *session = VICI_SESSION (self);
  g_autoptr (GError) error = NULL;
  guint ended = 0;

  vici_session_subscribe (session, "log", count_end, &ended, NULL, NULL);
  vici_session_flush (session);
  assert_written (self, "register log", NULL);
  vici_session_receive (session, (const guint8 *) LITERAL ("\0\0\0\1\5"), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ended, ==, 1);

  vici_session_subscribe (session, "log", count_end, &ended, NULL, NULL);
  g_assert_true (vici_session_has_output (session));
  vici_session_flush (session);
  g_assert_cmpuint (ended, ==, 2);
  g_assert_cmpuint (self->n_writes, ==, 1);
  g_assert_false (vici_session_has_output (session));
}

static void
test_dropped_while_writing (void)
{
  TestWriter *self = g_object_new (TEST_TYPE_WRITER, NULL);
  guint ended = 0;

  g_object_add_weak_pointer (G_OBJECT (self), (gpointer *) &self);
  call_writer (self, "a", &ended);
  self->drops = TRUE;
  vici_session_flush (VICI_SESSION (self));
  g_assert_null (self);
  g_assert_cmpuint (ended, ==, 1);
}

static void
drop_writer (ViciSession  *session,
             const char   *event,
             ViciMessage  *message,
             const GError *error,
             gpointer      user_data)
{
  g_object_unref (session);
}

static void
test_dropped_while_settling (void)
{
  ViciSession *session = g_object_new (TEST_TYPE_WRITER, NULL);

  g_object_add_weak_pointer (G_OBJECT (session), (gpointer *) &session);
  vici_session_unsubscribe (session, "log", drop_writer, NULL, NULL, NULL);
  vici_session_flush (session);
  g_assert_null (session);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/write/all-requests-in-one-piece", test_one_piece);
  g_test_add_func ("/session/write/next-request-waits-for-a-flush", test_after_reply);
  g_test_add_func ("/session/write/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/session/write/not-while-not-writable", test_not_writable);
  g_test_add_func ("/session/write/closed-from-within", test_closed_while_writing);
  g_test_add_func ("/session/write/settled-without-a-packet", test_settled_without_a_packet);
  g_test_add_func ("/session/write/dropped-while-writing", test_dropped_while_writing);
  g_test_add_func ("/session/write/dropped-while-settling", test_dropped_while_settling);

  return g_test_run ();
}
