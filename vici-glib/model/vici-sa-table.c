/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-sa-table.h"

#include "vici-child-sa-item-private.h"
#include "vici-ike-sa-item-private.h"
#include "vici-item-list.h"
#include "vici-item-private.h"

typedef struct
{
  ViciIkeSaItem *item;
  guint          generation;    /* of the daemon that has told of it last */
  guint          replaced;      /* the unique id that it had before; 0: none */
} Ike;

/* A CHILD_SA, and the IKE_SA that it belongs to, which has it. */
typedef struct
{
  ViciChildSaItem *item;
  ViciIkeSaItem   *ike_sa;
  guint            generation;
  guint            replaced;
} Child;

struct _ViciSaTable
{
  ViciTurn           *turn;
  ViciSaTableConnFunc get_conn;
  gpointer            user_data;

  guint               generation;       /* another with each connection, after which it may be
                                         * another daemon that tells */
  gboolean            active;           /* counters are sampled */

  ViciItemList       *list;
  GHashTable         *ike_sas;          /* unique id -> Ike */
  GHashTable         *children;         /* unique id -> Child */
  GHashTable         *replaced;         /* unique id of an IKE_SA that was -> that of the one
                                         * that it is now */
  GHashTable         *passing;          /* unique ids of IKE_SAs; those that are doubtful, whatever
                                         * their state: they have to be listed */
  GHashTable         *touched;          /* those of which events told since the list was asked for,
                                         * and whether they are gone; */
  GHashTable         *listed;           /* those that it has */
  GHashTable         *missing;          /* unique ids of CHILD_SAs, and of the IKE_SAs that it
                                         * has without them; NULL all: no list is under way */
};

static void
ike_free (gpointer data)
{
  Ike *ike = data;

  g_object_unref (ike->item);
  g_free (ike);
}

ViciSaTable *
vici_sa_table_new (ViciTurn           *turn,
                   ViciSaTableConnFunc get_conn,
                   gpointer            user_data)
{
  ViciSaTable *self = g_new0 (ViciSaTable, 1);

  self->turn = vici_turn_ref (turn);
  self->get_conn = get_conn;
  self->user_data = user_data;
  self->list = vici_item_list_new (VICI_TYPE_IKE_SA_ITEM);
  self->ike_sas = g_hash_table_new_full (NULL, NULL, NULL, ike_free);
  self->children = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  self->replaced = g_hash_table_new (NULL, NULL);
  self->passing = g_hash_table_new (NULL, NULL);

  return self;
}

void
vici_sa_table_free (ViciSaTable *self)
{
  vici_sa_table_cancel_list (self);
  g_hash_table_unref (self->passing);
  g_hash_table_unref (self->replaced);
  g_hash_table_unref (self->children);
  g_hash_table_unref (self->ike_sas);
  g_object_unref (self->list);
  vici_turn_unref (self->turn);
  g_free (self);
}

GListModel *
vici_sa_table_get_list (ViciSaTable *self)
{
  return G_LIST_MODEL (self->list);
}

void
vici_sa_table_flush (ViciSaTable *self)
{
  vici_item_list_flush (self->list);
}

/* -- States -- */

/* On its way out: an event has told of it, or of what takes its place. */
static gboolean
is_ike_sa_leaving (ViciIkeSaState state)
{
  return state == VICI_IKE_SA_STATE_REKEYED || state == VICI_IKE_SA_STATE_DELETING ||
         state == VICI_IKE_SA_STATE_DESTROYING;
}

static gboolean
is_child_sa_leaving (ViciChildSaState state)
{
  return state == VICI_CHILD_SA_STATE_REKEYED || state == VICI_CHILD_SA_STATE_DELETING ||
         state == VICI_CHILD_SA_STATE_DELETED || state == VICI_CHILD_SA_STATE_DESTROYING;
}

static void
set_passing (ViciSaTable *self,
             guint        id,
             gboolean     passing)
{
  if (passing)
    g_hash_table_insert (self->passing, GUINT_TO_POINTER (id), GINT_TO_POINTER (FALSE));
  else
    g_hash_table_remove (self->passing, GUINT_TO_POINTER (id));
}

