/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-commands.h"

#include <glib/gi18n.h>
#include <string.h>

#define LINE_WIDTH 78
#define KEY_INDENT 6

gboolean
gvici_command_is_secret (const char *command)
{
  const ViciCommandInfo *info = vici_command_info_lookup (command);

  return info != NULL && vici_command_info_is_secret (info);
}

/* Words, on as many lines as it takes. */
static void
append_words (GString            *text,
              guint               indent,
              const char * const *words)
{
  gsize column = LINE_WIDTH;

  for (guint i = 0; words[i] != NULL; i++)
    {
      gsize width = g_utf8_strlen (words[i], -1);

      if (column + 1 + width > LINE_WIDTH)
        {
          g_string_append_printf (text, "\n%*s", (int) indent, "");
          column = indent;
        }
      else
        {
          g_string_append_c (text, ' ');
          column++;
        }

      g_string_append (text, words[i]);
      column += width;
    }
}

static void
append_paragraph (GString    *text,
                  guint       indent,
                  const char *paragraph)
{
  g_auto (GStrv) words = g_strsplit (paragraph, " ", -1);

  append_words (text, indent, (const char * const *) words);
}

void
gvici_append_commands (GString *text)
{
  g_auto (GStrv) names = vici_command_info_list ();

  append_words (text, 2, (const char * const *) names);
}

void
gvici_append_events (GString *text)
{
  g_auto (GStrv) names = vici_event_info_list ();

  append_words (text, 2, (const char * const *) names);
}

/* -- A key -- */

/* What is written for the name: "*" is for the user to choose. */
static char *
get_shown_name (const ViciKeyInfo *key)
{
  const char *name = vici_key_info_get_name (key);

  if (vici_key_info_get_value_type (key) != VICI_VALUE_SECTION)
    return g_strdup (name);

  if (strcmp (name, "*") == 0)
    return g_strdup (_("NAME"));

  if ((vici_key_info_get_flags (key) & VICI_KEY_NAMED) != 0)
    return g_strdup_printf ("%s.%s", name, _("NAME"));

  return g_strdup (name);
}

static char *
get_shown_type (const ViciKeyInfo *key)
{
  ViciValueType type = vici_key_info_get_value_type (key);
  g_autoptr (GEnumClass) types = g_type_class_ref (VICI_TYPE_VALUE_TYPE);

  if (type == VICI_VALUE_BOOLEAN)
    return g_strdup ("yes|no");

  return g_ascii_strup (g_enum_get_value (types, (int) type)->value_nick, -1);
}

static void
append_key_name (GString           *text,
                 const ViciKeyInfo *key)
{
  g_autofree char *name = get_shown_name (key);
  g_autofree char *type = get_shown_type (key);

  if (vici_key_info_get_value_type (key) == VICI_VALUE_SECTION)
    g_string_append_printf (text, "\n  %s.…", name);
  else if ((vici_key_info_get_flags (key) & VICI_KEY_LIST) != 0)
    g_string_append_printf (text, "\n  %s=[%s,…]", name, type);
  else
    g_string_append_printf (text, "\n  %s=%s", name, type);
}

static char *
get_facts (const ViciKeyInfo *key)
{
  ViciKeyFlags flags = vici_key_info_get_flags (key);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *fallback = NULL;
  g_autofree char *since = NULL;
  g_auto (GStrv) facts = NULL;

  if ((flags & VICI_KEY_REQUIRED) != 0)
    g_strv_builder_add (builder, _("required"));
  if ((flags & VICI_KEY_PRESENCE) != 0)
    g_strv_builder_add (builder, _("counts when it is there, with whatever value"));
  if (vici_key_info_get_fallback (key) != NULL)
    {
      fallback = g_strdup_printf (_("default: %s"), vici_key_info_get_fallback (key));
      g_strv_builder_add (builder, fallback);
    }
  if (vici_key_info_get_since (key) != NULL)
    {
      since = g_strdup_printf (_("since strongSwan %s"), vici_key_info_get_since (key));
      g_strv_builder_add (builder, since);
    }

  facts = g_strv_builder_end (builder);

  return g_strjoinv ("; ", facts);
}

static void
append_key (GString           *text,
            const ViciKeyInfo *key)
{
  const char * const *words = vici_key_info_get_words (key);
  g_autofree char *facts = get_facts (key);

  append_key_name (text, key);

  if (vici_key_info_get_description (key) != NULL)
    append_paragraph (text, KEY_INDENT, vici_key_info_get_description (key));

  if (words != NULL)
    {
      g_autofree char *joined = g_strjoinv (", ", (GStrv) words);
      g_autofree char *line = NULL;

      /* Translators: what a key of a request can be set to. */
      line = g_strdup_printf (vici_key_info_get_value_type (key) == VICI_VALUE_CHOICE ? _("one of: %s")
                                                                                      : _("or one of: %s"),
                              joined);
      append_paragraph (text, KEY_INDENT, line);
    }

  if (*facts != '\0')
    {
      g_autofree char *line = g_strdup_printf ("(%s)", facts);

      append_paragraph (text, KEY_INDENT, line);
    }
}

