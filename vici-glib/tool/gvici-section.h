/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* Deeper than this, nothing is read and nothing is written as JSON: json-glib
 * takes a piece of the stack for each level. */
#define GVICI_DEPTH_MAX 500

/* A request that is put together in any order: what belongs to one section may
 * come in several pieces. */
typedef struct _GviciSection GviciSection;

GviciSection *gvici_section_new (void);
void gvici_section_free (GviciSection *self);

/* A section within this one, made if it is not there. It belongs to this one. */
GviciSection *gvici_section_get_section (GviciSection *self,
                                         const char   *name,
                                         GError      **error);

gboolean gvici_section_add_value (GviciSection *self,
                                  const char   *name,
                                  GBytes       *value,
                                  GError      **error);

/* @items: of GBytes */
gboolean gvici_section_add_list (GviciSection *self,
                                 const char   *name,
                                 GPtrArray    *items,
                                 GError      **error);

ViciMessage *gvici_section_build (GviciSection *self,
                                  gboolean      sensitive,
                                  GError      **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GviciSection, gvici_section_free)

G_END_DECLS
