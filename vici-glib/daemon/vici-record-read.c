/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "vici-record-read.h"

#include "vici-builder.h"
#include "vici-message-iter.h"
#include "vici-record-private.h"
#include "vici-records.h"

/* -- Algorithms -- */

static ViciMessage *
describe_algorithm (const char *kind,
                    const char *name,
                    const char *plugin)
{
  g_autoptr (ViciBuilder) builder = vici_builder_new ();

  vici_builder_add_string (builder, "kind", kind);
  vici_builder_add_string (builder, "name", name);
  if (plugin != NULL)
    vici_builder_add_string (builder, "plugin", plugin);

  return vici_builder_end (builder, NULL);
}

static void
add_algorithms (GPtrArray   *algorithms,
                const char  *kind,
                ViciMessage *section)
{
  ViciMessageIter iter;

  vici_message_iter_init (&iter, section);
  while (vici_message_iter_next (&iter))
    {
      g_autofree char *plugin = vici_message_iter_dup_string (&iter);
      g_autoptr (ViciMessage) message =
        describe_algorithm (kind, vici_message_iter_get_name (&iter), plugin);

      if (message != NULL)
        g_ptr_array_add (algorithms, vici_record_new (VICI_TYPE_ALGORITHM, NULL, message));
      vici_message_iter_skip (&iter);
    }
}

GListModel *
vici_algorithms_new (ViciMessage *reply)
{
  g_autoptr (GPtrArray) algorithms = g_ptr_array_new_with_free_func (g_object_unref);
  ViciMessageIter iter;

  vici_message_iter_init (&iter, reply);
  while (vici_message_iter_next (&iter))
    {
      g_autoptr (ViciMessage) section = vici_message_iter_dup_section (&iter);

      if (section != NULL)
        add_algorithms (algorithms, vici_message_iter_get_name (&iter), section);
      vici_message_iter_skip (&iter);
    }

  return vici_records_list (algorithms, VICI_TYPE_ALGORITHM);
}

/* -- Certificates -- */

GTlsCertificate *
vici_cert_read_tls_certificate (ViciMessage *message)
{
  g_autoptr (GBytes) der = vici_message_lookup_bytes (message, "data");
  g_autofree char *type = vici_message_lookup_string (message, "type");
  g_autoptr (GByteArray) array = NULL;

  if (der == NULL || g_strcmp0 (type, "X509") != 0)
    return NULL;

  array = g_bytes_unref_to_array (g_bytes_ref (der));

  /* There is no such class without a TLS backend. */
  if (g_tls_backend_get_certificate_type (g_tls_backend_get_default ()) == G_TYPE_INVALID)
    return NULL;

  return g_initable_new (g_tls_backend_get_certificate_type (g_tls_backend_get_default ()),
                         NULL, NULL, "certificate", array, NULL);
}

/* Of an X.509 certificate the daemon says nothing that is in it. GIO's is not kept for
 * this: it takes more than 20 KiB. */
char *
vici_cert_read_subject (ViciMessage *message)
{
  g_autoptr (GTlsCertificate) certificate = vici_cert_read_tls_certificate (message);
  g_autofree char *subject = certificate ? g_tls_certificate_get_subject_name (certificate) : NULL;

  /* Whoever made the certificate may have put any bytes there. */
  return subject ? g_utf8_make_valid (subject, -1) : NULL;
}

static gboolean
read_digits (const char **text,
             guint        n_digits,
             int         *value)
{
  for (*value = 0; n_digits > 0; n_digits--, (*text)++)
    {
      if (!g_ascii_isdigit (**text))
        return FALSE;
      *value = 10 * *value + g_ascii_digit_value (**text);
    }

  return TRUE;
}

/* A time as ASN.1 writes it: 20261121113000Z. */
static GDateTime *
read_time (ViciMessage *message,
           const char  *key)
{
  g_autofree char *text = vici_message_lookup_string (message, key);
  const char *end = text;
  int year, month, day, hour, minute, second;

  if (text == NULL ||
      !read_digits (&end, 4, &year) || !read_digits (&end, 2, &month) ||
      !read_digits (&end, 2, &day) || !read_digits (&end, 2, &hour) ||
      !read_digits (&end, 2, &minute) || !read_digits (&end, 2, &second) ||
      !g_str_equal (end, "Z"))
    return NULL;

  return g_date_time_new_utc (year, month, day, hour, minute, second);
}

GDateTime *
vici_cert_read_not_before (ViciMessage *message)
{
  GDateTime *said = read_time (message, "not-before");
  g_autoptr (GTlsCertificate) certificate = said ? NULL : vici_cert_read_tls_certificate (message);

  return certificate ? g_tls_certificate_get_not_valid_before (certificate) : said;
}

GDateTime *
vici_cert_read_not_after (ViciMessage *message)
{
  GDateTime *said = read_time (message, "not-after");
  g_autoptr (GTlsCertificate) certificate = said ? NULL : vici_cert_read_tls_certificate (message);

  return certificate ? g_tls_certificate_get_not_valid_after (certificate) : said;
}
