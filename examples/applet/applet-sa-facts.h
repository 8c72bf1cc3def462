/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

#include "applet-facts.h"

G_BEGIN_DECLS

void applet_facts_add_ike_sa (AppletFacts   *self,
                              ViciIkeSaItem *item);
void applet_facts_add_child_sa (AppletFacts     *self,
                                ViciChildSaItem *item);
void applet_facts_add_conn (AppletFacts  *self,
                            ViciConnItem *item,
                            GListModel   *certs);

G_END_DECLS
