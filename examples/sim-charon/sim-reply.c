/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-reply.h"

ViciMessage *
sim_end (ViciBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_builder_end (builder, &error);

  if (message == NULL)
    {
      g_printerr ("sim-charon: %s\n", error->message);
      message = g_object_new (VICI_TYPE_MESSAGE, NULL);
    }

  return message;
}

void
sim_return (ViciInvocation *invocation,
            ViciBuilder    *builder)
{
  g_autoptr (ViciMessage) message = sim_end (builder);

  vici_invocation_return_message (invocation, message);
}

void
sim_stream (ViciInvocation *invocation,
            const char     *event,
            ViciBuilder    *builder)
{
  g_autoptr (ViciMessage) message = sim_end (builder);

  vici_invocation_send_event (invocation, event, message);
}

void
sim_fail (ViciInvocation *invocation,
          const char     *format,
          ...)
{
  g_autofree char *errmsg = NULL;
  va_list args;

  va_start (args, format);
  errmsg = g_strdup_vprintf (format, args);
  va_end (args);

  vici_invocation_return_failure (invocation, errmsg);
}

void
sim_finish (ViciInvocation *invocation,
            char           *errmsg)
{
  g_autofree char *owned = errmsg;

  if (owned != NULL)
    vici_invocation_return_failure (invocation, owned);
  else
    vici_invocation_return_success (invocation);
}

char *
sim_request (ViciInvocation *invocation,
             const char     *name)
{
  char *text = vici_message_lookup_string (vici_invocation_get_request (invocation), name);

  if (text != NULL && *text == '\0')
    g_clear_pointer (&text, g_free);

  return text;
}

GBytes *
sim_request_data (ViciInvocation *invocation)
{
  GBytes *data = vici_message_lookup_bytes (vici_invocation_get_request (invocation), "data");

  if (data != NULL && g_bytes_get_size (data) == 0)
    g_clear_pointer (&data, g_bytes_unref);

  return data;
}

int
sim_find_word (const char * const *words,
               const char         *word)
{
  for (int i = 0; words[i] != NULL; i++)
    if (g_ascii_strcasecmp (words[i], word) == 0)
      return i;

  return -1;
}

void
sim_load_each (ViciInvocation *invocation,
               SimLoadFunc     func,
               gpointer        data)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_auto (GStrv) names = vici_message_get_names (request);
  char *errmsg = NULL;

  for (gsize i = 0; names[i] != NULL && errmsg == NULL; i++)
    {
      g_autoptr (ViciMessage) section = vici_message_lookup_section (request, names[i]);

      if (section == NULL)
        continue;
      if (g_str_is_ascii (names[i]))
        errmsg = func (data, names[i], section);
      else
        errmsg = g_strdup ("parsing request failed");
    }

  sim_finish (invocation, errmsg);
}

void
sim_add_list (ViciBuilder        *builder,
              const char         *name,
              const char * const *items)
{
  static const char * const none[] = { NULL };

  vici_builder_add_strv (builder, name, items != NULL ? items : none);
}

void
sim_add_flag (ViciBuilder *builder,
              const char  *name,
              gboolean     set)
{
  if (set)
    vici_builder_add_string (builder, name, "yes");
}

void
sim_add_text (ViciBuilder *builder,
              const char  *name,
              const char  *text)
{
  if (text != NULL)
    vici_builder_add_string (builder, name, text);
}
