/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-advert.h"

#include <string.h>

#include "vici-entry.h"
#include "vici-i18n.h"
#include "vici-waiter.h"

/**
 * SECTION:vici-advert
 * @title: ViciAdvert
 * @short_description: Tells the network where a server listens
 *
 * Advertises a server that listens on a `tcp://` or `tls://` URI by mDNS, as the
 * service `_vici._tcp`, so that a #ViciBrowser finds it. Avahi does that; it is
 * asked over the system bus.
 *
 * |[<!-- language="C" -->
 * g_auto (GStrv) uris = vici_server_get_uris (server);
 * g_autoptr (ViciAdvert) advert = vici_advert_new ("charon in the cellar", uris[0]);
 *
 * vici_advert_publish_async (advert, NULL, on_published, NULL);
 * ]|
 *
 * The advert stays for as long as the object does, or until vici_advert_withdraw().
 * When Avahi is not there yet, or is started anew, the advert is there as soon as
 * Avahi is: #ViciAdvert:published says whether it is. Avahi tells of a server that
 * listens on every address on all interfaces, and otherwise on the interface that
 * has the address; loopback is seen on the same host alone. What is told is the
 * interface and the name of the host: a client may come to another address of the
 * same interface. When the system bus itself ends, nothing comes back by itself:
 * vici_advert_publish_async() has to be called again.
 *
 * Everybody in the network can read an advert. Of the URI it has the scheme, the
 * port, and no key after a “?”.
 *
 * It runs in the thread-default main context of the thread that calls
 * vici_advert_publish_async(), and all its functions are to be called in that
 * thread. It never blocks. GLib has threads of its own for connecting to a bus and
 * for reading from it, which this starts.
 *
 * Since: 1.0
 */

/**
 * ViciAdvert:
 *
 * Tells the network where a server listens.
 *
 * Since: 1.0
 */
struct _ViciAdvert
{
  GObject    parent_instance;

  char      *name;
  char      *uri;
  gboolean   published;

  ViciEntry *entry;             /* NULL: it is not to be published */
  ViciWaiter waiter;
};

G_DEFINE_FINAL_TYPE (ViciAdvert, vici_advert, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_URI,
  PROP_PUBLISHED,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
set_published (ViciAdvert *self,
               gboolean    published)
{
  if (self->published == published)
    return;

  self->published = published;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PUBLISHED]);
}

/* -- What Avahi makes of it -- */

static void
on_published (gpointer    owner,
              const char *name)
{
  ViciAdvert *self = owner;
  g_autoptr (ViciAdvert) alive G_GNUC_UNUSED = g_object_ref (self);
  g_autoptr (GTask) waiting = vici_waiter_dup (&self->waiter);

  g_object_freeze_notify (G_OBJECT (self));
  if (!g_str_equal (self->name, name))
    {
      g_free (self->name);
      self->name = g_strdup (name);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_NAME]);
    }
  set_published (self, TRUE);
  g_object_thaw_notify (G_OBJECT (self));

  vici_waiter_end (&self->waiter, waiting);
}

static void
on_hidden (gpointer owner)
{
  set_published (owner, FALSE);
}

static void
on_failed (gpointer      owner,
           const GError *error)
{
  ViciAdvert *self = owner;
  g_autoptr (ViciAdvert) alive G_GNUC_UNUSED = g_object_ref (self);

  g_debug ("The advert “%s” is not published: %s", self->name, error->message);
  vici_waiter_fail (&self->waiter, error);
  set_published (self, FALSE);
}

static const ViciEntryFuncs entry_funcs = { on_published, on_hidden, on_failed };

/* -- The public functions -- */

/**
 * vici_advert_new:
 * @name: (nullable): a name for people, such as “charon in the cellar”
 * @uri: where the server listens
 *
 * Makes an advert, which is not published yet. Without a name it is “charon on” and
 * the name of the host. The URI is one that vici_server_get_uris() returns:
 * `tcp://address:port` or `tls://address:port`.
 *
 * Returns: (transfer full): a new advert
 *
 * Since: 1.0
 */
ViciAdvert *
vici_advert_new (const char *name,
                 const char *uri)
{
  g_return_val_if_fail (uri != NULL, NULL);

  return g_object_new (VICI_TYPE_ADVERT, "name", name, "uri", uri, NULL);
}

/**
 * vici_advert_get_name:
 * @self: an advert
 *
 * Gets the name that is advertised. Where another service has the name already, it
 * is the one that Avahi has chosen instead, such as “charon in the cellar #2”.
 *
 * Returns: the name
 *
 * Since: 1.0
 */
const char *
vici_advert_get_name (ViciAdvert *self)
{
  g_return_val_if_fail (VICI_IS_ADVERT (self), NULL);

  return self->name;
}

/**
 * vici_advert_get_uri:
 * @self: an advert
 *
 * Gets the URI that is advertised.
 *
 * Returns: the URI
 *
 * Since: 1.0
 */
const char *
vici_advert_get_uri (ViciAdvert *self)
{
  g_return_val_if_fail (VICI_IS_ADVERT (self), NULL);

  return self->uri;
}

/**
 * vici_advert_is_published:
 * @self: an advert
 *
 * Says whether the advert can be seen in the network.
 *
 * Returns: %TRUE if it can
 *
 * Since: 1.0
 */
gboolean
vici_advert_is_published (ViciAdvert *self)
{
  g_return_val_if_fail (VICI_IS_ADVERT (self), FALSE);

  return self->published;
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  vici_advert_withdraw (user_data);

  return G_SOURCE_REMOVE;
}

