/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sim-der.h"

#include <string.h>

static gboolean
take_length (SimDer *rest,
             gsize  *length)
{
  guint8 first;
  guint n;

  if (rest->length == 0)
    return FALSE;

  first = *rest->data++;
  rest->length--;
  *length = first;
  if (first < 0x80)
    return TRUE;

  n = first & 0x7f;
  if (n == 0 || n > 4 || n > rest->length)
    return FALSE;

  for (*length = 0; n > 0; n--, rest->length--)
    *length = *length << 8 | *rest->data++;

  return TRUE;
}

gboolean
sim_der_next (SimDer        *rest,
              SimDerElement *element)
{
  const guint8 *start = rest->data;
  SimDer left = *rest;
  gsize length;

  if (left.length == 0)
    return FALSE;

  element->tag = *left.data++;
  left.length--;
  if (!take_length (&left, &length) || length > left.length)
    return FALSE;

  element->content = (SimDer) { left.data, length };
  element->whole = (SimDer) { start, (gsize) (left.data - start) + length };
  *rest = (SimDer) { left.data + length, left.length - length };

  return TRUE;
}

gboolean
sim_der_take (SimDer        *rest,
              guint8         tag,
              SimDerElement *element)
{
  SimDer left = *rest;

  if (!sim_der_next (&left, element) || element->tag != tag)
    return FALSE;

  *rest = left;

  return TRUE;
}

gboolean
sim_der_equal (const SimDer *der,
               const char   *bytes,
               gsize         length)
{
  return der->length == length && memcmp (der->data, bytes, length) == 0;
}

gboolean
sim_der_bits (SimDerElement *element)
{
  if (element->content.length == 0 || *element->content.data != 0)
    return FALSE;

  element->content.data++;
  element->content.length--;

  return TRUE;
}

GBytes *
sim_der_from_pem (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  const char *start, *end;
  g_autofree char *body = NULL;
  guint8 *der;

  start = g_strstr_len (data, (gssize) length, "-----BEGIN ");
  if (start == NULL)
    return g_bytes_ref (bytes);

  start += strlen ("-----BEGIN ");
  start = g_strstr_len (start, (gssize) (length - (gsize) (start - data)), "-----");
  if (start == NULL)
    return g_bytes_ref (bytes);
  start += strlen ("-----");

  end = g_strstr_len (start, (gssize) (length - (gsize) (start - data)), "-----END ");
  if (end == NULL)
    return g_bytes_ref (bytes);

  body = g_strndup (start, (gsize) (end - start));
  der = g_base64_decode (body, &length);

  return g_bytes_new_take (der, length);
}

char *
sim_der_sha1 (const SimDer *der)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA1, der->data, der->length);
}
