/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Every field of every record: as it is said, absent, and malformed. */

#include <dlfcn.h>
#include <string.h>

#include "records-test.h"
#include "vici-daemon-enums.h"
#include "vici-record-read.h"

/* What both the property and the getter say. */
typedef struct
{
  const ViciField *field;
  GValue           property;
  union
  {
    gboolean       boolean;
    int            word;
    guint          number;
    guint64        number64;
    gint64         seconds;
    gconstpointer  pointer;
  } got;
} Answer;

static gpointer
find_getter (gpointer         record,
             const ViciField *field)
{
  g_autofree char *dashed = records_test_dashed (G_OBJECT_TYPE_NAME (record));
  g_autofree char *name = g_strdup_printf ("%s_get_%s", dashed, field->property);
  gpointer getter;

  g_strdelimit (name, "-", '_');
  getter = dlsym (NULL, name);
  if (getter == NULL)
    g_error ("There is no %s()", name);

  return getter;
}

static void
call_getter (Answer  *answer,
             gpointer record)
{
  gpointer getter = find_getter (record, answer->field);

  switch (answer->field->kind)
    {
    case VICI_FIELD_BOOLEAN:
      answer->got.boolean = ((gboolean (*) (gpointer)) getter) (record);
      break;

    case VICI_FIELD_ENUM:
      answer->got.word = ((int (*) (gpointer)) getter) (record);
      break;

    case VICI_FIELD_UINT:
      answer->got.number = ((guint (*) (gpointer)) getter) (record);
      break;

    case VICI_FIELD_UINT64:
    case VICI_FIELD_HEX:
      answer->got.number64 = ((guint64 (*) (gpointer)) getter) (record);
      break;

    case VICI_FIELD_SECONDS:
      answer->got.seconds = ((gint64 (*) (gpointer)) getter) (record);
      break;

    default:
      answer->got.pointer = ((gconstpointer (*) (gpointer)) getter) (record);
      break;
    }
}

/* They have to say the same. */
static void
assert_agree (const Answer *answer)
{
  const GValue *value = &answer->property;

  switch (answer->field->kind)
    {
    case VICI_FIELD_NAME:
    case VICI_FIELD_STRING:
    case VICI_FIELD_ESCAPED:
      g_assert_cmpstr (g_value_get_string (value), ==, answer->got.pointer);
      break;

    case VICI_FIELD_STRINGS:
    case VICI_FIELD_NUMBERED:
      g_assert_nonnull (answer->got.pointer);
      g_assert_true (g_strv_equal (g_value_get_boxed (value), answer->got.pointer));
      break;

    case VICI_FIELD_BOOLEAN:
      g_assert_cmpint (g_value_get_boolean (value), ==, answer->got.boolean);
      break;

    case VICI_FIELD_ENUM:
      g_assert_cmpint (g_value_get_enum (value), ==, answer->got.word);
      break;

    case VICI_FIELD_UINT:
      g_assert_cmpuint (g_value_get_uint (value), ==, answer->got.number);
      break;

    case VICI_FIELD_UINT64:
    case VICI_FIELD_HEX:
      g_assert_cmpuint (g_value_get_uint64 (value), ==, answer->got.number64);
      break;

    case VICI_FIELD_SECONDS:
      g_assert_cmpint (g_value_get_int64 (value), ==, answer->got.seconds);
      break;

    default: /* the same object or boxed, not another one */
      g_assert_true (g_value_peek_pointer (value) == answer->got.pointer ||
                     (G_VALUE_HOLDS_BOXED (value) && answer->got.pointer != NULL));
      break;
    }
}

typedef void (*AnswerFunc) (const Answer *answer);

static void
ignore (const Answer *answer)
{
}

/* Asks every property of the class both ways. */
static void
for_each_property (gpointer   record,
                   AnswerFunc check)
{
  g_autofree GParamSpec **pspecs = NULL;
  ViciRecordClass *klass = VICI_RECORD_GET_CLASS (record);
  guint n_pspecs;

  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (record), &n_pspecs);
  g_assert_cmpuint (n_pspecs, ==, klass->n_fields);

  for (guint i = 0; i < n_pspecs; i++)
    {
      Answer answer = { &klass->fields[i], G_VALUE_INIT, { 0 } };

      g_test_message ("%s:%s", G_OBJECT_TYPE_NAME (record), pspecs[i]->name);
      g_assert_cmpstr (pspecs[i]->name, ==, answer.field->property);
      g_assert_cmpint (pspecs[i]->flags & G_PARAM_READWRITE, ==, G_PARAM_READABLE);

      g_value_init (&answer.property, pspecs[i]->value_type);
      g_object_get_property (record, pspecs[i]->name, &answer.property);
      call_getter (&answer, record);
      assert_agree (&answer);
      check (&answer);
      g_value_unset (&answer.property);
    }
}

