/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-builder.h"
#include "vici-command-info.h"
#include "vici-settings.h"
#include "vici-word.h"

G_BEGIN_DECLS

/* What a command's functions return. */
typedef enum
{
  VICI_RETURNS_BOOLEAN,
  VICI_RETURNS_STRING,
  VICI_RETURNS_NAMES,
  VICI_RETURNS_COUNT,
  VICI_RETURNS_RECORD,
  VICI_RETURNS_LIST
} ViciReturns;

/* Where a list comes from. */
typedef enum
{
  VICI_LIST_FROM_NONE,
  VICI_LIST_FROM_EVENTS,        /* the sections of each event */
  VICI_LIST_FROM_EVENT,         /* each event */
  VICI_LIST_FROM_SECTIONS,      /* the sections of the reply */
  VICI_LIST_FROM_SECTION,       /* those in one section of it */
  VICI_LIST_FROM_NAMES,         /* the items of one list of it */
  VICI_LIST_FROM_CUSTOM
} ViciListSource;

/* How a command is called, and its reply understood. */
typedef struct
{
  const char    *name;
  ViciReturns    returns;
  const char    *key;           /* of the reply, for what is returned */
  GType        (*get_type) (void); /* of the record, or of those in the list */
  ViciListSource from;
  GListModel  *(*read) (ViciMessage *reply); /* for a custom list */
  const char    *needs_one_of[5]; /* keys; ended by NULL */
} ViciDaemonCommand;

/* A request that is being made, on the stack; vici_request_end() clears it. The
 * first mistake sticks. */
typedef struct
{
  const ViciDaemonCommand *command;
  const ViciCommandInfo   *info;
  ViciBuilder             *builder;
  gboolean                 has_needed; /* one of those that the command needs */
  GError                  *error;
} ViciRequest;

void         vici_request_init        (ViciRequest             *self,
                                       const ViciDaemonCommand *command);

/* NULL leaves the argument away. */
void         vici_request_add_string  (ViciRequest             *self,
                                       const char              *key,
                                       const char              *value);
void         vici_request_add_bytes   (ViciRequest             *self,
                                       const char              *key,
                                       GBytes                  *value);
void         vici_request_add_int     (ViciRequest             *self,
                                       const char              *key,
                                       int                      value);
void         vici_request_add_word    (ViciRequest             *self,
                                       const char              *key,
                                       const ViciWord          *words,
                                       int                      value);
void         vici_request_add_section (ViciRequest             *self,
                                       ViciSettings            *settings);
void         vici_request_add_options (ViciRequest             *self,
                                       ViciSettings            *options);

ViciMessage *vici_request_end         (ViciRequest             *self,
                                       GError                 **error);

G_END_DECLS
