/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-conn-normal.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

/* -- Addresses -- */

typedef struct
{
  gsize  length;                /* in bytes */
  guint8 bytes[16];
} Address;

static gboolean
parse_address (Address    *self,
               const char *text)
{
  gboolean is_v4 = strchr (text, '.') != NULL;

  self->length = is_v4 ? 4 : 16;

  return inet_pton (is_v4 ? AF_INET : AF_INET6, text, self->bytes) == 1;
}

static gboolean
is_zero (const Address *self)
{
  for (gsize i = 0; i < self->length; i++)
    {
      if (self->bytes[i] != 0)
        return FALSE;
    }

  return TRUE;
}

/* Sets or clears all bits behind the first @bits. */
static void
fill (Address *self,
      guint64  bits,
      gboolean value)
{
  for (guint64 bit = bits; bit < self->length * 8; bit++)
    {
      guint8 mask = 0x80 >> bit % 8;

      if (value)
        self->bytes[bit / 8] |= mask;
      else
        self->bytes[bit / 8] &= ~mask;
    }
}

/* address, address/bits, from-to, and from..to as charon lists it */
static gboolean
parse_range (Address    *from,
             Address    *to,
             const char *text)
{
  const char *separator = strpbrk (text, "/-") ? (strchr (text, '/') ? "/" : "-") : "..";
  g_auto (GStrv) halves = g_strsplit (text, separator, 2);
  guint64 bits = 128;

  if (halves[0] == NULL || !parse_address (from, g_strstrip (halves[0])))
    return FALSE;

  if (halves[1] != NULL && *separator != '/')
    return parse_address (to, g_strstrip (halves[1])) && to->length == from->length;

  if (halves[1] != NULL &&
      !g_ascii_string_to_unsigned (halves[1], 10, 0, from->length * 8, &bits, NULL))
    return FALSE;

  *to = *from;
  fill (from, bits, FALSE);
  fill (to, bits, TRUE);

  return TRUE;
}

static char *
normal_range (const char *text)
{
  GString *normal;
  Address from, to;

  if (!parse_range (&from, &to, text))
    return NULL;

  normal = g_string_new (NULL);
  for (gsize i = 0; i < from.length; i++)
    g_string_append_printf (normal, "%02x", from.bytes[i]);
  g_string_append_c (normal, '-');
  for (gsize i = 0; i < to.length; i++)
    g_string_append_printf (normal, "%02x", to.bytes[i]);

  return g_string_free (normal, FALSE);
}

/* -- Identities -- */

static gboolean
is_anybody (const char *text)
{
  static const char * const words[] = { "", "*", "%any", "%any6", NULL };
  Address address;

  return g_strv_contains (words, text) || (parse_address (&address, text) && is_zero (&address));
}

/* Bytes that are text are listed as such, others in hexadecimal digits. */
static char *
normal_hex (const char *digits)
{
  GString *bytes = g_string_new (NULL);
  GString *hex = g_string_new (NULL);
  gboolean is_text = TRUE;

  for (; g_ascii_isxdigit (digits[0]) && g_ascii_isxdigit (digits[1]); digits += 2)
    {
      guint8 byte = g_ascii_xdigit_value (digits[0]) << 4 | g_ascii_xdigit_value (digits[1]);

      is_text = is_text && g_ascii_isprint (byte);
      g_string_append_c (bytes, byte);
      g_string_append_printf (hex, "%s%02x", hex->len > 0 ? ":" : "", byte);
    }

  if (*digits != '\0')
    {
      g_string_free (bytes, TRUE);
      g_string_free (hex, TRUE);
      return NULL;
    }

  g_string_free (is_text ? hex : bytes, TRUE);

  return g_string_free (is_text ? bytes : hex, FALSE);
}

