/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-browser.h"

#include "vici-avahi.h"
#include "vici-i18n.h"
#include "vici-service-private.h"
#include "vici-sighting.h"
#include "vici-waiter.h"

/**
 * SECTION:vici-browser
 * @title: ViciBrowser
 * @short_description: The servers that can be found in the network
 *
 * Looks for the servers and proxies that are advertised by mDNS, as the service
 * `_vici._tcp`; a #ViciAdvert does so. It is a #GListModel of #ViciService, in the
 * order in which they were found: they come and go by themselves. Avahi does the
 * work; it is asked over the system bus.
 *
 * |[<!-- language="Python" -->
 * browser = Vici.Browser.new()
 * await browser.start_async()
 * for service in browser:
 *     print(service.get_name(), service.get_uri())
 * ]|
 *
 * When Avahi goes away, the list is empty; it fills again when Avahi is back. When
 * the system bus itself ends, it does not: vici_browser_start_async() has to be called
 * again.
 *
 * A service that is seen over several interfaces or protocols is one item. Who
 * cannot be used is none: one without an address, with a TXT record that has another
 * `scheme` than `tcp` or `tls`, or with a name that breaks the rules. No more than
 * 512 are looked at, each interface and protocol counted, so that nobody in the
 * network can fill the memory.
 *
 * It runs in the thread-default main context of the thread that calls
 * vici_browser_start_async(), and all its functions are to be called in that thread.
 * It never blocks. GLib has threads of its own for connecting to a bus and for
 * reading from it, which this starts.
 *
 * Since: 1.0
 */

#define MAX_SIGHTINGS 512

/* Calls at once: the bus allows a client 128. */
#define MAX_ASKING 64

/**
 * ViciBrowser:
 *
 * The servers that can be found in the network.
 *
 * Since: 1.0
 */
struct _ViciBrowser
{
  GObject       parent_instance;

  GPtrArray    *services;       /* ViciService */
  GPtrArray    *sightings;      /* ViciSighting */
  ViciAvahi    *avahi;          /* NULL: it does not look */
  char         *path;           /* of Avahi's browser; NULL: there is none yet */
  GCancellable *calls;          /* of Avahi as it is now; NULL: it is not there */
  guint         asking;         /* calls for a resolver that are not answered */
  gboolean      all_for_now;    /* Avahi has said so */
  gboolean      complete;       /* and all are resolved */
  ViciWaiter    waiter;
};

static void vici_browser_list_model_iface_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ViciBrowser, vici_browser, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL,
                                                      vici_browser_list_model_iface_init))

enum
{
  PROP_COMPLETE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* -- The list -- */

static gboolean
find_service (ViciBrowser *self,
              const char  *name,
              const char  *domain,
              guint       *position)
{
  for (guint i = 0; i < self->services->len; i++)
    {
      ViciService *service = self->services->pdata[i];

      if (g_str_equal (vici_service_get_name (service), name) &&
          g_str_equal (vici_service_get_domain (service), domain))
        {
          *position = i;
          return TRUE;
        }
    }

  return FALSE;
}

/* Makes the list say what is seen of a service. */
static void
update_service (ViciBrowser *self,
                const char  *name,
                const char  *domain)
{
  ViciSighting *best = vici_sightings_find_best (self->sightings, name, domain);
  guint i = self->services->len;
  gboolean known = find_service (self, name, domain, &i);

  if (best == NULL && known)
    {
      g_ptr_array_remove_index (self->services, i);
      g_list_model_items_changed (G_LIST_MODEL (self), i, 1, 0);
    }
  else if (best != NULL && known)
    {
      vici_service_update (self->services->pdata[i], best->uri, best->host, best->address);
    }
  else if (best != NULL)
    {
      g_ptr_array_add (self->services, vici_service_new (best->name, best->domain, best->uri,
                                                         best->host, best->address));
      g_list_model_items_changed (G_LIST_MODEL (self), i, 0, 1);
    }
}

static void
set_complete (ViciBrowser *self,
              gboolean     complete)
{
  if (self->complete == complete)
    return;

  self->complete = complete;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_COMPLETE]);
}

static void
check_complete (ViciBrowser *self)
{
  g_autoptr (GTask) waiting = vici_waiter_dup (&self->waiter);

  if (!self->all_for_now || self->complete || vici_sightings_have_pending (self->sightings))
    return;

  set_complete (self, TRUE);
  vici_waiter_end (&self->waiter, waiting);
}

/* -- What is seen -- */

