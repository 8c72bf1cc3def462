/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "workload.h"

#include <string.h>

#define SECTION(name) VICI_ELEMENT_SECTION_START, name, NULL
#define SECTION_END VICI_ELEMENT_SECTION_END, NULL, NULL
#define LIST(name) VICI_ELEMENT_LIST_START, name, NULL
#define ITEM(value) VICI_ELEMENT_LIST_ITEM, NULL, value
#define LIST_END VICI_ELEMENT_LIST_END, NULL, NULL
#define KEY(name, value) VICI_ELEMENT_KEY_VALUE, name, value

/* -- What is carried -- */

/* A list-sa event but for its last key and the ends of its three sections. */
static const WorkloadElement list_sa[] = {
  { SECTION ("gateway") },
  { KEY ("uniqueid", "12345") },
  { KEY ("version", "2") },
  { KEY ("state", "ESTABLISHED") },
  { KEY ("local-host", "192.0.2.1") },
  { KEY ("local-port", "4500") },
  { KEY ("local-id", "moon.example") },
  { KEY ("remote-host", "198.51.100.7") },
  { KEY ("remote-port", "4500") },
  { KEY ("remote-id", "sun.example") },
  { KEY ("initiator", "yes") },
  { KEY ("initiator-spi", "0123456789abcdef") },
  { KEY ("responder-spi", "fedcba9876543210") },
  { KEY ("nat-remote", "yes") },
  { KEY ("nat-any", "yes") },
  { KEY ("if-id-in", "00000001") },
  { KEY ("if-id-out", "00000001") },
  { KEY ("encr-alg", "AES_GCM_16") },
  { KEY ("encr-keysize", "128") },
  { KEY ("prf-alg", "PRF_HMAC_SHA2_256") },
  { KEY ("dh-group", "CURVE_25519") },
  { KEY ("established", "1234") },
  { KEY ("rekey-time", "12345") },
  { KEY ("reauth-time", "23456") },
  { LIST ("remote-vips") },
  { ITEM ("10.0.0.1") },
  { ITEM ("fec0::1") },
  { LIST_END },
  { SECTION ("child-sas") },
  { SECTION ("net-1") },
  { KEY ("name", "net") },
  { KEY ("uniqueid", "56789") },
  { KEY ("reqid", "1") },
  { KEY ("state", "INSTALLED") },
  { KEY ("mode", "TUNNEL") },
  { KEY ("protocol", "ESP") },
  { KEY ("encap", "yes") },
  { KEY ("spi-in", "c0ffee01") },
  { KEY ("spi-out", "c0ffee02") },
  { KEY ("encr-alg", "AES_GCM_16") },
  { KEY ("encr-keysize", "128") },
  { KEY ("bytes-in", "1234567") },
  { KEY ("packets-in", "12345") },
  { KEY ("bytes-out", "7654321") },
  { KEY ("packets-out", "54321") },
  { KEY ("rekey-time", "3210") },
  { KEY ("life-time", "3960") },
  { LIST ("local-ts") },
  { ITEM ("10.1.0.0/16") },
  { ITEM ("10.2.0.0/16") },
  { LIST_END },
};

static const WorkloadElement version_reply[] = {
  { KEY ("daemon", "charon") },
  { KEY ("version", "5.9.8") },
  { KEY ("sysname", "Linux") },
  { KEY ("release", "6.1.0-18-amd64") },
  { KEY ("machine", "x86_64") },
};

static const WorkloadElement log_line[] = {
  { KEY ("group", "IKE") },
  { KEY ("level", "1") },
  { KEY ("ikesa-name", "gateway") },
  { KEY ("ikesa-uniqueid", "1234") },
  { KEY ("msg", "IKE_SA gateway[1234] established between 192.0.2.1[moon.example]...198.51.100.7[sun.example]") },
};

