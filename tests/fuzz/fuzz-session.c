/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Operations of a client and of its peer, in any order, on one session.
 *
 * The peer here knows the protocol, and answers what it was sent when the input
 * says so. As long as it is all that speaks, everything must work out: each
 * call gets the reply to it, each stream its own events, and nothing is
 * registered twice. Once the input has put bytes of its own among its answers,
 * the session may end at any time, but not wrongly.
 *
 * The first byte of the input says whether the session pushes what it has to
 * send, or is asked to write it, to a channel that takes some of it. */

#include "fuzz.h"
#include "fuzz-client.h"

#include "vici-error.h"

static guint8
next_byte (Fuzz *fuzz)
{
  return fuzz->data < fuzz->end ? *fuzz->data++ : 0;
}

/* -- The channel -- */

static void
flush (Fuzz *fuzz,
       gsize room)
{
  gboolean has_output;

  fuzz->room = room;
  vici_session_flush (fuzz->session);
  if (fuzz->session == NULL)
    return;

  has_output = fuzz->left->len > 0 && vici_session_get_writable (fuzz->session) &&
               !vici_session_is_closed (fuzz->session);
  g_assert_cmpint (vici_session_has_output (fuzz->session), ==, has_output);
}

static gboolean
takes_no_more (Fuzz *fuzz)
{
  return fuzz->session == NULL || vici_session_is_closed (fuzz->session) ||
         vici_session_get_paused (fuzz->session);
}

static void
check_failed (Fuzz         *fuzz,
              const GError *error)
{
  g_assert_false (fuzz->peer.honest);
  g_assert_true (g_error_matches (error, VICI_ERROR, VICI_ERROR_PROTOCOL) ||
                 g_error_matches (error, VICI_ERROR, VICI_ERROR_MALFORMED));
  g_assert_cmpuint (fuzz->open, ==, 0);
  g_assert_cmpuint (fuzz->closes, ==, 1);
  g_assert_true (fuzz->session == NULL || vici_session_is_closed (fuzz->session));
}

/* Hands the session some of what is under way to it. */
static void
deliver (Fuzz    *fuzz,
         gsize    size,
         gboolean one_packet)
{
  GByteArray *answers = fuzz->peer.answers;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *copy = NULL;
  gssize taken;

  if (vici_session_is_closed (fuzz->session))
    return;

  size = MIN (size, answers->len);
  copy = g_memdup2 (answers->data, size);
  if (one_packet)
    taken = vici_session_receive_packet (fuzz->session, copy, size, &error);
  else
    taken = vici_session_receive (fuzz->session, copy, size, &error);

  if (taken < 0)
    {
      check_failed (fuzz, error);
      return;
    }

  g_assert_no_error (error);
  g_assert_cmpint (taken, <=, size);
  g_assert_true ((gsize) taken == size || takes_no_more (fuzz) || (one_packet && taken > 0));
  g_byte_array_remove_range (answers, 0, (guint) taken);
}

/* -- What the peer does -- */

/* The event belongs to the stream that is next in line, too. Where not all of its
 * request has arrived, only the peer knows that it does not. */
static void
emit_event (Fuzz *fuzz,
            guint event)
{
  const FuzzRequest *command = fuzz_peer_get_command (&fuzz->peer);
  FuzzCall *call;

  if (!fuzz_peer_emit (&fuzz->peer, event) || command == NULL)
    return;

  call = fuzz->calls->pdata[command->number];
  if (call->kind == FUZZ_STREAM && call->event == event)
    call->events_due++;
}

static void
add_junk (Fuzz *fuzz)
{
  gsize length = next_byte (fuzz) % 32;

  length = MIN (length, (gsize) (fuzz->end - fuzz->data));
  if (length == 0)
    return;

  fuzz_peer_add_junk (&fuzz->peer, fuzz->data, length);
  fuzz->data += length;
}

/* A whole packet of any kind. */
static void
add_packet (Fuzz *fuzz)
{
  ViciPacketType type = next_byte (fuzz) % 10;
  guint event = next_byte (fuzz) % FUZZ_N_EVENTS;

  fuzz_peer_add_packet (&fuzz->peer, type, event);
}

/* -- Operations -- */

static void
close_session (Fuzz *fuzz)
{
  vici_session_closed (fuzz->session, NULL);
  g_assert_true (fuzz->session == NULL || vici_session_is_closed (fuzz->session));
}

/* What a callback may do, and what may be done outside of one. */
static void
act (Fuzz  *fuzz,
     guint8 operation,
     guint8 argument)
{
  switch (operation % 13)
    {
    case 0:
      fuzz_make_call (fuzz, FUZZ_CALL, 0);
      break;
    case 1:
      fuzz_make_call (fuzz, FUZZ_STREAM, argument);
      break;
    case 2:
      fuzz_make_call (fuzz, FUZZ_SUBSCRIBE, argument);
      break;
    case 3:
      fuzz_make_call (fuzz, FUZZ_UNSUBSCRIBE, argument);
      break;
    case 4:
    case 5:
      fuzz_cancel_call (fuzz, argument);
      break;
    case 6:
      vici_session_set_max_in_flight (fuzz->session, 1 + argument % 8);
      break;
    case 7:
      vici_session_set_writable (fuzz->session, argument & 1);
      break;
    case 8:
      vici_session_set_paused (fuzz->session, argument & 1);
      break;
    case 9:
      if (argument == 0xff)
        close_session (fuzz);
      break;
    case 10:
      if (argument == 0xff && !fuzz->dropped)
        {
          fuzz->dropped = TRUE;
          g_object_unref (fuzz->session);
        }
      break;
    case 11:
      fuzz->reaction = argument;
      fuzz->reaction_to = next_byte (fuzz);
      break;
    default:
      fuzz_keep_message (fuzz, argument & 1);
      break;
    }
}

