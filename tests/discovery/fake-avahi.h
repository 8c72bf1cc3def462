/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* An Avahi that says what a test wants, on a private bus, in the same main loop. What
 * it is asked goes into @log, one word each:
 *
 *   add:NAME:INTERFACE:PROTOCOL:PORT:TXT   commit   reset   rename:NAME
 *   ask:NAME:INTERFACE:PROTOCOL            start:PATH   free:PATH
 *
 * The first resolver is /resolver/1, and so on. A client's end is “left”. */
typedef struct
{
  GDBusConnection *bus;
  guint            owning;
  GString         *log;
  GHashTable      *objects;     /* numbers on the bus, by path */
  guint            client;      /* the watch of the last one */
  guint            resolvers;

  int              state;       /* of the server; at first it is running */
  char            *name;        /* what was added last */
  const char     **taken_here;  /* names that cannot be added */
  const char     **taken_there; /* names for which there is a collision later */
  gboolean         all_taken;
  gboolean         silent;      /* what is committed is never established */
  gboolean         mute;        /* who asks for a resolver gets no answer */
  gboolean         fails;       /* nothing is made, when asked to */
} FakeAvahi;

#define FAKE_GROUP "/group/1"
#define FAKE_BROWSER "/browser/1"

/* What the functions of a test program run on. FALSE: there can be no bus here. */
gboolean fake_bus_start      (void);
void     fake_bus_stop       (void);

void     fake_avahi_set_up   (FakeAvahi    *self,
                              gconstpointer data);
void     fake_avahi_tear_down (FakeAvahi    *self,
                               gconstpointer data);

/* Avahi ends, and comes again. */
void     fake_avahi_go       (FakeAvahi    *self);
void     fake_avahi_come     (FakeAvahi    *self);

void     fake_avahi_say      (FakeAvahi    *self,
                              const char   *path,
                              const char   *interface,
                              const char   *what,
                              GVariant     *arguments);

/* From its browser; its group and the server; its resolvers. */
void     fake_avahi_item     (FakeAvahi    *self,
                              const char   *what,
                              int           interface,
                              int           protocol,
                              const char   *name);
void     fake_avahi_all_for_now (FakeAvahi *self);
void     fake_avahi_state    (FakeAvahi    *self,
                              const char   *path,
                              int           state);
void     fake_avahi_found    (FakeAvahi    *self,
                              guint         resolver,
                              int           interface,
                              const char   *host,
                              const char   *address,
                              guint         port,
                              const char   *txt);
void     fake_avahi_not_found (FakeAvahi    *self,
                               guint         resolver);

/* Waits for the log to say this, and empties it. */
void     fake_avahi_logged   (FakeAvahi    *self,
                              const char   *words);

#define ADD_TEST(path, func) \
  g_test_add (path, FakeAvahi, NULL, fake_avahi_set_up, func, fake_avahi_tear_down)

/* Runs the main loop until it is so; fails where it is not for minutes. */
#define run_until(condition)                       \
  G_STMT_START                                     \
  {                                                \
    guint run_deadline = deadline_new (#condition); \
                                                   \
    while (!(condition))                           \
      g_main_context_iteration (NULL, TRUE);       \
    g_source_remove (run_deadline);                \
  }                                                \
  G_STMT_END

guint    deadline_new        (const char   *what);

void     take_result         (GObject      *source,
                              GAsyncResult *result,
                              gpointer      slot);

G_END_DECLS
