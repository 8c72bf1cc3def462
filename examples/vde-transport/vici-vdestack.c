/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* Holds a network stack for the plug-in, and hands out sockets on it.
 *
 * Usage: vici-vdestack NET ADDRESS/PREFIX
 *
 * The standard input is a UNIX socket of packets. Each packet that comes in is one
 * byte, an address family, and is answered by a packet with a TCP socket of that
 * family. If there is none, the answer says why instead, and the program ends.
 *
 * It is a program of its own because the stack's other half runs on the memory and
 * the errno of whoever makes it, and because libvdestack leaves the network and
 * descriptors open when a stack is deleted: here all that ends with the program. */

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <vdestack.h>

/* libvdestack waits for ever on a stack that has not come up. */
#define SETUP_S 5

/* Whoever had the place on the network may be just about to go: until then it is in
 * use, or its peer talks to nobody else. */
#define TRIES 40
#define REST_US 50000

static struct vdestack *stack;

static int
answer (const char *text,
        int         socket)
{
  union
  {
    struct cmsghdr header;
    char           space[CMSG_SPACE (sizeof socket)];
  } control = { .header = {
                  .cmsg_len = CMSG_LEN (sizeof socket),
                  .cmsg_level = SOL_SOCKET,
                  .cmsg_type = SCM_RIGHTS,
                } };
  struct iovec vector = { (char *) text, strlen (text) };
  struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1 };

  if (socket >= 0)
    {
      memcpy (CMSG_DATA (&control.header), &socket, sizeof socket);
      message.msg_control = &control;
      message.msg_controllen = sizeof control;
    }

  return sendmsg (STDIN_FILENO, &message, MSG_NOSIGNAL);
}

__attribute__ ((format (printf, 1, 2), noreturn)) static void
fail (const char *format,
      ...)
{
  char text[512];
  va_list args;

  va_start (args, format);
  vsnprintf (text, sizeof text, format, args);
  va_end (args);

  /* What is asked and not taken would make a reset of the answer. */
  shutdown (STDIN_FILENO, SHUT_RD);
  while (recv (STDIN_FILENO, &(char) { 0 }, 1, 0) > 0)
    continue;
  answer (text, -1);
  if (stack != NULL)
    vde_delstack (stack);
  exit (1);
}

static void
join (char *net)
{
  for (int i = 0; (stack = vde_addstack (net, NULL)) == NULL; i++)
    {
      if ((errno != EADDRINUSE && errno != EPERM) || i == TRIES)
        fail ("The key “net” names “%s”, which cannot be joined: %s", net, strerror (errno));
      usleep (REST_US);
    }
}

/* Without waiting to see whether another host has the address: whoever set the
 * network up knows, and a server wants to listen on it now. */
static void
set_address (const char *address)
{
  char command[128];

  snprintf (command, sizeof command, "/sbin/ip address add %s dev vde0%s", address,
            strchr (address, ':') != NULL ? " nodad" : "");
  if (vde_stackcmd (stack, (char *) "/sbin/ip link set vde0 up") != 0 ||
      vde_stackcmd (stack, command) != 0)
    fail ("The key “address” names “%s”, which cannot be set", address);
}

int
main (int   argc,
      char *argv[])
{
  unsigned char family;
  int tun;

  if (argc != 3)
    fail ("Usage: vici-vdestack NET ADDRESS/PREFIX");

  /* What interrupts the caller need not end the stack. */
  setpgid (0, 0);
  alarm (SETUP_S);

  tun = open ("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (tun < 0)
    fail ("/dev/net/tun cannot be opened: %s", strerror (errno));
  close (tun);
  join (argv[1]);
  set_address (argv[2]);
  alarm (0);

  while (recv (STDIN_FILENO, &family, 1, 0) == 1)
    {
      int socket = vde_msocket (stack, family, SOCK_STREAM | SOCK_CLOEXEC, 0);

      if (socket < 0)
        fail ("A socket cannot be had: %s", strerror (errno));
      answer (".", socket);
      close (socket);
    }

  vde_delstack (stack);

  return 0;
}
