/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Secrets that peers share. Newer ones come first. */

#include "sim-parts.h"

typedef struct
{
  char  *id;                    /* NULL: it has none, and cannot be unloaded */
  char  *type;                  /* in upper case */
  GStrv  owners;
} Shared;

struct _SimShared
{
  Sim       *sim;
  GPtrArray *secrets;           /* Shared */
};

static void
shared_free (Shared *shared)
{
  g_free (shared->id);
  g_free (shared->type);
  g_strfreev (shared->owners);
  g_free (shared);
}

static void
remove_shared (SimShared  *self,
               const char *id)
{
  for (guint i = self->secrets->len; i > 0; i--)
    if (g_strcmp0 (((Shared *) self->secrets->pdata[i - 1])->id, id) == 0)
      g_ptr_array_remove_index (self->secrets, i - 1);
}

static gboolean
are_ids (const char * const *ids)
{
  for (; ids != NULL && *ids != NULL; ids++)
    if (!g_str_is_ascii (*ids))
      return FALSE;

  return TRUE;
}

static void
log_shared (SimShared *self,
            Shared    *shared)
{
  gboolean has_owners = shared->owners != NULL && shared->owners[0] != NULL;
  g_autofree char *owners = has_owners ? g_strjoinv ("', '", shared->owners) : g_strdup ("%any");

  if (shared->id != NULL)
    sim_log (self->sim, "CFG", "loaded %s shared key with id '%s' for: '%s'", shared->type, shared->id, owners);
  else
    sim_log (self->sim, "CFG", "loaded %s shared key for: '%s'", shared->type, owners);
}

static void
load_shared (Sim            *sim,
             ViciInvocation *invocation)
{
  static const char * const types[] = { "ike", "eap", "xauth", "ntlm", "ppk", NULL };
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_autofree char *type = sim_request (invocation, "type");
  g_autoptr (GBytes) data = sim_request_data (invocation);
  g_auto (GStrv) owners = vici_message_lookup_strv (request, "owners");
  Shared *shared;

  if (type == NULL)
    sim_fail (invocation, "shared key type missing");
  else if (sim_find_word (types, type) < 0)
    sim_fail (invocation, "invalid shared key type: %s", type);
  else if (data == NULL)
    sim_fail (invocation, "shared key data missing");
  else if (!are_ids ((const char * const *) owners))
    sim_fail (invocation, "parsing shared key owners failed");
  else
    {
      shared = g_new0 (Shared, 1);
      shared->id = sim_request (invocation, "id");
      shared->type = g_ascii_strup (g_str_equal (type, "xauth") ? "eap" : type, -1);
      shared->owners = g_steal_pointer (&owners);
      if (shared->id != NULL)
        remove_shared (sim->shared, shared->id);
      g_ptr_array_insert (sim->shared->secrets, 0, shared);
      log_shared (sim->shared, shared);
      vici_invocation_return_success (invocation);
    }
}

/* An unknown id is none to complain of. */
static void
unload_shared (Sim            *sim,
               ViciInvocation *invocation)
{
  g_autofree char *id = sim_request (invocation, "id");

  if (id == NULL)
    {
      sim_fail (invocation, "unique identifier missing");
      return;
    }

  sim_log (sim, "CFG", "unloaded shared key with id '%s'", id);
  remove_shared (sim->shared, id);
  vici_invocation_return_success (invocation);
}

static void
get_shared (Sim            *sim,
            ViciInvocation *invocation)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_begin_list (builder, "keys");
  for (guint i = 0; i < sim->shared->secrets->len; i++)
    {
      Shared *shared = sim->shared->secrets->pdata[i];

      if (shared->id != NULL)
        vici_builder_add_item (builder, shared->id);
    }
  vici_builder_end_list (builder);

  sim_return (invocation, builder);
}

static gboolean
is_owner (Shared     *shared,
          const char *id)
{
  const char * const *owners = (const char * const *) shared->owners;

  return owners == NULL || owners[0] == NULL || g_strv_contains (owners, id) ||
         g_strv_contains (owners, "%any");
}

gboolean
sim_shared_has (SimShared  *self,
                const char *type,
                const char *local_id,
                const char *remote_id)
{
  for (guint i = 0; i < self->secrets->len; i++)
    {
      Shared *shared = self->secrets->pdata[i];

      if (g_str_equal (shared->type, type) &&
          (is_owner (shared, local_id) || is_owner (shared, remote_id)))
        return TRUE;
    }

  return FALSE;
}

void
sim_shared_clear (SimShared *self)
{
  g_ptr_array_set_size (self->secrets, 0);
}

SimShared *
sim_shared_new (Sim *sim)
{
  static const SimCommand commands[] = {
    { "load-shared", load_shared },
    { "unload-shared", unload_shared },
    { "get-shared", get_shared },
  };
  SimShared *self = g_new0 (SimShared, 1);

  self->sim = sim;
  self->secrets = g_ptr_array_new_with_free_func ((GDestroyNotify) shared_free);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));

  return self;
}

void
sim_shared_free (SimShared *self)
{
  g_ptr_array_unref (self->secrets);
  g_free (self);
}
