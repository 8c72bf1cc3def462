/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-value-private.h"

#include <arpa/inet.h>
#include <string.h>

#include "vici-i18n.h"

/* -- Addresses -- */

typedef struct
{
  gsize  length; /* in bytes */
  guint8 bytes[16];
} Address;

static gboolean
parse_address (Address    *address,
               const char *text)
{
  /* charon takes what has a “.” for IPv4, even if IPv6 has “:” too. */
  gboolean is_v4 = strchr (text, '.') != NULL;

  address->length = is_v4 ? 4 : 16;

  return inet_pton (is_v4 ? AF_INET : AF_INET6, text, address->bytes) == 1;
}

static gboolean
is_any (const char *text)
{
  return strcmp (text, "%any") == 0 || strcmp (text, "%any4") == 0 || strcmp (text, "%any6") == 0;
}

static gboolean
is_address (const char *text)
{
  Address address;

  return parse_address (&address, text);
}

static gboolean
is_digits (const char *text)
{
  return text[strspn (text, "0123456789")] == '\0';
}

/* address/bits. charon reads whatever stands there as a number, and nothing as 0. */
static gboolean
is_prefix (const char *text)
{
  g_auto (GStrv) halves = g_strsplit (text, "/", 2);
  Address        address;

  return g_strv_length (halves) == 2 && parse_address (&address, halves[0]) &&
         is_digits (halves[1]) && vici_value_is_number (halves[1], address.length * 8);
}

/* from-to, perhaps with spaces around the “-”, as charon has it. */
static gboolean
is_range (const char *text)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);
  Address        from, to;

  if (g_strv_length (ends) != 2)
    return FALSE;

  return parse_address (&from, g_strchomp (ends[0])) &&
         parse_address (&to, g_strchug (ends[1])) && from.length == to.length &&
         memcmp (from.bytes, to.bytes, to.length) <= 0;
}

const char *
vici_value_check_address (const char *text)
{
  if (is_address (text) || is_any (text))
    return NULL;

  /* xgettext:no-c-format */
  return N_("an address is expected, such as 10.0.0.1 or fd00::1, or %any, %any4 or %any6");
}

const char *
vici_value_check_address_range (const char *text)
{
  if (is_address (text) || is_prefix (text) || is_range (text))
    return NULL;

  return N_("addresses are a subnet, such as 10.0.0.0/24, or the first and the last one, such as "
             "10.0.0.10-10.0.0.99");
}

const char *
vici_value_check_subnet (const char *text)
{
  if (is_address (text) || is_prefix (text))
    return NULL;

  return N_("a subnet is expected, such as 10.0.0.0/24 or fd00::/64, or an address");
}

/* -- Hosts -- */

static gboolean
is_label (const char *label)
{
  gsize length = strlen (label);

  for (gsize i = 0; i < length; i++)
    {
      if (!g_ascii_isalnum (label[i]) && label[i] != '-' && label[i] != '_')
        return FALSE;
    }

  return length > 0 && length <= 63 && label[0] != '-' && label[length - 1] != '-';
}

/* In ASCII. What ends in a number is an address, and a wrong one if it comes here. */
static gboolean
is_dns_name (const char *text)
{
  g_auto (GStrv) labels = g_strsplit (text, ".", -1);
  guint          n = g_strv_length (labels);

  /* The root of all names may stand behind. */
  if (n > 1 && *labels[n - 1] == '\0')
    n--;

  if (n == 0 || strlen (text) > 254 || is_digits (labels[n - 1]))
    return FALSE;

  for (guint i = 0; i < n; i++)
    {
      if (!is_label (labels[i]))
        return FALSE;
    }

  return TRUE;
}

/* fe80::1%eth0 */
static gboolean
is_scoped_address (const char *text)
{
  g_auto (GStrv) halves = g_strsplit (text, "%", 2);

  return g_strv_length (halves) == 2 && *halves[1] != '\0' && strchr (halves[0], ':') != NULL &&
         is_address (halves[0]);
}

static gboolean
is_host (const char *text)
{
  return is_address (text) || is_any (text) || is_prefix (text) || is_range (text) ||
         is_scoped_address (text) || is_dns_name (text);
}

