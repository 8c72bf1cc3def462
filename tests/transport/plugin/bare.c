/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* A library that is no plug-in. */

#include <gmodule.h>

G_MODULE_EXPORT int bare_number (void);

int
bare_number (void)
{
  return 1;
}