/* A load-conn. */
const WorkloadElement workload_request[REQUEST_ELEMENTS] = {
  { SECTION ("gateway") },
  { KEY ("version", "2") },
  { LIST ("local_addrs") },
  { ITEM ("192.0.2.1") },
  { LIST_END },
  { LIST ("remote_addrs") },
  { ITEM ("198.51.100.7") },
  { ITEM ("sun.example") },
  { LIST_END },
  { LIST ("vips") },
  { ITEM ("0.0.0.0") },
  { ITEM ("::") },
  { LIST_END },
  { LIST ("proposals") },
  { ITEM ("aes128gcm16-prfsha256-x25519") },
  { ITEM ("aes256-sha256-modp2048") },
  { LIST_END },
  { KEY ("local_port", "500") },
  { KEY ("remote_port", "500") },
  { KEY ("encap", "no") },
  { KEY ("mobike", "yes") },
  { KEY ("dpd_delay", "30s") },
  { KEY ("keyingtries", "0") },
  { KEY ("unique", "replace") },
  { KEY ("reauth_time", "0") },
  { KEY ("rekey_time", "4h") },
  { SECTION ("local-1") },
  { KEY ("auth", "pubkey") },
  { KEY ("id", "moon.example") },
  { LIST ("certs") },
  { ITEM ("moonCert.pem") },
  { LIST_END },
  { SECTION_END },
  { SECTION ("remote-1") },
  { KEY ("auth", "pubkey") },
  { KEY ("id", "sun.example") },
  { KEY ("revocation", "relaxed") },
  { SECTION_END },
  { SECTION ("children") },
  { SECTION ("net-1") },
  { LIST ("local_ts") },
  { ITEM ("10.1.0.0/16") },
  { ITEM ("10.2.0.0/16") },
  { LIST_END },
  { LIST ("remote_ts") },
  { ITEM ("10.3.0.0/16") },
  { LIST_END },
  { LIST ("esp_proposals") },
  { ITEM ("aes128gcm16-x25519") },
  { ITEM ("aes128-sha256") },
  { LIST_END },
  { KEY ("mode", "tunnel") },
  { KEY ("start_action", "trap") },
  { KEY ("close_action", "none") },
  { KEY ("dpd_action", "restart") },
  { KEY ("policies", "yes") },
  { KEY ("rekey_time", "1h") },
  { KEY ("hostaccess", "no") },
  { SECTION_END },
  { SECTION_END },
  { SECTION_END },
};

/* -- The wire, by hand -- */

static void
add_byte (GByteArray *data,
          guint8      byte)
{
  g_byte_array_append (data, &byte, 1);
}

static void
add_name (GByteArray *data,
          const char *name)
{
  gsize length = strlen (name);

  add_byte (data, (guint8) length);
  g_byte_array_append (data, (const guint8 *) name, (guint) length);
}

static void
add_elements (GByteArray            *data,
              const WorkloadElement *elements,
              gsize                  n_elements)
{
  for (gsize i = 0; i < n_elements; i++)
    {
      const WorkloadElement *one = &elements[i];

      add_byte (data, (guint8) one->element);
      if (one->name != NULL)
        add_name (data, one->name);
      if (one->value != NULL)
        {
          add_byte (data, 0);
          add_name (data, one->value);
        }
    }
}

static guint
start_packet (GByteArray *data,
              PacketType  type)
{
  static const guint8 length[4];
  guint start = data->len;

  g_byte_array_append (data, length, sizeof length);
  add_byte (data, (guint8) type);

  return start;
}

static void
end_packet (GByteArray *data,
            guint       start)
{
  guint32 length = GUINT32_TO_BE (data->len - start - 4);

  memcpy (data->data + start, &length, sizeof length);
}

void
workload_add_empty (GByteArray *data,
                    PacketType  type)
{
  end_packet (data, start_packet (data, type));
}

void
workload_add_named (GByteArray *data,
                    PacketType  type,
                    const char *name)
{
  guint start = start_packet (data, type);

  add_name (data, name);
  end_packet (data, start);
}

void
workload_add_version_reply (GByteArray *data)
{
  guint start = start_packet (data, PACKET_REPLY);

  add_elements (data, version_reply, G_N_ELEMENTS (version_reply));
  end_packet (data, start);
}

void
workload_add_log (GByteArray *data)
{
  guint start = start_packet (data, PACKET_EVENT);

  add_name (data, "control-log");
  add_elements (data, log_line, G_N_ELEMENTS (log_line));
  end_packet (data, start);
}

