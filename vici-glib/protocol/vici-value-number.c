/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-value-private.h"

#include <string.h>

#include "vici-i18n.h"
#include "vici-value.h"

/* -- Numbers -- */

/* charon reads numbers with strtoul(), which takes more than anybody means: nothing
 * for 0, -1 for the largest, 010 for eight, and what is too large cut. Here a number
 * is one that is read in one way only. *at is moved behind it. */
static gboolean
take_number (const char **at,
             guint64     *number)
{
  const char *digits = *at;
  gboolean    is_hex = g_ascii_strncasecmp (digits, "0x", 2) == 0;
  guint64     base = is_hex ? 16 : 10;
  guint64     sum = 0;
  const char *digit;
  int         value;

  if (is_hex)
    digits += 2;

  for (digit = digits;
       (value = is_hex ? g_ascii_xdigit_value (*digit) : g_ascii_digit_value (*digit)) >= 0;
       digit++)
    {
      if (sum > (G_MAXUINT64 - (guint64) value) / base)
        return FALSE;
      sum = sum * base + (guint64) value;
    }

  if (digit == digits || (!is_hex && digit > digits + 1 && *digits == '0'))
    return FALSE;

  *at = digit;
  *number = sum;

  return TRUE;
}

gboolean
vici_value_is_number (const char *text,
                      guint64     max)
{
  guint64 number;

  return take_number (&text, &number) && *text == '\0' && number <= max;
}

const char *
vici_value_check_int (const char *text)
{
  gboolean is_negative = *text == '-';

  if (vici_value_is_number (is_negative ? text + 1 : text, (guint64) G_MAXINT32 + is_negative))
    return NULL;

  return N_("a whole number from -2147483648 to 2147483647, such as -1, is expected");
}

const char *
vici_value_check_uint (const char *text)
{
  if (vici_value_is_number (text, G_MAXUINT32))
    return NULL;

  return N_("a whole number from 0 to 4294967295, without zeros in front, is expected, such as "
            "4500");
}

const char *
vici_value_check_uint64 (const char *text)
{
  if (vici_value_is_number (text, G_MAXUINT64))
    return NULL;

  return N_("a whole number, without zeros in front, is expected, such as 1000000");
}

/* -- Numbers with units -- */

typedef struct
{
  char    letter;
  guint64 factor;
} Unit;

static gboolean
parse_with_unit (const char *text,
                 const Unit *units,
                 gsize       n_units,
                 guint64    *sum)
{
  guint64 number, factor = 1;

  if (!take_number (&text, &number))
    return FALSE;

  /* As charon has it. */
  while (*text == ' ')
    text++;

  for (gsize i = 0; i < n_units && *text != '\0'; i++)
    {
      if (g_ascii_tolower (*text) == units[i].letter)
        {
          factor = units[i].factor;
          text++;
          break;
        }
    }

  return *text == '\0' && g_uint64_checked_mul (sum, number, factor);
}

/**
 * vici_value_parse_seconds:
 * @text: a time, as %VICI_VALUE_TIME has it
 * @seconds: (out): the time in seconds
 *
 * Reads a time, to compare one in a configuration with what `list-conns` tells,
 * which is in seconds always.
 *
 * Returns: %TRUE if @text is a time; otherwise @seconds is not to be used
 *
 * Since: 1.0
 */
gboolean
vici_value_parse_seconds (const char *text,
                          guint64    *seconds)
{
  static const Unit units[] = {
    { 's', 1 },
    { 'm', 60 },
    { 'h', 60 * 60 },
    { 'd', 24 * 60 * 60 },
  };

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (seconds != NULL, FALSE);

  return parse_with_unit (text, units, G_N_ELEMENTS (units), seconds);
}

/**
 * vici_value_parse_bytes:
 * @text: an amount of bytes, as %VICI_VALUE_SIZE has it
 * @bytes: (out): the number of bytes
 *
 * Reads an amount of bytes, to compare one in a configuration with what `list-conns`
 * tells, which is in bytes always. A `k` is 1024 bytes, as charon has it.
 *
 * Returns: %TRUE if @text is an amount of bytes; otherwise @bytes is not to be used
 *
 * Since: 1.0
 */
