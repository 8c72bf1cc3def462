/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-entry.h"

#include <string.h>

#include "vici-avahi.h"
#include "vici-i18n.h"
#include "vici-place.h"

/* Somebody who takes one name after the other is no accident. */
#define MAX_RENAMES 100

/* AVAHI_SERVER_RUNNING and AVAHI_ENTRY_GROUP_*. */
#define SERVER_RUNNING 2
#define GROUP_ESTABLISHED 2
#define GROUP_COLLISION 3
#define GROUP_FAILURE 4

struct _ViciEntry
{
  const ViciEntryFuncs *funcs;
  gpointer              owner;

  char                 *name;           /* after a collision: the one instead */
  ViciPlace             place;
  ViciAvahi            *avahi;
  char                 *group;          /* Avahi's object; NULL: there is none yet */
  gboolean              running;        /* Avahi knows the name of the host */
  guint                 renames;        /* since it was last published */
  GCancellable         *calls;          /* of the present attempt; NULL: Avahi is not there */
};

/* What was asked before does not matter any more. */
static void
drop_calls (ViciEntry *self)
{
  if (self->calls != NULL)
    g_cancellable_cancel (self->calls);
  g_clear_object (&self->calls);
}

static void
renew_calls (ViciEntry *self)
{
  drop_calls (self);
  self->calls = g_cancellable_new ();
}

static void rename_entry (ViciEntry *self);

/* NULL: there is nothing to go on with, and perhaps no entry any more. */
static GVariant *
take_reply (ViciEntry    *self,
            GObject      *source,
            GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  GVariant *reply = vici_avahi_finish (source, result, &error);

  if (reply != NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return reply;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS) && self->group != NULL)
    rename_entry (self);
  else
    self->funcs->failed (self->owner, error);

  return NULL;
}

static void
on_committed (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  /* Now Avahi asks around; a signal tells what comes out. */
  g_autoptr (GVariant) reply G_GNUC_UNUSED = take_reply (user_data, source, result);
}

static void
on_added (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  ViciEntry *self = user_data;
  g_autoptr (GVariant) reply = take_reply (self, source, result);

  if (reply != NULL)
    vici_avahi_call (self->avahi, self->group, VICI_AVAHI_ENTRY_GROUP, "Commit", NULL, "()",
                     self->calls, on_committed, self);
}

static GVariant *
build_txt (const char *scheme)
{
  g_autofree char *entry = g_strconcat ("scheme=", scheme, NULL);
  GVariant *bytes = g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, entry, strlen (entry), 1);

  return g_variant_new_array (G_VARIANT_TYPE_BYTESTRING, &bytes, 1);
}

static void
add_entry (ViciEntry *self)
{
  g_autoptr (GError) error = NULL;
  int interface, protocol;

  if (!vici_place_find_interface (&self->place, &interface, &protocol, &error))
    {
      self->funcs->failed (self->owner, error);
      return;
    }

  /* Of this host, in the domain that Avahi is for. */
  vici_avahi_call (self->avahi, self->group, VICI_AVAHI_ENTRY_GROUP, "AddService",
                   g_variant_new ("(iiussssq@aay)", interface, protocol, 0, self->name,
                                  VICI_AVAHI_SERVICE_TYPE, "", "", self->place.port,
                                  build_txt (self->place.scheme)),
                   "()", self->calls, on_added, self);
}

static void
on_renamed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  ViciEntry *self = user_data;
  g_autoptr (GVariant) reply = take_reply (self, source, result);

  if (reply == NULL)
    return;

  g_free (self->name);
  g_variant_get (reply, "(s)", &self->name);
  add_entry (self);
}

static void
rename_entry (ViciEntry *self)
{
  if (++self->renames > MAX_RENAMES)
    {
      g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_EXISTS,
                                              _("The name “%s” and %d others are taken"),
                                              self->name, MAX_RENAMES);

      self->funcs->failed (self->owner, error);
      return;
    }

  renew_calls (self);
  vici_avahi_send (self->avahi, self->group, VICI_AVAHI_ENTRY_GROUP, "Reset");
  vici_avahi_call (self->avahi, VICI_AVAHI_SERVER_PATH, VICI_AVAHI_SERVER,
                   "GetAlternativeServiceName", g_variant_new ("(s)", self->name), "(s)",
                   self->calls, on_renamed, self);
  self->funcs->hidden (self->owner);
}

