/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A key of a URI's query. It may be given once, or, with a place for many values,
 * again and again. */
typedef struct
{
  const char *name;
  char      **value;
  GPtrArray  *values;
} ViciUriKey;

/* Takes a URI of the form SCHEME://[USER@]HOST[:PORT][/PATH][?KEY=VALUE&…] apart,
 * and its query into the keys. Everything is percent-decoded. Fails with
 * G_IO_ERROR_INVALID_ARGUMENT, naming what is wrong. */
GUri *vici_uri_split (const char       *uri,
                      const ViciUriKey *keys,
                      guint             n_keys,
                      GError          **error);

G_END_DECLS
