/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* The rules by which reasons are found, where no daemon was brought to say it. */

#include "failure-test.h"

/* Lines are "GROUP message", or "alert type". */
static ViciFailure
find (const char         *child,
      const char * const *lines,
      const char         *errmsg)
{
  g_autoptr (GError) error = command_failed (errmsg);
  ViciFailureFinder finder;
  ViciFailure failure;

  vici_failure_finder_init (&finder, child);

  for (; *lines != NULL; lines++)
    {
      g_auto (GStrv) parts = g_strsplit (*lines, " ", 2);

      if (g_str_equal (parts[0], "alert"))
        vici_failure_finder_feed_alert (&finder, parts[1]);
      else
        vici_failure_finder_feed_log (&finder, parts[0], "1", parts[1]);
    }

  failure = vici_failure_finder_finish (&finder, error);
  vici_failure_finder_clear (&finder);

  return failure;
}

typedef struct
{
  const char *name;
  const char *expect;
  const char *errmsg;
  const char *lines;
} Made;

#define REFUSED "received AUTHENTICATION_FAILED notify error"

static const Made made[] = {
  { "first-verdict-counts", "traffic-selectors-unacceptable", NO_REASON,
    "IKE received TS_UNACCEPTABLE notify, no CHILD_SA built\n"
    "IKE giving up after 5 retransmits" },
  { "hint-alone-says-nothing", "unknown", NO_REASON,
    "CFG subject certificate invalid (valid from Jan 01 00:00:00 2020 to Jan 01 00:00:00 2021)" },
  { "hint-makes-verdict-exact", "certificate-expired", NO_REASON,
    "CFG issuer certificate invalid (valid from Jan 01 00:00:00 2020 to Jan 01 00:00:00 2021)\n"
    "IKE no trusted RSA public key found for 'b'" },
  { "hint-says-nothing-of-other-verdict", "authentication-failed", NO_REASON,
    "CFG no issuer certificate found for \"CN=b\"\n"
    "IKE " REFUSED },
  { "contradicting-hints-say-nothing", "peer-authentication-failed", NO_REASON,
    "CFG no issuer certificate found for \"CN=b\"\n"
    "CFG certificate was revoked on Nov 21 11:45:27 UTC 2026, reason: unspecified\n"
    "IKE no trusted RSA public key found for 'b'" },
  { "hint-is-over-with-another-config", "peer-authentication-failed", NO_REASON,
    "CFG constraint check failed: identity 'c' required \n"
    "CFG switching to peer config 'other'\n"
    "CFG no alternative config found" },
  { "hint-is-over-after-a-proof", "identity-mismatch", NO_REASON,
    "CFG no issuer certificate found for \"CN=b\"\n"
    "IKE authentication of 'b' with RSA_EMSA_PKCS1_SHA2_256 successful\n"
    "CFG constraint check failed: identity 'c' required \n"
    "CFG no alternative config found" },
  { "verdict-is-over-when-established", "unknown", NO_REASON,
    "IKE unable to resolve b, retrying in 5s\n"
    "IKE IKE_SA home[1] established between 192.0.2.1[a]...192.0.2.2[b]" },
  { "silence-is-over-after-an-answer", "timed-out", "CHILD_SA 'net' not established after 5ms",
    "IKE retransmit 1 of request with message ID 0\n"
    "ENC parsed IKE_SA_INIT response 0 [ SA KE ]" },
  { "try-before-answer-says-nothing", "unknown", NO_REASON,
    "IKE peer not responding, trying again (2/3)\n"
    "ENC parsed IKE_SA_INIT response 0 [ SA KE ]" },
  { "unreadable-is-not-silent", "unknown", NO_REASON,
    "IKE message parsing failed\n"
    "IKE giving up after 5 retransmits\n"
    "IKE establishing IKE_SA failed, peer not responding" },
  { "ikev1-silent-until-the-time-is-over", "peer-not-responding",
    "IKE_SA 'home' not established after 5ms",
    "IKE sending retransmit 1 of request message ID 0, seq 1" },
  { "alert-silent-until-the-time-is-over", "peer-not-responding",
    "IKE_SA 'home' not established after 5ms",
    "alert retransmit-send" },
  { "alert-answered-before-the-time-is-over", "timed-out",
    "IKE_SA 'home' not established after 5ms",
    "alert retransmit-send\n"
    "alert retransmit-send-cleared" },
  { "retransmit-is-no-verdict", "unknown", NO_REASON,
    "IKE retransmit 1 of request with message ID 0" },
  { "reply-knows-better", "limit-reached",
    "establishing IKE_SA 'home' not possible at the moment due to limits",
    "IKE " REFUSED },
  { "log-knows-better-than-the-time", "peer-unreachable", "IKE_SA 'home' not established after 5ms",
    "IKE unable to resolve b, retrying in 5s" },
  { "other-child-says-nothing", "unknown", NO_REASON,
    "IKE establishing CHILD_SA other{2}\n"
    "IKE received TS_UNACCEPTABLE notify, no CHILD_SA built\n"
    "alert ts-mismatch" },
  { "child-of-longer-name-is-another", "unknown", NO_REASON,
    "IKE establishing CHILD_SA net{1}{2}\n"
    "IKE received TS_UNACCEPTABLE notify, no CHILD_SA built" },
  { "own-child-counts-after-another", "child-no-proposal-chosen", NO_REASON,
    "IKE establishing CHILD_SA other{2}\n"
    "IKE received TS_UNACCEPTABLE notify, no CHILD_SA built\n"
    "IKE establishing CHILD_SA net{3} reqid 4\n"
    "IKE received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built" },
  { "refusal-counts-beside-another-child", "authentication-failed", NO_REASON,
    "IKE establishing CHILD_SA other{2}\n"
    "IKE " REFUSED },
  { "what-the-peer-asks-says-nothing", "unknown", NO_REASON,
    "ENC parsed CREATE_CHILD_SA request 3 [ SA No TSi TSr ]\n"
    "IKE no acceptable traffic selectors found\n"
    "alert ts-mismatch\n"
    "ENC generating CREATE_CHILD_SA response 3 [ N(TS_UNACCEPT) ]" },
  { "own-exchange-counts-after-the-peer-s", "child-no-proposal-chosen", NO_REASON,
    "ENC parsed CREATE_CHILD_SA request 3 [ SA No TSi TSr ]\n"
    "IKE no acceptable traffic selectors found\n"
    "ENC generating CREATE_CHILD_SA response 3 [ N(TS_UNACCEPT) ]\n"
    "ENC parsed CREATE_CHILD_SA response 2 [ N(NO_PROP) ]\n"
    "IKE received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built" },
  { "ikev1-own-exchange-counts-after-the-peer-s", "child-no-proposal-chosen", NO_REASON,
    "ENC parsed QUICK_MODE request 77 [ HASH SA No ID ID ]\n"
    "ENC generating QUICK_MODE response 77 [ HASH SA No ID ID ]\n"
    "ENC parsed QUICK_MODE request 77 [ HASH ]\n"
    "ENC generating QUICK_MODE request 78 [ HASH SA No ID ID ]\n"
    "ENC parsed INFORMATIONAL_V1 request 79 [ HASH N(NO_PROP) ]\n"
    "IKE received NO_PROPOSAL_CHOSEN error notify" },
  { "own-request-ends-what-the-peer-asks", "closed-by-peer", NO_REASON,
    "ENC parsed IKE_FOLLOWUP_KE request 3 [ KE ]\n"
    "IKE " REFUSED "\n"
    "ENC generating INFORMATIONAL request 4 [ ]\n"
    "IKE received DELETE for IKE_SA home[1]" },
  { "answer-ends-what-the-peer-asks", "closed-by-peer", NO_REASON,
    "ENC parsed QUICK_MODE request 77 [ HASH SA No ID ID ]\n"
    "IKE " REFUSED "\n"
    "ENC generating QUICK_MODE response 77 [ HASH SA No ID ID ]\n"
    "IKE received DELETE for IKE_SA home[1]" },
  { "notice-ends-what-the-peer-asks", "closed-by-peer", NO_REASON,
    "ENC parsed QUICK_MODE request 77 [ HASH ]\n"
    "IKE " REFUSED "\n"
    "ENC parsed INFORMATIONAL_V1 request 79 [ HASH D ]\n"
    "IKE received DELETE for IKE_SA home[1]" },
  { "ikev1-new-main-mode-is-about-ike", "ike-no-proposal-chosen", NO_REASON,
    "ENC generating QUICK_MODE request 77 [ HASH SA No ID ID ]\n"
    "ENC generating ID_PROT request 0 [ SA V V V V V ]\n"
    "IKE received NO_PROPOSAL_CHOSEN error notify" },
  { "ikev1-new-aggressive-mode-is-about-ike", "ike-no-proposal-chosen", NO_REASON,
    "ENC generating QUICK_MODE request 77 [ HASH SA No ID ID ]\n"
    "ENC generating AGGRESSIVE request 0 [ SA KE No ID V V V V V ]\n"
    "IKE received NO_PROPOSAL_CHOSEN error notify" },
  { "ikev1-identity-is-no-selector", "unknown", NO_REASON,
    "ENC generating ID_PROT request 0 [ ID HASH ]\n"
    "IKE received INVALID_ID_INFORMATION error notify" },
  { "alert-helps-where-the-log-does-not", "certificate-revoked", NO_REASON,
    "alert cert-revoked\n"
    "alert peer-auth-failed" },
  { "alert-is-over-when-the-log-goes-on", "unknown", NO_REASON,
    "alert peer-init-unreachable\n"
    "ENC parsed IKE_SA_INIT response 0 [ SA KE ]" },
  { "alert-of-new-type-says-nothing", "unknown", NO_REASON,
    "alert something-new" },
  { "duplicate-is-up-already", "duplicate", NO_REASON,
    "IKE not establishing CHILD_SA net{2} due to existing duplicate {1} with SPIs c0000001_i "
    "c0000002_o and TS 10.1.0.0/16 === 10.2.0.0/16" },
  { "duplicate-of-another-child-is-not-ours", "unknown", NO_REASON,
    "IKE not establishing CHILD_SA other{2} due to existing duplicate {1} with SPIs c0000001_i "
    "c0000002_o and TS 10.1.0.0/16 === 10.2.0.0/16\n"
    "IKE not establishing CHILD_SA network{2} due to existing duplicate {1} with SPIs c0000001_i "
    "c0000002_o and TS 10.1.0.0/16 === 10.2.0.0/16" },
  { "duplicate-is-ours-beside-another-child", "duplicate", NO_REASON,
    "IKE establishing CHILD_SA other{2}\n"
    "IKE not establishing CHILD_SA net{3} due to existing duplicate {1} with SPIs c0000001_i "
    "c0000002_o and TS 10.1.0.0/16 === 10.2.0.0/16" },
  { "generic-label-is-no-duplicate", "unknown", NO_REASON,
    "IKE not establishing CHILD_SA net{2} with generic label 'x} due to existing duplicate {1} "
    "with SPIs'" },
  { "group-has-to-be-the-right-one", "unknown", NO_REASON,
    "CFG " REFUSED "\n"
    "LIB " REFUSED },
};

