/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "model-daemon.h"

#include <glib/gstdio.h>
#include <string.h>

#include "vici-builder.h"

/* -- Messages -- */

static ViciMessage *
end (ViciBuilder *builder)
{
  g_autoptr (GError) error = NULL;
  ViciMessage *message = vici_builder_end (builder, &error);

  g_assert_no_error (error);

  return message;
}

static gboolean
is_any_of (const char         *state,
           const char * const *states)
{
  return g_strv_contains (states, state);
}

gboolean
model_state_is_leaving (const char *state)
{
  static const char * const leaving[] = { "REKEYED", "DELETING", "DELETED", "DESTROYING", NULL };

  return is_any_of (state, leaving);
}

static void
add_child (ModelChild  *self,
           ViciBuilder *builder)
{
  static const char * const installed[] = {
    "INSTALLED", "REKEYING", "REKEYED", "DELETING", "DELETED", NULL
  };

  vici_builder_add_string (builder, "name", self->name);
  vici_builder_add_uint64 (builder, "uniqueid", self->id);
  vici_builder_add_string (builder, "state", self->state);
  vici_builder_add_string (builder, "mode", "TUNNEL");
  if (!is_any_of (self->state, installed))
    return;

  vici_builder_add_string (builder, "protocol", "ESP");
  vici_builder_add_printf (builder, "spi-in", "%08x", self->spi);
  vici_builder_add_uint64 (builder, "bytes-in", self->bytes);
  vici_builder_add_uint64 (builder, "bytes-out", self->bytes / 2);
  vici_builder_add_string (builder, "install-time", "10");
}

static void
add_ike (ModelIke    *self,
         ViciBuilder *builder)
{
  vici_builder_add_uint64 (builder, "uniqueid", self->id);
  vici_builder_add_string (builder, "version", "2");
  vici_builder_add_string (builder, "state", self->state);
  vici_builder_add_string (builder, "local-host", "192.0.2.1");
  vici_builder_add_printf (builder, "remote-host", "198.51.100.%u", self->host);
  vici_builder_add_printf (builder, "initiator-spi", "%016" G_GINT64_MODIFIER "x", self->spi);
  if (g_str_equal (self->state, "ESTABLISHED"))
    vici_builder_add_string (builder, "established", "10");
}

static void
add_ike_section (ModelIke    *self,
                 const char  *name,
                 ViciBuilder *builder)
{
  vici_builder_begin_section (builder, name);
  add_ike (self, builder);
  vici_builder_end_section (builder);
}

/* With those of its CHILD_SAs, or all. */
static void
add_whole (ModelIke    *self,
           ModelChild  *only,
           ViciBuilder *builder)
{
  vici_builder_begin_section (builder, self->name);
  add_ike (self, builder);
  vici_builder_begin_section (builder, "child-sas");
  for (guint i = 0; i < self->children->len; i++)
    {
      ModelChild *child = self->children->pdata[i];
      g_autofree char *name = NULL;

      if (only != NULL && child != only)
        continue;

      name = g_strdup_printf ("%s-%u", child->name, child->id);
      vici_builder_begin_section (builder, name);
      add_child (child, builder);
      vici_builder_end_section (builder);
    }
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);
}

static gboolean
emit (ModelDaemon *self,
      const char  *event,
      ViciBuilder *builder)
{
  g_autoptr (ViciMessage) message = end (builder);

  return self->server != NULL && vici_server_emit_event (self->server, event, message) > 0;
}

static void
add_up (ViciBuilder *builder,
        gboolean     up)
{
  if (up)
    vici_builder_add_string (builder, "up", "yes");
}

gboolean
model_daemon_tell_ike (ModelDaemon *self,
                       ModelIke    *ike,
                       gboolean     up)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  add_up (builder, up);
  add_ike_section (ike, ike->name, builder);

  return emit (self, "ike-updown", builder);
}

gboolean
model_daemon_tell_child (ModelDaemon *self,
                         ModelIke    *ike,
                         ModelChild  *child,
                         gboolean     up)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  add_up (builder, up);
  add_whole (ike, child, builder);

  return emit (self, "child-updown", builder);
}

gboolean
model_daemon_tell_ike_rekey (ModelDaemon *self,
                             ModelIke    *old_sa,
                             ModelIke    *new_sa)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_begin_section (builder, old_sa->name);
  add_ike_section (old_sa, "old", builder);
  add_ike_section (new_sa, "new", builder);
  vici_builder_end_section (builder);

  return emit (self, "ike-rekey", builder);
}

