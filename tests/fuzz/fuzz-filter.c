/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What a client and a daemon send, in any order and any cut, to one filter.
 *
 * The input is a row of pieces, each with a head of two bytes: the first says what
 * it is, the second how long. A piece is bytes from either side as they are, or a
 * packet of the right form, so that conversations work out too. Beside the filter
 * stands a plain model of it, for packets that are whole: what it says is what has
 * to come out. */

#include "fuzz.h"

#include <string.h>

#include "vici-error.h"
#include "vici-filter.h"
#include "vici-wire.h"

typedef struct
{
  const guint8 *data;
  const guint8 *end;
  ViciFilter   *filter;
  gboolean      over;           /* one side has broken the protocol */
  guint         refused;
  gsize         passed;         /* bytes that came out for the daemon */
  gsize         brought;        /* bytes of the client that were taken */
  gboolean      raw;            /* bytes as they are came in: the model does not know them */
  GByteArray   *waiting;        /* the model's: type of request, or 0xff for one refused */
  GByteArray   *expected;       /* the model's: what the client gets */
} Fuzz;

static guint8
next_byte (Fuzz *fuzz)
{
  return fuzz->data < fuzz->end ? *fuzz->data++ : 0;
}

static void
on_refused (ViciFilter *filter,
            const char *name,
            gboolean    is_event,
            const char *key,
            Fuzz       *fuzz)
{
  fuzz->refused++;
  g_assert_true (key == NULL || strcmp (name, "initiate") == 0);
  for (const char *p = name; *p != '\0'; p++)
    g_assert_true (g_ascii_isprint (*p));
}

/* -- What comes out -- */

/* Whole packets, and no others than those of a client. */
static void
check_daemon_output (Fuzz *fuzz)
{
  gsize queued = vici_filter_get_daemon_queued (fuzz->filter);
  g_autoptr (GBytes) bytes = vici_filter_take_daemon_output (fuzz->filter);
  gsize length = 0;
  const guint8 *data = bytes ? g_bytes_get_data (bytes, &length) : NULL;

  g_assert_cmpuint (length, ==, queued);
  fuzz->passed += length;
  g_assert_cmpuint (fuzz->passed, <=, fuzz->brought);

  while (length > 0)
    {
      gsize size;

      g_assert_cmpuint (length, >, VICI_PACKET_HEADER);
      size = VICI_PACKET_HEADER + ((gsize) data[2] << 8 | data[3]);
      g_assert_cmpuint (size, <=, length);
      g_assert_true (data[4] == VICI_PACKET_CMD_REQUEST || data[4] == VICI_PACKET_EVENT_REGISTER ||
                     data[4] == VICI_PACKET_EVENT_UNREGISTER);
      /* All that is allowed begins so. */
      g_assert_true (data[6] == 'a' || data[6] == 'l' || data[6] == 'i');
      data += size;
      length -= size;
    }
}

static void
check_client_output (Fuzz *fuzz)
{
  gsize queued = vici_filter_get_client_queued (fuzz->filter);
  g_autoptr (GBytes) bytes = vici_filter_take_client_output (fuzz->filter);

  g_assert_cmpuint (bytes != NULL ? g_bytes_get_size (bytes) : 0, ==, queued);
  if (!fuzz->raw)
    {
      g_assert_cmpmem (bytes != NULL ? g_bytes_get_data (bytes, NULL) : NULL, queued,
                       fuzz->expected->data, fuzz->expected->len);
      g_assert_cmpuint (vici_filter_get_pending (fuzz->filter), ==, fuzz->waiting->len);
    }
  g_byte_array_set_size (fuzz->expected, 0);
}

/* -- What goes in -- */

static void
bring (Fuzz         *fuzz,
       gboolean      from_client,
       const guint8 *data,
       gsize         length,
       gsize         cut)
{
  while (length > 0 && !fuzz->over)
    {
      gsize size = MIN (length, cut);
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GError) error = NULL;
      gssize taken = from_client ? vici_filter_receive_from_client (fuzz->filter, copy, size, &error)
                                 : vici_filter_receive_from_daemon (fuzz->filter, copy, size, &error);

      if (taken < 0)
        {
          g_assert_true (g_error_matches (error, VICI_ERROR, VICI_ERROR_PROTOCOL) ||
                         (from_client && g_error_matches (error, VICI_ERROR, VICI_ERROR_MALFORMED)));
          g_assert_true (fuzz->raw);
          fuzz->over = TRUE;
          return;
        }

      g_assert_no_error (error);
      g_assert_cmpint (taken, >, 0);
      g_assert_cmpint (taken, <=, size);
      data += taken;
      length -= (gsize) taken;
      if (from_client)
        fuzz->brought += (gsize) taken;
    }
}

static void
bring_raw (Fuzz    *fuzz,
           gboolean from_client,
           guint8   length)
{
  gsize size = MIN (length, (gsize) (fuzz->end - fuzz->data));

  fuzz->raw = TRUE;
  bring (fuzz, from_client, fuzz->data, size, G_MAXSIZE);
  fuzz->data += size;
}

/* -- Conversations -- */

static void
expect (Fuzz  *fuzz,
        guint8 type)
{
  const guint8 packet[] = { 0, 0, 0, 1, type };

  g_byte_array_append (fuzz->expected, packet, sizeof packet);
}

