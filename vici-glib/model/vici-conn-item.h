/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include "vici-control-log.h"
#include "vici-failure.h"
#include "vici-item.h"

G_BEGIN_DECLS

/**
 * ViciConnState:
 * @VICI_CONN_STATE_DOWN: it is not up
 * @VICI_CONN_STATE_CONNECTING: it is being brought up
 * @VICI_CONN_STATE_UP: it is up
 * @VICI_CONN_STATE_FAILED: it is down, because it could not be brought up
 *
 * How a connection is doing, for people.
 *
 * Since: 1.0
 */
typedef enum
{
  VICI_CONN_STATE_DOWN,
  VICI_CONN_STATE_CONNECTING,
  VICI_CONN_STATE_UP,
  VICI_CONN_STATE_FAILED
} ViciConnState;

#define VICI_TYPE_CONN_ITEM (vici_conn_item_get_type ())

VICI_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (ViciConnItem, vici_conn_item, VICI, CONN_ITEM, ViciItem)

VICI_AVAILABLE_IN_1_0
gboolean vici_conn_item_get_configured (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
ViciConnState vici_conn_item_get_state (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
const char *vici_conn_item_get_state_text (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
ViciFailure vici_conn_item_get_failure (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
const char *vici_conn_item_get_reason (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
GDateTime *vici_conn_item_get_up_since (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
GListModel *vici_conn_item_get_ike_sas (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_conn_item_get_bytes_in (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_conn_item_get_bytes_out (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_conn_item_get_rate_in (ViciConnItem *self);
VICI_AVAILABLE_IN_1_0
guint64 vici_conn_item_get_rate_out (ViciConnItem *self);

VICI_AVAILABLE_IN_1_0
void vici_conn_item_up_async (ViciConnItem       *self,
                              const char         *child,
                              ViciControlLog     *log,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_conn_item_up_finish (ViciConnItem *self,
                                   GAsyncResult *result,
                                   GError      **error);
VICI_AVAILABLE_IN_1_0
void vici_conn_item_down_async (ViciConnItem       *self,
                                const char         *child,
                                ViciControlLog     *log,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data);
VICI_AVAILABLE_IN_1_0
gboolean vici_conn_item_down_finish (ViciConnItem *self,
                                     GAsyncResult *result,
                                     GError      **error);

G_END_DECLS
