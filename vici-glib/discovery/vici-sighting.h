/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A service as it is seen over one interface and one protocol. Avahi is asked for
 * its address, and tells again when that changes. */
typedef struct
{
  int      interface;
  int      protocol;
  char    *name;
  char    *domain;

  gboolean asked;               /* for a resolver */
  char    *resolver;            /* Avahi's object that asks; NULL: there is none yet */
  gboolean pending;             /* it has not answered yet */

  /* The answer. NULL: there is none, or it is of no use. */
  char    *uri;
  char    *host;
  char    *address;
  guint    rank;                /* the lower the better */
} ViciSighting;

/* From what the signals ItemNew and ItemRemove carry. NULL: it makes no sense. */
ViciSighting *vici_sighting_new     (GVariant     *arguments);

/* Of what it was made from. */
ViciSighting *vici_sighting_copy    (ViciSighting *self);

void          vici_sighting_free    (ViciSighting *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ViciSighting, vici_sighting_free)

/* Takes what the signal Found carries. NULL: there is no answer. */
void          vici_sighting_resolve (ViciSighting *self,
                                     GVariant     *arguments);

/* -- Arrays of them. NULL: there is no such one. -- */

ViciSighting *vici_sightings_find          (GPtrArray          *self,
                                            const ViciSighting *wanted);
ViciSighting *vici_sightings_find_resolver (GPtrArray          *self,
                                            const char         *resolver);

/* The best way to a service; of those that are as good, the one that was there
 * first. */
ViciSighting *vici_sightings_find_best     (GPtrArray          *self,
                                            const char         *name,
                                            const char         *domain);

gboolean      vici_sightings_have_pending  (GPtrArray          *self);

G_END_DECLS
