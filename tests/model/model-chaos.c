/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-chaos.h"

#define MAX_IKE_SAS 40
#define MAX_CHILD_SAS 4

static const char * const conns[] = { "home", "office", "lab", "gw-1", "gw-2", "gw-3" };
static const char * const children[] = { "net", "dmz", "voice" };
static const char * const others[] = { "one", "two", "three", "four" };

/* -- Chance -- */

static guint
draw (ModelChaos *self,
      guint       n)
{
  return (guint) g_rand_int_range (self->rand, 0, (gint32) n);
}

static gboolean
chance (ModelChaos *self,
        guint       percent)
{
  return draw (self, 100) < percent;
}

#define DRAW_FROM(self, names) ((names)[draw ((self), G_N_ELEMENTS (names))])

/* One in that state that was not replaced; NULL: there is none. */
static ModelIke *
draw_ike (ModelChaos *self,
          const char *state)
{
  GPtrArray *all = self->daemon->ike_sas;
  guint start = all->len > 0 ? draw (self, all->len) : 0;

  for (guint i = 0; i < all->len; i++)
    {
      ModelIke *ike = all->pdata[(start + i) % all->len];

      if (ike->serial != 0 && g_str_equal (ike->state, state))
        return ike;
    }

  return NULL;
}

static ModelChild *
draw_child (ModelChaos *self,
            ModelIke   *ike,
            const char *state)
{
  guint n = ike->children->len;
  guint start = n > 0 ? draw (self, n) : 0;

  for (guint i = 0; i < n; i++)
    {
      ModelChild *child = ike->children->pdata[(start + i) % n];

      if (child->serial != 0 && g_str_equal (child->state, state))
        return child;
    }

  return NULL;
}

/* One in that state, of an IKE_SA that is established. */
static ModelChild *
draw_any_child (ModelChaos *self,
                const char *state,
                ModelIke  **ike)
{
  for (guint tries = 0; tries < 5; tries++)
    {
      ModelChild *child;

      *ike = draw_ike (self, "ESTABLISHED");
      child = *ike ? draw_child (self, *ike, state) : NULL;
      if (child != NULL)
        return child;
    }

  return NULL;
}

/* -- CHILD_SAs -- */

static gboolean
begin_child (ModelChaos *self)
{
  ModelIke *ike = draw_ike (self, "ESTABLISHED");

  if (ike == NULL || ike->children->len >= MAX_CHILD_SAS)
    return FALSE;

  model_daemon_add_child (self->daemon, ike, DRAW_FROM (self, children), "INSTALLING");

  return TRUE;
}

static gboolean
fail_child (ModelChaos *self)
{
  ModelIke *ike;
  ModelChild *child = draw_any_child (self, "INSTALLING", &ike);

  if (child == NULL)
    return FALSE;

  model_daemon_remove_child (self->daemon, ike, child);

  return TRUE;
}

static void
raise_new_child (ModelChaos *self,
                 ModelIke   *ike)
{
  ModelChild *child =
    model_daemon_add_child (self->daemon, ike, DRAW_FROM (self, children), "INSTALLED");

  model_daemon_tell_child (self->daemon, ike, child, TRUE);
}

static gboolean
raise_child (ModelChaos *self)
{
  ModelIke *ike;
  ModelChild *child = draw_any_child (self, "INSTALLING", &ike);

  if (child != NULL)
    {
      child->state = "INSTALLED";
      model_daemon_tell_child (self->daemon, ike, child, TRUE);
      return TRUE;
    }

  ike = draw_ike (self, "ESTABLISHED");
  if (ike == NULL || ike->children->len >= MAX_CHILD_SAS)
    return FALSE;

  raise_new_child (self, ike);

  return TRUE;
}

/* From here on an event follows, or its IKE_SA's end. */
static gboolean
delete_child (ModelChaos *self)
{
  ModelIke *ike;
  ModelChild *child = draw_any_child (self, "INSTALLED", &ike);

  if (child != NULL)
    child->state = "DELETING";

  return child != NULL;
}

static void
lower (ModelChaos *self,
       ModelIke   *ike,
       ModelChild *child)
{
  child->state = "DELETED";
  model_daemon_tell_child (self->daemon, ike, child, FALSE);
  if (chance (self, 80))
    model_daemon_remove_child (self->daemon, ike, child);
  else
    child->serial = 0;
}

