/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "applet-cert-row.h"

#include <glib/gi18n.h>

/* A certificate that the daemon has, and whether it is about to expire. */

/* How long before its end there is a warning: long enough to get another one. */
#define SOON (30 * G_TIME_SPAN_DAY)

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
update_expiry (AppletCertRow *self,
               GDateTime     *not_after)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) end = g_date_time_to_local (not_after);
  g_autofree char *date = g_date_time_format (end, "%x");
  g_autofree char *text = NULL;
  GTimeSpan left = g_date_time_difference (end, now);
  const char *styles[] = { "caption", NULL, NULL };

  if (left < 0)
    {
      /* TRANSLATORS: A date. */
      text = g_strdup_printf (_("Expired on %s"), date);
      styles[1] = "error";
    }
  else if (left < SOON)
    {
      int days = (int) (left / G_TIME_SPAN_DAY);

      /* TRANSLATORS: A date, and the days until then. */
      text = g_strdup_printf (ngettext ("Valid until %s: %d day is left", "Valid until %s: %d days are left",
                                        (gulong) days),
                              date, days);
      styles[1] = "warning";
    }
  else
    {
      /* TRANSLATORS: A date. */
      text = g_strdup_printf (_("Valid until %s"), date);
    }

  gtk_label_set_label (self->expiry_label, text);
  gtk_widget_set_css_classes (GTK_WIDGET (self->expiry_label), styles);
  gtk_widget_set_css_classes (GTK_WIDGET (self->image), styles + 1);
  gtk_image_set_from_icon_name (self->image,
                                styles[1] != NULL ? "dialog-warning-symbolic" : "application-certificate-symbolic");
}

/* The daemon says them of bare keys only: those of a certificate are in it. */
static char *
dup_subject (ViciCert *cert)
{
  GTlsCertificate *certificate = vici_cert_get_tls_certificate (cert);
  char *subject = g_strdup (vici_cert_get_subject (cert));

  if (subject == NULL && certificate != NULL)
    subject = g_tls_certificate_get_subject_name (certificate);

  return subject != NULL ? subject : g_strdup (_("Without a subject"));
}

static GDateTime *
ref_not_after (ViciCert *cert)
{
  GTlsCertificate *certificate = vici_cert_get_tls_certificate (cert);
  GDateTime *not_after = vici_cert_get_not_after (cert);

  if (not_after != NULL)
    return g_date_time_ref (not_after);

  return certificate != NULL ? g_tls_certificate_get_not_valid_after (certificate) : NULL;
}

static void
applet_cert_row_update (AppletView *view)
{
  AppletCertRow *self = APPLET_CERT_ROW (view);
  ViciCert *cert = VICI_CERT (vici_item_get_record (applet_view_get_item (view)));
  g_autofree char *subject = dup_subject (cert);
  g_autoptr (GDateTime) not_after = ref_not_after (cert);

  gtk_label_set_label (self->subject_label, subject);
  gtk_label_set_label (self->kind_label, kind_text (cert));
  gtk_widget_set_visible (GTK_WIDGET (self->expiry_label), not_after != NULL);
  if (not_after != NULL)
    update_expiry (self, not_after);
  else
    gtk_image_set_from_icon_name (self->image, "application-certificate-symbolic");
}

static void
applet_cert_row_class_init (AppletCertRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  APPLET_VIEW_CLASS (klass)->update = applet_cert_row_update;

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
