/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "bench.h"

G_BEGIN_DECLS

/* The floor: a blocking socket and packets made by hand, and no library. */

/* Reads until so many answers are there, and walks over the events before them. */
void floor_receive (int   fd,
                    guint answers);

/* One packet there, and its answer back. */
void floor_ask     (int               fd,
                    const GByteArray *request);

G_END_DECLS
