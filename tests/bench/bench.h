/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* A benchmark is a program with cases. `bench-X --list` prints their names, each
 * with the count that it has by default. `bench-X CASE [COUNT]` runs one, against
 * a simulated peer in a process of its own, and prints what it took as JSON on
 * one line. `run` does the rest: repeats, compares, and prints tables. */

typedef struct _Bench Bench;

/* Serves connections that arrive at a listening socket, until it is killed. */
typedef void (*BenchServeFunc) (int          listener,
                                const Bench *bench);

/* Sets up, bench_start(), does it all, bench_stop(), cleans up. */
typedef void (*BenchClientFunc) (Bench *bench);

/* Whether what it compares with is on this machine. */
typedef gboolean (*BenchAvailableFunc) (void);

typedef struct
{
  const char        *name;
  guint              count;     /* by default */
  BenchServeFunc     serve;     /* NULL: without a peer */
  BenchClientFunc    client;
  guint              size;      /* the number in its name, if it has one */
  BenchAvailableFunc available; /* NULL: always */
} BenchCase;

struct _Bench
{
  guint       count;
  guint       size;
  const char *path;             /* where the peer listens */

  /* What it has taken. */
  gint64      started;          /* in µs, as the next two */
  gint64      elapsed;
  gint64      cpu;              /* user and system */
  long        rest;             /* of the resident set, in KiB, after setting up */
  gsize       heap;             /* in use after setting up, in bytes */
};

/* The cases end with one that has no name. */
int             bench_main         (int              argc,
                                    char            *argv[],
                                    const BenchCase *cases);

void            bench_start        (Bench           *bench);
void            bench_stop         (Bench           *bench);

/* Instead of the clock's time between start and stop: for what is measured in parts. */
void            bench_set_time     (Bench           *bench,
                                    gint64           nanoseconds);

/* CPU time of this thread. */
gint64          bench_thread_time  (void);

/* A connected socket, and what the clients that use it bare send with. */
int             bench_dial         (const Bench     *bench);
void            bench_send         (int              fd,
                                    const void      *data,
                                    gsize            length);

/* A connection that is open. */
ViciConnection *bench_connect      (const Bench     *bench);

/* The address for vici_connection_new(). */
char           *bench_uri          (const Bench     *bench);

G_END_DECLS
