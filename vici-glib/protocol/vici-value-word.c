/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-value-private.h"

#include <string.h>

#include "vici-i18n.h"

/* What is in either case to charon. */
static gboolean
is_one_of (const char         *text,
           const char * const *words)
{
  for (; *words != NULL; words++)
    {
      if (g_ascii_strcasecmp (text, *words) == 0)
        return TRUE;
    }

  return FALSE;
}

/* -- Words -- */

char *
vici_value_boolean_to_word (const char *text)
{
  static const char * const yes[] = { "yes", "true", "enabled", "1", NULL };
  static const char * const no[] = { "no", "false", "disabled", "0", NULL };

  if (is_one_of (text, yes))
    return g_strdup ("yes");
  if (is_one_of (text, no))
    return g_strdup ("no");

  return g_strdup (text);
}

const char *
vici_value_check_boolean (const char *text)
{
  if (strcmp (text, "yes") == 0 || strcmp (text, "no") == 0)
    return NULL;

  return N_("yes or no is expected");
}

const char *
vici_value_check_name (const char *text)
{
  return *text != '\0' ? NULL : N_("a name is expected");
}

const char *
vici_value_check_choice (const char *text)
{
  return *text != '\0' ? NULL : N_("a word is expected");
}

const char *
vici_value_check_path (const char *text)
{
  return *text != '\0' ? NULL : N_("the path of a file on the daemon’s machine is expected");
}

const char *
vici_value_check_action (const char *text)
{
  static const char * const actions[] = { "none", "trap", "start", NULL };
  static const char * const others[] = { "clear", "route", "restart", NULL };
  g_auto (GStrv)            parts = g_strsplit (text, "|", -1);
  gboolean                  is_valid = *text != '\0';

  /* The older names stand alone. */
  if (is_one_of (text, others))
    return NULL;

  for (char **part = parts; *part != NULL; part++)
    is_valid = is_valid && is_one_of (g_strstrip (*part), actions);

  return is_valid ? NULL : N_("an action is none, trap, start, or trap|start");
}

/* -- Authentication -- */

/* Behind the prefix, which is in one case for charon. */
static const char *
skip_prefix (const char *text,
             const char *prefix)
{
  return g_str_has_prefix (text, prefix) ? text + strlen (prefix) : NULL;
}

/* Words with - between, none of them empty, of letters, digits and @others. */
static gboolean
is_words (const char *text,
          const char *others)
{
  g_auto (GStrv) words = g_strsplit (text, "-", -1);

  for (char **word = words; *word != NULL; word++)
    {
      if (**word == '\0')
        return FALSE;

      for (const char *at = *word; *at != '\0'; at++)
        {
          if (!g_ascii_isalnum (*at) && strchr (others, *at) == NULL)
            return FALSE;
        }
    }

  return words[0] != NULL;
}

/* Which of the words it knows is up to the daemon, which passes over the others. */
static gboolean
is_constraints (const char *text)
{
  return is_words (text, "/:_");
}

/* What begins like this is a public key for charon. */
static gboolean
is_public_key (const char *text)
{
  static const char * const prefixes[] = { "ike:", "pubkey", "rsa", "ecdsa", "bliss" };

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    {
      if (g_str_has_prefix (text, prefixes[i]))
        return is_constraints (text) && !g_str_has_suffix (text, ":");
    }

  return FALSE;
}

/* method[-vendor]; a vendor has to be a number, and charon would take any method at
 * all where it is none. */
static gboolean
is_eap_method (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", -1);
  guint          n = g_strv_length (parts);

  if (n < 1 || n > 2 || !is_words (parts[0], "_"))
    return FALSE;
  if (g_ascii_isdigit (parts[0][0]) && !vici_value_is_number (parts[0], 255))
    return FALSE;

  return n == 1 || vici_value_is_number (parts[1], G_MAXUINT32);
}

/* eap[-method[-vendor]][:constraints] */
static gboolean
is_eap (const char *text)
{
  g_auto (GStrv) halves = g_strsplit (text, ":", 2);
  const char    *method;

  if (halves[0] == NULL || (halves[1] != NULL && !is_constraints (halves[1])))
    return FALSE;

  if (g_ascii_strcasecmp (halves[0], "eap") == 0)
    return TRUE;

  method = skip_prefix (halves[0], "eap-");

  return method != NULL && is_eap_method (method);
}

/* xauth[-backend]; what a backend is called is its own affair. */
static gboolean
is_xauth (const char *text)
{
  if (g_ascii_strncasecmp (text, "xauth", 5) != 0)
    return FALSE;

  return text[5] == '\0' || (text[5] == '-' && text[6] != '\0' && strchr (text, ' ') == NULL);
}

const char *
vici_value_check_auth (const char *text)
{
  if (g_ascii_strcasecmp (text, "psk") == 0 || is_public_key (text) || is_eap (text) ||
      is_xauth (text))
    return NULL;

  return N_("authentication is psk, pubkey, eap, eap-… with a method, xauth, xauth-… with a "
             "backend, or a key and what signs with it, such as rsa-2048-sha256");
}
