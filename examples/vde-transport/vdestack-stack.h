/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A network stack, which the program vici-vdestack holds; see there why. What
 * stands for it here is the connection to that program: it is there for as long as
 * somebody has a reference, which each socket of the stack has. */

/* On the network @net, with @address/PREFIX. It is made while others go on. */
GSocket *vdestack_stack_new  (const char   *net,
                              const char   *address,
                              GError      **error);

/* Asks for a TCP socket: the stack is readable when it is there. */
gboolean vdestack_stack_ask  (GSocket      *stack,
                              GSocketFamily family,
                              GError      **error);

/* Takes one of those that were asked for; G_IO_ERROR_WOULD_BLOCK while none is
 * there. After any other error the stack is no more. */
GSocket *vdestack_stack_take (GSocket      *stack,
                              GError      **error);

/* Keeps the stack for as long as the socket is there. */
void     vdestack_stack_bind (GSocket      *stack,
                              GSocket      *socket);

G_END_DECLS
