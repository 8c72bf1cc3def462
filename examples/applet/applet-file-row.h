/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* An entry for the path of a file of certificates or keys, with a button to choose it. */
#define APPLET_TYPE_FILE_ROW (applet_file_row_get_type ())

G_DECLARE_FINAL_TYPE (AppletFileRow, applet_file_row, APPLET, FILE_ROW, AdwEntryRow)

G_END_DECLS
