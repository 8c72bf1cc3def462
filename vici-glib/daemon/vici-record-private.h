/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-record.h"
#include "vici-word.h"

G_BEGIN_DECLS

/* How a value is read. What is absent, or cannot be read so, has the default. */
typedef enum
{
  VICI_FIELD_NAME,              /* that of the section */
  VICI_FIELD_STRING,            /* NULL */
  VICI_FIELD_ESCAPED,           /* NULL; a name, escaped on the wire */
  VICI_FIELD_STRINGS,           /* none */
  VICI_FIELD_NUMBERED,          /* none */
  VICI_FIELD_BYTES,             /* NULL */
  VICI_FIELD_BOOLEAN,           /* FALSE */
  VICI_FIELD_UINT,              /* 0 */
  VICI_FIELD_UINT64,            /* 0 */
  VICI_FIELD_HEX,               /* 0 */
  VICI_FIELD_SECONDS,           /* -1 */
  VICI_FIELD_ENUM,              /* 0 */
  VICI_FIELD_RECORD,            /* NULL */
  VICI_FIELD_RECORDS,           /* none */
  VICI_FIELD_CUSTOM             /* NULL */
} ViciFieldKind;

/* A property, and the key of the message that it shows. */
typedef struct _ViciField
{
  const char     *property;
  const char     *key;                  /* with "." between the sections that lead to it */
  ViciFieldKind   kind;
  GType         (*get_type) (void);     /* of an enumeration, of records, of a custom value */
  const ViciWord *words;                /* of an enumeration */
  /* A custom value, or a string that the daemon does not say; else NULL. */
  gpointer      (*read) (ViciMessage *message);
} ViciField;

void                vici_record_class_install (ViciRecordClass *klass,
                                               const ViciField *fields,
                                               guint            n_fields);

/* @message is what is within the section of that name; NULL: it has none. */
gpointer            vici_record_new           (GType            type,
                                               const char      *name,
                                               ViciMessage     *message);

/* A record for each section of the message whose name starts so. */
void                vici_records_add          (GPtrArray       *records,
                                               GType            type,
                                               ViciMessage     *message,
                                               const char      *names);

/* Takes the records out of the array. */
GListModel         *vici_records_list         (GPtrArray       *records,
                                               GType            type);

/* The value of a field, by its number. What is returned belongs to the record. */
const char         *vici_record_get_string    (gpointer         self,
                                               guint            field);
const char * const *vici_record_get_strv      (gpointer         self,
                                               guint            field);
gpointer            vici_record_get_boxed     (gpointer         self,
                                               guint            field);
gpointer            vici_record_get_object    (gpointer         self,
                                               guint            field);
gboolean            vici_record_get_boolean   (gpointer         self,
                                               guint            field);
guint64             vici_record_get_uint64    (gpointer         self,
                                               guint            field);
gint64              vici_record_get_seconds   (gpointer         self,
                                               guint            field);
int                 vici_record_get_enum      (gpointer         self,
                                               guint            field);

G_END_DECLS
