/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Asks a daemon for its version, from a main loop that is not GLib's.
 *
 * ViciSession is the protocol without any I/O. A program that has a loop of its
 * own derives a class from it, which is handed the bytes to send, and hands it
 * the bytes that arrive. Here the loop is poll(), and GIO is not linked.
 *
 * Usage: poll-version [SOCKET] */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vici-glib/vici-core.h>

struct _PollSession
{
  ViciSession parent_instance;

  int         fd;
  GByteArray *out;      /* what poll() has yet to find room for */
};

G_DECLARE_FINAL_TYPE (PollSession, poll_session, POLL, SESSION, ViciSession)
G_DEFINE_FINAL_TYPE (PollSession, poll_session, VICI_TYPE_SESSION)

static void
poll_session_send (ViciSession *session,
                   GBytes      *data)
{
  GByteArray *out = POLL_SESSION (session)->out;

  g_byte_array_append (out, g_bytes_get_data (data, NULL), (guint) g_bytes_get_size (data));
}

/* The peer broke the protocol: the loop will meet the end of the socket. */
static void
poll_session_close (ViciSession *session)
{
  shutdown (POLL_SESSION (session)->fd, SHUT_RDWR);
}

static void
poll_session_finalize (GObject *object)
{
  PollSession *self = POLL_SESSION (object);

  g_byte_array_unref (self->out);
  close (self->fd);

  G_OBJECT_CLASS (poll_session_parent_class)->finalize (object);
}

static void
poll_session_class_init (PollSessionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = poll_session_finalize;
  VICI_SESSION_CLASS (klass)->send = poll_session_send;
  VICI_SESSION_CLASS (klass)->close = poll_session_close;
}

static void
poll_session_init (PollSession *self)
{
  self->out = g_byte_array_new ();
}

/* One turn of the loop. Returns whether there is to be another one. */
static gboolean
turn (PollSession *self)
{
  struct pollfd watch = { self->fd, POLLIN | (self->out->len > 0 ? POLLOUT : 0), 0 };
  guint8 buffer[4096];
  ssize_t n;

  if (poll (&watch, 1, -1) < 0)
    return errno == EINTR;

  if (watch.revents & POLLOUT)
    {
      n = send (self->fd, self->out->data, self->out->len, MSG_DONTWAIT | MSG_NOSIGNAL);
      if (n > 0)
        g_byte_array_remove_range (self->out, 0, (guint) n);
    }

  if (watch.revents & ~POLLOUT)
    {
      n = recv (self->fd, buffer, sizeof buffer, MSG_DONTWAIT);
      if (n > 0)
        vici_session_receive (VICI_SESSION (self), buffer, (gsize) n, NULL);
      else if (n == 0 || errno != EAGAIN)
        vici_session_closed (VICI_SESSION (self), NULL);
    }

  return vici_session_get_pending (VICI_SESSION (self)) > 0;
}

static void
on_version (ViciSession  *session,
            const char   *event,
            ViciMessage  *reply,
            const GError *error,
            gpointer      user_data)
{
  int *status = user_data;
  g_autofree char *text = reply ? vici_message_to_string (reply, VICI_PRINT_PRETTY) : NULL;

  if (error != NULL)
    fprintf (stderr, "%s\n", error->message);
  else
    puts (text);

  *status = error != NULL;
}

int
main (int   argc,
      char *argv[])
{
  const char *path = argc > 1 ? argv[1] : "/var/run/charon.vici";
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autoptr (PollSession) session = g_object_new (poll_session_get_type (), NULL);
  int status = 1;

  strncpy (address.sun_path, path, sizeof address.sun_path - 1);
  session->fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (session->fd < 0 || connect (session->fd, (struct sockaddr *) &address, sizeof address) < 0)
    {
      perror (path);
      return 1;
    }

  vici_session_call (VICI_SESSION (session), "version", NULL, on_version, &status, NULL, NULL);
  while (turn (session))
    continue;

  return status;
}
