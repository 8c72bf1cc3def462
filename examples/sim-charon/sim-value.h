/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The values of a configuration, as charon reads them. */

gboolean    sim_parse_uint    (const char *text,
                               guint64     max,
                               guint64    *value);
gboolean    sim_parse_boolean (const char *text,
                               gboolean   *value);

/* Seconds, with a suffix s, m, h or d. */
gboolean    sim_parse_time    (const char *text,
                               guint64    *seconds);

/* Bytes, with a suffix k, m or g. */
gboolean    sim_parse_bytes   (const char *text,
                               guint64    *bytes);

/* How an action is listed: "trap | start" for "trap|start"; NULL: it is none. */
const char *sim_parse_action  (const char *text);

/* Whether a word of an action means that one. */
gboolean    sim_action_has    (const char *text,
                               const char *action);

/* How an IPsec mode is listed. */
const char *sim_parse_mode    (const char *text);

/* An EAP method, as "EAP_MD5" for "md5" or "4"; "(7)" for a number without a
 * name; NULL for a name that is none. */
char       *sim_parse_eap     (const char *text);

G_END_DECLS
