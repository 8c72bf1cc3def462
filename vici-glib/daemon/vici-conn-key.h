/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-message.h"

G_BEGIN_DECLS

/* Of values that mean the same to the daemon it makes the same text. NULL: what one
 * means cannot be told. */
typedef char *(*ViciConnNormal) (const char *text);

/* A key of a connection that is listed, how it is sent and how it is listed. */
typedef struct
{
  const char    *key;
  const char    *listed_key;            /* NULL: the same */
  ViciConnNormal normal;
  ViciConnNormal listed_normal;         /* NULL: the same */
  const char    *unset;                 /* what it is when it was not sent; NULL: not known */
  const char    *unlisted;              /* what it is when it is not listed; NULL: not known */
  gboolean       is_set;                /* order and repetitions do not count */
} ViciConnKey;

/* Each ends with one without a name. */
extern const ViciConnKey vici_conn_keys[];
extern const ViciConnKey vici_conn_auth_keys[];
extern const ViciConnKey vici_conn_child_keys[];

/* Those whose default depends on what else is set. */
extern const ViciConnKey vici_conn_key_rekey_time[];
extern const ViciConnKey vici_conn_key_rekey_time_beside_reauth_time[];
extern const ViciConnKey vici_conn_key_unique[];
extern const ViciConnKey vici_conn_key_id[];
extern const ViciConnKey vici_conn_key_id_beside_certs[];

gboolean vici_conn_key_is_same (const ViciConnKey *key,
                                ViciMessage       *sent,
                                ViciMessage       *listed);

G_END_DECLS
