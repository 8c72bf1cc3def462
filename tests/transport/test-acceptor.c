/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Accepting when there is nothing left to accept with, and many at once. */

#include <sys/resource.h>
#include <unistd.h>

#include "transport-test.h"
#include "vici-unix-socket.h"
#include "vici-uri.h"

#define CROWD 200

typedef struct
{
  ViciTransport      *transport;
  GPtrArray          *streams;
  GUnixSocketAddress *address;
} Fixture;

typedef void (*FixtureFunc) (Fixture      *self,
                             gconstpointer data);

static void
fixture_set_up (Fixture      *self,
                gconstpointer data)
{
  static guint count;
  g_autofree char *uri = g_strdup_printf ("unix:@vici-acceptor-%d-%u", getpid (), count++);
  g_autofree char *where = NULL;
  g_autoptr (GError) error = NULL;

  self->transport = transport_test_new (uri);
  self->streams = transport_test_collect (self->transport);
  where = vici_transport_listen (self->transport, &error);
  g_assert_no_error (error);
  self->address = vici_uri_parse_unix (where, &error);
  g_assert_no_error (error);
}

static void
fixture_tear_down (Fixture      *self,
                   gconstpointer data)
{
  g_object_unref (self->transport);
  g_ptr_array_unref (self->streams);
  g_object_unref (self->address);
}

/* At once, and before anybody accepts it. */
static GIOStream *
connect_now (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  GIOStream *stream = vici_unix_socket_connect (self->address, NULL, &error);

  g_assert_no_error (error);

  return stream;
}

static gboolean
end_wait (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* How often the main loop comes round until a time is over. */
static guint
count_turns (guint milliseconds)
{
  gboolean over = FALSE;
  guint turns = 0;

  g_timeout_add (milliseconds, end_wait, &over);
  while (!over)
    {
      g_main_context_iteration (NULL, TRUE);
      turns++;
    }

  return turns;
}

static void
test_no_descriptors (Fixture      *self,
                     gconstpointer data)
{
  g_autoptr (GIOStream) client = connect_now (self);
  g_autoptr (GIOStream) server = NULL;
  struct rlimit before, limit;
  int lowest = dup (0);

  close (lowest);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = (rlim_t) lowest;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);

  /* It tries again some times, and not all the time. */
  g_assert_cmpuint (count_turns (200), <, 50);
  g_assert_cmpuint (self->streams->len, ==, 0);

  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  server = transport_test_wait (self->streams);
  transport_test_assert_joined (client, server);
}

static void
test_stopped_while_resting (Fixture      *self,
                            gconstpointer data)
{
  g_autoptr (GIOStream) client G_GNUC_UNUSED = connect_now (self);
  struct rlimit before, limit;
  int lowest = dup (0);

  close (lowest);
  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &before), ==, 0);
  limit = before;
  limit.rlim_cur = (rlim_t) lowest;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  transport_test_settle ();
  vici_transport_stop (self->transport);
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &before), ==, 0);
  count_turns (100);
  g_assert_cmpuint (self->streams->len, ==, 0);
}

/* The queue holds them all: none is turned away. */
static void
test_crowd (Fixture      *self,
            gconstpointer data)
{
  g_autoptr (GPtrArray) clients = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < CROWD; i++)
    g_ptr_array_add (clients, connect_now (self));

  while (self->streams->len < CROWD)
    g_main_context_iteration (NULL, TRUE);

  for (guint i = 0; i < CROWD; i++)
    transport_test_assert_joined (clients->pdata[i], self->streams->pdata[i]);
}

/* Who has gone before being accepted is accepted all the same, and holds up nobody. */
static void
test_gone_before (Fixture      *self,
                  gconstpointer data)
{
  g_autoptr (GIOStream) gone = connect_now (self);
  g_autoptr (GIOStream) client = connect_now (self);
  g_autoptr (GIOStream) first = NULL;
  g_autoptr (GIOStream) second = NULL;
  gssize count;
  char byte;

  g_clear_object (&gone);
  first = transport_test_wait (self->streams);
  second = transport_test_wait (self->streams);
  count = g_input_stream_read (g_io_stream_get_input_stream (first), &byte, 1, NULL, NULL);
  g_assert_cmpint (count, ==, 0);
  transport_test_assert_joined (client, second);
}

int
main (int    argc,
      char **argv)
{
  static const struct
  {
    const char *path;
    FixtureFunc func;
  } tests[] = {
    { "/acceptor/no-descriptors-left", test_no_descriptors },
    { "/acceptor/stopped-while-resting", test_stopped_while_resting },
    { "/acceptor/crowd", test_crowd },
    { "/acceptor/gone-before", test_gone_before },
  };

  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, fixture_set_up, tests[i].func, fixture_tear_down);

  return g_test_run ();
}
