/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-failure.h"

#include "vici-error.h"
#include "vici-failure-private.h"
#include "vici-i18n.h"

#include <gio/gio.h>

/**
 * SECTION:vici-failure
 * @title: Reasons
 * @short_description: Why nothing was established
 *
 * When charon does not get an IKE_SA or a CHILD_SA established, its answer to
 * `initiate` says hardly more than that. Why, it says in its log. The library
 * reads the control log of the command as it comes, and the events `alert` of
 * charon 6.0.3 and newer, and turns what they say into a #ViciFailure.
 *
 * A reason is only given when charon has named it, in words that it uses for
 * nothing else. What it says on the way to a success is none, nor is what it
 * says of other exchanges on the same IKE_SA. A name or identity that looks like
 * one of those lines is not taken for one. Everything else is
 * %VICI_FAILURE_UNKNOWN: the library does not guess.
 *
 * The log has to be of level 1, which is the default, or higher.
 *
 * Since: 1.0
 */

/**
 * ViciFailure:
 * @VICI_FAILURE_NONE: nothing has failed
 * @VICI_FAILURE_UNKNOWN: it failed, and the daemon did not say why
 * @VICI_FAILURE_AUTHENTICATION_FAILED: we could not prove to the peer who we are,
 *   or it does not want to talk to us. It does not say what it minds: a secret, an
 *   identity, a certificate (`received AUTHENTICATION_FAILED notify error`; of
 *   IKEv1 also `received INVALID_HASH_INFORMATION error notify`; alert
 *   `local-auth-failed`)
 * @VICI_FAILURE_PEER_AUTHENTICATION_FAILED: the peer could not prove to us who it
 *   is (`tried 1 shared key for … but MAC mismatched`, `no trusted RSA public key
 *   found for …`, `no alternative config found`; of IKEv1 also `calculated HASH
 *   does not match HASH payload`; alert `peer-auth-failed`)
 * @VICI_FAILURE_EAP_FAILED: the name or password for EAP or XAuth was refused, or
 *   there is no method of EAP that both sides have (`received EAP_FAILURE, EAP
 *   authentication failed`, `EAP_MSCHAPV2 method failed`, `XAuth authentication of
 *   … (myself) failed`)
 * @VICI_FAILURE_CREDENTIAL_NOT_FOUND: a secret, a password or a private key of our
 *   own is not loaded (`no shared key found for …`, `no private key found for …`,
 *   `no EAP key found for hosts …`)
 * @VICI_FAILURE_IDENTITY_MISMATCH: the peer is somebody, and not whom the
 *   configuration asks for (`constraint check failed: identity … required`; of
 *   IKEv1 `IDir … does not match to …`)
 * @VICI_FAILURE_CERTIFICATE_NOT_TRUSTED: nobody whom we trust vouches for the
 *   peer's certificate, or not in the way that the configuration demands (`no
 *   issuer certificate found for …`, `self-signed certificate … is not trusted`,
 *   `constraint check failed: peer not authenticated by CA …`; alerts
 *   `cert-no-issuer`, `cert-untrusted-root`, `cert-exceeded-path-len`,
 *   `cert-policy-violation`)
 * @VICI_FAILURE_CERTIFICATE_EXPIRED: the peer's certificate, or one that vouches
 *   for it, is not valid any more, or not yet (`subject certificate invalid (valid
 *   from …`; alert `cert-expired`)
 * @VICI_FAILURE_CERTIFICATE_REVOKED: the peer's certificate was revoked
 *   (`certificate was revoked on …`; alert `cert-revoked`)
 * @VICI_FAILURE_IKE_NO_PROPOSAL_CHOSEN: the peer wants none of the algorithms that
 *   were proposed for the IKE_SA. charon also says so when it has no configuration
 *   for our address (`received NO_PROPOSAL_CHOSEN notify error`; alert
 *   `proposal-mismatch-ike`)
 * @VICI_FAILURE_CHILD_NO_PROPOSAL_CHOSEN: the same for the CHILD_SA (`received
 *   NO_PROPOSAL_CHOSEN notify, no CHILD_SA built`; alert `proposal-mismatch-child`)
 * @VICI_FAILURE_TRAFFIC_SELECTORS_UNACCEPTABLE: the peer has no CHILD_SA for such
 *   traffic selectors (`received TS_UNACCEPTABLE notify, no CHILD_SA built`; of
 *   IKEv1 `received INVALID_ID_INFORMATION error notify` in Quick Mode; alert
 *   `ts-mismatch`)
 * @VICI_FAILURE_ADDRESS_NOT_ASSIGNED: the peer has no virtual address for us
 *   (`received INTERNAL_ADDRESS_FAILURE notify, no CHILD_SA built`; alert
 *   `vip-failure`), or insists on one that was not asked for (`received
 *   FAILED_CP_REQUIRED notify, no CHILD_SA built`)
 * @VICI_FAILURE_INSTALL_FAILED: the kernel did not take the CHILD_SA (`unable to
 *   install inbound and outbound IPsec SA (SAD) in kernel`, `unable to install
 *   IPsec policies (SPD) in kernel`; alerts `install-child-sa-failed`,
 *   `install-child-policy-failed`)
 * @VICI_FAILURE_PEER_NOT_RESPONDING: the peer did not answer, although asked more
 *   than once (`giving up after 5 retransmits`, `peer not responding, trying again
 *   (2/3)`, or only `retransmit 1 of request …` before the time was over; alerts
 *   `retransmit-send-timeout`, `peer-init-unreachable`)
 * @VICI_FAILURE_PEER_UNREACHABLE: the peer's address is not known (`unable to
 *   resolve …, initiate aborted`; alert `peer-addr-failed`)
 * @VICI_FAILURE_CLOSED_BY_PEER: the peer closed the IKE_SA meanwhile (`received
 *   DELETE for IKE_SA …`)
 * @VICI_FAILURE_TIMED_OUT: the time that was given is over (errmsg `… not
 *   established after …ms`; %G_IO_ERROR_TIMED_OUT)
 * @VICI_FAILURE_LIMIT_REACHED: there are too many already (errmsg `… not possible
 *   at the moment due to limits`; `received NO_ADDITIONAL_SAS notify, no CHILD_SA
 *   built`)
 * @VICI_FAILURE_CONFIG_NOT_FOUND: the daemon has no configuration of that name
 *   (errmsg `CHILD_SA config … not found` and the like)
 * @VICI_FAILURE_CONFIG_INVALID: the configuration, or what was asked for, is not
 *   valid (errmsg `invalid value for: …`, `missing configuration name` and the
 *   like; `configuration uses unsupported authentication`; %VICI_ERROR_INVALID)
 * @VICI_FAILURE_DUPLICATE: the CHILD_SA is up already, and charon makes no second one
 *   like it (`not establishing CHILD_SA … due to existing duplicate …`)
 *
 * Why something was not established. Of each, one or more lines of charon's log
 * are told that it stands for, or alerts, or the texts of an answer.
 *
 * Since: 1.0
 */

