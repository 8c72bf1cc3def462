/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-tls-acceptor.h"

#include "vici-tls-handshake.h"

/* From when it is accepted; and from when its turn has come. */
#define TIMEOUT_MS 10000
#define RUNNING_MS 3000

/* Those that are not in yet, and those of them that come from one network. */
#define UNFINISHED_MAX 256
#define AKIN_UNFINISHED_MAX 32

/* Those that are shaking hands, each of which has a thread of GIO's, that ten can
 * have at a time; and those of them that come from one network. */
#define RUNNING_MAX 8
#define AKIN_RUNNING_MAX 2

struct _ViciTlsAcceptor
{
  ViciTlsTerms        terms;
  ViciTlsAcceptorFunc func;
  gpointer            user_data;

  GQueue              handshakes;       /* in the order in which they have come */
};

/* -- Networks -- */

/* How many of one there are. */
typedef struct
{
  guint unfinished;
  guint running;
} Network;

static Network *
find_network (GHashTable       *networks,
              ViciTlsHandshake *handshake)
{
  GBytes *key = vici_tls_handshake_get_network (handshake);
  Network *network = g_hash_table_lookup (networks, key);

  if (network == NULL)
    {
      network = g_new0 (Network, 1);
      g_hash_table_insert (networks, key, network);
    }

  return network;
}

/* Counted anew each time: they are few, and change in many ways. */
static GHashTable *
count_networks (ViciTlsAcceptor *self,
                guint           *running)
{
  GHashTable *networks = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, NULL, g_free);

  *running = 0;
  for (GList *l = self->handshakes.head; l != NULL; l = l->next)
    {
      Network *network = find_network (networks, l->data);

      network->unfinished++;
      if (vici_tls_handshake_get_state (l->data) == VICI_TLS_RUNNING)
        {
          network->running++;
          ++*running;
        }
    }

  return networks;
}

/* -- Whose turn it is -- */

/* The first one of a network that has the fewest. */
static ViciTlsHandshake *
find_next (ViciTlsAcceptor *self)
{
  guint running;
  g_autoptr (GHashTable) networks = count_networks (self, &running);
  guint fewest = AKIN_RUNNING_MAX;
  ViciTlsHandshake *next = NULL;

  if (running >= RUNNING_MAX)
    return NULL;

  for (GList *l = self->handshakes.head; l != NULL; l = l->next)
    {
      guint count = find_network (networks, l->data)->running;

      if (vici_tls_handshake_get_state (l->data) == VICI_TLS_WAITING && count < fewest)
        {
          fewest = count;
          next = l->data;
        }
    }

  return next;
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

/* -- Who goes -- */

/* One of the network that has the most, and so would keep others out: who has been
 * silent for the longest, or else who has come last. */
static ViciTlsHandshake *
find_superfluous (ViciTlsAcceptor *self)
{
  guint running;
  g_autoptr (GHashTable) networks = count_networks (self, &running);
  guint most = 0;
  ViciTlsHandshake *superfluous = NULL;

  for (GList *l = self->handshakes.head; l != NULL; l = l->next)
    {
      guint count = find_network (networks, l->data)->unfinished;

      if (vici_tls_handshake_get_state (l->data) != VICI_TLS_RUNNING &&
          (count > most ||
           (count == most && vici_tls_handshake_get_state (superfluous) != VICI_TLS_SILENT)))
        {
          most = count;
          superfluous = l->data;
        }
    }

  return superfluous;
}

void
vici_tls_acceptor_add (ViciTlsAcceptor   *self,
                       GSocketConnection *connection)
{
  ViciTlsHandshake *handshake = vici_tls_handshake_new (connection, &self->terms, &funcs, self);
  guint running;
  g_autoptr (GHashTable) networks = NULL;

  g_queue_push_tail (&self->handshakes, handshake);
  networks = count_networks (self, &running);
  if (self->handshakes.length > UNFINISHED_MAX ||
      find_network (networks, handshake)->unfinished > AKIN_UNFINISHED_MAX)
    {
      ViciTlsHandshake *superfluous = find_superfluous (self);

      vici_tls_handshake_log (superfluous, "too many are not in yet");
      remove_handshake (self, superfluous);
    }
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
  self->terms.timeout_ms = TIMEOUT_MS;
  self->terms.running_ms = RUNNING_MS;
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