static void
test_made (gconstpointer data)
{
  const Made *one = data;
  g_auto (GStrv) lines = g_strsplit (one->lines, "\n", -1);

  g_assert_cmpstr (nick_of (find ("net", (const char **) lines, one->errmsg)), ==, one->expect);
}

static void
test_line_has_to_be_whole (void)
{
  const char *lines[] = {
    "IKE " REFUSED " twice",
    "IKE hardly " REFUSED,
    "IKE  " REFUSED,
    "IKE \n" REFUSED,
    "IKE x\n" REFUSED "\n",
    NULL,
  };

  g_assert_cmpstr (nick_of (find ("net", lines, NO_REASON)), ==, "unknown");
}

/* Of what was not recorded: the words of charon's sources. Each is followed by another
 * verdict, which is not to count. */
static const struct
{
  const char *line;
  const char *expect;
} verdicts[] = {
  { "IKE received INVALID_HASH_INFORMATION error notify", "authentication-failed" },
  { "IKE no RSA private key found for 'a'", "credential-not-found" },
  { "IKE no ECDSA private key found for 'a'", "credential-not-found" },
  { "IKE no XAuth password found for 'a' - 'b'", "credential-not-found" },
  { "IKE no XAuth PIN found for 'a' - 'b'", "credential-not-found" },
  { "CFG PPK required but no PPK found for 'p'", "credential-not-found" },
  { "IKE verification of AUTH payload with EAP MSK failed", "peer-authentication-failed" },
  { "IKE verification of AUTH payload without EAP MSK failed", "peer-authentication-failed" },
  { "TLS no trusted certificate found for 'b' to verify TLS server", "peer-authentication-failed" },
  { "IKE received SINGLE_PAIR_REQUIRED notify, no CHILD_SA built",
    "traffic-selectors-unacceptable" },
  { "IKE no acceptable traffic selectors found", "traffic-selectors-unacceptable" },
  { "IKE peer selected invalid traffic selectors: 10.0.0.0/8 for 10.1.0.0/16, 10.2.0.0/16 for "
    "10.2.0.0/16",
    "traffic-selectors-unacceptable" },
  { "IKE received NO_ADDITIONAL_SAS notify, no CHILD_SA built", "limit-reached" },
  { "IKE unable to install inbound IPsec SA (SAD) in kernel", "install-failed" },
  { "IKE unable to install outbound IPsec SA (SAD) in kernel", "install-failed" },
  { "IKE unable to install IPsec policies (SPD) in kernel", "install-failed" },
  { "IKE unable to allocate SPI from kernel", "install-failed" },
  { "IKE unable to allocate SPIs from kernel", "install-failed" },
  { "IKE allocating SPI from kernel failed", "install-failed" },
  { "CFG configuration uses unsupported authentication", "config-invalid" },
  { "IKE local traffic selector missing in configuration", "config-invalid" },
  { "IKE remote traffic selector missing in configuration", "config-invalid" },
  { "IKE configured DH group MODP_2048 not supported", "config-invalid" },
  { "IKE configured key exchange method ML_KEM_768 not supported", "config-invalid" },
  { "IKE unable to resolve b.example.org, retrying in 5s", "peer-unreachable" },
  { "IKE establishing IKE_SA failed, peer not responding", "peer-not-responding" },
  { "IKE peer not responding, trying again (2/3)", "peer-not-responding" },
  { "IKE giving up after 5 retransmits", "peer-not-responding" },
};