/**
 * vici_failure_to_string:
 * @failure: a #ViciFailure
 *
 * A sentence about a failure, for people and in their language.
 *
 * Returns: (transfer none): the sentence
 *
 * Since: 1.0
 */
const char *
vici_failure_to_string (ViciFailure failure)
{
  switch (failure)
    {
    case VICI_FAILURE_NONE:
      return _("Nothing failed.");
    case VICI_FAILURE_AUTHENTICATION_FAILED:
      return _("The peer did not accept who we are.");
    case VICI_FAILURE_PEER_AUTHENTICATION_FAILED:
      return _("The peer could not prove who it is.");
    case VICI_FAILURE_EAP_FAILED:
      return _("The user name or password was not accepted.");
    case VICI_FAILURE_CREDENTIAL_NOT_FOUND:
      return _("A secret or private key that is needed is not loaded.");
    case VICI_FAILURE_IDENTITY_MISMATCH:
      return _("The peer is not the one that the configuration asks for.");
    case VICI_FAILURE_CERTIFICATE_NOT_TRUSTED:
      return _("The certificate of the peer is not trusted.");
    case VICI_FAILURE_CERTIFICATE_EXPIRED:
      return _("The certificate of the peer has expired or is not valid yet.");
    case VICI_FAILURE_CERTIFICATE_REVOKED:
      return _("The certificate of the peer was revoked.");
    case VICI_FAILURE_IKE_NO_PROPOSAL_CHOSEN:
      return _("The peer accepts none of the algorithms for the IKE_SA.");
    case VICI_FAILURE_CHILD_NO_PROPOSAL_CHOSEN:
      return _("The peer accepts none of the algorithms for the CHILD_SA.");
    case VICI_FAILURE_TRAFFIC_SELECTORS_UNACCEPTABLE:
      return _("The peer does not accept the networks that are to be connected.");
    case VICI_FAILURE_ADDRESS_NOT_ASSIGNED:
      return _("The peer did not assign a virtual address.");
    case VICI_FAILURE_INSTALL_FAILED:
      return _("The kernel did not accept the CHILD_SA.");
    case VICI_FAILURE_PEER_NOT_RESPONDING:
      return _("The peer does not respond.");
    case VICI_FAILURE_PEER_UNREACHABLE:
      return _("The address of the peer is not known.");
    case VICI_FAILURE_CLOSED_BY_PEER:
      return _("The peer closed the connection.");
    case VICI_FAILURE_TIMED_OUT:
      return _("It took too long.");
    case VICI_FAILURE_LIMIT_REACHED:
      return _("There are too many connections at the moment.");
    case VICI_FAILURE_CONFIG_NOT_FOUND:
      return _("There is no configuration of that name.");
    case VICI_FAILURE_CONFIG_INVALID:
      return _("The configuration is not valid.");
    case VICI_FAILURE_DUPLICATE:
      return _("It is up already.");
    case VICI_FAILURE_UNKNOWN:
    default:
      return _("It failed for an unknown reason.");
    }
}

/**
 * vici_failure_from_error:
 * @error: (nullable): an error of a command, or %NULL
 *
 * What an error alone says about the reason. Of a %VICI_ERROR_COMMAND_FAILED it is
 * read from the daemon's text, which for most of what fails while it is being
 * established says nothing: the reason that is delivered with a failed `initiate`
 * is better.
 *
 * The errors of reaching the daemon say nothing about a peer of it, and so are
 * %VICI_FAILURE_UNKNOWN.
 *
 * Returns: the failure; %VICI_FAILURE_NONE for %NULL, and %VICI_FAILURE_UNKNOWN if
 *   the error does not tell
 *
 * Since: 1.0
 */
ViciFailure
vici_failure_from_error (const GError *error)
{
  if (error == NULL)
    return VICI_FAILURE_NONE;

  if (g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED))
    return vici_failure_from_reply (error->message);

  if (g_error_matches (error, VICI_ERROR, VICI_ERROR_INVALID))
    return VICI_FAILURE_CONFIG_INVALID;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return VICI_FAILURE_TIMED_OUT;

  return VICI_FAILURE_UNKNOWN;
}
