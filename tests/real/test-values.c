/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library says of a text is what charon says of it, and where it is
 * stricter, that is still so. */

#include "real.h"

#include "value-cases.h"

typedef enum
{
  NOWHERE,
  IN_CONNECTION,
  IN_AUTH,
  IN_CHILD,
  IN_POOL,
} Place;

/* A key for each type of value that charon tells its mind about at once. */
static const struct
{
  Place       place;
  const char *key;
  gboolean    is_list;
} keys[] = {
  [VICI_VALUE_STRING] = { IN_CHILD, "updown" },
  [VICI_VALUE_BOOLEAN] = { IN_CONNECTION, "mobike" },
  [VICI_VALUE_UINT] = { IN_CONNECTION, "keyingtries" },
  [VICI_VALUE_UINT64] = { IN_CHILD, "rekey_packets" },
  [VICI_VALUE_TIME] = { IN_CHILD, "rekey_time" },
  [VICI_VALUE_SIZE] = { IN_CHILD, "rekey_bytes" },
  [VICI_VALUE_IDENTITY] = { IN_AUTH, "id" },
  [VICI_VALUE_HOST] = { IN_CONNECTION, "remote_addrs", TRUE },
  [VICI_VALUE_ADDRESS] = { IN_CONNECTION, "vips", TRUE },
  [VICI_VALUE_ADDRESS_RANGE] = { IN_POOL, "addrs" },
  [VICI_VALUE_SUBNET] = { IN_POOL, "split_include", TRUE },
  [VICI_VALUE_TRAFFIC_SELECTOR] = { IN_CHILD, "local_ts", TRUE },
  [VICI_VALUE_IKE_PROPOSAL] = { IN_CONNECTION, "proposals", TRUE },
  [VICI_VALUE_ESP_PROPOSAL] = { IN_CHILD, "esp_proposals", TRUE },
  [VICI_VALUE_AH_PROPOSAL] = { IN_CHILD, "ah_proposals", TRUE },
  [VICI_VALUE_MARK] = { IN_CHILD, "mark_in" },
  [VICI_VALUE_SET_MARK] = { IN_CHILD, "set_mark_in" },
  [VICI_VALUE_IF_ID] = { IN_CHILD, "if_id_in" },
  [VICI_VALUE_PADDING] = { IN_CHILD, "tfc_padding" },
  [VICI_VALUE_DSCP] = { IN_CONNECTION, "dscp" },
  [VICI_VALUE_ACTION] = { IN_CHILD, "dpd_action" },
  [VICI_VALUE_AUTH] = { IN_AUTH, "auth" },
  [VICI_VALUE_SECTION] = { NOWHERE },
};

#define CONNECTION "values"

static void
add_value (ViciBuilder *builder,
           const Case  *c,
           const char  *text)
{
  if (keys[c->type].is_list)
    {
      vici_builder_begin_list (builder, keys[c->type].key);
      vici_builder_add_item (builder, text);
      vici_builder_end_list (builder);
    }
  else
    vici_builder_add_string (builder, keys[c->type].key, text);
}

static void
add_sections (ViciBuilder *builder,
              Place        place)
{
  if (place == IN_AUTH)
    vici_builder_begin_section (builder, "local");

  if (place == IN_CHILD)
    {
      vici_builder_begin_section (builder, "children");
      vici_builder_begin_section (builder, "net");
    }
}

static void
end_sections (ViciBuilder *builder,
              Place        place)
{
  if (place == IN_AUTH || place == IN_CHILD)
    vici_builder_end_section (builder);
  if (place == IN_CHILD)
    vici_builder_end_section (builder);
}

static ViciMessage *
build_request (const Case *c,
               const char *text)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (GError)      error = NULL;
  ViciMessage            *request;
  Place                   place = keys[c->type].place;

  vici_builder_begin_section (builder, CONNECTION);
  add_sections (builder, place);
  if (c->type == VICI_VALUE_SUBNET)
    vici_builder_add_string (builder, "addrs", "10.99.0.0/24");
  add_value (builder, c, text);
  end_sections (builder, place);
  vici_builder_end_section (builder);

  request = vici_builder_end (builder, &error);
  g_assert_no_error (error);

  return request;
}

static gboolean
call_succeeds (ViciConnection *connection,
               const char     *command,
               ViciMessage    *request)
{
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GError)      error = NULL;

  reply = vici_connection_call_sync (connection, command, request, NULL, &error);
  g_assert_no_error (error);

  if (vici_message_check_success (reply, &error))
    return TRUE;

  g_test_message ("charon: %s", error->message);

  return FALSE;
}

