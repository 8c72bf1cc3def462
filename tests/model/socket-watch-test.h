/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vici-socket-watch.h"

/* A folder of the test's own, and in it a watch for a path. */
typedef struct
{
  char            *folder;
  ViciSocketWatch *watch;
  guint            n_calls;
} Fixture;

/* Counts the call. */
void  on_call                (gpointer            user_data);

void  fixture_init           (Fixture            *self);
void  fixture_clear          (Fixture            *self);
char *in_folder              (Fixture            *self,
                              const char         *name);

/* The kernel refuses to watch nothing that it is asked to, by these and since. */
void  watch                  (Fixture            *self,
                              const char         *name);
void  watch_with             (Fixture            *self,
                              const char         *name,
                              ViciSocketWatchFunc func);
void  assert_nothing_refused (void);

/* Anywhere, and whether or not all can be watched. */
void  watch_at               (Fixture            *self,
                              const char         *path,
                              ViciSocketWatchFunc func);

/* What happens in the folder. */
void  make_socket            (Fixture            *self,
                              const char         *name);
void  make_folder            (Fixture            *self,
                              const char         *name);
void  make_link              (Fixture            *self,
                              const char         *target,
                              const char         *name);
void  move                   (Fixture            *self,
                              const char         *from,
                              const char         *to);
void  take_away              (Fixture            *self,
                              const char         *name);
void  set_mode               (Fixture            *self,
                              const char         *name,
                              mode_t              mode);

/* Waits for a call, and forgets what was called until now. */
void  assert_called          (Fixture            *self);
void  assert_not_called      (Fixture            *self);

/* Waits until what has happened so far was told to whoever watches. */
void  settle                 (Fixture            *self);
