/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-result.h"

#include "vici-object.h"

struct _ViciResult
{
  GObject  parent_instance;

  GObject *source_object;
  gpointer source_tag;
  gpointer user_data;
  GObject *value;
  GError  *error;
};

static void async_result_iface_init (GAsyncResultIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciResult, vici_result, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_RESULT, async_result_iface_init))

static void
vici_result_clear (ViciResult *self)
{
  g_clear_object (&self->source_object);
  g_clear_object (&self->value);
  g_clear_error (&self->error);
}

void
vici_result_return (ViciResult        **spare,
                    gpointer            source_object,
                    gpointer            source_tag,
                    GAsyncReadyCallback callback,
                    gpointer            user_data,
                    GObject            *value,
                    GError             *error)
{
  ViciResult *self = g_steal_pointer (spare);

  /* There is none the first time, and within a callback. */
  if (self == NULL)
    self = g_object_new (VICI_TYPE_RESULT, NULL);

  self->source_object = g_object_ref (source_object);
  self->source_tag = source_tag;
  self->user_data = user_data;
  self->value = value;
  self->error = error;

  if (callback != NULL)
    callback (source_object, G_ASYNC_RESULT (self), user_data);

  if (vici_object_is_unshared (self))
    vici_result_clear (self);

  /* To clear it may have run a main loop, in which another one was done with. */
  if (*spare == NULL && vici_object_is_unshared (self))
    *spare = self;
  else
    g_object_unref (self);
}

gboolean
vici_result_is_valid (GAsyncResult *result,
                      gpointer      source_object,
                      gpointer      source_tag)
{
  ViciResult *self = (ViciResult *) result;

  return VICI_IS_RESULT (result) &&
         self->source_object == source_object &&
         self->source_tag == source_tag;
}

gpointer
vici_result_propagate (GAsyncResult *result,
                       GError      **error)
{
  ViciResult *self = VICI_RESULT (result);

  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));

  return g_steal_pointer (&self->value);
}

static gpointer
vici_result_get_user_data (GAsyncResult *result)
{
  return VICI_RESULT (result)->user_data;
}

static GObject *
vici_result_get_source_object (GAsyncResult *result)
{
  return g_object_ref (VICI_RESULT (result)->source_object);
}

static gboolean
vici_result_is_tagged (GAsyncResult *result,
                       gpointer      source_tag)
{
  return VICI_RESULT (result)->source_tag == source_tag;
}

static void
async_result_iface_init (GAsyncResultIface *iface)
{
  iface->get_user_data = vici_result_get_user_data;
  iface->get_source_object = vici_result_get_source_object;
  iface->is_tagged = vici_result_is_tagged;
}

static void
vici_result_finalize (GObject *object)
{
  vici_result_clear (VICI_RESULT (object));

  G_OBJECT_CLASS (vici_result_parent_class)->finalize (object);
}

static void
vici_result_class_init (ViciResultClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = vici_result_finalize;
}

static void
vici_result_init (ViciResult *self)
{
}
