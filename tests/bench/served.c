/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "served.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* As many as the machine allows, two for each client. */
static void
allow_descriptors (void)
{
  struct rlimit limit;

  getrlimit (RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit (RLIMIT_NOFILE, &limit);
}

static void
add_client (Served *self)
{
  static const char register_tick[] = { 0, 0, 0, 6, 3, 4, 't', 'i', 'c', 'k' };
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (ViciPeer) peer = NULL;
  guint8 confirmation[5];
  int fds[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) < 0)
    g_error ("socketpair: %s", g_strerror (errno));

  socket = g_socket_new_from_fd (fds[0], NULL);
  connection = g_socket_connection_factory_create_connection (socket);
  peer = vici_server_accept_stream (self->server, G_IO_STREAM (connection));

  bench_send (fds[1], register_tick, sizeof register_tick);
  while (recv (fds[1], confirmation, sizeof confirmation, 0) < 0)
    g_main_context_iteration (NULL, TRUE);
  g_array_append_val (self->fds, fds[1]);
}

void
served_init (Served *self,
             guint   n_clients)
{
  allow_descriptors ();
  self->server = vici_server_new ();
  g_object_set (self->server, "max-peers", MAX (n_clients, 1), NULL);
  vici_server_add_event (self->server, "tick");
  self->fds = g_array_new (FALSE, FALSE, sizeof (int));

  for (guint i = 0; i < n_clients; i++)
    add_client (self);
}

void
served_clear (Served *self)
{
  g_object_unref (self->server);
  for (guint i = 0; i < self->fds->len; i++)
    close (g_array_index (self->fds, int, i));
  g_array_unref (self->fds);
}
