/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif

#include <glib-object.h>

#include "vici-message.h"
#include "vici-version.h"

G_BEGIN_DECLS

typedef enum
{
  VICI_ELEMENT_SECTION_START = 1,
  VICI_ELEMENT_SECTION_END = 2,
  VICI_ELEMENT_KEY_VALUE = 3,
  VICI_ELEMENT_LIST_START = 4,
  VICI_ELEMENT_LIST_ITEM = 5,
  VICI_ELEMENT_LIST_END = 6
} ViciElement;

#define VICI_TYPE_MESSAGE_ITER (vici_message_iter_get_type ())

typedef struct _ViciMessageIter ViciMessageIter;

struct _ViciMessageIter
{
  /*< private >*/
  gpointer dummy1;
  gpointer dummy2;
  gpointer dummy3;
  gpointer dummy4;
  gpointer dummy5;
  gpointer dummy6;
  gpointer dummy7;
  guint    dummy8;
  guint    dummy9;
  guint    dummy10;
  char     dummy11[256];
};

VICI_AVAILABLE_IN_1_0
GType vici_message_iter_get_type (void) G_GNUC_CONST;

VICI_AVAILABLE_IN_1_0
ViciMessageIter *vici_message_iter_new (ViciMessage *message);
VICI_AVAILABLE_IN_1_0
void vici_message_iter_init (ViciMessageIter *iter,
                             ViciMessage     *message);
VICI_AVAILABLE_IN_1_0
ViciMessageIter *vici_message_iter_copy (const ViciMessageIter *iter);
VICI_AVAILABLE_IN_1_0
void vici_message_iter_free (ViciMessageIter *iter);

VICI_AVAILABLE_IN_1_0
gboolean vici_message_iter_next (ViciMessageIter *iter);
VICI_AVAILABLE_IN_1_0
void vici_message_iter_skip (ViciMessageIter *iter);

VICI_AVAILABLE_IN_1_0
ViciElement vici_message_iter_get_element (const ViciMessageIter *iter);
VICI_AVAILABLE_IN_1_0
guint vici_message_iter_get_depth (const ViciMessageIter *iter);
VICI_AVAILABLE_IN_1_0
const char *vici_message_iter_get_name (ViciMessageIter *iter);
VICI_AVAILABLE_IN_1_0
gboolean vici_message_iter_name_equals (const ViciMessageIter *iter,
                                        const char            *name);
VICI_AVAILABLE_IN_1_0
const guint8 *vici_message_iter_get_data (const ViciMessageIter *iter,
                                          gsize                 *length);
VICI_AVAILABLE_IN_1_0
char *vici_message_iter_dup_string (const ViciMessageIter *iter);
VICI_AVAILABLE_IN_1_0
GBytes *vici_message_iter_dup_bytes (const ViciMessageIter *iter);
VICI_AVAILABLE_IN_1_0
ViciMessage *vici_message_iter_dup_section (const ViciMessageIter *iter);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ViciMessageIter, vici_message_iter_free)

G_END_DECLS
