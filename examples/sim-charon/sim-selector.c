/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-selector.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "sim-value.h"

/* -- Addresses -- */

static gsize
family_size (GSocketFamily family)
{
  return family == G_SOCKET_FAMILY_IPV4 ? 4 : 16;
}

static gboolean
parse_address (const char    *text,
               GSocketFamily *family,
               guint8        *bytes)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  if (address == NULL)
    return FALSE;

  *family = g_inet_address_get_family (address);
  memcpy (bytes, g_inet_address_to_bytes (address), g_inet_address_get_native_size (address));

  return TRUE;
}

gboolean
sim_is_address (const char *text)
{
  return g_hostname_is_ip_address (text);
}

char *
sim_address (GSocketFamily family,
             const guint8 *bytes)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (bytes, family);

  return g_inet_address_to_string (address);
}

/* -- Ranges -- */

static void
set_prefix (SimRange *range,
            guint     prefix)
{
  gsize size = family_size (range->family);

  range->prefix = MIN (prefix, (guint) size * 8);
  for (gsize i = 0; i < size; i++)
    {
      guint bits = range->prefix > i * 8 ? MIN (range->prefix - (guint) i * 8, 8) : 0;
      guint8 mask = (guint8) (0xff << (8 - bits));

      range->from[i] = range->given[i] & mask;
      range->to[i] = range->given[i] | (guint8) ~mask;
    }
}

/* A range that is a subnet is listed as one. */
static void
find_prefix (SimRange *range)
{
  SimRange subnet = *range;

  memcpy (subnet.given, range->from, sizeof subnet.given);
  for (guint prefix = 0; prefix <= family_size (range->family) * 8; prefix++)
    {
      set_prefix (&subnet, prefix);
      if (memcmp (subnet.from, range->from, sizeof subnet.from) == 0 &&
          memcmp (subnet.to, range->to, sizeof subnet.to) == 0)
        {
          range->ranged = FALSE;
          range->prefix = prefix;
        }
    }
}

static gboolean
parse_from_to (const char *from,
               const char *to,
               SimRange   *range)
{
  GSocketFamily family;

  if (!parse_address (from, &range->family, range->from) ||
      !parse_address (to, &family, range->to) ||
      family != range->family ||
      memcmp (range->from, range->to, family_size (family)) > 0)
    return FALSE;

  memcpy (range->given, range->from, sizeof range->given);
  range->ranged = TRUE;
  find_prefix (range);

  return TRUE;
}

gboolean
sim_parse_range (const char *text,
                 SimRange   *range)
{
  g_auto (GStrv) subnet = g_strsplit (text, "/", 2);
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);
  guint64 prefix = 128;

  memset (range, 0, sizeof *range);
  if (ends[0] != NULL && ends[1] != NULL)
    return parse_from_to (g_strstrip (ends[0]), g_strstrip (ends[1]), range);

  if (subnet[0] == NULL || !parse_address (subnet[0], &range->family, range->given) ||
      (subnet[1] != NULL && !sim_parse_uint (subnet[1], G_MAXUINT8, &prefix)))
    return FALSE;

  set_prefix (range, (guint) prefix);

  return TRUE;
}

static char *
print_range (const SimRange *range)
{
  g_autofree char *from = sim_address (range->family, range->from);
  g_autofree char *to = sim_address (range->family, range->to);

  return range->ranged ? g_strdup_printf ("%s..%s", from, to)
                       : g_strdup_printf ("%s/%u", from, range->prefix);
}

/* -- Protocols and ports -- */

static gboolean
parse_protocol (const char *text,
                guint64    *number)
{
  struct protoent *entry;

  *number = 0;
  if (*text == '\0' || g_str_equal (text, "any"))
    return TRUE;

  entry = getprotobyname (text);
  if (entry == NULL)
    return sim_parse_uint (text, G_MAXUINT8, number);
  *number = (guint64) entry->p_proto;

  return TRUE;
}

static const char *
get_protocol (int number)
{
  struct protoent *entry = number != 0 ? getprotobynumber (number) : NULL;

  return entry != NULL ? entry->p_name : NULL;
}

static gboolean
parse_port (const char *text,
            const char *protocol,
            guint64    *port)
{
  struct servent *entry = getservbyname (text, protocol);

  if (entry == NULL)
    return sim_parse_uint (text, G_MAXUINT16, port);
  *port = ntohs ((guint16) entry->s_port);

  return TRUE;
}

/* The ports as they are listed; "" for any; NULL if they are none. */
static char *
parse_ports (const char *text,
             int         protocol_number,
             const char *protocol)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);
  gboolean has_types = protocol_number == IPPROTO_ICMP || protocol_number == IPPROTO_ICMPV6;
  struct servent *entry;
  guint64 from, to;

  if (*text == '\0' || g_str_equal (text, "any"))
    return g_strdup ("");
  if (g_str_equal (text, "opaque"))
    return g_strdup ("OPAQUE");

  if (parse_port (text, protocol, &from))
    {
      entry = has_types ? NULL : getservbyport (htons ((guint16) from), protocol);
      return entry != NULL ? g_strdup (entry->s_name)
                           : g_strdup_printf ("%" G_GUINT64_FORMAT, from);
    }

  if (ends[1] == NULL || !parse_port (ends[0], protocol, &from) || !parse_port (ends[1], protocol, &to))
    return NULL;

  return g_strdup_printf ("%" G_GUINT64_FORMAT "-%" G_GUINT64_FORMAT, from, to);
}

/* What is in brackets, with them; "" where nothing is said by it. */
static char *
parse_brackets (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", 2);
  g_autofree char *ports = NULL;
  const char *name;
  guint64 protocol;

  if (parts[0] == NULL || !parse_protocol (parts[0], &protocol))
    return NULL;

  name = get_protocol ((int) protocol);
  ports = parse_ports (parts[1] != NULL ? parts[1] : "", (int) protocol, name);
  if (ports == NULL)
    return NULL;
  if (protocol == 0 && *ports == '\0')
    return g_strdup ("");

  return name != NULL ? g_strdup_printf ("[%s%s%s]", name, *ports ? "/" : "", ports)
                      : g_strdup_printf ("[%u%s%s]", (guint) protocol, *ports ? "/" : "", ports);
}

/* -- Selectors -- */

char *
sim_parse_selector (const char *text)
{
  const char *bracket = strchr (text, '[');
  g_autofree char *addresses = NULL;
  g_autofree char *inside = NULL;
  g_autofree char *brackets = NULL;
  SimRange range;

  if (bracket != NULL && !g_str_has_suffix (text, "]"))
    return NULL;

  addresses = bracket != NULL ? g_strndup (text, (gsize) (bracket - text)) : g_strdup (text);
  inside = bracket != NULL ? g_strndup (bracket + 1, strlen (bracket) - 2) : g_strdup ("/");
  brackets = parse_brackets (inside);
  if (brackets == NULL)
    return NULL;

  if (!g_str_equal (addresses, "dynamic"))
    {
      if (!sim_parse_range (addresses, &range))
        return NULL;
      g_free (addresses);
      addresses = print_range (&range);
    }

  return g_strconcat (addresses, brackets, NULL);
}
