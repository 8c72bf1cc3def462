/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-value.h"

#include <string.h>

#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-name-escape.h"
#include "vici-value-private.h"

/**
 * SECTION:vici-value
 * @title: Values
 * @short_description: The texts that the daemon takes, checked before they are sent
 *
 * All values of the protocol travel as text. What charon says of a text that it does
 * not take is “invalid value for: rekey_time, config discarded”, and some it takes
 * for something else: a number with a zero in front is octal to it, a long identity
 * is cut. So texts can be checked before they are sent.
 *
 * |[<!-- language="C" -->
 * g_autofree char *wire = vici_value_to_wire (VICI_VALUE_TIME, "4 hours", &error);
 *
 * // “4 hours” is not valid: a time is a number of seconds, or one with the unit
 * // s, m, h or d, such as 4h
 * ]|
 *
 * The checks are made for strongSwan 5.9.8 and what came after it. Of names that a
 * newer release may have added, only the form is checked: algorithms, methods of EAP,
 * protocols.
 *
 * Where charon makes nothing good of a text, it is refused here though charon takes
 * it: numbers that are empty, negative, too large or octal; prefixes such as `/33`;
 * ranges from a larger to a smaller one; several traffic selectors in one text, of
 * which it drops all but the first; hosts that no name server can know; empty words in
 * a proposal; a method of EAP with a vendor that is no number, for which it takes any
 * method at all.
 *
 * Since: 1.0
 */

/**
 * ViciValueType:
 * @VICI_VALUE_STRING: any text in printable ASCII: `/usr/lib/ipsec/_updown`
 * @VICI_VALUE_NAME: a name that the user chose, in any script, which goes through
 *   vici_name_escape(): `home`, `Büro`
 * @VICI_VALUE_BOOLEAN: `yes`, `true`, `enabled` or `1`, and `no`, `false`, `disabled`
 *   or `0`, in either case; it is sent as `yes` or `no`
 * @VICI_VALUE_INT: a number from -2147483648 to 2147483647: `-1`. This and other
 *   numbers are decimal without zeros in front, or hexadecimal: `0x10`
 * @VICI_VALUE_UINT: a number from 0 to 4294967295: `4500`
 * @VICI_VALUE_UINT64: a number of up to 15 characters, so from 0 to 999999999999999:
 *   `1000000`
 * @VICI_VALUE_TIME: a number of seconds, or of what its unit says, `s`, `m` (minutes),
 *   `h` or `d`: `90`, `4h`
 * @VICI_VALUE_SIZE: a number of bytes, or of what its unit says, `k` (1024 bytes), `m`
 *   or `g`, of up to 15 characters: `500m`
 * @VICI_VALUE_HEX: bytes as pairs of hexadecimal digits, perhaps with `0x` in front or
 *   with colons between: `9f3a`, `9f:3a`
 * @VICI_VALUE_CHOICE: one of the words that the key has. Here it is only seen to that
 *   there is one: `always`
 * @VICI_VALUE_IDENTITY: an identity: `vpn.example.org`, `carol@example.org`,
 *   `10.0.0.1`, `C=CH, O=Example, CN=carol`, `keyid:9f3a`, `%any`. A name of a host with
 *   other letters than those of ASCII is sent as the DNS has it; `@`, `fqdn:`, `dns:` or
 *   `*.` may stand in front. Other identities are in ASCII
 * @VICI_VALUE_HOST: a host, or many: `vpn.example.org`, `10.0.0.1`, `fe80::1%eth0`,
 *   `10.0.0.0/24`, `10.0.0.1-10.0.0.9`, `%any`, `%any4`, `%any6`; or several of these
 *   with commas between. Names with other letters than those of ASCII are sent as the
 *   DNS has them
 * @VICI_VALUE_ADDRESS: an address: `10.0.0.1`, `fd00::1`, `%any`, `%any4`, `%any6`
 * @VICI_VALUE_ADDRESS_RANGE: addresses, as a pool has them: `10.0.0.0/24`,
 *   `10.0.0.10-10.0.0.99`, `10.0.0.1`
 * @VICI_VALUE_SUBNET: a subnet or an address: `10.0.0.0/24`, `fd00::/64`, `10.0.0.1`
 * @VICI_VALUE_TRAFFIC_SELECTOR: what traffic a CHILD_SA is for: `dynamic`,
 *   `10.0.0.0/24`, `10.0.0.1`, `10.0.0.1-10.0.0.9`. In brackets, a protocol and a port
 *   may follow, by number or by name, and ranges of ports, `any` and `opaque`:
 *   `dynamic[gre]`, `10.0.0.1[tcp/443]`, `0.0.0.0/0[udp/1000-2000]`, `dynamic[/53]`,
 *   `dynamic[icmp/8]`
 * @VICI_VALUE_IKE_PROPOSAL: algorithms for an IKE_SA with `-` between, or `default`:
 *   `aes256-sha256-x25519`, `aes256gcm16-prfsha256-x25519-ke1_mlkem768`
 * @VICI_VALUE_ESP_PROPOSAL: the same for ESP: `aes256gcm16`, `aes128-sha256-x25519-esn`
 * @VICI_VALUE_AH_PROPOSAL: the same for AH: `sha256-x25519`
 * @VICI_VALUE_MARK: a netfilter mark, perhaps with a mask: `42`, `0x10/0xf0`, `%unique`,
 *   `%unique-dir`
 * @VICI_VALUE_SET_MARK: a netfilter mark that is set on packets: `42`, `0x10/0xf0`,
 *   `%same`
 * @VICI_VALUE_IF_ID: the id of an XFRM interface: `42`, `%unique`, `%unique-dir`
 * @VICI_VALUE_PADDING: what ESP packets are padded to: `1400`, `mtu`
 * @VICI_VALUE_DSCP: up to six binary digits: `101110`
 * @VICI_VALUE_ACTION: `none` or `clear`, `trap` or `route`, `start` or `restart`, and
 *   `trap|start`
 * @VICI_VALUE_AUTH: how a peer proves who it is: `psk`, `pubkey`, `eap`, `eap-mschapv2`,
 *   `eap-tls:rsa-2048`, `eap-7-12345` (method and vendor), `xauth`, `xauth-pam`,
 *   `rsa-2048-sha256`, `ike:rsa/pss-sha384`
 * @VICI_VALUE_PATH: the path of a file on the daemon’s machine: `/etc/swanctl/ca.pem`
 * @VICI_VALUE_BLOB: anything
 * @VICI_VALUE_SECTION: no text: the key holds other keys
 *
 * What the text of a key is.
 *
 * Since: 1.0
 */

