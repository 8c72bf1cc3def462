/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* How a reason is found among what charon says.
 *
 * 1. The first verdict counts. What comes after it follows from it: the IKE_SA is
 *    closed, the peer does not answer to that, and so on.
 * 2. A verdict that the peer was refused is made more exact by the hints before it.
 *    A hint alone counts for nothing, since charon may have more to try, and hints
 *    that contradict each other do not either.
 * 3. What went wrong before the IKE_SA was established did not matter. What is said
 *    of silence did not once the peer has answered; and a peer that cannot be
 *    understood is not silent, whatever charon says.
 * 4. The control log is that of the IKE_SA, on which others may do something at the
 *    same time: another CHILD_SA that we initiate, or the peer. What is said of
 *    those does not count, nor does an alert that may be about them.
 * 5. Where the reply has a reason of its own, that is it. Only when the time was over,
 *    the log says more, if it says anything. */

#include "vici-error.h"
#include "vici-failure-private.h"

#include <string.h>

void
vici_failure_finder_init (ViciFailureFinder *self,
                          const char        *child)
{
  *self = (ViciFailureFinder) { .child = g_strdup (child) };
}

void
vici_failure_finder_clear (ViciFailureFinder *self)
{
  g_clear_pointer (&self->child, g_free);
}

static void
evidence_add_hint (ViciEvidence *self,
                   ViciFailure   failure)
{
  if (self->hint == VICI_FAILURE_NONE)
    self->hint = failure;
  else if (self->hint != failure)
    self->hint = VICI_FAILURE_UNKNOWN;
}

static void
evidence_add_verdict (ViciEvidence *self,
                      ViciFailure   failure)
{
  if (self->verdict != VICI_FAILURE_NONE)
    return;

  if (failure == VICI_FAILURE_PEER_NOT_RESPONDING && self->unreadable)
    return;

  if (failure == VICI_FAILURE_PEER_AUTHENTICATION_FAILED && self->hint > VICI_FAILURE_UNKNOWN)
    failure = self->hint;

  self->verdict = failure;
}

static void
evidence_peer_answered (ViciEvidence *self)
{
  self->retransmitted = FALSE;
  self->unreadable = FALSE;

  if (self->verdict == VICI_FAILURE_PEER_NOT_RESPONDING ||
      self->verdict == VICI_FAILURE_PEER_UNREACHABLE)
    self->verdict = VICI_FAILURE_NONE;
}

static void
evidence_add (ViciEvidence *self,
              ViciClue      clue)
{
  switch (clue.kind)
    {
    case VICI_CLUE_VERDICT:
    case VICI_CLUE_CHILD_VERDICT:
      evidence_add_verdict (self, clue.failure);
      break;

    case VICI_CLUE_HINT:
      evidence_add_hint (self, clue.failure);
      break;

    case VICI_CLUE_NEW_PROOF:
      self->hint = VICI_FAILURE_NONE;
      break;

    case VICI_CLUE_ESTABLISHED:
      *self = (ViciEvidence) { 0 };
      break;

    case VICI_CLUE_RETRANSMIT:
      self->retransmitted = TRUE;
      break;

    case VICI_CLUE_UNREADABLE:
      self->unreadable = TRUE;
      break;

    case VICI_CLUE_READ:
      evidence_peer_answered (self);
      break;

    default:
      break;
    }
}

static ViciFailure
evidence_judge (const ViciEvidence *self,
                gboolean            timed_out)
{
  /* charon had no time to give up. */
  if (self->verdict == VICI_FAILURE_NONE && timed_out && self->retransmitted && !self->unreadable)
    return VICI_FAILURE_PEER_NOT_RESPONDING;

  return self->verdict;
}

/* "establishing CHILD_SA net{1}", before the request for it is sent. Returns FALSE for
 * any other line. */
static gboolean
read_child (ViciFailureFinder *self,
            const char        *message)
{
  const char *prefix = "establishing CHILD_SA ";
  const char *name;
  gsize length;

  if (!g_str_has_prefix (message, prefix))
    return FALSE;

  name = message + strlen (prefix);
  length = self->child != NULL ? strlen (self->child) : 0;

  self->other_child = self->child == NULL || strncmp (name, self->child, length) != 0 ||
                      name[length] != '{' || strchr (name + length + 1, '{') != NULL;
  self->shared |= self->other_child;

  return TRUE;
}

