/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-schema.h"

static const SimOption *
find_option (const SimOption *options,
             const char      *name)
{
  for (; options->name != NULL; options++)
    if (g_str_equal (options->name, name))
      return options;

  return NULL;
}

static char *
check_value (const SimSchema *schema,
             const SimOption *options,
             const char      *name,
             ViciMessageIter *iter)
{
  const SimOption *option = find_option (options, name);
  g_autoptr (GBytes) value = vici_message_iter_dup_bytes (iter);

  if (option == NULL)
    return g_strdup_printf ("unknown option: %s, %s discarded", name, schema->what);
  if (!option->check (value))
    return g_strdup_printf ("invalid value for: %s, %s discarded", name, schema->what);

  return NULL;
}

static char *
check_section (const SimSchema *schema,
               const char      *name,
               ViciMessage     *parent)
{
  g_autoptr (ViciMessage) section = vici_message_lookup_section (parent, name);

  if (schema->check_section == NULL || section == NULL)
    return NULL;

  return schema->check_section (name, section);
}

char *
sim_schema_check (const SimSchema *schema,
                  ViciMessage     *section)
{
  g_autofree char *list = NULL;
  char *errmsg = NULL;
  ViciMessageIter iter;

  vici_message_iter_init (&iter, section);
  while (errmsg == NULL && vici_message_iter_next (&iter))
    {
      switch (vici_message_iter_get_element (&iter))
        {
        case VICI_ELEMENT_SECTION_START:
          errmsg = check_section (schema, vici_message_iter_get_name (&iter), section);
          vici_message_iter_skip (&iter);
          break;

        case VICI_ELEMENT_KEY_VALUE:
          errmsg = check_value (schema, schema->values, vici_message_iter_get_name (&iter), &iter);
          break;

        case VICI_ELEMENT_LIST_START:
          g_free (list);
          list = g_strdup (vici_message_iter_get_name (&iter));
          break;

        case VICI_ELEMENT_LIST_ITEM:
          errmsg = check_value (schema, schema->lists, list, &iter);
          break;

        case VICI_ELEMENT_SECTION_END:
        case VICI_ELEMENT_LIST_END:
        default:
          break;
        }
    }

  return errmsg;
}
