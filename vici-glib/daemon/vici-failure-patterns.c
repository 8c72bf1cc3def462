/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The texts of charon 5.9 and 6.0 that say why something failed.
 *
 * A "*" stands for anything, and a peer or whoever names connections may choose
 * that. Everything else is charon's own, and each pattern has to match a text from
 * its beginning to its end: what is put into a text cannot make another of it. That
 * holds as long as no two texts of one group begin alike and go on with something
 * chosen, where only one of them is in a table; which is why none begins with "*",
 * and some are written out that a shorter one with "*" would do for. */

#include "vici-failure-private.h"

#include <string.h>

typedef struct
{
  const char  *group;
  const char  *text;
  ViciClueKind kind;
  ViciFailure  failure;
  ViciFailure  child_failure;
} Pattern;

#define VERDICT(failure) VICI_CLUE_VERDICT, VICI_FAILURE_##failure
#define CHILD_VERDICT(failure) VICI_CLUE_CHILD_VERDICT, VICI_FAILURE_##failure
#define PHASE_VERDICT(failure, child_failure) \
  VICI_CLUE_PHASE_VERDICT, VICI_FAILURE_##failure, VICI_FAILURE_##child_failure
#define HINT(failure) VICI_CLUE_HINT, VICI_FAILURE_##failure
#define SIGN(kind) VICI_CLUE_##kind