static void
add_child_section (ModelChild  *self,
                   const char  *name,
                   ViciBuilder *builder)
{
  vici_builder_begin_section (builder, name);
  add_child (self, builder);
  vici_builder_end_section (builder);
}

gboolean
model_daemon_tell_child_rekey (ModelDaemon *self,
                               ModelIke    *ike,
                               ModelChild  *old_sa,
                               ModelChild  *new_sa)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_begin_section (builder, ike->name);
  add_ike (ike, builder);
  vici_builder_begin_section (builder, "child-sas");
  vici_builder_begin_section (builder, old_sa->name);
  add_child_section (old_sa, "old", builder);
  add_child_section (new_sa, "new", builder);
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);

  return emit (self, "child-rekey", builder);
}

gboolean
model_daemon_tell_ike_update (ModelDaemon *self,
                              ModelIke    *ike,
                              guint        new_host)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, "local-host", "192.0.2.1");
  vici_builder_add_string (builder, "local-port", "4500");
  vici_builder_add_printf (builder, "remote-host", "198.51.100.%u", new_host);
  vici_builder_add_string (builder, "remote-port", "4500");
  add_ike_section (ike, ike->name, builder);

  return emit (self, "ike-update", builder);
}

gboolean
model_daemon_tell_log (ModelDaemon *self,
                       const char  *group,
                       const char  *text)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, "group", group);
  vici_builder_add_string (builder, "level", "1");
  vici_builder_add_string (builder, "thread", "7");
  vici_builder_add_string (builder, "msg", text);

  return emit (self, "log", builder);
}

/* -- Lists of IKE_SAs, which take their time -- */

typedef struct
{
  ViciInvocation *invocation;
  GArray         *ids;          /* what there was when it was asked for */
  guint           position;
  GQueue          seen;         /* messages that were not sent yet */
} List;

static void
list_free (gpointer data)
{
  List *self = data;

  g_object_unref (self->invocation);
  g_array_unref (self->ids);
  g_queue_clear_full (&self->seen, g_object_unref);
  g_free (self);
}

static void
look_at_next (List        *self,
              ModelDaemon *daemon)
{
  ModelIke *ike = model_daemon_find_ike (daemon, g_array_index (self->ids, guint, self->position++));
  g_autoptr (ViciBuilder) builder = NULL;

  if (ike == NULL)
    return;

  builder = vici_builder_new ();
  add_whole (ike, NULL, builder);
  g_queue_push_tail (&self->seen, end (builder));
}

/* Returns whether there is more to come. */
static gboolean
list_step (List        *self,
           ModelDaemon *daemon)
{
  gboolean is_last = self->position == self->ids->len;
  g_autoptr (ViciMessage) message = NULL;

  if (!is_last)
    look_at_next (self, daemon);

  if (is_last || self->seen.length > daemon->list_lag)
    message = g_queue_pop_head (&self->seen);
  if (message != NULL)
    vici_invocation_send_event (self->invocation, "list-sa", message);

  if (!is_last || self->seen.length > 0)
    return TRUE;

  vici_invocation_return_success (self->invocation);

  return FALSE;
}

static gboolean
on_list (gpointer user_data)
{
  ModelDaemon *self = user_data;

  for (guint i = 0; i < self->list_step && self->lists.length > 0; i++)
    {
      if (!list_step (g_queue_peek_head (&self->lists), self))
        list_free (g_queue_pop_head (&self->lists));
    }

  if (self->lists.length > 0)
    return G_SOURCE_CONTINUE;

  g_clear_pointer (&self->list_source, g_source_unref);

  return G_SOURCE_REMOVE;
}

static gboolean
on_list_sas (ViciServer     *server,
             ViciInvocation *invocation,
             ModelDaemon    *self)
{
  List *list = g_new0 (List, 1);
  ViciMessage *request = vici_invocation_get_request (invocation);
  guint64 id = request ? vici_message_lookup_uint64 (request, "ike-id", 0) : 0;

  list->invocation = g_object_ref (invocation);
  list->ids = g_array_new (FALSE, FALSE, sizeof (guint));
  g_queue_init (&list->seen);
  for (guint i = 0; i < self->ike_sas->len; i++)
    {
      ModelIke *ike = self->ike_sas->pdata[i];

      if (id == 0 || id == ike->id)
        g_array_append_val (list->ids, ike->id);
    }
  g_queue_push_tail (&self->lists, list);
  self->n_lists++;

  if (self->list_source == NULL)
    {
      self->list_source = g_idle_source_new ();
      g_source_set_priority (self->list_source, G_PRIORITY_DEFAULT);
      g_source_set_callback (self->list_source, on_list, self, NULL);
      g_source_attach (self->list_source, NULL);
    }

  return TRUE;
}

