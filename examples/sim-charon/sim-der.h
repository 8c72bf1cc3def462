/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As much of DER and PEM as it takes to name a certificate and a key. */

enum
{
  SIM_DER_BOOLEAN = 0x01,
  SIM_DER_INTEGER = 0x02,
  SIM_DER_BIT_STRING = 0x03,
  SIM_DER_OCTET_STRING = 0x04,
  SIM_DER_OID = 0x06,
  SIM_DER_SEQUENCE = 0x30,
  SIM_DER_SET = 0x31
};

/* Bytes of someone else's. */
typedef struct
{
  const guint8 *data;
  gsize         length;
} SimDer;

/* One element: its tag, what it holds, and all of it. */
typedef struct
{
  guint8 tag;
  SimDer content;
  SimDer whole;
} SimDerElement;

/* Takes the next element; FALSE at the end, and where there is none. */
gboolean sim_der_next     (SimDer        *rest,
                           SimDerElement *element);

/* Takes the next element, if it is of that tag; else leaves it. */
gboolean sim_der_take     (SimDer        *rest,
                           guint8         tag,
                           SimDerElement *element);

gboolean sim_der_equal    (const SimDer  *der,
                           const char    *bytes,
                           gsize          length);

/* What a bit string of whole bytes holds. */
gboolean sim_der_bits     (SimDerElement *element);

/* The DER of what may be PEM. */
GBytes  *sim_der_from_pem (GBytes        *bytes);

/* The SHA-1 as 40 hex digits. */
char    *sim_der_sha1     (const SimDer  *der);

G_END_DECLS