typedef struct
{
  ViciValueCheck check;
  char *(*convert) (const char *text); /* NULL: the text is sent as it is */

  /* In bytes: what is longer is cut by charon, and not refused. 0: it is not cut. */
  guint max_length;
} Type;

static const char *
check_section (const char *text)
{
  return N_("a section is expected, which holds keys, and no text");
}

static const Type types[] = {
  [VICI_VALUE_STRING] = { NULL },
  [VICI_VALUE_NAME] = { vici_value_check_name, vici_name_escape },
  [VICI_VALUE_BOOLEAN] = { vici_value_check_boolean, vici_value_boolean_to_word },
  [VICI_VALUE_INT] = { vici_value_check_int, NULL, 15 },
  [VICI_VALUE_UINT] = { vici_value_check_uint, NULL, 15 },
  [VICI_VALUE_UINT64] = { vici_value_check_uint64, NULL, 15 },
  [VICI_VALUE_TIME] = { vici_value_check_time, NULL, 15 },
  [VICI_VALUE_SIZE] = { vici_value_check_size, NULL, 15 },
  [VICI_VALUE_HEX] = { vici_value_check_hex },
  [VICI_VALUE_CHOICE] = { vici_value_check_choice },
  [VICI_VALUE_IDENTITY] = { NULL, vici_value_identity_to_ascii, 511 },
  [VICI_VALUE_HOST] = { vici_value_check_host, vici_value_host_to_ascii },
  [VICI_VALUE_ADDRESS] = { vici_value_check_address },
  [VICI_VALUE_ADDRESS_RANGE] = { vici_value_check_address_range, NULL, 127 },
  [VICI_VALUE_SUBNET] = { vici_value_check_subnet },
  [VICI_VALUE_TRAFFIC_SELECTOR] = { vici_value_check_traffic_selector, NULL, 511 },
  [VICI_VALUE_IKE_PROPOSAL] = { vici_proposal_check_ike, NULL, 2047 },
  [VICI_VALUE_ESP_PROPOSAL] = { vici_proposal_check_esp, NULL, 2047 },
  [VICI_VALUE_AH_PROPOSAL] = { vici_proposal_check_ah, NULL, 2047 },
  [VICI_VALUE_MARK] = { vici_value_check_mark, NULL, 31 },
  [VICI_VALUE_SET_MARK] = { vici_value_check_set_mark, NULL, 31 },
  [VICI_VALUE_IF_ID] = { vici_value_check_if_id, NULL, 31 },
  [VICI_VALUE_PADDING] = { vici_value_check_padding, NULL, 15 },
  [VICI_VALUE_DSCP] = { vici_value_check_dscp },
  [VICI_VALUE_ACTION] = { vici_value_check_action },
  [VICI_VALUE_AUTH] = { vici_value_check_auth, NULL, 63 },
  [VICI_VALUE_PATH] = { vici_value_check_path },
  [VICI_VALUE_BLOB] = { NULL },
  [VICI_VALUE_SECTION] = { check_section },
};