/* -- Lists of all else -- */

static ViciMessage *
make_conn (const char *name)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_begin_section (builder, name);
  vici_builder_add_string (builder, "version", "IKEv2");
  vici_builder_begin_section (builder, "children");
  vici_builder_begin_section (builder, "net");
  vici_builder_add_string (builder, "mode", "TUNNEL");
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);
  vici_builder_end_section (builder);

  return end (builder);
}

static ViciMessage *
make_cert (const char *name)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, "type", "X509");
  vici_builder_add_string (builder, "flag", "NONE");
  vici_builder_add_string (builder, "data", name);

  return end (builder);
}

static ViciMessage *
make_authority (const char *name)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_begin_section (builder, name);
  vici_builder_add_string (builder, "cacert", "CN=CA");
  vici_builder_end_section (builder);

  return end (builder);
}

static gboolean
stream_catalog (ModelDaemon    *self,
                ViciInvocation *invocation,
                ModelCatalog    catalog,
                const char     *event,
                ViciMessage *(*make) (const char *name))
{
  for (guint i = 0; i < self->catalogs[catalog]->len; i++)
    {
      g_autoptr (ViciMessage) message = make (self->catalogs[catalog]->pdata[i]);

      vici_invocation_send_event (invocation, event, message);
    }
  vici_invocation_return_success (invocation);

  return TRUE;
}

static gboolean
on_list_conns (ViciServer     *server,
               ViciInvocation *invocation,
               ModelDaemon    *self)
{
  return stream_catalog (self, invocation, MODEL_CONNS, "list-conn", make_conn);
}

static gboolean
on_list_certs (ViciServer     *server,
               ViciInvocation *invocation,
               ModelDaemon    *self)
{
  return stream_catalog (self, invocation, MODEL_CERTS, "list-cert", make_cert);
}

static gboolean
on_list_authorities (ViciServer     *server,
                     ViciInvocation *invocation,
                     ModelDaemon    *self)
{
  return stream_catalog (self, invocation, MODEL_AUTHORITIES, "list-authority", make_authority);
}

static gboolean
on_get_pools (ViciServer     *server,
              ViciInvocation *invocation,
              ModelDaemon    *self)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();
  g_autoptr (ViciMessage) message = NULL;

  for (guint i = 0; i < self->catalogs[MODEL_POOLS]->len; i++)
    {
      vici_builder_begin_section (builder, self->catalogs[MODEL_POOLS]->pdata[i]);
      vici_builder_add_string (builder, "base", "10.0.0.0");
      vici_builder_add_string (builder, "size", "254");
      vici_builder_end_section (builder);
    }
  message = end (builder);
  vici_invocation_return_message (invocation, message);

  return TRUE;
}

/* -- What it has -- */

static void
ike_free (gpointer data)
{
  ModelIke *self = data;

  g_ptr_array_unref (self->children);
  g_free (self);
}

ModelIke *
model_daemon_add_ike (ModelDaemon *self,
                      const char  *name,
                      const char  *state)
{
  ModelIke *ike = g_new0 (ModelIke, 1);

  ike->id = ++self->last_ike;
  ike->spi = ++self->last_spi;
  ike->serial = ++self->last_serial;
  ike->name = name;
  ike->state = state;
  ike->host = 1;
  ike->children = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->ike_sas, ike);
  g_hash_table_insert (self->by_id, GUINT_TO_POINTER (ike->id), ike);

  return ike;
}

void
model_daemon_remove_ike (ModelDaemon *self,
                         ModelIke    *ike)
{
  g_hash_table_remove (self->by_id, GUINT_TO_POINTER (ike->id));
  g_assert_true (g_ptr_array_remove (self->ike_sas, ike));
}

ModelChild *
model_daemon_add_child (ModelDaemon *self,
                        ModelIke    *ike,
                        const char  *name,
                        const char  *state)
{
  ModelChild *child = g_new0 (ModelChild, 1);

  child->id = ++self->last_child;
  child->spi = ++self->last_spi;
  child->serial = ++self->last_serial;
  child->name = name;
  child->state = state;
  g_ptr_array_add (ike->children, child);

  return child;
}

void
model_daemon_remove_child (ModelDaemon *self,
                           ModelIke    *ike,
                           ModelChild  *child)
{
  g_assert_true (g_ptr_array_remove (ike->children, child));
}

ModelIke *
model_daemon_find_ike (ModelDaemon *self,
                       guint        id)
{
  return g_hash_table_lookup (self->by_id, GUINT_TO_POINTER (id));
}

