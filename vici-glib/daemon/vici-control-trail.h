/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-message.h"

G_BEGIN_DECLS

/* What one `initiate` has begun, as its control log tells. */
typedef struct
{
  /* The CHILD_SA that is to be established, as on the wire; NULL: none. */
  char    *child;
  /* Unique ids; 0: not known yet. */
  guint    ike_id;
  guint    child_id;
  /* One that is being asked for, by whoever. */
  guint    pending_child_id;
  /* Whether the IKE_SA was begun for it, or was there before. Until it is known,
   * neither is. */
  gboolean began;
  gboolean joined;
  /* A CHILD_SA of IKEv1 was asked for, and not by others. */
  gboolean quick_mode;
} ViciControlTrail;

void         vici_control_trail_init          (ViciControlTrail *self,
                                               ViciMessage      *initiate);
void         vici_control_trail_clear         (ViciControlTrail *self);

/* Takes an event `control-log`. */
void         vici_control_trail_add           (ViciControlTrail *self,
                                               ViciMessage      *event);

/* The arguments of the `terminate` that takes it down; NULL: nothing is known that
 * could be. */
ViciMessage *vici_control_trail_get_terminate (ViciControlTrail *self);

G_END_DECLS
