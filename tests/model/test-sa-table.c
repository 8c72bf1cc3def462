/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sa-records.h"

#define home(id, state, ...) sa_records_ike ("home", id, state, ##__VA_ARGS__, NULL)
#define net(id, state) sa_records_child ("net", id, state, 0)
/* Two samples of counters tell something when they are so far apart. */
#define SAMPLE_US 250000

#define more(id, state) sa_records_child ("more", id, state, 0)

#define UP_TOLD \
  "ike-sas 0-0+1; home/child-sas 0-0+1; conns 0-0+1; home/ike-sas 0-0+1"

/* One IKE_SA with one CHILD_SA, as charon tells of them. */
static void
come_up (SaModels *self)
{
  sa_models_tell1 (self, ike_up, home (1, "ESTABLISHED"));
  sa_models_tell_child (self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
  sa_models_assert (self, "home#1 ESTABLISHED [net#1 INSTALLED]");
}

/* And as if nothing else had been told. */
static void
come_up_quietly (SaModels *self)
{
  come_up (self);
  sa_models_forget (self);
}

/* -- Events -- */

static void
test_up (void)
{
  SaModels self;

  sa_models_init (&self);
  come_up (&self);
  sa_models_assert_told (&self, UP_TOLD);
  sa_models_assert_passing (&self, "");

  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), more (2, "INSTALLED"));
  sa_models_assert (&self, "home#1 ESTABLISHED [net#1 INSTALLED, more#2 INSTALLED]");
  sa_models_assert_told (&self, "home/child-sas 1-0+1");

  /* Told again. */
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), more (2, "INSTALLED"));
  sa_models_tell1 (&self, ike_up, home (1, "ESTABLISHED"));
  sa_models_assert_told (&self, "");
  sa_models_clear (&self);
}

static void
test_child_first (void)
{
  SaModels self;

  /* Nobody has listened when the IKE_SA came up. */
  sa_models_init (&self);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
  sa_models_assert (&self, "home#1 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_told (&self, UP_TOLD);
  sa_models_clear (&self);
}

static void
test_child_down (void)
{
  SaModels self;

  sa_models_init (&self);
  come_up_quietly (&self);
  sa_models_tell_child (&self, down, home (1, "ESTABLISHED"), net (1, "DELETED"));
  sa_models_assert (&self, "home#1 ESTABLISHED []");
  sa_models_assert_told (&self, "home/child-sas 0-1+0");
  sa_models_tell_child (&self, down, home (1, "ESTABLISHED"), net (1, "DELETED"));
  sa_models_assert_told (&self, "");
  sa_models_clear (&self);
}

static void
test_down (void)
{
  SaModels self;

  sa_models_init (&self);
  come_up_quietly (&self);
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  sa_models_assert (&self, "");
  sa_models_assert_told (&self, "home/child-sas 0-1+0; ike-sas 0-1+0; home/ike-sas 0-1+0; "
                                "conns 0-1+0; conn home state; conn home up-since");

  /* The event of the child comes after that, and brings nothing back. */
  sa_models_tell_child (&self, down, home (1, "DELETING"), net (1, "DELETED"));
  sa_models_assert (&self, "");
  sa_models_assert_told (&self, "");
  sa_models_assert_passing (&self, "");

  /* Nor is anything left of the child: its id is free. */
  sa_models_tell_child (&self, up, home (2, "ESTABLISHED"), net (1, "INSTALLED"));
  sa_models_assert (&self, "home#2 ESTABLISHED [net#1 INSTALLED]");
  sa_models_clear (&self);
}

static void
test_up_and_down_at_once (void)
{
  SaModels self;

  sa_models_init (&self);
  sa_models_tell1 (&self, ike_up, home (1, "ESTABLISHED"));
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  sa_models_assert_told (&self, "");
  sa_models_assert (&self, "");
  sa_models_clear (&self);
}

static void
test_ike_rekey (void)
{
  SaModels self;
  ViciIkeSaItem *ike_sa;
  ViciChildSaItem *child_sa;

  sa_models_init (&self);
  come_up_quietly (&self);
  ike_sa = sa_models_get_ike (&self, 0);
  child_sa = sa_models_get_child (&self, 0, 0);
  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (2, "ESTABLISHED"));
  sa_models_assert (&self, "home#2 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_told (&self, "home unique-id");
  g_assert_true (sa_models_get_ike (&self, 0) == ike_sa);
  g_assert_true (sa_models_get_child (&self, 0, 0) == child_sa);
  sa_models_assert_passing (&self, "");

  /* The end of the old one is not that of the new one. */
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  sa_models_assert_told (&self, "");
  sa_models_tell_child (&self, up, home (2, "ESTABLISHED"), more (2, "INSTALLED"));
  sa_models_assert_told (&self, "home/child-sas 1-0+1");
  sa_models_tell1 (&self, ike_down, home (2, "DELETING"));
  sa_models_assert (&self, "");
  sa_models_clear (&self);
}

/* Another thread of the daemon lists the new one before the event is sent. */
static void
test_ike_rekey_after_list (void)
{
  SaModels self;
  ViciIkeSaItem *ike_sa;
  ViciChildSaItem *child_sa;

  sa_models_init (&self);
  come_up_quietly (&self);
  ike_sa = sa_models_get_ike (&self, 0);
  child_sa = sa_models_get_child (&self, 0, 0);
  sa_models_list (&self, 0, home (2, "ESTABLISHED", net (1, "INSTALLED")), home (1, "REKEYED"), NULL);
  sa_models_assert (&self, "home#1 REKEYED [], home#2 ESTABLISHED [net#1 INSTALLED]");
  g_assert_true (sa_models_get_child (&self, 1, 0) == child_sa);
  sa_models_assert_passing (&self, "1");

  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (2, "ESTABLISHED"));
  sa_models_assert (&self, "home#2 ESTABLISHED [net#1 INSTALLED]");
  g_assert_true (sa_models_get_ike (&self, 0) == ike_sa);
  g_assert_true (sa_models_get_child (&self, 0, 0) == child_sa);
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

/* The same in one turn: nothing has moved. */
static void
test_ike_rekey_with_list (void)
{
  SaModels self;

  sa_models_init (&self);
  come_up_quietly (&self);
  sa_models_list (&self, 0, home (2, "ESTABLISHED", net (1, "INSTALLED")), home (1, "REKEYED"), NULL);
  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (2, "ESTABLISHED"));
  sa_models_assert_told (&self, "home state; home unique-id");
  sa_models_assert (&self, "home#2 ESTABLISHED [net#1 INSTALLED]");
  sa_models_clear (&self);
}