static const Pattern log_patterns[] = {
  /* The peer refuses us. */
  { "IKE", "received AUTHENTICATION_FAILED notify error", VERDICT (AUTHENTICATION_FAILED) },
  { "IKE", "received AUTHENTICATION_FAILED error notify", VERDICT (AUTHENTICATION_FAILED) },
  { "IKE", "received INVALID_HASH_INFORMATION error notify",
    PHASE_VERDICT (AUTHENTICATION_FAILED, NONE) },
  { "IKE", "received EAP_FAILURE, EAP authentication failed", VERDICT (EAP_FAILED) },
  { "IKE", "EAP_* method failed", VERDICT (EAP_FAILED) },
  { "IKE", "XAuth authentication of '*' (myself) failed", VERDICT (EAP_FAILED) },

  /* We lack something. */
  { "IKE", "no shared key found for *", VERDICT (CREDENTIAL_NOT_FOUND) },
  { "IKE", "no private key found for '*'", VERDICT (CREDENTIAL_NOT_FOUND) },
  { "IKE", "no RSA private key found for '*'", VERDICT (CREDENTIAL_NOT_FOUND) },
  { "IKE", "no ECDSA private key found for '*'", VERDICT (CREDENTIAL_NOT_FOUND) },
  { "IKE", "no EAP key found for *", VERDICT (CREDENTIAL_NOT_FOUND) },
  { "IKE", "no XAuth password found for *", VERDICT (CREDENTIAL_NOT_FOUND) },
  { "IKE", "no XAuth PIN found for *", VERDICT (CREDENTIAL_NOT_FOUND) },
  { "CFG", "PPK required but no PPK found for '*'", VERDICT (CREDENTIAL_NOT_FOUND) },

  /* We refuse the peer. Before that come hints, if any, what the matter is. */
  { "IKE", "tried * shared key* for '*' - '*', but MAC mismatched",
    VERDICT (PEER_AUTHENTICATION_FAILED) },
  { "IKE", "no trusted * public key found for '*'", VERDICT (PEER_AUTHENTICATION_FAILED) },
  { "IKE", "calculated HASH does not match HASH payload", VERDICT (PEER_AUTHENTICATION_FAILED) },
  { "IKE", "verification of AUTH payload with EAP MSK failed",
    VERDICT (PEER_AUTHENTICATION_FAILED) },
  { "IKE", "verification of AUTH payload without EAP MSK failed",
    VERDICT (PEER_AUTHENTICATION_FAILED) },
  { "CFG", "no alternative config found", VERDICT (PEER_AUTHENTICATION_FAILED) },
  { "TLS", "no trusted certificate found for '*' to verify TLS server",
    VERDICT (PEER_AUTHENTICATION_FAILED) },
  { "IKE", "IDir '*' does not match to '*'", VERDICT (IDENTITY_MISMATCH) },
  { "CFG", "constraint check failed: identity '*", HINT (IDENTITY_MISMATCH) },
  { "CFG", "constraint check failed: EAP identity '*", HINT (IDENTITY_MISMATCH) },
  { "CFG", "constraint check failed: certificate does not confirm identity '*",
    HINT (IDENTITY_MISMATCH) },
  { "CFG", "no issuer certificate found for \"*\"", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "  self-signed certificate \"*\" is not trusted", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "maximum path length of * exceeded", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "path length of * violates constraint of *", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "subject of certificate '*", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "subject alternative name '*", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "constraint check failed: peer not authenticated by CA '*'",
    HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "constraint check failed: peer not authenticated with peer cert '*'",
    HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "constraint check failed: RULE_CRL_VALIDATION is *", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "constraint check failed: RULE_OCSP_VALIDATION is *", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "CFG", "subject certificate invalid (valid from *)", HINT (CERTIFICATE_EXPIRED) },
  { "CFG", "issuer certificate invalid (valid from *)", HINT (CERTIFICATE_EXPIRED) },
  { "CFG", "certificate was revoked on *", HINT (CERTIFICATE_REVOKED) },
  { "CFG", "switching to peer config '*'", SIGN (NEW_PROOF) },
  { "IKE", "authentication of '*' with * successful", SIGN (NEW_PROOF) },
  { "IKE", "IKE_SA * established between *", SIGN (ESTABLISHED) },

  /* They do not agree. */
  { "IKE", "received NO_PROPOSAL_CHOSEN notify error", VERDICT (IKE_NO_PROPOSAL_CHOSEN) },
  { "IKE", "received NO_PROPOSAL_CHOSEN error notify",
    PHASE_VERDICT (IKE_NO_PROPOSAL_CHOSEN, CHILD_NO_PROPOSAL_CHOSEN) },
  { "IKE", "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built",
    CHILD_VERDICT (CHILD_NO_PROPOSAL_CHOSEN) },
  { "IKE", "received TS_UNACCEPTABLE notify, no CHILD_SA built",
    CHILD_VERDICT (TRAFFIC_SELECTORS_UNACCEPTABLE) },
  { "IKE", "received SINGLE_PAIR_REQUIRED notify, no CHILD_SA built",
    CHILD_VERDICT (TRAFFIC_SELECTORS_UNACCEPTABLE) },
  { "IKE", "received INVALID_ID_INFORMATION error notify",
    PHASE_VERDICT (NONE, TRAFFIC_SELECTORS_UNACCEPTABLE) },
  { "IKE", "no acceptable traffic selectors found", CHILD_VERDICT (TRAFFIC_SELECTORS_UNACCEPTABLE) },
  { "IKE", "peer selected invalid traffic selectors: *",
    CHILD_VERDICT (TRAFFIC_SELECTORS_UNACCEPTABLE) },
  { "IKE", "received INTERNAL_ADDRESS_FAILURE notify, no CHILD_SA built",
    CHILD_VERDICT (ADDRESS_NOT_ASSIGNED) },
  { "IKE", "received FAILED_CP_REQUIRED notify, no CHILD_SA built",
    CHILD_VERDICT (ADDRESS_NOT_ASSIGNED) },
  { "IKE", "received NO_ADDITIONAL_SAS notify, no CHILD_SA built", CHILD_VERDICT (LIMIT_REACHED) },

  /* We cannot. */
  { "IKE", "unable to install inbound and outbound IPsec SA (SAD) in kernel",
    CHILD_VERDICT (INSTALL_FAILED) },
  { "IKE", "unable to install inbound IPsec SA (SAD) in kernel", CHILD_VERDICT (INSTALL_FAILED) },
  { "IKE", "unable to install outbound IPsec SA (SAD) in kernel", CHILD_VERDICT (INSTALL_FAILED) },
  { "IKE", "unable to install IPsec policies (SPD) in kernel", CHILD_VERDICT (INSTALL_FAILED) },
  { "IKE", "unable to allocate SPI from kernel", CHILD_VERDICT (INSTALL_FAILED) },
  { "IKE", "unable to allocate SPIs from kernel", CHILD_VERDICT (INSTALL_FAILED) },
  { "IKE", "allocating SPI from kernel failed", CHILD_VERDICT (INSTALL_FAILED) },
  { "CFG", "configuration uses unsupported authentication", VERDICT (CONFIG_INVALID) },
  { "IKE", "local traffic selector missing in configuration", CHILD_VERDICT (CONFIG_INVALID) },
  { "IKE", "remote traffic selector missing in configuration", CHILD_VERDICT (CONFIG_INVALID) },
  { "IKE", "configured DH group * not supported", VERDICT (CONFIG_INVALID) },
  { "IKE", "configured key exchange method * not supported", VERDICT (CONFIG_INVALID) },
  { "IKE", "unable to resolve *, initiate aborted", VERDICT (PEER_UNREACHABLE) },
  { "IKE", "unable to resolve *, retrying in *s", VERDICT (PEER_UNREACHABLE) },

  /* Whether the peer is there. */
  { "IKE", "establishing IKE_SA failed, peer not responding", VERDICT (PEER_NOT_RESPONDING) },
  { "IKE", "peer not responding, trying again (*)", VERDICT (PEER_NOT_RESPONDING) },
  { "IKE", "giving up after * retransmits", VERDICT (PEER_NOT_RESPONDING) },
  { "IKE", "retransmit * of request with message ID *", SIGN (RETRANSMIT) },
  { "IKE", "sending retransmit * of request message ID *, seq *", SIGN (RETRANSMIT) },
  { "IKE", "message parsing failed", SIGN (UNREADABLE) },
  { "IKE", "message verification failed", SIGN (UNREADABLE) },
  { "IKE", "integrity check failed", SIGN (UNREADABLE) },
  { "IKE", "found encrypted message, but no keys available", SIGN (UNREADABLE) },
  { "IKE", "received DELETE for IKE_SA *", VERDICT (CLOSED_BY_PEER) },

  /* What it is about. */
  { "ENC", "generating ID_PROT request *", SIGN (IKE_PHASE) },
  { "ENC", "generating AGGRESSIVE request *", SIGN (IKE_PHASE) },
  { "ENC", "generating QUICK_MODE request *", SIGN (CHILD_PHASE) },
  { "ENC", "generating * request *", SIGN (SENT) },
  { "ENC", "generating * response *", SIGN (SENT) },
  { "ENC", "parsed CREATE_CHILD_SA request *", SIGN (ASKED) },
  { "ENC", "parsed IKE_FOLLOWUP_KE request *", SIGN (ASKED) },
  { "ENC", "parsed QUICK_MODE request *", SIGN (ASKED) },
  { "ENC", "parsed * response *", SIGN (READ) },
  { "ENC", "parsed * request *", SIGN (READ) },
};

