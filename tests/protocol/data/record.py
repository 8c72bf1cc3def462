#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records conversations with a real charon for test-conversations.

    examples/lab.py charon -- tests/protocol/data/record.py

It speaks the protocol by hand, and writes one file for each conversation
beside itself: a line `> HEX` for what the client has sent until it waited, and
a line `< HEX` for what the daemon has sent until it was silent."""

import os
import pathlib
import socket
import struct

REQUEST, REGISTER, UNREGISTER, EVENT = 0, 3, 4, 7


def encode(fields):
    """Nested dicts, lists and strings, as a message."""
    out = b""
    for name, value in fields.items():
        named = bytes([len(name)]) + name.encode()
        if isinstance(value, dict):
            out += b"\1" + named + encode(value) + b"\2"
        elif isinstance(value, list):
            items = (b"\5" + struct.pack(">H", len(item)) + item.encode() for item in value)
            out += b"\4" + named + b"".join(items) + b"\6"
        else:
            out += b"\3" + named + struct.pack(">H", len(value)) + value.encode()
    return out


def packet(kind, name, fields=None):
    body = bytes([kind, len(name)]) + name.encode() + encode(fields or {})
    return struct.pack(">I", len(body)) + body


def request(command, **fields):
    return packet(REQUEST, command, fields)


def stream(command, event, **fields):
    return packet(REGISTER, event) + request(command, **fields) + packet(UNREGISTER, event)


def connection(local):
    return {"version": "2", "local_addrs": [local], "remote_addrs": ["127.0.0.2"],
            "proposals": ["aes128-sha256-x25519"], "local": {"auth": "psk"},
            "remote": {"auth": "psk"}, "children": {"net": {}}}


# In steps: what is sent at once, and how many answers it brings.
CONVERSATIONS = {
    "version": [(request("version"), 1), (request("stats"), 1)],
    "list-conns": [(stream("list-conns", "list-conn"), 3)],
    "log": [(packet(REGISTER, "log") + request("load-conn", more=connection("127.0.0.3"))
             + packet(UNREGISTER, "log"), 3)],
    "unknown-command": [(request("make-coffee"), 1), (request("version"), 1)],
    "unknown-event": [(packet(REGISTER, "coffee-made") + request("version"), 2)],
    "unknown-stream": [(stream("list-coffees", "list-coffee"), 3)],
    "initiate": [(stream("initiate", "control-log", child="net", ike="gw", timeout="200"), 3)],
    "pipelined": [(request("version") + request("get-conns")
                   + stream("list-conns", "list-conn") + request("get-algorithms")
                   + request("unload-conn", name="nobody"), 7)],
}


def exactly(peer, length):
    data = b""
    while len(data) < length:
        more = peer.recv(length - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def receive(peer, answers):
    """All packets, up to that many answers."""
    received = b""
    while answers:
        header = exactly(peer, 4)
        body = exactly(peer, struct.unpack(">I", header)[0])
        received += header + body
        answers -= body[0] != EVENT
    return received


def converse(steps):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(os.environ["VICI_TEST_URI"].removeprefix("unix://"))
        for sent, answers in steps:
            peer.sendall(sent)
            yield ">", sent
            # Which kernel it was does not matter to anybody.
            kernel = os.uname().release.encode()
            yield "<", receive(peer, answers).replace(kernel, b"6.1.0".ljust(len(kernel), b"-"))


def main():
    for name in ("gw", "gw2"):
        list(converse([(request("load-conn", **{name: connection("127.0.0.1")}), 1)]))
    for name, steps in CONVERSATIONS.items():
        path = pathlib.Path(__file__).parent / f"{name}.conversation"
        path.write_text("".join(f"{direction} {data.hex()}\n"
                                for direction, data in converse(steps)))


main()