static void
test_unknown_rekey (void)
{
  SaModels self;

  sa_models_init (&self);
  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (2, "ESTABLISHED"));
  sa_models_assert (&self, "home#2 ESTABLISHED []");
  sa_models_tell_child_rekey (&self, home (2, "ESTABLISHED"), net (1, "REKEYED"), net (2, "INSTALLED"));
  sa_models_assert (&self, "home#2 ESTABLISHED [net#2 INSTALLED]");
  sa_models_clear (&self);
}

static void
assert_counters (ViciChildSaItem *item,
                 guint64          bytes)
{
  g_assert_cmpuint (vici_child_sa_item_get_bytes_in (item), ==, bytes);
  g_assert_cmpuint (vici_child_sa_item_get_bytes_out (item), ==, 2 * bytes);
  g_assert_cmpuint (vici_child_sa_item_get_packets_in (item), ==, bytes / 10);
  g_assert_cmpuint (vici_child_sa_item_get_packets_out (item), ==, bytes / 5);
}

static void
on_moved (void)
{
  g_error ("It is of the same IKE_SA as before");
}

static void
test_child_rekey (void)
{
  SaModels self;
  ViciChildSaItem *child_sa;
  ViciConnItem *conn;
  gulong handler;

  sa_models_init (&self);
  come_up_quietly (&self);
  child_sa = sa_models_get_child (&self, 0, 0);
  conn = sa_models_get_conn (&self, "home");
  sa_models_list (&self, 1, home (1, "ESTABLISHED", sa_records_child ("net", 1, "INSTALLED", 1000)), NULL);
  assert_counters (child_sa, 1000);
  handler = g_signal_connect (child_sa, "notify::ike-sa", G_CALLBACK (on_moved), NULL);

  /* What it has carried since the list counts too. */
  sa_models_tell_child_rekey (&self, home (1, "ESTABLISHED"),
                              sa_records_child ("net", 1, "REKEYED", 1500), net (2, "INSTALLED"));
  assert_counters (child_sa, 1500);
  sa_models_list (&self, 1, home (1, "ESTABLISHED", sa_records_child ("net", 2, "INSTALLED", 100)), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [net#2 INSTALLED]");
  g_assert_true (sa_models_get_child (&self, 0, 0) == child_sa);
  assert_counters (child_sa, 1600);
  g_assert_cmpuint (vici_conn_item_get_bytes_in (conn), ==, 1600);
  g_assert_cmpuint (vici_conn_item_get_bytes_out (conn), ==, 3200);

  /* The kernel does not know the old one any more. */
  sa_models_tell_child_rekey (&self, home (1, "ESTABLISHED"), net (2, "REKEYED"), net (3, "INSTALLED"));
  assert_counters (child_sa, 1600);
  g_signal_handler_disconnect (child_sa, handler);
  sa_models_tell_child (&self, down, home (1, "ESTABLISHED"), net (3, "DELETED"));
  sa_models_assert (&self, "home#1 ESTABLISHED []");
  g_assert_cmpuint (vici_conn_item_get_bytes_in (conn), ==, 0);
  sa_models_clear (&self);
}

/* The daemon does not tell of counters then. */
static void
test_updating (void)
{
  SaModels self;

  sa_models_init (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", sa_records_child ("net", 1, "INSTALLED", 1000)), NULL);
  sa_models_forget (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "UPDATING")), NULL);
  sa_models_assert_told (&self, "net state");
  assert_counters (sa_models_get_child (&self, 0, 0), 1000);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", sa_records_child ("net", 1, "INSTALLED", 1100)), NULL);
  assert_counters (sa_models_get_child (&self, 0, 0), 1100);
  sa_models_clear (&self);
}

/* A list has shown both, and then the event comes. */
static void
test_child_rekey_after_list (void)
{
  SaModels self;
  ViciChildSaItem *child_sa;

  sa_models_init (&self);
  come_up_quietly (&self);
  child_sa = sa_models_get_child (&self, 0, 0);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "REKEYED"), net (2, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [net#1 REKEYED, net#2 INSTALLED]");
  sa_models_assert_passing (&self, "1");
  sa_models_tell_child_rekey (&self, home (1, "ESTABLISHED"), net (1, "REKEYED"), net (2, "INSTALLED"));
  sa_models_assert (&self, "home#1 ESTABLISHED [net#2 INSTALLED]");
  g_assert_true (sa_models_get_child (&self, 0, 0) == child_sa);
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

/* With IKEv1 the new one comes up, takes over the CHILD_SAs, and the old one goes down:
 * of what happens between these no event tells. */
static void
test_reauthenticated (void)
{
  SaModels self;
  ViciChildSaItem *child_sa;

  sa_models_init (&self);
  sa_records_version = 1;
  come_up (&self);
  sa_models_list (&self, 1, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert_passing (&self, "");
  child_sa = sa_models_get_child (&self, 0, 0);

  sa_models_tell1 (&self, ike_up, home (2, "ESTABLISHED"));
  sa_models_assert_passing (&self, "2");
  sa_models_list (&self, 2, home (2, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [], home#2 ESTABLISHED [net#1 INSTALLED]");
  g_assert_true (sa_models_get_child (&self, 1, 0) == child_sa);
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  sa_models_assert (&self, "home#2 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_passing (&self, "");

  /* The old one is gone before it could be asked for. */
  sa_models_tell1 (&self, ike_up, home (3, "ESTABLISHED"));
  sa_models_tell1 (&self, ike_down, home (2, "DELETING"));
  sa_models_assert_passing (&self, "3");
  sa_models_list (&self, 3, home (3, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#3 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

/* Both ends have rekeyed it. The one that loses is deleted without an event. */
static void
test_child_rekey_collision (void)
{
  SaModels self;
  ViciChildSaItem *child_sa;

  sa_models_init (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", sa_records_child ("net", 7, "INSTALLED", 1000)), NULL);
  sa_models_forget (&self);
  child_sa = sa_models_get_child (&self, 0, 0);
  sa_models_tell_child_rekey (&self, home (1, "ESTABLISHED"),
                              sa_records_child ("net", 7, "REKEYED", 1500), net (10, "INSTALLED"));
  sa_models_assert_passing (&self, "");
  sa_models_tell_child_rekey (&self, home (1, "ESTABLISHED"),
                              sa_records_child ("net", 7, "REKEYED", 1500), net (9, "INSTALLED"));
  sa_models_assert (&self, "home#1 ESTABLISHED [net#9 INSTALLED]");
  sa_models_assert_told (&self, "conn home bytes-in; conn home bytes-out; home bytes-in; home bytes-out; net bytes-in; net bytes-out; "
                                "net packets-in; net packets-out; net unique-id");
  g_assert_true (sa_models_get_child (&self, 0, 0) == child_sa);
  assert_counters (child_sa, 1500);
  sa_models_assert_passing (&self, "1");

  /* Whichever it is that is left. */
  sa_models_list (&self, 1, home (1, "ESTABLISHED", sa_records_child ("net", 9, "INSTALLED", 10)), NULL);
  g_assert_true (sa_models_get_child (&self, 0, 0) == child_sa);
  assert_counters (child_sa, 1510);
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

static void
test_ike_rekey_collision (void)
{
  SaModels self;
  ViciIkeSaItem *ike_sa;

  sa_models_init (&self);
  come_up_quietly (&self);
  ike_sa = sa_models_get_ike (&self, 0);
  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (2, "ESTABLISHED"));
  sa_models_assert_passing (&self, "");
  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (3, "ESTABLISHED"));
  sa_models_assert_passing (&self, "2 3");
  sa_models_list (&self, 3, NULL);
  sa_models_assert_passing (&self, "2");
  sa_models_list (&self, 2, home (2, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#2 ESTABLISHED [net#1 INSTALLED]");
  g_assert_true (sa_models_get_ike (&self, 0) == ike_sa);
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

/* The list is older than that, and shows what it has shown before. */
static void
test_ike_rekey_collision_during_list (void)
{
  SaModels self;
  g_autoptr (ViciIkeSa) listed = home (2, "ESTABLISHED", net (1, "INSTALLED"));

  sa_models_init (&self);
  come_up_quietly (&self);
  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (2, "ESTABLISHED"));
  vici_sa_table_begin_list (self.models->sas);
  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (3, "ESTABLISHED"));
  vici_sa_table_add_listed (self.models->sas, listed);
  vici_sa_table_end_list (self.models->sas, NULL, 0);
  sa_models_assert_passing (&self, "2 3");
  sa_models_clear (&self);
}

/* Items know where they are, until they are gone. */
static void
test_parents (void)
{
  SaModels self;
  g_autoptr (ViciIkeSaItem) ike_sa = NULL;
  g_autoptr (ViciChildSaItem) child_sa = NULL;

  sa_models_init (&self);
  come_up_quietly (&self);
  g_set_object (&ike_sa, sa_models_get_ike (&self, 0));
  g_set_object (&child_sa, sa_models_get_child (&self, 0, 0));
  g_assert_true (vici_child_sa_item_get_ike_sa (child_sa) == ike_sa);
  g_assert_true (vici_ike_sa_item_get_conn (ike_sa) == sa_models_get_conn (&self, "home"));

  /* It moves, and comes back. */
  sa_models_list (&self, 0, home (1, "ESTABLISHED"), home (2, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  g_assert_true (vici_child_sa_item_get_ike_sa (child_sa) == sa_models_get_ike (&self, 1));
  sa_models_tell_ike_rekey (&self, home (2, "REKEYED"), home (1, "ESTABLISHED"));
  g_assert_true (vici_child_sa_item_get_ike_sa (child_sa) == sa_models_get_ike (&self, 0));
  g_assert_true (vici_ike_sa_item_get_conn (ike_sa) == NULL);
  g_set_object (&ike_sa, sa_models_get_ike (&self, 0));

  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  g_assert_null (vici_child_sa_item_get_ike_sa (child_sa));
  g_assert_null (vici_ike_sa_item_get_conn (ike_sa));
  sa_models_clear (&self);
}

static void
test_ike_update (void)
{
  SaModels self;

  /* What it is now has to be asked for. */
  sa_models_init (&self);
  come_up_quietly (&self);
  sa_models_tell1 (&self, ike_update, home (1, "ESTABLISHED"));
  sa_models_assert_told (&self, "");
  sa_models_assert_passing (&self, "1");
  sa_models_list (&self, 1, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert_passing (&self, "");

  sa_models_tell1 (&self, ike_update, home (7, "ESTABLISHED"));
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

/* -- Lists -- */

static void
test_list (void)
{
  SaModels self;

  sa_models_init (&self);
  come_up_quietly (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert_told (&self, "");

  sa_models_list (&self, 0, home (1, "ESTABLISHED", more (2, "INSTALLED")),
                  sa_records_ike ("away", 2, "CONNECTING", NULL), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [more#2 INSTALLED], away#2 CONNECTING []");
  sa_models_assert_told (&self, "home/child-sas 0-1+1; ike-sas 1-0+1; conns 1-0+1; "
                                "away/ike-sas 0-0+1");
  sa_models_assert_passing (&self, "2");

  /* One that was asked for says nothing of the others. */
  sa_models_list (&self, 2, sa_records_ike ("away", 2, "ESTABLISHED", NULL), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [more#2 INSTALLED], away#2 ESTABLISHED []");
  sa_models_assert_passing (&self, "");
  sa_models_list (&self, 2, NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [more#2 INSTALLED]");
  sa_models_list (&self, 0, NULL);
  sa_models_assert (&self, "");
  sa_models_clear (&self);
}

static void
test_list_and_events (void)
{
  SaModels self;
  ViciSaTable *sas;
  g_autoptr (ViciIkeSa) old = home (1, "ESTABLISHED", net (1, "INSTALLED"));

  sa_models_init (&self);
  sas = self.models->sas;
  come_up_quietly (&self);

  /* It goes down while the list is under way, which has it still. */
  vici_sa_table_begin_list (sas);
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  vici_sa_table_add_listed (sas, old);
  vici_sa_table_end_list (sas, NULL, 0);
  sa_models_assert (&self, "");
  sa_models_assert_passing (&self, "");

  /* It comes up meanwhile, and the list does not have it. */
  vici_sa_table_begin_list (sas);
  sa_models_tell1 (&self, ike_up, home (2, "ESTABLISHED"));
  vici_sa_table_end_list (sas, NULL, 0);
  sa_models_assert (&self, "home#2 ESTABLISHED []");
  sa_models_assert_passing (&self, "2");

  /* The next one is newer than that event. */
  sa_models_list (&self, 2, NULL);
  sa_models_assert (&self, "");
  sa_models_assert_passing (&self, "");

  /* It has been rekeyed meanwhile, and the list has the old one. */
  sa_models_tell1 (&self, ike_up, home (3, "ESTABLISHED"));
  vici_sa_table_begin_list (sas);
  sa_models_tell_ike_rekey (&self, home (3, "REKEYED"), home (4, "ESTABLISHED"));
  vici_sa_table_add_listed (sas, old);
  vici_sa_table_cancel_list (sas);
  sa_models_assert (&self, "home#4 ESTABLISHED [], home#1 ESTABLISHED [net#1 INSTALLED]");
  sa_models_clear (&self);
}

static void
test_list_and_little_events (void)
{
  SaModels self;
  ViciSaTable *sas;
  g_autoptr (ViciIkeSa) listed = home (1, "ESTABLISHED", net (1, "INSTALLED"));

  sa_models_init (&self);
  sas = self.models->sas;

  /* Events that do not bring the IKE_SA, before the first list has it. */
  vici_sa_table_begin_list (sas);
  sa_models_tell_child (&self, down, home (1, "ESTABLISHED"), more (2, "DELETED"));
  vici_sa_table_add_listed (sas, listed);
  vici_sa_table_end_list (sas, NULL, 0);
  sa_models_assert_passing (&self, "1");
  sa_models_list (&self, 1, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_passing (&self, "");
  vici_sa_table_clear (sas);

  /* An event that does not tell of all CHILD_SAs, and one more before it is asked for. */
  vici_sa_table_begin_list (sas);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), more (2, "INSTALLED"));
  vici_sa_table_add_listed (sas, listed);
  vici_sa_table_end_list (sas, NULL, 0);
  sa_models_assert_passing (&self, "1");
  sa_models_tell_child (&self, down, home (1, "ESTABLISHED"), more (2, "DELETED"));
  sa_models_assert_passing (&self, "1");
  sa_models_tell_ike_rekey (&self, home (1, "REKEYED"), home (2, "ESTABLISHED"));
  sa_models_assert_passing (&self, "2");
  sa_models_list (&self, 2, home (2, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#2 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

static void
test_leaving (void)
{
  SaModels self;

  /* Those that are not known are on their way out. */
  sa_models_init (&self);
  sa_models_list (&self, 0, home (1, "REKEYED"), home (2, "DELETING"), home (3, "DESTROYING"),
                  home (4, "ESTABLISHED", net (1, "REKEYED"), net (2, "DELETING"), net (3, "DELETED"),
                        net (4, "DESTROYING"), net (5, "INSTALLED")),
                  NULL);
  sa_models_assert (&self, "home#4 ESTABLISHED [net#5 INSTALLED]");
  sa_models_assert_passing (&self, "");

  /* Those that are known are shown so until they are gone. */
  sa_models_list (&self, 0, home (4, "DELETING", net (5, "DELETING")), NULL);
  sa_models_assert (&self, "home#4 DELETING [net#5 DELETING]");
  sa_models_assert_passing (&self, "4");
  sa_models_list (&self, 4, NULL);
  sa_models_assert (&self, "");
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

/* A list does not have it, and an event brings it before the list ends. */
static void
test_missing_and_told (void)
{
  SaModels self;
  ViciSaTable *sas;
  g_autoptr (ViciIkeSa) listed = home (1, "ESTABLISHED", net (1, "INSTALLED"));

  sa_models_init (&self);
  sas = self.models->sas;
  come_up (&self);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), more (2, "INSTALLING"));
  sa_models_assert_passing (&self, "1");

  vici_sa_table_begin_list (sas);
  vici_sa_table_add_listed (sas, listed);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), more (2, "INSTALLED"));
  vici_sa_table_end_list (sas, NULL, 0);
  sa_models_assert (&self, "home#1 ESTABLISHED [net#1 INSTALLED, more#2 INSTALLED]");
  sa_models_assert_passing (&self, "1");

  /* Nobody has told of it since. */
  sa_models_list (&self, 1, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

/* What is doubtful, and then neither known nor listed, is not asked for for ever. */
static void
test_leftovers (void)
{
  SaModels self;

  sa_models_init (&self);
  vici_sa_table_begin_list (self.models->sas);
  for (guint id = 11; id < 21; id++)
    {
      g_autoptr (ViciIkeSa) listed = home (id, "DELETING");

      sa_models_tell_child (&self, down, home (id, "DELETING"), net (id, "DELETED"));
      vici_sa_table_add_listed (self.models->sas, listed);
    }
  vici_sa_table_end_list (self.models->sas, NULL, 0);
  sa_models_assert (&self, "");
  sa_models_assert_passing (&self, "11 12 13 14 15 16 17 18 19 20");

  sa_models_list (&self, 11, home (11, "DELETING"), NULL);
  sa_models_list (&self, 12, NULL);
  sa_models_assert_passing (&self, "13 14 15 16 17 18 19 20");
  sa_models_list (&self, 0, NULL);
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

static void
test_passing (void)
{
  static const char * const passing[] = { "CREATED", "CONNECTING", "REKEYING", "REKEYED", "DELETING", NULL };
  static const char * const passing_children[] = {
    "CREATED", "INSTALLING", "UPDATING", "REKEYING", "REKEYED", "RETRYING", "DELETING", "DELETED", NULL
  };
  SaModels self;

  sa_models_init (&self);
  come_up_quietly (&self);
  for (guint i = 0; passing[i] != NULL; i++)
    {
      sa_models_list (&self, 1, home (1, passing[i], net (1, "INSTALLED")), NULL);
      sa_models_assert_passing (&self, "1");
      sa_models_list (&self, 1, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
      sa_models_assert_passing (&self, "");
    }
  for (guint i = 0; passing_children[i] != NULL; i++)
    {
      sa_models_list (&self, 1, home (1, "ESTABLISHED", net (1, passing_children[i])), NULL);
      sa_models_assert_passing (&self, "1");
      sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
      sa_models_assert_passing (&self, "");
    }

  /* It goes with the IKE_SA. */
  sa_models_list (&self, 1, home (1, "REKEYING", net (1, "INSTALLED")), NULL);
  sa_models_tell1 (&self, ike_down, home (1, "DELETING"));
  sa_models_assert_passing (&self, "");
  sa_models_clear (&self);
}

static void
replace_daemon (SaModels *self)
{
  sa_records_daemon++;
  vici_sa_table_begin (self->models->sas);
}

static void
test_other_daemon (void)
{
  SaModels self;
  g_autoptr (ViciIkeSaItem) ike_sa = NULL;
  g_autoptr (ViciChildSaItem) child_sa = NULL;

  sa_models_init (&self);
  come_up_quietly (&self);
  g_set_object (&ike_sa, sa_models_get_ike (&self, 0));
  g_set_object (&child_sa, sa_models_get_child (&self, 0, 0));

  replace_daemon (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_told (&self, "home/child-sas 0-1+0; ike-sas 0-1+1; home/child-sas 0-0+1; "
                                "home/ike-sas 0-1+1; conn home up-since");
  g_assert_true (sa_models_get_ike (&self, 0) != ike_sa);
  g_assert_true (sa_models_get_child (&self, 0, 0) != child_sa);

  /* By an event, and a CHILD_SA alone. */
  replace_daemon (&self);
  g_set_object (&ike_sa, sa_models_get_ike (&self, 0));
  sa_models_tell1 (&self, ike_up, home (1, "ESTABLISHED"));
  sa_models_assert (&self, "home#1 ESTABLISHED []");
  g_assert_true (sa_models_get_ike (&self, 0) != ike_sa);
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), net (1, "INSTALLED"));
  g_set_object (&child_sa, sa_models_get_child (&self, 0, 0));
  sa_models_tell_child (&self, up, home (1, "ESTABLISHED"), more (1, "INSTALLED"));
  sa_models_assert (&self, "home#1 ESTABLISHED [more#1 INSTALLED]");
  g_assert_true (sa_models_get_child (&self, 0, 0) != child_sa);
  sa_models_clear (&self);
}

/* It has the id of another one, and no SPI yet. */
static void
test_other_daemon_s_child (void)
{
  SaModels self;

  sa_models_init (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED", sa_records_child ("net", 5, "INSTALLED", 1000)), NULL);
  replace_daemon (&self);
  sa_models_list (&self, 0, home (2, "ESTABLISHED", net (5, "INSTALLING")), NULL);
  sa_models_list (&self, 0, home (2, "ESTABLISHED", sa_records_child ("net", 5, "INSTALLED", 10)), NULL);
  sa_models_assert (&self, "home#2 ESTABLISHED [net#5 INSTALLED]");
  assert_counters (sa_models_get_child (&self, 0, 0), 10);
  sa_models_clear (&self);
}

/* The daemon takes another SPI then, and keeps the id. */
static void
test_keying_tries (void)
{
  SaModels self;
  ViciIkeSaItem *ike_sa;

  sa_models_init (&self);
  sa_models_list (&self, 0, home (1, "CONNECTING"), NULL);
  ike_sa = sa_models_get_ike (&self, 0);
  sa_models_forget (&self);
  sa_records_daemon++;
  sa_models_list (&self, 1, home (1, "CONNECTING"), NULL);
  sa_models_assert_told (&self, "");
  g_assert_true (sa_models_get_ike (&self, 0) == ike_sa);
  sa_models_clear (&self);
}

/* No event tells that the one they leave is on its way out. */
static void
test_left_by_its_children (void)
{
  SaModels self;

  sa_models_init (&self);
  come_up_quietly (&self);
  sa_models_list (&self, 0, home (1, "ESTABLISHED"), home (2, "ESTABLISHED", net (1, "INSTALLED")), NULL);
  sa_models_assert (&self, "home#1 ESTABLISHED [], home#2 ESTABLISHED [net#1 INSTALLED]");
  sa_models_assert_passing (&self, "1");
  sa_models_list (&self, 1, home (1, "REKEYING"), NULL);
  sa_models_assert (&self, "home#1 REKEYING [], home#2 ESTABLISHED [net#1 INSTALLED]");
  sa_models_clear (&self);
}

static void
test_rates (void)
{
  SaModels self;
  ViciChildSaItem *child_sa;

  sa_models_init (&self);
  come_up (&self);
  child_sa = sa_models_get_child (&self, 0, 0);
  for (guint active = 0; active < 3; active++)
    {
      vici_sa_table_set_active (self.models->sas, active == 1);
      for (guint i = 0; i < 2; i++)
        {
          guint64 bytes = 1000 * (1 + i + 2 * active);

          g_usleep (SAMPLE_US);
          sa_models_list (&self, 0, home (1, "ESTABLISHED", sa_records_child ("net", 1, "INSTALLED", bytes)), NULL);
        }
      g_assert_true ((vici_child_sa_item_get_rate_in (child_sa) > 0) == (active == 1));
    }
  sa_models_clear (&self);
}

static void
test_unnamed (void)
{
  SaModels self;

  /* A peer that has not said yet who it is. */
  sa_models_init (&self);
  sa_models_list (&self, 0, sa_records_ike ("(unnamed)", 1, "CONNECTING", NULL), NULL);
  sa_models_assert_told (&self, "ike-sas 0-0+1");
  sa_models_tell1 (&self, ike_up, home (1, "ESTABLISHED"));
  sa_models_assert_told (&self, "ike-sas 0-1+1; conns 0-0+1; home/ike-sas 0-0+1");

  /* One without an id could not be told from others. */
  sa_models_tell1 (&self, ike_up, home (0, "ESTABLISHED"));
  sa_models_assert (&self, "home#1 ESTABLISHED []");
  sa_models_clear (&self);
}

static void
test_clear (void)
{
  SaModels self;

  sa_models_init (&self);
  come_up_quietly (&self);
  sa_models_list (&self, 0, home (1, "REKEYING", net (1, "INSTALLED")), home (2, "ESTABLISHED"), NULL);
  vici_sa_table_clear (self.models->sas);
  sa_models_assert (&self, "");
  sa_models_assert_passing (&self, "");
  come_up (&self);
  sa_models_clear (&self);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sa-table/up", test_up);
  g_test_add_func ("/sa-table/child-up-brings-its-ike-sa", test_child_first);
  g_test_add_func ("/sa-table/child-down", test_child_down);
  g_test_add_func ("/sa-table/ike-down-takes-children-with-it", test_down);
  g_test_add_func ("/sa-table/up-and-down-in-a-turn-is-nothing", test_up_and_down_at_once);
  g_test_add_func ("/sa-table/ike-rekey-keeps-the-items", test_ike_rekey);
  g_test_add_func ("/sa-table/ike-rekey-after-a-list-keeps-the-items", test_ike_rekey_after_list);
  g_test_add_func ("/sa-table/ike-rekey-in-the-turn-of-a-list-moves-nothing", test_ike_rekey_with_list);
  g_test_add_func ("/sa-table/rekey-of-an-unknown-one-brings-the-new-one", test_unknown_rekey);
  g_test_add_func ("/sa-table/child-rekey-keeps-item-and-totals", test_child_rekey);
  g_test_add_func ("/sa-table/updating-keeps-totals", test_updating);
  g_test_add_func ("/sa-table/child-rekey-after-a-list-keeps-the-item", test_child_rekey_after_list);
  g_test_add_func ("/sa-table/reauthentication-of-ikev1-moves-the-children", test_reauthenticated);
  g_test_add_func ("/sa-table/collision-of-child-rekeys-keeps-item-and-totals", test_child_rekey_collision);
  g_test_add_func ("/sa-table/collision-of-ike-rekeys-is-asked-for", test_ike_rekey_collision);
  g_test_add_func ("/sa-table/collision-during-a-list-is-asked-for", test_ike_rekey_collision_during_list);
  g_test_add_func ("/sa-table/items-know-where-they-are", test_parents);
  g_test_add_func ("/sa-table/ike-update-has-to-be-asked-for", test_ike_update);
  g_test_add_func ("/sa-table/list-is-what-there-is", test_list);
  g_test_add_func ("/sa-table/events-win-over-a-list", test_list_and_events);
  g_test_add_func ("/sa-table/what-a-list-had-beside-events-is-asked-for", test_list_and_little_events);
  g_test_add_func ("/sa-table/unknown-ones-that-leave-do-not-appear", test_leaving);
  g_test_add_func ("/sa-table/what-is-told-after-it-was-missing-stays", test_missing_and_told);
  g_test_add_func ("/sa-table/unknown-ones-are-not-asked-for-for-ever", test_leftovers);
  g_test_add_func ("/sa-table/passing-states", test_passing);
  g_test_add_func ("/sa-table/same-ids-of-another-daemon-are-others", test_other_daemon);
  g_test_add_func ("/sa-table/same-ids-of-another-daemon-s-children", test_other_daemon_s_child);
  g_test_add_func ("/sa-table/keying-tries-keep-the-item", test_keying_tries);
  g_test_add_func ("/sa-table/what-its-children-leave-is-asked-for", test_left_by_its_children);
  g_test_add_func ("/sa-table/rates-are-of-who-looks", test_rates);
  g_test_add_func ("/sa-table/unnamed-has-no-connection", test_unnamed);
  g_test_add_func ("/sa-table/clear", test_clear);

  return g_test_run ();
}