/* FALSE: there is nothing to wait for. */
static gboolean
start (ViciAdvert *self,
       GError    **error)
{
  if (self->waiter.task != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                           _("The advert is being published already"));
      return FALSE;
    }

  vici_advert_withdraw (self);
  self->entry = vici_entry_new (self->name, self->uri, &entry_funcs, self, error);

  return self->entry != NULL;
}

/**
 * vici_advert_publish_async:
 * @self: an advert
 * @cancellable: (nullable): cancels it, and withdraws the advert
 * @callback: (scope async): called when it is published, or is not
 * @user_data: for @callback
 *
 * Publishes the advert. That takes about a second, in which Avahi asks whether
 * another service has the name; if so, it gets another one, and #ViciAdvert:name
 * changes.
 *
 * Since: 1.0
 */
void
vici_advert_publish_async (ViciAdvert         *self,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (VICI_IS_ADVERT (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_advert_publish_async);

  if (self->published)
    g_task_return_boolean (task, TRUE);
  else if (start (self, &error))
    vici_waiter_begin (&self->waiter, g_steal_pointer (&task), G_CALLBACK (on_cancelled));
  else
    g_task_return_error (task, error);
}

/**
 * vici_advert_publish_finish:
 * @self: an advert
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends what vici_advert_publish_async() began.
 *
 * Errors that leave it withdrawn: %G_IO_ERROR_NOT_SUPPORTED for a URI that is
 * neither `tcp://` nor `tls://`, and for a library that was built without mDNS;
 * %G_IO_ERROR_INVALID_ARGUMENT for a URI without an address and a port, and a name
 * that is none; %G_IO_ERROR_CANCELLED; GIO's own when there is no system bus; and
 * %G_IO_ERROR_CLOSED when the bus ends meanwhile.
 *
 * After all others it is published by itself when Avahi appears, or is started
 * anew: %G_IO_ERROR_NOT_FOUND where Avahi is not running, or no interface has the
 * address of the URI; %G_IO_ERROR_EXISTS when a hundred other names are taken too;
 * %G_IO_ERROR_TIMED_OUT when Avahi has not answered for 30 seconds; and others with
 * what Avahi says.
 *
 * %G_IO_ERROR_PENDING means that an earlier call has not ended yet, and changes
 * nothing.
 *
 * Returns: %TRUE if it is published
 *
 * Since: 1.0
 */
gboolean
vici_advert_publish_finish (ViciAdvert   *self,
                            GAsyncResult *result,
                            GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * vici_advert_withdraw:
 * @self: an advert
 *
 * Takes the advert out of the network. A call of vici_advert_publish_async() that
 * has not ended ends with %G_IO_ERROR_CANCELLED.
 *
 * Since: 1.0
 */
void
vici_advert_withdraw (ViciAdvert *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (VICI_IS_ADVERT (self));

  if (self->entry == NULL)
    return;

  g_clear_pointer (&self->entry, vici_entry_free);
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The advert was withdrawn"));
  vici_waiter_fail (&self->waiter, error);
  set_published (self, FALSE);
}

/* -- GObject -- */

static void
vici_advert_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  ViciAdvert *self = VICI_ADVERT (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_URI:
      g_value_set_string (value, self->uri);
      break;
    case PROP_PUBLISHED:
      g_value_set_boolean (value, self->published);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_advert_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  ViciAdvert *self = VICI_ADVERT (object);
  const char *uri;

  switch (prop_id)
    {
    case PROP_NAME:
      self->name = g_value_dup_string (value);
      break;
    case PROP_URI:
      uri = g_value_get_string (value);
      self->uri = g_strdup (uri != NULL ? uri : "");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_advert_constructed (GObject *object)
{
  ViciAdvert *self = VICI_ADVERT (object);
  g_autofree char *host = NULL;
  const char *end;

  G_OBJECT_CLASS (vici_advert_parent_class)->constructed (object);

  if (self->name != NULL)
    return;

  /* In English for all: its reader is in the network. */
  host = g_utf8_make_valid (g_get_host_name (), -1);
  self->name = g_strconcat ("charon on ", host, NULL);
  if (strlen (self->name) > VICI_ENTRY_MAX_NAME)
    {
      end = g_utf8_find_prev_char (self->name, self->name + VICI_ENTRY_MAX_NAME + 1);
      self->name[end - self->name] = '\0';
    }
}

static void
vici_advert_dispose (GObject *object)
{
  vici_advert_withdraw (VICI_ADVERT (object));

  G_OBJECT_CLASS (vici_advert_parent_class)->dispose (object);
}

static void
vici_advert_finalize (GObject *object)
{
  ViciAdvert *self = VICI_ADVERT (object);

  g_free (self->name);
  g_free (self->uri);

  G_OBJECT_CLASS (vici_advert_parent_class)->finalize (object);
}

static void
vici_advert_class_init (ViciAdvertClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_advert_get_property;
  object_class->set_property = vici_advert_set_property;
  object_class->constructed = vici_advert_constructed;
  object_class->dispose = vici_advert_dispose;
  object_class->finalize = vici_advert_finalize;

  /**
   * ViciAdvert:name:
   *
   * The name that is advertised. It changes when another service has it already.
   *
   * Since: 1.0
   */
  props[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL,
                         NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * ViciAdvert:uri:
   *
   * Where the server listens.
   *
   * Since: 1.0
   */
  props[PROP_URI] =
    g_param_spec_string ("uri", NULL, NULL,
                         "",
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * ViciAdvert:published:
   *
   * Whether the advert can be seen in the network. It is not while Avahi is away.
   *
   * Since: 1.0
   */
  props[PROP_PUBLISHED] =
    g_param_spec_boolean ("published", NULL, NULL,
                          FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vici_advert_init (ViciAdvert *self)
{
}