/* charon takes several with commas between, too, and spaces around them. */
const char *
vici_value_check_host (const char *text)
{
  g_auto (GStrv) hosts = g_strsplit (text, ",", -1);
  gboolean       is_valid = hosts[0] != NULL;

  for (char **host = hosts; *host != NULL; host++)
    is_valid = is_valid && is_host (g_strstrip (*host));

  if (is_valid)
    return NULL;

  /* xgettext:no-c-format */
  return N_("a host is a name, an address, a subnet or a range of addresses, such as "
             "vpn.example.org, 10.0.0.1 or 10.0.0.0/24, or %any, %any4 or %any6");
}

static char *
dns_name_to_ascii (const char *text)
{
  g_autofree char *ascii = g_utf8_validate (text, -1, NULL) ? g_hostname_to_ascii (text) : NULL;

  return ascii != NULL && is_dns_name (ascii) ? g_steal_pointer (&ascii) : g_strdup (text);
}

char *
vici_value_host_to_ascii (const char *text)
{
  g_auto (GStrv) hosts = NULL;

  if (g_str_is_ascii (text))
    return g_strdup (text);

  hosts = g_strsplit (text, ",", -1);
  for (char **host = hosts; *host != NULL; host++)
    {
      g_autofree char *name = g_steal_pointer (host);

      *host = dns_name_to_ascii (g_strstrip (name));
    }

  return g_strjoinv (",", hosts);
}

/* What stands in front of a name of a host, where that is how the identity says that
 * it is one. */
static gsize
get_prefix_length (const char *identity)
{
  static const char * const prefixes[] = { "fqdn:", "dns:", "@" };
  gsize                     length = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes) && length == 0; i++)
    {
      if (g_ascii_strncasecmp (identity, prefixes[i], strlen (prefixes[i])) == 0)
        length = strlen (prefixes[i]);
    }

  if (g_str_has_prefix (identity + length, "*."))
    length += 2;

  return length;
}

char *
vici_value_identity_to_ascii (const char *text)
{
  gsize            length = get_prefix_length (text);
  g_autofree char *prefix = g_strndup (text, length);
  g_autofree char *name = NULL;

  if (g_str_is_ascii (text))
    return g_strdup (text);

  name = dns_name_to_ascii (text + length);

  return g_strconcat (prefix, name, NULL);
}

/* -- Traffic selectors -- */

/* Names of protocols and services are those of the daemon’s machine. */
static gboolean
is_service (const char *text)
{
  for (const char *at = text; *at != '\0'; at++)
    {
      if (!g_ascii_isalnum (*at) && strchr ("-+._/", *at) == NULL)
        return FALSE;
    }

  return g_ascii_isalpha (text[0]);
}

static gboolean
is_port_range (const char *text)
{
  g_auto (GStrv) ends = g_strsplit (text, "-", 2);

  return g_strv_length (ends) == 2 && vici_value_is_number (ends[0], G_MAXUINT16) &&
         vici_value_is_number (ends[1], G_MAXUINT16) &&
         g_ascii_strtoull (ends[0], NULL, 0) <= g_ascii_strtoull (ends[1], NULL, 0);
}

static gboolean
is_port (const char *text)
{
  return vici_value_is_number (text, G_MAXUINT16) || is_port_range (text) || is_service (text);
}

/* [protocol], [protocol/port] or [/port] */
static gboolean
is_protocol (const char *text)
{
  const char      *slash = strchr (text, '/');
  g_autofree char *protocol = g_strndup (text, strcspn (text, "/"));

  if (slash != NULL && !is_port (slash + 1))
    return FALSE;
  if (*protocol == '\0')
    return slash != NULL;

  return vici_value_is_number (protocol, G_MAXUINT8) || is_service (protocol);
}

/* Whether the brackets, if there are any, are right; then they are cut off. */
static gboolean
cut_protocol (char *text)
{
  char *bracket = strchr (text, '[');
  gsize length = strlen (text);

  if (bracket == NULL)
    return TRUE;
  if (text[length - 1] != ']')
    return FALSE;

  text[length - 1] = '\0';
  *bracket = '\0';

  return is_protocol (bracket + 1);
}

const char *
vici_value_check_traffic_selector (const char *text)
{
  g_autofree char *hosts = g_strdup (text);

  if (cut_protocol (hosts) && (strcmp (hosts, "dynamic") == 0 || is_address (hosts) ||
                               is_prefix (hosts) || is_range (hosts)))
    return NULL;

  return N_("a traffic selector is dynamic, a subnet, an address or a range, perhaps with a "
             "protocol and a port, such as 10.0.0.0/24, dynamic[gre] or 10.0.0.1[tcp/443]");
}
