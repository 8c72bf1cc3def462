/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define VICI_TYPE_RESULT (vici_result_get_type ())

/* The result of an asynchronous call, made when the call has ended.
 *
 * A GTask would be made when the call begins, and keep its source object alive
 * until the end; here an object that nobody else holds must go, and end its
 * calls as it goes. It would also leave for an idle what ends in the main-loop
 * turn in which it began, behind what has come later. */
G_DECLARE_FINAL_TYPE (ViciResult, vici_result, VICI, RESULT, GObject)

/* Calls @callback with a result. @value is a reference to an object, handed
 * over, or NULL; @error is handed over too. @spare is where a result is kept that
 * nobody holds on to, to be used again. */
void     vici_result_return    (ViciResult        **spare,
                                gpointer            source_object,
                                gpointer            source_tag,
                                GAsyncReadyCallback callback,
                                gpointer            user_data,
                                GObject            *value,
                                GError             *error);

gboolean vici_result_is_valid  (GAsyncResult       *result,
                                gpointer            source_object,
                                gpointer            source_tag);

/* Hands over the value, which is NULL for an error, and may be without one. */
gpointer vici_result_propagate (GAsyncResult       *result,
                                GError            **error);

G_END_DECLS
