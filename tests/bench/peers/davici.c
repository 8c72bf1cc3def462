/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* davici, with the least main loop that it can have. */

#include "peers.h"
#include "../workload.h"

#include <poll.h>
#include <string.h>

#include <davici.h>

typedef struct
{
  struct davici_conn *connection;
  struct pollfd       poll;
  guint               to_call;
  guint               to_end;
  Bench              *bench;    /* to be told when a message is walked over */
} Client;

/* -- The main loop -- */

static int
on_watch (struct davici_conn *connection,
          int                 fd,
          int                 operations,
          void               *user_data)
{
  Client *client = user_data;

  client->poll.fd = fd;
  client->poll.events = (short) (((operations & DAVICI_READ) ? POLLIN : 0) |
                                 ((operations & DAVICI_WRITE) ? POLLOUT : 0));

  return 0;
}

static void
client_connect (Client      *client,
                const Bench *bench)
{
  g_assert_cmpint (davici_connect_unix (bench->path, on_watch, client, &client->connection), ==, 0);
}

/* Until all calls have their replies. */
static void
client_run (Client *client)
{
  while (client->to_end > 0)
    {
      g_assert_cmpint (poll (&client->poll, 1, -1), ==, 1);
      if (client->poll.revents & POLLOUT)
        g_assert_cmpint (davici_write (client->connection), ==, 0);
      if (client->poll.revents & POLLIN)
        g_assert_cmpint (davici_read (client->connection), ==, 0);
    }
}

/* -- Calls -- */

static void call_next (Client *client);

static void
on_reply (struct davici_conn     *connection,
          int                     error,
          const char             *name,
          struct davici_response *reply,
          void                   *user_data)
{
  Client *client = user_data;

  g_assert_cmpint (error, ==, 0);
  g_assert_cmpint (davici_parse (reply), ==, DAVICI_KEY_VALUE);
  client->to_end--;
  if (client->to_call > 0)
    call_next (client);
}

static void
call_next (Client *client)
{
  struct davici_request *request;

  client->to_call--;
  g_assert_cmpint (davici_new_cmd ("version", &request), ==, 0);
  g_assert_cmpint (davici_queue (client->connection, request, on_reply, client), ==, 0);
}

static void
call_many (Client *client,
           guint   outstanding,
           guint   count)
{
  client->to_call = client->to_end = count;
  while (client->to_call > 0 && count - client->to_call < outstanding)
    call_next (client);
  client_run (client);
}

void
davici_call (Bench *bench)
{
  Client client = { NULL };

  client_connect (&client, bench);

  bench_start (bench);
  call_many (&client, bench->size, bench->count);
  bench_stop (bench);

  davici_disconnect (client.connection);
}

void
davici_queue_bursts (Bench *bench)
{
  Client client = { NULL };

  client_connect (&client, bench);

  bench_start (bench);
  for (guint left = bench->count; left > 0;)
    {
      guint n = MIN (left, bench->size);

      call_many (&client, n, n);
      left -= n;
    }
  bench_stop (bench);

  davici_disconnect (client.connection);
}

void
davici_open (Bench *bench)
{
  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      Client client = { NULL };

      client_connect (&client, bench);
      call_many (&client, 1, 1);
      davici_disconnect (client.connection);
    }
  bench_stop (bench);
}

/* -- Streams -- */

static void
davici_walk_event (struct davici_response *event)
{
  int element;

  while ((element = davici_parse (event)) != DAVICI_END)
    {
      const char *name = NULL;
      const void *value = NULL;
      unsigned length = 0;

      g_assert_cmpint (element, >, 0);
      if (element == DAVICI_SECTION_START || element == DAVICI_LIST_START || element == DAVICI_KEY_VALUE)
        name = davici_get_name (event);
      if (element == DAVICI_LIST_ITEM || element == DAVICI_KEY_VALUE)
        value = davici_get_value (event, &length);

      workload_see (name, value, length);
    }
}

/* Without an event when the registration has come about, or ended. */
static void
on_event (struct davici_conn     *connection,
          int                     error,
          const char             *name,
          struct davici_response *event,
          void                   *user_data)
{
  if (event != NULL)
    davici_walk_event (event);
}

/* What has been parsed to its end can be parsed again. */
static void
on_only_event (struct davici_conn     *connection,
               int                     error,
               const char             *name,
               struct davici_response *event,
               void                   *user_data)
{
  Client *client = user_data;

  if (event == NULL)
    return;

  bench_start (client->bench);
  for (guint i = 0; i < client->bench->count; i++)
    davici_walk_event (event);
  bench_stop (client->bench);
}

static void
stream (Client   *client,
        davici_cb func)
{
  struct davici_request *request;

  client->to_end = 1;
  g_assert_cmpint (davici_new_cmd ("list-sas", &request), ==, 0);
  g_assert_cmpint (davici_queue_streamed (client->connection, request, on_reply,
                                          "list-sa", func, client),
                   ==, 0);
  client_run (client);
}

void
davici_stream (Bench *bench)
{
  Client client = { NULL };

  client_connect (&client, bench);

  bench_start (bench);
  stream (&client, on_event);
  bench_stop (bench);

  workload_assert_seen (bench->count);
  davici_disconnect (client.connection);
}

void
davici_short_stream (Bench *bench)
{
  Client client = { NULL };

  client_connect (&client, bench);

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    stream (&client, on_event);
  bench_stop (bench);

  workload_assert_seen (bench->count);
  davici_disconnect (client.connection);
}

/* There is no message outside of a stream. */
void
davici_walk (Bench *bench)
{
  Client client = { .bench = bench };

  client_connect (&client, bench);
  stream (&client, on_only_event);

  workload_assert_seen (bench->count);
  davici_disconnect (client.connection);
}

/* -- Requests -- */

static void
add_element (struct davici_request *request,
             const WorkloadElement *one)
{
  switch (one->element)
    {
    case VICI_ELEMENT_SECTION_START:
      davici_section_start (request, one->name);
      break;
    case VICI_ELEMENT_SECTION_END:
      davici_section_end (request);
      break;
    case VICI_ELEMENT_KEY_VALUE:
      davici_kv (request, one->name, one->value, (unsigned) strlen (one->value));
      break;
    case VICI_ELEMENT_LIST_START:
      davici_list_start (request, one->name);
      break;
    case VICI_ELEMENT_LIST_ITEM:
      davici_list_item (request, one->value, (unsigned) strlen (one->value));
      break;
    case VICI_ELEMENT_LIST_END:
      davici_list_end (request);
      break;
    }
}

void
davici_build (Bench *bench)
{
  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      struct davici_request *request;

      g_assert_cmpint (davici_new_cmd ("load-conn", &request), ==, 0);
      for (guint j = 0; j < REQUEST_ELEMENTS; j++)
        add_element (request, &workload_request[j]);
      davici_cancel (request);
    }
  bench_stop (bench);
}