gboolean
vici_value_parse_bytes (const char *text,
                        guint64    *bytes)
{
  static const Unit units[] = {
    { 'k', G_GUINT64_CONSTANT (1) << 10 },
    { 'm', G_GUINT64_CONSTANT (1) << 20 },
    { 'g', G_GUINT64_CONSTANT (1) << 30 },
  };

  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);

  return parse_with_unit (text, units, G_N_ELEMENTS (units), bytes);
}

const char *
vici_value_check_time (const char *text)
{
  guint64 seconds;

  if (vici_value_parse_seconds (text, &seconds))
    return NULL;

  return N_("a time is a number of seconds, or one with the unit s, m, h or d, such as 4h");
}

const char *
vici_value_check_size (const char *text)
{
  guint64 bytes;

  if (vici_value_parse_bytes (text, &bytes))
    return NULL;

  return N_("an amount of data is a number of bytes, or one with the unit k, m or g, such as 500m");
}

/* -- Bits -- */

/* Pairs of digits, perhaps with a “0x” in front and with colons between. */
const char *
vici_value_check_hex (const char *text)
{
  const char *digits = g_str_has_prefix (text, "0x") ? text + 2 : text;

  while (g_ascii_isxdigit (digits[0]) && g_ascii_isxdigit (digits[1]))
    {
      digits += 2;
      if (*digits == '\0')
        return NULL;
      if (*digits == ':')
        digits++;
    }

  return N_("bytes are pairs of hexadecimal digits, such as 9f3a or 0x9f3a");
}

/* What stands behind a word, in either case, or NULL. */
static const char *
skip_word (const char *text,
           const char *word)
{
  gsize length = strlen (word);

  return g_ascii_strncasecmp (text, word, length) == 0 ? text + length : NULL;
}

static gboolean
is_mark (const char *text,
         const char *own_word,
         const char *other_word)
{
  const char *mask;
  guint64     value;

  if ((mask = skip_word (text, own_word)) == NULL &&
      (other_word == NULL || (mask = skip_word (text, other_word)) == NULL))
    {
      mask = text;
      if (!take_number (&mask, &value) || value > G_MAXUINT32)
        return FALSE;
    }

  return *mask == '\0' || (*mask == '/' && vici_value_is_number (mask + 1, G_MAXUINT32));
}

const char *
vici_value_check_mark (const char *text)
{
  if (is_mark (text, "%unique-dir", "%unique"))
    return NULL;

  /* xgettext:no-c-format */
  return N_("a mark is a number, perhaps with a mask, such as 42, 0x10/0xf0, %unique or "
            "%unique-dir");
}

const char *
vici_value_check_set_mark (const char *text)
{
  if (is_mark (text, "%same", NULL))
    return NULL;

  /* xgettext:no-c-format */
  return N_("a mark to set is a number, perhaps with a mask, such as 42, 0x10/0xf0 or %same");
}

const char *
vici_value_check_if_id (const char *text)
{
  if (vici_value_is_number (text, G_MAXUINT32) || g_ascii_strcasecmp (text, "%unique") == 0 ||
      g_ascii_strcasecmp (text, "%unique-dir") == 0)
    return NULL;

  /* xgettext:no-c-format */
  return N_("the id of an interface is a number, such as 42 or 0x2a, or %unique or %unique-dir");
}

const char *
vici_value_check_padding (const char *text)
{
  if (vici_value_is_number (text, G_MAXUINT32) || strcmp (text, "mtu") == 0)
    return NULL;

  return N_("padding is a number of bytes, or mtu");
}

const char *
vici_value_check_dscp (const char *text)
{
  gsize length = strspn (text, "01");

  if (length > 0 && length <= 6 && text[length] == '\0')
    return NULL;

  return N_("a DSCP is up to six binary digits, such as 101110");
}
