/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-cert-page.h"

#include "applet-cert-row.h"

/* The certificates that the daemon has. */

struct _AppletCertPage
{
  AdwBin         parent_instance;

  AppletSession *session;

  GtkStack      *stack;
  GtkListView   *certs_view;
};

enum
{
  PROP_SESSION = 1,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (AppletCertPage, applet_cert_page, ADW_TYPE_BIN)

static void
update_stack (AppletCertPage *self)
{
  GListModel *certs = vici_monitor_get_certs (applet_session_get_monitor (self->session));

  gtk_stack_set_visible_child_name (self->stack, g_list_model_get_n_items (certs) > 0 ? "list" : "empty");
}

static void
set_session (AppletCertPage *self,
             AppletSession  *session)
{
  g_autoptr (GtkListItemFactory) factory = NULL;

  if (session == NULL || !g_set_object (&self->session, session))
    return;

  factory = applet_view_factory_new (APPLET_TYPE_CERT_ROW, session);
  gtk_list_view_set_factory (self->certs_view, factory);
  g_signal_connect_object (vici_monitor_get_certs (applet_session_get_monitor (session)), "items-changed",
                           G_CALLBACK (update_stack), self, G_CONNECT_SWAPPED);
  update_stack (self);
}

static void
applet_cert_page_get_property (GObject    *object,
                               guint       prop_id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  AppletCertPage *self = APPLET_CERT_PAGE (object);

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, self->session);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_cert_page_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_SESSION:
      set_session (APPLET_CERT_PAGE (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
applet_cert_page_dispose (GObject *object)
{
  AppletCertPage *self = APPLET_CERT_PAGE (object);

  g_clear_object (&self->session);

  G_OBJECT_CLASS (applet_cert_page_parent_class)->dispose (object);
}

static void
applet_cert_page_class_init (AppletCertPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = applet_cert_page_get_property;
  object_class->set_property = applet_cert_page_set_property;
  object_class->dispose = applet_cert_page_dispose;

  properties[PROP_SESSION] =
    g_param_spec_object ("session", NULL, NULL, APPLET_TYPE_SESSION,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-cert-page.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletCertPage, stack);
  gtk_widget_class_bind_template_child (widget_class, AppletCertPage, certs_view);
}

static void
applet_cert_page_init (AppletCertPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
