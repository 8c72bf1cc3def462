/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-request.h"

#include "vici-config-checks.h"
#include "vici-error.h"
#include "vici-i18n.h"
#include "vici-setting-writer.h"
#include "vici-settings-private.h"

void
vici_request_init (ViciRequest             *self,
                   const ViciDaemonCommand *command)
{
  self->command = command;
  self->info = vici_command_info_lookup (command->name);
  self->builder = vici_builder_new ();
  self->has_needed = command->needs_one_of[0] == NULL;
  self->error = NULL;

  vici_builder_set_sensitive (self->builder, vici_command_info_is_secret (self->info));
}

static const ViciKeyInfo *
get_key (ViciRequest *self,
         const char  *key)
{
  return vici_key_info_lookup_key (vici_command_info_get_arguments (self->info), key);
}

/* The values of arguments are written as those of options are. */
static ViciSettingWriter
get_writer (ViciRequest *self)
{
  return (ViciSettingWriter) { NULL, self->builder, "" };
}

/* What is wrong within a section begins with the name of that, and with an argument with
 * that of the command. */
static void
blame_command (ViciRequest *self)
{
  if (self->error != NULL)
    g_prefix_error (&self->error, "%s: ", self->command->name);
}

void
vici_request_add_string (ViciRequest *self,
                         const char  *key,
                         const char  *value)
{
  const ViciSettingWriter writer = get_writer (self);

  if (value == NULL || self->error != NULL)
    return;

  self->has_needed |= g_strv_contains (self->command->needs_one_of, key);
  vici_setting_writer_add_text (&writer, get_key (self, key), key, value, &self->error);
  blame_command (self);
}

void
vici_request_add_bytes (ViciRequest *self,
                        const char  *key,
                        GBytes      *value)
{
  const ViciSettingWriter writer = get_writer (self);

  if (value == NULL || self->error != NULL)
    return;

  if (vici_request_check_bytes (self->command->name, key, value, &self->error))
    vici_setting_writer_add_blob (&writer, key, value, &self->error);
  blame_command (self);
}

void
vici_request_add_int (ViciRequest *self,
                      const char  *key,
                      int          value)
{
  vici_builder_add_int64 (self->builder, key, value);
}

/* "Unknown" is a word that is read, and none to be sent. */
void
vici_request_add_word (ViciRequest    *self,
                       const char     *key,
                       const ViciWord *words,
                       int             value)
{
  const ViciSettingWriter writer = get_writer (self);
  const char *word = vici_word_get_text (words, value);

  if (self->error != NULL)
    return;

  if (word != NULL)
    vici_builder_add_string (self->builder, key, word);
  else if ((vici_key_info_get_flags (get_key (self, key)) & VICI_KEY_REQUIRED) != 0)
    vici_setting_writer_fail (&writer, key, &self->error, _("it is missing"));
  blame_command (self);
}

void
vici_request_add_section (ViciRequest  *self,
                          ViciSettings *settings)
{
  if (self->error == NULL)
    vici_settings_write_named (settings, self->builder, &self->error);
}

void
vici_request_add_options (ViciRequest  *self,
                          ViciSettings *options)
{
  for (const char * const *key = self->command->needs_one_of; *key != NULL; key++)
    self->has_needed |= vici_settings_has_key (options, *key);

  if (self->error != NULL)
    return;

  vici_settings_write (options, self->builder, "", &self->error);
  blame_command (self);
}

/* The daemon says it too, but not which they are. */
static void
check_needed (ViciRequest *self)
{
  g_autofree char *keys = NULL;

  if (self->has_needed || self->error != NULL)
    return;

  keys = g_strjoinv (", ", (GStrv) self->command->needs_one_of);
  g_set_error (&self->error, VICI_ERROR, VICI_ERROR_INVALID,
               /* Translators: the name of a command, and those of arguments. */
               _("%s: one of these has to be given: %s"), self->command->name, keys);
}

ViciMessage *
vici_request_end (ViciRequest *self,
                  GError     **error)
{
  g_autoptr (ViciBuilder) builder = g_steal_pointer (&self->builder);

  check_needed (self);

  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }

  return vici_builder_end (builder, error);
}
