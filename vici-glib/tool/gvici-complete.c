/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-complete.h"

#include <string.h>
#include <vici-glib/vici-glib.h>

typedef struct
{
  const char * const *words;
  const char         *current;  /* the last one, which is completed */
  GPtrArray          *printed;  /* of char* */
} Complete;

static void
propose (Complete   *self,
         const char *word)
{
  if (!g_str_has_prefix (word, self->current) ||
      g_ptr_array_find_with_equal_func (self->printed, word, g_str_equal, NULL))
    return;

  g_ptr_array_add (self->printed, g_strdup (word));
  g_print ("%s\n", word);
}

static void
propose_all (Complete           *self,
             const char * const *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    propose (self, words[i]);
}

static void
propose_commands (Complete *self)
{
  g_auto (GStrv) names = vici_command_info_list ();

  propose_all (self, (const char * const *) names);
}

static void
propose_events (Complete *self)
{
  g_auto (GStrv) names = vici_event_info_list ();

  propose_all (self, (const char * const *) names);
}

/* -- Keys -- */

/* How far the current word leads into the sections of a request. */
typedef struct
{
  const ViciKeyInfo *section;
  gboolean           named;     /* what comes next is a name of the user's */
  const char        *rest;      /* of the word, within that section */
} Place;

static gboolean
find_place (const ViciKeyInfo *arguments,
            const char        *word,
            Place             *place)
{
  *place = (Place) { arguments, FALSE, word };

  for (gsize length = strcspn (word, ".="); place->rest[length] == '.';
       length = strcspn (place->rest, ".="))
    {
      g_autofree char *name = g_strndup (place->rest, length);

      if (place->named)
        {
          place->named = FALSE;
        }
      else
        {
          place->section = vici_key_info_lookup_key (place->section, name);
          if (place->section == NULL ||
              vici_key_info_get_value_type (place->section) != VICI_VALUE_SECTION)
            return FALSE;

          place->named = (vici_key_info_get_flags (place->section) & VICI_KEY_NAMED) != 0;
        }

      place->rest += length + 1;
    }

  return TRUE;
}

/* What the current word may become from its rest on. */
static void
propose_rest (Complete    *self,
              const Place *place,
              const char  *rest,
              const char  *end)
{
  int length = (int) (place->rest - self->current);
  g_autofree char *word = g_strdup_printf ("%.*s%s%s", length, self->current, rest, end);

  propose (self, word);
}

/* Names that the user has chosen in the words before. */
static void
propose_used_names (Complete    *self,
                    const Place *place)
{
  gsize length = (gsize) (place->rest - self->current);

  for (guint i = 1; self->words[i + 1] != NULL; i++)
    {
      gsize name_length;
      g_autofree char *name = NULL;

      if (strncmp (self->words[i], self->current, length) != 0)
        continue;

      name_length = strcspn (self->words[i] + length, ".=");
      if (self->words[i][length + name_length] != '.')
        continue;

      name = g_strndup (self->words[i] + length, name_length);
      propose_rest (self, place, name, ".");
    }
}

/* A key can be given once. */
static gboolean
is_used (Complete    *self,
         const Place *place,
         const char  *name)
{
  int length = (int) (place->rest - self->current);
  g_autofree char *start = g_strdup_printf ("%.*s%s=", length, self->current, name);

  for (guint i = 1; self->words[i + 1] != NULL; i++)
    {
      if (g_str_has_prefix (self->words[i], start))
        return TRUE;
    }

  return FALSE;
}

static void
propose_key (Complete          *self,
             const Place       *place,
             const ViciKeyInfo *key)
{
  const char *name = vici_key_info_get_name (key);
  gboolean section = vici_key_info_get_value_type (key) == VICI_VALUE_SECTION;
  g_autofree char *start = g_strndup (name, strcspn (name, "*"));

  if (section && *start == '\0')
    propose_used_names (self, place);
  else if (section)
    propose_rest (self, place, start, ".");
  else if (*start != '\0' && !is_used (self, place, name))
    propose_rest (self, place, name,
                  (vici_key_info_get_flags (key) & VICI_KEY_LIST) != 0 ? "=[" : "=");
}

static void
propose_keys (Complete    *self,
              const Place *place)
{
  g_auto (GStrv) names = vici_key_info_list_keys (place->section);

  for (guint i = 0; names[i] != NULL; i++)
    propose_key (self, place, vici_key_info_lookup_key (place->section, names[i]));
}

static void
propose_values (Complete    *self,
                const Place *place,
                const char  *value)
{
  static const char * const booleans[] = { "yes", "no", NULL };
  g_autofree char *name = g_strndup (place->rest, (gsize) (value - 1 - place->rest));
  const ViciKeyInfo *key = vici_key_info_lookup_key (place->section, name);
  Place end = { place->section, FALSE, value };
  const char * const *words;

  if (key == NULL || (vici_key_info_get_flags (key) & VICI_KEY_LIST) != 0)
    return;

  words = vici_key_info_get_value_type (key) == VICI_VALUE_BOOLEAN ? booleans
                                                                   : vici_key_info_get_words (key);

  for (guint i = 0; words != NULL && words[i] != NULL; i++)
    propose_rest (self, &end, words[i], "");
}

static void
propose_arguments (Complete *self)
{
  const ViciCommandInfo *info = vici_command_info_lookup (self->words[0]);
  const char *value;
  Place place;

  if (info == NULL ||
      !find_place (vici_command_info_get_arguments (info), self->current, &place))
    return;

  value = strchr (place.rest, '=');

  if (place.named)
    propose_used_names (self, &place);
  else if (value != NULL)
    propose_values (self, &place, value + 1);
  else
    propose_keys (self, &place);
}

/* -- The rest -- */

static void
propose_for_proxy (Complete   *self,
                   const char *option)
{
  if (strcmp (option, "--allow") == 0)
    propose_commands (self);
  else if (strcmp (option, "--allow-event") == 0)
    propose_events (self);
}

void
gvici_complete (const char * const *words)
{
  static const char * const own[] = { "discover", "listen", "proxy", NULL };
  guint n_words = g_strv_length ((GStrv) words);
  g_autoptr (GPtrArray) printed = g_ptr_array_new_with_free_func (g_free);
  Complete self = { words, n_words > 0 ? words[n_words - 1] : "", printed };

  if (n_words <= 1)
    {
      propose_all (&self, own);
      propose_commands (&self);
    }
  else if (strcmp (words[0], "listen") == 0)
    {
      propose_events (&self);
    }
  else if (strcmp (words[0], "proxy") == 0)
    {
      propose_for_proxy (&self, words[n_words - 2]);
    }
  else
    {
      propose_arguments (&self);
    }
}
