/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tls-acceptor.h"

#include "vici-tls-handshake.h"

/* From when it is accepted. */
#define TIMEOUT_MS 10000

/* Those that are not in yet. Past this one that has not said a word goes first. */
#define UNFINISHED_MAX 256

/* Those that are shaking hands, each of which has a thread of GIO's, that ten can
 * have at a time; and those of them that come from one place. */
#define RUNNING_MAX 8
#define AKIN_MAX 4

struct _ViciTlsAcceptor
{
  ViciTlsTerms        terms;
  ViciTlsAcceptorFunc func;
  gpointer            user_data;

  GQueue              handshakes;       /* in the order in which they have come */
};

static guint
count_running (ViciTlsAcceptor  *self,
               ViciTlsHandshake *akin_to)
{
  guint running = 0;

  for (GList *l = self->handshakes.head; l != NULL; l = l->next)
    {
      if (vici_tls_handshake_get_state (l->data) == VICI_TLS_RUNNING &&
          (akin_to == NULL || vici_tls_handshake_is_akin (l->data, akin_to)))
        running++;
    }

  return running;
}

static ViciTlsHandshake *
find_next (ViciTlsAcceptor *self)
{
  if (count_running (self, NULL) >= RUNNING_MAX)
    return NULL;

  for (GList *l = self->handshakes.head; l != NULL; l = l->next)
    {
      if (vici_tls_handshake_get_state (l->data) == VICI_TLS_WAITING &&
          count_running (self, l->data) < AKIN_MAX)
        return l->data;
    }

  return NULL;
}

static void
run_next (ViciTlsAcceptor *self)
{
  ViciTlsHandshake *next;

  while ((next = find_next (self)) != NULL)
    vici_tls_handshake_run (next);
}

static void
on_waits (ViciTlsHandshake *handshake,
          gpointer          user_data)
{
  run_next (user_data);
}

static void
remove_handshake (ViciTlsAcceptor  *self,
                  ViciTlsHandshake *handshake)
{
  g_queue_remove (&self->handshakes, handshake);
  vici_tls_handshake_free (handshake);
}

static void
on_ended (ViciTlsHandshake *handshake,
          GTlsConnection   *tls,
          gpointer          user_data)
{
  ViciTlsAcceptor *self = user_data;

  remove_handshake (self, handshake);
  run_next (self);

  if (tls != NULL)
    self->func (tls, self->user_data);
}

static const ViciTlsHandshakeFuncs funcs = {
  .waits = on_waits,
  .ended = on_ended,
};

static ViciTlsHandshake *
find_silent (ViciTlsAcceptor *self)
{
  for (GList *l = self->handshakes.head; l != NULL; l = l->next)
    {
      if (vici_tls_handshake_get_state (l->data) == VICI_TLS_SILENT)
        return l->data;
    }

  return NULL;
}

void
vici_tls_acceptor_add (ViciTlsAcceptor   *self,
                       GSocketConnection *connection)
{
  ViciTlsHandshake *handshake =
    vici_tls_handshake_new (connection, &self->terms, TIMEOUT_MS, &funcs, self);

  if (self->handshakes.length == UNFINISHED_MAX)
    {
      ViciTlsHandshake *silent = find_silent (self);

      vici_tls_handshake_log (silent ? silent : handshake, "too many are not in yet");
      if (silent == NULL)
        {
          vici_tls_handshake_free (handshake);
          return;
        }

      remove_handshake (self, silent);
    }

  g_queue_push_tail (&self->handshakes, handshake);
}

ViciTlsAcceptor *
vici_tls_acceptor_new (GTlsCertificate       *certificate,
                       GTlsDatabase          *database,
                       GTlsAuthenticationMode clients,
                       ViciTlsAllowList      *allowed,
                       ViciTlsAcceptorFunc    func,
                       gpointer               user_data)
{
  ViciTlsAcceptor *self = g_new0 (ViciTlsAcceptor, 1);

  self->terms.certificate = g_object_ref (certificate);
  self->terms.database = database ? g_object_ref (database) : NULL;
  self->terms.clients = clients;
  self->terms.allowed = allowed;
  self->func = func;
  self->user_data = user_data;
  g_queue_init (&self->handshakes);

  return self;
}

void
vici_tls_acceptor_free (ViciTlsAcceptor *self)
{
  g_queue_clear_full (&self->handshakes, (GDestroyNotify) vici_tls_handshake_free);
  g_object_unref (self->terms.certificate);
  g_clear_object (&self->terms.database);
  g_free (self);
}
