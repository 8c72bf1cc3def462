/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Addresses, ranges of them, and traffic selectors. */

/* A range "10.0.0.1-10.0.0.9", a subnet "10.0.0.0/24" or one address. */
typedef struct
{
  GSocketFamily family;
  guint8        from[16];       /* of as many bytes as the family has */
  guint8        to[16];
  guint8        given[16];      /* a subnet's address, with its host's part */
  guint         prefix;         /* meaningful unless @ranged */
  gboolean      ranged;
} SimRange;

gboolean sim_parse_range    (const char     *text,
                             SimRange       *range);

/* A traffic selector as it is listed, or NULL if it is none. */
char    *sim_parse_selector (const char     *text);

gboolean sim_is_address     (const char     *text);

/* The text of an address. */
char    *sim_address        (GSocketFamily   family,
                             const guint8   *bytes);

G_END_DECLS
