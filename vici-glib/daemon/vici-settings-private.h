/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "vici-builder.h"
#include "vici-command-info.h"
#include "vici-settings.h"
#include "vici-word.h"

G_BEGIN_DECLS

/* The type of a property. What its text must be is said by the key's ViciKeyInfo. */
typedef enum
{
  VICI_SETTING_STRING,
  VICI_SETTING_STRINGS,
  VICI_SETTING_BOOLEAN,
  VICI_SETTING_INT,
  VICI_SETTING_UINT,
  VICI_SETTING_UINT64,
  VICI_SETTING_ENUM,
  VICI_SETTING_BLOB,
  VICI_SETTING_BLOBS,           /* a GVariant: aay */
  VICI_SETTING_SECTIONS         /* a GListStore of other settings */
} ViciSettingKind;

typedef struct _ViciSettingsField
{
  const char     *property;
  const char     *key;
  ViciSettingKind kind;
  GType         (*get_type) (void);     /* of an enumeration, of the sections' settings */
  const ViciWord *words;                /* of an enumeration */
  gboolean        local;                /* not written with the rest */
  gboolean        secret;               /* wiped when it goes */
} ViciSettingsField;

void                vici_settings_class_install (ViciSettingsClass       *klass,
                                                 const ViciSettingsField *fields,
                                                 guint                    n_fields,
                                                 const ViciKeyInfo       *section,
                                                 gboolean                 named);

/* Writes what is set, without a section around it. @path leads to it, for the errors. */
gboolean            vici_settings_write         (ViciSettings            *self,
                                                 ViciBuilder             *builder,
                                                 const char              *path,
                                                 GError                 **error);

/* Writes what is set, as a section of its name. */
gboolean            vici_settings_write_named   (ViciSettings            *self,
                                                 ViciBuilder             *builder,
                                                 GError                 **error);

/* NULL: it is not set. */
const GValue       *vici_settings_peek          (gpointer                 self,
                                                 guint                    field);
/* One that holds NULL unsets it. */
void                vici_settings_set           (gpointer                 self,
                                                 guint                    field,
                                                 const GValue            *value);
gboolean            vici_settings_has           (gpointer                 self,
                                                 guint                    field);
/* Whether there is a value for a key, by its property or added as an extra one. */
gboolean            vici_settings_has_key       (gpointer                 self,
                                                 const char              *key);
/* key -> GVariant */
GTree              *vici_settings_get_extra     (ViciSettings            *self);

/* The value of a field, by its number. What is returned belongs to the settings. */
const char         *vici_settings_get_string    (gpointer                 self,
                                                 guint                    field);
const char * const *vici_settings_get_strv      (gpointer                 self,
                                                 guint                    field);
gboolean            vici_settings_get_boolean   (gpointer                 self,
                                                 guint                    field);
int                 vici_settings_get_int       (gpointer                 self,
                                                 guint                    field);
guint               vici_settings_get_uint      (gpointer                 self,
                                                 guint                    field);
guint64             vici_settings_get_uint64    (gpointer                 self,
                                                 guint                    field);
int                 vici_settings_get_enum      (gpointer                 self,
                                                 guint                    field);
GBytes             *vici_settings_get_bytes     (gpointer                 self,
                                                 guint                    field);
GVariant           *vici_settings_get_variant   (gpointer                 self,
                                                 guint                    field);
GListModel         *vici_settings_get_list      (gpointer                 self,
                                                 guint                    field);

/* NULL unsets it. */
void                vici_settings_set_string    (gpointer                 self,
                                                 guint                    field,
                                                 const char              *value);
void                vici_settings_set_strv      (gpointer                 self,
                                                 guint                    field,
                                                 const char * const      *value);
void                vici_settings_set_boolean   (gpointer                 self,
                                                 guint                    field,
                                                 gboolean                 value);
void                vici_settings_set_int       (gpointer                 self,
                                                 guint                    field,
                                                 int                      value);
void                vici_settings_set_uint      (gpointer                 self,
                                                 guint                    field,
                                                 guint                    value);
void                vici_settings_set_uint64    (gpointer                 self,
                                                 guint                    field,
                                                 guint64                  value);
void                vici_settings_set_enum      (gpointer                 self,
                                                 guint                    field,
                                                 int                      value);
void                vici_settings_set_bytes     (gpointer                 self,
                                                 guint                    field,
                                                 GBytes                  *value);
void                vici_settings_set_variant   (gpointer                 self,
                                                 guint                    field,
                                                 GVariant                *value);

void                vici_settings_add_section   (gpointer                 self,
                                                 guint                    field,
                                                 gpointer                 settings);
void                vici_settings_add_blob      (gpointer                 self,
                                                 guint                    field,
                                                 GBytes                  *blob);

G_END_DECLS