static void
on_entry_state (ViciEntry  *self,
                int         state,
                const char *text)
{
  g_autoptr (GError) error = NULL;

  switch (state)
    {
    case GROUP_ESTABLISHED:
      self->renames = 0;
      self->funcs->published (self->owner, self->name);
      break;

    case GROUP_COLLISION:
      rename_entry (self);
      break;

    case GROUP_FAILURE:
      g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Avahi has failed: %s"), text);
      self->funcs->failed (self->owner, error);
      break;

    default:
      self->funcs->hidden (self->owner);
      break;
    }
}

/* -- Avahi -- */

/* The entry is for the name that the host has, and is made anew for another one. */
static void
on_server_state (ViciEntry *self,
                 int        state)
{
  gboolean running = state == SERVER_RUNNING;

  if (running == self->running)
    return;

  self->running = running;
  renew_calls (self);
  vici_avahi_send (self->avahi, self->group, VICI_AVAHI_ENTRY_GROUP, "Reset");
  if (running)
    add_entry (self);
  else
    self->funcs->hidden (self->owner);
}

static void
on_got_state (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  ViciEntry *self = user_data;
  g_autoptr (GVariant) reply = take_reply (self, source, result);
  int state;

  if (reply == NULL)
    return;

  g_variant_get (reply, "(i)", &state);
  on_server_state (self, state);
}

static void
on_group (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  ViciEntry *self = user_data;
  g_autoptr (GVariant) reply = take_reply (self, source, result);

  if (reply == NULL)
    return;

  g_variant_get (reply, "(o)", &self->group);
  vici_avahi_call (self->avahi, VICI_AVAHI_SERVER_PATH, VICI_AVAHI_SERVER, "GetState", NULL, "(i)",
                   self->calls, on_got_state, self);
}

static void
forget_avahi (ViciEntry *self)
{
  drop_calls (self);
  g_clear_pointer (&self->group, g_free);
  self->running = FALSE;
  self->renames = 0;
}

static void
on_appeared (gpointer owner)
{
  ViciEntry *self = owner;

  renew_calls (self);
  vici_avahi_call (self->avahi, VICI_AVAHI_SERVER_PATH, VICI_AVAHI_SERVER, "EntryGroupNew", NULL,
                   "(o)", self->calls, on_group, self);
}

static void
on_vanished (gpointer      owner,
             const GError *error)
{
  ViciEntry *self = owner;

  forget_avahi (self);
  self->funcs->failed (self->owner, error);
}

static void
on_told (gpointer    owner,
         const char *path,
         const char *what,
         GVariant   *arguments)
{
  ViciEntry *self = owner;
  const char *text;
  int state;

  if (self->group == NULL || !g_str_equal (what, "StateChanged") ||
      !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(is)")))
    return;

  g_variant_get (arguments, "(i&s)", &state, &text);
  if (g_str_equal (path, VICI_AVAHI_SERVER_PATH))
    on_server_state (self, state);
  else if (g_str_equal (path, self->group) && self->running)
    on_entry_state (self, state, text);
}

static const ViciAvahiFuncs avahi_funcs = { on_appeared, on_vanished, on_told };

/* -- Its beginning and end -- */

static gboolean
check_name (const char *name,
            GError    **error)
{
  g_autofree char *shown = NULL;

  if (*name != '\0' && strlen (name) <= VICI_ENTRY_MAX_NAME && g_utf8_validate (name, -1, NULL))
    return TRUE;

  shown = g_utf8_make_valid (name, -1);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("“%s” cannot be advertised as a name: it should have 1 to %d bytes, of UTF-8"),
               shown, VICI_ENTRY_MAX_NAME);

  return FALSE;
}

ViciEntry *
vici_entry_new (const char           *name,
                const char           *uri,
                const ViciEntryFuncs *funcs,
                gpointer              owner,
                GError              **error)
{
  g_auto (ViciPlace) place = { NULL };
  ViciEntry *self;

  if (!check_name (name, error) || !vici_place_init_from_uri (&place, uri, error))
    return NULL;

  self = g_new0 (ViciEntry, 1);
  self->funcs = funcs;
  self->owner = owner;
  self->avahi = vici_avahi_new (&avahi_funcs, self, error);
  if (self->avahi == NULL)
    {
      g_free (self);
      return NULL;
    }

  self->name = g_strdup (name);
  self->place = place;
  place.address = NULL;

  return self;
}

void
vici_entry_free (ViciEntry *self)
{
  forget_avahi (self);
  vici_avahi_free (self->avahi);
  vici_place_clear (&self->place);
  g_free (self->name);
  g_free (self);
}
