/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* What all handlers need to answer with. */

/* What was built; an empty message where that is none, since what clients made up
 * got too long: charon drops such a one too. */
ViciMessage *sim_end       (ViciBuilder    *builder);

void         sim_return    (ViciInvocation *invocation,
                            ViciBuilder    *builder);
void         sim_stream    (ViciInvocation *invocation,
                            const char     *event,
                            ViciBuilder    *builder);
void         sim_fail      (ViciInvocation *invocation,
                            const char     *format,
                            ...) G_GNUC_PRINTF (2, 3);

/* Answers with @errmsg, or with success where it is NULL. Takes it. */
void         sim_finish    (ViciInvocation *invocation,
                            char           *errmsg);

/* A text of the request, or NULL. An empty one counts as none. */
char        *sim_request   (ViciInvocation *invocation,
                            const char     *name);

/* The bytes of "data", or NULL. None counts as none. */
GBytes      *sim_request_data (ViciInvocation *invocation);

/* Which of those words it is, in any case; -1: none. */
int          sim_find_word (const char * const *words,
                            const char         *word);

/* Calls @func for each section of the request until one has an error, which is
 * how charon loads connections, authorities and pools, and answers. */
typedef char *(*SimLoadFunc) (gpointer     data,
                              const char  *name,
                              ViciMessage *section);

void         sim_load_each (ViciInvocation *invocation,
                            SimLoadFunc     func,
                            gpointer        data);

/* Adds a list, which may be NULL for an empty one. */
void         sim_add_list  (ViciBuilder        *builder,
                            const char         *name,
                            const char * const *items);

/* Adds a "yes" that is otherwise absent. */
void         sim_add_flag  (ViciBuilder    *builder,
                            const char     *name,
                            gboolean        set);

/* Adds a text that is absent when it is NULL. */
void         sim_add_text  (ViciBuilder    *builder,
                            const char     *name,
                            const char     *text);

G_END_DECLS
