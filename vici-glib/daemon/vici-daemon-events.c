/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-daemon-events.h"

#include "vici-daemon-private.h"
#include "vici-event-info.h"
#include "vici-message-iter.h"
#include "vici-record-private.h"
#include "vici-records.h"

enum
{
  SIGNAL_IKE_UPDOWN,
  SIGNAL_IKE_REKEY,
  SIGNAL_IKE_UPDATE,
  SIGNAL_CHILD_UPDOWN,
  SIGNAL_CHILD_REKEY,
  SIGNAL_ALERT,
  SIGNAL_LOG,
  SIGNAL_CONTROL_LOG,
  SIGNAL_EVENT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* -- From a message to signals -- */

/* The sections of a message as records. */
static GPtrArray *
read_sections (ViciMessage *message,
               GType        type)
{
  GPtrArray *records = g_ptr_array_new_with_free_func (g_object_unref);

  vici_records_add (records, type, message, "");

  return records;
}

/* A section of what may be none itself. @name is the record's, as on the wire. */
static gpointer
read_section (ViciMessage *message,
              const char  *section,
              GType        type,
              const char  *name)
{
  g_autoptr (ViciMessage) content =
    message ? vici_message_lookup_section (message, section) : NULL;

  return content ? vici_record_new (type, name, content) : NULL;
}

static void
emit_ike_updown (ViciDaemon  *self,
                 ViciMessage *message)
{
  gboolean up = vici_message_lookup_boolean (message, "up", FALSE);
  g_autoptr (GPtrArray) sas = read_sections (message, VICI_TYPE_IKE_SA);

  for (guint i = 0; i < sas->len; i++)
    g_signal_emit (self, signals[SIGNAL_IKE_UPDOWN], 0, up, sas->pdata[i]);
}

static void
emit_ike_rekey (ViciDaemon  *self,
                ViciMessage *message)
{
  ViciMessageIter iter;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    {
      const char *name = vici_message_iter_get_name (&iter);
      g_autoptr (ViciMessage) both = vici_message_iter_dup_section (&iter);
      g_autoptr (ViciIkeSa) old = read_section (both, "old", VICI_TYPE_IKE_SA, name);
      g_autoptr (ViciIkeSa) new = read_section (both, "new", VICI_TYPE_IKE_SA, name);

      if (old != NULL && new != NULL)
        g_signal_emit (self, signals[SIGNAL_IKE_REKEY], 0, old, new);
      vici_message_iter_skip (&iter);
    }
}

static void
emit_ike_update (ViciDaemon  *self,
                 ViciMessage *message)
{
  g_autoptr (ViciIkeUpdate) update = vici_record_new (VICI_TYPE_IKE_UPDATE, NULL, message);

  if (vici_ike_update_get_ike_sa (update) != NULL)
    g_signal_emit (self, signals[SIGNAL_IKE_UPDATE], 0, update);
}

static void
emit_child_updown (ViciDaemon  *self,
                   ViciMessage *message)
{
  gboolean up = vici_message_lookup_boolean (message, "up", FALSE);
  g_autoptr (GPtrArray) sas = read_sections (message, VICI_TYPE_IKE_SA);

  for (guint i = 0; i < sas->len; i++)
    {
      GListModel *children = vici_ike_sa_get_child_sas (sas->pdata[i]);

      for (guint j = 0; children != NULL && j < g_list_model_get_n_items (children); j++)
        {
          g_autoptr (ViciChildSa) child = g_list_model_get_item (children, j);

          g_signal_emit (self, signals[SIGNAL_CHILD_UPDOWN], 0, up, sas->pdata[i], child);
        }
    }
}

/* The IKE_SA without its CHILD_SA, which has another form here than elsewhere.
 * NULL: it says what a message cannot. */
static ViciIkeSa *
read_ike_sa_alone (ViciMessage *message,
                   const char  *name)
{
  g_autoptr (GVariant) with_child = vici_message_to_variant (message, NULL);
  g_autoptr (GVariant) without = NULL;
  g_autoptr (ViciMessage) content = NULL;
  GVariantDict dict;

  if (with_child == NULL)
    return NULL;

  g_variant_dict_init (&dict, with_child);
  g_variant_dict_remove (&dict, "child-sas");
  without = g_variant_ref_sink (g_variant_dict_end (&dict));
  content = vici_message_new_from_variant (without, NULL);

  return content ? vici_record_new (VICI_TYPE_IKE_SA, name, content) : NULL;
}

static void
emit_child_rekeys (ViciDaemon  *self,
                   ViciMessage *children,
                   ViciIkeSa   *ike_sa)
{
  ViciMessageIter iter;

  vici_message_iter_init (&iter, children);
  while (vici_message_iter_next (&iter))
    {
      const char *name = vici_message_iter_get_name (&iter);
      g_autoptr (ViciMessage) both = vici_message_iter_dup_section (&iter);
      g_autoptr (ViciChildSa) old = read_section (both, "old", VICI_TYPE_CHILD_SA, name);
      g_autoptr (ViciChildSa) new = read_section (both, "new", VICI_TYPE_CHILD_SA, name);

      if (old != NULL && new != NULL)
        g_signal_emit (self, signals[SIGNAL_CHILD_REKEY], 0, ike_sa, old, new);
      vici_message_iter_skip (&iter);
    }
}

static void
emit_child_rekey (ViciDaemon  *self,
                  ViciMessage *message)
{
  ViciMessageIter iter;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    {
      const char *name = vici_message_iter_get_name (&iter);
      g_autoptr (ViciMessage) section = vici_message_iter_dup_section (&iter);
      g_autoptr (ViciMessage) children =
        section ? vici_message_lookup_section (section, "child-sas") : NULL;
      g_autoptr (ViciIkeSa) ike_sa = section ? read_ike_sa_alone (section, name) : NULL;

      if (children != NULL && ike_sa != NULL)
        emit_child_rekeys (self, children, ike_sa);
      vici_message_iter_skip (&iter);
    }
}

static void
emit_alert (ViciDaemon  *self,
            ViciMessage *message)
{
  g_autoptr (ViciAlert) alert = vici_record_new (VICI_TYPE_ALERT, NULL, message);

  g_signal_emit (self, signals[SIGNAL_ALERT], 0, alert);
}

static void
emit_log (ViciDaemon  *self,
          ViciMessage *message)
{
  g_autoptr (ViciLogEntry) entry = vici_record_new (VICI_TYPE_LOG_ENTRY, NULL, message);

  g_signal_emit (self, signals[SIGNAL_LOG], 0, entry);
}

void
vici_daemon_emit_control_log (ViciDaemon   *self,
                              ViciLogEntry *entry)
{
  g_signal_emit (self, signals[SIGNAL_CONTROL_LOG], 0, entry);
}

/* The events that have a signal of their name. */
static const struct
{
  const char *event;
  guint       signal;
  void      (*emit) (ViciDaemon *self, ViciMessage *message);
} typed[] = {
  { "alert", SIGNAL_ALERT, emit_alert },
  { "child-rekey", SIGNAL_CHILD_REKEY, emit_child_rekey },
  { "child-updown", SIGNAL_CHILD_UPDOWN, emit_child_updown },
  { "ike-rekey", SIGNAL_IKE_REKEY, emit_ike_rekey },
  { "ike-update", SIGNAL_IKE_UPDATE, emit_ike_update },
  { "ike-updown", SIGNAL_IKE_UPDOWN, emit_ike_updown },
  { "log", SIGNAL_LOG, emit_log },
};

static int
find_typed (const char *event)
{
  for (gsize i = 0; i < G_N_ELEMENTS (typed); i++)
    {
      if (g_str_equal (typed[i].event, event))
        return (int) i;
    }

  return -1;
}

static void
on_event (ViciDaemon  *self,
          const char  *name,
          ViciMessage *message)
{
  int i = find_typed (name);

  g_signal_emit (self, signals[SIGNAL_EVENT], g_quark_from_string (name), name, message);

  if (i >= 0)
    typed[i].emit (self, message);
}

ViciWatcher *
vici_daemon_connect_events (ViciDaemon *self)
{
  ViciConnection *connection = vici_daemon_get_connection (self);
  ViciWatcher *watcher = vici_watcher_new (self, connection, signals[SIGNAL_EVENT]);
  g_auto (GStrv) events = vici_event_info_list ();

  for (guint i = 0; events[i] != NULL; i++)
    {
      int j = find_typed (events[i]);

      vici_watcher_add (watcher, events[i], j >= 0 ? signals[typed[j].signal] : 0);
    }

  g_signal_connect_object (connection, "event", G_CALLBACK (on_event), self, G_CONNECT_SWAPPED);

  return watcher;
}

/* -- The signals -- */

static void
install_ike_signals (GType type)
{
  /**
   * ViciDaemon::ike-updown:
   * @self: the daemon
   * @up: %TRUE if it is up, %FALSE if it goes down
   * @ike_sa: the IKE_SA, without its CHILD_SAs
   *
   * An IKE_SA is up, or goes down. When it goes down, this comes before the
   * #ViciDaemon::child-updown of its CHILD_SAs. It does not come for attempts that
   * fail, and not for an IKE_SA that is rekeyed.
   *
   * Wire: `ike-updown`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_IKE_UPDOWN] =
    g_signal_new ("ike-updown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_BOOLEAN, VICI_TYPE_IKE_SA);

  /**
   * ViciDaemon::ike-rekey:
   * @self: the daemon
   * @old_sa: the IKE_SA that was replaced
   * @new_sa: the one that replaces it, with a unique id of its own
   *
   * An IKE_SA was rekeyed. Its CHILD_SAs move to the new one without a signal, and
   * keep their unique ids.
   *
   * Wire: `ike-rekey`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_IKE_REKEY] =
    g_signal_new ("ike-rekey", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, VICI_TYPE_IKE_SA, VICI_TYPE_IKE_SA);

  /**
   * ViciDaemon::ike-update:
   * @self: the daemon
   * @update: the change, with the IKE_SA as it was before
   *
   * The addresses of an IKE_SA have changed, or its ports: where there is NAT, that
   * comes before it is up. strongSwan has this since 5.9.2.
   *
   * Wire: `ike-update`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_IKE_UPDATE] =
    g_signal_new ("ike-update", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, VICI_TYPE_IKE_UPDATE);
}

static void
install_child_signals (GType type)
{
  /**
   * ViciDaemon::child-updown:
   * @self: the daemon
   * @up: %TRUE if it is up, %FALSE if it goes down
   * @ike_sa: its IKE_SA, with that CHILD_SA alone
   * @child_sa: the CHILD_SA
   *
   * A CHILD_SA is up, or goes down. It does not come for attempts that fail, and
   * not for a CHILD_SA that is rekeyed.
   *
   * Wire: `child-updown`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CHILD_UPDOWN] =
    g_signal_new ("child-updown", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, G_TYPE_BOOLEAN, VICI_TYPE_IKE_SA, VICI_TYPE_CHILD_SA);

  /**
   * ViciDaemon::child-rekey:
   * @self: the daemon
   * @ike_sa: its IKE_SA, without CHILD_SAs
   * @old_sa: the CHILD_SA that was replaced
   * @new_sa: the one that replaces it, with a unique id of its own
   *
   * A CHILD_SA was rekeyed.
   *
   * Wire: `child-rekey`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CHILD_REKEY] =
    g_signal_new ("child-rekey", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 3, VICI_TYPE_IKE_SA, VICI_TYPE_CHILD_SA, VICI_TYPE_CHILD_SA);
}

static void
install_log_signals (GType type)
{
  /**
   * ViciDaemon::alert:
   * @self: the daemon
   * @alert: what it is about
   *
   * Something went wrong, or may have. Not every alert is the failure of the IKE_SA
   * that it names. strongSwan has this since 6.0.3.
   *
   * Wire: `alert`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_ALERT] =
    g_signal_new ("alert", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, VICI_TYPE_ALERT);

  /**
   * ViciDaemon::log:
   * @self: the daemon
   * @entry: the entry
   *
   * The daemon has made an entry in its log, of level 0 or 1. There are many, and
   * the daemon has to send each of them.
   *
   * Wire: `log`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_LOG] =
    g_signal_new ("log", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, VICI_TYPE_LOG_ENTRY);

  /**
   * ViciDaemon::control-log:
   * @self: the daemon
   * @entry: the entry
   *
   * What the daemon says of an `initiate` or a `terminate` that was called on this
   * object. It comes by itself with them, and is not subscribed to.
   *
   * Wire: `control-log`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CONTROL_LOG] =
    g_signal_new ("control-log", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, VICI_TYPE_LOG_ENTRY);
}

void
vici_daemon_install_signals (ViciDaemonClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  install_ike_signals (type);
  install_child_signals (type);
  install_log_signals (type);

  /**
   * ViciDaemon::event:
   * @self: the daemon
   * @name: the name of the event
   * @message: what it says
   *
   * The connection has got an event, known to the library or not, well-formed or
   * not. It comes before the event's own signal. The detail of the signal is the
   * event's name: `event::ike-updown`.
   *
   * A handler with a detail has that event subscribed to, if the library knows it
   * (see vici_event_info_list()); others have to be asked for with
   * vici_daemon_watch_async(), because GObject does not tell which details have
   * handlers. A handler without a detail gets all that is subscribed to, by whom it
   * may be, and subscribes to nothing itself.
   *
   * Wire: `EVENT`.
   *
   * Since: 1.0
   */
  signals[SIGNAL_EVENT] =
    g_signal_new ("event", type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, G_TYPE_STRING | G_SIGNAL_TYPE_STATIC_SCOPE, VICI_TYPE_MESSAGE);
}
