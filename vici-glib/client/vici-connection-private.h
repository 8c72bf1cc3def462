/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-connection.h"
#include "vici-link.h"
#include "vici-opener.h"

G_BEGIN_DECLS

/* The connection in three files: vici-connection.c is the class and its
 * properties, vici-connection-open.c how it begins and ends,
 * vici-connection-call.c what is asked over it. */

struct _ViciConnection
{
  GObject             parent_instance;

  char               *uri;              /* its own; NULL: it was made of a stream */
  ViciTransport      *transport;        /* instead of that; NULL: none */
  GIOStream          *io_stream;        /* while it is open */
  gboolean            fixed_stream;     /* made of a stream, and not of a URI */
  ViciConnectionState state;
  guint               timeout;
  guint               max_in_flight;

  ViciLink           *link;             /* while opening or open */
  ViciLink           *closing;          /* the last one, until its end was delivered; it
                                           keeps the connection alive, not the reverse */
  gboolean            quiet;            /* an end that only `closed` handlers ask about */
  gboolean            unnotified;       /* it has ended where nobody could be told */

  /* While opening. */
  ViciOpener         *opener;
  GAsyncReadyCallback open_callback;
  gpointer            open_data;

  GHashTable         *subscriptions;    /* event name → number, to be kept up */
};

/* -- vici-connection.c -- */

void      vici_connection_set_state           (ViciConnection     *self,
                                               ViciConnectionState state);
void      vici_connection_notify_state        (ViciConnection     *self);
void      vici_connection_notify_io_stream    (ViciConnection     *self);
void      vici_connection_notify_pending      (ViciConnection     *self);
void      vici_connection_emit_event          (ViciConnection     *self,
                                               GQuark              name,
                                               ViciMessage        *message);
void      vici_connection_emit_closed         (ViciConnection     *self,
                                               const GError       *error);
gboolean  vici_connection_has_closed_handler  (ViciConnection     *self);

/* -- vici-connection-open.c -- */

/* Makes it open over a stream, as from here on. */
void      vici_connection_start               (ViciConnection     *self,
                                               GIOStream          *stream);

/* Ends it, but asks for no turn of the main context for the sake of anything
 * that nobody would hear of. Returns whether there is something to hear of all
 * the same, for which the link keeps the connection alive. */
gboolean  vici_connection_shut_down_quietly   (ViciConnection     *self);

/* Tells of an end that was met within a synchronous call. */
void      vici_connection_notify_down         (ViciConnection     *self);

/* The link that a call goes over, handed over: the one that is open or opening;
 * else one on which every call fails for that reason. */
ViciLink *vici_connection_take_link           (ViciConnection     *self);

/* Delivers a success that needed no daemon. */
void      vici_connection_complete_later      (ViciConnection     *self,
                                               gpointer            tag,
                                               GAsyncReadyCallback callback,
                                               gpointer            user_data);

/* Counts what has to be subscribed to anew after the next opening. */
void      vici_connection_add_subscription    (ViciConnection     *self,
                                               const char         *event);
gboolean  vici_connection_remove_subscription (ViciConnection     *self,
                                               const char         *event);

G_END_DECLS
