#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A daemon for tests that need one to be there, and not to be charon.

It speaks the protocol and knows some of charon's commands, with fixed answers.
Others are for tests alone: they do what a real daemon does only in trouble, as
the request asks. A test in Python has it in its own process:

    with fakedaemon.running() as uri:
        ...

All others are wrapped, and find it in their environment as VICI_TEST_URI:

    fakedaemon.py [OPTIONS] -- PROGRAM ARGUMENTS...

The exit status is that of the program.
"""

import argparse
import contextlib
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

REQUEST, RESPONSE, UNKNOWN, REGISTER, UNREGISTER, CONFIRM, EVENT_UNKNOWN, EVENT = range(8)

VERSION = {"daemon": "charon", "version": "5.9.8", "sysname": "Linux"}

SA = {"gateway": {"version": "2", "state": "ESTABLISHED", "remote-vips": ["10.0.0.1"]}}

CONNS = [
    {"gateway": {
        "local_addrs": ["%any"], "remote_addrs": ["192.0.2.1"], "version": "IKEv2",
        "children": {"net": {"mode": "TUNNEL", "remote-ts": ["10.1.0.0/16"]}}}},
    {"office": {
        "local_addrs": ["%any"], "remote_addrs": ["198.51.100.1", "198.51.100.2"],
        "version": "IKEv1/2", "children": {}}},
]

# What is sent to whoever registers for it, when the daemon is to be talkative of it.
EVENTS = {
    "ike-updown": {"up": "yes"} | SA,
    "child-updown": {"up": "yes", "gateway": SA["gateway"] | {
        "child-sas": {"net-1": {"name": "net", "state": "INSTALLED"}}}},
}

# What can be registered for.
EVENT_NAMES = {
    "control-log", "ike-updown", "child-updown", "ike-rekey", "list-conn", "list-sa",
    "list-cert", "list-policy", "list-authority", "log", "test-event"}


# ------------------------------------------------------------------- the wire

def encode(section):
    """A dict as it is on the wire."""
    data = b""
    for key, value in section.items():
        name = bytes([len(key)]) + key.encode()
        if isinstance(value, dict):
            data += b"\1" + name + encode(value) + b"\2"
        elif isinstance(value, list):
            data += b"\4" + name + b"".join(b"\5" + _value(item) for item in value) + b"\6"
        else:
            data += b"\3" + name + _value(value)
    return data


def _value(value):
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("!H", len(data)) + data


def decode(data):
    """The reverse; what is not text stays bytes."""
    section, rest = _decode_section(data)
    assert not rest, "a section ends that did not start"
    return section


def _decode_section(data):
    section = {}
    while data and data[0] != 2:
        element, name = data[0], data[2:2 + data[1]].decode()
        data = data[2 + data[1]:]
        if element == 1:
            section[name], data = _decode_section(data)
            data = data[1:]
        elif element == 3:
            section[name], data = _decode_value(data)
        else:
            section[name] = []
            while data[0] == 5:
                item, data = _decode_value(data[1:])
                section[name].append(item)
            data = data[1:]
    return section, data


def _decode_value(data):
    length = struct.unpack("!H", data[:2])[0]
    value, rest = data[2:2 + length], data[2 + length:]
    with contextlib.suppress(UnicodeDecodeError):
        value = value.decode()
    return value, rest


def packet(kind, name=None, message=None):
    data = bytes([kind])
    if name is not None:
        data += bytes([len(name)]) + name.encode()
    if message is not None:
        data += encode(message)
    return struct.pack("!I", len(data)) + data


def reply(message):
    return packet(RESPONSE, None, message)


class Event(bytes):
    """A packet that goes only to those who have registered for it."""

    def __new__(cls, name, message):
        self = super().__new__(cls, packet(EVENT, name, message))
        self.name = name
        return self


# --------------------------------------------------------------- its commands
#
# Each is given the request and the connection that it came from, and returns
# the packets of its answer.

def _list_sas(request, _peer):
    """As many IKE_SAs as the request asks for with `count`."""
    return [Event("list-sa", SA)] * int(request.get("count", 1)) + [reply({})]


def _list_conns(request, _peer):
    conns = [conn for conn in CONNS if request.get("ike") in (None, *conn)]
    return [Event("list-conn", conn) for conn in conns] + [reply({})]


def _load_conn(request, _peer):
    for name, conn in request.items():
        if "remote_addrs" not in conn:
            return [reply({"success": "no", "errmsg": f"missing remote_addrs of {name}"})]
    return [reply({"success": "yes"})]


def _initiate(request, _peer):
    """Some log, and an end that depends on who is asked for."""
    child = request.get("child", "")
    log = {"group": "IKE", "level": "1", "ikesa-name": "gateway", "msg": "initiating"}
    end = {"success": "yes"} if child == "net" else {
        "success": "no", "errmsg": f"CHILD_SA config '{child}' not found"}
    return [Event("control-log", log), reply(end)]


def _raise(request, _peer):
    """Raises `event` with the section `message`, as if it had just happened, to
    whoever registered; and answers behind it."""
    return [Event(request["event"], request.get("message", {})), reply({})]


def _delay(request, _peer):
    """Answers after so many milliseconds."""
    time.sleep(int(request["ms"]) / 1000)
    return [reply({})]


def _late(_request, peer):
    """Answers when something else is asked."""
    peer.late.append(reply({}))
    return []


def _raw(request, _peer):
    """Sends bytes that may be anything."""
    return [bytes.fromhex(request["hex"])]


def _hang_up(_request, peer):
    peer.open = False
    return []


COMMANDS = {
    "version": lambda request, peer: [reply(VERSION)],
    "list-sas": _list_sas,
    "list-conns": _list_conns,
    "get-conns": lambda request, peer: [reply({"conns": [name for conn in CONNS for name in conn]})],
    "load-conn": _load_conn,
    "load-shared": lambda request, peer: [reply({"success": "yes"})],
    "unload-conn": lambda request, peer: [reply({
        "success": "no", "errmsg": f"unloading connection '{request.get('name')}' failed"})],
    "initiate": _initiate,
    "terminate": _initiate,

    "test-echo": lambda request, peer: [reply(request)],
    "test-raise": _raise,
    "test-delay": _delay,
    "test-late": _late,
    "test-raw": _raw,
    "test-hang-up": _hang_up,
}


# ----------------------------------------------------------------- the daemon

class Peer:
    """One connection."""

    def __init__(self, connection, commands, talkative):
        self.connection = connection
        self.commands = commands
        self.talkative = talkative
        self.registered = set()
        self.late = []
        self.open = True

    def serve(self):
        with self.connection, self.connection.makefile("rb") as stream:
            with contextlib.suppress(ConnectionError):
                while self.open and (header := stream.read(4)):
                    data = stream.read(struct.unpack("!I", header)[0])
                    name = data[2:2 + data[1]].decode()
                    late, self.late = self.late, []
                    answer = [*late, *self.answer(data[0], name, data[2 + data[1]:])]
                    self.connection.sendall(b"".join(
                        one for one in answer
                        if not isinstance(one, Event) or one.name in self.registered))

    def answer(self, kind, name, message):
        if kind == REQUEST:
            command = self.commands.get(name)
            return command(decode(message), self) if command else [packet(UNKNOWN)]

        if name not in EVENT_NAMES:
            return [packet(EVENT_UNKNOWN)]
        if kind == UNREGISTER:
            self.registered.discard(name)
            return [packet(CONFIRM)]

        self.registered.add(name)
        if name not in self.talkative:
            return [packet(CONFIRM)]
        self.open = not self.registered.issuperset(self.talkative)
        return [packet(CONFIRM), Event(name, EVENTS[name])]


def _accept(listener, *options):
    with contextlib.suppress(OSError):
        while True:
            peer = Peer(listener.accept()[0], *options)
            threading.Thread(target=peer.serve, daemon=True).start()


@contextlib.contextmanager
def running(commands=None, talkative=()):
    """The URI of a daemon that is there while the context is. @commands are
    added to its own. If it is @talkative of some EVENTS, it sends each to whoever
    registers for it, at once, and closes the connection behind the last of them, so
    that a program that listens meets both."""
    options = COMMANDS | (commands or {}), frozenset(talkative)
    with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listener:
        path = os.path.join(directory, "charon.vici")
        listener.bind(path)
        listener.listen()
        thread = threading.Thread(target=_accept, args=(listener, *options), daemon=True)
        thread.start()
        try:
            yield f"unix://{path}"
        finally:
            # The thread would wait on, at a number that the next one's socket may get.
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--talkative", action="append", default=[], choices=EVENTS, metavar="EVENT",
                        help="send it to whoever registers, and close the connection behind the last of them")
    parser.add_argument("program", nargs="+")
    args = parser.parse_args()

    with running(talkative=args.talkative) as uri:
        run = subprocess.run(args.program, env=os.environ | {"VICI_TEST_URI": uri}, check=False)
    sys.exit(run.returncode if run.returncode >= 0 else 128 - run.returncode)


if __name__ == "__main__":
    main()
