/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "peer.h"
#include "workload.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* About as much as a socket takes at once. */
#define WRITE_SIZE (256 * 1024)

/* As many as come, at once. */
#define MAX_CONNECTIONS 128

/* Copies of one event, to be sent many at a time. */
typedef struct
{
  GByteArray *packets;
  guint       size;             /* of one */
} Events;

typedef struct
{
  guint       events;           /* in a stream */
  gboolean    whole;            /* instead: all that there are */
  Events      list_sa;
  Events      log;
  GByteArray *reply;
  GByteArray *confirm;
  GByteArray *output;           /* not sent yet */
} Peer;

typedef struct
{
  int         fd;
  GByteArray *received;         /* and not answered yet */
} Client;

/* -- Answers -- */

/* All different, and sent at once. */
static void
fill_sas (Events     *events,
          const char *event,
          guint       n_sas,
          guint       n_events)
{
  events->packets = g_byte_array_new ();
  events->size = EVENT_SIZE;
  for (guint i = 0; i < n_events; i++)
    workload_add_own_sa (events->packets, event, i % n_sas, i);
}

static void
fill_events (Events *events,
             void (*add) (GByteArray *data))
{
  events->packets = g_byte_array_new ();
  add (events->packets);
  events->size = events->packets->len;
  while (events->packets->len + events->size <= WRITE_SIZE)
    add (events->packets);
}

static void
peer_init (Peer *self,
           guint events)
{
  self->events = events;
  fill_events (&self->list_sa, workload_add_list_sa);
  fill_events (&self->log, workload_add_log);
  self->reply = g_byte_array_new ();
  workload_add_version_reply (self->reply);
  self->confirm = g_byte_array_new ();
  workload_add_empty (self->confirm, PACKET_CONFIRM);
  self->output = g_byte_array_new ();
}

static void
flush_output (Peer *self,
              int   fd)
{
  bench_send (fd, self->output->data, self->output->len);
  g_byte_array_set_size (self->output, 0);
}

static void
append (Peer             *self,
        const GByteArray *packet)
{
  g_byte_array_append (self->output, packet->data, packet->len);
}

static void
stream (Peer         *self,
        int           fd,
        const Events *events)
{
  guint batch = events->packets->len / events->size;
  guint left = self->whole ? batch : self->events;

  if (left == 0)
    return;

  if (left >= batch)
    flush_output (self, fd);
  for (; left >= batch; left -= batch)
    bench_send (fd, events->packets->data, events->packets->len);
  g_byte_array_append (self->output, events->packets->data, left * events->size);
}

static gboolean
is_command (const guint8 *packet,
            const char   *command)
{
  return packet[1] == strlen (command) && memcmp (packet + 2, command, packet[1]) == 0;
}

static void
answer (Peer         *self,
        int           fd,
        const guint8 *packet)
{
  if (packet[0] != PACKET_REQUEST)
    {
      append (self, self->confirm);
      return;
    }

  if (is_command (packet, "list-sas"))
    stream (self, fd, &self->list_sa);
  else if (is_command (packet, "initiate"))
    stream (self, fd, &self->log);
  append (self, self->reply);
}

/* -- Connections -- */

static Client *
client_new (int fd)
{
  Client *client = g_new (Client, 1);

  client->fd = fd;
  client->received = g_byte_array_new ();

  return client;
}

static void
client_free (Client *client)
{
  close (client->fd);
  g_byte_array_unref (client->received);
  g_free (client);
}

/* Answers what there is, or waits for it; FALSE when the client has gone. */
static gboolean
serve_client (Peer   *self,
              Client *client)
{
  guint8 buffer[64 * 1024];
  GByteArray *received = client->received;
  ssize_t n = recv (client->fd, buffer, sizeof buffer, 0);
  guint used = 0;

  if (n <= 0)
    return FALSE;

  g_byte_array_append (received, buffer, (guint) n);
  while (received->len - used >= 4)
    {
      guint32 length;

      memcpy (&length, received->data + used, sizeof length);
      length = GUINT32_FROM_BE (length);
      if (received->len - used - 4 < length)
        break;
      answer (self, client->fd, received->data + used + 4);
      used += 4 + length;
    }
  g_byte_array_remove_range (received, 0, used);
  flush_output (self, client->fd);

  return TRUE;
}

static int
take_up (int listener)
{
  int fd = accept (listener, NULL, NULL);

  g_assert_cmpint (fd, >=, 0);

  return fd;
}

static void
serve_each (Peer *peer,
            int   listener)
{
  for (;;)
    {
      Client *client = client_new (take_up (listener));

      while (serve_client (peer, client))
        continue;
      client_free (client);
    }
}

static void
serve_streams (int   listener,
               guint events)
{
  Peer peer;

  peer_init (&peer, events);
  serve_each (&peer, listener);
}

void
peer_serve_sas (int          listener,
                const Bench *bench)
{
  guint n_sas = bench->size > 0 ? bench->size : bench->count;
  Peer peer;

  peer_init (&peer, 0);
  g_byte_array_unref (peer.list_sa.packets);
  g_byte_array_unref (peer.log.packets);
  fill_sas (&peer.list_sa, "list-sa", n_sas, n_sas);
  fill_sas (&peer.log, "child-updown", n_sas, bench->count);
  peer.whole = TRUE;
  serve_each (&peer, listener);
}

void
peer_serve_long_streams (int          listener,
                         const Bench *bench)
{
  serve_streams (listener, bench->count);
}

void
peer_serve_sized_streams (int          listener,
                          const Bench *bench)
{
  serve_streams (listener, bench->size);
}

void
peer_serve (int          listener,
            const Bench *bench)
{
  serve_streams (listener, 1);
}

void
peer_serve_many (int          listener,
                 const Bench *bench)
{
  struct pollfd fds[1 + MAX_CONNECTIONS] = { { listener, POLLIN, 0 } };
  Client *clients[1 + MAX_CONNECTIONS];
  guint n = 1;
  Peer peer;

  peer_init (&peer, 1);
  for (;;)
    {
      g_assert_cmpint (poll (fds, n, -1), >, 0);

      for (guint i = n - 1; i > 0; i--)
        {
          if (fds[i].revents != 0 && !serve_client (&peer, clients[i]))
            {
              client_free (clients[i]);
              clients[i] = clients[--n];
              fds[i] = fds[n];
            }
        }

      if (fds[0].revents != 0)
        {
          g_assert_cmpuint (n, <=, MAX_CONNECTIONS);
          clients[n] = client_new (take_up (listener));
          fds[n] = (struct pollfd) { clients[n]->fd, POLLIN, 0 };
          n++;
        }
    }
}

void
peer_serve_nothing (int          listener,
                    const Bench *bench)
{
  guint8 buffer[64 * 1024];
  int fd = take_up (listener);

  while (recv (fd, buffer, sizeof buffer, 0) > 0)
    continue;
}
