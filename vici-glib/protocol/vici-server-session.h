/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-message.h"
#include "vici-version.h"

G_BEGIN_DECLS

#define VICI_TYPE_SERVER_SESSION (vici_server_session_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_DERIVABLE_TYPE (ViciServerSession, vici_server_session, VICI, SERVER_SESSION, GObject)

struct _ViciServerSessionClass
{
  GObjectClass parent_class;

  void     (*command)     (ViciServerSession *self,
                           guint64            id,
                           const char        *name,
                           ViciMessage       *request);
  gboolean (*knows_event) (ViciServerSession *self,
                           const char        *name);

  /*< private >*/
  gpointer padding[8];
};

VICI_AVAILABLE_IN_1_0
gssize vici_server_session_receive_packet (ViciServerSession *self,
                                           const guint8      *data,
                                           gsize              length,
                                           GError           **error);

VICI_AVAILABLE_IN_1_0
gboolean vici_server_session_reply (ViciServerSession *self,
                                    guint64            id,
                                    ViciMessage       *reply);
VICI_AVAILABLE_IN_1_0
gboolean vici_server_session_reply_unknown (ViciServerSession *self,
                                            guint64            id);
VICI_AVAILABLE_IN_1_0
gboolean vici_server_session_send_event (ViciServerSession *self,
                                         guint64            id,
                                         const char        *name,
                                         ViciMessage       *message);

VICI_AVAILABLE_IN_1_0
guint vici_server_session_get_pending (ViciServerSession *self);
VICI_AVAILABLE_IN_1_0
gsize vici_server_session_get_pending_size (ViciServerSession *self);
VICI_AVAILABLE_IN_1_0
gboolean vici_server_session_has_unfinished (ViciServerSession *self);
VICI_AVAILABLE_IN_1_0
gsize vici_server_session_get_queued (ViciServerSession *self);

VICI_AVAILABLE_IN_1_0
const guint8 *vici_server_session_get_output (ViciServerSession *self,
                                              gsize             *length);
VICI_AVAILABLE_IN_1_0
void vici_server_session_take_output (ViciServerSession *self,
                                      gsize              length);

G_END_DECLS
