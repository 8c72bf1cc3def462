/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A password to be asked for, which wipes what it is told. GLib's own does not. */
#define VICI_TYPE_PASSWORD (vici_password_get_type ())

G_DECLARE_FINAL_TYPE (ViciPassword, vici_password, VICI, PASSWORD, GTlsPassword)

ViciPassword *vici_password_new      (const char       *description,
                                      GTlsPasswordFlags flags);

/* What it was told, with a NUL at its end; "" if that is nothing. */
const char   *vici_password_get_text (ViciPassword *self);

G_END_DECLS