/* charon keeps what was loaded, and merges it with what comes next. */
static void
unload (ViciConnection *connection,
        const char     *command,
        const char     *name)
{
  g_autoptr (ViciMessage) request = real_message ("{'name': <%s>}", name);

  g_assert_true (call_succeeds (connection, command, request));
}

/* -- A time or an amount, as the daemon lists it -- */

static guint64
get_listed (ViciConnection *connection,
            const char     *key)
{
  g_autoptr (ViciMessage) request = real_message ("{'ike': <%s>}", CONNECTION);
  g_autoptr (ViciStream)  stream = NULL;
  g_autoptr (ViciMessage) event = NULL;
  g_autoptr (ViciMessage) conn = NULL;
  g_autoptr (ViciMessage) children = NULL;
  g_autoptr (ViciMessage) child = NULL;
  g_autoptr (GError)      error = NULL;

  stream = vici_connection_call_streaming (connection, "list-conns", NULL, request);
  event = vici_stream_next_sync (stream, NULL, &error);
  g_assert_no_error (error);
  conn = vici_message_lookup_section (event, CONNECTION);
  children = vici_message_lookup_section (conn, "children");
  child = vici_message_lookup_section (children, "net");

  return vici_message_lookup_uint64 (child, key, G_MAXUINT64);
}

static void
check_listed (ViciConnection *connection,
              const Case     *c)
{
  guint64 number;

  if (c->type == VICI_VALUE_TIME)
    g_assert_true (vici_value_parse_seconds (c->text, &number));
  else if (c->type == VICI_VALUE_SIZE)
    g_assert_true (vici_value_parse_bytes (c->text, &number));
  else
    return;

  g_assert_cmpuint (get_listed (connection, keys[c->type].key), ==, number);
}

/* -- The cases -- */

/* Whether charon takes @text where such a value belongs. */
static gboolean
is_taken (ViciConnection *connection,
          const Case     *c,
          const char     *text)
{
  g_autoptr (ViciMessage) request = build_request (c, text);
  gboolean                is_pool = keys[c->type].place == IN_POOL;

  if (!call_succeeds (connection, is_pool ? "load-pool" : "load-conn", request))
    return FALSE;

  if (c->wire != NULL)
    check_listed (connection, c);
  unload (connection, is_pool ? "unload-pool" : "unload-conn", CONNECTION);

  return TRUE;
}

static void
check_case (ViciConnection *connection,
            const Case     *c)
{
  g_autofree char *shown = g_strescape (c->text, NULL);
  g_autofree char *wire = vici_value_to_wire (c->type, c->text, NULL);

  g_test_message ("%s = “%s”", keys[c->type].key, shown);
  g_assert_cmpstr (wire, ==, c->wire);

  switch (c->kind)
    {
    case AGREED:
      g_assert_cmpint (is_taken (connection, c, wire != NULL ? wire : c->text), ==, wire != NULL);
      break;

    case STRICTER:
      g_assert_null (wire);
      g_assert_true (is_taken (connection, c, c->text));
      break;

    case UP_TO_CHARON:
    default:
      g_assert_nonnull (wire);
    }
}

static void
test_values (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");

  for (gsize i = 0; i < G_N_ELEMENTS (value_cases); i++)
    {
      if (keys[value_cases[i].type].place != NOWHERE)
        check_case (connection, &value_cases[i]);
    }
}

/* Of a connection, which charon then lists. */
static void
check_name (ViciConnection *connection,
            const char     *name)
{
  g_autofree char        *escaped = vici_name_escape (name);
  g_autofree char        *listed = NULL;
  g_autoptr (ViciMessage) loaded = NULL;
  g_autoptr (ViciMessage) reply = NULL;
  g_auto (GStrv)          names = NULL;

  g_test_message ("%s", escaped);
  loaded = real_call (connection, "load-conn", real_message ("{%s: <@a{sv} {}>}", escaped));
  reply = real_call (connection, "get-conns", NULL);
  names = vici_message_lookup_strv (reply, "conns");
  g_assert_cmpstrv (names, ((const char *[]) { escaped, NULL }));

  listed = vici_name_unescape (names[0]);
  /* Control characters are not read back. */
  g_assert_cmpstr (listed, ==, strchr (name, '\t') ? escaped : name);
  unload (connection, "unload-conn", escaped);
}

static void
test_names (void)
{
  g_autoptr (ViciConnection) connection = real_open ("VICI_TEST_URI");

  for (gsize i = 0; i < G_N_ELEMENTS (value_cases); i++)
    {
      if (value_cases[i].type == VICI_VALUE_NAME)
        check_name (connection, value_cases[i].text);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/real/values/charon-is-of-the-same-mind", test_values);
  g_test_add_func ("/real/values/escaped-names-come-back", test_names);

  return g_test_run ();
}