/* "not establishing CHILD_SA net{2} due to existing duplicate {1} with …", where it is
 * the one that is to be established. */
static gboolean
is_duplicate (ViciFailureFinder *self,
              const char        *message)
{
  const char *prefix = "not establishing CHILD_SA ";
  const char *rest;

  if (self->child == NULL || !g_str_has_prefix (message, prefix) ||
      !g_str_has_prefix (message + strlen (prefix), self->child))
    return FALSE;

  rest = message + strlen (prefix) + strlen (self->child);
  if (*rest++ != '{')
    return FALSE;

  return g_str_has_prefix (rest + strspn (rest, "0123456789"), "} due to existing duplicate {");
}

/* The exchange that a line of the log is about. */
static void
follow (ViciFailureFinder *self,
        ViciClueKind       kind)
{
  switch (kind)
    {
    case VICI_CLUE_ASKED:
      self->asked = TRUE;
      self->shared = TRUE;
      break;

    case VICI_CLUE_IKE_PHASE:
    case VICI_CLUE_CHILD_PHASE:
      self->child_phase = kind == VICI_CLUE_CHILD_PHASE;
      self->asked = FALSE;
      break;

    case VICI_CLUE_SENT:
    case VICI_CLUE_READ:
      self->asked = FALSE;
      break;

    default:
      break;
    }
}

/* Takes the next entry of the control log: "group", "ikesa-uniqueid" (or NULL), "msg". */
void
vici_failure_finder_feed_log (ViciFailureFinder *self,
                              const char        *group,
                              const char        *ike_sa_id,
                              const char        *message)
{
  ViciClue clue;

  /* Until it has its IKE_SA, charon 5.9 sends the lines of all that have none. */
  if (ike_sa_id == NULL)
    return;

  if (strcmp (group, "IKE") == 0 && read_child (self, message))
    return;

  if (strcmp (group, "IKE") == 0 && is_duplicate (self, message))
    {
      evidence_add_verdict (&self->log, VICI_FAILURE_DUPLICATE);
      return;
    }

  clue = vici_failure_clue_of_log (group, message);
  follow (self, clue.kind);

  if (clue.kind == VICI_CLUE_PHASE_VERDICT)
    {
      clue.kind = VICI_CLUE_VERDICT;
      clue.failure = self->child_phase ? clue.child_failure : clue.failure;
    }

  if (self->asked || (self->other_child && clue.kind == VICI_CLUE_CHILD_VERDICT))
    return;

  evidence_add (&self->log, clue);

  /* That the peer is there, no alert says of a second try. */
  if (clue.kind == VICI_CLUE_ESTABLISHED || clue.kind == VICI_CLUE_READ)
    evidence_add (&self->alerts, clue);
}

/* Takes the "type" of an event "alert" about the IKE_SA of the command. */
void
vici_failure_finder_feed_alert (ViciFailureFinder *self,
                                const char        *type)
{
  ViciClue clue = vici_failure_clue_of_alert (type);

  if (clue.kind != VICI_CLUE_CHILD_VERDICT || !self->shared)
    evidence_add (&self->alerts, clue);
}

/* Returns the reason, with what the command failed with, or NULL if it did not. */
ViciFailure
vici_failure_finder_finish (ViciFailureFinder *self,
                            const GError      *error)
{
  ViciFailure failure = vici_failure_from_error (error);
  gboolean timed_out = failure == VICI_FAILURE_TIMED_OUT;
  ViciFailure found;

  if (!timed_out && (failure != VICI_FAILURE_UNKNOWN ||
                     !g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED)))
    return failure;

  found = evidence_judge (&self->log, timed_out);
  if (found == VICI_FAILURE_NONE)
    found = evidence_judge (&self->alerts, timed_out);

  return found != VICI_FAILURE_NONE ? found : failure;
}
