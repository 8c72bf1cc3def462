/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-credential-scope-private.h"

/* The private keys of all scopes of one daemon. */
typedef struct
{
  GHashTable *users;   /* id -> number of scopes */
  guint       loading; /* keys, whose ids are not known yet */
  GQueue      waiting; /* of GSource, until none is loading */
} ScopeKeys;

static void
scope_keys_free (gpointer data)
{
  ScopeKeys *self = data;

  g_hash_table_unref (self->users);
  g_queue_clear_full (&self->waiting, (GDestroyNotify) g_source_unref);
  g_free (self);
}

static ScopeKeys *
get_keys (ViciDaemon *daemon)
{
  static GQuark quark = 0;
  ScopeKeys *keys;

  if (quark == 0)
    quark = g_quark_from_static_string ("vici-credential-scope-keys");

  keys = g_object_get_qdata (G_OBJECT (daemon), quark);
  if (keys == NULL)
    {
      keys = g_new0 (ScopeKeys, 1);
      keys->users = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_queue_init (&keys->waiting);
      g_object_set_qdata_full (G_OBJECT (daemon), quark, keys, scope_keys_free);
    }

  return keys;
}

void
vici_scope_keys_count (ViciDaemon *daemon,
                       const char *id,
                       int         change)
{
  GHashTable *users = get_keys (daemon)->users;
  int n = GPOINTER_TO_INT (g_hash_table_lookup (users, id)) + change;

  if (n > 0)
    g_hash_table_replace (users, g_strdup (id), GINT_TO_POINTER (n));
  else
    g_hash_table_remove (users, id);
}

gboolean
vici_scope_keys_is_shared (ViciDaemon *daemon,
                           const char *id)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (get_keys (daemon)->users, id)) > 1;
}

void
vici_scope_keys_begin_load (ViciDaemon *daemon)
{
  get_keys (daemon)->loading++;
}

void
vici_scope_keys_end_load (ViciDaemon *daemon)
{
  ScopeKeys *keys = get_keys (daemon);
  GSource *source;

  if (--keys->loading > 0)
    return;

  while ((source = g_queue_pop_head (&keys->waiting)) != NULL)
    {
      g_source_set_ready_time (source, 0);
      g_source_unref (source);
    }
}

gboolean
vici_scope_keys_is_loading (ViciDaemon *daemon)
{
  return get_keys (daemon)->loading > 0;
}

/* Calls back in the context of the task when no key is being loaded any more, or when
 * the task is cancelled. */
void
vici_scope_keys_wait (ViciDaemon            *daemon,
                      GTask                 *task,
                      GCancellableSourceFunc callback)
{
  GSource *source = g_cancellable_source_new (g_task_get_cancellable (task));

  g_task_attach_source (task, source, G_SOURCE_FUNC (callback));
  g_queue_push_tail (&get_keys (daemon)->waiting, source);
}
