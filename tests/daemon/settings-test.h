/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-settings-private.h"
#include "vici-configs.h"
#include "vici-options.h"

G_BEGIN_DECLS

/* What the tests of settings share: values for every property of every class, after
 * the table of their fields. */

#define SETTINGS_TEST_NAME "höme"
#define SETTINGS_TEST_BYTES "\0\xff"
/* The largest number that charon does not cut. */
#define SETTINGS_TEST_LARGEST G_GUINT64_CONSTANT (999999999999999)

/* All classes of settings, ended by G_TYPE_INVALID. */
GType        *settings_test_types     (void);

/* Settings of that class, with a name if they need one. */
gpointer      settings_test_new       (GType                    type);
/* Sets what else has to be set beside a field. */
void          settings_test_complete  (gpointer                 settings,
                                       const ViciSettingsField *field);

const ViciKeyInfo *settings_test_get_info (gpointer                 settings,
                                           const ViciSettingsField *field);

/* A value that is valid, and one that is not. FALSE: every value is valid, or none
 * can be set. */
void          settings_test_get_valid   (gpointer                 settings,
                                         const ViciSettingsField *field,
                                         GValue                  *value);
gboolean      settings_test_get_invalid (gpointer                 settings,
                                         const ViciSettingsField *field,
                                         GValue                  *value);
/* The text that the valid one is on the wire. */
char         *settings_test_get_wire    (gpointer                 settings,
                                         const ViciSettingsField *field);

/* Settings that hold the given ones as a connection would, and the path to those. */
ViciSettings *settings_test_wrap        (ViciSettings            *settings,
                                         const char             **path);

/* The function of the settings' class of that name, such as "get_mode". */
gpointer      settings_test_get_function (gpointer    settings,
                                          const char *verb,
                                          const char *property);

G_END_DECLS