static gboolean
first_is_refused (Fuzz *fuzz)
{
  return fuzz->waiting->len > 0 && fuzz->waiting->data[0] >= 0x80;
}

static void
expect_refusals (Fuzz *fuzz)
{
  while (first_is_refused (fuzz))
    {
      expect (fuzz, fuzz->waiting->data[0] == 0x80 ? VICI_PACKET_CMD_UNKNOWN : VICI_PACKET_EVENT_UNKNOWN);
      g_byte_array_remove_index (fuzz->waiting, 0);
    }
}

static void
ask (Fuzz  *fuzz,
     guint8 choice,
     guint8 cut)
{
  static const guint8 types[] = { VICI_PACKET_CMD_REQUEST, VICI_PACKET_EVENT_REGISTER, VICI_PACKET_EVENT_UNREGISTER };
  guint8 type = types[choice % 3];
  gboolean allowed = (choice & 4) != 0;
  const guint8 packet[] = { 0, 0, 0, 3, type, 1, allowed ? 'a' : 'b' };
  guint8 waiting = type == VICI_PACKET_CMD_REQUEST ? 0 : 1;
  guint before = fuzz->refused;

  if (!allowed)
    waiting |= 0x80;
  g_byte_array_append (fuzz->waiting, &waiting, 1);
  expect_refusals (fuzz);

  bring (fuzz, TRUE, packet, sizeof packet, MAX (cut, 1));
  if (!fuzz->raw)
    g_assert_cmpuint (fuzz->refused - before, ==, !allowed);
}

/* The level is of one byte or two. */
static void
initiate (Fuzz  *fuzz,
          guint8 first,
          guint8 second)
{
  guint8 packet[] = "\0\0\0\30\0\10initiate\3\10loglevel\0\2??";
  gsize length = second != 0 ? 2 : 1;
  gboolean allowed = length == 1 && (first == '0' || first == '1' || first == '2');
  guint8 waiting = allowed ? 0 : 0x80;

  packet[3] = (guint8) (22 + length);
  packet[25] = (guint8) length;
  packet[26] = first;
  packet[27] = second;
  g_byte_array_append (fuzz->waiting, &waiting, 1);
  expect_refusals (fuzz);
  bring (fuzz, TRUE, packet, 26 + length, G_MAXSIZE);
}

static void
answer (Fuzz  *fuzz,
        guint8 cut)
{
  const guint8 reply[] = { 0, 0, 0, 4, VICI_PACKET_CMD_RESPONSE, 'x', 'y', 'z' };
  const guint8 confirmation[] = { 0, 0, 0, 1, VICI_PACKET_EVENT_CONFIRM };
  const guint8 *packet;
  guint size;

  if (fuzz->waiting->len == 0)
    return;

  packet = fuzz->waiting->data[0] == 0 ? reply : confirmation;
  size = fuzz->waiting->data[0] == 0 ? sizeof reply : sizeof confirmation;
  g_byte_array_append (fuzz->expected, packet, size);
  g_byte_array_remove_index (fuzz->waiting, 0);
  expect_refusals (fuzz);

  bring (fuzz, FALSE, packet, size, MAX (cut, 1));
}

static void
emit_event (Fuzz  *fuzz,
            guint8 choice,
            guint8 cut)
{
  gboolean allowed = (choice & 1) != 0;
  const guint8 packet[] = { 0, 0, 0, 5, VICI_PACKET_EVENT, 1, allowed ? 'a' : 'b', 0xff, 0 };

  if (allowed)
    g_byte_array_append (fuzz->expected, packet, sizeof packet);
  bring (fuzz, FALSE, packet, sizeof packet, MAX (cut, 1));
}

static void
operate (Fuzz *fuzz)
{
  guint8 operation = next_byte (fuzz);
  guint8 argument = next_byte (fuzz);

  if (operation < 0x40)
    ask (fuzz, operation, argument);
  else if (operation < 0x80)
    answer (fuzz, argument);
  else if (operation < 0xa0)
    emit_event (fuzz, operation, argument);
  else if (operation < 0xd0)
    bring_raw (fuzz, TRUE, argument);
  else if (operation < 0xe8)
    bring_raw (fuzz, FALSE, argument);
  else if (operation < 0xf0)
    initiate (fuzz, argument, next_byte (fuzz));
  else
    {
      check_client_output (fuzz);
      check_daemon_output (fuzz);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  Fuzz fuzz = { .data = data, .end = data + size };

  fuzz.filter = vici_filter_new ();
  fuzz.waiting = g_byte_array_new ();
  fuzz.expected = g_byte_array_new ();
  vici_filter_allow_command (fuzz.filter, "a*");
  vici_filter_allow_command (fuzz.filter, "list-?as");
  vici_filter_allow_command (fuzz.filter, "initiate");
  vici_filter_set_max_log_level (fuzz.filter, 2);
  vici_filter_allow_event (fuzz.filter, "a");
  g_signal_connect (fuzz.filter, "refused", G_CALLBACK (on_refused), &fuzz);

  while (fuzz.data < fuzz.end && !fuzz.over)
    operate (&fuzz);

  check_client_output (&fuzz);
  check_daemon_output (&fuzz);

  g_assert_finalize_object (fuzz.filter);
  g_byte_array_unref (fuzz.waiting);
  g_byte_array_unref (fuzz.expected);

  return 0;
}
