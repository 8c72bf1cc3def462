/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-command-info.h"
#include "vici-event-info.h"
#include "vici-key-info.h"

G_BEGIN_DECLS

/* The tables are made from vici-glib/schema/ when the library is built. */

struct _ViciKeyInfo
{
  const char         *name;
  ViciValueType       type;
  ViciKeyFlags        flags;
  const char         *since;            /* NULL: as long as the command */
  const char         *fallback;         /* NULL: there is none */
  const char         *description;
  const char * const *words;            /* NULL: none */
  const ViciKeyInfo  *keys;             /* of a section, ended by one without a name */
};

struct _ViciCommandInfo
{
  const char *name;
  const char *since;
  const char *description;
  const char *stream_event;             /* NULL: none */
  gboolean    read_only;
  gboolean    blocking;
  ViciKeyInfo arguments;                /* a section without a name */
};

struct _ViciEventInfo
{
  const char         *name;
  const char         *since;
  const char         *description;
  const char * const *commands;         /* that stream it; empty: it is broadcast */
};

/* Each sorted by name. */
extern const ViciCommandInfo vici_command_table[];
extern const gsize vici_command_table_length;
extern const ViciEventInfo vici_event_table[];
extern const gsize vici_event_table_length;
extern const ViciKeyInfo vici_section_table[];
extern const gsize vici_section_table_length;

/* In a table whose entries begin with their name. */
gconstpointer vici_info_find       (const char    *name,
                                    gconstpointer  table,
                                    gsize          length,
                                    gsize          size);
GStrv         vici_info_list_names (gconstpointer  table,
                                    gsize          length,
                                    gsize          size);

/* What is said in the table does not change: a copy of it is the thing itself. */
gpointer      vici_info_copy       (gpointer info);
void          vici_info_free       (gpointer info);

G_END_DECLS
