/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* The algorithms that two peers agree on; NULL for what there is none of. */
typedef struct
{
  const char *encr;
  guint       encr_keysize;     /* 0 for an algorithm of one size */
  const char *integ;
  const char *prf;
  const char *ke;
  gboolean    esn;
} SimSuite;

/* Reads a proposal "aes128-sha256-x25519". The first algorithm of each kind is
 * what the simulated peer selects. */
gboolean sim_parse_proposal (const char         *text,
                             gboolean            is_ike,
                             SimSuite           *suite);

/* What is selected of a list, and by default where that is NULL or empty. */
void     sim_select_suite   (const char * const *proposals,
                             gboolean            is_ike,
                             SimSuite           *suite);

/* As the log has it: "AES_CBC_128/HMAC_SHA2_256_128/…". */
char    *sim_print_suite    (const SimSuite     *suite,
                             gboolean            is_ike);

/* Adds encr-alg and so on. */
void     sim_list_suite     (const SimSuite     *suite,
                             const char         *ke_name,
                             ViciBuilder        *builder);

G_END_DECLS
