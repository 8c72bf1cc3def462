/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-daemon-private.h"

#include "vici-event-info.h"

/* What is watched when nothing is named. */
static GStrv
list_broadcast (void)
{
  g_autoptr (GStrvBuilder) broadcast = g_strv_builder_new ();
  g_auto (GStrv) events = vici_event_info_list ();

  for (guint i = 0; events[i] != NULL; i++)
    {
      const ViciEventInfo *info = vici_event_info_lookup (events[i]);

      if (vici_event_info_get_commands (info)[0] == NULL && !g_str_equal (events[i], "log"))
        g_strv_builder_add (broadcast, events[i]);
    }

  return g_strv_builder_end (broadcast);
}

static GStrv
get_wanted (const char * const *events)
{
  return events ? g_strdupv ((GStrv) events) : list_broadcast ();
}

/**
 * vici_daemon_watch_async:
 * @self: a daemon
 * @events: (nullable) (array zero-terminated=1): names of events; %NULL for all that
 *     the library knows and that the daemon has, but for those of commands and for
 *     `log`
 * @cancellable: (nullable): to give up; what was asked for by then is taken back
 * @callback: (nullable) (scope async): called when the daemon has confirmed them
 * @user_data: passed to @callback
 *
 * Subscribes to events, whether anybody has a handler for them or not. When
 * @callback is called, the daemon has confirmed all of them: none that it raises
 * after that is missed. Handlers alone have their events subscribed to as well, but
 * without a word when it is done.
 *
 * It counts: each needs a vici_daemon_unwatch() of its own. Watched events are
 * subscribed to anew when the connection is opened again. Names may be any that the
 * daemon knows; those that the library does not know come as #ViciDaemon::event.
 *
 * See vici_daemon_watch_finish() for the errors.
 *
 * Wire: `EVENT_REGISTER`.
 *
 * Since: 1.0
 */
void
vici_daemon_watch_async (ViciDaemon         *self,
                         const char * const *events,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  g_auto (GStrv) wanted = NULL;

  g_return_if_fail (VICI_IS_DAEMON (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_daemon_watch_async);
  wanted = get_wanted (events);

  vici_watcher_watch_async (vici_daemon_get_watcher (self),
                            (const char * const *) wanted,
                            events == NULL, task);
}

/**
 * vici_daemon_watch_finish:
 * @self: a daemon
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes vici_daemon_watch_async(). When it fails, none of the events is watched
 * by it. Errors are those of vici_connection_call_finish(), with
 * %VICI_ERROR_UNKNOWN_EVENT for an event that was named and that the daemon does
 * not have.
 *
 * Wire: `EVENT_CONFIRM`, `EVENT_UNKNOWN`.
 *
 * Returns: %TRUE when the events are watched
 *
 * Since: 1.0
 */
gboolean
vici_daemon_watch_finish (ViciDaemon   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, vici_daemon_watch_async), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * vici_daemon_watch_sync:
 * @self: a daemon
 * @events: (nullable) (array zero-terminated=1): names of events; %NULL for all that
 *     the library knows and that the daemon has, but for those of commands and for
 *     `log`
 * @cancellable: (nullable): to give up, from another thread
 * @error: return location for an error
 *
 * Subscribes to events and waits until the daemon has confirmed them. The events
 * themselves are delivered by the main context. See vici_daemon_watch_async();
 * errors are those of vici_connection_call_sync() and vici_daemon_watch_finish().
 *
 * Returns: %TRUE when the events are watched
 *
 * Since: 1.0
 */
gboolean
vici_daemon_watch_sync (ViciDaemon         *self,
                        const char * const *events,
                        GCancellable       *cancellable,
                        GError            **error)
{
  g_auto (GStrv) wanted = NULL;

  g_return_val_if_fail (VICI_IS_DAEMON (self), FALSE);
  g_return_val_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable), FALSE);

  wanted = get_wanted (events);

  return vici_watcher_watch_sync (vici_daemon_get_watcher (self),
                                  (const char * const *) wanted,
                                  events == NULL, cancellable, error);
}

/**
 * vici_daemon_unwatch:
 * @self: a daemon
 * @events: (nullable) (array zero-terminated=1): names of events that are watched, or
 *     %NULL after it was %NULL there
 *
 * Takes back one vici_daemon_watch_async(). An event that nobody watches and nobody
 * has a handler for is not sent by the daemon any more. What it has sent by then
 * may still be delivered.
 *
 * Wire: `EVENT_UNREGISTER`.
 *
 * Since: 1.0
 */
void
vici_daemon_unwatch (ViciDaemon         *self,
                     const char * const *events)
{
  g_auto (GStrv) wanted = NULL;

  g_return_if_fail (VICI_IS_DAEMON (self));

  wanted = get_wanted (events);

  vici_watcher_unwatch (vici_daemon_get_watcher (self),
                        (const char * const *) wanted);
}
