/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Loaded into a GTK program by LD_PRELOAD, tells what its main loop does, in the
 * file that LOOPWATCH names. A line for each of its turns: "woke" where it had slept
 * before, and "went" where there was more to do; and one for each frame that was
 * drawn. Each with when that began and how long it took, in µs:
 *
 *   woke 81231022513 220
 *   frame 81231022602 118
 *   went 81231022733 12
 */

#include <gtk/gtk.h>
#include <stdio.h>

static FILE *file;
static gint64 woken;
static gint64 frame_begun;

static void
tell (const char *what,
      gint64      since)
{
  gint64 now = g_get_monotonic_time ();

  if (since != 0)
    fprintf (file, "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", what, since, now - since);
}

static int
watch_poll (GPollFD *fds,
            guint    n_fds,
            int      timeout)
{
  static const char *turn = "woke";
  int ready;

  tell (turn, woken);
  ready = g_poll (fds, n_fds, timeout);
  turn = timeout == 0 ? "went" : "woke";
  woken = g_get_monotonic_time ();

  return ready;
}

static gboolean
on_frame_begins (GSignalInvocationHint *hint,
                 guint                  n_values,
                 const GValue          *values,
                 gpointer               user_data)
{
  frame_begun = g_get_monotonic_time ();

  return G_SOURCE_CONTINUE;
}

static gboolean
on_frame_ends (GSignalInvocationHint *hint,
               guint                  n_values,
               const GValue          *values,
               gpointer               user_data)
{
  tell ("frame", frame_begun);
  frame_begun = 0;

  return G_SOURCE_CONTINUE;
}

__attribute__ ((constructor)) static void
loopwatch_load (void)
{
  const char *path = g_getenv ("LOOPWATCH");

  file = path != NULL ? fopen (path, "ae") : NULL;
  if (file == NULL)
    return;

  setvbuf (file, NULL, _IOLBF, 0);
  g_main_context_set_poll_func (NULL, watch_poll);

  /* It knows its signals from here on. */
  g_type_class_ref (GDK_TYPE_FRAME_CLOCK);
  g_signal_add_emission_hook (g_signal_lookup ("flush-events", GDK_TYPE_FRAME_CLOCK), 0,
                              on_frame_begins, NULL, NULL);
  g_signal_add_emission_hook (g_signal_lookup ("resume-events", GDK_TYPE_FRAME_CLOCK), 0,
                              on_frame_ends, NULL, NULL);
}
