/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-files.h"

G_BEGIN_DECLS

/* A connection as the editor shows it: a text for each entry, and what is chosen.
 * Secrets are no part of it. */
#define APPLET_TYPE_PROFILE (applet_profile_get_type ())

G_DECLARE_FINAL_TYPE (AppletProfile, applet_profile, APPLET, PROFILE, GObject)

typedef enum
{
  APPLET_AUTH_PSK,
  APPLET_AUTH_CERT,
  APPLET_AUTH_EAP
} AppletAuth;

typedef enum
{
  APPLET_START_NOT,
  APPLET_START_ON_TRAFFIC,
  APPLET_START_AT_ONCE
} AppletStart;

AppletProfile  *applet_profile_new               (void);

/* From what the daemon lists. It is no profile where there are more rounds of
 * authentication or children than the editor has room for. */
AppletProfile  *applet_profile_new_from_conn     (ViciConn      *conn,
                                                  GError       **error);

AppletProfile  *applet_profile_new_from_key_file (GKeyFile      *file,
                                                  const char    *group,
                                                  GError       **error);
void            applet_profile_to_key_file       (AppletProfile *self,
                                                  GKeyFile      *file,
                                                  const char    *group);

/* What is in a file of profiles: an array of AppletProfile. */
GPtrArray      *applet_profile_parse_file        (GBytes        *bytes,
                                                  GError       **error);
GBytes         *applet_profile_print_file        (GListModel    *profiles);

AppletProfile  *applet_profile_copy              (AppletProfile *self);
gboolean        applet_profile_equal             (AppletProfile *self,
                                                  AppletProfile *other);

/* A text; never NULL. */
const char     *applet_profile_get               (AppletProfile *self,
                                                  const char    *property);
AppletAuth      applet_profile_get_auth          (AppletProfile *self);
AppletStart     applet_profile_get_start         (AppletProfile *self);

/* Checks one property. The error is a sentence for people. */
gboolean        applet_profile_check             (AppletProfile *self,
                                                  const char    *property,
                                                  GError       **error);

/* @files: what is in the files that it names; NULL: it is sent without them. */
ViciConnConfig *applet_profile_to_config         (AppletProfile *self,
                                                  AppletFiles   *files);

/* The identities that its secret belongs to. */
GStrv           applet_profile_get_owners        (AppletProfile *self);

/* The keys that would change if it was loaded in place of @conn, among those that a
 * daemon lists. Certificates are not looked at. */
GStrv           applet_profile_compare           (AppletProfile *self,
                                                  ViciConn      *conn);

/* The property that an error of the library or of the daemon is about, or NULL; and
 * in @text, if it is not NULL, the error without the path of its key. */
const char     *applet_profile_find_blamed       (AppletProfile *self,
                                                  const GError  *error,
                                                  const char   **text);

G_END_DECLS
