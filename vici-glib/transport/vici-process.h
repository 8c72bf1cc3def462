/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VICI_TYPE_PROCESS (vici_process_get_type ())

/* A program at the other end of a stream, and what it says on its standard error,
 * of which the end is kept. It has a session of its own, and so neither a terminal
 * nor the signals of one. It is told to go when this object goes. */
G_DECLARE_FINAL_TYPE (ViciProcess, vici_process, VICI, PROCESS, GObject)

/* Starts it, with what else @launcher says of its descriptors. @grace_ms is how long
 * it may take to go when it is told to. */
ViciProcess *vici_process_new             (GSubprocessLauncher *launcher,
                                           const char * const   *argv,
                                           guint                grace_ms,
                                           GError             **error);

GSubprocess *vici_process_get_subprocess  (ViciProcess         *self);

/* What it has said by now, as one clean line; NULL: nothing. Does not wait. */
char        *vici_process_dup_said        (ViciProcess         *self);

/* Adds to an error what the program has said, and how it has ended if that is
 * known by now. Domain and code stay. @self may be NULL. */
void         vici_process_explain         (ViciProcess         *self,
                                           GError              *error);

/* Tells it to go, with all that it has started itself and that has no other process
 * group: by SIGTERM, and by SIGKILL when the grace is over, or when this object goes
 * outside of any main loop. It is reaped when it is gone. */
void         vici_process_terminate       (ViciProcess         *self);

G_END_DECLS
