/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Avahi as it is on the system bus: whether it is there, calls of it, and what it
 * tells. It has a connection to the bus of its own, and Avahi lets go of what was
 * made over a connection when that ends: nothing has to be taken back one by one. */
typedef struct _ViciAvahi ViciAvahi;

#define VICI_AVAHI_SERVICE_TYPE "_vici._tcp"

/* AVAHI_IF_UNSPEC and AVAHI_PROTO_*. */
#define VICI_AVAHI_ANY_INTERFACE -1
#define VICI_AVAHI_ANY_PROTOCOL -1
#define VICI_AVAHI_IPV4 0
#define VICI_AVAHI_IPV6 1

#define VICI_AVAHI_SERVER_PATH "/"
#define VICI_AVAHI_SERVER "org.freedesktop.Avahi.Server2"
#define VICI_AVAHI_ENTRY_GROUP "org.freedesktop.Avahi.EntryGroup"
#define VICI_AVAHI_SERVICE_BROWSER "org.freedesktop.Avahi.ServiceBrowser"
#define VICI_AVAHI_SERVICE_RESOLVER "org.freedesktop.Avahi.ServiceResolver"

typedef struct
{
  /* It is there, and knows of nothing that was made before. */
  void (*appeared) (gpointer      owner);

  /* It is not there, or not any more, or there is no bus. It may still appear. */
  void (*vanished) (gpointer      owner,
                    const GError *error);

  /* The object at a path tells something. What @arguments hold is not checked. */
  void (*told)     (gpointer      owner,
                    const char   *path,
                    const char   *what,
                    GVariant     *arguments);
} ViciAvahiFuncs;

/* The functions are called in the thread-default main context, and not before the
 * caller returns to it. Fails with G_IO_ERROR_NOT_SUPPORTED where mDNS is not built
 * in. */
ViciAvahi *vici_avahi_new    (const ViciAvahiFuncs *funcs,
                              gpointer              owner,
                              GError              **error);

/* None of them is called any more. */
void       vici_avahi_free   (ViciAvahi            *self);

/* For use while it is there. @callback is called even when this has been freed: a
 * call that is cancelled always ends with G_IO_ERROR_CANCELLED. */
void       vici_avahi_call   (ViciAvahi            *self,
                              const char           *path,
                              const char           *interface,
                              const char           *method,
                              GVariant             *arguments,
                              const char           *reply_type,
                              GCancellable         *cancellable,
                              GAsyncReadyCallback   callback,
                              gpointer              user_data);

/* A name that is taken is G_IO_ERROR_EXISTS. */
GVariant  *vici_avahi_finish (GObject              *source,
                              GAsyncResult         *result,
                              GError              **error);

/* What needs no answer. */
void       vici_avahi_send   (ViciAvahi            *self,
                              const char           *path,
                              const char           *interface,
                              const char           *method);

G_END_DECLS
