/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-credential.h"
#include "vici-credentials.h"

G_BEGIN_DECLS

/* What the tests of credentials share: a directory with all forms of them, and
 * somebody who is asked for passwords. */

/* What make-credentials.sh takes. */
#define CREDENTIALS_PASSWORD "correct horse"

/* Makes the directory, and removes it. */
void             credentials_test_begin (void);
void             credentials_test_end   (void);

/* In the directory. */
GFile           *credentials_test_file  (const char *name);
GBytes          *credentials_test_bytes (const char *name);

/* Gives one answer after the other, and at their end, a NULL, does not handle it. Some
 * are none: */
#define TEST_EMPTY "<empty>"    /* handled, without a value */
#define TEST_FAIL "<fail>"      /* with G_IO_ERROR_BUSY */
#define TEST_CANCEL "<cancel>"  /* cancels, and gives the right answer */

#define TEST_TYPE_INTERACTION (test_interaction_get_type ())

G_DECLARE_FINAL_TYPE (TestInteraction, test_interaction, TEST, INTERACTION, GTlsInteraction)

GTlsInteraction *test_interaction_new   (const char * const *answers);

/* How often it was asked; and with which flags, and description, the last time. */
guint            test_interaction_get_asked       (GTlsInteraction *interaction);
GTlsPasswordFlags test_interaction_get_flags      (GTlsInteraction *interaction);
const char      *test_interaction_get_description (GTlsInteraction *interaction);

/* Each of the functions that load. */
typedef enum
{
  CREDENTIALS_TEST_DATA,
  CREDENTIALS_TEST_DATA_SYNC,
  CREDENTIALS_TEST_FILE,
  CREDENTIALS_TEST_FILE_SYNC,
  N_CREDENTIALS_TEST
} CredentialsTestHow;

ViciCredentials *credentials_test_load  (CredentialsTestHow how,
                                         const char        *name,
                                         GTlsInteraction   *interaction,
                                         GCancellable      *cancellable,
                                         GError           **error);

/* With the right password. */
ViciCredentials *credentials_test_open  (const char *name);

/* The item at that position, which the list holds. */
ViciCredential  *credentials_test_get   (ViciCredentials *credentials,
                                         guint            position);

G_END_DECLS
