/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-error.h"

/**
 * SECTION:vici-error
 * @title: Errors
 * @short_description: What can go wrong in the protocol
 *
 * The errors that come from the protocol itself are of the domain %VICI_ERROR.
 * Those of the transport below it keep their own: connecting fails with the
 * codes of GIO, a call that ran out of time with %G_IO_ERROR_TIMED_OUT, and one
 * that was cancelled with %G_IO_ERROR_CANCELLED.
 *
 * |[<!-- language="C" -->
 * if (!vici_message_check_success (reply, &error))
 *   {
 *     if (g_error_matches (error, VICI_ERROR, VICI_ERROR_COMMAND_FAILED))
 *       g_printerr ("charon: %s\n", error->message);
 *   }
 * ]|
 *
 * The messages are sentences for people, in their language. They name what is
 * to blame (a key, a limit, a command), and show the value of a key only where it
 * is no secret and is refused for what it is, as vici_value_to_wire() does.
 *
 * Since: 1.0
 */

/**
 * VICI_ERROR:
 *
 * The error domain of the protocol; its codes are those of #ViciError.
 *
 * Since: 1.0
 */

/**
 * ViciError:
 * @VICI_ERROR_CLOSED: the connection is not open, or the peer closed it
 * @VICI_ERROR_PROTOCOL: the peer broke the packet protocol
 * @VICI_ERROR_MALFORMED: bytes are not a valid message
 * @VICI_ERROR_TOO_LARGE: a name over 255 bytes, a value over 65535 bytes, a
 *   packet over 512 KiB (nothing was sent), or a message nested deeper than the
 *   form that it was to be turned into can be
 * @VICI_ERROR_INVALID: what the caller built is not a message: unbalanced, an
 *   item outside a list, an empty or unprintable name, a name that is used
 *   twice in a section, or a type that has no form on the wire; or a text is not
 *   what its key takes
 * @VICI_ERROR_UNKNOWN_COMMAND: the daemon does not know the command, which the
 *   message names (packet `CMD_UNKNOWN`)
 * @VICI_ERROR_UNKNOWN_EVENT: the daemon does not know the event, which the
 *   message names (packet `EVENT_UNKNOWN`)
 * @VICI_ERROR_COMMAND_FAILED: the daemon answered `success=no`; the message is
 *   its `errmsg`
 *
 * The codes of the domain %VICI_ERROR.
 *
 * Since: 1.0
 */

/**
 * vici_error_quark:
 *
 * The quark of the error domain %VICI_ERROR.
 *
 * Returns: the quark
 *
 * Since: 1.0
 */
G_DEFINE_QUARK (vici-error-quark, vici_error)