static gboolean
lower_child (ModelChaos *self)
{
  ModelIke *ike;
  ModelChild *child = draw_any_child (self, chance (self, 50) ? "DELETING" : "INSTALLED", &ike);

  if (child != NULL)
    lower (self, ike, child);

  return child != NULL;
}

static gboolean
begin_child_rekey (ModelChaos *self)
{
  ModelIke *ike;
  ModelChild *child = draw_any_child (self, "INSTALLED", &ike);

  if (child != NULL)
    child->state = "REKEYING";

  return child != NULL;
}

static void
replace_child (ModelChaos *self,
               ModelIke   *ike,
               ModelChild *old)
{
  ModelChild *new = model_daemon_add_child (self->daemon, ike, old->name, "INSTALLED");
  gboolean told;

  new->serial = old->serial;
  old->serial = 0;
  old->state = "REKEYED";
  told = model_daemon_tell_child_rekey (self->daemon, ike, old, new);
  new->lost = old->lost || !told;

  old->state = "DELETED";
  if (chance (self, 50))
    model_daemon_remove_child (self->daemon, ike, old);
}

static gboolean
end_child_rekey (ModelChaos *self)
{
  ModelIke *ike;
  ModelChild *child = draw_any_child (self, chance (self, 50) ? "REKEYING" : "INSTALLED", &ike);

  if (child == NULL)
    return FALSE;

  if (g_str_equal (child->state, "REKEYING") && chance (self, 20))
    child->state = "INSTALLED";
  else
    replace_child (self, ike, child);

  return TRUE;
}

static gboolean
carry (ModelChaos *self)
{
  ModelIke *ike;
  ModelChild *child = draw_any_child (self, "INSTALLED", &ike);

  if (child != NULL)
    child->bytes += draw (self, 10000);

  return child != NULL;
}

static gboolean
lose_child (ModelChaos *self)
{
  ModelIke *ike;
  ModelChild *child = draw_any_child (self, "INSTALLED", &ike);

  if (self->honest || child == NULL)
    return FALSE;

  model_daemon_remove_child (self->daemon, ike, child);

  return TRUE;
}

/* -- IKE_SAs -- */

static gboolean
begin_ike (ModelChaos *self)
{
  if (self->daemon->ike_sas->len >= MAX_IKE_SAS)
    return FALSE;

  model_daemon_add_ike (self->daemon, chance (self, 30) ? "(unnamed)" : DRAW_FROM (self, conns),
                        "CONNECTING");

  return TRUE;
}

static gboolean
fail_ike (ModelChaos *self)
{
  ModelIke *ike = draw_ike (self, "CONNECTING");

  if (ike != NULL)
    model_daemon_remove_ike (self->daemon, ike);

  return ike != NULL;
}

/* With a name it is another item. */
static void
establish (ModelChaos *self,
           ModelIke   *ike)
{
  if (g_str_equal (ike->name, "(unnamed)"))
    {
      ike->name = DRAW_FROM (self, conns);
      ike->lost = TRUE;
    }

  ike->state = "ESTABLISHED";
  model_daemon_tell_ike (self->daemon, ike, TRUE);
  if (chance (self, 70))
    raise_new_child (self, ike);
}

static gboolean
raise_ike (ModelChaos *self)
{
  ModelIke *ike = draw_ike (self, "CONNECTING");

  if (ike != NULL)
    establish (self, ike);

  return ike != NULL;
}

static gboolean
delete_ike (ModelChaos *self)
{
  ModelIke *ike = draw_ike (self, "ESTABLISHED");

  if (ike != NULL)
    ike->state = "DELETING";

  return ike != NULL;
}

/* The IKE_SA's event comes first. Those of its CHILD_SAs come then, or never. */
static void
lower_whole (ModelChaos *self,
             ModelIke   *ike)
{
  ike->state = "DELETING";
  model_daemon_tell_ike (self->daemon, ike, FALSE);
  for (guint i = 0; i < ike->children->len; i++)
    {
      if (chance (self, 50))
        model_daemon_tell_child (self->daemon, ike, ike->children->pdata[i], FALSE);
    }
  model_daemon_remove_ike (self->daemon, ike);
}

