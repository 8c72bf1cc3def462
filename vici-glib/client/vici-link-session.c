/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-link-session.h"

struct _ViciLinkSession
{
  ViciSession          parent_instance;

  ViciLinkSessionWrite write;
  gpointer             user_data;
};

G_DEFINE_FINAL_TYPE (ViciLinkSession, vici_link_session, VICI_TYPE_SESSION)

static gsize
vici_link_session_write (ViciSession  *session,
                         const guint8 *data,
                         gsize         length)
{
  ViciLinkSession *self = VICI_LINK_SESSION (session);

  return self->write (session, data, length, self->user_data);
}

static void
vici_link_session_class_init (ViciLinkSessionClass *klass)
{
  VICI_SESSION_CLASS (klass)->write = vici_link_session_write;
}

static void
vici_link_session_init (ViciLinkSession *self)
{
}

ViciSession *
vici_link_session_new (ViciLinkSessionWrite write,
                       gpointer             user_data)
{
  ViciLinkSession *self = g_object_new (VICI_TYPE_LINK_SESSION, NULL);

  self->write = write;
  self->user_data = user_data;

  return VICI_SESSION (self);
}