void
fuzz_react (Fuzz *fuzz)
{
  guint8 reaction = fuzz->reaction;

  /* Within a callback within a callback within…: not for ever. */
  if (reaction == 0 || fuzz->session == NULL || fuzz->depth > 4)
    return;

  fuzz->reaction = 0;
  fuzz->depth++;
  act (fuzz, reaction, fuzz->reaction_to);
  fuzz->depth--;
}

static void
operate (Fuzz *fuzz)
{
  guint8 operation = next_byte (fuzz) % 40;

  if (operation < 16)
    act (fuzz, operation, next_byte (fuzz));
  else if (operation < 21)
    fuzz_peer_answer (&fuzz->peer, operation == 16);
  else if (operation < 24)
    emit_event (fuzz, next_byte (fuzz) % FUZZ_N_EVENTS);
  else if (operation < 27)
    deliver (fuzz, G_MAXSIZE, operation == 26);
  else if (operation < 30)
    deliver (fuzz, next_byte (fuzz), operation == 29);
  else if (operation == 30)
    add_packet (fuzz);
  else if (operation == 31)
    add_junk (fuzz);
  else if (operation < 36)
    flush (fuzz, G_MAXSIZE);
  else
    flush (fuzz, next_byte (fuzz));
}

/* What holds between any two operations. */
static void
check_session (Fuzz *fuzz)
{
  g_assert_cmpuint (vici_session_get_pending (fuzz->session), ==, fuzz->open);
  if (!fuzz->asked)
    g_assert_false (vici_session_has_output (fuzz->session));
}

/* The peer answers all that it was asked, and nobody stands in the way. */
static void
settle (Fuzz *fuzz)
{
  fuzz->reaction = 0;
  vici_session_set_paused (fuzz->session, FALSE);
  vici_session_set_writable (fuzz->session, TRUE);

  do
    {
      flush (fuzz, G_MAXSIZE);
      while (fuzz_peer_answer (&fuzz->peer, FALSE))
        ;
      deliver (fuzz, G_MAXSIZE, FALSE);
    }
  while (!vici_session_is_closed (fuzz->session) &&
         (fuzz->peer.requests->len > 0 || vici_session_has_output (fuzz->session)));

  if (fuzz->peer.honest)
    g_assert_cmpuint (fuzz->open, ==, 0);
  check_session (fuzz);
}

/* Every event that somebody has subscribed to arrives, and no other. */
static void
check_subscriptions (Fuzz *fuzz)
{
  for (guint event = 0; event < FUZZ_N_EVENTS; event++)
    {
      guint before = fuzz->signalled;
      gboolean registered = fuzz->peer.registered[event];

      if (!fuzz->unsure[event])
        g_assert_cmpint (fuzz->subscribed[event] > 0, ==, registered);
      emit_event (fuzz, event);
      deliver (fuzz, G_MAXSIZE, FALSE);
      g_assert_cmpuint (fuzz->signalled - before, ==, registered);
    }
}

static void
set_up (Fuzz *fuzz)
{
  fuzz_peer_init (&fuzz->peer);
  fuzz->calls = g_ptr_array_new_with_free_func (g_free);
  fuzz->left = g_byte_array_new ();
  fuzz->asked = next_byte (fuzz) & 1;
  fuzz->session = fuzz_session_new (fuzz);
  g_object_add_weak_pointer (G_OBJECT (fuzz->session), (gpointer *) &fuzz->session);
}

static void
tear_down (Fuzz *fuzz)
{
  if (fuzz->session != NULL)
    g_assert_finalize_object (fuzz->session);

  g_assert_cmpuint (fuzz->open, ==, 0);
  for (guint i = 0; i < fuzz->calls->len; i++)
    {
      FuzzCall *call = fuzz->calls->pdata[i];

      g_assert_cmpint (call->ended + call->cancelled, ==, 1);
      g_assert_cmpuint (call->notified, ==, 1);
    }

  fuzz_release_message (fuzz);
  g_ptr_array_unref (fuzz->calls);
  g_byte_array_unref (fuzz->left);
  fuzz_peer_clear (&fuzz->peer);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  Fuzz fuzz = { .data = data, .end = data + size };

  set_up (&fuzz);

  while (fuzz.data < fuzz.end && fuzz.session != NULL)
    {
      operate (&fuzz);
      if (fuzz.session != NULL)
        check_session (&fuzz);
    }

  if (fuzz.session != NULL)
    settle (&fuzz);
  if (fuzz.session != NULL && fuzz.peer.honest && !vici_session_is_closed (fuzz.session))
    check_subscriptions (&fuzz);

  tear_down (&fuzz);

  return 0;
}
