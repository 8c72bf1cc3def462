/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

typedef enum
{
  GVICI_FORMAT_PRETTY,
  GVICI_FORMAT_RAW,
  GVICI_FORMAT_JSON
} GviciFormat;

gboolean gvici_print_reply (GviciFormat  format,
                            const char  *command,
                            ViciMessage *message,
                            GError     **error);

/* @named: whether the name is shown in every format. */
gboolean gvici_print_event (GviciFormat  format,
                            gboolean     named,
                            const char  *event,
                            ViciMessage *message,
                            GError     **error);

/* A line at a time, so that whoever reads from a pipe sees it at once. */
gboolean gvici_print_line (const char *label,
                           const char *text,
                           GError    **error);

void gvici_print_error (const char *text);

/* The line that this prints, with its end. */
char *gvici_format_error (const char *text);

/* Ends the program as a broken pipe ends others. */
void gvici_leave_pipe (void) G_GNUC_NORETURN;

G_END_DECLS
