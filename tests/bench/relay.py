#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A slow path to a daemon: what comes in goes out again, in the same order and
without a limit of rate, but a number of milliseconds later, in each direction.

    relay.py unix:///tmp/slow unix:///var/run/charon.vici --delay 10

Without a daemon to pass it on to, it answers every request itself, as one would
that takes no time. It says "ready" when it listens, and runs until it is killed.
"""

import argparse
import asyncio
import struct
import urllib.parse

REPLY = b'\1' b'\3\7success\0\3yes'


async def open_connection(uri):
    parts = urllib.parse.urlsplit(uri)
    if parts.scheme == 'unix':
        return await asyncio.open_unix_connection(parts.path)
    return await asyncio.open_connection(parts.hostname, parts.port)


async def start_server(serve, uri):
    parts = urllib.parse.urlsplit(uri)
    if parts.scheme == 'unix':
        return await asyncio.start_unix_server(serve, parts.path)
    return await asyncio.start_server(serve, parts.hostname, parts.port)


async def send_when_due(queue, writer):
    """Writes what is in the queue, up to the empty bytes that end it."""
    while True:
        due, data = await queue.get()
        await asyncio.sleep(due - asyncio.get_running_loop().time())
        if not data:
            break
        writer.write(data)
        await writer.drain()
    writer.close()


async def carry(receive, writer, delay):
    """One direction. What is on its way does not hold up what follows."""
    queue = asyncio.Queue()
    sending = asyncio.create_task(send_when_due(queue, writer))
    data = None
    while data != b'':
        data = await receive()
        queue.put_nowait((asyncio.get_running_loop().time() + delay, data))
    await sending


def some_of(reader):
    return lambda: reader.read(65536)


def answers_to(reader):
    """What a daemon would say, a reply at a time."""
    async def answer():
        try:
            length, = struct.unpack('>I', await reader.readexactly(4))
            await reader.readexactly(length)
        except asyncio.IncompleteReadError:
            return b''
        return struct.pack('>I', len(REPLY)) + REPLY

    return answer


async def relay(uri, target, delay):
    async def serve(reader, writer):
        if target is None:
            await carry(answers_to(reader), writer, 2 * delay)
            return
        far_reader, far_writer = await open_connection(target)
        await asyncio.gather(carry(some_of(reader), far_writer, delay),
                             carry(some_of(far_reader), writer, delay))

    server = await start_server(serve, uri)
    print('ready', flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('uri', metavar='URI', help='where to listen: unix:///PATH or tcp://HOST:PORT')
    parser.add_argument('target', nargs='?', metavar='TARGET', help='the URI of a daemon')
    parser.add_argument('--delay', type=float, default=10, metavar='MILLISECONDS',
                        help='in each direction; %(default)s')
    arguments = parser.parse_args()
    asyncio.run(relay(arguments.uri, arguments.target, arguments.delay / 1000))


if __name__ == '__main__':
    main()
