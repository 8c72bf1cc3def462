/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-uplink.h"

#include "vici-backoff.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-socket-watch.h"
#include "vici-source.h"
#include "vici-unix-socket.h"
#include "vici-uri.h"

/* A daemon that starts has its socket's file before it listens there: so many times
 * that it refuses are no reason to say that it does not answer. */
#define PATIENCE 5

/* A connection that was of use for so long is most likely to be so again, at once. */
#define PROVEN_US (2 * G_USEC_PER_SEC)

struct _ViciUplink
{
  ViciConnection  *connection;
  ViciUplinkFuncs  funcs;
  gpointer         user_data;
  gulong           closed_handler;
  gulong           state_handler;
  gulong           uri_handler;

  ViciMonitorState state;
  GError          *error;       /* of the last attempt, or the end; NULL: none */
  gboolean         open;        /* `opened` was called, and `closed` was not */
  gboolean         own;         /* and it is here that it was opened */
  gint64           ready;       /* since when it is, in monotonic time */
  gboolean         unserved;    /* the last one was open, and never ready */

  gboolean         closing;     /* by us, and that is not over yet */
  gboolean         wanted;      /* when it is, there is an attempt to be made */

  GCancellable    *cancellable; /* of the attempt; NULL: none is under way */
  guint            n_refused;   /* how often, since there was hope */
  ViciBackoff      backoff;
  GSource         *timer;       /* NULL: nothing is waited for, but for the file */
  ViciSocketWatch *watch;       /* NULL: the file is of no interest, or there is none */
  gboolean         stale;       /* the file or the address has changed since the attempt began */
};

static void attempt (ViciUplink *self);

static void
uplink_clear (gpointer data)
{
  ViciUplink *self = data;

  g_clear_error (&self->error);
  g_object_unref (self->connection);
}

static void
uplink_unref (ViciUplink *self)
{
  g_rc_box_release_full (self, uplink_clear);
}

static void
set_state (ViciUplink      *self,
           ViciMonitorState state,
           const GError    *error)
{
  GError *kept = error ? g_error_copy (error) : NULL;

  g_clear_error (&self->error);
  self->error = kept;
  self->state = state;
  self->funcs.changed (state, kept, self->user_data);
}

/* -- Waiting for a reason to hope -- */

static void
stop_waiting (ViciUplink *self)
{
  vici_source_end (g_steal_pointer (&self->timer));
  g_clear_pointer (&self->watch, vici_socket_watch_free);
}

static gboolean
on_timer (gpointer user_data)
{
  attempt (user_data);

  return G_SOURCE_REMOVE;
}

static void
arm_timer (ViciUplink *self,
           guint       ms)
{
  vici_source_end (self->timer);
  self->timer = g_timeout_source_new (ms);
  g_source_set_callback (self->timer, on_timer, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
}

/* There is a reason to try at once. */
static void
hope (ViciUplink *self,
      gboolean    tell)
{
  g_rc_box_acquire (self);
  self->n_refused = 0;
  self->unserved = FALSE;
  vici_backoff_reset (&self->backoff);
  if (tell)
    set_state (self, VICI_MONITOR_CONNECTING, NULL);

  /* Whoever was told may have stopped it or let go of it. */
  if (self->state != VICI_MONITOR_STOPPED)
    attempt (self);
  uplink_unref (self);
}

/* Something has happened to the socket's file. */
static void
on_file (gpointer user_data)
{
  ViciUplink *self = user_data;

  self->stale = self->cancellable != NULL;
  hope (self, self->state == VICI_MONITOR_NO_SOCKET);
}

static void
watch_file (ViciUplink *self,
            gboolean    look)
{
  const char *uri = vici_connection_get_uri (self->connection);
  g_autoptr (GUnixSocketAddress) address = NULL;
  const char *path;

  if (self->watch != NULL || uri == NULL)
    return;

  address = vici_uri_parse_unix (uri, NULL);
  path = address ? vici_unix_socket_get_path (address) : NULL;
  if (path != NULL)
    self->watch = vici_socket_watch_new (path, look, on_file, self);
}

gboolean
vici_uplink_is_final (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT) ||
         g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
}

/* Nobody could be reached. */
static void
wait_for_daemon (ViciUplink   *self,
                 const GError *error)
{
  if (self->stale)
    {
      attempt (self);
      return;
    }

  watch_file (self, TRUE);

  /* Where the file tells, there is nothing to be asked. */
  if (self->state == VICI_MONITOR_NO_SOCKET && self->watch != NULL &&
      vici_socket_watch_is_watching (self->watch))
    return;

  if (!vici_uplink_is_final (error))
    arm_timer (self, vici_backoff_next (&self->backoff));
}

