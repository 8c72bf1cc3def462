/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-conn-ups.h"

typedef struct
{
  GCancellable *cancellable;
  gboolean      all;
  char         *child;          /* that it is at; NULL: none yet */
  GHashTable   *left_out;       /* names of those that are not to be brought up any more */
} Up;

struct _ViciConnUps
{
  GPtrArray *ups;
};

static void
up_free (gpointer data)
{
  Up *self = data;

  g_object_unref (self->cancellable);
  g_free (self->child);
  g_hash_table_unref (self->left_out);
  g_free (self);
}

ViciConnUps *
vici_conn_ups_new (void)
{
  ViciConnUps *self = g_new (ViciConnUps, 1);

  self->ups = g_ptr_array_new_with_free_func (up_free);

  return self;
}

void
vici_conn_ups_free (ViciConnUps *self)
{
  g_ptr_array_unref (self->ups);
  g_free (self);
}

static Up *
find (ViciConnUps  *self,
      GCancellable *cancellable)
{
  for (guint i = 0; i < self->ups->len; i++)
    {
      Up *up = self->ups->pdata[i];

      if (up->cancellable == cancellable)
        return up;
    }

  return NULL;
}

void
vici_conn_ups_add (ViciConnUps  *self,
                   GCancellable *cancellable,
                   const char   *child)
{
  Up *up = g_new (Up, 1);

  up->cancellable = g_object_ref (cancellable);
  up->all = child == NULL;
  up->child = g_strdup (child);
  up->left_out = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_ptr_array_add (self->ups, up);
}

void
vici_conn_ups_remove (ViciConnUps  *self,
                      GCancellable *cancellable)
{
  g_ptr_array_remove (self->ups, find (self, cancellable));
}

gboolean
vici_conn_ups_go_on (ViciConnUps  *self,
                     GCancellable *cancellable,
                     const char   *child)
{
  Up *up = find (self, cancellable);

  if (g_hash_table_contains (up->left_out, child))
    return FALSE;

  g_free (up->child);
  up->child = g_strdup (child);

  return TRUE;
}

void
vici_conn_ups_give_up (ViciConnUps *self,
                       const char  *child)
{
  g_autoptr (GPtrArray) cancellables = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->ups->len; i++)
    {
      Up *up = self->ups->pdata[i];

      if (child == NULL || g_strcmp0 (up->child, child) == 0)
        g_ptr_array_add (cancellables, g_object_ref (up->cancellable));
      else if (up->all)
        g_hash_table_add (up->left_out, g_strdup (child));
    }

  /* One that ends at once leaves the list. */
  for (guint i = 0; i < cancellables->len; i++)
    g_cancellable_cancel (cancellables->pdata[i]);
}

gboolean
vici_conn_ups_is_empty (ViciConnUps *self)
{
  return self->ups->len == 0;
}

/* One that was given up may take a while to come to its end. */
gboolean
vici_conn_ups_is_coming (ViciConnUps *self)
{
  for (guint i = 0; i < self->ups->len; i++)
    {
      Up *up = self->ups->pdata[i];

      if (!g_cancellable_is_cancelled (up->cancellable))
        return TRUE;
    }

  return FALSE;
}
