/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Conversations with charon 5.9.8, as data/record.py has recorded them. However
 * the daemon's bytes are cut, the session does the same. */

#include "fixture.h"

#include "vici-builder.h"

#define SEEDS 200

typedef struct
{
  const char *name;
  void      (*begin) (Fixture *f);
  guint       lines;            /* how many callbacks there are */
  const char *last;             /* how the last one begins */
} Conversation;

/* -- What the client asks -- */

static void
begin_version (Fixture *f)
{
  call (f, "version");
  call (f, "stats");
}

static void
begin_list_conns (Fixture *f)
{
  stream (f, "list-conns");
}

static void
add_connection (ViciBuilder *builder,
                const char  *name,
                const char  *local)
{
  vici_builder_begin_section (builder, name);
  vici_builder_add_string (builder, "version", "2");
  vici_builder_add_strv (builder, "local_addrs", (const char *[]) { local, NULL });
  vici_builder_add_strv (builder, "remote_addrs", (const char *[]) { "127.0.0.2", NULL });
  vici_builder_add_strv (builder, "proposals", (const char *[]) { "aes128-sha256-x25519", NULL });

  for (guint i = 0; i < 2; i++)
    {
      vici_builder_begin_section (builder, i == 0 ? "local" : "remote");
      vici_builder_add_string (builder, "auth", "psk");
      vici_builder_end_section (builder);
    }

  vici_builder_begin_section (builder, "children");
  vici_builder_begin_section (builder, "net");
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);
}

static void
begin_log (Fixture *f)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) request = NULL;

  add_connection (builder, "more", "127.0.0.3");
  request = vici_builder_end (builder, NULL);

  subscribe (f, "log");
  call_with (f, "load-conn", request);
  unsubscribe (f, "log");
}

static void
begin_unknown_command (Fixture *f)
{
  call (f, "make-coffee");
  call (f, "version");
}

static void
begin_unknown_event (Fixture *f)
{
  subscribe (f, "coffee-made");
  call (f, "version");
}

static void
begin_unknown_stream (Fixture *f)
{
  stream_event (f, "list-coffees", "list-coffee");
}

static void
begin_initiate (Fixture *f)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) request = NULL;

  vici_builder_add_string (builder, "child", "net");
  vici_builder_add_string (builder, "ike", "gw");
  vici_builder_add_int64 (builder, "timeout", 200);
  request = vici_builder_end (builder, NULL);

  stream_with (f, "initiate", request);
}

static void
begin_pipelined (Fixture *f)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) request = NULL;

  vici_builder_add_string (builder, "name", "nobody");
  request = vici_builder_end (builder, NULL);

  vici_session_set_max_in_flight (f->session, 5);
  call (f, "version");
  call (f, "get-conns");
  stream (f, "list-conns");
  call (f, "get-algorithms");
  call_with (f, "unload-conn", request);
}

static const Conversation conversations[] = {
  { "version", begin_version, 2, "stats: {uptime {" },
  { "list-conns", begin_list_conns, 3, "list-conns: {}" },
  { "log", begin_log, 4, "-log: done" },
  { "unknown-command", begin_unknown_command, 2, "version: {daemon=charon" },
  { "unknown-event", begin_unknown_event, 2, "version: {daemon=charon" },
  { "unknown-stream", begin_unknown_stream, 1, "list-coffees: UNKNOWN_EVENT" },
  { "initiate", begin_initiate, 7, "initiate: {success=no" },
  { "pipelined", begin_pipelined, 8, "unload-conn: {success=no" },
};

/* -- What was recorded -- */

typedef struct
{
  gboolean    from_daemon;
  GByteArray *bytes;
} Step;

static void
step_free (gpointer data)
{
  Step *self = data;

  g_byte_array_unref (self->bytes);
  g_free (self);
}

static Step *
step_new (const char *line)
{
  Step *self = g_new0 (Step, 1);

  self->from_daemon = line[0] == '<';
  self->bytes = g_byte_array_new ();

  for (line += 2; *line != '\0'; line += 2)
    {
      guint8 byte = g_ascii_xdigit_value (line[0]) << 4 | g_ascii_xdigit_value (line[1]);

      g_byte_array_append (self->bytes, &byte, 1);
    }

  return self;
}

static GPtrArray *
read_steps (const char *name)
{
  g_autofree char *file = g_strconcat (name, ".conversation", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", file, NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  GPtrArray *steps = g_ptr_array_new_with_free_func (step_free);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  lines = g_strsplit (g_strchomp (text), "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    g_ptr_array_add (steps, step_new (lines[i]));

  return steps;
}

/* -- Replaying it -- */

/* In pieces of a random length: mostly small ones, to cut headers, too. */
static void
feed_cut (Fixture    *f,
          GByteArray *bytes,
          GRand      *rand)
{
  gsize start = 0;

  while (start < bytes->len)
    {
      gsize length = (gsize) g_rand_int_range (rand, 1, g_rand_boolean (rand) ? 7 : 600);

      length = MIN (length, bytes->len - start);
      receive_bytes (f, bytes->data + start, length);
      start += length;
    }
}

static void
assert_has_sent (Fixture    *f,
                 GByteArray *bytes)
{
  g_autoptr (GByteArray) all = g_byte_array_new ();

  for (guint i = 0; i < f->sent->len; i++)
    g_byte_array_append (all, g_bytes_get_data (f->sent->pdata[i], NULL),
                         (guint) g_bytes_get_size (f->sent->pdata[i]));
  g_assert_cmpmem (all->data, all->len, bytes->data, bytes->len);
  g_ptr_array_set_size (f->sent, 0);
}

/* @seed 0: the bytes as they were recorded; 1: one by one. Returns what was
 * called back. */
static GStrv
replay (const Conversation *conversation,
        GPtrArray          *steps,
        guint32             seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  Fixture fixture = { NULL };
  GStrv lines;

  fixture_set_up (&fixture, NULL);
  conversation->begin (&fixture);

  for (guint i = 0; i < steps->len; i++)
    {
      Step *step = steps->pdata[i];

      if (!step->from_daemon)
        assert_has_sent (&fixture, step->bytes);
      else if (seed == 0)
        receive_bytes (&fixture, step->bytes->data, step->bytes->len);
      else if (seed == 1)
        for (guint j = 0; j < step->bytes->len; j++)
          receive_bytes (&fixture, step->bytes->data + j, 1);
      else
        feed_cut (&fixture, step->bytes, rand);
    }

  g_assert_cmpuint (vici_session_get_pending (fixture.session), ==, 0);
  g_ptr_array_add (fixture.lines, NULL);
  lines = g_strdupv ((char **) fixture.lines->pdata);
  g_ptr_array_set_size (fixture.lines, 0);
  fixture_tear_down (&fixture, NULL);

  return lines;
}

static void
test_conversation (gconstpointer data)
{
  const Conversation *conversation = data;
  g_autoptr (GPtrArray) steps = read_steps (conversation->name);
  g_auto (GStrv) lines = replay (conversation, steps, 0);

  g_assert_cmpuint (g_strv_length (lines), ==, conversation->lines);
  g_assert_true (g_str_has_prefix (lines[conversation->lines - 1], conversation->last));

  for (guint32 seed = 1; seed <= SEEDS; seed++)
    {
      g_auto (GStrv) again = replay (conversation, steps, seed);

      g_assert_cmpstrv (again, lines);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (conversations); i++)
    {
      g_autofree char *path = g_strdup_printf ("/conversation/%s-is-the-same-in-any-pieces",
                                               conversations[i].name);

      g_test_add_data_func (path, &conversations[i], test_conversation);
    }

  return g_test_run ();
}