static void
test_each_verdict_counts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (verdicts); i++)
    {
      const char *lines[] = { verdicts[i].line, "IKE received EAP_FAILURE, EAP authentication failed",
                              NULL };

      g_assert_cmpstr (nick_of (find ("net", lines, NO_REASON)), ==, verdicts[i].expect);
    }
}

static const struct
{
  const char *line;
  const char *expect;
} hints[] = {
  { "CFG constraint check failed: EAP identity 'c' (ID_FQDN) required", "identity-mismatch" },
  { "CFG constraint check failed: certificate does not confirm identity 'b' (ID_FQDN)",
    "identity-mismatch" },
  { "CFG maximum path length of 7 exceeded", "certificate-not-trusted" },
  { "CFG path length of 2 violates constraint of 1", "certificate-not-trusted" },
  { "CFG subject of certificate 'CN=b' does not match any permitted name constraints",
    "certificate-not-trusted" },
  { "CFG subject alternative name 'b' of certificate 'CN=b' matches excluded name constraint 'b'",
    "certificate-not-trusted" },
  { "CFG constraint check failed: peer not authenticated with peer cert 'CN=c'",
    "certificate-not-trusted" },
  { "CFG constraint check failed: RULE_OCSP_VALIDATION is SKIPPED, but requires at least GOOD",
    "certificate-not-trusted" },
  { "alert cert-no-issuer", "certificate-not-trusted" },
  { "alert cert-untrusted-root", "certificate-not-trusted" },
  { "alert cert-exceeded-path-len", "certificate-not-trusted" },
  { "alert cert-policy-violation", "certificate-not-trusted" },
};

