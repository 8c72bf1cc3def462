/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TRANSPORT_EXTENSION_POINT_NAME "vici-transport"

#define VICI_TYPE_TRANSPORT (vici_transport_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_INTERFACE (ViciTransport, vici_transport, VICI, TRANSPORT, GObject)

struct _ViciTransportInterface
{
  GTypeInterface parent_iface;

  void  (*connect) (ViciTransport *self,
                    GTask         *task);
  char *(*listen)  (ViciTransport *self,
                    GError       **error);
  void  (*stop)    (ViciTransport *self);

  /*< private >*/
  gpointer padding[8];
};

VICI_AVAILABLE_IN_1_0
ViciTransport *vici_transport_new_for_uri (const char *uri,
                                           GError    **error);

VICI_AVAILABLE_IN_1_0
const char *vici_transport_get_uri (ViciTransport *self);

VICI_AVAILABLE_IN_1_0
void vici_transport_connect_async (ViciTransport      *self,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
VICI_AVAILABLE_IN_1_0
GIOStream *vici_transport_connect_finish (ViciTransport *self,
                                          GAsyncResult  *result,
                                          GError       **error);

VICI_AVAILABLE_IN_1_0
void vici_transport_connected (ViciTransport *self,
                               GTask         *task,
                               GIOStream     *stream);

VICI_AVAILABLE_IN_1_0
char *vici_transport_listen (ViciTransport *self,
                             GError       **error);
VICI_AVAILABLE_IN_1_0
void vici_transport_stop (ViciTransport *self);
VICI_AVAILABLE_IN_1_0
void vici_transport_incoming (ViciTransport *self,
                              GIOStream     *stream);

VICI_AVAILABLE_IN_1_0
void vici_transport_add_module_directory (const char *directory);

G_END_DECLS
