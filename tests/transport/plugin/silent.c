/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A plug-in that is loaded, which may happen once, and registers nothing. */

#include <gio/gio.h>

G_MODULE_EXPORT void g_io_vici_transport_silent_load (GIOModule *module);
G_MODULE_EXPORT void g_io_vici_transport_silent_unload (GIOModule *module);

void
g_io_vici_transport_silent_load (GIOModule *module)
{
  static guint count;

  g_assert_cmpuint (count++, ==, 0);
}

void
g_io_vici_transport_silent_unload (GIOModule *module)
{
}
