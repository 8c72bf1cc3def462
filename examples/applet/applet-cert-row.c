/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-cert-row.h"

#include <glib/gi18n.h>

#include "applet-cert-text.h"

/* A certificate that the daemon has, and whether it is about to expire. */

struct _AppletCertRow
{
  AppletView parent_instance;

  GtkImage  *image;
  GtkLabel  *subject_label;
  GtkLabel  *kind_label;
  GtkLabel  *expiry_label;
};

G_DEFINE_FINAL_TYPE (AppletCertRow, applet_cert_row, APPLET_TYPE_VIEW)

static const char *
kind_text (ViciCert *cert)
{
  if (vici_cert_get_cert_type (cert) == VICI_CERT_TYPE_X509_CRL)
    return _("Revocation list");
  if (vici_cert_get_cert_type (cert) == VICI_CERT_TYPE_PUBKEY)
    return _("Public key");
  if (vici_cert_get_has_private_key (cert))
    return _("Own certificate, with its key");
  if (vici_cert_get_flag (cert) == VICI_CERT_FLAG_CA)
    return _("Certificate of an authority");

  return _("Certificate of a peer");
}

static void
applet_cert_row_update (AppletView *view)
{
  AppletCertRow *self = APPLET_CERT_ROW (view);
  ViciCert *cert = VICI_CERT (vici_item_get_record (applet_view_get_item (view)));
  const char *style;
  g_autofree char *expiry = applet_cert_dup_expiry (cert, &style);
  const char * const styles[] = { "caption", style, NULL };

  gtk_label_set_label (self->subject_label, applet_cert_get_subject (cert));
  gtk_label_set_label (self->kind_label, kind_text (cert));
  gtk_label_set_label (self->expiry_label, expiry);
  gtk_widget_set_visible (GTK_WIDGET (self->expiry_label), expiry != NULL);
  gtk_widget_set_css_classes (GTK_WIDGET (self->expiry_label), (const char **) styles);
  gtk_widget_set_css_classes (GTK_WIDGET (self->image), (const char **) styles + 1);
  gtk_image_set_from_icon_name (self->image,
                                style != NULL ? "dialog-warning-symbolic" : "application-certificate-symbolic");
}

static char *
applet_cert_row_dup_label (AppletView *view)
{
  ViciCert *cert = VICI_CERT (vici_item_get_record (applet_view_get_item (view)));
  const char *style;
  g_autofree char *expiry = applet_cert_dup_expiry (cert, &style);

  return g_strjoin (", ", applet_cert_get_subject (cert), kind_text (cert), expiry, NULL);
}

static void
applet_cert_row_class_init (AppletCertRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  APPLET_VIEW_CLASS (klass)->update = applet_cert_row_update;
  APPLET_VIEW_CLASS (klass)->dup_label = applet_cert_row_dup_label;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/example/ViciApplet/applet-cert-row.ui");
  gtk_widget_class_bind_template_child (widget_class, AppletCertRow, image);
  gtk_widget_class_bind_template_child (widget_class, AppletCertRow, subject_label);
  gtk_widget_class_bind_template_child (widget_class, AppletCertRow, kind_label);
  gtk_widget_class_bind_template_child (widget_class, AppletCertRow, expiry_label);
}

static void
applet_cert_row_init (AppletCertRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