/* Events do not tell all that there is to know of it. */
static void
set_doubtful (ViciSaTable *self,
              guint        id)
{
  g_hash_table_insert (self->passing, GUINT_TO_POINTER (id), GINT_TO_POINTER (TRUE));
}

static gboolean
is_doubtful (ViciSaTable *self,
             guint        id)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->passing, GUINT_TO_POINTER (id)));
}

static ViciIkeSaItem *
find_ike_sa (ViciSaTable *self,
             guint        id)
{
  Ike *ike = g_hash_table_lookup (self->ike_sas, GUINT_TO_POINTER (id));

  return ike ? ike->item : NULL;
}

/* An event has told of it. */
static void
touch (ViciSaTable *self,
       guint        id)
{
  ViciIkeSaItem *item = find_ike_sa (self, id);

  if (self->touched != NULL && !g_hash_table_contains (self->touched, GUINT_TO_POINTER (id)))
    g_hash_table_insert (self->touched, GUINT_TO_POINTER (id), GINT_TO_POINTER (FALSE));

  if (!is_doubtful (self, id))
    set_passing (self, id, item != NULL && !vici_ike_sa_item_is_settled (item));
}

/* An event has told that it is gone, whatever a list may show still. */
static void
touch_gone (ViciSaTable *self,
            guint        id)
{
  if (self->touched != NULL)
    g_hash_table_insert (self->touched, GUINT_TO_POINTER (id), GINT_TO_POINTER (TRUE));

  set_passing (self, id, FALSE);
}

/* -- CHILD_SAs -- */

static void
remove_child (ViciSaTable *self,
              guint        id)
{
  Child *child = g_hash_table_lookup (self->children, GUINT_TO_POINTER (id));

  if (child == NULL)
    return;

  vici_ike_sa_item_remove_child (child->ike_sa, child->item);
  g_hash_table_remove (self->children, GUINT_TO_POINTER (id));
}

static void
add_child (ViciSaTable   *self,
           ViciIkeSaItem *ike_sa,
           ViciChildSa   *record)
{
  guint id = vici_child_sa_get_unique_id (record);
  g_autoptr (ViciChildSaItem) item = vici_child_sa_item_new (record, self->turn);
  Child *child = g_new0 (Child, 1);

  child->item = item;
  child->ike_sa = ike_sa;
  child->generation = self->generation;
  g_hash_table_insert (self->children, GUINT_TO_POINTER (id), child);
  vici_ike_sa_item_add_child (ike_sa, item);
}

/* What it leaves is not long to be. */
static void
move_child (ViciSaTable   *self,
            Child         *child,
            ViciIkeSaItem *ike_sa)
{
  g_autoptr (ViciChildSaItem) item = g_object_ref (child->item);

  if (child->ike_sa == ike_sa)
    return;

  set_doubtful (self, vici_ike_sa_item_get_unique_id (child->ike_sa));

  vici_ike_sa_item_remove_child (child->ike_sa, item);
  vici_ike_sa_item_add_child (ike_sa, item);
  child->ike_sa = ike_sa;
}

/* A daemon does not give an id to another one, but another daemon does. */
static gboolean
is_same_child (ViciSaTable   *self,
               Child         *child,
               ViciIkeSaItem *ike_sa,
               ViciChildSa   *record)
{
  return g_strcmp0 (vici_item_get_name (VICI_ITEM (child->item)),
                    vici_child_sa_get_name (record)) == 0 &&
         (child->generation == self->generation || child->ike_sa == ike_sa ||
          vici_child_sa_item_has_spi (child->item, record));
}

static void
update_child (ViciSaTable   *self,
              ViciIkeSaItem *ike_sa,
              ViciChildSa   *record,
              gboolean       sampled)
{
  guint id = vici_child_sa_get_unique_id (record);
  Child *child = g_hash_table_lookup (self->children, GUINT_TO_POINTER (id));

  if (child != NULL && is_same_child (self, child, ike_sa, record))
    {
      child->generation = self->generation;
      /* Nobody has told when its IKE_SA was rekeyed. */
      move_child (self, child, ike_sa);
      vici_child_sa_item_update (child->item, record, sampled);
    }
  else if (child != NULL || !is_child_sa_leaving (vici_child_sa_get_state (record)))
    {
      /* It is another daemon's. */
      remove_child (self, id);
      add_child (self, ike_sa, record);
    }
}

