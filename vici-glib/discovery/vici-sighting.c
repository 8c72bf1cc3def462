/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-sighting.h"

#include <string.h>

#include "vici-place.h"

/* Of a label, and of a domain name, each of whose bytes may be written as “\ddd”. */
#define MAX_NAME 63
#define MAX_DOMAIN (4 * 255)

static gboolean
is_within (const char *text,
           gsize       max)
{
  return *text != '\0' && strlen (text) <= max;
}

static ViciSighting *
create (int         interface,
        int         protocol,
        const char *name,
        const char *domain)
{
  ViciSighting *self = g_new0 (ViciSighting, 1);

  self->interface = interface;
  self->protocol = protocol;
  self->name = g_strdup (name);
  self->domain = g_strdup (domain);
  self->pending = TRUE;

  return self;
}

ViciSighting *
vici_sighting_new (GVariant *arguments)
{
  const char *name, *domain;
  int interface, protocol;

  if (!g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(iisssu)")))
    return NULL;

  g_variant_get (arguments, "(ii&ss&su)", &interface, &protocol, &name, NULL, &domain, NULL);
  if (!is_within (name, MAX_NAME) || !is_within (domain, MAX_DOMAIN))
    return NULL;

  return create (interface, protocol, name, domain);
}

ViciSighting *
vici_sighting_copy (ViciSighting *self)
{
  return create (self->interface, self->protocol, self->name, self->domain);
}

static void
forget_answer (ViciSighting *self)
{
  g_clear_pointer (&self->uri, g_free);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->address, g_free);
}

void
vici_sighting_free (ViciSighting *self)
{
  forget_answer (self);
  g_free (self->resolver);
  g_free (self->name);
  g_free (self->domain);
  g_free (self);
}

void
vici_sighting_resolve (ViciSighting *self,
                       GVariant     *arguments)
{
  g_auto (ViciPlace) place = { NULL };
  g_autoptr (GVariant) txt = NULL;
  const char *host, *address;
  guint16 port;
  int interface;

  self->pending = FALSE;
  forget_answer (self);

  if (arguments == NULL || !g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(iissssisqaayu)")))
    return;

  g_variant_get (arguments, "(iisss&si&sq@aayu)", &interface, NULL, NULL, NULL, NULL, &host, NULL,
                 &address, &port, &txt, NULL);
  if (!is_within (host, MAX_DOMAIN) ||
      !vici_place_init (&place, vici_place_find_scheme (txt), address, interface, port))
    return;

  self->uri = vici_place_dup_uri (&place, host);
  self->host = g_strdup (host);
  self->address = vici_place_dup_address (&place);
  self->rank = vici_place_rank (&place);
}

/* -- Arrays of them -- */

/* By the name that people see. */
static gboolean
is_service (const ViciSighting *self,
            const char         *name,
            const char         *domain)
{
  return g_str_equal (self->name, name) && g_str_equal (self->domain, domain);
}

ViciSighting *
vici_sightings_find (GPtrArray          *self,
                     const ViciSighting *wanted)
{
  for (guint i = 0; i < self->len; i++)
    {
      ViciSighting *sighting = self->pdata[i];

      if (sighting->interface == wanted->interface && sighting->protocol == wanted->protocol &&
          is_service (sighting, wanted->name, wanted->domain))
        return sighting;
    }

  return NULL;
}

ViciSighting *
vici_sightings_find_resolver (GPtrArray  *self,
                              const char *resolver)
{
  for (guint i = 0; i < self->len; i++)
    {
      ViciSighting *sighting = self->pdata[i];

      if (g_strcmp0 (sighting->resolver, resolver) == 0)
        return sighting;
    }

  return NULL;
}

ViciSighting *
vici_sightings_find_best (GPtrArray  *self,
                          const char *name,
                          const char *domain)
{
  ViciSighting *best = NULL;

  for (guint i = 0; i < self->len; i++)
    {
      ViciSighting *sighting = self->pdata[i];

      if (sighting->uri != NULL && is_service (sighting, name, domain) &&
          (best == NULL || sighting->rank < best->rank))
        best = sighting;
    }

  return best;
}

gboolean
vici_sightings_have_pending (GPtrArray *self)
{
  for (guint i = 0; i < self->len; i++)
    if (((ViciSighting *) self->pdata[i])->pending)
      return TRUE;

  return FALSE;
}