static void
for_each_record (RecordsTestHow how,
                 AnswerFunc     check)
{
  g_autofree GType *types = records_test_types ();

  for (guint i = 0; types[i] != G_TYPE_INVALID; i++)
    {
      g_autoptr (ViciRecord) record = records_test_new (types[i], how);

      for_each_property (record, check);
    }
}

static gboolean
is_said (const ViciField *field,
         const char      *text)
{
  if (g_str_equal (field->key, "type") || g_str_equal (field->key, "data"))
    return text != NULL;

  return g_strcmp0 (text, field->words ? field->words[0].text : RECORDS_TEST_TEXT) == 0 ||
         g_str_has_suffix (field->property, "-text");
}

static void
check_said (const Answer *answer)
{
  const ViciField *field = answer->field;

  switch (field->kind)
    {
    case VICI_FIELD_NAME:
    case VICI_FIELD_ESCAPED:
      g_assert_cmpstr (answer->got.pointer, ==, RECORDS_TEST_NAME);
      break;

    case VICI_FIELD_STRING:
      g_assert_true (is_said (field, answer->got.pointer));
      break;

    case VICI_FIELD_STRINGS:
      records_test_strv (answer->got.pointer, "one||drei");
      break;

    case VICI_FIELD_NUMBERED:
      records_test_strv (answer->got.pointer, "first|second");
      break;

    case VICI_FIELD_BYTES:
      g_assert_cmpmem (g_bytes_get_data ((GBytes *) answer->got.pointer, NULL),
                       g_bytes_get_size ((GBytes *) answer->got.pointer),
                       RECORDS_TEST_BYTES, sizeof RECORDS_TEST_BYTES - 1);
      break;

    case VICI_FIELD_BOOLEAN:
      g_assert_true (answer->got.boolean);
      break;

    case VICI_FIELD_UINT:
      g_assert_cmpuint (answer->got.number, ==, G_MAXUINT);
      break;

    case VICI_FIELD_UINT64:
      g_assert_cmpuint (answer->got.number64, ==, G_MAXUINT64);
      break;

    case VICI_FIELD_HEX:
      g_assert_cmphex (answer->got.number64, ==, 0x0123456789abcdef);
      break;

    case VICI_FIELD_SECONDS:
      g_assert_cmpint (answer->got.seconds, ==, 14400);
      break;

    case VICI_FIELD_ENUM:
      g_assert_cmpint (answer->got.word, ==, field->words[0].value);
      break;

    case VICI_FIELD_RECORD:
      g_assert_true (G_TYPE_CHECK_INSTANCE_TYPE (answer->got.pointer, field->get_type ()));
      break;

    case VICI_FIELD_RECORDS:
      g_assert_cmpuint (g_list_model_get_n_items ((GListModel *) answer->got.pointer), ==, 2);
      g_assert_true (g_list_model_get_item_type ((GListModel *) answer->got.pointer) ==
                     field->get_type ());
      break;

    case VICI_FIELD_CUSTOM: /* what they need is nothing that suits all */
    default:
      break;
    }
}

static void
test_said (void)
{
  for_each_record (RECORDS_TEST_SAID, check_said);
}

/* Nothing is said, and there is no NULL where one is not expected. */
static void
check_nothing (const Answer *answer)
{
  const GValue *value = &answer->property;

  switch (answer->field->kind)
    {
    case VICI_FIELD_NAME:
      break;

    case VICI_FIELD_STRINGS:
    case VICI_FIELD_NUMBERED:
      records_test_strv (answer->got.pointer, "");
      break;

    case VICI_FIELD_SECONDS:
      g_assert_cmpint (answer->got.seconds, ==, -1);
      break;

    case VICI_FIELD_RECORDS:
      g_assert_nonnull (answer->got.pointer);
      g_assert_cmpuint (g_list_model_get_n_items ((GListModel *) answer->got.pointer), ==, 0);
      break;

    case VICI_FIELD_ENUM:
      g_assert_cmpint (answer->got.word, ==, 0);
      break;

    default:
      if (g_str_has_suffix (answer->field->property, "-text"))
        break;
      if (g_value_fits_pointer (value))
        g_assert_null (g_value_peek_pointer (value));
      else
        g_assert_cmpuint (answer->got.number64, ==, 0);
      break;
    }
}

