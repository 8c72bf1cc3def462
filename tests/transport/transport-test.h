/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <string.h>

#include "vici-transport.h"

G_BEGIN_DECLS

/* An empty directory, and its removal with the files that are in it. */
char          *transport_test_make_directory   (void);
void           transport_test_remove_directory (const char    *directory);

/* A transport whose URI has to be right. */
ViciTransport *transport_test_new              (const char    *uri);

/* Connects by the main loop. */
GIOStream     *transport_test_connect          (ViciTransport *transport,
                                                GCancellable  *cancellable,
                                                GError       **error);
GIOStream     *transport_test_connect_uri      (const char    *uri,
                                                GError       **error);

/* Where the streams go that come in, and the next of them. */
GPtrArray     *transport_test_collect          (ViciTransport *transport);
GIOStream     *transport_test_wait             (GPtrArray     *streams);

/* Runs what there is to run. */
void           transport_test_settle           (void);

/* Whether what is written to either end arrives at the other. */
void           transport_test_assert_joined    (GIOStream     *a,
                                                GIOStream     *b);

/* Whether one can listen on it, and connect to that. */
void           transport_test_assert_works     (const char    *uri);

G_END_DECLS