/* -- IKE_SAs -- */

static void
remove_ike_sa (ViciSaTable *self,
               guint        id)
{
  Ike *ike = g_hash_table_lookup (self->ike_sas, GUINT_TO_POINTER (id));
  ViciIkeSaItem *item;
  GList *child;

  set_passing (self, id, FALSE);
  if (ike == NULL)
    return;

  item = ike->item;
  g_hash_table_remove (self->replaced, GUINT_TO_POINTER (ike->replaced));
  vici_item_touch (item);
  while ((child = vici_ike_sa_item_get_children (item)) != NULL)
    remove_child (self, vici_child_sa_item_get_unique_id (child->data));

  vici_ike_sa_item_set_conn (item, NULL);
  vici_item_list_remove (self->list, item);
  g_hash_table_remove (self->ike_sas, GUINT_TO_POINTER (id));
}

/* A daemon that tries again to set it up takes another SPI, and keeps the id. */
static gboolean
is_same_ike_sa (ViciSaTable *self,
                Ike         *ike,
                ViciIkeSa   *record)
{
  return g_strcmp0 (vici_item_get_name (VICI_ITEM (ike->item)),
                    vici_ike_sa_get_name (record)) == 0 &&
         (ike->generation == self->generation || vici_ike_sa_item_has_spi (ike->item, record));
}

static Ike *
add_ike_sa (ViciSaTable *self,
            ViciIkeSa   *record)
{
  guint id = vici_ike_sa_get_unique_id (record);
  const char *name = vici_ike_sa_get_name (record);
  Ike *ike = g_new0 (Ike, 1);

  ike->item = vici_ike_sa_item_new (record, self->turn);
  g_hash_table_insert (self->ike_sas, GUINT_TO_POINTER (id), ike);
  vici_item_list_add (self->list, ike->item);
  vici_ike_sa_item_set_conn (ike->item, self->get_conn (name, self->user_data));

  return ike;
}

/* The item of an IKE_SA, as the record says it is; NULL: it has no id. */
static ViciIkeSaItem *
update_ike_sa (ViciSaTable *self,
               ViciIkeSa   *record)
{
  guint id = vici_ike_sa_get_unique_id (record);
  Ike *ike = g_hash_table_lookup (self->ike_sas, GUINT_TO_POINTER (id));

  if (id == 0)
    return NULL;

  if (ike != NULL && is_same_ike_sa (self, ike, record))
    vici_ike_sa_item_update (ike->item, record);
  else
    {
      remove_ike_sa (self, id);
      ike = add_ike_sa (self, record);
    }
  ike->generation = self->generation;

  return ike->item;
}

/* -- Events -- */

void
vici_sa_table_ike_up (ViciSaTable *self,
                      ViciIkeSa   *ike_sa)
{
  guint id = vici_ike_sa_get_unique_id (ike_sa);

  update_ike_sa (self, ike_sa);
  touch (self, id);

  /* With IKEv1 it may take the place of another one, whose CHILD_SAs have moved to it. */
  if (vici_ike_sa_get_version (ike_sa) == VICI_IKE_VERSION_V1)
    set_doubtful (self, id);
}

void
vici_sa_table_ike_down (ViciSaTable *self,
                        ViciIkeSa   *ike_sa)
{
  guint id = vici_ike_sa_get_unique_id (ike_sa);

  remove_ike_sa (self, id);
  touch_gone (self, id);
}

/* A list may have shown the new one already, with the CHILD_SAs that moved there. */
static void
merge (ViciSaTable   *self,
       ViciIkeSaItem *item,
       guint          id)
{
  ViciIkeSaItem *other = find_ike_sa (self, id);
  GList *link;

  if (other == NULL)
    return;

  while ((link = vici_ike_sa_item_get_children (other)) != NULL)
    {
      guint child_id = vici_child_sa_item_get_unique_id (link->data);

      move_child (self, g_hash_table_lookup (self->children, GUINT_TO_POINTER (child_id)), item);
    }

  remove_ike_sa (self, id);
}

