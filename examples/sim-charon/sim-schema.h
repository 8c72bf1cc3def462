/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* What a section of a configuration may hold. */

typedef gboolean (*SimCheck) (GBytes *value);

typedef struct
{
  const char *name;
  SimCheck    check;
} SimOption;

/* Returns what is wrong with a section in it; NULL: nothing. */
typedef char *(*SimCheckSection) (const char  *name,
                                  ViciMessage *section);

typedef struct
{
  const char      *what;        /* is discarded if something is wrong */
  const SimOption *values;      /* each ends with a name of NULL */
  const SimOption *lists;
  SimCheckSection  check_section;
} SimSchema;

/* What is wrong with a section; NULL: nothing. */
char *sim_schema_check (const SimSchema *schema,
                        ViciMessage     *section);

/* The one that charon has for a connection. */
char *sim_check_conn   (ViciMessage     *section);

G_END_DECLS
