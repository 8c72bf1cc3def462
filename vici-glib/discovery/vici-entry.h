/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What an advert is for Avahi: an entry, which is made again for each Avahi that
 * comes. */
typedef struct _ViciEntry ViciEntry;

/* Each may free the entry. */
typedef struct
{
  /* It can be seen, under this name. */
  void (*published) (gpointer      owner,
                     const char   *name);

  /* It cannot for a while, in which Avahi finds a name. */
  void (*hidden)    (gpointer      owner);

  /* It cannot be seen until something changes at Avahi's side. */
  void (*failed)    (gpointer      owner,
                     const GError *error);
} ViciEntryFuncs;

/* Fails with G_IO_ERROR_NOT_SUPPORTED and G_IO_ERROR_INVALID_ARGUMENT. */
ViciEntry *vici_entry_new  (const char           *name,
                            const char           *uri,
                            const ViciEntryFuncs *funcs,
                            gpointer              owner,
                            GError              **error);
void       vici_entry_free (ViciEntry            *self);

/* In bytes: it becomes a label of a domain name. */
#define VICI_ENTRY_MAX_NAME 63

G_END_DECLS
