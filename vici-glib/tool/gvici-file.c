/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "gvici-file.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* A packet has 512 KiB at most, and as JSON some times that. What is larger may
 * well have no end. */
#define SIZE_MAX_MIB 8

static gboolean
read_all (FILE       *file,
          const char *shown,
          GByteArray *bytes,
          GError    **error)
{
  guint8 buffer[8192];
  gsize length;

  while ((length = fread (buffer, 1, sizeof buffer, file)) > 0)
    {
      if (bytes->len + length > SIZE_MAX_MIB << 20)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                       _("“%s” is larger than %d MiB, which no request can be"), shown,
                       SIZE_MAX_MIB);
          return FALSE;
        }

      g_byte_array_append (bytes, buffer, length);
    }

  if (ferror (file))
    {
      int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                   _("Cannot read “%s”: %s"), shown, g_strerror (saved_errno));
      return FALSE;
    }

  return TRUE;
}

GBytes *
gvici_file_read (const char *path,
                 GError    **error)
{
  static gboolean has_read_stdin;

  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *shown = g_filename_display_name (path);
  gboolean is_stdin = strcmp (path, "-") == 0;
  gboolean success;
  FILE *file;

  if (is_stdin && has_read_stdin)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _("Standard input can be read only once"));
      return NULL;
    }

  file = is_stdin ? stdin : fopen (path, "rbe");
  if (file == NULL)
    {
      int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved_errno),
                   _("Cannot open “%s”: %s"), shown, g_strerror (saved_errno));
      return NULL;
    }

  success = read_all (file, shown, bytes, error);

  if (is_stdin)
    has_read_stdin = TRUE;
  else
    fclose (file);

  return success ? g_byte_array_free_to_bytes (g_steal_pointer (&bytes)) : NULL;
}
