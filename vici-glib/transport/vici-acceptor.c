/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-acceptor.h"

#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "vici-source.h"

/* Where there is nothing left to accept with, who waits stays there, and polling
 * for it would spin. */
#define REST_MS 50

struct _ViciAcceptor
{
  GSocket         *socket;
  GMainContext    *context;
  GSource         *source;      /* of the socket, or of the rest */
  ViciAcceptorFunc func;
  gpointer         user_data;
};

static void watch (ViciAcceptor *self);

static gboolean
on_rested (gpointer user_data)
{
  watch (user_data);

  return G_SOURCE_REMOVE;
}

static void
rest (ViciAcceptor *self)
{
  vici_source_end (self->source);
  self->source = g_timeout_source_new (REST_MS);
  g_source_set_static_name (self->source, "[vici-glib] rest of accepting");
  g_source_set_callback (self->source, on_rested, self, NULL);
  g_source_attach (self->source, self->context);
}

/* Nobody is there after all, or no more: the next one may be. */
static gboolean
is_of_the_client (int errsv)
{
  switch (errsv)
    {
    case EAGAIN:
    case EINTR:
    case ECONNABORTED:
    case EPROTO:
    case EPERM: /* a firewall's */
    case ENETDOWN:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EHOSTUNREACH:
      return TRUE;

    default:
      return FALSE;
    }
}

static gboolean
on_ready (int          listening,
          GIOCondition condition,
          gpointer     user_data)
{
  ViciAcceptor *self = user_data;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocket) socket = NULL;
  int fd = accept4 (listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

  if (fd < 0)
    {
      if (!is_of_the_client (errno))
        rest (self);
      return G_SOURCE_CONTINUE;
    }

  socket = g_socket_new_from_fd (fd, NULL);
  if (socket == NULL)
    {
      close (fd);
      return G_SOURCE_CONTINUE;
    }

  if (g_socket_get_family (socket) != G_SOCKET_FAMILY_UNIX)
    vici_socket_set_no_delay (socket);
  connection = g_socket_connection_factory_create_connection (socket);
  self->func (connection, self->user_data);

  return G_SOURCE_CONTINUE;
}

static void
watch (ViciAcceptor *self)
{
  vici_source_end (self->source);
  self->source = g_unix_fd_source_new (g_socket_get_fd (self->socket), G_IO_IN);
  g_source_set_static_name (self->source, "[vici-glib] accepting");
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (self->source, self->context);
}

ViciAcceptor *
vici_acceptor_new (GSocket         *socket,
                   ViciAcceptorFunc func,
                   gpointer         user_data)
{
  ViciAcceptor *self = g_new0 (ViciAcceptor, 1);

  self->socket = g_object_ref (socket);
  self->context = g_main_context_ref_thread_default ();
  self->func = func;
  self->user_data = user_data;
  watch (self);

  return self;
}

void
vici_acceptor_free (ViciAcceptor *self)
{
  vici_source_end (self->source);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  g_main_context_unref (self->context);
  g_free (self);
}

void
vici_socket_set_no_delay (GSocket *socket)
{
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, TRUE, NULL);
}