static void
test_absent (void)
{
  for_each_record (RECORDS_TEST_ABSENT, check_nothing);
}

/* Of a text, what is one remains. */
static void
check_garbage (const Answer *answer)
{
  switch (answer->field->kind)
    {
    case VICI_FIELD_STRING:
    case VICI_FIELD_ESCAPED:
      g_assert_cmpstr (answer->got.pointer, ==, "g\357\277\275\357\277\275");
      break;

    case VICI_FIELD_STRINGS:
      records_test_strv (answer->got.pointer, "fine|g\357\277\275\357\277\275");
      break;

    default:
      check_nothing (answer);
      break;
    }
}

static void
test_malformed (void)
{
  for_each_record (RECORDS_TEST_GARBAGE, check_garbage);
  for_each_record (RECORDS_TEST_OTHER_KIND, check_nothing);
}

/* As language bindings make them, who should not. */
static void
test_without_message (void)
{
  g_autofree GType *types = records_test_types ();

  for (guint i = 0; types[i] != G_TYPE_INVALID; i++)
    {
      g_autoptr (ViciRecord) record = g_object_new (types[i], NULL);

      g_assert_true (vici_message_is_empty (vici_record_get_message (record)));
      for_each_property (record, check_nothing);
    }
}

/* -- What real daemons have said -- */

/* The sections of a message on disk, or of one of its sections, as records. */
static GPtrArray *
load_records (GType       type,
              const char *file,
              const char *section)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", file, NULL);
  g_autoptr (ViciMessage) whole = records_test_read (path);
  g_autoptr (ViciMessage) message =
    section ? vici_message_lookup_section (whole, section) : g_object_ref (whole);
  GPtrArray *records = g_ptr_array_new_with_free_func (g_object_unref);

  vici_records_add (records, type, message, "");
  for (guint i = 0; i < records->len; i++)
    for_each_property (records->pdata[i], ignore);

  return records;
}

static gpointer
load_record (GType       type,
             const char *file)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", file, NULL);
  gpointer record = records_test_load (type, NULL, path);

  for_each_property (record, ignore);

  return record;
}

static void
test_recorded_sections (void)
{
  g_autoptr (GPtrArray) sas = load_records (VICI_TYPE_IKE_SA, "list-sa.vici", NULL);
  g_autoptr (GPtrArray) conns = load_records (VICI_TYPE_CONN, "list-conn.vici", NULL);
  g_autoptr (GPtrArray) authorities = load_records (VICI_TYPE_AUTHORITY, "list-authority.vici", NULL);
  g_autoptr (GPtrArray) counters = load_records (VICI_TYPE_COUNTERS, "get-counters.vici", "counters");
  g_autoptr (ViciConnAuth) auth = NULL;

  g_assert_cmpuint (sas->len, ==, 1);
  g_assert_cmpstr (vici_ike_sa_get_name (sas->pdata[0]), ==, "gw");
  g_assert_cmpint (vici_ike_sa_get_state (sas->pdata[0]), ==, VICI_IKE_SA_STATE_ESTABLISHED);
  g_assert_cmphex (vici_ike_sa_get_responder_spi (sas->pdata[0]), ==, 0x80d07978567a6a57);

  g_assert_cmpuint (conns->len, ==, 1);
  g_assert_cmpint (vici_conn_get_unique (conns->pdata[0]), ==, VICI_CONN_UNIQUE_NO);
  auth = g_list_model_get_item (vici_conn_get_remote_auths (conns->pdata[0]), 0);
  g_assert_cmpint (vici_conn_auth_get_auth_class (auth), ==, VICI_AUTH_CLASS_PSK);

  g_assert_cmpuint (authorities->len, ==, 1);
  records_test_strv (vici_authority_get_crl_uris (authorities->pdata[0]), "http://127.0.0.1/ca.crl");

  g_assert_cmpuint (counters->len, ==, 1);
  g_assert_cmpstr (vici_counters_get_name (counters->pdata[0]), ==, "");
  g_assert_cmpuint (vici_counters_get_ike_init_in_req (counters->pdata[0]), ==, 2);
}

