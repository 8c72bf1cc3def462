/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-context-source.h"

typedef struct
{
  GSource       source;
  GMainContext *inner;
  int           priority;       /* of what is ready in the inner context */
  GPollFD      *fds;            /* what it waits for, polled by the outer one */
  int           n_fds;
} ViciContextSource;

static gboolean
same_fds (const GPollFD *a,
          const GPollFD *b,
          int            n)
{
  for (int i = 0; i < n; i++)
    {
      if (a[i].fd != b[i].fd || a[i].events != b[i].events)
        return FALSE;
    }

  return TRUE;
}

static void
replace_fds (ViciContextSource *self,
             GPollFD           *fds,
             int                n_fds)
{
  for (int i = 0; i < self->n_fds; i++)
    g_source_remove_poll (&self->source, &self->fds[i]);

  g_free (self->fds);
  self->fds = fds;
  self->n_fds = n_fds;

  for (int i = 0; i < self->n_fds; i++)
    g_source_add_poll (&self->source, &self->fds[i]);
}

/* Polls for what the inner context waits for now. */
static int
update_fds (ViciContextSource *self)
{
  int timeout;
  int n_fds = g_main_context_query (self->inner, self->priority, &timeout, NULL, 0);
  g_autofree GPollFD *fds = g_new0 (GPollFD, n_fds);

  g_main_context_query (self->inner, self->priority, &timeout, fds, n_fds);

  if (n_fds != self->n_fds || !same_fds (fds, self->fds, n_fds))
    replace_fds (self, g_steal_pointer (&fds), n_fds);

  return timeout;
}

static gboolean
vici_context_source_prepare (GSource *source,
                             int     *timeout)
{
  ViciContextSource *self = (ViciContextSource *) source;
  gboolean ready;

  if (!g_main_context_acquire (self->inner))
    return FALSE;

  ready = g_main_context_prepare (self->inner, &self->priority);
  *timeout = update_fds (self);
  g_main_context_release (self->inner);

  return ready;
}

static gboolean
vici_context_source_check (GSource *source)
{
  ViciContextSource *self = (ViciContextSource *) source;
  gboolean ready;

  if (!g_main_context_acquire (self->inner))
    return FALSE;

  ready = g_main_context_check (self->inner, self->priority, self->fds, self->n_fds);
  g_main_context_release (self->inner);

  return ready;
}

static gboolean
vici_context_source_dispatch (GSource    *source,
                              GSourceFunc callback,
                              gpointer    user_data)
{
  ViciContextSource *self = (ViciContextSource *) source;

  /* Whether its prepare or its check has found something: this does for both. */
  g_main_context_push_thread_default (self->inner);
  g_main_context_iteration (self->inner, FALSE);
  g_main_context_pop_thread_default (self->inner);

  return G_SOURCE_CONTINUE;
}

static void
vici_context_source_finalize (GSource *source)
{
  ViciContextSource *self = (ViciContextSource *) source;

  g_clear_pointer (&self->fds, g_free);
  g_clear_pointer (&self->inner, g_main_context_unref);
}

static GSourceFuncs vici_context_source_funcs = {
  .prepare = vici_context_source_prepare,
  .check = vici_context_source_check,
  .dispatch = vici_context_source_dispatch,
  .finalize = vici_context_source_finalize,
};

GSource *
vici_context_source_new (GMainContext *inner)
{
  GSource *source = g_source_new (&vici_context_source_funcs, sizeof (ViciContextSource));
  ViciContextSource *self = (ViciContextSource *) source;

  self->inner = g_main_context_ref (inner);
  g_source_set_name (source, "[vici-glib] context");

  return source;
}
