/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-message.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_SESSION (vici_session_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (ViciSession, vici_session, VICI, SESSION, GObject)

struct _ViciSessionClass
{
  GObjectClass parent_class;

  void  (*send)  (ViciSession  *self,
                  GBytes       *data);
  void  (*close) (ViciSession  *self);

  /* In C only: bindings have no form for it. */
#ifndef __GI_SCANNER__
  gsize (*write) (ViciSession  *self,
                  const guint8 *data,
                  gsize         length);
#else
  gpointer write;
#endif

  /*< private >*/
  gpointer padding[7];
};

typedef void (*ViciSessionFunc) (ViciSession  *session,
                                 const char   *event,
                                 ViciMessage  *message,
                                 const GError *error,
                                 gpointer      user_data);

VICI_AVAILABLE_IN_1_0
const char *vici_session_get_stream_event (const char *command);

VICI_AVAILABLE_IN_1_0
gssize vici_session_receive (ViciSession  *self,
                             const guint8 *data,
                             gsize         length,
                             GError      **error);
VICI_AVAILABLE_IN_1_0
gssize vici_session_receive_packet (ViciSession  *self,
                                    const guint8 *data,
                                    gsize         length,
                                    GError      **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_session_has_output (ViciSession *self);
VICI_AVAILABLE_IN_1_0
void vici_session_flush (ViciSession *self);
VICI_AVAILABLE_IN_1_0
void vici_session_closed (ViciSession  *self,
                          const GError *error);

VICI_AVAILABLE_IN_1_0
guint64 vici_session_call (ViciSession    *self,
                           const char     *command,
                           ViciMessage    *request,
                           ViciSessionFunc func,
                           gpointer        user_data,
                           GDestroyNotify  notify,
                           GError        **error);
VICI_AVAILABLE_IN_1_0
guint64 vici_session_call_streaming (ViciSession    *self,
                                     const char     *command,
                                     const char     *event,
                                     ViciMessage    *request,
                                     ViciSessionFunc func,
                                     gpointer        user_data,
                                     GDestroyNotify  notify,
                                     GError        **error);
VICI_AVAILABLE_IN_1_0
guint64 vici_session_subscribe (ViciSession    *self,
                                const char     *event,
                                ViciSessionFunc func,
                                gpointer        user_data,
                                GDestroyNotify  notify,
                                GError        **error);
VICI_AVAILABLE_IN_1_0
guint64 vici_session_unsubscribe (ViciSession    *self,
                                  const char     *event,
                                  ViciSessionFunc func,
                                  gpointer        user_data,
                                  GDestroyNotify  notify,
                                  GError        **error);
VICI_AVAILABLE_IN_1_0
gboolean vici_session_cancel (ViciSession *self,
                              guint64      id);

VICI_AVAILABLE_IN_1_0
gboolean vici_session_was_sent (ViciSession *self,
                                guint64      id);

VICI_AVAILABLE_IN_1_0
gboolean vici_session_is_closed (ViciSession *self);
VICI_AVAILABLE_IN_1_0
guint vici_session_get_pending (ViciSession *self);

VICI_AVAILABLE_IN_1_0
guint vici_session_get_max_in_flight (ViciSession *self);
VICI_AVAILABLE_IN_1_0
void vici_session_set_max_in_flight (ViciSession *self,
                                     guint        max_in_flight);
VICI_AVAILABLE_IN_1_0
gboolean vici_session_get_writable (ViciSession *self);
VICI_AVAILABLE_IN_1_0
void vici_session_set_writable (ViciSession *self,
                                gboolean     writable);
VICI_AVAILABLE_IN_1_0
gboolean vici_session_get_paused (ViciSession *self);
VICI_AVAILABLE_IN_1_0
void vici_session_set_paused (ViciSession *self,
                              gboolean     paused);

G_END_DECLS