static void
test_each_hint_counts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hints); i++)
    {
      gboolean alert = g_str_has_prefix (hints[i].line, "alert ");
      const char *verdict = alert ? "alert peer-auth-failed" : "CFG no alternative config found";
      const char *lines[] = { hints[i].line, verdict, NULL };

      g_assert_cmpstr (nick_of (find ("net", lines, NO_REASON)), ==, hints[i].expect);
    }
}

static void
test_each_unreadable_answer_counts (void)
{
  static const char * const answers[] = {
    "IKE message parsing failed",
    "IKE message verification failed",
    "IKE integrity check failed",
    "IKE found encrypted message, but no keys available",
    "alert parse-error-body",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      gboolean alert = g_str_has_prefix (answers[i], "alert ");
      const char *verdict = alert ? "alert retransmit-send-timeout" : "IKE giving up after 5 retransmits";
      const char *lines[] = { answers[i], verdict, NULL };

      g_assert_cmpstr (nick_of (find ("net", lines, NO_REASON)), ==, "unknown");
    }
}

/* The texts of charon that hold what a peer, or the namer of a connection, chose. */
static const char * const with_names[] = {
  "IKE initiating IKE_SA %s[1] to 192.0.2.2",
  "IKE IKE_SA %s[1] state change: CREATED => CONNECTING",
  "IKE deleting IKE_SA %s[1] between 192.0.2.1[%s]...192.0.2.2[%s]",
  "IKE sending DELETE for IKE_SA %s[1]",
  "IKE establishing CHILD_SA %s{1}",
  "IKE not establishing CHILD_SA %s{1} with generic label '%s'",
  "IKE CHILD_SA %s{1} established with SPIs c_i c_o and TS 10.1.0.1/32 === 10.2.0.1/32",
  "IKE authentication of '%s' (myself) with pre-shared key",
  "IKE authentication of '%s' (myself) failed",
  "IKE authentication of '%s' with pre-shared key successful",
  "IKE received end entity cert \"%s\"",
  "IKE received issuer cert \"%s\"",
  "IKE sending end entity cert \"%s\"",
  "IKE received cert request for \"%s\"",
  "IKE server requested EAP_IDENTITY (id 0x00), sending '%s'",
  "IKE EAP-MS-CHAPv2 succeeded: '%s'",
  "IKE EAP-MS-CHAPv2 failed with error ERROR_AUTHENTICATION_FAILURE: '%s'",
  "IKE redirected to %s",
  "IKE unable to resolve gateway ID '%s', redirect failed",
  "IKE peer '%s' is not online",
  "CFG XAuth message: %s",
  "CFG   using certificate \"%s\"",
  "CFG   using trusted certificate \"%s\"",
  "CFG   issuer is \"%s\"",
  "CFG   fetching crl from '%s' ...",
  "CFG checking certificate status of \"%s\"",
  "CFG selected peer config '%s' unacceptable: constraint checking failed",
  "CFG looking for peer configs matching 192.0.2.1[%s]...192.0.2.2[%s]",
  "CFG received IDr %s, but require %s",
};

