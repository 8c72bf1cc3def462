# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs sim-charon for the tests, and talks to it as charon's clients do."""

import contextlib
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import tempfile
import unittest

import fakedaemon

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE / "data"
SIM_CHARON = os.environ.get("SIM_CHARON", "")

# Nothing waits as long for something that has happened.
PATIENCE = 60


class Client:
    """A connection to a daemon, with no library in between."""

    def __init__(self, uri):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(PATIENCE)
        self._socket.connect(uri.removeprefix("unix://"))
        self._unread = b""

    def close(self):
        self._socket.close()

    def send(self, kind, name, message=None):
        self._socket.sendall(fakedaemon.packet(kind, name, message))

    def _read(self, length):
        while len(self._unread) < length:
            data = self._socket.recv(65536)
            if not data:
                raise ConnectionError("the daemon has closed the connection")
            self._unread += data
        data, self._unread = self._unread[:length], self._unread[length:]
        return data

    def receive(self):
        """The next packet: its kind, its name if it has one, its message."""
        data = self._read(struct.unpack("!I", self._read(4))[0])
        if data[0] == fakedaemon.EVENT:
            end = 2 + data[1]
            return data[0], data[2:end].decode(), fakedaemon.decode(data[end:])
        return data[0], None, fakedaemon.decode(data[1:])

    def has_more(self):
        return bool(self._unread or select.select([self._socket], [], [], 0)[0])

    def register(self, *events):
        for event in events:
            self.send(fakedaemon.REGISTER, event)
            kind, _, _ = self.receive()
            if kind != fakedaemon.CONFIRM:
                raise LookupError(event)

    def call(self, command, **request):
        """The events of the command, and its reply; None: it is unknown."""
        return self.call_with(command, {name.replace("__", "-"): value
                                        for name, value in request.items()})

    def call_with(self, command, request):
        self.send(fakedaemon.REQUEST, command, request)
        events = []
        while True:
            kind, name, message = self.receive()
            if kind != fakedaemon.EVENT:
                return events, message if kind == fakedaemon.RESPONSE else None
            events.append((name, message))


def start(*options, wrapper=()):
    """A sim-charon that listens, as a process, and where it does."""
    directory = tempfile.TemporaryDirectory(prefix="vici-sim-")
    uri = f"unix://{directory.name}/charon.vici"
    # Under the memory checkers it is the daemon that is checked.
    process = subprocess.Popen([*wrapper, SIM_CHARON, "--uri", uri, "--latency", "5", *options],
                               stdout=subprocess.PIPE, text=True)
    process.directory = directory
    if process.stdout.readline().strip() != uri:
        stop(process)
        raise RuntimeError("sim-charon does not listen")
    return process, uri


def stop(process):
    """Ends it; returns its status."""
    process.send_signal(signal.SIGTERM)
    with process.stdout:
        status = process.wait(timeout=PATIENCE)
    process.directory.cleanup()
    return status


class TestCase(unittest.TestCase):
    """With a sim-charon at self.uri, and a client of it."""

    maxDiff = None
    OPTIONS = ()

    def setUp(self):
        self.process, self.uri = start(*self.OPTIONS)
        self.addCleanup(self.stop)
        self.client = self.connect()

    def stop(self):
        self.assertEqual(stop(self.process), 0)

    def connect(self, *events):
        client = Client(self.uri)
        self.addCleanup(client.close)
        client.register(*events)
        return client

    def succeed(self, command, **request):
        events, reply = self.client.call(command, **request)
        self.assertEqual(reply["success"], "yes", reply)
        return events, reply

    def fail_with(self, errmsg, command, **request):
        self.assertEqual(self.client.call(command, **request)[1],
                         {"success": "no", "errmsg": errmsg})

    def load(self, **children):
        """A connection to a peer that we share a secret with."""
        self.succeed("load-shared", id="both", type="IKE", data="a secret")
        self.succeed("load-conn", home={
            "version": "2", "local_addrs": ["192.0.2.1"], "remote_addrs": ["192.0.2.2"],
            "local": {"auth": "psk"}, "remote": {"auth": "psk"},
            "children": {"net": {"remote_ts": ["10.1.0.0/16"]}} | children})


def has_swanctl():
    return any(os.access(os.path.join(folder, "swanctl"), os.X_OK)
               for folder in os.environ.get("PATH", "").split(":") + ["/usr/sbin"])


@contextlib.contextmanager
def swanctl_started(uri, *arguments):
    """swanctl as a process that goes on, and whose lines come when it has them."""
    process = subprocess.Popen(["stdbuf", "-oL", "swanctl", *arguments, "--uri", uri], text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
