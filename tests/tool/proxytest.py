# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs gvici proxy for the tests, and is a client of it that says what it likes."""

import os
import signal
import socket
import tempfile
import threading

import fakedaemon
import tooltest

# Longer than anything takes here that is to come at all.
PATIENCE = 60


class Proxy:
    """gvici proxy as a process, with a UNIX socket of its own at .uri, and its
    log line by line."""

    def __init__(self, *args, listen=None, **options):
        self.directory = tempfile.TemporaryDirectory()
        os.chmod(self.directory.name, 0o755)
        self.path = os.path.join(self.directory.name, "proxy.vici")
        listen = [f"unix://{self.path}"] if listen is None else listen
        self.process = tooltest.started(
            "proxy", *(f"--listen={uri}" for uri in listen), *args, **options)
        self.uris = [self.process.stdout.readline().rstrip("\n") for _ in listen]
        self.uri = self.uris[0] if self.uris else None
        self.lines = []
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read_log)
        self._reader.start()

    def _read_log(self):
        for line in self.process.stderr:
            with self._more:
                self.lines.append(line.rstrip("\n"))
                self._more.notify_all()

    def wait_for(self, text, count=1):
        """Waits for that many lines of the log with a text, and returns the last."""
        def found():
            return [line for line in self.lines if text in line]
        with self._more:
            if not self._more.wait_for(lambda: len(found()) >= count, PATIENCE):
                raise AssertionError(f"no “{text}” in the log:\n" + "\n".join(self.lines))
            return found()[count - 1]

    def log(self):
        with self._more:
            return "\n".join(self.lines)

    def end(self, signum=signal.SIGTERM):
        """Ends it, and returns the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signum)
        status = self.process.wait(timeout=PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        status = self.end()
        self.process.stdout.close()
        self.process.stderr.close()
        self.directory.cleanup()
        if status != 0:
            raise AssertionError(f"the proxy ended with {status}:\n{self.log()}")


class Client:
    """One connection, packet by packet."""

    def __init__(self, uri):
        if uri.startswith("tcp://"):
            host, port = uri.removeprefix("tcp://").rsplit(":", 1)
            self.socket = socket.create_connection((host, int(port)), PATIENCE)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE)
            self.socket.connect(uri.removeprefix("unix://"))
        self.stream = self.socket.makefile("rb")

    def send(self, *packets):
        self.socket.sendall(b"".join(packets))

    def receive(self):
        """The next packet without its length; empty at the end."""
        try:
            header = self.stream.read(4)
            return self.stream.read(int.from_bytes(header, "big")) if header else b""
        except ConnectionResetError:
            return b""

    def call(self, name, message=None):
        try:
            self.send(fakedaemon.packet(fakedaemon.REQUEST, name, message or {}))
        except BrokenPipeError:
            return b""
        return self.receive()

    def close(self):
        self.stream.close()
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.close()


class TestCase(tooltest.TestCase):
    """With a fake daemon at self.daemon, which knows self.COMMANDS too."""

    def setUp(self):
        super().setUp()
        self.daemon = self.uri

    def proxy(self, *args, **options):
        """A proxy to the daemon; what clients call goes through it."""
        proxy = self.enterContext(Proxy(f"--to={self.daemon}", *args, **options))
        self.uri = proxy.uri
        return proxy

    def client(self):
        return self.enterContext(Client(self.uri))
