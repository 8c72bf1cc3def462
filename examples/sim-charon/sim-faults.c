/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What can go wrong with a daemon, on demand. A fault is a text:
 *
 *   slow:COMMAND[:MS]       answers so much later (1000)
 *   silent:COMMAND          never answers
 *   close:COMMAND           closes the connection instead of an answer
 *   malformed:COMMAND       sends a packet that is no message
 *   fail:COMMAND[:ERRMSG]   answers success=no
 *   unreachable:ADDRESS     an IKE peer that never answers
 *   refuse:ADDRESS          an IKE peer that does not accept who we are
 *
 * COMMAND may be * for all. They are set by the command line, and by the command
 * sim-fault: `add` is one, or a list, and `clear` (yes) removes those that are. */

#include "sim-parts.h"

#include <string.h>

#include "sim-value.h"

#define DEFAULT_DELAY 1000

typedef struct
{
  char *kind;
  char *subject;                /* command or address */
  char *argument;               /* or NULL */
} Fault;

struct _SimFaults
{
  Sim       *sim;
  GPtrArray *faults;            /* Fault */
  GPtrArray *kept;              /* ViciInvocation: one dropped would be answered */
  GPtrArray *delayed;           /* GSource: of those that are slow */
};

static void
fault_free (Fault *fault)
{
  g_free (fault->kind);
  g_free (fault->subject);
  g_free (fault->argument);
  g_free (fault);
}

static Fault *
find (SimFaults  *self,
      const char *kind,
      const char *subject)
{
  for (guint i = 0; i < self->faults->len; i++)
    {
      Fault *fault = self->faults->pdata[i];

      if (g_str_equal (fault->kind, kind) &&
          (g_str_equal (fault->subject, "*") || g_str_equal (fault->subject, subject)))
        return fault;
    }

  return NULL;
}

gboolean
sim_faults_has_peer (SimFaults  *self,
                     const char *kind,
                     const char *address)
{
  return find (self, kind, address) != NULL;
}

gboolean
sim_faults_add (SimFaults  *self,
                const char *text)
{
  static const char * const kinds[] = {
    "slow", "silent", "close", "malformed", "fail", "unreachable", "refuse", NULL
  };
  static const char * const of_peers[] = { "unreachable", "refuse", NULL };
  g_auto (GStrv) parts = g_strsplit (text, ":", 2);
  char *colon = NULL;
  guint64 delay;
  Fault *fault;

  if (parts[0] == NULL || parts[1] == NULL || *parts[1] == '\0' ||
      !g_strv_contains (kinds, parts[0]))
    return FALSE;

  /* An address has colons of its own. */
  if (!g_strv_contains (of_peers, parts[0]) && (colon = strchr (parts[1], ':')) != NULL)
    *colon++ = '\0';
  if (colon != NULL && g_str_equal (parts[0], "slow") && !sim_parse_uint (colon, G_MAXINT32, &delay))
    return FALSE;

  fault = g_new0 (Fault, 1);
  fault->kind = g_strdup (parts[0]);
  fault->subject = g_strdup (parts[1]);
  fault->argument = g_strdup (colon);
  g_ptr_array_add (self->faults, fault);

  return TRUE;
}

/* -- What happens -- */

typedef struct
{
  SimFaults      *self;
  ViciInvocation *invocation;
  GSource        *source;
} Delayed;

static void
delayed_free (gpointer data)
{
  Delayed *delayed = data;

  g_object_unref (delayed->invocation);
  g_free (delayed);
}

static gboolean
on_delayed (gpointer data)
{
  Delayed *delayed = data;

  sim_handle (delayed->self->sim, delayed->invocation);
  g_ptr_array_remove_fast (delayed->self->delayed, delayed->source);

  return G_SOURCE_REMOVE;
}

