/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-packet.h"

#include "fixture.h"

static void
parse (ViciPacket *packet,
       const char *bytes,
       gsize       length)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (vici_packet_parse (packet, (const guint8 *) bytes, length, &error));
  g_assert_no_error (error);
}

static void
test_parsed (void)
{
  ViciPacket packet;

  parse (&packet, LITERAL ("\7\3log\1\0\2"));
  g_assert_cmpint (packet.type, ==, VICI_PACKET_EVENT);
  g_assert_cmpmem (packet.name, packet.name_length, "log", 3);
  g_assert_cmpmem (packet.message, packet.message_length, "\1\0\2", 3);

  parse (&packet, LITERAL ("\7\0"));
  g_assert_cmpuint (packet.name_length, ==, 0);
  g_assert_cmpuint (packet.message_length, ==, 0);

  parse (&packet, LITERAL ("\1\1\0\2"));
  g_assert_cmpint (packet.type, ==, VICI_PACKET_CMD_RESPONSE);
  g_assert_null (packet.name);
  g_assert_cmpmem (packet.message, packet.message_length, "\1\0\2", 3);

  parse (&packet, LITERAL ("\0\7version"));
  g_assert_cmpint (packet.type, ==, VICI_PACKET_CMD_REQUEST);
  g_assert_cmpmem (packet.name, packet.name_length, "version", 7);
  g_assert_cmpuint (packet.message_length, ==, 0);

  parse (&packet, LITERAL ("\3\3log"));
  parse (&packet, LITERAL ("\4\3log"));
  parse (&packet, LITERAL ("\2"));
  parse (&packet, LITERAL ("\5"));
  parse (&packet, LITERAL ("\6"));
}

static void
test_refused (void)
{
  static const struct
  {
    const char *bytes;
    gsize       length;
  } packets[] = {
    { LITERAL ("\10") },
    { LITERAL ("\377") },
    { LITERAL ("\0") },
    { LITERAL ("\7") },
    { LITERAL ("\7\1") },
    { LITERAL ("\7\4log") },
    { LITERAL ("\7\377log") },
    { LITERAL ("\3\3log\0") },
    { LITERAL ("\4\3log\1\0\2") },
    { LITERAL ("\2\0") },
    { LITERAL ("\5\0") },
    { LITERAL ("\6\0") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (packets); i++)
    {
      /* Of just this size, so that a tool notices a read behind. */
      g_autofree guint8 *copy = g_memdup2 (packets[i].bytes, packets[i].length);
      g_autoptr (GError) error = NULL;
      ViciPacket packet;

      g_assert_false (vici_packet_parse (&packet, copy, packets[i].length, &error));
      g_assert_error (error, VICI_ERROR, VICI_ERROR_PROTOCOL);
    }
}

static void
test_appended (void)
{
  g_autoptr (GBytes) message_bytes = g_bytes_new_static (LITERAL ("\1\0\2"));
  g_autoptr (ViciMessage) message = vici_message_new_from_bytes (message_bytes, NULL);
  static const char expected[] = "\0\0\0\5\3\3log"
                                 "\0\0\0\6\0\1a\1\0\2"
                                 "\0\0\0\4\1\1\0\2"
                                 "\0\0\0\1\5"
                                 "\0\0\0\10\7\3log\1\0\2";
  ViciBuffer buffer = VICI_BUFFER_INIT;
  g_autoptr (GBytes) bytes = NULL;

  vici_packet_append (&buffer, VICI_PACKET_EVENT_REGISTER, "log", NULL);
  vici_packet_append (&buffer, VICI_PACKET_CMD_REQUEST, "a", message);
  vici_packet_append (&buffer, VICI_PACKET_CMD_RESPONSE, NULL, message);
  vici_packet_append (&buffer, VICI_PACKET_EVENT_CONFIRM, NULL, NULL);
  vici_packet_append (&buffer, VICI_PACKET_EVENT, "log", message);
  bytes = vici_buffer_end (&buffer);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   expected, sizeof expected - 1);
}

static void
test_names (void)
{
  g_autofree char *largest = g_strnfill (VICI_NAME_MAX, '~');
  g_autofree char *too_large = g_strnfill (VICI_NAME_MAX + 1, '\1');
  g_autoptr (GError) error = NULL;

  for (int c = 1; c < 256; c++)
    {
      char name[] = { 'a', (char) c, 'z', '\0' };

      g_assert_cmpint (vici_packet_check_name (name, NULL), ==, c >= 0x20 && c < 0x7f);
    }
  g_assert_true (vici_packet_check_name (largest, NULL));

  /* The text stays readable, whatever the name was. */
  g_assert_false (vici_packet_check_name (too_large, &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_TOO_LARGE);
  g_assert_cmpuint (strlen (error->message), <, 256);
  g_assert_nonnull (strstr (error->message, "\\001\\001"));
  g_clear_error (&error);

  g_assert_false (vici_packet_check_name ("a\n", &error));
  g_assert_error (error, VICI_ERROR, VICI_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "a\\n"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/packet/parts-are-found", test_parsed);
  g_test_add_func ("/packet/others-are-refused", test_refused);
  g_test_add_func ("/packet/bytes-are-those-of-the-document", test_appended);
  g_test_add_func ("/packet/names-are-printable-ascii", test_names);

  return g_test_run ();
}
