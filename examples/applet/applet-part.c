/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-part.h"

/* A part of a window: it is given the session that all of them share, once. */

typedef struct
{
  AppletSession *session;
} AppletPartPrivate;

enum
{
  PROP_SESSION = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (AppletPart, applet_part, ADW_TYPE_BIN)

/**
 * applet_part_get_session:
 *
 * Returns: (transfer none) (nullable):
 */
AppletSession *
applet_part_get_session (AppletPart *self)
{
  AppletPartPrivate *priv = applet_part_get_instance_private (self);

  return priv->session;
}

/* A template tells of none before it has one. */
static void
set_session (AppletPart    *self,
             AppletSession *session)
{
  AppletPartPrivate *priv = applet_part_get_instance_private (self);
  AppletPartClass *klass = APPLET_PART_GET_CLASS (self);

  if (session == NULL || !g_set_object (&priv->session, session))
    return;

  if (klass->begin != NULL)
    klass->begin (self);
}

static void
applet_part_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, applet_part_get_session (APPLET_PART (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_part_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_SESSION:
      set_session (APPLET_PART (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_part_finalize (GObject *object)
{
  AppletPartPrivate *priv = applet_part_get_instance_private (APPLET_PART (object));

  g_clear_object (&priv->session);

  G_OBJECT_CLASS (applet_part_parent_class)->finalize (object);
}

static void
applet_part_class_init (AppletPartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = applet_part_get_property;
  object_class->set_property = applet_part_set_property;
  object_class->finalize = applet_part_finalize;

  properties[PROP_SESSION] =
    g_param_spec_object ("session", NULL, NULL, APPLET_TYPE_SESSION,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
applet_part_init (AppletPart *self)
{
}
