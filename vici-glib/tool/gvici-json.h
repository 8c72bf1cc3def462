/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

#include "gvici-section.h"

G_BEGIN_DECLS

/* Adds the members of the object that the text holds. @shown: where the text
 * comes from, for error messages. */
gboolean gvici_json_read (GBytes       *text,
                          const char   *shown,
                          GviciSection *section,
                          GError      **error);

/* Whether json-glib, which is lenient, can be trusted with a text. */
gboolean gvici_json_check (const char *text,
                           const char *shown,
                           GError    **error);

/* A message on one line. @name: the name of the only member of an object to
 * put it in; NULL: none. */
char *gvici_json_write (ViciMessage *message,
                        const char  *name,
                        GError     **error);

G_END_DECLS