static void
add_ike_sa (GByteArray *data,
            const char *event)
{
  guint start = start_packet (data, PACKET_EVENT);
  g_autofree char *filler = NULL;
  WorkloadElement last = { KEY ("remote-ts", NULL) };

  add_name (data, event);
  add_elements (data, list_sa, G_N_ELEMENTS (list_sa));

  /* The last key fills it up to its size, but for three ends of sections. */
  filler = g_strnfill (EVENT_SIZE - (data->len - start) - 3 - 4 - strlen (last.name), 'x');
  last.value = filler;
  add_elements (data, &last, 1);
  for (int i = 0; i < 3; i++)
    add_byte (data, VICI_ELEMENT_SECTION_END);
  end_packet (data, start);
  g_assert_cmpuint (data->len - start, ==, EVENT_SIZE);
}

void
workload_add_list_sa (GByteArray *data)
{
  add_ike_sa (data, "list-sa");
}

/* Writes a number of as many digits over that of the next key of that name. */
static guint8 *
replace_number (guint8     *packet,
                gsize       length,
                const char *key,
                guint       number)
{
  guint8 *found = memmem (packet, length, key, strlen (key));
  guint8 *value = found + strlen (key) + 2;
  g_autofree char *digits = g_strdup_printf ("%0*u", value[-1], number);

  g_assert_cmpuint (strlen (digits), ==, value[-1]);
  memcpy (value, digits, value[-1]);

  return value;
}

void
workload_add_own_sa (GByteArray *data,
                     const char *event,
                     guint       number,
                     guint       bytes)
{
  guint start = data->len;
  guint8 *packet;
  guint8 *rest;

  add_ike_sa (data, event);
  packet = data->data + start;
  rest = replace_number (packet, EVENT_SIZE, "uniqueid", 10000 + number);
  rest = replace_number (rest, (gsize) (packet + EVENT_SIZE - rest), "uniqueid", 10000 + number);
  replace_number (rest, (gsize) (packet + EVENT_SIZE - rest), "bytes-in", bytes);
}

GBytes *
workload_get_list_sa (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();

  workload_add_list_sa (data);
  g_byte_array_remove_range (data, 0, 5 + (guint) sizeof "list-sa");

  return g_byte_array_free_to_bytes (g_steal_pointer (&data));
}

/* -- Reading -- */

guint64 workload_sum;
guint workload_elements;

void
workload_assert_seen (guint events)
{
  g_assert_cmpuint (workload_elements, ==, events * EVENT_ELEMENTS);
  workload_elements = 0;
}

void
workload_walk_bytes (const guint8 *position,
                     const guint8 *end)
{
  char name[256];

  while (position < end)
    {
      guint element = *position++;
      const guint8 *value = NULL;
      gsize length = 0;
      gboolean named = element == VICI_ELEMENT_SECTION_START ||
                       element == VICI_ELEMENT_LIST_START ||
                       element == VICI_ELEMENT_KEY_VALUE;

      if (named)
        {
          memcpy (name, position + 1, *position);
          name[*position] = '\0';
          position += 1 + *position;
        }
      if (element == VICI_ELEMENT_KEY_VALUE || element == VICI_ELEMENT_LIST_ITEM)
        {
          length = (gsize) (position[0] << 8 | position[1]);
          value = position + 2;
          position += 2 + length;
        }

      workload_see (named ? name : NULL, value, length);
    }
}

void
workload_walk_message (ViciMessage *message)
{
  ViciMessageIter iter;

  vici_message_iter_init (&iter, message);
  while (vici_message_iter_next (&iter))
    {
      gsize length;
      const guint8 *value = vici_message_iter_get_data (&iter, &length);

      workload_see (vici_message_iter_get_name (&iter), value, length);
    }
}

gsize
workload_walk_packets (const guint8 *data,
                       gsize         length,
                       guint         counts[8])
{
  gsize used = 0;

  while (length - used >= 4)
    {
      const guint8 *packet = data + used + 4;
      guint32 size;

      memcpy (&size, data + used, sizeof size);
      size = GUINT32_FROM_BE (size);
      if (length - used - 4 < size)
        break;

      if (packet[0] == PACKET_EVENT)
        workload_walk_bytes (packet + 2 + packet[1], packet + size);
      counts[packet[0] & 7]++;
      used += 4 + size;
    }

  return used;
}