/* Reasons, and what could lead from one text into another. */
static const char * const names[] = {
  REFUSED,
  ("x\n" REFUSED),
  "' private key found for '",
  "x', initiate aborted",
  "x' does not match to 'y",
  "x (myself) failed",
  "no trusted RSA public key found for 'x'",
  "tried 1 shared key for 'x' - 'y', but MAC mismatched",
  "no issuer certificate found for \"x\"",
  "established between",
  "CHILD_SA config 'x' not found",
  "x' not established after 5ms",
  "x' not possible at the moment due to limits",
  "\xff\xc3",
};

static void
test_names_are_no_reasons (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (with_names); i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (names); j++)
        {
          g_auto (GStrv) parts = g_strsplit (with_names[i], "%s", -1);
          g_autofree char *line = g_strjoinv (names[j], parts);
          g_autofree char *errmsg = g_strdup_printf ("establishing CHILD_SA '%s' failed", names[j]);
          const char *lines[] = { line, NULL };
          ViciFailure failure = find (names[j], lines, errmsg);

          if (failure != VICI_FAILURE_UNKNOWN)
            g_error ("“%s” was taken for %s", line, nick_of (failure));
        }
    }
}

/* A reason with a name in it stays that reason, whatever the name is. */
static void
test_names_change_no_reason (void)
{
  static const char * const texts[][2] = {
    { "IKE no trusted RSA public key found for '%s'", "peer-authentication-failed" },
    { "IKE no private key found for '%s'", "credential-not-found" },
    { "IKE no shared key found for 'a' - '%s'", "credential-not-found" },
    { "IKE no EAP key found for hosts 'a' - '%s'", "credential-not-found" },
    { "IKE tried 2 shared keys for 'a' - '%s', but MAC mismatched", "peer-authentication-failed" },
    { "IKE IDir '%s' does not match to 'b'", "identity-mismatch" },
    { "IKE XAuth authentication of '%s' (myself) failed", "eap-failed" },
    { "IKE unable to resolve %s, initiate aborted", "peer-unreachable" },
    { "IKE not establishing CHILD_SA %s{2} due to existing duplicate {1} with SPIs c0000001_i "
      "c0000002_o and TS 10.1.0.0/16 === 10.2.0.0/16",
      "duplicate" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (names); j++)
        {
          g_auto (GStrv) parts = g_strsplit (texts[i][0], "%s", -1);
          g_autofree char *line = g_strjoinv (names[j], parts);
          const char *lines[] = { line, NULL };

          g_assert_cmpstr (nick_of (find (names[j], lines, NO_REASON)), ==, texts[i][1]);
        }
    }
}

