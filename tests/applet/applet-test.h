/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "../real/real.h"
#include "applet-loader.h"
#include "applet-restorer.h"

/* What the tests of the applet share. */

/* A store in a folder of its own, with what make-scenario-pki.sh makes beside it, and
 * alice's key and certificates in alice.p12, whose password is "sesame". */
typedef struct
{
  char        *folder;
  AppletStore *store;
} Home;

void           home_init       (Home          *home);
void           home_clear      (Home          *home);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Home, home_clear)

gboolean       read_store      (AppletStore   *store,
                                GError       **error);

char          *home_path       (Home          *home,
                                const char    *name);

/* A profile for a peer at an address, with the names that the PKI has. */
AppletProfile *home_profile    (Home          *home,
                                const char    *name,
                                AppletAuth     auth,
                                const char    *remote);

/* Answers every question for a password with that one. */
GTlsInteraction *answer_new    (const char    *password);

AppletFiles   *read_files      (AppletProfile *profile,
                                const char    *password);

/* @secret: NULL: the old one is kept */
gboolean       load_profile    (Home          *home,
                                ViciDaemon    *daemon,
                                AppletProfile *profile,
                                const char    *secret,
                                gboolean       replaces,
                                GError       **error);

/* The names of what the daemon has, sorted. */
char          *list_conns      (ViciDaemon    *daemon);
char          *list_secrets    (ViciDaemon    *daemon);
guint          count_keys      (ViciDaemon    *daemon);