static void
resolve (ViciBrowser  *self,
         ViciSighting *sighting,
         GVariant     *arguments)
{
  g_autofree char *name = g_strdup (sighting->name);
  g_autofree char *domain = g_strdup (sighting->domain);

  vici_sighting_resolve (sighting, arguments);
  update_service (self, name, domain);
  check_complete (self);
}

static void
stop_resolver (ViciBrowser *self,
               const char  *path)
{
  vici_avahi_send (self->avahi, path, VICI_AVAHI_SERVICE_RESOLVER, "Free");
}

/* What the answer is about: the sighting itself may be gone by then. */
typedef struct
{
  ViciBrowser  *browser;
  ViciSighting *wanted;
} Resolving;

static void ask_more (ViciBrowser *self);

static void
on_resolver (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autofree Resolving *resolving = user_data;
  g_autoptr (ViciSighting) wanted = resolving->wanted;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = vici_avahi_finish (source, result, &error);
  ViciBrowser *self = resolving->browser;
  g_autoptr (ViciBrowser) alive = NULL;
  ViciSighting *sighting;
  const char *path = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  alive = g_object_ref (self);
  self->asking--;
  ask_more (self);

  sighting = vici_sightings_find (self->sightings, wanted);
  if (reply != NULL)
    g_variant_get (reply, "(&o)", &path);

  if (path != NULL && sighting != NULL && sighting->resolver == NULL)
    {
      sighting->resolver = g_strdup (path);
      vici_avahi_send (self->avahi, path, VICI_AVAHI_SERVICE_RESOLVER, "Start");
    }
  else if (path != NULL)
    {
      stop_resolver (self, path);
    }
  else if (sighting != NULL && sighting->resolver == NULL)
    {
      resolve (self, sighting, NULL);
    }
}

/* By the protocol that it is seen with: a service may be there for that one alone. */
static void
ask (ViciBrowser  *self,
     ViciSighting *sighting)
{
  Resolving *resolving = g_new (Resolving, 1);

  resolving->browser = self;
  resolving->wanted = vici_sighting_copy (sighting);
  vici_avahi_call (self->avahi, VICI_AVAHI_SERVER_PATH, VICI_AVAHI_SERVER, "ServiceResolverPrepare",
                   g_variant_new ("(iisssiu)", sighting->interface, sighting->protocol,
                                  sighting->name, VICI_AVAHI_SERVICE_TYPE, sighting->domain,
                                  sighting->protocol, 0),
                   "(o)", self->calls, on_resolver, resolving);
  sighting->asked = TRUE;
  self->asking++;
}

static void
ask_more (ViciBrowser *self)
{
  for (guint i = 0; i < self->sightings->len && self->asking < MAX_ASKING; i++)
    {
      ViciSighting *sighting = self->sightings->pdata[i];

      if (!sighting->asked)
        ask (self, sighting);
    }
}

static void
on_item_new (ViciBrowser *self,
             GVariant    *arguments)
{
  g_autoptr (ViciSighting) sighting = vici_sighting_new (arguments);

  if (sighting == NULL || self->sightings->len >= MAX_SIGHTINGS ||
      vici_sightings_find (self->sightings, sighting) != NULL)
    return;

  g_ptr_array_add (self->sightings, g_steal_pointer (&sighting));
  ask_more (self);
}

static void
on_item_remove (ViciBrowser *self,
                GVariant    *arguments)
{
  g_autoptr (ViciSighting) wanted = vici_sighting_new (arguments);
  ViciSighting *gone;

  if (wanted == NULL)
    return;

  gone = vici_sightings_find (self->sightings, wanted);
  if (gone == NULL)
    return;

  if (gone->resolver != NULL)
    stop_resolver (self, gone->resolver);
  g_ptr_array_remove (self->sightings, gone);

  update_service (self, wanted->name, wanted->domain);
  check_complete (self);
}

static void
on_resolver_told (ViciBrowser *self,
                  const char  *path,
                  const char  *what,
                  GVariant    *arguments)
{
  ViciSighting *sighting = vici_sightings_find_resolver (self->sightings, path);

  if (sighting == NULL)
    return;

  if (g_str_equal (what, "Found"))
    resolve (self, sighting, arguments);
  else if (g_str_equal (what, "Failure"))
    resolve (self, sighting, NULL);
}

/* -- Avahi -- */

static void
fail (ViciBrowser  *self,
      const GError *error)
{
  g_debug ("The browser does not see anything: %s", error->message);
  vici_waiter_fail (&self->waiter, error);
}

