/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The test is the client and the daemon, one of which has bytes for the filter, and
 * both of which look at what comes out. Each conversation is held in whole pieces,
 * and one byte at a time. Linked so that every call of explicit_bzero() in the
 * library comes here. */

#include "vici-filter.h"

#include "fixture.h"
#include "vici-commands.h"

#define SECRET "correct-horse-battery-staple"

void __real_explicit_bzero (void *data, size_t length);
void __wrap_explicit_bzero (void *data, size_t length);

static guint wiped; /* how many times a block with the secret was wiped */

void
__wrap_explicit_bzero (void  *data,
                       size_t length)
{
  if (memmem (data, length, SECRET, strlen (SECRET)) != NULL)
    wiped++;

  __real_explicit_bzero (data, length);
}

typedef gssize (*ReceiveFunc) (ViciFilter   *filter,
                               const guint8 *data,
                               gsize         length,
                               GError      **error);

typedef struct
{
  ViciFilter *filter;
  gsize       piece;            /* how much is brought at once */
  GString    *refused;          /* names, an event's with a "+" before it; a key behind a "/" */
  GByteArray *to_client;        /* what has come out, and was not looked at */
  GByteArray *to_daemon;
} Filter;

static void
on_refused (ViciFilter *filter,
            const char *name,
            gboolean    is_event,
            const char *key,
            Filter     *f)
{
  g_string_append_printf (f->refused, "%s%s%s%s ", is_event ? "+" : "", name,
                          key != NULL ? "/" : "", key != NULL ? key : "");
}

static void
set_up (Filter       *f,
        gconstpointer data)
{
  wiped = 0;
  f->filter = vici_filter_new ();
  f->piece = GPOINTER_TO_SIZE (data);
  f->refused = g_string_new (NULL);
  f->to_client = g_byte_array_new ();
  f->to_daemon = g_byte_array_new ();
  g_signal_connect (f->filter, "refused", G_CALLBACK (on_refused), f);
}

static void
drain (GByteArray *into,
       gsize       queued,
       GBytes     *bytes)
{
  g_assert_cmpuint (bytes != NULL ? g_bytes_get_size (bytes) : 0, ==, queued);
  if (bytes == NULL)
    return;

  g_byte_array_append (into, g_bytes_get_data (bytes, NULL), (guint) queued);
  g_bytes_unref (bytes);
}

static void
drain_both (Filter *f)
{
  gsize for_client = vici_filter_get_client_queued (f->filter);
  gsize for_daemon = vici_filter_get_daemon_queued (f->filter);

  drain (f->to_client, for_client, vici_filter_take_client_output (f->filter));
  drain (f->to_daemon, for_daemon, vici_filter_take_daemon_output (f->filter));
}

static void
assert_bytes (GByteArray   *is,
              gconstpointer data,
              gsize         length)
{
  g_assert_cmpmem (is->data, is->len, data, length);
  g_byte_array_set_size (is, 0);
}

