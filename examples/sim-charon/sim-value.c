/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-value.h"

#include <string.h>

typedef struct
{
  const char *name;
  guint64     value;
} Named;

gboolean
sim_parse_uint (const char *text,
                guint64     max,
                guint64    *value)
{
  return g_ascii_string_to_unsigned (text, 10, 0, max, value, NULL);
}

gboolean
sim_parse_boolean (const char *text,
                   gboolean   *value)
{
  static const char * const words[] = { "no", "yes", "false", "true", "disabled", "enabled", "0", "1" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    {
      if (g_ascii_strcasecmp (text, words[i]) == 0)
        {
          *value = i % 2 == 1;
          return TRUE;
        }
    }

  return FALSE;
}

static gboolean
parse_with_unit (const char  *text,
                 const Named *units,
                 guint64     *value)
{
  char *end = NULL;
  guint64 factor = 1;

  if (!g_ascii_isdigit (*text))
    return FALSE;

  *value = g_ascii_strtoull (text, &end, 10);
  for (; *end != '\0' && units->name != NULL; units++)
    {
      if (g_str_equal (end, units->name))
        {
          factor = units->value;
          end += strlen (end);
        }
    }

  return *end == '\0' && g_uint64_checked_mul (value, *value, factor);
}

gboolean
sim_parse_time (const char *text,
                guint64    *seconds)
{
  static const Named units[] = { { "s", 1 }, { "m", 60 }, { "h", 3600 }, { "d", 86400 }, { NULL } };

  return parse_with_unit (text, units, seconds);
}

gboolean
sim_parse_bytes (const char *text,
                 guint64    *bytes)
{
  static const Named units[] = { { "k", 1 << 10 }, { "m", 1 << 20 }, { "g", 1 << 30 }, { NULL } };

  return parse_with_unit (text, units, bytes);
}

gboolean
sim_action_has (const char *text,
                const char *action)
{
  static const struct
  {
    const char *word;
    const char *action;
  } words[] = {
    { "none", "none" },
    { "clear", "none" },
    { "trap", "trap" },
    { "route", "trap" },
    { "hold", "trap" },
    { "start", "start" },
    { "restart", "start" },
  };
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);

  for (gsize i = 0; parts[i] != NULL; i++)
    {
      const char *part = g_strstrip (parts[i]);

      for (guint j = 0; j < G_N_ELEMENTS (words); j++)
        if (g_str_equal (part, words[j].word) && g_str_equal (action, words[j].action))
          return TRUE;
    }

  return FALSE;
}

const char *
sim_parse_action (const char *text)
{
  gboolean trap = sim_action_has (text, "trap");
  gboolean start = sim_action_has (text, "start");

  if (trap && start)
    return "trap | start";
  if (trap)
    return "trap";
  if (start)
    return "start";

  return sim_action_has (text, "none") ? "none" : NULL;
}

const char *
sim_parse_mode (const char *text)
{
  static const struct
  {
    const char *word;
    const char *mode;
  } modes[] = {
    { "tunnel", "TUNNEL" },
    { "transport", "TRANSPORT" },
    { "transport_proxy", "TRANSPORT_PROXY" },
    { "beet", "BEET" },
    { "drop", "DROP" },
    { "pass", "PASS" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    if (g_ascii_strcasecmp (text, modes[i].word) == 0)
      return modes[i].mode;

  return NULL;
}

char *
sim_parse_eap (const char *text)
{
  static const Named methods[] = {
    { "IDENTITY", 1 },
    { "NOTIFICATION", 2 },
    { "NAK", 3 },
    { "MD5", 4 },
    { "OTP", 5 },
    { "GTC", 6 },
    { "TLS", 13 },
    { "SIM", 18 },
    { "TTLS", 21 },
    { "AKA", 23 },
    { "PEAP", 25 },
    { "MSCHAPV2", 26 },
    { "MSTLV", 33 },
    { "TNC", 38 },
    { "PT", 54 },
    { "RADIUS", 256 },
    { "DYNAMIC", 257 },
  };
  guint64 number = 0;

  sim_parse_uint (text, G_MAXUINT8, &number);
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (number == methods[i].value || g_ascii_strcasecmp (text, methods[i].name) == 0)
      return g_strconcat ("EAP_", methods[i].name, NULL);

  return number != 0 ? g_strdup_printf ("(%" G_GUINT64_FORMAT ")", number) : NULL;
}
