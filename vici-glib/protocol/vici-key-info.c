/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-info-private.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-value-private.h"

/**
 * SECTION:vici-key-info
 * @title: ViciKeyInfo
 * @short_description: What is known of a key of a request
 *
 * An entry of the library's table: a key, a list or a section that a command
 * takes, such as `rekey_time` of a connection. Entries are found through
 * vici_command_info_get_arguments() and vici_key_info_lookup_key().
 *
 * Since: 1.0
 */

/**
 * ViciKeyInfo:
 *
 * What is known of a key of a request. It belongs to the library.
 *
 * Since: 1.0
 */

G_DEFINE_BOXED_TYPE (ViciKeyInfo, vici_key_info, vici_info_copy, vici_info_free)

/**
 * vici_key_info_lookup_section:
 * @section: the kind of section: `conn`, `auth`, `child`, `cert`, `authority`
 *   or `pool`
 *
 * Looks up what a kind of section can hold.
 *
 * Returns: (nullable) (transfer none): the section, or %NULL
 *
 * Since: 1.0
 */
const ViciKeyInfo *
vici_key_info_lookup_section (const char *section)
{
  g_return_val_if_fail (section != NULL, NULL);

  return vici_info_find (section, vici_section_table, vici_section_table_length,
                         sizeof (ViciKeyInfo));
}

/**
 * vici_key_info_get_name:
 * @self: an entry of the table
 *
 * The key's name. With %VICI_KEY_PATTERN it ends in a "*": `local*` stands for
 * `local`, `local-1` and so on, "*" for any name.
 *
 * Returns: (nullable): the name; %NULL for a command's arguments as a whole
 *
 * Since: 1.0
 */
const char *
vici_key_info_get_name (const ViciKeyInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * vici_key_info_get_value_type:
 * @self: an entry of the table
 *
 * The type of the key's value; for a list, that of its items.
 *
 * Returns: the type
 *
 * Since: 1.0
 */
ViciValueType
vici_key_info_get_value_type (const ViciKeyInfo *self)
{
  g_return_val_if_fail (self != NULL, VICI_VALUE_STRING);

  return self->type;
}

/**
 * vici_key_info_get_flags:
 * @self: an entry of the table
 *
 * What is special about the key.
 *
 * Returns: the flags
 *
 * Since: 1.0
 */
ViciKeyFlags
vici_key_info_get_flags (const ViciKeyInfo *self)
{
  g_return_val_if_fail (self != NULL, VICI_KEY_NONE);

  return self->flags;
}

/**
 * vici_key_info_get_description:
 * @self: an entry of the table
 *
 * What the key says, half a sentence in English.
 *
 * Returns: (nullable): the description, or %NULL if there is none
 *
 * Since: 1.0
 */
const char *
vici_key_info_get_description (const ViciKeyInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->description;
}

/**
 * vici_key_info_get_since:
 * @self: an entry of the table
 *
 * The first release of strongSwan that takes the key.
 *
 * Returns: (nullable): the release, or %NULL if it is as old as its command
 *
 * Since: 1.0
 */
const char *
vici_key_info_get_since (const ViciKeyInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->since;
}

/**
 * vici_key_info_get_fallback:
 * @self: an entry of the table
 *
 * What the daemon takes where the key is absent.
 *
 * Returns: (nullable): the value, as text, or %NULL if there is no such
 *
 * Since: 1.0
 */
const char *
vici_key_info_get_fallback (const ViciKeyInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->fallback;
}

/**
 * vici_key_info_get_words:
 * @self: an entry of the table
 *
 * The words that the key takes: all that it takes, for %VICI_VALUE_CHOICE, or
 * what it takes beside its type.
 *
 * Returns: (nullable) (transfer none) (array zero-terminated=1): the words, or
 *   %NULL if there are none
 *
 * Since: 1.0
 */
const char * const *
vici_key_info_get_words (const ViciKeyInfo *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->words;
}

/**
 * vici_key_info_list_keys:
 * @self: an entry of the table
 *
 * The names of what a section can hold. With %VICI_KEY_NAMED that is what each
 * of the sections in it can hold.
 *
 * Returns: (transfer full): the names; none if it is no section
 *
 * Since: 1.0
 */
GStrv
vici_key_info_list_keys (const ViciKeyInfo *self)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);

  for (const ViciKeyInfo *key = self->keys; key != NULL && key->name != NULL; key++)
    g_strv_builder_add (names, key->name);

  return g_strv_builder_end (names);
}

static const ViciKeyInfo *
find_key (const ViciKeyInfo *self,
          const char        *name,
          gboolean           pattern)
{
  for (const ViciKeyInfo *key = self->keys; key != NULL && key->name != NULL; key++)
    {
      if (pattern && (key->flags & VICI_KEY_PATTERN) != 0 &&
          strncmp (key->name, name, strlen (key->name) - 1) == 0)
        return key;

      if (!pattern && strcmp (key->name, name) == 0)
        return key;
    }

  return NULL;
}

/**
 * vici_key_info_lookup_key:
 * @self: an entry of the table
 * @name: the name of a key
 *
 * Looks up a key within a section.
 *
 * Returns: (nullable) (transfer none): what is known of it, or %NULL
 *
 * Since: 1.0
 */
const ViciKeyInfo *
vici_key_info_lookup_key (const ViciKeyInfo *self,
                          const char        *name)
{
  const ViciKeyInfo *key;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  /* `local_addrs` is no `local*`. */
  key = find_key (self, name, FALSE);

  return key ? key : find_key (self, name, TRUE);
}

/* The daemon does not mind the case. */
static gboolean
is_word (const ViciKeyInfo *self,
         const char        *text)
{
  for (guint i = 0; self->words != NULL && self->words[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (self->words[i], text) == 0)
        return TRUE;
    }

  return FALSE;
}

/**
 * vici_key_info_to_wire:
 * @self: an entry of the table
 * @text: a value, or an item of a list
 * @error: return location for an error
 *
 * Checks the text of a value, and brings it into the form that the daemon
 * takes; see vici_value_to_wire().
 *
 * Errors: %VICI_ERROR_INVALID when it is not what the key takes; the message
 * says what is expected, and not of which key.
 *
 * Returns: (transfer full): the text to send, or %NULL on error
 *
 * Since: 1.0
 */
char *
vici_key_info_to_wire (const ViciKeyInfo *self,
                       const char        *text,
                       GError           **error)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  /* A secret is never said what is wrong with, since that would show it. */
  if (is_word (self, text) || (self->flags & VICI_KEY_SECRET) != 0)
    return g_strdup (text);

  if (self->type == VICI_VALUE_CHOICE)
    {
      g_autofree char *shown = vici_value_shorten (text);
      g_autofree char *words = g_strjoinv (", ", (GStrv) self->words);

      g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                   /* Translators: the first is what was given, the second a list of words. */
                   _("“%s” is none of: %s"), shown, words);
      return NULL;
    }

  return vici_value_to_wire (self->type, text, error);
}
