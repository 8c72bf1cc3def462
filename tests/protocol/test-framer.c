/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-framer.h"

#include <string.h>

#include "fixture.h"

static gboolean
take (ViciFramer *framer,
      const char *bytes,
      gsize       length,
      const char *packet,
      gsize       packet_length,
      gsize       left)
{
  const guint8 *data = (const guint8 *) bytes;
  const guint8 *taken = NULL;
  gsize taken_length = 0;
  g_autoptr (GError) error = NULL;
  gboolean found = vici_framer_take (framer, &data, &length, &taken, &taken_length, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, left);
  if (found)
    g_assert_cmpmem (taken, taken_length, packet, packet_length);

  return found;
}

static void
test_in_place (void)
{
  static const char bytes[] = "\0\0\0\3abc\0\0\0\1d\0\0";
  ViciFramer framer = VICI_FRAMER_INIT;

  g_assert_true (take (&framer, LITERAL (bytes), LITERAL ("abc"), 7));
  g_assert_true (take (&framer, bytes + 7, 7, LITERAL ("d"), 2));
  g_assert_cmpuint (framer.kept.allocated, ==, 0);
  g_assert_false (take (&framer, bytes + 12, 2, "", 0, 0));
  vici_framer_clear (&framer);
}

static void
test_byte_by_byte (void)
{
  static const char bytes[] = "\0\0\0\3abc";
  ViciFramer framer = VICI_FRAMER_INIT;

  for (guint round = 0; round < 3; round++)
    {
      for (gsize i = 0; i < 6; i++)
        g_assert_false (take (&framer, bytes + i, 1, "", 0, 0));
      g_assert_true (take (&framer, bytes + 6, 1, LITERAL ("abc"), 0));
      g_assert_false (take (&framer, NULL, 0, "", 0, 0));
    }
  vici_framer_clear (&framer);
}

static void
test_two_cuts (void)
{
  static const char bytes[] = "\0\0\0\5abcde\0\0\0\2fg";

  for (gsize cut = 1; cut < 9; cut++)
    {
      ViciFramer framer = VICI_FRAMER_INIT;

      g_assert_false (take (&framer, bytes, cut, "", 0, 0));
      g_assert_true (take (&framer, bytes + cut, 15 - cut, LITERAL ("abcde"), 6));
      g_assert_true (take (&framer, bytes + 9, 6, LITERAL ("fg"), 0));
      vici_framer_clear (&framer);
    }
}

static void
assert_refused (const char *bytes)
{
  for (gsize cut = 0; cut < 4; cut++)
    {
      ViciFramer framer = VICI_FRAMER_INIT;
      const guint8 *data = (const guint8 *) bytes + cut;
      gsize length = 4 - cut;
      const guint8 *packet;
      gsize packet_length;
      g_autoptr (GError) error = NULL;

      if (cut > 0)
        g_assert_false (take (&framer, bytes, cut, "", 0, 0));
      g_assert_false (vici_framer_take (&framer, &data, &length, &packet, &packet_length, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL);
      g_assert_cmpuint (framer.kept.allocated, <, 16);
      vici_framer_clear (&framer);
    }
}

static void
test_headers (void)
{
  assert_refused ("\0\0\0\0");
  assert_refused ("\0\10\0\1");
  assert_refused ("\1\0\0\0");
  assert_refused ("\200\0\0\0");
  assert_refused ("\377\377\377\377");
}

/* What a header announces costs nothing. */
static void
test_memory_follows_bytes (void)
{
  ViciFramer framer = VICI_FRAMER_INIT;
  g_autofree char *zeros = g_malloc0 (1000);
  gsize arrived = 5;

  g_assert_false (take (&framer, LITERAL ("\0\10\0\0\1"), "", 0, 0));
  g_assert_cmpuint (framer.kept.allocated, <=, 16);

  for (; arrived + 1000 < VICI_PACKET_HEADER + VICI_PACKET_MAX; arrived += 1000)
    {
      g_assert_false (take (&framer, zeros, 1000, "", 0, 0));
      g_assert_cmpuint (framer.kept.allocated, <=, 2 * (arrived + 1000));
    }

  vici_framer_clear (&framer);
  g_assert_cmpuint (framer.kept.allocated, ==, 0);
}

static void
test_largest (void)
{
  ViciFramer framer = VICI_FRAMER_INIT;
  gsize size = VICI_PACKET_HEADER + VICI_PACKET_MAX;
  g_autofree char *bytes = g_malloc0 (size + 1);

  bytes[1] = 8;
  g_assert_true (take (&framer, bytes, size + 1, bytes + 4, VICI_PACKET_MAX, 1));
  g_assert_false (take (&framer, bytes, 3, "", 0, 0));
  g_assert_true (take (&framer, bytes + 3, size - 3, bytes + 4, VICI_PACKET_MAX, 0));
  vici_framer_clear (&framer);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/framer/whole-packets-stay-where-they-are", test_in_place);
  g_test_add_func ("/framer/byte-by-byte", test_byte_by_byte);
  g_test_add_func ("/framer/any-two-pieces", test_two_cuts);
  g_test_add_func ("/framer/lengths-out-of-range-are-refused", test_headers);
  g_test_add_func ("/framer/memory-follows-what-has-arrived", test_memory_follows_bytes);
  g_test_add_func ("/framer/largest-packet-is-taken", test_largest);

  return g_test_run ();
}
