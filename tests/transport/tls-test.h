/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "remote.h"

G_BEGIN_DECLS

/* What tests of TLS have in common: certificates, and a server that they are for. */

/* Where the certificates are; and the path of one file of them. */
extern char    *tls_test_directory;
char           *tls_test_file     (const char *name);

/* Every $/ is that directory. */
char           *tls_test_expand   (const char *text);

/* Makes the certificates, and runs the tests that were added. */
gboolean        tls_test_begin    (void);
int             tls_test_run      (void);

/* The keys of a server that lets in everybody. */
#define TLS_TEST_SERVER "cert=$/server.pem&key=$/server.key"

/* A server in a thread of its own, so that a client may block. It tells who calls
 * “version” the subject of his certificate, or “nobody”. */
typedef struct
{
  char         *uri;            /* what it is told */
  char         *bound;          /* where clients find it */
  GError       *error;          /* why it does not listen */
  GMainContext *context;
  GMainLoop    *loop;
  GThread      *thread;
  GMutex        mutex;
  GCond         cond;
  gboolean      ready;
} Served;

Served         *served_new        (const char *keys);
void            served_free       (Served     *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Served, served_free)

guint16         served_get_port   (Served     *self);

/* A client that is not open yet. */
ViciConnection *served_connect    (Served     *self,
                                   const char *host,
                                   const char *keys);

G_END_DECLS
