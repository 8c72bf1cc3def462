/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "transport-test.h"

G_BEGIN_DECLS

/* Two hosts of a network, and a port. */
#define SERVER "10.77.0.1"
#define CLIENT "10.77.0.2"
#define PORT   "45023"

/* On a network between two, which is of this run alone. */
char    *vdestack_test_uri          (const char     *host_and_port,
                                     const char     *net,
                                     const char     *address);

/* Keeps the result of what was begun, and waits for it. */
void     vdestack_test_keep         (GObject        *source,
                                     GAsyncResult   *result,
                                     gpointer        user_data);
void     vdestack_test_wait         (GAsyncResult  **result);

/* Children of this process, of which each holds a stack, and their end. */
GStrv    vdestack_test_children     (void);
void     vdestack_test_wait_for_end (GStrv           children);

/* Has the plug-ins found, or says why there cannot be any stack, in TAP. */
gboolean vdestack_test_begin        (void);

/* Nothing is left of a test when the next one begins. */
void     vdestack_test_add          (const char     *path,
                                     GTestFunc       func);
int      vdestack_test_run          (void);

G_END_DECLS
