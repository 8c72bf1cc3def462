/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <gio/gio.h>

#include "vici-message.h"
#include "vici-stream.h"
#include "vici-transport.h"
#include "vici-version.h"

G_BEGIN_DECLS

typedef enum
{
  VICI_CONNECTION_CLOSED,
  VICI_CONNECTION_OPENING,
  VICI_CONNECTION_OPEN,
  VICI_CONNECTION_CLOSING
} ViciConnectionState;

#define VICI_TYPE_CONNECTION (vici_connection_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciConnection, vici_connection, VICI, CONNECTION, GObject)

VICI_AVAILABLE_IN_1_0
ViciConnection *vici_connection_new (const char *uri);
VICI_AVAILABLE_IN_1_0
ViciConnection *vici_connection_new_for_transport (ViciTransport *transport);
VICI_AVAILABLE_IN_1_0
ViciConnection *vici_connection_new_for_stream (GIOStream *stream);

VICI_AVAILABLE_IN_1_0
const char *vici_connection_get_uri (ViciConnection *self);
VICI_AVAILABLE_IN_1_0
void vici_connection_set_uri (ViciConnection *self,
                              const char     *uri);
VICI_AVAILABLE_IN_1_0
ViciTransport *vici_connection_get_transport (ViciConnection *self);
VICI_AVAILABLE_IN_1_0
void vici_connection_set_transport (ViciConnection *self,
                                    ViciTransport  *transport);
VICI_AVAILABLE_IN_1_0
GIOStream *vici_connection_get_io_stream (ViciConnection *self);
VICI_AVAILABLE_IN_1_0
ViciConnectionState vici_connection_get_state (ViciConnection *self);
VICI_AVAILABLE_IN_1_0
guint vici_connection_get_timeout (ViciConnection *self);
VICI_AVAILABLE_IN_1_0
void vici_connection_set_timeout (ViciConnection *self,
                                  guint           timeout);
VICI_AVAILABLE_IN_1_0
guint vici_connection_get_max_in_flight (ViciConnection *self);
VICI_AVAILABLE_IN_1_0
void vici_connection_set_max_in_flight (ViciConnection *self,
                                        guint           max_in_flight);
VICI_AVAILABLE_IN_1_0
guint vici_connection_get_pending (ViciConnection *self);

VICI_AVAILABLE_IN_1_0
void vici_connection_open_async (ViciConnection     *self,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_connection_open_finish (ViciConnection *self,
                                      GAsyncResult   *result,
                                      GError        **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_connection_open_sync (ViciConnection *self,
                                    GCancellable   *cancellable,
                                    GError        **error);

VICI_AVAILABLE_IN_1_0
void vici_connection_close_async (ViciConnection     *self,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_connection_close_finish (ViciConnection *self,
                                       GAsyncResult   *result,
                                       GError        **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_connection_close_sync (ViciConnection *self,
                                     GCancellable   *cancellable,
                                     GError        **error);

VICI_AVAILABLE_IN_1_0
void vici_connection_call_async (ViciConnection     *self,
                                 const char         *command,
                                 ViciMessage        *request,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_connection_call_finish (ViciConnection *self,
                                          GAsyncResult   *result,
                                          GError        **error);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_connection_call_sync (ViciConnection *self,
                                        const char     *command,
                                        ViciMessage    *request,
                                        GCancellable   *cancellable,
                                        GError        **error);

VICI_AVAILABLE_IN_1_0
ViciStream *vici_connection_call_streaming (ViciConnection *self,
                                            const char     *command,
                                            const char     *event,
                                            ViciMessage    *request);

VICI_AVAILABLE_IN_1_0
void vici_connection_subscribe_async (ViciConnection     *self,
                                      const char         *event,
                                      GCancellable       *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_connection_subscribe_finish (ViciConnection *self,
                                           GAsyncResult   *result,
                                           GError        **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_connection_subscribe_sync (ViciConnection *self,
                                         const char     *event,
                                         GCancellable   *cancellable,
                                         GError        **error);

VICI_AVAILABLE_IN_1_0
void vici_connection_unsubscribe_async (ViciConnection     *self,
                                        const char         *event,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_connection_unsubscribe_finish (ViciConnection *self,
                                             GAsyncResult   *result,
                                             GError        **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_connection_unsubscribe_sync (ViciConnection *self,
                                           const char     *event,
                                           GCancellable   *cancellable,
                                           GError        **error);

G_END_DECLS
