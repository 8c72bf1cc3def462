/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* strongSwan's own client library. It is loaded at run time, since its header is
 * not installed with it: what is declared here is what is used here. */

#include "peers.h"
#include "../workload.h"

#include <dlfcn.h>
#include <string.h>

/* Where Debian has it: beside the daemon. */
#define LIBVICI "/usr/lib/ipsec/libvici.so.0"

#define CLOCK_READINGS 1000

typedef struct _LibviciConnection LibviciConnection;
typedef struct _LibviciRequest LibviciRequest;
typedef struct _LibviciResponse LibviciResponse;

typedef enum
{
  PARSE_BEGIN_SECTION,
  PARSE_END_SECTION,
  PARSE_BEGIN_LIST,
  PARSE_LIST_ITEM,
  PARSE_END_LIST,
  PARSE_KEY_VALUE,
  PARSE_END,
  PARSE_ERROR
} LibviciElement;

typedef void (*LibviciEventFunc) (void            *user_data,
                                  char            *name,
                                  LibviciResponse *response);

/* Its functions, without their prefix. */
static struct
{
  void (*init) (void);
  void (*deinit) (void);
  LibviciConnection *(*connect) (char *uri);
  void (*disconnect) (LibviciConnection *connection);
  LibviciRequest *(*begin) (char *command);
  void (*begin_section) (LibviciRequest *request,
                         char           *name);
  void (*end_section) (LibviciRequest *request);
  void (*begin_list) (LibviciRequest *request,
                      char           *name);
  void (*end_list) (LibviciRequest *request);
  void (*add_key_value) (LibviciRequest *request,
                         char           *name,
                         void           *value,
                         int             length);
  void (*add_list_item) (LibviciRequest *request,
                         void           *value,
                         int             length);
  void (*free_req) (LibviciRequest *request);
  LibviciResponse *(*submit) (LibviciRequest    *request,
                              LibviciConnection *connection);
  LibviciElement (*parse) (LibviciResponse *response);
  char *(*parse_name) (LibviciResponse *response);
  void *(*parse_value) (LibviciResponse *response,
                        int             *length);
  void (*free_res) (LibviciResponse *response);
  int (*subscribe) (LibviciConnection *connection,
                    char              *event,
                    LibviciEventFunc   func,
                    void              *user_data);
} vici;

#define LOAD(library, function, symbol) \
  (vici.function = (__typeof__ (vici.function)) dlsym (library, symbol))

static gboolean
load_functions (void *library)
{
  return LOAD (library, init, "vici_init") &&
         LOAD (library, deinit, "vici_deinit") &&
         LOAD (library, connect, "vici_connect") &&
         LOAD (library, disconnect, "vici_disconnect") &&
         LOAD (library, begin, "vici_begin") &&
         LOAD (library, begin_section, "vici_begin_section") &&
         LOAD (library, end_section, "vici_end_section") &&
         LOAD (library, begin_list, "vici_begin_list") &&
         LOAD (library, end_list, "vici_end_list") &&
         LOAD (library, add_key_value, "vici_add_key_value") &&
         LOAD (library, add_list_item, "vici_add_list_item") &&
         LOAD (library, free_req, "vici_free_req") &&
         LOAD (library, submit, "vici_submit") &&
         LOAD (library, parse, "vici_parse") &&
         LOAD (library, parse_name, "vici_parse_name") &&
         LOAD (library, parse_value, "vici_parse_value") &&
         LOAD (library, free_res, "vici_free_res") &&
         LOAD (library, subscribe, "vici_register");
}

gboolean
libvici_is_available (void)
{
  void *library = dlopen (LIBVICI, RTLD_NOW | RTLD_LOCAL);

  return library != NULL && load_functions (library);
}

static LibviciConnection *
connect_to (const Bench *bench)
{
  g_autofree char *uri = bench_uri (bench);
  LibviciConnection *connection = vici.connect (uri);

  g_assert_nonnull (connection);

  return connection;
}

static LibviciConnection *
set_up (const Bench *bench)
{
  vici.init ();

  return connect_to (bench);
}

static void
clean_up (LibviciConnection *connection)
{
  vici.disconnect (connection);
  vici.deinit ();
}

/* -- Calls -- */

static void
call (LibviciConnection *connection,
      const char        *command)
{
  LibviciResponse *response = vici.submit (vici.begin ((char *) command), connection);

  g_assert_nonnull (response);
  g_assert_cmpint (vici.parse (response), ==, PARSE_KEY_VALUE);
  vici.free_res (response);
}