/* Of the alerts that charon 6.0 has, these are left out:
 *  - cert-validation-failed: survived, unless the configuration says otherwise
 *  - keep-on-child-sa-failure: what follows from a failure, and not why
 *  - parse-error-header, invalid-ike-spi: without the IKE_SA that they are about
 *  - half-open-timeout, radius-not-responding, retransmit-receive, unique-keep: of what
 *    a peer initiates
 *  - ts-narrowed, ike-sa-expired, unique-replace, shutdown-signal: nothing that was to
 *    be established fails of it
 *  - authorization-failed: some plug-in forbids it, and why is known to that alone */
static const Pattern alert_patterns[] = {
  { "", "local-auth-failed", VERDICT (AUTHENTICATION_FAILED) },
  { "", "peer-auth-failed", VERDICT (PEER_AUTHENTICATION_FAILED) },
  { "", "cert-expired", HINT (CERTIFICATE_EXPIRED) },
  { "", "cert-revoked", HINT (CERTIFICATE_REVOKED) },
  { "", "cert-no-issuer", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "", "cert-untrusted-root", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "", "cert-exceeded-path-len", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "", "cert-policy-violation", HINT (CERTIFICATE_NOT_TRUSTED) },
  { "", "proposal-mismatch-ike", VERDICT (IKE_NO_PROPOSAL_CHOSEN) },
  { "", "proposal-mismatch-child", CHILD_VERDICT (CHILD_NO_PROPOSAL_CHOSEN) },
  { "", "ts-mismatch", CHILD_VERDICT (TRAFFIC_SELECTORS_UNACCEPTABLE) },
  { "", "vip-failure", CHILD_VERDICT (ADDRESS_NOT_ASSIGNED) },
  { "", "install-child-sa-failed", CHILD_VERDICT (INSTALL_FAILED) },
  { "", "install-child-policy-failed", CHILD_VERDICT (INSTALL_FAILED) },
  { "", "peer-addr-failed", VERDICT (PEER_UNREACHABLE) },
  { "", "peer-init-unreachable", VERDICT (PEER_NOT_RESPONDING) },
  { "", "retransmit-send-timeout", VERDICT (PEER_NOT_RESPONDING) },
  { "", "retransmit-send", SIGN (RETRANSMIT) },
  { "", "retransmit-send-cleared", SIGN (READ) },
  { "", "parse-error-body", SIGN (UNREADABLE) },
};

