/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sa-records.h"
#include "vici-conn-item-private.h"

#define home(id, state, ...) sa_records_ike ("home", id, state, ##__VA_ARGS__, NULL)
#define net(id, state) sa_records_child ("net", id, state, 0)
#define more(id, state) sa_records_child ("more", id, state, 0)

/* What is configured, from now on; it takes the records. */
static void
configure (SaModels *self,
           ViciConn *first,
           ViciConn *second)
{
  g_autoptr (GListStore) conns = g_list_store_new (VICI_TYPE_CONN);
  g_autoptr (ViciConn) conn = first;
  g_autoptr (ViciConn) other = second;

  if (conn != NULL)
    g_list_store_append (conns, conn);
  if (other != NULL)
    g_list_store_append (conns, other);
  vici_models_list (self->models, self->models->conns, G_LIST_MODEL (conns));
}

static ViciConnItem *
init (SaModels *self)
{
  ViciConnItem *conn;

  sa_models_init (self);
  configure (self, sa_records_conn ("home", "net", "more", NULL), NULL);
  conn = sa_models_get_conn (self, "home");
  sa_models_assert_told (self, "conns 0-0+1");

  return conn;
}

static void
assert_state (SaModels     *self,
              ViciConnItem *conn,
              ViciConnState state)
{
  vici_models_flush (self->models);
  g_assert_cmpint (vici_conn_item_get_state (conn), ==, state);
  g_assert_cmpint (vici_conn_item_get_up_since (conn) != NULL, ==, state == VICI_CONN_STATE_UP);
}

static void
assert_reason (ViciConnItem *conn,
               ViciFailure   failure,
               const char   *reason)
{
  g_assert_cmpint (vici_conn_item_get_failure (conn), ==, failure);
  g_assert_cmpstr (vici_conn_item_get_reason (conn), ==, reason);
}

/* -- The state -- */

static void
test_states (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);

  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  g_assert_true (vici_conn_item_get_configured (conn));

  sa_models_list (&self, 0, home (1, "CREATED"), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_CONNECTING);
  sa_models_list (&self, 0, home (1, "CONNECTING"), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_CONNECTING);

  /* An IKE_SA alone carries nothing. */
  sa_models_list (&self, 0, home (1, "ESTABLISHED"), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "INSTALLING")), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_CONNECTING);

  /* One of its two CHILD_SAs is enough, and does not stop being so by rekeying. */
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  sa_models_forget (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "REKEYING")), NULL);
  sa_models_list (&self, 0, home (1, "REKEYING", net (1, "INSTALLED")), NULL);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "UPDATING")), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  sa_models_assert_told (&self, "home state; net state");

  sa_models_list (&self, 0, home (1, "DELETING", net (1, "DELETING")), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  sa_models_list (&self, 0, NULL);
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  g_assert_cmpuint (g_list_model_get_n_items (vici_conn_item_get_ike_sas (conn)), ==, 0);
  sa_models_clear (&self);
}