ModelChild *
model_ike_find_child (ModelIke *self,
                      guint     id)
{
  for (guint i = 0; i < self->children->len; i++)
    {
      ModelChild *child = self->children->pdata[i];

      if (child->id == id)
        return child;
    }

  return NULL;
}

gboolean
model_daemon_has_named (ModelDaemon *self,
                        ModelCatalog catalog,
                        const char  *name)
{
  return g_ptr_array_find_with_equal_func (self->catalogs[catalog], name, g_str_equal, NULL);
}

/* -- Its life -- */

static void
on_connected (ViciServer  *server,
              ViciPeer    *peer,
              ModelDaemon *self)
{
  g_ptr_array_add (self->peers, g_object_ref (peer));
}

static void
on_disconnected (ViciServer  *server,
                 ViciPeer    *peer,
                 ModelDaemon *self)
{
  g_ptr_array_remove (self->peers, peer);
}

void
model_daemon_disconnect (ModelDaemon *self)
{
  while (self->peers->len > 0)
    vici_peer_close (self->peers->pdata[0]);
}

static void
drop_lists (ModelDaemon *self)
{
  g_queue_clear_full (&self->lists, list_free);
  if (self->list_source != NULL)
    g_source_destroy (self->list_source);
  g_clear_pointer (&self->list_source, g_source_unref);
}

void
model_daemon_stop (ModelDaemon *self)
{
  if (self->server == NULL)
    return;

  drop_lists (self);
  model_daemon_disconnect (self);
  vici_server_stop (self->server);
  g_clear_object (&self->server);
  g_ptr_array_set_size (self->peers, 0);

  g_hash_table_remove_all (self->by_id);
  g_ptr_array_set_size (self->ike_sas, 0);
  for (guint i = 0; i < MODEL_N_CATALOGS; i++)
    g_ptr_array_set_size (self->catalogs[i], 0);
  self->last_ike = 0;
  self->last_child = 0;
}

void
model_daemon_start (ModelDaemon *self)
{
  static const char * const events[] = {
    "ike-updown", "ike-rekey", "ike-update", "child-updown", "child-rekey", "log",
    "list-sa", "list-conn", "list-cert", "list-authority"
  };
  static const struct
  {
    const char *name;
    GCallback   handler;
  } commands[] = {
    { "list-sas", G_CALLBACK (on_list_sas) },
    { "list-conns", G_CALLBACK (on_list_conns) },
    { "list-certs", G_CALLBACK (on_list_certs) },
    { "get-pools", G_CALLBACK (on_get_pools) },
    { "list-authorities", G_CALLBACK (on_list_authorities) },
  };
  g_autoptr (GError) error = NULL;

  g_assert_null (self->server);

  self->server = vici_server_new ();
  vici_server_set_max_queued (self->server, G_MAXUINT);
  for (guint i = 0; i < G_N_ELEMENTS (events); i++)
    vici_server_add_event (self->server, events[i]);
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      g_autofree char *signal = g_strconcat ("command::", commands[i].name, NULL);

      vici_server_add_command (self->server, commands[i].name);
      g_signal_connect (self->server, signal, commands[i].handler, self);
    }
  g_signal_connect (self->server, "peer-connected", G_CALLBACK (on_connected), self);
  g_signal_connect (self->server, "peer-disconnected", G_CALLBACK (on_disconnected), self);

  vici_server_listen (self->server, self->uri, &error);
  g_assert_no_error (error);
}

ModelDaemon *
model_daemon_new (void)
{
  ModelDaemon *self = g_new0 (ModelDaemon, 1);
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("vici-model-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "charon.vici", NULL);
  self->uri = g_strconcat ("unix://", self->path, NULL);
  self->peers = g_ptr_array_new_with_free_func (g_object_unref);
  self->ike_sas = g_ptr_array_new_with_free_func (ike_free);
  self->by_id = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < MODEL_N_CATALOGS; i++)
    self->catalogs[i] = g_ptr_array_new ();
  self->list_step = 1;
  g_queue_init (&self->lists);

  return self;
}

void
model_daemon_free (ModelDaemon *self)
{
  model_daemon_stop (self);
  g_unlink (self->path);
  g_assert_no_errno (g_rmdir (self->folder));

  for (guint i = 0; i < MODEL_N_CATALOGS; i++)
    g_ptr_array_unref (self->catalogs[i]);
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->ike_sas);
  g_ptr_array_unref (self->peers);
  g_free (self->uri);
  g_free (self->path);
  g_free (self->folder);
  g_free (self);
}
