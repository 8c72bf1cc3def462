/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-failure.h"

G_BEGIN_DECLS

/* What a line of the log, or an alert, means to whoever looks for a reason. */
typedef enum
{
  VICI_CLUE_NONE,
  /* This is why, unless a hint knows it better. */
  VICI_CLUE_VERDICT,
  /* The same, of a CHILD_SA. */
  VICI_CLUE_CHILD_VERDICT,
  /* The same, of IKEv1, whose text does not say of what. */
  VICI_CLUE_PHASE_VERDICT,
  /* Something is wrong with the peer's proof. It may have another. */
  VICI_CLUE_HINT,
  /* A proof was good, or another configuration is tried: hints are over. */
  VICI_CLUE_NEW_PROOF,
  /* The IKE_SA is there: what went wrong on the way did not matter. */
  VICI_CLUE_ESTABLISHED,
  /* Nobody answers so far. */
  VICI_CLUE_RETRANSMIT,
  /* There was an answer, and it could not be read. */
  VICI_CLUE_UNREADABLE,
  /* There was an answer. */
  VICI_CLUE_READ,
  /* We send something: with IKEv1, for an IKE_SA, or for a CHILD_SA. */
  VICI_CLUE_SENT,
  VICI_CLUE_IKE_PHASE,
  VICI_CLUE_CHILD_PHASE,
  /* The peer asks for a CHILD_SA or a new IKE_SA. */
  VICI_CLUE_ASKED,
} ViciClueKind;

typedef struct
{
  ViciClueKind kind;
  ViciFailure  failure;
  /* Of a phase verdict: that for a CHILD_SA. */
  ViciFailure  child_failure;
} ViciClue;

ViciClue vici_failure_clue_of_log (const char *group,
                                   const char *message);
ViciClue vici_failure_clue_of_alert (const char *type);
ViciFailure vici_failure_from_reply (const char *errmsg);

/* What one source of clues has told so far. */
typedef struct
{
  /* UNKNOWN when there were several, and they contradict each other. */
  ViciFailure hint;
  ViciFailure verdict;
  /* Since the last answer that could be read. */
  gboolean    retransmitted;
  gboolean    unreadable;
} ViciEvidence;

/* Finds the reason of one failed command in its control log, its alerts and its
 * reply. Log and alerts come over different sockets, and so in no order between
 * each other: they are judged apart, and the log, which is more exact, is believed
 * first. */
typedef struct
{
  /* The CHILD_SA that is to be established, or NULL. */
  char        *child;
  ViciEvidence log;
  ViciEvidence alerts;
  /* Our last request of IKEv1 was for a CHILD_SA. */
  gboolean     child_phase;
  /* The CHILD_SA that we last asked for is another one on the same IKE_SA. */
  gboolean     other_child;
  /* A request of the peer is being answered. */
  gboolean     asked;
  /* One of the last two was ever the case. */
  gboolean     shared;
} ViciFailureFinder;

void vici_failure_finder_init (ViciFailureFinder *self,
                               const char        *child);
void vici_failure_finder_clear (ViciFailureFinder *self);
void vici_failure_finder_feed_log (ViciFailureFinder *self,
                                   const char        *group,
                                   const char        *ike_sa_id,
                                   const char        *message);
void vici_failure_finder_feed_alert (ViciFailureFinder *self,
                                     const char        *type);
ViciFailure vici_failure_finder_finish (ViciFailureFinder *self,
                                        const GError      *error);

G_END_DECLS