/* The type of an identity can stand in front. */
static char *
normal_typed (const char *type,
              const char *value)
{
  static const char * const texts = " email rfc822 userfqdn fqdn dns keyid ";
  static const char * const others =
    " ipv4 ipv6 ipv4net ipv6net ipv4range ipv6range asn1dn asn1gn xmppaddr ";
  g_autofree char *lower = g_ascii_strdown (type, -1);
  g_autofree char *word = g_strdup_printf (" %s ", lower);
  gboolean is_text = strstr (texts, word) != NULL || *type == '{';

  if (strstr (others, word) != NULL ||
      (is_text && *value == '#' && strcmp (lower, "keyid") != 0))
    return NULL;
  if (!is_text)
    return g_strdup_printf ("%s:%s", type, value);

  return *value == '#' ? normal_hex (value + 1) : g_strdup (value);
}

static const char *
get_attribute (const char *name)
{
  /* In capitals; the last is what it is listed as. */
  static const char * const same[][3] = {
    { "EMAIL", "EMAILADDRESS", "E" },
    { "EN", "EN", "EMPLOYEENUMBER" },
    { "UN", "UN", "UNSTRUCTUREDNAME" },
    { "UA", "UA", "UNSTRUCTUREDADDRESS" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      if (strcmp (name, same[i][0]) == 0 || strcmp (name, same[i][1]) == 0)
        return same[i][2];
    }

  return name;
}

/* CN = carol */
static char *
normal_rdn (const char *text)
{
  g_auto (GStrv) halves = g_strsplit (text, "=", 2);
  g_autofree char *name = NULL;

  if (g_strv_length (halves) != 2)
    return g_strstrip (g_strdup (text));

  name = g_ascii_strup (g_strstrip (halves[0]), -1);

  return g_strdup_printf ("%s=%s", get_attribute (name), g_strstrip (halves[1]));
}

/* charon does not know quotes: a comma separates always, and always a slash where the
 * first character is one. What it lists has commas only. */
static char *
normal_dn (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (*text == '/' ? text + 1 : text, *text == '/' ? "/" : ",", -1);
  g_autofree char *joined = g_strjoinv (",", parts);
  g_auto (GStrv) rdns = g_strsplit (joined, ",", -1);
  guint n = g_strv_length (rdns);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *rdn = g_steal_pointer (&rdns[i]);

      rdns[i] = normal_rdn (rdn);
    }

  if (n > 1 && *rdns[n - 1] == '\0')
    g_clear_pointer (&rdns[n - 1], g_free);

  return g_strjoinv (",", rdns);
}

static char *
normal_plain (const char *text)
{
  g_autofree char *range = normal_range (text);
  const char *mark = strpbrk (text, "/-");

  if (range != NULL)
    return g_strdup_printf ("%c%s", mark ? *mark : '=', range);

  return strchr (text, '=') ? normal_dn (text) : g_strdup (text);
}

char *
vici_normal_identity (const char *text)
{
  const char *colon = strchr (text, ':');
  g_autofree char *type = colon ? g_strndup (text, colon - text) : NULL;
  g_autofree char *value = NULL;

  if (is_anybody (text))
    return g_strdup ("%any");

  if (g_str_has_prefix (text, "@#"))
    value = normal_hex (text + 2);
  else if (*text == '@')
    value = g_strdup (text + (text[1] == '@' ? 2 : 1));
  else
    value = type ? normal_typed (type, colon + 1) : g_strdup (text);

  return value ? normal_plain (value) : NULL;
}

/* -- Traffic selectors -- */

static gboolean
parse_number (const char *text,
              guint64     max,
              guint      *number)
{
  guint64 parsed;
  gboolean is_hex = g_ascii_strncasecmp (text, "0x", 2) == 0;

  if (!g_ascii_string_to_unsigned (is_hex ? text + 2 : text, is_hex ? 16 : 10, 0, max, &parsed, NULL))
    return FALSE;

  *number = parsed;

  return TRUE;
}

