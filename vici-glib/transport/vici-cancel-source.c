/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-cancel-source.h"

typedef struct
{
  GSource       source;
  GCancellable *cancellable;
  gulong        cancelled_id;
} ViciCancelSource;

static gboolean
vici_cancel_source_prepare (GSource *source,
                            int     *timeout)
{
  *timeout = -1;

  return g_cancellable_is_cancelled (((ViciCancelSource *) source)->cancellable);
}

static gboolean
vici_cancel_source_check (GSource *source)
{
  return g_cancellable_is_cancelled (((ViciCancelSource *) source)->cancellable);
}

static gboolean
vici_cancel_source_dispatch (GSource    *source,
                             GSourceFunc callback,
                             gpointer    user_data)
{
  ViciCancelSource *self = (ViciCancelSource *) source;
  GCancellableSourceFunc func = (GCancellableSourceFunc) G_CALLBACK (callback);

  return func != NULL ? func (self->cancellable, user_data) : G_SOURCE_REMOVE;
}

static void
vici_cancel_source_finalize (GSource *source)
{
  ViciCancelSource *self = (ViciCancelSource *) source;

  g_signal_handler_disconnect (self->cancellable, self->cancelled_id);
  g_object_unref (self->cancellable);
}

static GSourceFuncs vici_cancel_source_funcs = {
  .prepare = vici_cancel_source_prepare,
  .check = vici_cancel_source_check,
  .dispatch = vici_cancel_source_dispatch,
  .finalize = vici_cancel_source_finalize,
};

/* In whatever thread cancels, which touches nothing but the context. */
static void
on_cancelled (GCancellable *cancellable,
              GMainContext *context)
{
  g_main_context_wakeup (context);
}

static void
on_closure_gone (gpointer  data,
                 GClosure *closure)
{
  g_main_context_unref (data);
}

GSource *
vici_cancel_source_new (GCancellable *cancellable,
                        GMainContext *context)
{
  GSource *source = g_source_new (&vici_cancel_source_funcs, sizeof (ViciCancelSource));
  ViciCancelSource *self = (ViciCancelSource *) source;

  g_source_set_static_name (source, "[vici-glib] cancelled");
  self->cancellable = g_object_ref (cancellable);
  self->cancelled_id = g_signal_connect_data (cancellable, "cancelled",
                                              G_CALLBACK (on_cancelled),
                                              g_main_context_ref (context),
                                              on_closure_gone, 0);
  g_source_attach (source, context);

  return source;
}