/* It is another one from here on. */
static void
replace_ike_sa (ViciSaTable *self,
                guint        old_id,
                ViciIkeSa   *new_sa)
{
  guint new_id = vici_ike_sa_get_unique_id (new_sa);
  gpointer stolen;
  Ike *ike;

  g_hash_table_steal_extended (self->ike_sas, GUINT_TO_POINTER (old_id), NULL, &stolen);
  ike = stolen;
  g_hash_table_remove (self->replaced, GUINT_TO_POINTER (ike->replaced));
  merge (self, ike->item, new_id);

  ike->replaced = old_id;
  g_hash_table_insert (self->replaced, GUINT_TO_POINTER (old_id), GUINT_TO_POINTER (new_id));
  g_hash_table_insert (self->ike_sas, GUINT_TO_POINTER (new_id), ike);
  vici_ike_sa_item_update (ike->item, new_sa);
}

/* Both ends have replaced the same IKE_SA: one of the new ones goes, without a word. */
static void
doubt_rivals (ViciSaTable *self,
              guint        old_id,
              guint        new_id)
{
  guint rival = GPOINTER_TO_UINT (g_hash_table_lookup (self->replaced, GUINT_TO_POINTER (old_id)));

  set_doubtful (self, new_id);
  if (rival == 0)
    return;

  touch (self, rival);
  set_doubtful (self, rival);
}

void
vici_sa_table_ike_rekey (ViciSaTable *self,
                         ViciIkeSa   *old_sa,
                         ViciIkeSa   *new_sa)
{
  guint old_id = vici_ike_sa_get_unique_id (old_sa);
  guint new_id = vici_ike_sa_get_unique_id (new_sa);
  gboolean doubtful = is_doubtful (self, old_id) || is_doubtful (self, new_id);

  if (new_id == 0)
    return;

  if (old_id != new_id && g_hash_table_contains (self->ike_sas, GUINT_TO_POINTER (old_id)))
    replace_ike_sa (self, old_id, new_sa);
  else
    {
      update_ike_sa (self, new_sa);
      doubt_rivals (self, old_id, new_id);
    }

  if (old_id != new_id)
    touch_gone (self, old_id);
  touch (self, new_id);
  if (doubtful)
    set_doubtful (self, new_id);
}

/* The event tells of the change, and shows the IKE_SA as it was before. */
void
vici_sa_table_ike_update (ViciSaTable *self,
                          ViciIkeSa   *ike_sa)
{
  guint id = vici_ike_sa_get_unique_id (ike_sa);

  touch (self, id);
  if (g_hash_table_contains (self->ike_sas, GUINT_TO_POINTER (id)))
    set_doubtful (self, id);
}

void
vici_sa_table_child_up (ViciSaTable *self,
                        ViciIkeSa   *ike_sa,
                        ViciChildSa *child_sa)
{
  ViciIkeSaItem *item = update_ike_sa (self, ike_sa);

  if (item != NULL)
    update_child (self, item, child_sa, FALSE);
  touch (self, vici_ike_sa_get_unique_id (ike_sa));
}

/* It comes after the IKE_SA went down, too, which does not bring that back. */
void
vici_sa_table_child_down (ViciSaTable *self,
                          ViciIkeSa   *ike_sa,
                          ViciChildSa *child_sa)
{
  guint id = vici_ike_sa_get_unique_id (ike_sa);

  if (g_hash_table_contains (self->ike_sas, GUINT_TO_POINTER (id)))
    update_ike_sa (self, ike_sa);
  remove_child (self, vici_child_sa_get_unique_id (child_sa));
  touch (self, id);
}

/* @old_sa is what the one of that id was at last; NULL: it was never of use. */
static void
replace_child (ViciSaTable   *self,
               ViciIkeSaItem *ike_sa,
               guint          id,
               ViciChildSa   *old_sa,
               ViciChildSa   *new_sa)
{
  guint new_id = vici_child_sa_get_unique_id (new_sa);
  gpointer stolen;
  Child *child;

  remove_child (self, new_id);
  g_hash_table_steal_extended (self->children, GUINT_TO_POINTER (id), NULL, &stolen);
  g_hash_table_insert (self->children, GUINT_TO_POINTER (new_id), stolen);

  child = stolen;
  child->replaced = old_sa ? vici_child_sa_get_unique_id (old_sa) : 0;
  move_child (self, child, ike_sa);
  vici_child_sa_item_rekey (child->item, old_sa, new_sa);
}

