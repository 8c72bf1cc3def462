/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-record-private.h"
#include "vici-records.h"

G_BEGIN_DECLS

/* What the tests of records share: records whose message is made after the table of
 * their fields. */

/* What each field is made to say. */
typedef enum
{
  RECORDS_TEST_SAID,            /* a value of its kind, see below */
  RECORDS_TEST_ABSENT,
  RECORDS_TEST_GARBAGE,         /* bytes that are no such value */
  RECORDS_TEST_OTHER_KIND       /* a value for a list, a list for a section and so on */
} RecordsTestHow;

#define RECORDS_TEST_NAME "Büro"
#define RECORDS_TEST_TEXT "a text"
#define RECORDS_TEST_BYTES "\0\xff"

/* All classes of records, ended by G_TYPE_INVALID. */
GType        *records_test_types  (void);

gpointer      records_test_new    (GType           type,
                                   RecordsTestHow  how);
/* Of a message in GVariant's text form, with its format characters. */
gpointer      records_test_parse  (GType           type,
                                   const char     *name,
                                   const char     *format,
                                   ...);
/* Of a message on disk. */
gpointer      records_test_load   (GType           type,
                                   const char     *name,
                                   const char     *path);
ViciMessage  *records_test_read   (const char     *path);

/* The items with "|" between. */
void          records_test_strv   (const char * const *items,
                                   const char         *joined);

/* "ViciIkeSa" -> "vici_ike_sa" */
char         *records_test_dashed (const char     *name);

/* Every word of an enumeration, in either case, and one that is none. */
void          records_test_words  (GType            type,
                                   const ViciField *field);

/* Two sections of the same name, with the unique ids 1 and 2. */
ViciMessage  *records_test_twins  (void);
/* An IKE_SA with so many CHILD_SAs, whose unique ids are counted from 0. */
gpointer      records_test_crowd  (guint            n);

G_END_DECLS