static gboolean
lower_ike (ModelChaos *self)
{
  ModelIke *ike = draw_ike (self, chance (self, 50) ? "DELETING" : "ESTABLISHED");

  if (ike != NULL)
    lower_whole (self, ike);

  return ike != NULL;
}

/* What is to replace it can be seen before it does. */
static gboolean
begin_ike_rekey (ModelChaos *self)
{
  ModelIke *old = draw_ike (self, "ESTABLISHED");

  if (old == NULL)
    return FALSE;

  old->state = "REKEYING";
  if (chance (self, 50))
    {
      ModelIke *new = model_daemon_add_ike (self->daemon, old->name,
                                            chance (self, 50) ? "CONNECTING" : "ESTABLISHED");

      new->serial = 0;
      new->host = old->host;
      old->next = new->id;
    }

  return TRUE;
}

static void
replace_ike (ModelChaos *self,
             ModelIke   *old)
{
  ModelIke *new = old->next ? model_daemon_find_ike (self->daemon, old->next)
                            : model_daemon_add_ike (self->daemon, old->name, "ESTABLISHED");
  g_autoptr (GPtrArray) moved = old->children;
  gboolean told;

  old->children = new->children;
  new->children = g_steal_pointer (&moved);
  new->state = "ESTABLISHED";
  new->host = old->host;
  new->serial = old->serial;
  old->serial = 0;
  old->state = "REKEYED";
  told = model_daemon_tell_ike_rekey (self->daemon, old, new);

  new->lost = old->lost || !told;
  for (guint i = 0; i < new->children->len; i++)
    {
      ModelChild *child = new->children->pdata[i];

      child->lost = child->lost || new->lost;
    }

  old->state = "DELETING";
  if (chance (self, 50))
    model_daemon_remove_ike (self->daemon, old);
}

/* One that is established does not go without a word. */
static gboolean
may_give_up_ike_rekey (ModelChaos *self,
                       ModelIke   *old)
{
  ModelIke *new = model_daemon_find_ike (self->daemon, old->next);

  return new == NULL || !self->honest || !g_str_equal (new->state, "ESTABLISHED");
}

static void
give_up_ike_rekey (ModelChaos *self,
                   ModelIke   *old)
{
  if (old->next != 0)
    model_daemon_remove_ike (self->daemon, model_daemon_find_ike (self->daemon, old->next));

  old->next = 0;
  old->state = "ESTABLISHED";
}

static gboolean
end_ike_rekey (ModelChaos *self)
{
  ModelIke *ike = draw_ike (self, chance (self, 50) ? "REKEYING" : "ESTABLISHED");

  if (ike == NULL)
    return FALSE;

  if (g_str_equal (ike->state, "REKEYING") && chance (self, 20) && may_give_up_ike_rekey (self, ike))
    give_up_ike_rekey (self, ike);
  else
    replace_ike (self, ike);

  return TRUE;
}

static gboolean
move_ike (ModelChaos *self)
{
  ModelIke *ike = draw_ike (self, "ESTABLISHED");
  guint host = 1 + draw (self, 200);

  if (ike == NULL)
    return FALSE;

  model_daemon_tell_ike_update (self->daemon, ike, host);
  ike->host = host;

  return TRUE;
}

static gboolean
lose_ike (ModelChaos *self)
{
  ModelIke *ike = draw_ike (self, "ESTABLISHED");

  if (self->honest || ike == NULL)
    return FALSE;

  model_daemon_remove_ike (self->daemon, ike);

  return TRUE;
}

/* What was replaced, or went down, is to be seen for a while. */
static void
drop_replaced_children (ModelChaos *self,
                        ModelIke   *ike,
                        guint       percent)
{
  for (guint i = ike->children->len; i > 0; i--)
    {
      ModelChild *child = ike->children->pdata[i - 1];

      if (child->serial == 0 && chance (self, percent))
        model_daemon_remove_child (self->daemon, ike, child);
    }
}

