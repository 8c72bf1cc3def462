/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A session uses a message again once nobody holds it. Whoever does hold it, or
 * hangs something on it, must not notice. */

#include "fixture.h"

#include "vici-message-iter.h"

#define N_EVENTS 4

typedef struct
{
  ViciMessage *seen[N_EVENTS]; /* not references */
  guint        n_seen;
  void       (*look) (ViciMessage *message);
} Reader;

static void
on_message (ViciSession  *session,
            const char   *event,
            ViciMessage  *message,
            const GError *error,
            gpointer      user_data)
{
  Reader *reader = user_data;

  if (event == NULL)
    return;

  reader->seen[reader->n_seen++] = message;
  if (reader->look != NULL)
    reader->look (message);
}

/* The events of a stream, each of which says its number. */
static void
read_events (Fixture *f,
             Reader  *reader)
{
  g_autoptr (GError) error = NULL;

  vici_session_call_streaming (f->session, "list-sas", NULL, NULL, on_message, reader, NULL, &error);
  g_assert_no_error (error);
  sent (f, "register list-sa", "request list-sas", "unregister list-sa");
  receive (f, "confirm");

  for (guint i = 0; i < N_EVENTS; i++)
    {
      g_autofree char *packet = g_strdup_printf ("event list-sa n=%u", i);

      receive (f, packet);
    }

  receive (f, "response");
  receive (f, "confirm");
  g_assert_cmpuint (reader->n_seen, ==, N_EVENTS);
}

static GPtrArray *kept;

static void
keep_message (ViciMessage *message)
{
  g_ptr_array_add (kept, g_object_ref (message));
}

static void
test_kept (Fixture      *f,
           gconstpointer data)
{
  Reader reader = { .look = keep_message };

  kept = g_ptr_array_new_with_free_func (g_object_unref);
  read_events (f, &reader);

  for (guint i = 0; i < N_EVENTS; i++)
    g_assert_cmpuint (vici_message_lookup_uint64 (kept->pdata[i], "n", G_MAXUINT64), ==, i);

  g_ptr_array_unref (kept);
}

static void
keep_bytes (ViciMessage *message)
{
  g_ptr_array_add (kept, g_bytes_ref (vici_message_get_bytes (message)));
  g_ptr_array_add (kept, vici_message_lookup_bytes (message, "n"));
}

static void
test_bytes_kept (Fixture      *f,
                 gconstpointer data)
{
  Reader reader = { .look = keep_bytes };

  kept = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  read_events (f, &reader);

  for (guint i = 0; i < N_EVENTS; i++)
    {
      char expected[] = { VICI_ELEMENT_KEY_VALUE, 1, 'n', 0, 1, (char) ('0' + i) };
      gsize length;
      const guint8 *bytes = g_bytes_get_data (kept->pdata[2 * i], &length);

      g_assert_cmpmem (bytes, length, expected, sizeof expected);
      bytes = g_bytes_get_data (kept->pdata[2 * i + 1], &length);
      g_assert_cmpmem (bytes, length, &expected[5], 1);
    }

  g_ptr_array_unref (kept);
}

static guint weak_notified;

static void
on_gone (gpointer data,
         GObject *where_the_object_was)
{
  weak_notified++;
}

static void
watch_message (ViciMessage *message)
{
  g_object_weak_ref (G_OBJECT (message), on_gone, NULL);
}

static void
test_weak_reference (Fixture      *f,
                     gconstpointer data)
{
  Reader reader = { .look = watch_message };

  weak_notified = 0;
  read_events (f, &reader);

  g_assert_cmpuint (weak_notified, ==, N_EVENTS);
}

static void
name_message (ViciMessage *message)
{
  g_assert_null (g_object_get_data (G_OBJECT (message), "name"));
  g_object_set_data (G_OBJECT (message), "name", message);
}

static void
test_data (Fixture      *f,
           gconstpointer data)
{
  Reader reader = { .look = name_message };

  read_events (f, &reader);
}

static void
test_reused (Fixture      *f,
             gconstpointer data)
{
  Reader reader = { 0 };

  read_events (f, &reader);
  for (guint i = 1; i < N_EVENTS; i++)
    g_assert_true (reader.seen[i] == reader.seen[0]);
}

/* Packet by packet, over any cut of the bytes. */
static void
test_one_packet (Fixture      *f,
                 gconstpointer data)
{
  const char *packets[] = { "response n=1", "response n=2", "response n=3", NULL };
  g_autoptr (GBytes) bytes = packets_new (packets);
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *start = g_bytes_get_data (bytes, &length);
  gssize third = (gssize) length / 3;

  vici_session_set_max_in_flight (f->session, 3);
  call (f, "a");
  call (f, "b");
  call (f, "c");
  g_ptr_array_set_size (f->sent, 0);

  g_assert_cmpint (vici_session_receive_packet (f->session, start, length, &error), ==, third);
  g_assert_no_error (error);
  heard (f, "a: {n=1}");

  /* Half of the second, and the rest of it with all that follows. */
  start += third;
  g_assert_cmpint (vici_session_receive_packet (f->session, start, 7, &error), ==, 7);
  heard_nothing (f);
  g_assert_cmpint (vici_session_receive_packet (f->session, start + 7, length - third - 7, &error),
                   ==, third - 7);
  heard (f, "b: {n=2}");
  g_assert_cmpint (vici_session_receive_packet (f->session, start + third, third, &error), ==, third);
  heard (f, "c: {n=3}");
  g_assert_cmpint (vici_session_receive_packet (f->session, NULL, 0, &error), ==, 0);
  g_assert_no_error (error);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD_TEST ("/session/messages/kept-one-stays-as-it-is", test_kept);
  ADD_TEST ("/session/messages/kept-bytes-stay-as-they-are", test_bytes_kept);
  ADD_TEST ("/session/messages/weak-reference-is-told", test_weak_reference);
  ADD_TEST ("/session/messages/data-does-not-pass-on", test_data);
  ADD_TEST ("/session/messages/dropped-one-is-used-again", test_reused);
  ADD_TEST ("/session/messages/one-packet-at-a-time", test_one_packet);

  return g_test_run ();
}
