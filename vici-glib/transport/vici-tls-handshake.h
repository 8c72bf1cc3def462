/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include "vici-tls-allow-list.h"

G_BEGIN_DECLS

/* What all who come to one place have in common. */
typedef struct
{
  GTlsCertificate       *certificate;   /* the own one */
  GTlsDatabase          *database;      /* NULL: nobody is trusted for who has issued it */
  GTlsAuthenticationMode clients;
  ViciTlsAllowList      *allowed;       /* empty: whoever is trusted */
  guint                  timeout_ms;    /* for all of it */
  guint                  running_ms;    /* for the handshake, once its turn has come */
} ViciTlsTerms;

/* How far one has come. */
typedef enum
{
  VICI_TLS_SILENT,              /* has not said what TLS begins with */
  VICI_TLS_WAITING,             /* has, and waits for its turn */
  VICI_TLS_RUNNING              /* is shaking hands */
} ViciTlsState;

/* A client that has connected, up to when it is known who it is. */
typedef struct _ViciTlsHandshake ViciTlsHandshake;

typedef struct
{
  /* It has begun to speak TLS: from here on it may have its turn. */
  void (*waits) (ViciTlsHandshake *self,
                 gpointer          user_data);

  /* It is who it should be, or, without @tls, its end has come. The handshake is
   * of no more use. */
  void (*ended) (ViciTlsHandshake *self,
                 GTlsConnection   *tls,
                 gpointer          user_data);
} ViciTlsHandshakeFuncs;

/* In the thread-default main context, in which the functions are called. Ends by
 * itself when its time is over. @terms stay with the caller. */
ViciTlsHandshake *vici_tls_handshake_new       (GSocketConnection           *connection,
                                                const ViciTlsTerms          *terms,
                                                const ViciTlsHandshakeFuncs *funcs,
                                                gpointer                     user_data);

/* Calls no function any more, and closes the connection if it has not ended. */
void              vici_tls_handshake_free      (ViciTlsHandshake            *self);

ViciTlsState      vici_tls_handshake_get_state (ViciTlsHandshake            *self);

/* Where it comes from: an address, or a network of one subscriber. */
GBytes           *vici_tls_handshake_get_network (ViciTlsHandshake          *self);

/* Its turn has come. */
void              vici_tls_handshake_run       (ViciTlsHandshake            *self);

/* Says why a client is turned away. */
void              vici_tls_handshake_log       (ViciTlsHandshake            *self,
                                                const char                  *why);

G_END_DECLS