static void
drop_replaced_all (ModelChaos *self,
                   guint       percent)
{
  for (guint i = self->daemon->ike_sas->len; i > 0; i--)
    {
      ModelIke *ike = self->daemon->ike_sas->pdata[i - 1];

      drop_replaced_children (self, ike, percent);
      if (ike->serial == 0 && g_str_equal (ike->state, "DELETING") && chance (self, percent))
        model_daemon_remove_ike (self->daemon, ike);
    }
}

static gboolean
drop_replaced (ModelChaos *self)
{
  drop_replaced_all (self, 30);

  return TRUE;
}

/* -- The configuration -- */

static void
tell_of_configuration (ModelChaos *self)
{
  static const char * const lines[] = {
    "added vici connection: home", "loaded certificate 'CN=one'", "unloaded authority 'one'"
  };

  if (self->honest || chance (self, 50))
    model_daemon_tell_log (self->daemon, "CFG", DRAW_FROM (self, lines));
}

static gboolean
load (ModelChaos *self)
{
  ModelCatalog catalog = chance (self, 70) ? MODEL_CONNS : draw (self, MODEL_N_CATALOGS);
  const char *name = catalog == MODEL_CONNS ? DRAW_FROM (self, conns) : DRAW_FROM (self, others);

  if (model_daemon_has_named (self->daemon, catalog, name))
    return FALSE;

  g_ptr_array_add (self->daemon->catalogs[catalog], (gpointer) name);
  tell_of_configuration (self);

  return TRUE;
}

static gboolean
unload (ModelChaos *self)
{
  GPtrArray *names = self->daemon->catalogs[draw (self, MODEL_N_CATALOGS)];

  if (names->len == 0)
    return FALSE;

  g_ptr_array_remove_index (names, draw (self, names->len));
  tell_of_configuration (self);

  return TRUE;
}

static gboolean
chatter (ModelChaos *self)
{
  model_daemon_tell_log (self->daemon, "IKE", "sending keep alive");

  return TRUE;
}

/* -- All of it -- */

static const struct
{
  guint      weight;
  gboolean (*step) (ModelChaos *self);
} steps[] = {
  { 60, begin_ike },
  { 20, fail_ike },
  { 60, raise_ike },
  { 10, delete_ike },
  { 40, lower_ike },
  { 20, begin_ike_rekey },
  { 60, end_ike_rekey },
  { 20, move_ike },
  { 1, lose_ike },
  { 40, begin_child },
  { 15, fail_child },
  { 80, raise_child },
  { 20, delete_child },
  { 60, lower_child },
  { 20, begin_child_rekey },
  { 80, end_child_rekey },
  { 40, carry },
  { 1, lose_child },
  { 30, drop_replaced },
  { 4, load },
  { 3, unload },
  { 20, chatter },
};

gboolean
model_chaos_step (ModelChaos *self)
{
  guint total = 0;
  guint drawn;
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (steps); i++)
    total += steps[i].weight;

  drawn = draw (self, total);
  for (i = 0; drawn >= steps[i].weight; i++)
    drawn -= steps[i].weight;

  return steps[i].step (self);
}

/* -- Peace -- */

static void
settle_children (ModelChaos *self,
                 ModelIke   *ike)
{
  ModelChild *child;

  while ((child = draw_child (self, ike, "INSTALLING")) != NULL)
    {
      child->state = "INSTALLED";
      model_daemon_tell_child (self->daemon, ike, child, TRUE);
    }
  while ((child = draw_child (self, ike, "DELETING")) != NULL)
    lower (self, ike, child);
  while ((child = draw_child (self, ike, "REKEYING")) != NULL)
    replace_child (self, ike, child);
}

void
model_chaos_settle (ModelChaos *self)
{
  ModelIke *ike;

  while ((ike = draw_ike (self, "REKEYING")) != NULL)
    replace_ike (self, ike);
  while ((ike = draw_ike (self, "DELETING")) != NULL)
    lower_whole (self, ike);
  while ((ike = draw_ike (self, "CONNECTING")) != NULL)
    {
      if (chance (self, 50))
        establish (self, ike);
      else
        model_daemon_remove_ike (self->daemon, ike);
    }
  for (guint i = 0; i < self->daemon->ike_sas->len; i++)
    settle_children (self, self->daemon->ike_sas->pdata[i]);

  drop_replaced_all (self, 100);
}
