/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VICI_TYPE_CHANNEL (vici_channel_get_type ())

/* A GIOStream as its owner needs it: reads and writes that never wait, a main
 * loop that wakes up when they would do something, and a wait outside of any
 * main loop for the synchronous calls. */
G_DECLARE_DERIVABLE_TYPE (ViciChannel, vici_channel, VICI, CHANNEL, GObject)

struct _ViciChannelClass
{
  GObjectClass parent_class;

  gssize       (*read)  (ViciChannel         *self,
                         guint8              *buffer,
                         gsize                size,
                         GError             **error);
  gssize       (*write) (ViciChannel         *self,
                         const guint8        *data,
                         gsize                length,
                         GError             **error);
  void         (*watch) (ViciChannel         *self,
                         GIOCondition         condition);
  GIOCondition (*ready) (ViciChannel         *self);
  GIOCondition (*known) (ViciChannel         *self);
  gboolean     (*wait)  (ViciChannel         *self,
                         gint64               deadline,
                         GCancellable        *cancellable,
                         GError             **error);
  void         (*close) (ViciChannel         *self);
};

/* The channel over a stream: @source is dispatched upon readiness, in @context. */
ViciChannel *vici_channel_new   (GIOStream           *stream,
                                 GSource             *source,
                                 GMainContext        *context);

/* Returned, without an error set, where one would have to wait. */
#define VICI_CHANNEL_WOULD_BLOCK (-2)

/* How many bytes were read; 0 at the end of the stream; -1 on error. Likewise
 * for writing, which may take less than all. */
gssize       vici_channel_read  (ViciChannel         *self,
                                 guint8              *buffer,
                                 gsize                size,
                                 GError             **error);
gssize       vici_channel_write (ViciChannel         *self,
                                 const guint8        *data,
                                 gsize                length,
                                 GError             **error);

/* What to wake up for, and to wait for. */
void         vici_channel_watch (ViciChannel         *self,
                                 GIOCondition         condition);

/* What there is, as of the main loop's last poll. */
GIOCondition vici_channel_ready (ViciChannel         *self);

/* What there is without asking the kernel: no reason to poll. */
GIOCondition vici_channel_known (ViciChannel         *self);

/* Blocks until there is something to do, a time of the monotonic clock (-1:
 * none) or a cancellation. Dispatches nothing of the owner's context. */
gboolean     vici_channel_wait  (ViciChannel         *self,
                                 gint64               deadline,
                                 GCancellable        *cancellable,
                                 GError             **error);

/* Closes without waiting for anything. */
void         vici_channel_close (ViciChannel         *self);

/* The error of a vici_channel_wait() that has run out of time. */
void         vici_channel_set_timed_out (GError      **error);

G_END_DECLS
