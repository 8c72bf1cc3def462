/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-link-session.h"

struct _ViciLinkSession
{
  ViciSession         parent_instance;

  ViciLinkSessionSend send;
  gpointer            user_data;
};

G_DEFINE_FINAL_TYPE (ViciLinkSession, vici_link_session, VICI_TYPE_SESSION)

static void
vici_link_session_send (ViciSession *session,
                        GBytes      *bytes)
{
  ViciLinkSession *self = VICI_LINK_SESSION (session);

  self->send (session, bytes, self->user_data);
}

static void
vici_link_session_class_init (ViciLinkSessionClass *klass)
{
  VICI_SESSION_CLASS (klass)->send = vici_link_session_send;
}

static void
vici_link_session_init (ViciLinkSession *self)
{
}

ViciSession *
vici_link_session_new (ViciLinkSessionSend send,
                       gpointer            user_data)
{
  ViciLinkSession *self = g_object_new (VICI_TYPE_LINK_SESSION, NULL);

  self->send = send;
  self->user_data = user_data;

  return VICI_SESSION (self);
}
