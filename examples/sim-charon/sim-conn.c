/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-conn.h"

#include <string.h>

#include "sim-cert.h"
#include "sim-selector.h"
#include "sim-value.h"

#define IKE_REKEY_TIME (4 * 60 * 60)
#define CHILD_REKEY_TIME (60 * 60)

SimConn *
sim_conn_new (const char  *name,
              ViciMessage *config)
{
  SimConn *self = g_rc_box_new0 (SimConn);

  self->name = g_strdup (name);
  self->config = g_object_ref (config);

  return self;
}

SimConn *
sim_conn_ref (SimConn *self)
{
  return g_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  SimConn *self = data;

  g_free (self->name);
  g_object_unref (self->config);
}

void
sim_conn_unref (SimConn *self)
{
  g_rc_box_release_full (self, clear);
}

/* A time of a section; FALSE where it has none. */
static gboolean
lookup_time (ViciMessage *section,
             const char  *key,
             guint64     *seconds)
{
  g_autofree char *text = vici_message_lookup_string (section, key);

  return text != NULL && sim_parse_time (text, seconds);
}

guint64
sim_conn_get_rekey_time (SimConn *self)
{
  guint64 seconds = 0;

  if (!lookup_time (self->config, "rekey_time", &seconds) &&
      !lookup_time (self->config, "reauth_time", &seconds))
    return IKE_REKEY_TIME;

  return lookup_time (self->config, "rekey_time", &seconds) ? seconds : 0;
}

char *
sim_conn_get_address (SimConn    *self,
                      const char *key)
{
  g_auto (GStrv) addresses = vici_message_lookup_strv (self->config, key);

  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    if (!g_str_has_prefix (addresses[i], "%") && strchr (addresses[i], '/') == NULL)
      return g_strdup (addresses[i]);

  return NULL;
}

/* -- Rounds -- */

static int
compare_rounds (gconstpointer a,
                gconstpointer b)
{
  ViciMessage *first = *(ViciMessage **) a;
  ViciMessage *second = *(ViciMessage **) b;

  return (int) (vici_message_lookup_int64 (first, "round", 0) -
                vici_message_lookup_int64 (second, "round", 0));
}

GPtrArray *
sim_conn_get_rounds (SimConn    *self,
                     const char *side)
{
  g_autoptr (GPtrArray) rounds = g_ptr_array_new_with_free_func (g_object_unref);
  g_auto (GStrv) names = vici_message_get_names (self->config);

  for (gsize i = 0; names[i] != NULL; i++)
    {
      ViciMessage *section = vici_message_lookup_section (self->config, names[i]);

      if (section != NULL && g_str_has_prefix (names[i], side))
        g_ptr_array_add (rounds, section);
      else
        g_clear_object (&section);
    }

  /* There always is one. */
  if (rounds->len == 0)
    g_ptr_array_add (rounds, g_object_new (VICI_TYPE_MESSAGE, NULL));
  g_ptr_array_sort (rounds, compare_rounds);

  return g_steal_pointer (&rounds);
}

char *
sim_conn_get_id (SimConn    *self,
                 const char *side,
                 const char *address)
{
  g_autoptr (GPtrArray) rounds = sim_conn_get_rounds (self, side);
  char *id = sim_round_get_id (rounds->pdata[0]);

  return id != NULL ? id : g_strdup (address);
}

const char *
sim_round_get_class (ViciMessage *round)
{
  g_autofree char *auth = vici_message_lookup_string (round, "auth");

  if (auth == NULL)
    return NULL;
  if (g_str_equal (auth, "psk"))
    return "pre-shared key";
  if (g_str_has_prefix (auth, "xauth"))
    return "XAuth";
  if (g_str_has_prefix (auth, "eap"))
    return "EAP";

  return "public key";
}

/* -- Children -- */

GStrv
sim_conn_get_child_names (SimConn *self)
{
  g_autoptr (ViciMessage) children = vici_message_lookup_section (self->config, "children");
  g_auto (GStrv) names = children != NULL ? vici_message_get_names (children) : g_new0 (char *, 1);
  g_autoptr (GStrvBuilder) sections = g_strv_builder_new ();

  for (gsize i = 0; names[i] != NULL; i++)
    {
      g_autoptr (ViciMessage) child = vici_message_lookup_section (children, names[i]);

      if (child != NULL)
        g_strv_builder_add (sections, names[i]);
    }

  return g_strv_builder_end (sections);
}

ViciMessage *
sim_conn_get_child (SimConn    *self,
                    const char *name)
{
  g_autoptr (ViciMessage) children = vici_message_lookup_section (self->config, "children");

  return children != NULL ? vici_message_lookup_section (children, name) : NULL;
}

guint64
sim_child_get_rekey_time (ViciMessage *child)
{
  guint64 seconds;

  return lookup_time (child, "rekey_time", &seconds) ? seconds : CHILD_REKEY_TIME;
}

guint64
sim_child_get_life_time (ViciMessage *child)
{
  guint64 seconds;

  if (lookup_time (child, "life_time", &seconds))
    return seconds;

  return sim_child_get_rekey_time (child) * 11 / 10;
}

const char *
sim_child_get_mode (ViciMessage *child)
{
  g_autofree char *mode = vici_message_lookup_string (child, "mode");

  return mode != NULL ? sim_parse_mode (mode) : "TUNNEL";
}

GStrv
sim_child_get_selectors (ViciMessage *child,
                         const char  *key,
                         const char  *dynamic)
{
  g_auto (GStrv) given = vici_message_lookup_strv (child, key);
  g_autoptr (GStrvBuilder) selectors = g_strv_builder_new ();

  for (gsize i = 0; given != NULL && given[i] != NULL; i++)
    {
      g_autoptr (GString) text = NULL;
      g_autofree char *selector = sim_parse_selector (given[i]);

      text = g_string_new (selector);
      if (dynamic != NULL && g_str_has_prefix (selector, "dynamic"))
        g_string_replace (text, "dynamic", dynamic, 1);
      g_strv_builder_add (selectors, text->str);
    }
  if (given == NULL || given[0] == NULL)
    g_strv_builder_add (selectors, dynamic != NULL ? dynamic : "dynamic");

  return g_strv_builder_end (selectors);
}

gboolean
sim_child_has_action (ViciMessage *child,
                      const char  *key,
                      const char  *action)
{
  g_autofree char *text = vici_message_lookup_string (child, key);

  return text != NULL && sim_action_has (text, action);
}
