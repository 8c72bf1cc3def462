/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <gio/gio.h>

#include <vici-glib/vici-glib.h>

G_BEGIN_DECLS

/* What the benchmarks carry over the wire, and what it means to have read it. */

#define EVENT_SIZE 1007         /* of a list-sa packet */
#define EVENT_ELEMENTS 55
#define REQUEST_ELEMENTS 61

typedef enum
{
  PACKET_REQUEST = 0,
  PACKET_REPLY = 1,
  PACKET_REGISTER = 3,
  PACKET_UNREGISTER = 4,
  PACKET_CONFIRM = 5,
  PACKET_EVENT = 7
} PacketType;

/* -- Packets, added to what is there -- */

void         workload_add_version_reply (GByteArray  *data);
void         workload_add_empty         (GByteArray  *data,
                                         PacketType   type);
void         workload_add_named         (GByteArray  *data,
                                         PacketType   type,
                                         const char  *name);

/* An IKE_SA with its CHILD_SA, and a line of a log. */
void         workload_add_list_sa       (GByteArray  *data);
void         workload_add_log           (GByteArray  *data);

/* One of many, with unique ids of its own, in a list or an event, and what it has received:
 * 10,000 is the highest of the numbers, and up to 7 digits are for the bytes. */
void         workload_add_own_sa        (GByteArray  *data,
                                         const char  *event,
                                         guint        number,
                                         guint        bytes);

/* The message in workload_add_list_sa(). */
GBytes      *workload_get_list_sa       (void);

/* -- The request to build -- */

typedef struct
{
  ViciElement element;
  const char *name;             /* NULL where the element has none, like the value */
  const char *value;
} WorkloadElement;

extern const WorkloadElement workload_request[REQUEST_ELEMENTS];

/* -- Reading -- */

/* What has been looked at, so that it is not optimised away, and so that all
 * clients are known to have looked at the same. */
extern guint64 workload_sum;
extern guint workload_elements;

static inline void
workload_see (const char *name,
              const void *value,
              gsize       length)
{
  workload_elements++;
  if (name != NULL)
    workload_sum += (guint8) name[0];
  if (length > 0)
    workload_sum += ((const guint8 *) value)[0] + length;
}

/* That so many list-sa events were read since the last time, each wholly. */
void         workload_assert_seen       (guint        events);

/* By hand; with the library's iterator. */
void         workload_walk_bytes        (const guint8 *position,
                                         const guint8 *end);
void         workload_walk_message      (ViciMessage  *message);

/* Walks the events among the whole packets, and returns how many bytes those
 * packets are; counts the packets of each type. */
gsize        workload_walk_packets      (const guint8 *data,
                                         gsize         length,
                                         guint         counts[8]);

G_END_DECLS