/* -- Trying -- */

typedef struct
{
  ViciUplink   *uplink;
  GCancellable *cancellable;
} Attempt;

static gboolean
is_refused (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static ViciMonitorState
find_state (ViciUplink   *self,
            const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return VICI_MONITOR_NO_SOCKET;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
    return VICI_MONITOR_NO_PERMISSION;

  if (is_refused (error) && self->state == VICI_MONITOR_CONNECTING && self->n_refused <= PATIENCE)
    return VICI_MONITOR_CONNECTING;

  return VICI_MONITOR_LOST;
}

static void
on_open (ViciUplink *self,
         gboolean    own)
{
  g_rc_box_acquire (self);
  g_clear_object (&self->cancellable);
  vici_source_end (g_steal_pointer (&self->timer));
  self->open = TRUE;
  self->own = own;

  self->funcs.opened (self->user_data);

  /* What kept it from being opened does not any more. Whether anybody answers is to be
   * seen: a daemon that is stopped accepts connections, too. */
  if (self->open &&
      (vici_uplink_is_absent (self) || self->state == VICI_MONITOR_NO_PERMISSION))
    set_state (self, VICI_MONITOR_CONNECTING, NULL);
  uplink_unref (self);
}

static void
on_failed (ViciUplink   *self,
           const GError *error)
{
  g_clear_object (&self->cancellable);

  /* Somebody else is about to open it. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      arm_timer (self, vici_backoff_next (&self->backoff));
      return;
    }

  if (is_refused (error))
    self->n_refused++;
  set_state (self, find_state (self, error), error);
  if (self->state != VICI_MONITOR_STOPPED && self->cancellable == NULL && !self->open)
    wait_for_daemon (self, error);
}

static void
close_connection (ViciUplink *self)
{
  self->closing = TRUE;
  vici_connection_close_async (self->connection, NULL, NULL, NULL);
}

/* The attempt was given up when it was at its end already. If there is a next one, it has
 * found the connection open, or goes on by itself. */
static void
on_opened_in_vain (ViciUplink *self)
{
  if (self->open)
    self->own = TRUE;
  else if (self->cancellable == NULL)
    close_connection (self);
}

static void
on_opened (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Attempt *attempt = user_data;
  ViciUplink *self = attempt->uplink;
  ViciConnection *connection = VICI_CONNECTION (source);
  g_autoptr (GError) error = NULL;
  gboolean opened = vici_connection_open_finish (connection, result, &error);

  if (!g_cancellable_is_cancelled (attempt->cancellable))
    {
      if (opened)
        on_open (self, TRUE);
      else
        on_failed (self, error);
    }
  else if (opened)
    on_opened_in_vain (self);

  g_object_unref (attempt->cancellable);
  uplink_unref (self);
  g_free (attempt);
}

static void
attempt (ViciUplink *self)
{
  Attempt *attempt;

  if (self->cancellable != NULL || self->open)
    return;

  vici_source_end (g_steal_pointer (&self->timer));

  /* What is told of the end of the last one must not be taken for that of the next. */
  self->wanted = self->closing && vici_connection_get_state (self->connection) != VICI_CONNECTION_CLOSED;
  if (self->wanted)
    return;

  /* Whoever it was that has opened it. */
  self->closing = FALSE;
  if (vici_connection_get_state (self->connection) == VICI_CONNECTION_OPEN)
    {
      on_open (self, FALSE);
      return;
    }

  self->stale = FALSE;
  self->cancellable = g_cancellable_new ();
  attempt = g_new (Attempt, 1);
  attempt->uplink = g_rc_box_acquire (self);
  attempt->cancellable = g_object_ref (self->cancellable);
  vici_connection_open_async (self->connection, self->cancellable, on_opened, attempt);
}

static void
cancel_attempt (ViciUplink *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

/* -- The end of a connection -- */

/* One that others have opened is theirs to close. */
static void
end_connection (ViciUplink *self)
{
  gboolean own = self->open && self->own;

  self->open = FALSE;
  if (own)
    close_connection (self);
}

/* It is lost, and is tried again: at once, or when some time has passed. */
static void
lose (ViciUplink   *self,
      const GError *error)
{
  gboolean proven = self->state == VICI_MONITOR_READY &&
                    g_get_monotonic_time () - self->ready >= PROVEN_US;

  g_rc_box_acquire (self);
  self->unserved = self->state != VICI_MONITOR_READY;
  self->funcs.closed (error, self->user_data);
  if (self->state != VICI_MONITOR_STOPPED)
    set_state (self, VICI_MONITOR_LOST, error);

  /* Whoever was told may have started it anew, stopped it or let go of it. */
  if (self->state == VICI_MONITOR_LOST && !self->open && self->cancellable == NULL)
    {
      if (proven)
        vici_backoff_reset (&self->backoff);
      watch_file (self, FALSE);
      if (proven)
        attempt (self);
      else
        arm_timer (self, vici_backoff_next (&self->backoff));
    }
  uplink_unref (self);
}

static void
on_closed (ViciUplink   *self,
           const GError *error)
{
  g_autoptr (GError) by_others = NULL;

  if (self->closing)
    {
      self->closing = FALSE;
      if (self->wanted)
        attempt (self);
      return;
    }

  if (!self->open)
    return;

  self->open = FALSE;
  if (error == NULL)
    g_set_error_literal (&by_others, VICI_ERROR, VICI_ERROR_CLOSED,
                         _("The connection was closed by another part of this program"));
  lose (self, error ? error : by_others);
}

/* Others may open it, too. */
static void
on_connection_state (ViciUplink *self)
{
  if (self->state != VICI_MONITOR_STOPPED && !self->closing &&
      vici_connection_get_state (self->connection) == VICI_CONNECTION_OPEN)
    attempt (self);
}

void
vici_uplink_fail (ViciUplink   *self,
                  const GError *error)
{
  if (!self->open)
    return;

  /* The reason is what has failed, and not the closing. */
  end_connection (self);
  lose (self, error);
}

void
vici_uplink_set_syncing (ViciUplink *self)
{
  /* One that was of no use the last time has to show that it is: else the state would
   * change with each attempt. */
  if (self->state != VICI_MONITOR_LOST || !self->unserved)
    set_state (self, VICI_MONITOR_SYNCING, NULL);
}

static void
become_ready (ViciUplink *self)
{
  /* Until now another daemon may have come in the place of one that is of no use. */
  stop_waiting (self);
  self->n_refused = 0;
  self->unserved = FALSE;
  self->ready = g_get_monotonic_time ();
}

void
vici_uplink_set_ready (ViciUplink   *self,
                       const GError *error)
{
  if (self->state != VICI_MONITOR_READY)
    become_ready (self);
  set_state (self, VICI_MONITOR_READY, error);
}

gboolean
vici_uplink_is_absent (ViciUplink *self)
{
  return self->state == VICI_MONITOR_NO_SOCKET || self->state == VICI_MONITOR_STOPPED ||
         is_refused (self->error);
}

/* -- Starting and stopping -- */

void
vici_uplink_start (ViciUplink *self)
{
  if (self->state != VICI_MONITOR_STOPPED)
    return;

  hope (self, TRUE);
}

void
vici_uplink_stop (ViciUplink *self)
{
  if (self->state == VICI_MONITOR_STOPPED)
    return;

  cancel_attempt (self);
  stop_waiting (self);
  self->wanted = FALSE;
  end_connection (self);
  set_state (self, VICI_MONITOR_STOPPED, NULL);
}

void
vici_uplink_retry (ViciUplink *self)
{
  if (self->state == VICI_MONITOR_STOPPED || self->open || self->cancellable != NULL)
    return;

  hope (self, TRUE);
}

/* What is known of the old address says nothing of the new one. */
static void
on_address (ViciUplink *self)
{
  g_clear_pointer (&self->watch, vici_socket_watch_free);
  self->stale = self->cancellable != NULL;
  vici_uplink_retry (self);
}

ViciUplink *
vici_uplink_new (ViciConnection        *connection,
                 const ViciUplinkFuncs *funcs,
                 gpointer               user_data)
{
  ViciUplink *self = g_rc_box_new0 (ViciUplink);

  self->connection = g_object_ref (connection);
  self->funcs = *funcs;
  self->user_data = user_data;
  self->state = VICI_MONITOR_STOPPED;
  vici_backoff_reset (&self->backoff);
  self->closed_handler =
    g_signal_connect_swapped (connection, "closed", G_CALLBACK (on_closed), self);
  self->state_handler =
    g_signal_connect_swapped (connection, "notify::state", G_CALLBACK (on_connection_state), self);
  self->uri_handler =
    g_signal_connect_swapped (connection, "notify::uri", G_CALLBACK (on_address), self);

  return self;
}

void
vici_uplink_free (ViciUplink *self)
{
  g_clear_signal_handler (&self->closed_handler, self->connection);
  g_clear_signal_handler (&self->state_handler, self->connection);
  g_clear_signal_handler (&self->uri_handler, self->connection);
  cancel_attempt (self);
  stop_waiting (self);
  end_connection (self);
  self->state = VICI_MONITOR_STOPPED;
  uplink_unref (self);
}
