/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-turn.h"

#include "vici-source.h"

struct _ViciTurn
{
  GSource     *source;          /* NULL: it has ended */
  ViciTurnFunc end;
  gpointer     user_data;
  GPtrArray   *frozen;          /* objects, each once */
  guint        number;          /* of the turn, never 0 */
};

typedef struct
{
  GSource   source;
  ViciTurn *turn;
} TurnSource;

static gboolean
dispatch (GSource    *source,
          GSourceFunc callback,
          gpointer    user_data)
{
  ViciTurn *self = ((TurnSource *) source)->turn;

  g_source_set_ready_time (source, -1);
  self->end (self->user_data);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = { NULL, NULL, dispatch, NULL, NULL, NULL };

static void
thaw (gpointer object)
{
  g_object_thaw_notify (object);
  g_object_unref (object);
}

/* The source has the priority of those that read from a socket: a flood of events
 * must not keep the turn from its end. */
ViciTurn *
vici_turn_new (ViciTurnFunc end,
               gpointer     user_data)
{
  ViciTurn *self = g_rc_box_new0 (ViciTurn);

  self->end = end;
  self->user_data = user_data;
  self->frozen = g_ptr_array_new_with_free_func (thaw);
  self->number = 1;
  self->source = g_source_new (&source_funcs, sizeof (TurnSource));
  ((TurnSource *) self->source)->turn = self;
  g_source_set_static_name (self->source, "ViciTurn");
  g_source_attach (self->source, g_main_context_get_thread_default ());

  return self;
}

ViciTurn *
vici_turn_ref (ViciTurn *self)
{
  return g_rc_box_acquire (self);
}

static void
turn_clear (gpointer data)
{
  ViciTurn *self = data;

  g_ptr_array_unref (self->frozen);
}

void
vici_turn_unref (ViciTurn *self)
{
  g_rc_box_release_full (self, turn_clear);
}

void
vici_turn_end (ViciTurn *self)
{
  g_autoptr (GPtrArray) frozen G_GNUC_UNUSED = vici_turn_take (self);

  vici_source_end (g_steal_pointer (&self->source));
}

void
vici_turn_touch (ViciTurn *self)
{
  if (self->source != NULL)
    g_source_set_ready_time (self->source, 0);
}

gboolean
vici_turn_freeze (ViciTurn *self,
                  GObject  *object,
                  guint    *frozen_in)
{
  if (self->source == NULL)
    return FALSE;

  if (*frozen_in == self->number)
    return TRUE;

  *frozen_in = self->number;
  g_object_freeze_notify (object);
  g_ptr_array_add (self->frozen, g_object_ref (object));
  vici_turn_touch (self);

  return TRUE;
}

GPtrArray *
vici_turn_take (ViciTurn *self)
{
  GPtrArray *frozen = self->frozen;

  /* What is touched from here on needs a turn of its own. */
  if (self->source != NULL)
    g_source_set_ready_time (self->source, -1);
  self->frozen = g_ptr_array_new_with_free_func (thaw);
  self->number = self->number == G_MAXUINT ? 1 : self->number + 1;

  return frozen;
}
