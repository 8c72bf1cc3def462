/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "../bench.h"

G_BEGIN_DECLS

/* The other clients in C that the library is compared with, each written for as
 * its documentation says: libvici where it is installed, which shows when a
 * benchmark is run; davici where it can be linked. */

#define CASE_LIBVICI(name, count, serve, client, size) \
  { name, count, serve, client, size, libvici_is_available }

#ifdef HAVE_DAVICI
#define CASE_DAVICI(name, count, serve, client, size) { name, count, serve, client, size }
#else
#define CASE_DAVICI(name, count, serve, client, size) \
  { name, count, serve, NULL, size, davici_is_missing }

static inline gboolean
davici_is_missing (void)
{
  return FALSE;
}
#endif

gboolean libvici_is_available (void);
void     libvici_call         (Bench *bench);
void     libvici_stream       (Bench *bench);
void     libvici_short_stream (Bench *bench);
void     libvici_walk         (Bench *bench);
void     libvici_build        (Bench *bench);
void     libvici_open         (Bench *bench);

/* As many calls are queued at once as the size says. */
void     davici_call          (Bench *bench);
void     davici_queue_bursts  (Bench *bench);
void     davici_stream        (Bench *bench);
void     davici_short_stream  (Bench *bench);
void     davici_walk          (Bench *bench);
void     davici_build         (Bench *bench);
void     davici_open          (Bench *bench);

G_END_DECLS
