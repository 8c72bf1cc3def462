/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the process was started with: descriptors that others have made, and that
 * can be taken once in its life, since another file may have the number later.
 * Whoever takes one closes it, and no program that is started from here on
 * inherits it. */

typedef enum
{
  VICI_DESCRIPTOR_LISTENING,    /* a socket that listens */
  VICI_DESCRIPTOR_CONNECTED,    /* a socket that is connected */
  VICI_DESCRIPTOR_FILE,         /* a pipe, a terminal, … */
} ViciDescriptorKind;

/* Fails with G_IO_ERROR_CLOSED for one that is not open, G_IO_ERROR_BUSY for one
 * that was taken, G_IO_ERROR_INVALID_ARGUMENT for a socket that is of no use. */
gboolean   vici_descriptor_examine     (int                 fd,
                                        ViciDescriptorKind *kind,
                                        GError            **error);

/* These two take what was examined. */
GSocket   *vici_descriptor_take_socket (int                 fd,
                                        GError            **error);

/* One to read and write, or one for each. Fails with G_IO_ERROR_INVALID_ARGUMENT
 * where one is not open for that. */
GIOStream *vici_descriptor_take_files  (int                 in,
                                        int                 out,
                                        GError            **error);

G_END_DECLS