static void
test_recorded_messages (void)
{
  g_autoptr (ViciStats) stats = load_record (VICI_TYPE_STATS, "stats.vici");
  g_autoptr (ViciVersionInfo) version = load_record (VICI_TYPE_VERSION_INFO, "version.vici");
  g_autoptr (ViciLogEntry) entry = load_record (VICI_TYPE_LOG_ENTRY, "control-log.vici");

  g_assert_cmpuint (vici_stats_get_workers (stats), ==, 16);
  g_assert_true (g_strv_contains (vici_stats_get_plugins (stats), "vici"));
  g_assert_cmpstr (vici_version_info_get_daemon (version), ==, "charon");
  g_assert_cmpint (vici_log_entry_get_group (entry), ==, VICI_LOG_GROUP_IKE);
  g_assert_cmpstr (vici_log_entry_get_text (entry), ==, "initiating IKE_SA gw[3] to 127.0.0.2");
}

static void
test_recorded_algorithms (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "get-algorithms.vici", NULL);
  g_autoptr (ViciMessage) reply = records_test_read (path);
  g_autoptr (GListModel) algorithms = vici_algorithms_new (reply);
  g_autoptr (ViciAlgorithm) first = g_list_model_get_item (algorithms, 0);

  g_assert_cmpuint (g_list_model_get_n_items (algorithms), >, 20);
  for_each_property (first, ignore);
  g_assert_cmpstr (vici_algorithm_get_kind (first), ==, "encryption");
  g_assert_nonnull (vici_algorithm_get_plugin (first));
}

/* As many as a packet has room for. Who looks each up by its name is at it for a
 * minute, and the test is given up. */
static void
test_many_kinds (void)
{
  g_autoptr (GByteArray) data = g_byte_array_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (ViciMessage) reply = NULL;
  g_autoptr (GListModel) algorithms = NULL;
  g_autoptr (ViciAlgorithm) last = NULL;

  for (guint i = 0; i < 50000; i++)
    {
      g_autofree char *section = g_strdup_printf ("\1\6a%05u\2", i);

      g_byte_array_append (data, (const guint8 *) section, strlen (section));
    }
  g_byte_array_append (data, (const guint8 *) "\1\4hash\3\1x\0\1y\2", 13);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&data));
  reply = vici_message_new_from_bytes (bytes, NULL);
  algorithms = vici_algorithms_new (reply);

  g_assert_cmpuint (g_list_model_get_n_items (algorithms), ==, 1);
  last = g_list_model_get_item (algorithms, 0);
  g_assert_cmpstr (vici_algorithm_get_kind (last), ==, "hash");
}

static gpointer
look (gpointer record)
{
  for (guint i = 0; i < 10; i++)
    for_each_property (record, ignore);

  return (gpointer) vici_ike_sa_get_child_sas (record);
}

/* They all get the same, which was read once. */
static void
test_threads (void)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (ViciRecord) sa = records_test_new (VICI_TYPE_IKE_SA, RECORDS_TEST_SAID);
      GThread *threads[4];

      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        threads[j] = g_thread_new ("look", look, sa);
      for (guint j = 0; j < G_N_ELEMENTS (threads); j++)
        g_assert_true (g_thread_join (threads[j]) == vici_ike_sa_get_child_sas ((ViciIkeSa *) sa));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/records/property-and-getter-say-what-the-daemon-said", test_said);
  g_test_add_func ("/records/what-is-absent-has-its-default", test_absent);
  g_test_add_func ("/records/what-is-malformed-is-as-if-absent-but-for-text", test_malformed);
  g_test_add_func ("/records/one-without-a-message-says-nothing", test_without_message);
  g_test_add_func ("/records/sections-that-a-daemon-has-sent-read-well", test_recorded_sections);
  g_test_add_func ("/records/messages-that-a-daemon-has-sent-read-well", test_recorded_messages);
  g_test_add_func ("/records/algorithms-of-a-daemon-are-listed-by-kind", test_recorded_algorithms);
  g_test_add_func ("/records/kinds-of-algorithms-are-walked-once", test_many_kinds);
  g_test_add_func ("/records/threads-share-one-value", test_threads);

  return g_test_run ();
}