static void
on_browser_failed (ViciBrowser *self,
                   GVariant    *arguments)
{
  g_autoptr (GError) error = NULL;
  const char *text = "";

  if (g_variant_is_of_type (arguments, G_VARIANT_TYPE ("(s)")))
    g_variant_get (arguments, "(&s)", &text);

  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, _("Avahi has failed: %s"), text);
  fail (self, error);
}

static void
on_told (gpointer    owner,
         const char *path,
         const char *what,
         GVariant   *arguments)
{
  ViciBrowser *self = owner;
  g_autoptr (ViciBrowser) alive G_GNUC_UNUSED = g_object_ref (self);

  if (g_strcmp0 (path, self->path) != 0)
    on_resolver_told (self, path, what, arguments);
  else if (g_str_equal (what, "ItemNew"))
    on_item_new (self, arguments);
  else if (g_str_equal (what, "ItemRemove"))
    on_item_remove (self, arguments);
  else if (g_str_equal (what, "Failure"))
    on_browser_failed (self, arguments);
  else if (g_str_equal (what, "AllForNow"))
    {
      self->all_for_now = TRUE;
      check_complete (self);
    }
}

/* It is started only when its path is known, and so nothing that it says is lost. */
static void
on_browser (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = vici_avahi_finish (source, result, &error);
  ViciBrowser *self = user_data;
  g_autoptr (ViciBrowser) alive = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  alive = g_object_ref (self);
  if (reply == NULL)
    {
      fail (self, error);
      return;
    }

  g_variant_get (reply, "(o)", &self->path);
  vici_avahi_send (self->avahi, self->path, VICI_AVAHI_SERVICE_BROWSER, "Start");
}

static void
forget_avahi (ViciBrowser *self)
{
  guint n = self->services->len;

  if (self->calls != NULL)
    g_cancellable_cancel (self->calls);
  g_clear_object (&self->calls);
  g_clear_pointer (&self->path, g_free);
  self->asking = 0;
  self->all_for_now = FALSE;
  g_ptr_array_set_size (self->sightings, 0);
  g_ptr_array_set_size (self->services, 0);

  if (n > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n, 0);
  set_complete (self, FALSE);
}

static void
on_appeared (gpointer owner)
{
  ViciBrowser *self = owner;

  self->calls = g_cancellable_new ();
  vici_avahi_call (self->avahi, VICI_AVAHI_SERVER_PATH, VICI_AVAHI_SERVER, "ServiceBrowserPrepare",
                   g_variant_new ("(iissu)", VICI_AVAHI_ANY_INTERFACE, VICI_AVAHI_ANY_PROTOCOL,
                                  VICI_AVAHI_SERVICE_TYPE, "", 0),
                   "(o)", self->calls, on_browser, self);
}

static void
on_vanished (gpointer      owner,
             const GError *error)
{
  ViciBrowser *self = owner;
  g_autoptr (ViciBrowser) alive G_GNUC_UNUSED = g_object_ref (self);

  fail (self, error);
  forget_avahi (self);
}

static const ViciAvahiFuncs avahi_funcs = { on_appeared, on_vanished, on_told };

/* -- The public functions -- */

/**
 * vici_browser_new:
 *
 * Makes a browser, which does not look yet.
 *
 * Returns: (transfer full): a new browser
 *
 * Since: 1.0
 */
ViciBrowser *
vici_browser_new (void)
{
  return g_object_new (VICI_TYPE_BROWSER, NULL);
}

/**
 * vici_browser_is_complete:
 * @self: a browser
 *
 * Says whether the list has everything that is known for now.
 *
 * Returns: %TRUE if it has
 *
 * Since: 1.0
 */
gboolean
vici_browser_is_complete (ViciBrowser *self)
{
  g_return_val_if_fail (VICI_IS_BROWSER (self), FALSE);

  return self->complete;
}

static gboolean
on_cancelled (GCancellable *cancellable,
              gpointer      user_data)
{
  vici_browser_stop (user_data);

  return G_SOURCE_REMOVE;
}

/* FALSE: there is nothing to wait for. */
static gboolean
start (ViciBrowser *self,
       GError     **error)
{
  if (self->waiter.task != NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING,
                           _("The browser is being started already"));
      return FALSE;
    }

  vici_browser_stop (self);
  self->avahi = vici_avahi_new (&avahi_funcs, self, error);

  return self->avahi != NULL;
}

