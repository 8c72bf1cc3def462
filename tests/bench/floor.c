/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "floor.h"
#include "workload.h"

#include <string.h>
#include <sys/socket.h>

void
floor_receive (int   fd,
               guint answers)
{
  guint8 buffer[64 * 1024];
  guint counts[8] = { 0 };
  gsize length = 0;

  while (counts[PACKET_REPLY] + counts[PACKET_CONFIRM] < answers)
    {
      ssize_t n = recv (fd, buffer + length, sizeof buffer - length, 0);
      gsize used;

      g_assert_cmpint (n, >, 0);
      length += (gsize) n;
      used = workload_walk_packets (buffer, length, counts);
      length -= used;
      if (length > 0)
        memmove (buffer, buffer + used, length);
    }
}

void
floor_ask (int               fd,
           const GByteArray *request)
{
  bench_send (fd, request->data, request->len);
  floor_receive (fd, 1);
}
