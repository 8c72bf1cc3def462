/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-reply.h"

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-name-escape.h"
#include "vici-record-values.h"

void
vici_reply_init (ViciReply               *self,
                 const ViciDaemonCommand *command)
{
  self->command = command;
  self->size = 0;
  self->number = -1;
  self->pointer = NULL;
  self->records = NULL;
  if (command->returns == VICI_RETURNS_LIST && command->from != VICI_LIST_FROM_CUSTOM)
    self->records = g_ptr_array_new_with_free_func (g_object_unref);
}

void
vici_reply_clear (ViciReply *self)
{
  GDestroyNotify free_pointer = vici_reply_get_free (self);

  g_clear_pointer (&self->records, g_ptr_array_unref);
  if (self->pointer != NULL)
    free_pointer (g_steal_pointer (&self->pointer));
}

GDestroyNotify
vici_reply_get_free (ViciReply *self)
{
  switch (self->command->returns)
    {
    case VICI_RETURNS_STRING:
      return g_free;

    case VICI_RETURNS_NAMES:
      return (GDestroyNotify) g_strfreev;

    case VICI_RETURNS_RECORD:
    case VICI_RETURNS_LIST:
      return g_object_unref;

    case VICI_RETURNS_BOOLEAN:
    case VICI_RETURNS_COUNT:
    default:
      return NULL;
    }
}

gboolean
vici_reply_add_event (ViciReply   *self,
                      ViciMessage *event,
                      guint        max_size,
                      GError     **error)
{
  guint before = self->records->len;

  if (self->command->from == VICI_LIST_FROM_EVENTS)
    vici_records_add (self->records, self->command->get_type (), event, "");
  else if (self->command->from == VICI_LIST_FROM_EVENT)
    g_ptr_array_add (self->records, vici_record_new (self->command->get_type (), NULL, event));

  /* One without a record counts as well: there may be no end of them. */
  self->size += vici_message_get_size (event) +
                VICI_REPLY_RECORD * MAX (self->records->len - before, 1);
  if (self->size <= max_size)
    return TRUE;

  g_set_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE,
               _("The list that the daemon returns for “%s” takes more than %u bytes"),
               self->command->name, max_size);

  return FALSE;
}

static GStrv
read_names (ViciMessage *reply,
            const char  *key)
{
  g_auto (GStrv) escaped = vici_text_lookup_strv (reply, key);
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  for (gsize i = 0; escaped != NULL && escaped[i] != NULL; i++)
    {
      g_autofree char *name = vici_name_unescape (escaped[i]);

      g_strv_builder_add (names, name);
    }

  return g_strv_builder_end (names);
}

static void
add_names (ViciReply   *self,
           ViciMessage *reply)
{
  g_auto (GStrv) names = vici_text_lookup_strv (reply, self->command->key);
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) nothing = vici_builder_end (builder, NULL);

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    g_ptr_array_add (self->records,
                     vici_record_new (self->command->get_type (), names[i], nothing));
}

static GListModel *
read_list (ViciReply   *self,
           ViciMessage *reply)
{
  GType type = self->command->get_type ();
  g_autoptr (ViciMessage) section = NULL;

  switch (self->command->from)
    {
    case VICI_LIST_FROM_SECTIONS:
      vici_records_add (self->records, type, reply, "");
      break;

    case VICI_LIST_FROM_SECTION:
      section = vici_message_lookup_section (reply, self->command->key);
      if (section != NULL)
        vici_records_add (self->records, type, section, "");
      break;

    case VICI_LIST_FROM_NAMES:
      add_names (self, reply);
      break;

    case VICI_LIST_FROM_CUSTOM:
      return self->command->read (reply);

    case VICI_LIST_FROM_NONE:
    case VICI_LIST_FROM_EVENTS:
    case VICI_LIST_FROM_EVENT:
    default:
      break;
    }

  return vici_records_list (self->records, type);
}

/* An id that an old daemon does not tell. */
static char *
read_string (ViciMessage *reply,
             const char  *key)
{
  char *text = vici_text_lookup (reply, key);

  return text ? text : g_strdup ("");
}

gboolean
vici_reply_end (ViciReply   *self,
                ViciMessage *reply,
                GError     **error)
{
  if (!vici_message_check_success (reply, error))
    return FALSE;

  switch (self->command->returns)
    {
    case VICI_RETURNS_STRING:
      self->pointer = read_string (reply, self->command->key);
      break;

    case VICI_RETURNS_NAMES:
      self->pointer = read_names (reply, self->command->key);
      break;

    case VICI_RETURNS_COUNT:
      self->number = MAX (vici_message_lookup_int64 (reply, self->command->key, 0), 0);
      break;

    case VICI_RETURNS_RECORD:
      self->pointer = vici_record_new (self->command->get_type (), NULL, reply);
      break;

    case VICI_RETURNS_LIST:
      self->pointer = read_list (self, reply);
      break;

    case VICI_RETURNS_BOOLEAN:
    default:
      self->number = TRUE;
      break;
    }

  return TRUE;
}
