/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Two daemons and a tunnel between them, from its configuration to its end. */

#include <string.h>

#include "real.h"

typedef struct
{
  ViciConnection *control;
  ViciConnection *events; /* of its own: an initiate blocks the other */

  /* The events that came, one letter each: upper case for "up" or a rekeying,
   * lower case for "down". I and C are IKE_SA and CHILD_SA, R and K their
   * rekeyings. */
  GString        *seen;

  guint64         new_ike_id; /* from the latest ike-rekey */
} Side;

static void
on_event (ViciConnection *connection,
          const char     *name,
          ViciMessage    *message,
          gpointer        user_data)
{
  static const struct
  {
    const char *name;
    char        up;
    char        down;
  } letters[] = {
    { "ike-updown", 'I', 'i' },
    { "child-updown", 'C', 'c' },
    { "ike-rekey", 'R', 'R' },
    { "child-rekey", 'K', 'K' },
  };
  gboolean up = vici_message_lookup_boolean (message, "up", FALSE);
  g_autoptr (ViciMessage) sa = vici_message_lookup_section (message, "tunnel");
  g_autoptr (ViciMessage) new_sa = NULL;
  Side *side = user_data;

  g_assert_nonnull (sa);
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    if (g_str_equal (name, letters[i].name))
      g_string_append_c (side->seen, up ? letters[i].up : letters[i].down);

  new_sa = vici_message_lookup_section (sa, "new");
  if (new_sa)
    side->new_ike_id = vici_message_lookup_uint64 (new_sa, "uniqueid", 0);
}

static void
side_open (Side       *side,
           const char *variable)
{
  static const char * const names[] = { "ike-updown", "child-updown", "ike-rekey", "child-rekey" };

  side->control = real_open (variable);
  side->events = real_open (variable);
  side->seen = g_string_new (NULL);
  g_signal_connect (side->events, "event", G_CALLBACK (on_event), side);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;

      vici_connection_subscribe_sync (side->events, names[i], NULL, &error);
      g_assert_no_error (error);
    }
}