static void
test_no_children (void)
{
  SaModels self;
  ViciConnItem *conn;

  sa_models_init (&self);
  configure (&self, sa_records_conn ("home", NULL), NULL);
  conn = sa_models_get_conn (&self, "home");
  sa_models_list (&self, 0, home (1, "ESTABLISHED"), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);

  /* What is configured counts. */
  configure (&self, sa_records_conn ("home", "net", NULL), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  configure (&self, NULL, NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  sa_models_clear (&self);
}

static void
test_up_since (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);
  g_autoptr (GDateTime) since = NULL;
  GTimeSpan ago;

  sa_models_list (&self, 0, home (1, "CONNECTING"), home (2, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  since = g_date_time_ref (vici_conn_item_get_up_since (conn));
  ago = g_date_time_difference (since, vici_ike_sa_item_get_established_at (sa_models_get_ike (&self, 1)));
  g_assert_cmpint (ago, ==, 0);

  /* Rekeying does not count, nor that another one comes or goes. */
  sa_models_tell_ike_rekey (&self, home (2, "REKEYED"), home (3, "ESTABLISHED"));
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  g_assert_true (vici_conn_item_get_up_since (conn) == since);
  sa_models_clear (&self);
}

/* Seconds that it came up after the oldest IKE_SA of those that the daemon has. */
static gint64
get_delay (SaModels     *self,
           ViciConnItem *conn)
{
  GDateTime *established = vici_ike_sa_item_get_established_at (sa_models_get_ike (self, 0));

  return g_date_time_difference (vici_conn_item_get_up_since (conn), established) / G_USEC_PER_SEC;
}

static void
test_up_since_event (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);

  sa_models_list (&self, 0, home (1, "ESTABLISHED"), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  g_assert_cmpint (get_delay (&self, conn), >=, 99);

  /* It is no other one when it is listed. */
  sa_models_forget (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  g_assert_cmpint (get_delay (&self, conn), >=, 99);
  sa_models_assert_told (&self, "");
  sa_models_clear (&self);
}

/* The daemon was replaced so fast that nobody has seen it down. */
static void
test_up_since_replaced (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);

  sa_models_list (&self, 0, home (1, "ESTABLISHED"), home (2, "ESTABLISHED"), NULL);
  sa_models_forget (&self);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
  assert_state (&self, conn, VICI_CONN_STATE_UP);

  /* One of those that were up is left. */
  sa_models_forget (&self);
  sa_models_list (&self, 0, home (2, "ESTABLISHED", net (1, "INSTALLED")),
                  home (3, "ESTABLISHED"), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  g_assert_cmpint (get_delay (&self, conn), >=, 99);

  sa_models_forget (&self);
  sa_records_daemon = 1;
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  g_assert_cmpint (get_delay (&self, conn), ==, 0);
  sa_models_clear (&self);
}

static void
test_two_ike_sas (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);

  sa_models_list (&self, 0, home (1, "ESTABLISHED", sa_records_child ("net", 1, "INSTALLED", 100)),
                  home (2, "ESTABLISHED", sa_records_child ("net", 2, "INSTALLED", 20)), NULL);
  sa_models_assert_told (&self, "ike-sas 0-0+2; home/child-sas 0-0+1; home/child-sas 0-0+1; "
                                "home/ike-sas 0-0+2; conn home bytes-in; conn home bytes-out; "
                                "conn home state; conn home up-since");
  g_assert_cmpuint (vici_conn_item_get_bytes_in (conn), ==, 120);
  g_assert_cmpuint (vici_conn_item_get_bytes_out (conn), ==, 240);

  /* One leaves: it stays up, and has carried what the other one has. */
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  sa_models_assert_told (&self, "home/child-sas 0-1+0; ike-sas 0-1+0; home/ike-sas 0-1+0; "
                                "conn home bytes-in; conn home bytes-out; home bytes-in; home bytes-out");
  g_assert_cmpuint (vici_conn_item_get_bytes_in (conn), ==, 20);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  sa_models_clear (&self);
}

/* -- What is configured -- */

static void
test_configured (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);
  g_autoptr (ViciConnItem) kept = g_object_ref (conn);

  configure (&self, sa_records_conn ("home", "net", NULL), sa_records_conn ("away", NULL));
  sa_models_assert_told (&self, "conns 1-0+1");
  g_assert_true (sa_models_get_conn (&self, "home") == conn);

  /* Without it, while it is up. */
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  sa_models_forget (&self);
  configure (&self, sa_records_conn ("away", NULL), NULL);
  sa_models_assert_told (&self, "conn home configured");
  g_assert_false (vici_conn_item_get_configured (conn));
  g_assert_null (vici_item_get_record (VICI_ITEM (conn)));

  /* And back, and without it to the end. */
  configure (&self, sa_records_conn ("home", "net", NULL), sa_records_conn ("away", NULL));
  configure (&self, sa_records_conn ("away", NULL), NULL);
  sa_models_assert_told (&self, "conn home configured");
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  sa_models_assert_told (&self, "home/child-sas 0-1+0; ike-sas 0-1+0; home/ike-sas 0-1+0; "
                                "conns 0-1+0; conn home state; conn home up-since");
  g_assert_null (sa_models_get_conn (&self, "home"));

  /* Another one of the same name. */
  configure (&self, sa_records_conn ("home", NULL), NULL);
  g_assert_true (sa_models_get_conn (&self, "home") != kept);
  sa_models_clear (&self);
}

static void
test_only_sas (void)
{
  SaModels self;

  sa_models_init (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED"), NULL);
  sa_models_assert_told (&self, "ike-sas 0-0+1; conns 0-0+1; home/ike-sas 0-0+1");
  g_assert_false (vici_conn_item_get_configured (sa_models_get_conn (&self, "home")));

  /* It goes and comes in a turn: the same one. */
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  sa_models_tell1 (&self, ike_up, home (2, "ESTABLISHED"));
  sa_models_assert_told (&self, "ike-sas 0-1+1; home/ike-sas 0-1+1; conn home up-since");
  sa_models_clear (&self);
}

/* -- Bringing it up -- */

static void
test_up (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);
  g_autoptr (GCancellable) up = g_cancellable_new ();

  vici_conn_item_begin_up (conn, up, NULL);
  sa_models_assert_told (&self, "conn home state");
  assert_state (&self, conn, VICI_CONN_STATE_CONNECTING);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  vici_conn_item_end_up (conn, up, VICI_FAILURE_NONE, NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  assert_reason (conn, VICI_FAILURE_NONE, NULL);
  sa_models_clear (&self);
}

static void
test_failure (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);
  g_autoptr (GCancellable) up = g_cancellable_new ();

  vici_conn_item_begin_up (conn, up, NULL);
  assert_state (&self, conn, VICI_CONN_STATE_CONNECTING);
  sa_models_forget (&self);
  vici_conn_item_end_up (conn, up, VICI_FAILURE_EAP_FAILED, "It said no.");
  sa_models_assert_told (&self, "conn home failure; conn home reason; conn home state");
  assert_state (&self, conn, VICI_CONN_STATE_FAILED);
  assert_reason (conn, VICI_FAILURE_EAP_FAILED, "It said no.");

  /* What is left of the attempt does not hide it. */
  sa_models_list (&self, 0, home (1, "CONNECTING"), NULL);
  assert_state (&self, conn, VICI_CONN_STATE_FAILED);
  sa_models_list (&self, 0, NULL);

  /* Again, in one turn: nobody has to see that it went on. */
  sa_models_forget (&self);
  vici_conn_item_begin_up (conn, up, NULL);
  vici_conn_item_end_up (conn, up, VICI_FAILURE_EAP_FAILED, "It said no.");
  assert_state (&self, conn, VICI_CONN_STATE_FAILED);
  sa_models_assert_told (&self, "conn home failure; conn home reason");

  /* Somebody else, or the peer, brings it up. */
  sa_models_tell_child (&self, up, home (2, "ESTABLISHED"), net (1, "INSTALLED"));
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  assert_reason (conn, VICI_FAILURE_NONE, NULL);
  sa_models_tell1 (&self, ike_down, home (2, "DELETING"));
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  sa_models_clear (&self);
}

/* Two at once, of which one fails: why is there to be seen beside the other one's
 * success, whichever of them comes first. */
static void
test_failure_beside_success (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_autoptr (GCancellable) second = g_cancellable_new ();

  vici_conn_item_begin_up (conn, first, "net");
  vici_conn_item_begin_up (conn, second, "more");
  vici_conn_item_end_up (conn, second, VICI_FAILURE_EAP_FAILED, "It said no.");
  assert_state (&self, conn, VICI_CONN_STATE_CONNECTING);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  assert_reason (conn, VICI_FAILURE_EAP_FAILED, "It said no.");
  vici_conn_item_end_up (conn, first, VICI_FAILURE_NONE, NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  assert_reason (conn, VICI_FAILURE_EAP_FAILED, "It said no.");

  /* But that is not why it goes down. */
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  assert_reason (conn, VICI_FAILURE_NONE, NULL);
  sa_models_clear (&self);
}

static void
on_cancelled (GCancellable *up,
              ViciConnItem *conn)
{
  vici_conn_item_end_up (conn, up, VICI_FAILURE_NONE, NULL);
}

static void
test_cancel_ups (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);
  g_autoptr (GCancellable) first = g_cancellable_new ();
  g_autoptr (GCancellable) second = g_cancellable_new ();

  vici_conn_item_begin_up (conn, first, NULL);
  vici_conn_item_begin_up (conn, second, NULL);
  vici_conn_item_end_up (conn, first, VICI_FAILURE_TIMED_OUT, "It takes too long.");
  assert_state (&self, conn, VICI_CONN_STATE_CONNECTING);

  /* One of them ends from within. */
  vici_conn_item_begin_up (conn, first, NULL);
  g_signal_connect (first, "cancelled", G_CALLBACK (on_cancelled), conn);
  vici_conn_item_begin_down (conn, NULL);
  vici_models_flush (self.models);
  g_assert_true (g_cancellable_is_cancelled (first));
  g_assert_true (g_cancellable_is_cancelled (second));
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  vici_conn_item_end_up (conn, second, VICI_FAILURE_NONE, NULL);
  vici_conn_item_end_down (conn);
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  assert_reason (conn, VICI_FAILURE_NONE, NULL);
  sa_models_clear (&self);
}

/* What is left for a moment of what is taken down is not on its way up. */
static void
test_down (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);

  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  vici_conn_item_begin_down (conn, NULL);
  assert_state (&self, conn, VICI_CONN_STATE_UP);
  sa_models_tell_child (&self, down, home (1, "ESTABLISHED"), net (1, "DELETED"));
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  vici_conn_item_end_down (conn);
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  assert_state (&self, conn, VICI_CONN_STATE_DOWN);
  sa_models_clear (&self);
}

/* It stays as long as it is being brought up. */
static void
test_unloaded_while_up (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);
  g_autoptr (ViciConnItem) kept G_GNUC_UNUSED = g_object_ref (conn);
  g_autoptr (GCancellable) up = g_cancellable_new ();

  vici_conn_item_begin_up (conn, up, NULL);
  configure (&self, NULL, NULL);
  g_assert_true (sa_models_get_conn (&self, "home") == conn);
  vici_conn_item_end_up (conn, up, VICI_FAILURE_CONFIG_NOT_FOUND, "It is gone.");
  g_assert_null (sa_models_get_conn (&self, "home"));
  sa_models_clear (&self);
}