/* charon 5.9 sends them until the IKE_SA is found. */
static void
test_lines_of_nobody_say_nothing (void)
{
  g_autoptr (GError) error = command_failed (NO_REASON);
  ViciFailureFinder finder;

  vici_failure_finder_init (&finder, "net");
  vici_failure_finder_feed_log (&finder, "IKE", NULL, REFUSED);
  g_assert_cmpint (vici_failure_finder_finish (&finder, error), ==, VICI_FAILURE_UNKNOWN);
  vici_failure_finder_clear (&finder);
}

/* The error is about the way to the daemon, and not about the peer of that. */
static void
test_other_errors_keep_their_meaning (void)
{
  g_autoptr (GError) closed = g_error_new_literal (VICI_ERROR, VICI_ERROR_CLOSED, "closed");
  g_autoptr (GError) late = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "late");
  ViciFailureFinder finder;

  vici_failure_finder_init (&finder, NULL);
  vici_failure_finder_feed_log (&finder, "IKE", "1", REFUSED);
  g_assert_cmpint (vici_failure_finder_finish (&finder, closed), ==, VICI_FAILURE_UNKNOWN);
  g_assert_cmpint (vici_failure_finder_finish (&finder, NULL), ==, VICI_FAILURE_NONE);
  g_assert_cmpint (vici_failure_finder_finish (&finder, late), ==,
                   VICI_FAILURE_AUTHENTICATION_FAILED);
  vici_failure_finder_clear (&finder);
}

/* ---- alerts */

/* All that charon 6.0.6 has, and what each says when there is nothing else. */
static const struct
{
  const char *type;
  const char *expect;
} alerts[] = {
  { "authorization-failed", "unknown" },
  { "cert-exceeded-path-len", "unknown" },
  { "cert-expired", "unknown" },
  { "cert-no-issuer", "unknown" },
  { "cert-policy-violation", "unknown" },
  { "cert-revoked", "unknown" },
  { "cert-untrusted-root", "unknown" },
  { "cert-validation-failed", "unknown" },
  { "half-open-timeout", "unknown" },
  { "ike-sa-expired", "unknown" },
  { "install-child-policy-failed", "install-failed" },
  { "install-child-sa-failed", "install-failed" },
  { "invalid-ike-spi", "unknown" },
  { "keep-on-child-sa-failure", "unknown" },
  { "local-auth-failed", "authentication-failed" },
  { "parse-error-body", "unknown" },
  { "parse-error-header", "unknown" },
  { "peer-addr-failed", "peer-unreachable" },
  { "peer-auth-failed", "peer-authentication-failed" },
  { "peer-init-unreachable", "peer-not-responding" },
  { "proposal-mismatch-child", "child-no-proposal-chosen" },
  { "proposal-mismatch-ike", "ike-no-proposal-chosen" },
  { "radius-not-responding", "unknown" },
  { "retransmit-receive", "unknown" },
  { "retransmit-send", "unknown" },
  { "retransmit-send-cleared", "unknown" },
  { "retransmit-send-timeout", "peer-not-responding" },
  { "shutdown-signal", "unknown" },
  { "ts-mismatch", "traffic-selectors-unacceptable" },
  { "ts-narrowed", "unknown" },
  { "unique-keep", "unknown" },
  { "unique-replace", "unknown" },
  { "vip-failure", "address-not-assigned" },
};

static void
test_each_alert_is_judged (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (alerts); i++)
    {
      g_autofree char *line = g_strconcat ("alert ", alerts[i].type, NULL);
      const char *lines[] = { line, NULL };

      g_assert_cmpstr (nick_of (find ("net", lines, NO_REASON)), ==, alerts[i].expect);
    }
}

/* ---- what is public */