static void
delay (SimFaults      *self,
       ViciInvocation *invocation,
       Fault          *fault)
{
  Delayed *delayed = g_new0 (Delayed, 1);
  guint64 ms = DEFAULT_DELAY;

  if (fault->argument != NULL)
    sim_parse_uint (fault->argument, G_MAXINT32, &ms);

  delayed->self = self;
  delayed->invocation = g_object_ref (invocation);
  delayed->source = g_timeout_source_new ((guint) ms);
  g_source_set_callback (delayed->source, on_delayed, delayed, delayed_free);
  g_source_attach (delayed->source, NULL);
  g_ptr_array_add (self->delayed, delayed->source);
}

static void
send_malformed (SimFaults      *self,
                ViciInvocation *invocation)
{
  /* A response whose only value ends within its name. */
  static const guint8 packet[] = { 0, 0, 0, 4, 1, 3, 9, 'x' };

  g_ptr_array_add (self->kept, g_object_ref (invocation));
  sim_listeners_send (vici_invocation_get_peer (invocation), packet, sizeof packet);
}

gboolean
sim_faults_apply (SimFaults      *self,
                  ViciInvocation *invocation)
{
  const char *command = vici_invocation_get_command (invocation);
  Fault *fault;

  /* The way out of a fault of all commands. */
  if (g_str_has_prefix (command, "sim-"))
    return FALSE;

  if (find (self, "silent", command) != NULL)
    g_ptr_array_add (self->kept, g_object_ref (invocation));
  else if (find (self, "close", command) != NULL)
    vici_peer_close (vici_invocation_get_peer (invocation));
  else if (find (self, "malformed", command) != NULL)
    send_malformed (self, invocation);
  else if ((fault = find (self, "fail", command)) != NULL)
    vici_invocation_return_failure (invocation, fault->argument ? fault->argument : "a simulated failure");
  else if ((fault = find (self, "slow", command)) != NULL)
    delay (self, invocation, fault);
  else
    return FALSE;

  return TRUE;
}

static void
on_peer_disconnected (ViciServer *server,
                      ViciPeer   *peer,
                      SimFaults  *self)
{
  for (guint i = self->kept->len; i > 0; i--)
    if (vici_invocation_get_peer (self->kept->pdata[i - 1]) == peer)
      g_ptr_array_remove_index_fast (self->kept, i - 1);
}

/* -- The command -- */

static void
sim_fault (Sim            *sim,
           ViciInvocation *invocation)
{
  ViciMessage *request = vici_invocation_get_request (invocation);
  g_auto (GStrv) added = vici_message_lookup_strv (request, "add");
  g_autofree char *one = vici_message_lookup_string (request, "add");

  if (vici_message_lookup_boolean (request, "clear", FALSE))
    g_ptr_array_set_size (sim->faults->faults, 0);

  if (one != NULL && added == NULL)
    added = g_strsplit (one, " ", -1);

  for (gsize i = 0; added != NULL && added[i] != NULL; i++)
    {
      if (!sim_faults_add (sim->faults, added[i]))
        {
          sim_fail (invocation, "no such fault: %s", added[i]);
          return;
        }
    }

  vici_invocation_return_success (invocation);
}

static void
source_free (gpointer source)
{
  g_source_destroy (source);
  g_source_unref (source);
}

SimFaults *
sim_faults_new (Sim *sim)
{
  static const SimCommand commands[] = { { "sim-fault", sim_fault } };
  SimFaults *self = g_new0 (SimFaults, 1);

  self->sim = sim;
  self->faults = g_ptr_array_new_with_free_func ((GDestroyNotify) fault_free);
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
  self->delayed = g_ptr_array_new_with_free_func (source_free);
  g_signal_connect (sim->server, "peer-disconnected", G_CALLBACK (on_peer_disconnected), self);
  sim_add_commands (sim, commands, G_N_ELEMENTS (commands));

  return self;
}

void
sim_faults_free (SimFaults *self)
{
  g_signal_handlers_disconnect_by_data (self->sim->server, self);
  g_ptr_array_unref (self->faults);
  g_ptr_array_unref (self->kept);
  g_ptr_array_unref (self->delayed);
  g_free (self);
}
