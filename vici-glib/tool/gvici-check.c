/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-check.h"

#include <glib/gi18n.h>
#include <string.h>

/* The daemon's own word for a value where it expects a list is “unknown option”,
 * and of a key that it does not know at the top of a request it says nothing: it
 * does without, and terminates more than was meant. */

/* More changes than these, and it is another word. */
#define DISTANCE_MAX 2

typedef struct
{
  ViciMessageIter iter;
  GString        *path;         /* of the section that the iter is in, with a dot at its end */
  gboolean        read_only;    /* the command does no harm */
} Check;

static ViciElement
get_expected_element (const ViciKeyInfo *key)
{
  if (vici_key_info_get_value_type (key) == VICI_VALUE_SECTION)
    return VICI_ELEMENT_SECTION_START;

  return (vici_key_info_get_flags (key) & VICI_KEY_LIST) != 0 ? VICI_ELEMENT_LIST_START
                                                              : VICI_ELEMENT_KEY_VALUE;
}

/* How many characters have to be added, removed or replaced. */
static gsize
get_distance (const char *a,
              const char *b)
{
  gsize length = strlen (b);
  g_autofree gsize *row = g_new (gsize, length + 1);

  for (gsize i = 0; i <= length; i++)
    row[i] = i;

  for (; *a != '\0'; a++)
    {
      gsize diagonal = row[0]++;

      for (gsize i = 0; i < length; i++)
        {
          gsize replaced = diagonal + (*a != b[i]);

          diagonal = row[i + 1];
          row[i + 1] = MIN (MIN (row[i], row[i + 1]) + 1, replaced);
        }
    }

  return row[length];
}

/* The key that was probably meant, or NULL. */
static const char *
find_near_key (const ViciKeyInfo *section,
               const char        *name)
{
  g_auto (GStrv) names = vici_key_info_list_keys (section);
  const ViciKeyInfo *nearest = NULL;
  gsize least = MIN (DISTANCE_MAX, strlen (name) / 2) + 1;

  for (guint i = 0; names[i] != NULL; i++)
    {
      gsize distance = get_distance (name, names[i]);

      if (distance < least)
        {
          nearest = vici_key_info_lookup_key (section, names[i]);
          least = distance;
        }
    }

  return nearest != NULL ? vici_key_info_get_name (nearest) : NULL;
}

/* A command that only reads gets what may be there one day, but no slip of the pen. */
static gboolean
check_unknown (Check             *self,
               const ViciKeyInfo *section,
               const char        *name,
               GError           **error)
{
  const char *near = find_near_key (section, name);

  if (near == NULL && self->read_only)
    {
      if (vici_message_iter_get_element (&self->iter) != VICI_ELEMENT_KEY_VALUE)
        vici_message_iter_skip (&self->iter);
      return TRUE;
    }

  if (near != NULL)
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                 /* Translators: the first is a key with the sections that it is in, the second a key. */
                 _("there is no key “%s%s”; perhaps “%s” is meant"), self->path->str, name, near);
  else
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID, _("there is no key “%s%s”"),
                 self->path->str, name);

  return FALSE;
}

static gboolean
fail_kind (Check             *self,
           const ViciKeyInfo *key,
           const char        *name,
           GError           **error)
{
  const char *path = self->path->str;

  if (vici_key_info_get_value_type (key) == VICI_VALUE_SECTION)
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                 _("%s%s: it is a section, and takes keys: %s%s.KEY=VALUE"), path, name, path, name);
  else if ((vici_key_info_get_flags (key) & VICI_KEY_LIST) != 0)
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                 _("%s%s: it takes a list: %s%s=[VALUE,VALUE]"), path, name, path, name);
  else
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                 _("%s%s: it takes a single value: %s%s=VALUE"), path, name, path, name);

  return FALSE;
}

static gboolean
is_plain (const char *text)
{
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isprint (*text))
        return FALSE;
    }

  return TRUE;
}

/* What is typed is sent as it is: of what the library would bring into another
 * form, the user is told the form. */
static gboolean
check_text (const ViciKeyInfo *key,
            const char        *text,
            GError           **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *wire = vici_key_info_to_wire (key, text, &local_error);

  if (wire != NULL && (is_plain (text) || strcmp (wire, text) == 0))
    return TRUE;

  if (wire != NULL)
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                 _("“%s” has to be written as “%s”"), text, wire);
  else
    g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* Of a secret, no copy is made. */
static gboolean
takes_anything (const ViciKeyInfo *key)
{
  return vici_key_info_get_value_type (key) == VICI_VALUE_BLOB ||
         (vici_key_info_get_flags (key) & (VICI_KEY_PRESENCE | VICI_KEY_SECRET)) != 0;
}

/* A value, or an item of a list. */
static gboolean
check_value (Check             *self,
             const ViciKeyInfo *key,
             const char        *name,
             GError           **error)
{
  g_autofree char *text = NULL;
  const guint8 *data;
  gsize length;

  if (takes_anything (key))
    return TRUE;

  data = vici_message_iter_get_data (&self->iter, &length);
  text = g_strndup ((const char *) data, length);

  if (strlen (text) != length)
    g_set_error_literal (error, VICI_ERROR, VICI_ERROR_INVALID, _("the value holds a NUL byte"));
  else if (check_text (key, text, error))
    return TRUE;

  g_prefix_error (error, "%s%s: ", self->path->str, name);

  return FALSE;
}

