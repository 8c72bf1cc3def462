/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Tells which kind of transport a URI gets, or why none: find-transport URI [DIR…] */

#include <vici-glib/vici-glib.h>

int
main (int    argc,
      char **argv)
{
  g_autoptr (ViciTransport) transport = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (argc > 1, 2);

  for (int i = 2; i < argc; i++)
    vici_transport_add_module_directory (argv[i]);

  transport = vici_transport_new_for_uri (argv[1], &error);
  if (transport != NULL)
    g_print ("%s\n", G_OBJECT_TYPE_NAME (transport));
  else
    g_print ("%d: %s\n", error->code, error->message);

  return transport == NULL;
}