static void
side_clear (Side *side)
{
  g_clear_object (&side->control);
  g_clear_object (&side->events);
  g_string_free (side->seen, TRUE);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

static gboolean
has_seen (const Side *side,
          const char *letters)
{
  for (; *letters; letters++)
    if (strchr (side->seen->str, *letters) == NULL)
      return FALSE;

  return TRUE;
}

static void
load (Side *a,
      Side *b)
{
  const char *address_a = real_getenv ("VICI_TEST_ADDRESS_A");
  const char *address_b = real_getenv ("VICI_TEST_ADDRESS_B");
  g_autofree char *inner_a = g_strdup_printf ("%s/32", real_getenv ("VICI_TEST_INNER_ADDRESS_A"));
  g_autofree char *inner_b = g_strdup_printf ("%s/32", real_getenv ("VICI_TEST_INNER_ADDRESS_B"));

  real_load_conn (a->control, "tunnel", address_a, address_b, inner_a, inner_b);
  real_load_conn (b->control, "tunnel", address_b, address_a, inner_b, inner_a);
}

/* Calls initiate or terminate with its control log, and wants success. Returns
 * the log. */
static char *
call_with_log (Side        *side,
               const char  *command,
               ViciMessage *request)
{
  g_autoptr (ViciMessage) owned G_GNUC_UNUSED = request;
  g_autoptr (ViciStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  GString *log = g_string_new (NULL);
  gboolean at_end = FALSE;

  stream = vici_connection_call_streaming (side->control, command, NULL, request);
  while (!at_end)
    {
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (ViciMessage) event = NULL;
      g_autofree char *line = NULL;

      vici_stream_next_async (stream, NULL, real_take_result, &result);
      real_wait_until (result != NULL);
      event = vici_stream_next_finish (stream, result, &error);
      g_assert_no_error (error);
      at_end = event == NULL;
      line = event ? vici_message_lookup_string (event, "msg") : NULL;
      if (line)
        g_string_append_printf (log, "%s\n", line);
    }

  vici_message_check_success (vici_stream_get_reply (stream), &error);
  g_assert_no_error (error);

  return g_string_free (log, FALSE);
}

/* The section of the only IKE_SA, or NULL. */
static ViciMessage *
list_sa (Side *side)
{
  g_autoptr (ViciStream) stream = vici_connection_call_streaming (side->control, "list-sas", NULL, NULL);
  g_autoptr (ViciMessage) event = NULL;
  g_autoptr (GError) error = NULL;

  event = vici_stream_next_sync (stream, NULL, &error);
  g_assert_no_error (error);
  if (event == NULL)
    return NULL;

  return vici_message_lookup_section (event, "tunnel");
}

static gboolean
is_gone (Side *side)
{
  g_autoptr (ViciMessage) sa = list_sa (side);

  return sa == NULL;
}

/* The section of the SA's only CHILD_SA. */
static ViciMessage *
get_child (ViciMessage *sa)
{
  g_autoptr (ViciMessage) children = vici_message_lookup_section (sa, "child-sas");
  g_auto (GStrv) names = NULL;

  g_assert_nonnull (children);
  names = vici_message_get_names (children);
  g_assert_cmpuint (g_strv_length (names), ==, 1);

  return vici_message_lookup_section (children, names[0]);
}

static void
assert_up (Side *side)
{
  g_autoptr (ViciMessage) sa = list_sa (side);
  g_autoptr (ViciMessage) child = NULL;
  g_autofree char *state = NULL;
  g_autofree char *child_state = NULL;

  g_assert_nonnull (sa);
  state = vici_message_lookup_string (sa, "state");
  g_assert_cmpstr (state, ==, "ESTABLISHED");
  child = get_child (sa);
  child_state = vici_message_lookup_string (child, "state");
  g_assert_cmpstr (child_state, ==, "INSTALLED");
}

static guint64
get_bytes_in (Side *side)
{
  g_autoptr (ViciMessage) sa = list_sa (side);
  g_autoptr (ViciMessage) child = get_child (sa);

  return vici_message_lookup_uint64 (child, "bytes-in", G_MAXUINT64);
}

/* Three packets there and back; the first may be lost while routes settle. */
static void
ping (void)
{
  g_autofree char *namespace = g_strdup_printf ("--net=%s", real_getenv ("VICI_TEST_NETNS_A"));
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE, &error,
                              "nsenter", namespace, "ping", "-c", "3", "-i", "0.2", "-w", "30",
                              "-I", real_getenv ("VICI_TEST_INNER_ADDRESS_A"),
                              real_getenv ("VICI_TEST_INNER_ADDRESS_B"), NULL);
  g_assert_no_error (error);
  g_subprocess_wait_check (process, NULL, &error);
  g_assert_no_error (error);
}

static void
rekey (Side       *side,
       const char *what,
       const char *name)
{
  g_autoptr (ViciMessage) reply = real_call (side->control, "rekey", real_message ("{%s: <%s>}", what, name));

  g_assert_cmpuint (vici_message_lookup_uint64 (reply, "matches", 0), ==, 1);
}

static void
test_tunnel (void)
{
  g_auto (Side) a = { NULL };
  g_auto (Side) b = { NULL };
  g_autofree char *initiated = NULL;
  g_autofree char *terminated = NULL;

  side_open (&a, "VICI_TEST_URI_A");
  side_open (&b, "VICI_TEST_URI_B");
  load (&a, &b);

  initiated = call_with_log (&a, "initiate", real_message ("{'child': <'net'>, 'timeout': <30000>}"));
  g_assert_nonnull (strstr (initiated, "initiating IKE_SA tunnel"));
  g_assert_nonnull (strstr (initiated, "CHILD_SA net"));
  real_wait_until (has_seen (&a, "IC") && has_seen (&b, "IC"));
  assert_up (&a);
  assert_up (&b);

  g_assert_cmpuint (get_bytes_in (&b), ==, 0);
  ping ();
  g_assert_cmpuint (get_bytes_in (&a), >, 0);
  g_assert_cmpuint (get_bytes_in (&b), >, 0);

  rekey (&a, "child", "net");
  real_wait_until (has_seen (&a, "K") && has_seen (&b, "K"));
  rekey (&a, "ike", "tunnel");
  real_wait_until (has_seen (&a, "R") && has_seen (&b, "R"));

  /* By its id: the one before may have the name still, on its way out. */
  g_assert_cmpuint (a.new_ike_id, >, 1);
  terminated = call_with_log (&a, "terminate",
                              real_message ("{'ike-id': <%t>, 'timeout': <30000>}", a.new_ike_id));
  g_assert_nonnull (strstr (terminated, "deleting IKE_SA tunnel"));
  real_wait_until (has_seen (&a, "ic") && has_seen (&b, "ic"));
  real_wait_until (is_gone (&a) && is_gone (&b));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/real/tunnel/lives-from-its-configuration-to-its-end", test_tunnel);

  return g_test_run ();
}
