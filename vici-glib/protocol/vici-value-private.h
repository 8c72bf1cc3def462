/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The checks behind vici_value_to_wire(). Each gets printable ASCII, and returns
 * NULL, or half a sentence that tells what was expected, not yet translated. */
typedef const char *(*ViciValueCheck) (const char *text);

/* A text as messages for people show it: any text may be in there, and much of it. */
char *vici_value_shorten (const char *text);

/* vici-value-number.c */

/* Decimal, or hexadecimal with “0x”. */
gboolean vici_value_is_number (const char *text,
                               guint64     max);

const char *vici_value_check_int (const char *text);
const char *vici_value_check_uint (const char *text);
const char *vici_value_check_uint64 (const char *text);
const char *vici_value_check_time (const char *text);
const char *vici_value_check_size (const char *text);
const char *vici_value_check_hex (const char *text);
const char *vici_value_check_mark (const char *text);
const char *vici_value_check_set_mark (const char *text);
const char *vici_value_check_if_id (const char *text);
const char *vici_value_check_padding (const char *text);
const char *vici_value_check_dscp (const char *text);

/* vici-value-host.c */

const char *vici_value_check_host (const char *text);
const char *vici_value_check_address (const char *text);
const char *vici_value_check_address_range (const char *text);
const char *vici_value_check_subnet (const char *text);
const char *vici_value_check_traffic_selector (const char *text);

/* Names of hosts in ASCII, as the DNS has them. What is none stays as it is. */
char *vici_value_host_to_ascii (const char *text);
char *vici_value_identity_to_ascii (const char *text);

/* vici-value-word.c */

const char *vici_value_check_boolean (const char *text);
const char *vici_value_check_name (const char *text);
const char *vici_value_check_choice (const char *text);
const char *vici_value_check_path (const char *text);
const char *vici_value_check_action (const char *text);
const char *vici_value_check_auth (const char *text);

/* Other words for yes and no. What is none stays as it is. */
char *vici_value_boolean_to_word (const char *text);

/* vici-proposal.c */

const char *vici_proposal_check_ike (const char *text);
const char *vici_proposal_check_esp (const char *text);
const char *vici_proposal_check_ah (const char *text);

G_END_DECLS