/* The CHILD_SA that has taken that one's place already; 0: there is none. */
static guint
find_replacement (ViciSaTable   *self,
                  ViciIkeSaItem *ike_sa,
                  guint          replaced)
{
  GList *children = vici_ike_sa_item_get_children (ike_sa);

  for (GList *link = children; link != NULL; link = link->next)
    {
      guint id = vici_child_sa_item_get_unique_id (link->data);
      Child *child = g_hash_table_lookup (self->children, GUINT_TO_POINTER (id));

      if (child->replaced == replaced)
        return id;
    }

  return 0;
}

/* When both ends have replaced the same CHILD_SA, the event comes for each of the new
 * ones. The last one stays, and the other goes without a word. */
static void
rekey_again (ViciSaTable   *self,
             ViciIkeSaItem *ike_sa,
             ViciChildSa   *old_sa,
             ViciChildSa   *new_sa)
{
  guint other = find_replacement (self, ike_sa, vici_child_sa_get_unique_id (old_sa));

  if (other != 0 && other != vici_child_sa_get_unique_id (new_sa))
    replace_child (self, ike_sa, other, NULL, new_sa);
  else
    update_child (self, ike_sa, new_sa, FALSE);

  set_doubtful (self, vici_ike_sa_item_get_unique_id (ike_sa));
}

void
vici_sa_table_child_rekey (ViciSaTable *self,
                           ViciIkeSa   *ike_sa,
                           ViciChildSa *old_sa,
                           ViciChildSa *new_sa)
{
  guint old_id = vici_child_sa_get_unique_id (old_sa);
  ViciIkeSaItem *item = update_ike_sa (self, ike_sa);

  if (item != NULL && old_id == vici_child_sa_get_unique_id (new_sa))
    update_child (self, item, new_sa, FALSE);
  else if (item != NULL && g_hash_table_contains (self->children, GUINT_TO_POINTER (old_id)))
    replace_child (self, item, old_id, old_sa, new_sa);
  else if (item != NULL)
    rekey_again (self, item, old_sa, new_sa);

  touch (self, vici_ike_sa_get_unique_id (ike_sa));
}

/* -- Lists -- */

void
vici_sa_table_begin_list (ViciSaTable *self)
{
  self->touched = g_hash_table_new (NULL, NULL);
  self->listed = g_hash_table_new (NULL, NULL);
  self->missing = g_hash_table_new (NULL, NULL);
}

/* They may have moved to another IKE_SA, which is listed later. */
static void
miss_children (ViciSaTable   *self,
               ViciIkeSaItem *item,
               GHashTable    *listed)
{
  GList *children = vici_ike_sa_item_get_children (item);

  for (GList *link = children; link != NULL; link = link->next)
    {
      guint id = vici_child_sa_item_get_unique_id (link->data);

      if (!g_hash_table_contains (listed, GUINT_TO_POINTER (id)))
        g_hash_table_insert (self->missing, GUINT_TO_POINTER (id),
                             GUINT_TO_POINTER (vici_ike_sa_item_get_unique_id (item)));
    }
}

/* It is gone, unless it has moved, or events have told of its IKE_SA since. */
static void
remove_missing_child (ViciSaTable *self,
                      guint        id,
                      guint        ike_id)
{
  Child *child = g_hash_table_lookup (self->children, GUINT_TO_POINTER (id));
  ViciIkeSaItem *ike_sa = find_ike_sa (self, ike_id);

  if (child == NULL || child->ike_sa != ike_sa ||
      g_hash_table_contains (self->touched, GUINT_TO_POINTER (ike_id)))
    return;

  remove_child (self, id);
  set_passing (self, ike_id, !vici_ike_sa_item_is_settled (ike_sa));
}

static void
remove_missing_children (ViciSaTable *self)
{
  GHashTableIter iter;
  gpointer id, ike_id;

  g_hash_table_iter_init (&iter, self->missing);
  while (g_hash_table_iter_next (&iter, &id, &ike_id))
    remove_missing_child (self, GPOINTER_TO_UINT (id), GPOINTER_TO_UINT (ike_id));
}

