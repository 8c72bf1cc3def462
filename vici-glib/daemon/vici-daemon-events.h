/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-daemon.h"
#include "vici-watcher.h"

G_BEGIN_DECLS

/* The signals of ViciDaemon, and what they are emitted for. */

void         vici_daemon_install_signals (ViciDaemonClass *klass);

/* Connects the daemon to the events of its connection. */
ViciWatcher *vici_daemon_connect_events  (ViciDaemon      *self);

G_END_DECLS