static gboolean
is_printable (const char *text)
{
  for (; *text != '\0'; text++)
    {
      if (!g_ascii_isprint (*text))
        return FALSE;
    }

  return TRUE;
}

char *
vici_value_shorten (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString         *shown = g_string_new (NULL);
  const char      *at;
  guint            n = 0;

  for (at = valid; *at != '\0' && n < 80; at = g_utf8_next_char (at), n++)
    {
      gunichar c = g_utf8_get_char (at);

      g_string_append_unichar (shown, g_unichar_isprint (c) ? c : 0xfffd);
    }
  if (*at != '\0')
    g_string_append (shown, "…");

  return g_string_free (shown, FALSE);
}

static gboolean
check_wire (ViciValueType type,
            const char   *wire,
            const char   *text,
            GError      **error)
{
  g_autofree char *shown = NULL;
  const char      *reason = NULL;
  guint            max_length = types[type].max_length;

  if (type == VICI_VALUE_BLOB)
    return TRUE;

  if (!is_printable (wire))
    reason = N_("the daemon takes nothing but printable ASCII here");
  else if (types[type].check != NULL)
    reason = types[type].check (wire);

  if (reason == NULL && (max_length == 0 || strlen (wire) <= max_length))
    return TRUE;

  shown = vici_value_shorten (text);
  if (reason != NULL)
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID, _("“%s” is not valid: %s"), shown,
                 _ (reason));
  else
    g_set_error (error, VICI_ERROR, VICI_ERROR_INVALID,
                 _("“%s” is too long: the daemon takes %u bytes here"), shown, max_length);

  return FALSE;
}

/**
 * vici_value_to_wire:
 * @type: what the text is to be
 * @text: the text
 * @error: return location for a #GError
 *
 * Checks a text, and returns it as it goes to the daemon: a boolean as `yes` or `no`,
 * a name through vici_name_escape(), names of hosts in ASCII, and all else as it is.
 * Of a list, each item is checked by itself.
 *
 * The error’s message shows the text, and says what was expected; the key that the
 * text is for is the caller’s to add. No message is made of a %VICI_VALUE_BLOB, which
 * may be a secret, as none is refused.
 *
 * Returns: (transfer full): the text for the daemon, or %NULL with
 *   %VICI_ERROR_INVALID if it is none of @type
 *
 * Since: 1.0
 */
char *
vici_value_to_wire (ViciValueType type,
                    const char   *text,
                    GError      **error)
{
  g_autofree char *wire = NULL;

  g_return_val_if_fail ((guint) type < G_N_ELEMENTS (types), NULL);
  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  wire = types[type].convert != NULL ? types[type].convert (text) : g_strdup (text);

  return check_wire (type, wire, text, error) ? g_steal_pointer (&wire) : NULL;
}
