/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Waits until it may be worth trying to connect to a UNIX socket again. It has no timer:
 * the kernel tells when something happens on the way to the socket's file. */
typedef struct _ViciSocketWatch ViciSocketWatch;

typedef void (*ViciSocketWatchFunc) (gpointer user_data);

/* @func is called, in the thread-default main context of now, each time that the file is
 * made, replaced or given other permissions, or that a folder or a link on the way to it
 * is, if the file may be there then. With @look it is called once from that context,
 * too, if there is already a file that may be written to. It may free the watch.
 *
 * A relative path starts where the process is now. */
ViciSocketWatch *vici_socket_watch_new         (const char         *path,
                                                gboolean            look,
                                                ViciSocketWatchFunc func,
                                                gpointer            user_data);
void             vici_socket_watch_free        (ViciSocketWatch    *self);

/* Whether nothing of that can pass unseen, as things are now. %FALSE: a folder on the way
 * may not be read by this user, the way ends in the root, or the system has no more
 * instances of inotify to give. */
gboolean         vici_socket_watch_is_watching (ViciSocketWatch    *self);

G_END_DECLS