static const Pattern reply_patterns[] = {
  { "", "CHILD_SA config '*' not found", VERDICT (CONFIG_NOT_FOUND) },
  { "", "IKE_SA config '*' not found", VERDICT (CONFIG_NOT_FOUND) },
  { "", "configuration name not found", VERDICT (CONFIG_NOT_FOUND) },
  { "", "policy '*' not found", VERDICT (CONFIG_NOT_FOUND) },
  { "", "unload: connection '*' not found", VERDICT (CONFIG_NOT_FOUND) },
  { "", "unload: authority '*' not found", VERDICT (CONFIG_NOT_FOUND) },
  { "", "CHILD_SA '*' not established after *ms", VERDICT (TIMED_OUT) },
  { "", "IKE_SA '*' not established after *ms", VERDICT (TIMED_OUT) },
  { "", "establishing CHILD_SA '*' not possible at the moment due to limits",
    VERDICT (LIMIT_REACHED) },
  { "", "establishing IKE_SA '*' not possible at the moment due to limits",
    VERDICT (LIMIT_REACHED) },
  { "", "missing configuration name", VERDICT (CONFIG_INVALID) },
  { "", "invalid value for: *", VERDICT (CONFIG_INVALID) },
  { "", "unknown option: *", VERDICT (CONFIG_INVALID) },
  { "", "invalid section: *", VERDICT (CONFIG_INVALID) },
  { "", "handle or file path missing: *", VERDICT (CONFIG_INVALID) },
  { "", "handle and file path given: *", VERDICT (CONFIG_INVALID) },
  { "", "unable to load certificate: *", VERDICT (CONFIG_INVALID) },
  { "", "CA certificate missing: *", VERDICT (CONFIG_INVALID) },
  { "", "a mediation connection cannot be a mediated connection at the same time",
    VERDICT (CONFIG_INVALID) },
  { "", "mediation peer or remote identity missing for mediated connection",
    VERDICT (CONFIG_INVALID) },
  { "", "missing addrs for pool '*'", VERDICT (CONFIG_INVALID) },
  { "", "multiple addrs defined", VERDICT (CONFIG_INVALID) },
  { "", "invalid addrs value*", VERDICT (CONFIG_INVALID) },
  { "", "invalid attribute: *", VERDICT (CONFIG_INVALID) },
  { "", "invalid attribute value for *", VERDICT (CONFIG_INVALID) },
};

/* Texts are bytes in no certain encoding, so that GPatternSpec is not for them. */
static gboolean
matches (const char *pattern,
         const char *text)
{
  const char *star = strchr (pattern, '*');
  gsize length, literal;

  if (star == NULL)
    return strcmp (pattern, text) == 0;

  if (strncmp (pattern, text, (gsize) (star - pattern)) != 0)
    return FALSE;

  text += star - pattern;

  for (pattern = star + 1; (star = strchr (pattern, '*')) != NULL; pattern = star + 1)
    {
      g_autofree char *between = g_strndup (pattern, (gsize) (star - pattern));

      text = strstr (text, between);
      if (text == NULL)
        return FALSE;

      text += star - pattern;
    }

  length = strlen (text);
  literal = strlen (pattern);

  return length >= literal && strcmp (pattern, text + length - literal) == 0;
}

static ViciClue
look_up (const Pattern *patterns,
         gsize          n_patterns,
         const char    *group,
         const char    *text)
{
  ViciClue clue = { VICI_CLUE_NONE };

  for (const Pattern *pattern = patterns; pattern < patterns + n_patterns; pattern++)
    {
      if (strcmp (pattern->group, group) != 0 || !matches (pattern->text, text))
        continue;

      clue.kind = pattern->kind;
      clue.failure = pattern->failure;
      clue.child_failure = pattern->child_failure;
      break;
    }

  return clue;
}

ViciClue
vici_failure_clue_of_log (const char *group,
                          const char *message)
{
  return look_up (log_patterns, G_N_ELEMENTS (log_patterns), group, message);
}

ViciClue
vici_failure_clue_of_alert (const char *type)
{
  return look_up (alert_patterns, G_N_ELEMENTS (alert_patterns), "", type);
}

ViciFailure
vici_failure_from_reply (const char *errmsg)
{
  ViciClue clue = look_up (reply_patterns, G_N_ELEMENTS (reply_patterns), "", errmsg);

  return clue.kind == VICI_CLUE_NONE ? VICI_FAILURE_UNKNOWN : clue.failure;
}
