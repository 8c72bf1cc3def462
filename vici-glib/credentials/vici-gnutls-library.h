/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>

G_BEGIN_DECLS

/* GnuTLS is loaded when it is needed first. It brings eight libraries with it, and
 * most programs never read a key. */

/* What is used of it, without the prefix. */
#define VICI_GNUTLS_FUNCTIONS(F) \
  F (free) \
  F (pkcs12_bag_decrypt) \
  F (pkcs12_bag_deinit) \
  F (pkcs12_bag_enc_info) \
  F (pkcs12_bag_get_count) \
  F (pkcs12_bag_get_data) \
  F (pkcs12_bag_get_type) \
  F (pkcs12_bag_init) \
  F (pkcs12_deinit) \
  F (pkcs12_get_bag) \
  F (pkcs12_import) \
  F (pkcs12_init) \
  F (pkcs12_mac_info) \
  F (pkcs12_verify_mac) \
  F (pkcs8_info) \
  F (strerror) \
  F (x509_crt_deinit) \
  F (x509_crt_export2) \
  F (x509_crt_get_ca_status) \
  F (x509_crt_get_key_id) \
  F (x509_crt_import) \
  F (x509_crt_init) \
  F (x509_privkey_deinit) \
  F (x509_privkey_export2_pkcs8) \
  F (x509_privkey_get_key_id) \
  F (x509_privkey_import2) \
  F (x509_privkey_init)

/* gnutls_free is a variable, and so the address of one here. */
#define VICI_GNUTLS_FIELD(name) __typeof__ (gnutls_##name) *name;

typedef struct
{
  VICI_GNUTLS_FUNCTIONS (VICI_GNUTLS_FIELD)
} ViciGnutlsLibrary;

/* To be used only after it was loaded. */
extern ViciGnutlsLibrary vici_gnutls;

/* Fails with G_IO_ERROR_NOT_SUPPORTED. */
gboolean vici_gnutls_load (GError **error);

G_END_DECLS
