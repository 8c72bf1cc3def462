/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define APPLET_TYPE_FACTS (applet_facts_get_type ())

G_DECLARE_FINAL_TYPE (AppletFacts, applet_facts, APPLET, FACTS, AdwBin)

void applet_facts_begin (AppletFacts *self);
void applet_facts_add (AppletFacts *self,
                       const char  *name,
                       const char  *value);
void applet_facts_add_styled (AppletFacts *self,
                              const char  *name,
                              const char  *value,
                              const char  *style);
void applet_facts_take (AppletFacts *self,
                        const char  *name,
                        char        *value);
void applet_facts_end (AppletFacts *self);

G_END_DECLS