static gboolean
parse_protocol (const char *text,
                guint      *protocol)
{
  struct protoent entry, *found;
  char buffer[1024];

  if (*text == '\0' || strcmp (text, "any") == 0)
    {
      *protocol = 0;
      return TRUE;
    }

  if (parse_number (text, G_MAXUINT8, protocol))
    return TRUE;

  if (getprotobyname_r (text, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL)
    return FALSE;

  *protocol = entry.p_proto;

  return TRUE;
}

static gboolean
look_up_service (const char *name,
                 guint       protocol,
                 guint      *port)
{
  struct protoent protocol_entry, *known;
  struct servent entry, *found;
  char buffers[2][1024];

  if (getprotobynumber_r (protocol, &protocol_entry, buffers[0], sizeof buffers[0], &known) != 0)
    known = NULL;

  if (getservbyname_r (name, protocol != 0 && known != NULL ? known->p_name : NULL, &entry,
                       buffers[1], sizeof buffers[1], &found) != 0 ||
      found == NULL)
    return FALSE;

  *port = ntohs (entry.s_port);

  return TRUE;
}

static gboolean
is_icmp (guint protocol)
{
  return protocol == IPPROTO_ICMP || protocol == IPPROTO_ICMPV6;
}

/* A number, the name of a service, or the type of ICMP, perhaps with a code as in
 * "8(1)". */
static gboolean
parse_port (const char *text,
            guint       protocol,
            guint      *port)
{
  g_autofree char *type = g_strndup (text, strcspn (text, "("));
  guint code = 0;

  if (!parse_number (type, G_MAXUINT16, port))
    return look_up_service (text, protocol, port);

  if (!is_icmp (protocol))
    return strchr (text, '(') == NULL;

  if (*port <= G_MAXUINT8)
    *port <<= 8;
  if (text[strlen (type)] == '(')
    code = g_ascii_strtoull (text + strlen (type) + 1, NULL, 10);
  *port |= code;

  return TRUE;
}

/* Names of services can have a "-" in them. */
static gboolean
parse_ports (const char *text,
             guint       protocol,
             guint      *from,
             guint      *to)
{
  const char *dash = strchr (text, '-');
  g_autofree char *first = g_strndup (text, strcspn (text, "-"));

  if (g_ascii_strcasecmp (text, "opaque") == 0)
    {
      *from = G_MAXUINT16;
      *to = 0;
      return TRUE;
    }

  if (g_ascii_strcasecmp (text, "any") == 0)
    {
      *from = 0;
      *to = G_MAXUINT16;
      return TRUE;
    }

  if (dash != NULL && g_ascii_isdigit (*text))
    return parse_port (first, protocol, from) && parse_port (dash + 1, protocol, to);

  if (!parse_port (text, protocol, from))
    return FALSE;

  *to = *from;

  return TRUE;
}

/* What is in the brackets */
static char *
normal_protocol (const char *text)
{
  g_auto (GStrv) halves = g_strsplit (text, "/", 2);
  guint protocol = 0, from = 0, to = G_MAXUINT16;

  if (halves[0] != NULL && !parse_protocol (halves[0], &protocol))
    return NULL;

  if (halves[0] != NULL && halves[1] != NULL && !parse_ports (halves[1], protocol, &from, &to))
    return NULL;

  return g_strdup_printf ("%u/%u-%u", protocol, from, to);
}

char *
vici_normal_selector (const char *text)
{
  gsize length = strcspn (text, "[");
  gsize end = strcspn (text, "]");
  g_autofree char *hosts = g_strndup (text, length);
  g_autofree char *bracket = end > length ? g_strndup (text + length + 1, end - length - 1) : NULL;
  g_autofree char *range = strcmp (hosts, "dynamic") == 0 ? g_strdup (hosts) : normal_range (hosts);
  g_autofree char *protocol = normal_protocol (bracket ? bracket : "");

  return range && protocol ? g_strdup_printf ("%s %s", range, protocol) : NULL;
}
