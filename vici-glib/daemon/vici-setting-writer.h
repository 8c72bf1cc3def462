/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-builder.h"
#include "vici-settings.h"

G_BEGIN_DECLS

/* Writes the values of settings, on the stack. Errors name the path of the key. */
typedef struct
{
  ViciSettings *settings;
  ViciBuilder  *builder;
  const char   *path;           /* of the section that is written; empty: the request itself */
} ViciSettingWriter;

/* "home" and "mode" are home.mode */
char    *vici_setting_path             (const char *path,
                                        const char *key);
/* A name as errors show it: in any script, or else as it is sent. */
char    *vici_setting_show_name        (const char *name);
/* The name of the settings as it is sent. @path leads to where that is, for the
 * error of one that cannot be sent. */
char    *vici_setting_name_to_wire     (ViciSettings *settings,
                                        const char   *path,
                                        GError      **error);

/* Sets the error, and returns FALSE. */
gboolean vici_setting_writer_fail      (const ViciSettingWriter *self,
                                        const char              *key,
                                        GError                 **error,
                                        const char              *format,
                                        ...) G_GNUC_PRINTF (4, 5);

gboolean vici_setting_writer_add_text  (const ViciSettingWriter *self,
                                        const ViciKeyInfo       *info,
                                        const char              *key,
                                        const char              *text,
                                        GError                 **error);
gboolean vici_setting_writer_add_list  (const ViciSettingWriter *self,
                                        const ViciKeyInfo       *info,
                                        const char              *key,
                                        const char * const      *items,
                                        GError                 **error);
gboolean vici_setting_writer_add_blob  (const ViciSettingWriter *self,
                                        const char              *key,
                                        GBytes                  *blob,
                                        GError                 **error);
/* @blobs: aay */
gboolean vici_setting_writer_add_blobs (const ViciSettingWriter *self,
                                        const char              *key,
                                        GVariant                *blobs,
                                        GError                 **error);

G_END_DECLS