static void
assert_packets (Filter             *f,
                GByteArray         *is,
                const char * const *packets)
{
  g_autoptr (GBytes) bytes = packets_new (packets);

  drain_both (f);
  assert_bytes (is, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
tear_down (Filter       *f,
           gconstpointer data)
{
  drain_both (f);
  assert_bytes (f->to_client, NULL, 0);
  assert_bytes (f->to_daemon, NULL, 0);
  g_assert_cmpstr (f->refused->str, ==, "");

  g_assert_finalize_object (f->filter);
  g_string_free (f->refused, TRUE);
  g_byte_array_unref (f->to_client);
  g_byte_array_unref (f->to_daemon);
}

/* In memory of just this size, so that a tool notices a read behind. */
static void
bring (Filter       *f,
       ReceiveFunc   receive_func,
       gconstpointer bytes,
       gsize         length)
{
  const guint8 *data = bytes;

  while (length > 0)
    {
      gsize size = MIN (length, f->piece);
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GError) error = NULL;
      gssize taken = receive_func (f->filter, copy, size, &error);

      g_assert_no_error (error);
      g_assert_cmpint (taken, >, 0);
      g_assert_cmpint (taken, <=, size);
      data += taken;
      length -= (gsize) taken;
    }
}

static void
bring_packets (Filter             *f,
               ReceiveFunc         receive_func,
               const char * const *packets)
{
  g_autoptr (GBytes) bytes = packets_new (packets);

  bring (f, receive_func, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
bring_fault (Filter       *f,
             ReceiveFunc   receive_func,
             ViciError     code,
             gconstpointer bytes,
             gsize         length)
{
  const guint8 *data = bytes;
  gssize taken = 0;
  g_autoptr (GError) error = NULL;

  while (length > 0 && taken >= 0)
    {
      gsize size = MIN (length, f->piece);
      g_autofree guint8 *copy = g_memdup2 (data, size);

      taken = receive_func (f->filter, copy, size, &error);
      data += MAX (taken, 0);
      length -= (gsize) MAX (taken, 0);
    }

  g_assert_cmpint (taken, ==, -1);
  g_assert_error (error, VICI_ERROR, (int) code);
}

#define PACKETS(...) ((const char *[]) { __VA_ARGS__, NULL })

#define client_sends(f, ...) \
  bring_packets (f, vici_filter_receive_from_client, PACKETS (__VA_ARGS__))
#define daemon_sends(f, ...) \
  bring_packets (f, vici_filter_receive_from_daemon, PACKETS (__VA_ARGS__))
#define client_gets(f, ...) assert_packets (f, (f)->to_client, PACKETS (__VA_ARGS__))
#define daemon_gets(f, ...) assert_packets (f, (f)->to_daemon, PACKETS (__VA_ARGS__))

static void
client_gets_nothing (Filter *f)
{
  client_gets (f, NULL);
}

static void
refused (Filter     *f,
         const char *names)
{
  g_assert_cmpstr (f->refused->str, ==, names);
  g_string_truncate (f->refused, 0);
}

/* -- Commands -- */

static void
test_allowed (Filter       *f,
              gconstpointer data)
{
  vici_filter_allow_command (f->filter, "version");

  client_sends (f, "request version a=b");
  daemon_gets (f, "request version a=b");
  g_assert_cmpuint (vici_filter_get_pending (f->filter), ==, 1);
  daemon_sends (f, "response daemon=charon version=5.9.8");
  client_gets (f, "response daemon=charon version=5.9.8");
  g_assert_cmpuint (vici_filter_get_pending (f->filter), ==, 0);
}

static void
test_unknown_to_daemon (Filter       *f,
                        gconstpointer data)
{
  vici_filter_allow_command (f->filter, "*");
  vici_filter_allow_event (f->filter, "*");

  client_sends (f, "request coffee", "register coffee");
  daemon_gets (f, "request coffee", "register coffee");
  daemon_sends (f, "unknown-command", "unknown-event");
  client_gets (f, "unknown-command", "unknown-event");
}

static void
test_refused (Filter       *f,
              gconstpointer data)
{
  vici_filter_allow_command (f->filter, "version");

  client_sends (f, "request terminate ike=home", "request versio", "request version2");
  client_gets (f, "unknown-command", "unknown-command", "unknown-command");
  refused (f, "terminate versio version2 ");
  g_assert_cmpuint (vici_filter_get_pending (f->filter), ==, 0);
}

static void
test_nothing_is_allowed (Filter       *f,
                         gconstpointer data)
{
  client_sends (f, "request version", "register log", "unregister log");
  client_gets (f, "unknown-command", "unknown-event", "unknown-event");
  refused (f, "version +log +log ");
}

static void
test_patterns (Filter       *f,
               gconstpointer data)
{
  vici_filter_allow_command (f->filter, "list-*");
  vici_filter_allow_command (f->filter, "get-con?s");

  client_sends (f, "request list-sas", "request get-conns", "request my-list-sas", "request get-cons");
  daemon_gets (f, "request list-sas", "request get-conns");
  refused (f, "my-list-sas get-cons ");
  daemon_sends (f, "response", "response");
  client_gets (f, "response", "response", "unknown-command", "unknown-command");
}

/* -- Order -- */

static void
test_refused_waits_its_turn (Filter       *f,
                             gconstpointer data)
{
  vici_filter_allow_command (f->filter, "version");
  vici_filter_allow_command (f->filter, "stats");

  client_sends (f, "request terminate", "request version", "request terminate", "request stats",
                "request terminate", "request terminate", "request version");
  daemon_gets (f, "request version", "request stats", "request version");
  client_gets (f, "unknown-command");
  refused (f, "terminate terminate terminate terminate ");
  g_assert_cmpuint (vici_filter_get_pending (f->filter), ==, 6);

  daemon_sends (f, "response n=1");
  client_gets (f, "response n=1", "unknown-command");
  daemon_sends (f, "response n=2");
  client_gets (f, "response n=2", "unknown-command", "unknown-command");
  g_assert_cmpuint (vici_filter_get_pending (f->filter), ==, 1);
  daemon_sends (f, "response n=3");
  client_gets (f, "response n=3");
}

static void
test_commands_and_events_in_one_order (Filter       *f,
                                       gconstpointer data)
{
  vici_filter_allow_command (f->filter, "version");
  vici_filter_allow_event (f->filter, "log");

  client_sends (f, "register log", "register alert", "request version", "request stats", "unregister log");
  daemon_gets (f, "register log", "request version", "unregister log");
  refused (f, "+alert stats ");
  client_gets_nothing (f);

  daemon_sends (f, "confirm", "response", "confirm");
  client_gets (f, "confirm", "unknown-event", "response", "unknown-command", "confirm");
}

/* -- Events -- */

static void
test_events_go_on (Filter       *f,
                   gconstpointer data)
{
  vici_filter_allow_event (f->filter, "ike-*");
  vici_filter_allow_command (f->filter, "version");

  client_sends (f, "register ike-updown", "request version", "request stats");
  daemon_gets (f, "register ike-updown", "request version");
  refused (f, "stats ");
  daemon_sends (f, "confirm", "event ike-updown up=yes");
  client_gets (f, "confirm", "event ike-updown up=yes");
  daemon_sends (f, "event ike-updown up=no", "response");
  client_gets (f, "event ike-updown up=no", "response", "unknown-command");
  daemon_sends (f, "event ike-updown up=yes");
  client_gets (f, "event ike-updown up=yes");
}

static void
test_events_are_no_commands (Filter       *f,
                             gconstpointer data)
{
  vici_filter_allow_event (f->filter, "log");
  vici_filter_allow_command (f->filter, "ike-updown");

  client_sends (f, "request log", "register ike-updown");
  client_gets (f, "unknown-command", "unknown-event");
  refused (f, "log +ike-updown ");
}

static void
test_stream (Filter       *f,
             gconstpointer data)
{
  vici_filter_allow_command (f->filter, "list-sas");

  client_sends (f, "register list-sa", "request list-sas", "unregister list-sa", "register list-conn");
  daemon_gets (f, "register list-sa", "request list-sas", "unregister list-sa");
  refused (f, "+list-conn ");
  daemon_sends (f, "confirm", "event list-sa n=1", "event list-sa n=2", "response", "confirm");
  client_gets (f, "confirm", "event list-sa n=1", "event list-sa n=2", "response", "confirm",
               "unknown-event");
}

static void
test_stream_of_two_commands (Filter       *f,
                             gconstpointer data)
{
  vici_filter_allow_command (f->filter, "term*");

  client_sends (f, "register control-log", "request initiate");
  daemon_gets (f, "register control-log");
  refused (f, "initiate ");
  daemon_sends (f, "confirm");
  client_gets (f, "confirm", "unknown-command");
}

static void
test_events_not_allowed (Filter       *f,
                         gconstpointer data)
{
  static const char with_nul[] = "\0\0\0\15\7\13ike-updown\0";

  daemon_sends (f, "event ike-updown up=yes", "event control-log msg=x");
  client_gets_nothing (f);

  /* From now on. */
  vici_filter_allow_event (f->filter, "ike-updown");
  vici_filter_allow_command (f->filter, "initiate");
  daemon_sends (f, "event control-log msg=x", "event log msg=x", "event ike-updown up=yes",
                "event ike-updown up=no", "event log msg=x", "event log msg=x", "event ike-updow",
                "event ike-updown up=yes", "event list-sa");
  bring (f, vici_filter_receive_from_daemon, LITERAL (with_nul));
  client_gets (f, "event control-log msg=x", "event ike-updown up=yes", "event ike-updown up=no",
               "event ike-updown up=yes");
  vici_filter_allow_read_only (f->filter);
  daemon_sends (f, "event list-sa");
  client_gets (f, "event list-sa");
}

/* -- The log level -- */

static void
test_log_level (Filter       *f,
                gconstpointer data)
{
  vici_filter_allow_command (f->filter, "*");

  client_sends (f, "request initiate child=net", "request initiate loglevel=0",
                "request terminate ike=x loglevel=1", "request rekey loglevel=4",
                "request initiate child=loglevel");
  daemon_gets (f, "request initiate child=net", "request initiate loglevel=0",
               "request terminate ike=x loglevel=1", "request rekey loglevel=4",
               "request initiate child=loglevel");
  client_sends (f, "request initiate loglevel=2", "request terminate loglevel=4", "request version");
  daemon_gets (f, "request version");
  refused (f, "initiate/loglevel terminate/loglevel ");
  daemon_sends (f, "response", "response", "response", "response", "response");
  client_gets (f, "response", "response", "response", "response", "response",
               "unknown-command", "unknown-command");
  daemon_sends (f, "response");
  client_gets (f, "response");
}

static void
test_log_level_of_what_is_not_allowed (Filter       *f,
                                       gconstpointer data)
{
  vici_filter_allow_read_only (f->filter);
  vici_filter_set_max_log_level (f->filter, 4);

  client_sends (f, "request initiate loglevel=1", "request terminate loglevel=4");
  client_gets (f, "unknown-command", "unknown-command");
  refused (f, "initiate terminate ");
}

static void
test_max_log_level (Filter       *f,
                    gconstpointer data)
{
  vici_filter_allow_command (f->filter, "initiate");

  for (char level = '1'; level <= '4'; level++)
    {
      g_autofree char *request = g_strdup_printf ("request initiate loglevel=%c", level);
      g_autofree char *higher = g_strdup_printf ("request initiate loglevel=%c", level + 1);

      vici_filter_set_max_log_level (f->filter, (guint) (level - '0'));
      client_sends (f, request);
      daemon_gets (f, request);
      daemon_sends (f, "response");
      client_gets (f, "response");
      client_sends (f, higher);
      client_gets (f, "unknown-command");
      refused (f, "initiate/loglevel ");
    }
}

/* Whatever a daemon may make of it. */
static void
test_log_level_in_other_words (Filter       *f,
                               gconstpointer data)
{
#define LEVEL(length, text) "\3\10loglevel\0" length text
  static const struct
  {
    const char *message;
    gsize       length;
  } requests[] = {
    { LITERAL (LEVEL ("\1", "2")) },
    { LITERAL (LEVEL ("\1", "4") LEVEL ("\1", "1")) },
    { LITERAL (LEVEL ("\1", "1") LEVEL ("\1", "4")) },
    { LITERAL (LEVEL ("\3", "0x4")) },
    { LITERAL (LEVEL ("\2", "04")) },
    { LITERAL (LEVEL ("\2", " 4")) },
    { LITERAL (LEVEL ("\2", "4 ")) },
    { LITERAL (LEVEL ("\2", "+4")) },
    { LITERAL (LEVEL ("\2", "-1")) },
    { LITERAL (LEVEL ("\2", "10")) },
    { LITERAL (LEVEL ("\12", "4294967300")) },
    { LITERAL (LEVEL ("\13", "-4294967292")) },
    { LITERAL (LEVEL ("\2", "1\0")) },
    { LITERAL (LEVEL ("\2", "\0" "4")) },
    { LITERAL (LEVEL ("\0", "")) },
    { LITERAL (LEVEL ("\1", "x")) },
    { LITERAL (LEVEL ("\1", "/")) },
    { LITERAL (LEVEL ("\1", "\204")) },
    { LITERAL ("\4\10loglevel\5\0\1" "1\6") },           /* a list */
    { LITERAL ("\1\10loglevel\2") },                     /* a section */
    { LITERAL ("\1\1s" LEVEL ("\1", "4") "\2") },         /* within one */
  };

  vici_filter_allow_command (f->filter, "initiate");

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      guint8 head[] = "\0\0\0\0\0\10initiate";

      head[3] = (guint8) (10 + requests[i].length);
      bring (f, vici_filter_receive_from_client, head, sizeof head - 1);
      bring (f, vici_filter_receive_from_client, requests[i].message, requests[i].length);
      client_gets (f, "unknown-command");
      refused (f, "initiate/loglevel ");
    }
#undef LEVEL
}

/* -- What changes nothing -- */

static const char * const changing[] = {
  "clear-creds", "flush-certs", "initiate", "install", "load-authority", "load-cert",
  "load-conn", "load-key", "load-pool", "load-shared", "load-token", "redirect", "rekey",
  "reload-settings", "reset-counters", "terminate", "uninstall", "unload-authority",
  "unload-conn", "unload-key", "unload-pool", "unload-shared", "list-newest", "get-rid-of"
};

static const char * const unchanging[] = {
  "get-algorithms", "get-authorities", "get-conns", "get-counters", "get-keys", "get-pools",
  "get-shared", "list-authorities", "list-certs", "list-conns", "list-policies", "list-sas",
  "stats", "version"
};

static void
test_read_only (Filter       *f,
                gconstpointer data)
{
  vici_filter_allow_read_only (f->filter);

  for (gsize i = 0; i < G_N_ELEMENTS (unchanging); i++)
    {
      g_autofree char *request = g_strdup_printf ("request %s", unchanging[i]);

      client_sends (f, request);
      daemon_gets (f, request);
      daemon_sends (f, "response");
      client_gets (f, "response");
    }

  for (gsize i = 0; i < G_N_ELEMENTS (changing); i++)
    {
      g_autofree char *request = g_strdup_printf ("request %s", changing[i]);
      g_autofree char *name = g_strdup_printf ("%s ", changing[i]);

      client_sends (f, request);
      client_gets (f, "unknown-command");
      refused (f, name);
    }

  client_sends (f, "register list-sa", "register log", "register control-log");
  daemon_gets (f, "register list-sa");
  refused (f, "+log +control-log ");
  daemon_sends (f, "confirm");
  client_gets (f, "confirm", "unknown-event", "unknown-event");
}

/* -- Bytes -- */

/* Of a daemon that repeats names, or of a client that has its own idea of order. */
static void
test_byte_for_byte (Filter       *f,
                    gconstpointer data)
{
  static const char request[] = "\0\0\0\032\0\4load\1\1a\3\1b\0\2\0\377\3\1b\0\0\4\1c\6\2";
  static const char reply[] = "\0\0\0\5\1junk";

  vici_filter_allow_command (f->filter, "load");

  bring (f, vici_filter_receive_from_client, LITERAL (request));
  drain_both (f);
  assert_bytes (f->to_daemon, LITERAL (request));
  bring (f, vici_filter_receive_from_daemon, LITERAL (reply));
  drain_both (f);
  assert_bytes (f->to_client, LITERAL (reply));
}

static void
test_unfinished_is_kept (Filter       *f,
                         gconstpointer data)
{
  vici_filter_allow_command (f->filter, "version");

  bring (f, vici_filter_receive_from_client, LITERAL ("\0\0\0\11\0\7versio"));
  g_assert_true (vici_filter_has_unfinished (f->filter));
  daemon_gets (f, NULL);
  bring (f, vici_filter_receive_from_client, LITERAL ("n"));
  g_assert_false (vici_filter_has_unfinished (f->filter));
  daemon_gets (f, "request version");
  g_assert_cmpuint (vici_filter_get_pending (f->filter), ==, 1);
}

static void
test_one_packet_each (Filter       *f,
                      gconstpointer data)
{
  g_autoptr (GBytes) bytes = packets_new (PACKETS ("request a", "request b"));
  const guint8 *begin = g_bytes_get_data (bytes, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (vici_filter_receive_from_client (f->filter, begin, 14, &error), ==, 7);
  g_assert_no_error (error);
  refused (f, "a ");
  g_assert_cmpint (vici_filter_receive_from_client (f->filter, begin + 7, 7, &error), ==, 7);
  refused (f, "b ");
  g_assert_cmpint (vici_filter_receive_from_client (f->filter, NULL, 0, &error), ==, 0);
  client_gets (f, "unknown-command", "unknown-command");
}

static void
test_largest (Filter       *f,
              gconstpointer data)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  static const guint8 head[] = { 0, 8, 0, 0, 0, 1, 'x' };
  static const guint8 value[] = { 3, 1, 'v', 0xff, 0xfb };

  vici_filter_allow_command (f->filter, "x");
  g_byte_array_append (packet, head, sizeof head);
  while (packet->len < VICI_PACKET_HEADER + VICI_PACKET_MAX)
    {
      guint left = VICI_PACKET_HEADER + VICI_PACKET_MAX - packet->len;
      guint16 length = GUINT16_TO_BE ((guint16) (MIN (left, 65536) - sizeof value));
      guint begin = packet->len;

      g_byte_array_set_size (packet, begin + MIN (left, 65536));
      memset (packet->data + begin, 'y', packet->len - begin);
      memcpy (packet->data + begin, value, 3);
      memcpy (packet->data + begin + 3, &length, 2);
    }

  bring (f, vici_filter_receive_from_client, packet->data, packet->len);
  drain_both (f);
  assert_bytes (f->to_daemon, packet->data, packet->len);
}

/* -- Names that are none -- */

static void
assert_name_refused (Filter     *f,
                     const char *bytes,
                     gsize       length,
                     const char *shown)
{
  for (guint8 type = 0; type <= 4; type += type == 0 ? 3 : 1)
    {
      guint8 head[] = { 0, 0, 0, (guint8) (2 + length), type, (guint8) length };
      g_autofree char *names = g_strdup_printf ("%s%s ", type == 0 ? "" : "+", shown);

      bring (f, vici_filter_receive_from_client, head, sizeof head);
      bring (f, vici_filter_receive_from_client, bytes, length);
      if (type == 0)
        client_gets (f, "unknown-command");
      else
        client_gets (f, "unknown-event");
      refused (f, names);
    }
}

static void
test_names (Filter       *f,
            gconstpointer data)
{
  vici_filter_allow_command (f->filter, "*");
  vici_filter_allow_event (f->filter, "*");

  assert_name_refused (f, LITERAL (""), "");
  assert_name_refused (f, LITERAL ("version\0"), "version\\000");
  assert_name_refused (f, LITERAL ("version\0x"), "version\\000x");
  assert_name_refused (f, LITERAL ("l\ng"), "l\\012g");
  assert_name_refused (f, LITERAL ("caf\303\251"), "caf\\303\\251");
  assert_name_refused (f, LITERAL ("\177"), "\\177");
  assert_name_refused (f, LITERAL ("l\\012g\n"), "l\\134012g\\012");
}

/* -- Hostile bytes -- */

/* What came before it stands, and nothing comes out for it. */
static void
test_client_faults (Filter       *f,
                    gconstpointer data)
{
  static const struct
  {
    ViciError   code;
    const char *bytes;
    gsize       length;
  } faults[] = {
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\0") },                  /* empty */
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\10\0\1") },                 /* too long */
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\1") },                /* a daemon's */
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\2") },
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\5") },
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\6") },
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\3\7\1a") },
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\10") },               /* nobody's */
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\1\0") },                /* no name */
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\3\0\2a") },             /* not all of it */
    { VICI_ERROR_PROTOCOL, LITERAL ("\0\0\0\4\3\1ab") },            /* more than it */
    { VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\4\0\1a\2") },          /* no section to end */
    { VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\6\0\1a\1\1s") },       /* one that does not end */
    { VICI_ERROR_MALFORMED, LITERAL ("\0\0\0\6\0\1x\3\1k") },       /* of one that is refused */
  };

  vici_filter_allow_command (f->filter, "a");

  for (gsize i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      Filter fresh = { NULL };

      set_up (&fresh, GSIZE_TO_POINTER (f->piece));
      vici_filter_allow_command (fresh.filter, "a");
      client_sends (&fresh, "request b", "request a");
      bring_fault (&fresh, vici_filter_receive_from_client, faults[i].code,
                   faults[i].bytes, faults[i].length);
      refused (&fresh, "b ");
      daemon_gets (&fresh, "request a");
      client_gets (&fresh, "unknown-command");
      tear_down (&fresh, NULL);
    }
}

static void
assert_answer_fault (Filter     *f,
                     const char *request,
                     const char *bytes,
                     gsize       length)
{
  Filter fresh = { NULL };

  set_up (&fresh, GSIZE_TO_POINTER (f->piece));
  vici_filter_allow_command (fresh.filter, "a");
  vici_filter_allow_event (fresh.filter, "a");
  if (request != NULL)
    {
      client_sends (&fresh, request, "request b");
      daemon_gets (&fresh, request);
      refused (&fresh, "b ");
    }

  bring_fault (&fresh, vici_filter_receive_from_daemon, VICI_ERROR_PROTOCOL, bytes, length);
  client_gets_nothing (&fresh);
  tear_down (&fresh, NULL);
}

static void
test_daemon_faults (Filter       *f,
                    gconstpointer data)
{
  /* Nobody has asked. */
  assert_answer_fault (f, NULL, LITERAL ("\0\0\0\1\1"));
  assert_answer_fault (f, NULL, LITERAL ("\0\0\0\1\2"));
  assert_answer_fault (f, NULL, LITERAL ("\0\0\0\1\5"));
  assert_answer_fault (f, NULL, LITERAL ("\0\0\0\1\6"));

  /* Something else was asked. */
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\1\5"));
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\1\6"));
  assert_answer_fault (f, "register a", LITERAL ("\0\0\0\1\1"));
  assert_answer_fault (f, "unregister a", LITERAL ("\0\0\0\1\2"));

  /* It is no daemon's. */
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\3\0\1a"));
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\3\3\1a"));
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\3\4\1a"));
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\1\11"));
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\0"));
  assert_answer_fault (f, "request a", LITERAL ("\0\10\0\1"));
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\2\5x"));
  assert_answer_fault (f, "request a", LITERAL ("\0\0\0\3\7\2a"));
}

/* -- Memory -- */

/* However it arrives, no copy of it is left: neither of its pieces while they are
 * waiting for the rest, nor of what was passed on. */
static void
test_secrets (Filter       *f,
              gconstpointer data)
{
  GBytes *output;
  guint kept;

  vici_filter_allow_command (f->filter, "load-shared");
  client_sends (f, "request load-shared data=" SECRET);
  kept = f->piece == 1;
  g_assert_cmpuint (wiped, ==, kept);

  output = vici_filter_take_daemon_output (f->filter);
  g_assert_nonnull (memmem (g_bytes_get_data (output, NULL), g_bytes_get_size (output),
                            SECRET, strlen (SECRET)));
  g_assert_cmpuint (wiped, ==, kept);
  g_bytes_unref (output);
  g_assert_cmpuint (wiped, ==, kept + 1);
}

static void
test_unfinished_secret (Filter       *f,
                        gconstpointer data)
{
  g_autoptr (GBytes) bytes = packets_new (PACKETS ("request load-shared data=" SECRET " type=ike"));
  const guint8 *packet = g_bytes_get_data (bytes, NULL);
  g_autoptr (ViciFilter) filter = vici_filter_new ();
  guint before;

  for (gsize i = 0; i < g_bytes_get_size (bytes) - 1; i++)
    g_assert_cmpint (vici_filter_receive_from_client (filter, packet + i, 1, NULL), ==, 1);

  before = wiped;
  g_clear_object (&filter);
  g_assert_cmpuint (wiped, ==, before + 1);
}

static void
drop_filter (ViciFilter *filter)
{
  g_object_unref (filter);
}

static void
test_dropped_by_handler (Filter       *f,
                         gconstpointer data)
{
  g_autoptr (GBytes) bytes = packets_new (PACKETS ("request a"));
  ViciFilter *filter = vici_filter_new ();
  g_autoptr (GError) error = NULL;

  g_object_add_weak_pointer (G_OBJECT (filter), (gpointer *) &filter);
  g_signal_connect (filter, "refused", G_CALLBACK (drop_filter), NULL);
  g_assert_cmpint (vici_filter_receive_from_client (filter, g_bytes_get_data (bytes, NULL), 7, &error), ==, 7);
  g_assert_no_error (error);
  g_assert_null (filter);
}

typedef void (*TestFunc) (Filter       *f,
                          gconstpointer data);

static void
add_test (const char *name,
          TestFunc    func)
{
  g_autofree char *whole = g_strconcat ("/filter/", name, NULL);
  g_autofree char *cut = g_strconcat ("/filter/byte-by-byte/", name, NULL);

  g_test_add (whole, Filter, GSIZE_TO_POINTER (G_MAXSIZE), set_up, func, tear_down);
  g_test_add (cut, Filter, GSIZE_TO_POINTER (1), set_up, func, tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_test ("allowed-command-is-passed-on", test_allowed);
  add_test ("what-the-daemon-does-not-know-is-its-answer", test_unknown_to_daemon);
  add_test ("refused-command-is-unknown", test_refused);
  add_test ("nothing-is-allowed-to-begin-with", test_nothing_is_allowed);
  add_test ("patterns-match-whole-names", test_patterns);
  add_test ("refusal-waits-its-turn", test_refused_waits_its_turn);
  add_test ("commands-and-events-are-one-order", test_commands_and_events_in_one_order);
  add_test ("events-go-straight-on", test_events_go_on);
  add_test ("events-that-are-not-allowed-are-dropped", test_events_not_allowed);
  add_test ("rules-for-commands-are-not-for-events", test_events_are_no_commands);
  add_test ("command-brings-the-event-it-streams", test_stream);
  add_test ("event-of-two-commands-comes-with-either", test_stream_of_two_commands);
  add_test ("log-level-is-bounded", test_log_level);
  add_test ("log-level-is-no-command", test_log_level_of_what_is_not_allowed);
  add_test ("log-level-bound-can-be-raised", test_max_log_level);
  add_test ("log-level-in-other-words-is-refused", test_log_level_in_other_words);
  add_test ("read-only-is-all-that-changes-nothing", test_read_only);
  add_test ("packets-are-passed-on-as-they-are", test_byte_for_byte);
  add_test ("packets-are-passed-on-when-whole", test_unfinished_is_kept);
  add_test ("largest-packet-passes", test_largest);
  add_test ("names-that-nobody-answers-to-are-refused", test_names);
  add_test ("client-that-breaks-the-protocol-is-left", test_client_faults);
  add_test ("daemon-that-breaks-the-protocol-is-left", test_daemon_faults);
  add_test ("secrets-are-wiped", test_secrets);
  g_test_add ("/filter/unfinished-secret-is-wiped", Filter, NULL,
              set_up, test_unfinished_secret, tear_down);
  g_test_add ("/filter/one-packet-for-each-call", Filter, NULL,
              set_up, test_one_packet_each, tear_down);
  g_test_add ("/filter/handler-may-drop-the-filter", Filter, NULL,
              set_up, test_dropped_by_handler, tear_down);

  return g_test_run ();
}