static const struct
{
  const char *errmsg;
  const char *expect;
} replies[] = {
  { "CHILD_SA config 'net' not found", "config-not-found" },
  { "IKE_SA config 'net' not found", "config-not-found" },
  { "policy 'net' not found", "config-not-found" },
  { "unload: connection 'home' not found", "config-not-found" },
  { "unload: authority 'ca' not found", "config-not-found" },
  { "configuration name not found", "config-not-found" },
  { "CHILD_SA 'net' not established after 30000ms", "timed-out" },
  { "IKE_SA 'home' not established after 30000ms", "timed-out" },
  { "establishing CHILD_SA 'net' not possible at the moment due to limits", "limit-reached" },
  { "establishing CHILD_SA 'net' failed", "unknown" },
  { "missing configuration name", "config-invalid" },
  { "invalid value for: rekey_time, config discarded", "config-invalid" },
  { "unknown option: rekey_tine, config discarded", "config-invalid" },
  { "unable to load certificate: cert0", "config-invalid" },
  { "handle or file path missing: cert0", "config-invalid" },
  { "handle and file path given: cert0", "config-invalid" },
  { "CA certificate missing: ca", "config-invalid" },
  { "a mediation connection cannot be a mediated connection at the same time", "config-invalid" },
  { "mediation peer or remote identity missing for mediated connection", "config-invalid" },
  { "missing addrs for pool 'few'", "config-invalid" },
  { "multiple addrs defined", "config-invalid" },
  { "invalid addrs value", "config-invalid" },
  { "invalid attribute: dnss", "config-invalid" },
  { "invalid attribute value for dns", "config-invalid" },
  { "invalid section: x' not found", "config-invalid" },
  { "no matching SAs to terminate found", "unknown" },
  { "", "unknown" },
};

static void
test_reply_is_read (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    {
      g_autoptr (GError) error = command_failed (replies[i].errmsg);

      g_assert_cmpstr (nick_of (vici_failure_from_error (error)), ==, replies[i].expect);
    }
}

static void
test_error_is_read (void)
{
  static const struct
  {
    GQuark (*domain) (void);
    int         code;
    const char *expect;
  } errors[] = {
    { vici_error_quark, VICI_ERROR_INVALID, "config-invalid" },
    { vici_error_quark, VICI_ERROR_CLOSED, "unknown" },
    { vici_error_quark, VICI_ERROR_UNKNOWN_COMMAND, "unknown" },
    { g_io_error_quark, G_IO_ERROR_TIMED_OUT, "timed-out" },
    { g_io_error_quark, G_IO_ERROR_CANCELLED, "unknown" },
    { g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, "unknown" },
    { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, "unknown" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    {
      /* The text is read only of what is the daemon's. */
      g_autoptr (GError) error = g_error_new_literal (errors[i].domain (), errors[i].code,
                                                      "CHILD_SA config 'net' not found");

      g_assert_cmpstr (nick_of (vici_failure_from_error (error)), ==, errors[i].expect);
    }

  g_assert_cmpint (vici_failure_from_error (NULL), ==, VICI_FAILURE_NONE);
}

static void
test_each_has_a_sentence (void)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (VICI_TYPE_FAILURE);
  g_autoptr (GHashTable) sentences = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < klass->n_values; i++)
    {
      const char *sentence = vici_failure_to_string (klass->values[i].value);

      g_assert_true (g_str_has_suffix (sentence, "."));
      g_assert_true (g_hash_table_add (sentences, (char *) sentence));
    }

  g_assert_cmpstr (vici_failure_to_string (9999), ==, vici_failure_to_string (VICI_FAILURE_UNKNOWN));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (made); i++)
    {
      g_autofree char *test = g_strconcat ("/failure/", made[i].name, NULL);

      g_test_add_data_func (test, &made[i], test_made);
    }

  g_test_add_func ("/failure/each-verdict-counts", test_each_verdict_counts);
  g_test_add_func ("/failure/each-hint-counts", test_each_hint_counts);
  g_test_add_func ("/failure/each-unreadable-answer-counts", test_each_unreadable_answer_counts);
  g_test_add_func ("/failure/line-has-to-be-whole", test_line_has_to_be_whole);
  g_test_add_func ("/failure/names-are-no-reasons", test_names_are_no_reasons);
  g_test_add_func ("/failure/names-change-no-reason", test_names_change_no_reason);
  g_test_add_func ("/failure/lines-of-nobody-say-nothing", test_lines_of_nobody_say_nothing);
  g_test_add_func ("/failure/other-errors-keep-their-meaning", test_other_errors_keep_their_meaning);
  g_test_add_func ("/failure/each-alert-is-judged", test_each_alert_is_judged);
  g_test_add_func ("/failure/reply-is-read", test_reply_is_read);
  g_test_add_func ("/failure/error-is-read", test_error_is_read);
  g_test_add_func ("/failure/each-has-a-sentence", test_each_has_a_sentence);

  return g_test_run ();
}
