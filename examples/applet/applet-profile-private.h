/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "applet-profile.h"

G_BEGIN_DECLS

/* What the files of AppletProfile share. */

typedef enum
{
  TEXT_NAME,
  TEXT_REMOTE_ADDRS,
  TEXT_LOCAL_ADDRS,
  TEXT_LOCAL_ID,
  TEXT_REMOTE_ID,
  TEXT_USER,
  TEXT_REMOTE_TS,
  TEXT_LOCAL_TS,
  TEXT_IKE_PROPOSALS,
  TEXT_ESP_PROPOSALS,
  TEXT_CERT_FILE,
  TEXT_KEY_FILE,
  TEXT_CA_FILE,
  TEXT_CHILD,       /* the name of its child; empty: that of the connection */
  TEXT_EAP_METHOD,  /* empty: the one that the peer wants */
  TEXT_KEY_ID,      /* of the private key that was loaded for it */
  N_TEXTS
} AppletText;

/* What a text is to the library: its section and key, and the path that its errors
 * begin with, behind the name of the connection. */
typedef struct
{
  const char *property;
  const char *section;
  const char *key;
  const char *path;
} AppletTextInfo;

extern const AppletTextInfo applet_profile_texts[N_TEXTS];

struct _AppletProfile
{
  GObject parent_instance;

  char   *texts[N_TEXTS];   /* none is NULL */
  guint   version;          /* 0: either */
  guint   auth;
  guint   start;
  gboolean virtual_ip;
};

/* @value: (nullable): without the spaces around, what the text becomes */
void  applet_profile_set_text (AppletProfile *self,
                               AppletText     text,
                               const char    *value);

/* The items of a text, without spaces around and empty ones between them. */
GStrv applet_profile_split    (const char    *text);

G_END_DECLS
