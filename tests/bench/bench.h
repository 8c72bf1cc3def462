/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* What the benchmarks share: a peer in a process of its own, which is nothing
 * but fast, and runs in processes of their own, so that none inherits the memory
 * of another. */

#define EVENT_SIZE 1007         /* of the whole packet */
#define EVENT_ELEMENTS 55

typedef struct
{
  double seconds;
  long   peak;                  /* of the resident set, in KiB */
} BenchRun;

/* Uses the socket to the peer and closes it. */
typedef void (*BenchFunc) (int   fd,
                           guint count);

typedef struct
{
  const char *name;
  BenchFunc   client;
} BenchMode;

typedef struct
{
  guint       count;
  const char *mode;             /* one to be run alone, in this process; or NULL */
  gboolean    check;
} BenchOptions;

/* The command line; what is not on it stays as it is. */
void            bench_parse             (BenchOptions    *options,
                                         int              argc,
                                         char           **argv);
BenchFunc       bench_find_mode         (const BenchMode *modes,
                                         const char      *name);

/* Answers whatever arrives first as if it were one list-sas. */
void            bench_serve_stream      (int              fd,
                                         guint            count);

/* Answers every packet with a small reply, as often as the client likes. */
void            bench_serve_round_trips (int              fd,
                                         guint            count);

/* In this process, with the peer in one that was forked; returns seconds. */
double          bench_run_here          (BenchFunc        serve,
                                         BenchFunc        client,
                                         guint            count);

/* In a process of its own. */
BenchRun        bench_run               (BenchFunc        serve,
                                         BenchFunc        client,
                                         guint            count);

/* A connection over the socket, which it takes. */
ViciConnection *bench_connect           (int              fd);

/* For clients that use the bare socket. */
void            bench_send              (int              fd,
                                         const void      *data,
                                         gsize            length);

G_END_DECLS