void
libvici_call (Bench *bench)
{
  LibviciConnection *connection = set_up (bench);

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    call (connection, "version");
  bench_stop (bench);

  clean_up (connection);
}

void
libvici_open (Bench *bench)
{
  vici.init ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      LibviciConnection *connection = connect_to (bench);

      call (connection, "version");
      vici.disconnect (connection);
    }
  bench_stop (bench);

  vici.deinit ();
}

/* -- Streams -- */

/* What callgrind looks for, when walking alone is to be counted. */
static G_GNUC_NO_INLINE void
libvici_walk_event (LibviciResponse *event)
{
  LibviciElement element;

  while ((element = vici.parse (event)) != PARSE_END)
    {
      const char *name = NULL;
      const void *value = NULL;
      int length = 0;

      g_assert_cmpint (element, !=, PARSE_ERROR);
      if (element == PARSE_BEGIN_SECTION || element == PARSE_BEGIN_LIST || element == PARSE_KEY_VALUE)
        name = vici.parse_name (event);
      if (element == PARSE_LIST_ITEM || element == PARSE_KEY_VALUE)
        value = vici.parse_value (event, &length);

      workload_see (name, value, (gsize) length);
    }
}

static void
on_event (void            *user_data,
          char            *name,
          LibviciResponse *event)
{
  libvici_walk_event (event);
}

static void
on_timed_event (void            *user_data,
                char            *name,
                LibviciResponse *event)
{
  gint64 *time = user_data;

  *time -= bench_thread_time ();
  libvici_walk_event (event);
  *time += bench_thread_time ();
}

static void
stream (LibviciConnection *connection,
        LibviciEventFunc   func,
        void              *user_data)
{
  g_assert_cmpint (vici.subscribe (connection, (char *) "list-sa", func, user_data), ==, 0);
  call (connection, "list-sas");
  g_assert_cmpint (vici.subscribe (connection, (char *) "list-sa", NULL, NULL), ==, 0);
}

void
libvici_stream (Bench *bench)
{
  LibviciConnection *connection = set_up (bench);

  bench_start (bench);
  stream (connection, on_event, NULL);
  bench_stop (bench);

  workload_assert_seen (bench->count);
  clean_up (connection);
}

void
libvici_short_stream (Bench *bench)
{
  LibviciConnection *connection = set_up (bench);

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    stream (connection, on_event, NULL);
  bench_stop (bench);

  workload_assert_seen (bench->count);
  clean_up (connection);
}

/* What of the time between two readings of the clock is the clock's. */
static gint64
clock_time (void)
{
  gint64 time = 0;

  for (guint i = 0; i < CLOCK_READINGS; i++)
    {
      time -= bench_thread_time ();
      time += bench_thread_time ();
    }

  return time / CLOCK_READINGS;
}

/* There is no message outside of a stream, and whether one can be walked over
 * twice is not documented. */
void
libvici_walk (Bench *bench)
{
  LibviciConnection *connection = set_up (bench);
  gint64 time = -clock_time () * bench->count;

  bench_start (bench);
  stream (connection, on_timed_event, &time);
  bench_stop (bench);

  bench_set_time (bench, time);
  workload_assert_seen (bench->count);
  clean_up (connection);
}

/* -- Requests -- */

static void
add_element (LibviciRequest        *request,
             const WorkloadElement *one)
{
  char *name = (char *) one->name;
  char *value = (char *) one->value;

  switch (one->element)
    {
    case VICI_ELEMENT_SECTION_START:
      vici.begin_section (request, name);
      break;
    case VICI_ELEMENT_SECTION_END:
      vici.end_section (request);
      break;
    case VICI_ELEMENT_KEY_VALUE:
      vici.add_key_value (request, name, value, (int) strlen (value));
      break;
    case VICI_ELEMENT_LIST_START:
      vici.begin_list (request, name);
      break;
    case VICI_ELEMENT_LIST_ITEM:
      vici.add_list_item (request, value, (int) strlen (value));
      break;
    case VICI_ELEMENT_LIST_END:
      vici.end_list (request);
      break;
    }
}

void
libvici_build (Bench *bench)
{
  vici.init ();

  bench_start (bench);
  for (guint i = 0; i < bench->count; i++)
    {
      LibviciRequest *request = vici.begin ((char *) "load-conn");

      for (guint j = 0; j < REQUEST_ELEMENTS; j++)
        add_element (request, &workload_request[j]);
      vici.free_req (request);
    }
  bench_stop (bench);

  vici.deinit ();
}