static void
test_has_child_up (void)
{
  SaModels self;
  ViciConnItem *conn = init (&self);

  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "REKEYING"), more (2, "DELETING")), NULL);
  vici_models_flush (self.models);
  g_assert_true (vici_conn_item_has_child_up (conn, "net"));
  g_assert_false (vici_conn_item_has_child_up (conn, "more"));
  g_assert_false (vici_conn_item_has_child_up (conn, "other"));
  sa_models_clear (&self);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conn-item/states", test_states);
  g_test_add_func ("/conn-item/is-up-without-children-if-none-are-configured", test_no_children);
  g_test_add_func ("/conn-item/up-since-the-oldest-ike-sa", test_up_since);
  g_test_add_func ("/conn-item/up-since-the-event", test_up_since_event);
  g_test_add_func ("/conn-item/up-since-that-of-another-daemon", test_up_since_replaced);
  g_test_add_func ("/conn-item/is-the-sum-of-its-ike-sas", test_two_ike_sas);
  g_test_add_func ("/conn-item/configured", test_configured);
  g_test_add_func ("/conn-item/exists-with-sas-alone", test_only_sas);
  g_test_add_func ("/conn-item/is-connecting-until-it-is-up", test_up);
  g_test_add_func ("/conn-item/failure-lasts-until-it-is-tried-again", test_failure);
  g_test_add_func ("/conn-item/failure-beside-success-is-kept", test_failure_beside_success);
  g_test_add_func ("/conn-item/ups-are-cancelled", test_cancel_ups);
  g_test_add_func ("/conn-item/is-not-connecting-while-it-is-taken-down", test_down);
  g_test_add_func ("/conn-item/stays-while-it-is-brought-up", test_unloaded_while_up);
  g_test_add_func ("/conn-item/knows-which-child-is-up", test_has_child_up);

  return g_test_run ();
}