/**
 * vici_browser_start_async:
 * @self: a browser
 * @cancellable: (nullable): cancels it, and stops the browser
 * @callback: (scope async): called when the first full list is there, or an error is
 * @user_data: for @callback
 *
 * Looks for services, from now on. It takes a second or some until all that are
 * there have answered; what comes later comes into the list, too.
 *
 * Since: 1.0
 */
void
vici_browser_start_async (ViciBrowser        *self,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;

  g_return_if_fail (VICI_IS_BROWSER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, vici_browser_start_async);

  if (self->complete)
    g_task_return_boolean (task, TRUE);
  else if (start (self, &error))
    vici_waiter_begin (&self->waiter, g_steal_pointer (&task), G_CALLBACK (on_cancelled));
  else
    g_task_return_error (task, error);
}

/**
 * vici_browser_start_finish:
 * @self: a browser
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Ends what vici_browser_start_async() began.
 *
 * Errors that leave it stopped: %G_IO_ERROR_NOT_SUPPORTED for a library that was
 * built without mDNS; %G_IO_ERROR_CANCELLED; GIO's own when there is no system bus;
 * and %G_IO_ERROR_CLOSED when the bus ends meanwhile.
 *
 * After all others it goes on, and finds services when Avahi appears, or is started
 * anew: %G_IO_ERROR_NOT_FOUND where Avahi is not running; %G_IO_ERROR_TIMED_OUT when
 * it has not told everything for 30 seconds; and others with what Avahi says.
 *
 * %G_IO_ERROR_PENDING means that an earlier call has not ended yet, and changes
 * nothing.
 *
 * Returns: %TRUE if the list is complete
 *
 * Since: 1.0
 */
gboolean
vici_browser_start_finish (ViciBrowser  *self,
                           GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * vici_browser_stop:
 * @self: a browser
 *
 * Looks no more, and empties the list. A call of vici_browser_start_async() that has
 * not ended ends with %G_IO_ERROR_CANCELLED.
 *
 * Since: 1.0
 */
void
vici_browser_stop (ViciBrowser *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (VICI_IS_BROWSER (self));

  if (self->avahi == NULL)
    return;

  g_clear_pointer (&self->avahi, vici_avahi_free);
  error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The browser was stopped"));
  vici_waiter_fail (&self->waiter, error);
  forget_avahi (self);
}

/* -- The model -- */

static GType
vici_browser_get_item_type (GListModel *model)
{
  return VICI_TYPE_SERVICE;
}

static guint
vici_browser_get_n_items (GListModel *model)
{
  return VICI_BROWSER (model)->services->len;
}

static gpointer
vici_browser_get_item (GListModel *model,
                       guint       position)
{
  ViciBrowser *self = VICI_BROWSER (model);

  return position < self->services->len ? g_object_ref (self->services->pdata[position]) : NULL;
}

static void
vici_browser_list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = vici_browser_get_item_type;
  iface->get_n_items = vici_browser_get_n_items;
  iface->get_item = vici_browser_get_item;
}

/* -- GObject -- */

static void
vici_browser_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  ViciBrowser *self = VICI_BROWSER (object);

  switch (prop_id)
    {
    case PROP_COMPLETE:
      g_value_set_boolean (value, self->complete);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
vici_browser_dispose (GObject *object)
{
  vici_browser_stop (VICI_BROWSER (object));

  G_OBJECT_CLASS (vici_browser_parent_class)->dispose (object);
}

static void
vici_browser_finalize (GObject *object)
{
  ViciBrowser *self = VICI_BROWSER (object);

  g_ptr_array_unref (self->services);
  g_ptr_array_unref (self->sightings);

  G_OBJECT_CLASS (vici_browser_parent_class)->finalize (object);
}

static void
vici_browser_class_init (ViciBrowserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = vici_browser_get_property;
  object_class->dispose = vici_browser_dispose;
  object_class->finalize = vici_browser_finalize;

  /**
   * ViciBrowser:complete:
   *
   * Whether the list has everything that is known for now. It is not while the first
   * answers are awaited, or Avahi is away.
   *
   * Since: 1.0
   */
  props[PROP_COMPLETE] =
    g_param_spec_boolean ("complete", NULL, NULL,
                          FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
vici_browser_init (ViciBrowser *self)
{
  self->services = g_ptr_array_new_with_free_func (g_object_unref);
  self->sightings = g_ptr_array_new_with_free_func ((GDestroyNotify) vici_sighting_free);
}