static gboolean
check_list (Check             *self,
            const ViciKeyInfo *key,
            const char        *name,
            GError           **error)
{
  while (vici_message_iter_next (&self->iter) &&
         vici_message_iter_get_element (&self->iter) == VICI_ELEMENT_LIST_ITEM)
    {
      if (!check_value (self, key, name, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
check_required (Check             *self,
                const ViciKeyInfo *section,
                GHashTable        *seen,
                GError           **error)
{
  g_auto (GStrv) names = vici_key_info_list_keys (section);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const ViciKeyInfo *key = vici_key_info_lookup_key (section, names[i]);

      if ((vici_key_info_get_flags (key) & VICI_KEY_REQUIRED) != 0 &&
          !g_hash_table_contains (seen, names[i]))
        {
          g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID, _("the key “%s%s” is missing"),
                       self->path->str, names[i]);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean check_element (Check             *self,
                               const ViciKeyInfo *key,
                               const char        *name,
                               GError           **error);

/* What is known of the key of that name, with what is at the iter; `cert_polcy` is
 * no section of the kind `cert*`. */
static const ViciKeyInfo *
find_key (Check             *self,
          const ViciKeyInfo *section,
          const char        *name)
{
  const ViciKeyInfo *key = vici_key_info_lookup_key (section, name);

  if (key == NULL || (vici_key_info_get_flags (key) & VICI_KEY_PATTERN) == 0 ||
      strcmp (vici_key_info_get_name (key), "*") == 0)
    return key;

  return vici_message_iter_get_element (&self->iter) == get_expected_element (key) ? key : NULL;
}

/* What is in a section, to its end. */
static gboolean
check_keys (Check             *self,
            const ViciKeyInfo *section,
            GError           **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  while (vici_message_iter_next (&self->iter) &&
         vici_message_iter_get_element (&self->iter) != VICI_ELEMENT_SECTION_END)
    {
      g_autofree char *name = g_strdup (vici_message_iter_get_name (&self->iter));
      const ViciKeyInfo *key = find_key (self, section, name);

      if (key != NULL ? !check_element (self, key, name, error)
                      : !check_unknown (self, section, name, error))
        return FALSE;

      g_hash_table_add (seen, g_steal_pointer (&name));
    }

  return check_required (self, section, seen, error);
}

/* The sections in a section, whose names are the user's. */
static gboolean
check_named (Check             *self,
             const ViciKeyInfo *section,
             GError           **error)
{
  while (vici_message_iter_next (&self->iter) &&
         vici_message_iter_get_element (&self->iter) != VICI_ELEMENT_SECTION_END)
    {
      gsize length = self->path->len;

      if (vici_message_iter_get_element (&self->iter) != VICI_ELEMENT_SECTION_START)
        return fail_kind (self, section, vici_message_iter_get_name (&self->iter), error);

      g_string_append_printf (self->path, "%s.", vici_message_iter_get_name (&self->iter));
      if (!check_keys (self, section, error))
        return FALSE;
      g_string_truncate (self->path, length);
    }

  return TRUE;
}

static gboolean
check_section (Check             *self,
               const ViciKeyInfo *key,
               const char        *name,
               GError           **error)
{
  gsize length = self->path->len;
  gboolean good;

  g_string_append_printf (self->path, "%s.", name);
  good = (vici_key_info_get_flags (key) & VICI_KEY_NAMED) != 0 ? check_named (self, key, error)
                                                               : check_keys (self, key, error);
  if (good)
    g_string_truncate (self->path, length);

  return good;
}

/* What begins where the iter is. */
static gboolean
check_element (Check             *self,
               const ViciKeyInfo *key,
               const char        *name,
               GError           **error)
{
  if (vici_message_iter_get_element (&self->iter) != get_expected_element (key))
    return fail_kind (self, key, name, error);

  switch (get_expected_element (key))
    {
    case VICI_ELEMENT_SECTION_START:
      return check_section (self, key, name, error);

    case VICI_ELEMENT_LIST_START:
      return check_list (self, key, name, error);

    default:
      return check_value (self, key, name, error);
    }
}

gboolean
gvici_check_request (const char  *command,
                     ViciMessage *request,
                     GError     **error)
{
  const ViciCommandInfo *info = vici_command_info_lookup (command);
  g_autoptr (GError) local_error = NULL;
  Check self;

  /* What is missing where there is nothing, the daemon says best. */
  if (info == NULL || vici_message_is_empty (request))
    return TRUE;

  self.path = g_string_new (NULL);
  self.read_only = vici_command_info_is_read_only (info);
  vici_message_iter_init (&self.iter, request);
  if (!check_keys (&self, vici_command_info_get_arguments (info), &local_error))
    g_set_error (error, local_error->domain, local_error->code,
                 /* Translators: a command, and what is wrong with its arguments. */
                 _("%s: %s (--unchecked sends it all the same)"), command, local_error->message);
  g_string_free (self.path, TRUE);

  return local_error == NULL;
}