void
vici_sa_table_add_listed (ViciSaTable *self,
                          ViciIkeSa   *ike_sa)
{
  guint id = vici_ike_sa_get_unique_id (ike_sa);
  GListModel *children = vici_ike_sa_get_child_sas (ike_sa);
  g_autoptr (GHashTable) listed = NULL;
  ViciIkeSaItem *item;

  g_hash_table_add (self->listed, GUINT_TO_POINTER (id));

  if (g_hash_table_contains (self->touched, GUINT_TO_POINTER (id)))
    return;

  if (!g_hash_table_contains (self->ike_sas, GUINT_TO_POINTER (id)) &&
      is_ike_sa_leaving (vici_ike_sa_get_state (ike_sa)))
    {
      set_passing (self, id, FALSE);
      return;
    }

  item = update_ike_sa (self, ike_sa);
  if (item == NULL)
    return;

  listed = g_hash_table_new (NULL, NULL);
  for (guint i = 0; children != NULL && i < g_list_model_get_n_items (children); i++)
    {
      g_autoptr (ViciChildSa) child = g_list_model_get_item (children, i);

      update_child (self, item, child, self->active);
      g_hash_table_add (listed, GUINT_TO_POINTER (vici_child_sa_get_unique_id (child)));
    }

  miss_children (self, item, listed);
  set_passing (self, id, !vici_ike_sa_item_is_settled (item));
}

static void
end_listed (ViciSaTable *self,
            guint        id)
{
  gboolean known = g_hash_table_contains (self->ike_sas, GUINT_TO_POINTER (id));
  gboolean listed = g_hash_table_contains (self->listed, GUINT_TO_POINTER (id));
  gpointer gone;

  if (!g_hash_table_lookup_extended (self->touched, GUINT_TO_POINTER (id), NULL, &gone))
    {
      if (!listed)
        remove_ike_sa (self, id);
    }
  /* What the list said of it may be newer than the event, and more. */
  else if (!GPOINTER_TO_INT (gone) && (known || listed))
    set_doubtful (self, id);
  else
    set_passing (self, id, FALSE);
}

static void
end_all_of (ViciSaTable *self,
            GHashTable  *ids)
{
  g_autoptr (GList) all = g_hash_table_get_keys (ids);

  for (GList *link = all; link != NULL; link = link->next)
    end_listed (self, GPOINTER_TO_UINT (link->data));
}

/* Neither is it an item, nor was it listed. */
static gboolean
is_unknown (gpointer id,
            gpointer value,
            gpointer user_data)
{
  ViciSaTable *self = user_data;

  return !g_hash_table_contains (self->ike_sas, id) && !g_hash_table_contains (self->listed, id);
}

void
vici_sa_table_end_list (ViciSaTable *self,
                        const guint *asked,
                        guint        n_asked)
{
  remove_missing_children (self);
  for (guint i = 0; i < n_asked; i++)
    end_listed (self, asked[i]);

  if (asked == NULL)
    {
      end_all_of (self, self->ike_sas);
      end_all_of (self, self->listed);
      g_hash_table_foreach_remove (self->passing, is_unknown, self);
    }

  vici_sa_table_cancel_list (self);
}

void
vici_sa_table_cancel_list (ViciSaTable *self)
{
  g_clear_pointer (&self->touched, g_hash_table_unref);
  g_clear_pointer (&self->listed, g_hash_table_unref);
  g_clear_pointer (&self->missing, g_hash_table_unref);
}

void
vici_sa_table_clear (ViciSaTable *self)
{
  g_autoptr (GList) all = g_hash_table_get_keys (self->ike_sas);

  for (GList *link = all; link != NULL; link = link->next)
    remove_ike_sa (self, GPOINTER_TO_UINT (link->data));
  g_hash_table_remove_all (self->passing);
}

guint
vici_sa_table_get_n_passing (ViciSaTable *self)
{
  return g_hash_table_size (self->passing);
}

GArray *
vici_sa_table_dup_passing (ViciSaTable *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint));
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->passing);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      guint id = GPOINTER_TO_UINT (key);

      g_array_append_val (ids, id);
    }

  return ids;
}

void
vici_sa_table_begin (ViciSaTable *self)
{
  self->generation++;
}

void
vici_sa_table_set_active (ViciSaTable *self,
                          gboolean     active)
{
  GHashTableIter iter;
  gpointer value;

  self->active = active;
  if (active)
    return;

  g_hash_table_iter_init (&iter, self->children);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    vici_child_sa_item_idle (((Child *) value)->item);
}
