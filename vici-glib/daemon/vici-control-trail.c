/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How what an `initiate` has begun is told from what was there before.
 *
 * charon takes an IKE_SA that is up or on its way where there is one, and sends the
 * lines of that IKE_SA, whoever else is at it. It is ours when the first line is of
 * its beginning. Later, such a line may as well be of a second try.
 *
 * On an IKE_SA of others, a CHILD_SA is ours when a CREATE_CHILD_SA is sent for it, or,
 * in IKEv1, when the first line is of its Quick Mode. The one that goes with the
 * IKE_AUTH is of whoever has begun the IKE_SA. What may be of others stays.
 *
 * Names in a line could be made to look like another line. Lines are compared as a
 * whole up to what follows the name and id, and the name and the id are those that
 * the event says by itself. */

#include "vici-control-trail.h"

#include "vici-builder.h"

#include <stdarg.h>
#include <string.h>

void
vici_control_trail_init (ViciControlTrail *self,
                         ViciMessage      *initiate)
{
  *self = (ViciControlTrail) { .child = vici_message_lookup_string (initiate, "child") };
}

void
vici_control_trail_clear (ViciControlTrail *self)
{
  g_clear_pointer (&self->child, g_free);
}

G_GNUC_PRINTF (2, 3)
static gboolean
begins_with (const char *text,
             const char *format,
             ...)
{
  g_autofree char *prefix = NULL;
  va_list args;

  va_start (args, format);
  prefix = g_strdup_vprintf (format, args);
  va_end (args);

  return g_str_has_prefix (text, prefix);
}

/* The first that is said of an IKE_SA that we initiate. In a crowd charon 5.9 loses
 * lines, and so it may be the second. */
static gboolean
is_beginning (const char *group,
              const char *name,
              guint       id,
              const char *text)
{
  if (g_str_equal (group, "ENC"))
    return g_str_has_prefix (text, "generating IKE_SA_INIT request 0 [") ||
           g_str_has_prefix (text, "generating ID_PROT request 0 [") ||
           g_str_has_prefix (text, "generating AGGRESSIVE request 0 [");

  return g_str_equal (group, "IKE") &&
         (begins_with (text, "initiating IKE_SA %s[%u] to ", name, id) ||
          begins_with (text, "initiating Main Mode IKE_SA %s[%u] to ", name, id) ||
          begins_with (text, "initiating Aggressive Mode IKE_SA %s[%u] to ", name, id));
}

/* What may come before the beginning. */
static gboolean
is_before_beginning (ViciMessage *event,
                     const char  *text)
{
  return vici_message_lookup_int64 (event, "level", 0) > 1 ||
         g_str_has_prefix (text, "unable to resolve ");
}

/* Reads "net{7}", with what is said of it, or, for NULL, with nothing behind it.
 * Returns 0 for anything else. */
static guint
read_child_id (const char *text,
               const char *child,
               const char *said)
{
  gsize length = strlen (child);
  char *end;
  guint64 id;

  if (strncmp (text, child, length) != 0 || text[length] != '{' ||
      !g_ascii_isdigit (text[length + 1]))
    return 0;

  id = g_ascii_strtoull (text + length + 1, &end, 10);
  if (id > G_MAXUINT || *end != '}')
    return 0;

  if (said != NULL ? !g_str_has_prefix (end + 1, said) : end[1] != '\0')
    return 0;

  return id;
}

/* Takes what is said by the part that makes messages. */
static void
add_message (ViciControlTrail *self,
             gboolean          first,
             const char       *text)
{
  if (!g_str_has_prefix (text, "generating "))
    return;

  if (g_str_has_prefix (text, "generating QUICK_MODE request ") && (self->began || first))
    self->quick_mode = TRUE;

  if (g_str_has_prefix (text, "generating CREATE_CHILD_SA request ") && self->child_id == 0)
    self->child_id = self->pending_child_id;
  self->pending_child_id = 0;
}

static guint
find_child_id (ViciControlTrail *self,
               const char       *text)
{
  const char *establishing = "establishing CHILD_SA ";
  const char *established = "CHILD_SA ";

  /* With a reqid behind it, it would be to replace another. */
  if (g_str_has_prefix (text, establishing))
    {
      guint id = read_child_id (text + strlen (establishing), self->child, NULL);

      if (self->began)
        return id;

      self->pending_child_id = id;
    }

  /* IKEv1 does not say it before. */
  if (self->quick_mode && g_str_has_prefix (text, established))
    return read_child_id (text + strlen (established), self->child, " established with SPIs ");

  return 0;
}

void
vici_control_trail_add (ViciControlTrail *self,
                        ViciMessage      *event)
{
  g_autofree char *group = vici_message_lookup_string (event, "group");
  g_autofree char *name = vici_message_lookup_string (event, "ikesa-name");
  g_autofree char *text = vici_message_lookup_string (event, "msg");
  guint64 id = vici_message_lookup_uint64 (event, "ikesa-uniqueid", 0);
  gboolean first = !self->began && !self->joined;

  /* What has no id is of no IKE_SA, and, from charon 5.9, of anybody. */
  if (group == NULL || name == NULL || text == NULL || id == 0 || id > G_MAXUINT)
    return;

  if (!self->joined && is_beginning (group, name, id, text))
    {
      self->began = TRUE;
      self->ike_id = id;
    }
  else if (!self->began && !is_before_beginning (event, text))
    {
      self->joined = TRUE;
      self->ike_id = id;
    }

  if (g_str_equal (group, "ENC"))
    add_message (self, first, text);
  else if (self->child != NULL && self->child_id == 0 && g_str_equal (group, "IKE"))
    self->child_id = find_child_id (self, text);
}

ViciMessage *
vici_control_trail_get_terminate (ViciControlTrail *self)
{
  g_autoptr (ViciBuilder) builder = NULL;

  if (!self->began && self->child_id == 0)
    return NULL;

  builder = vici_builder_new ();
  if (self->began)
    {
      vici_builder_add_uint64 (builder, "ike-id", self->ike_id);
      /* The peer may be dead. */
      vici_builder_add_boolean (builder, "force", TRUE);
    }
  else
    {
      vici_builder_add_uint64 (builder, "child-id", self->child_id);
    }
  /* It is asked to, and nobody waits. */
  vici_builder_add_int64 (builder, "timeout", -1);

  return vici_builder_end (builder, NULL);
}
