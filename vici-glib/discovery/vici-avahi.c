/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-avahi.h"

#include "vici-i18n.h"

#define BUS_NAME "org.freedesktop.Avahi"
#define COLLISION "org.freedesktop.Avahi.CollisionError"

struct _ViciAvahi
{
  const ViciAvahiFuncs *funcs;
  gpointer              owner;
  GCancellable         *connecting;
  GDBusConnection      *bus;            /* NULL: there is none yet */
  guint                 watch;          /* of the name on the bus */

  /* The unique name of the process, so that nobody else's signals count. NULL: it
   * is not there. */
  char                 *daemon;
  guint                 subscription;
};

static void
on_signal (GDBusConnection *bus,
           const char      *sender,
           const char      *path,
           const char      *interface,
           const char      *signal,
           GVariant        *arguments,
           gpointer         user_data)
{
  ViciAvahi *self = user_data;

  self->funcs->told (self->owner, path, signal, arguments);
}

static void
forget_daemon (ViciAvahi *self)
{
  if (self->daemon == NULL)
    return;

  g_dbus_connection_signal_unsubscribe (self->bus, self->subscription);
  g_clear_pointer (&self->daemon, g_free);
}

static void
on_appeared (GDBusConnection *bus,
             const char      *name,
             const char      *name_owner,
             gpointer         user_data)
{
  ViciAvahi *self = user_data;

  self->daemon = g_strdup (name_owner);
  self->subscription = g_dbus_connection_signal_subscribe (bus, name_owner, NULL, NULL, NULL, NULL,
                                                           G_DBUS_SIGNAL_FLAGS_NONE,
                                                           on_signal, self, NULL);
  self->funcs->appeared (self->owner);
}

static void
on_vanished (GDBusConnection *bus,
             const char      *name,
             gpointer         user_data)
{
  ViciAvahi *self = user_data;
  g_autoptr (GError) error = NULL;

  forget_daemon (self);
  if (g_dbus_connection_is_closed (self->bus))
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_CLOSED,
                         _("The system bus has gone away, and Avahi with it"));
  else
    g_set_error_literal (&error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                         _("Avahi, which does mDNS, is not running"));

  self->funcs->vanished (self->owner, error);
}

static void
on_connected (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *bus = g_dbus_connection_new_for_address_finish (result, &error);
  ViciAvahi *self = user_data;

  /* Then it has been freed. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (bus == NULL)
    {
      g_prefix_error (&error, _("Cannot reach the system bus, where Avahi would be: "));
      self->funcs->vanished (self->owner, error);
      return;
    }

  self->bus = bus;
  self->watch = g_bus_watch_name_on_connection (bus, BUS_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                                on_appeared, on_vanished, self, NULL);
}

ViciAvahi *
vici_avahi_new (const ViciAvahiFuncs *funcs,
                gpointer              owner,
                GError              **error)
{
  g_autofree char *address = NULL;
  ViciAvahi *self;

  if (!VICI_WITH_MDNS)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           _("This library was built without mDNS"));
      return NULL;
    }

  /* No wait: this is a constant, or a variable of the environment. */
  address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SYSTEM, NULL, error);
  if (address == NULL)
    return NULL;

  self = g_new0 (ViciAvahi, 1);
  self->funcs = funcs;
  self->owner = owner;
  self->connecting = g_cancellable_new ();

  /* The connection that programs share ends the program when the bus ends. */
  g_dbus_connection_new_for_address (address,
                                     G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                       G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                     NULL, self->connecting, on_connected, self);

  return self;
}

void
vici_avahi_free (ViciAvahi *self)
{
  g_cancellable_cancel (self->connecting);
  g_object_unref (self->connecting);

  if (self->bus != NULL)
    {
      g_bus_unwatch_name (self->watch);
      forget_daemon (self);
      g_dbus_connection_close (self->bus, NULL, NULL, NULL);
      g_object_unref (self->bus);
    }

  g_free (self);
}

void
vici_avahi_call (ViciAvahi          *self,
                 const char         *path,
                 const char         *interface,
                 const char         *method,
                 GVariant           *arguments,
                 const char         *reply_type,
                 GCancellable       *cancellable,
                 GAsyncReadyCallback callback,
                 gpointer            user_data)
{
  g_dbus_connection_call (self->bus, self->daemon, path, interface, method, arguments,
                          G_VARIANT_TYPE (reply_type), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                          cancellable, callback, user_data);
}

GVariant *
vici_avahi_finish (GObject      *source,
                   GAsyncResult *result,
                   GError      **error)
{
  g_autoptr (GError) local_error = NULL;
  GVariant *reply =
    g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &local_error);
  g_autofree char *name = NULL;

  if (reply != NULL)
    return reply;

  name = g_dbus_error_get_remote_error (local_error);
  g_dbus_error_strip_remote_error (local_error);

  if (g_strcmp0 (name, COLLISION) == 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_EXISTS, local_error->message);
  else
    g_propagate_prefixed_error (error, g_steal_pointer (&local_error), _("Avahi has failed: "));

  return NULL;
}

void
vici_avahi_send (ViciAvahi  *self,
                 const char *path,
                 const char *interface,
                 const char *method)
{
  g_dbus_connection_call (self->bus, self->daemon, path, interface, method, NULL, NULL,
                          G_DBUS_CALL_FLAGS_NO_AUTO_START, -1, NULL, NULL, NULL);
}