/* -- Sections -- */

/* A kind of section, which is told of once. */
typedef struct
{
  const ViciKeyInfo *section;
  GString           *names;     /* of the keys that are such a section */
} Kind;

static void
kind_free (gpointer data)
{
  Kind *kind = data;

  g_string_free (kind->names, TRUE);
  g_free (kind);
}

/* Two keys that hold the same kind of section share what is in it. */
static gboolean
is_same_kind (const ViciKeyInfo *a,
              const ViciKeyInfo *b)
{
  g_auto (GStrv) names = vici_key_info_list_keys (a);

  return names[0] != NULL &&
         vici_key_info_lookup_key (a, names[0]) == vici_key_info_lookup_key (b, names[0]);
}

static void
add_kind (GPtrArray         *kinds,
          const ViciKeyInfo *section)
{
  g_autofree char *name = get_shown_name (section);
  Kind *kind;

  for (guint i = 0; i < kinds->len; i++)
    {
      kind = g_ptr_array_index (kinds, i);

      if (is_same_kind (kind->section, section))
        {
          g_string_append_printf (kind->names, ", %s.…", name);
          return;
        }
    }

  kind = g_new0 (Kind, 1);
  kind->section = section;
  kind->names = g_string_new (NULL);
  g_string_append_printf (kind->names, "%s.…", name);
  g_ptr_array_add (kinds, kind);
}

/* Notes the sections among the keys for later. */
static void
append_keys (GString           *text,
             const ViciKeyInfo *section,
             GPtrArray         *kinds)
{
  g_auto (GStrv) names = vici_key_info_list_keys (section);

  for (guint i = 0; names[i] != NULL; i++)
    {
      const ViciKeyInfo *key = vici_key_info_lookup_key (section, names[i]);

      append_key (text, key);
      if (vici_key_info_get_value_type (key) == VICI_VALUE_SECTION)
        add_kind (kinds, key);
    }
}

static void
append_arguments (GString           *text,
                  const ViciKeyInfo *arguments)
{
  g_autoptr (GPtrArray) kinds = g_ptr_array_new_with_free_func (kind_free);
  g_auto (GStrv) names = vici_key_info_list_keys (arguments);

  if (names[0] == NULL)
    return;

  g_string_append_printf (text, "\n\n%s", _("Arguments:"));
  append_keys (text, arguments, kinds);

  for (guint i = 0; i < kinds->len; i++)
    {
      Kind *kind = g_ptr_array_index (kinds, i);

      g_string_append (text, "\n\n");
      /* Translators: the names of sections, such as “children.NAME.…”. */
      g_string_append_printf (text, _("Within %s:"), kind->names->str);
      append_keys (text, kind->section, kinds);
    }
}

/* -- Commands and events -- */

static void
append_summary (GString    *text,
                const char *description,
                const char *since)
{
  g_string_append_printf (text, "\n\n%s\n", description);
  g_string_append_printf (text, _("strongSwan has it since %s."), since);
}

char *
gvici_describe_command (const char *command,
                        GError    **error)
{
  const ViciCommandInfo *info = vici_command_info_lookup (command);
  GString *text;

  if (info == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _("Nothing is known of the command “%s”; see gvici --help"), command);
      return NULL;
    }

  text = g_string_new (NULL);
  g_string_append_printf (text, "gvici %s", command);
  append_summary (text, vici_command_info_get_description (info), vici_command_info_get_since (info));

  if (vici_command_info_is_read_only (info))
    g_string_append_printf (text, "\n%s", _("It changes nothing in the daemon."));
  if (vici_command_info_is_blocking (info))
    g_string_append_printf (text, "\n%s", _("It waits for a peer, which may take long."));
  if (vici_command_info_get_stream_event (info) != NULL)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text, _("Before its reply it streams the event %s."),
                              vici_command_info_get_stream_event (info));
    }

  append_arguments (text, vici_command_info_get_arguments (info));

  return g_string_free (text, FALSE);
}

char *
gvici_describe_event (const char *event,
                      GError    **error)
{
  const ViciEventInfo *info = vici_event_info_lookup (event);
  const char * const *commands;
  GString *text;

  if (info == NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                   _("Nothing is known of the event “%s”; see gvici --help"), event);
      return NULL;
    }

  text = g_string_new (NULL);
  g_string_append_printf (text, "gvici listen %s", event);
  append_summary (text, vici_event_info_get_description (info), vici_event_info_get_since (info));
  g_string_append_c (text, '\n');

  commands = vici_event_info_get_commands (info);
  if (commands[0] != NULL)
    {
      g_autofree char *names = g_strjoinv (", ", (GStrv) commands);

      /* Translators: a list of commands. */
      g_string_append_printf (text, _("It comes to those only that call: %s."), names);
    }
  else
    {
      g_string_append (text, _("It comes to everybody who listens."));
    }

  return g_string_free (text, FALSE);
}
