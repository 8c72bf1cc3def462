/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-proxy-users.h"

#include <glib/gi18n.h>

#include "gvici-proxy-log.h"

/* How many lines are logged at once, and how many more for each second. */
#define LINES_AT_ONCE 200
#define LINES_PER_SECOND 10

struct _GviciProxyUsers
{
  GHashTable *users;            /* name: GviciProxyUser */
  guint       clock;            /* source; 0: there is nothing that time changes */
};

struct _GviciProxyUser
{
  GviciProxyUsers *users;
  char            *name;
  guint            clients;
  guint            lines;       /* that may be logged */
  guint            left_out;    /* lines, of which nothing was said */
};

static void
tell_left_out (GviciProxyUser *self)
{
  if (self->left_out > 0)
    gvici_proxy_log (self->name, _("%u more lines about its clients were left out"), self->left_out);
  self->left_out = 0;
}

static void
user_free (GviciProxyUser *self)
{
  tell_left_out (self);
  g_free (self->name);
  g_free (self);
}

GviciProxyUsers *
gvici_proxy_users_new (void)
{
  GviciProxyUsers *self = g_new0 (GviciProxyUsers, 1);

  self->users = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) user_free);

  return self;
}

void
gvici_proxy_users_free (GviciProxyUsers *self)
{
  g_clear_handle_id (&self->clock, g_source_remove);
  g_hash_table_unref (self->users);
  g_free (self);
}

static gboolean
on_second (gpointer user_data)
{
  GviciProxyUsers *self = user_data;
  gboolean goes_on = FALSE;
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->users);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      GviciProxyUser *user = value;

      tell_left_out (user);
      user->lines = MIN (user->lines + LINES_PER_SECOND, LINES_AT_ONCE);
      if (user->lines < LINES_AT_ONCE)
        goes_on = TRUE;
      else if (user->clients == 0)
        g_hash_table_iter_remove (&iter);
    }

  if (!goes_on)
    self->clock = 0;

  return goes_on;
}

static void
start_clock (GviciProxyUsers *self)
{
  if (self->clock == 0)
    self->clock = g_timeout_add_seconds (1, on_second, self);
}

GviciProxyUser *
gvici_proxy_users_find (GviciProxyUsers *self,
                        const char      *name)
{
  GviciProxyUser *user = g_hash_table_lookup (self->users, name);

  if (user == NULL)
    {
      user = g_new0 (GviciProxyUser, 1);
      user->users = self;
      user->name = g_strdup (name);
      user->lines = LINES_AT_ONCE;
      g_hash_table_insert (self->users, user->name, user);
      start_clock (self);
    }

  return user;
}

void
gvici_proxy_user_add_client (GviciProxyUser *self)
{
  self->clients++;
}

void
gvici_proxy_user_remove_client (GviciProxyUser *self)
{
  self->clients--;
  start_clock (self->users);
}

guint
gvici_proxy_user_get_clients (GviciProxyUser *self)
{
  return self->clients;
}

void
gvici_proxy_user_log (GviciProxyUser *self,
                      const char     *name,
                      const char     *format,
                      ...)
{
  va_list args;

  start_clock (self->users);
  if (self->lines == 0)
    {
      self->left_out++;
      return;
    }

  self->lines--;
  va_start (args, format);
  gvici_proxy_log_valist (name, format, args);
  va_end (args);
}
