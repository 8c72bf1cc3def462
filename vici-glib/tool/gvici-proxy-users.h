/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Whoever may be several clients: how many these are, and how much is logged. */
typedef struct _GviciProxyUsers GviciProxyUsers;
typedef struct _GviciProxyUser GviciProxyUser;

GviciProxyUsers *gvici_proxy_users_new         (void);
void             gvici_proxy_users_free        (GviciProxyUsers *self);

/* Who has this name. The user is there until the main loop runs again, and while it
 * has clients. */
GviciProxyUser  *gvici_proxy_users_find        (GviciProxyUsers *self,
                                                const char      *name);

void             gvici_proxy_user_add_client    (GviciProxyUser *self);
void             gvici_proxy_user_remove_client (GviciProxyUser *self);
guint            gvici_proxy_user_get_clients   (GviciProxyUser *self);

/* A line of the log, about the client @name of this user: so many at once and so many
 * for each second, and the number of the rest. */
void             gvici_proxy_user_log           (GviciProxyUser *self,
                                                 const char     *name,
                                                 const char     *format,
                                                 ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
