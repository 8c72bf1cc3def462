#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server in Python, with a client in the same main loop."""

import gc
import os
import pathlib
import tempfile
import unittest
import weakref

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici

import taptest

CONTEXT = GLib.MainContext.default()


def message(**values):
    return Vici.Message.new_from_variant(
        GLib.Variant("a{sv}", {key: GLib.Variant("s", value) for key, value in values.items()}))


def wait(start, finish, *args):
    """Ends when the call that is started does."""
    results = []
    start(*args, None, lambda _, result: results.append(result))
    while not results:
        CONTEXT.iteration(True)
    return finish(results[0])


class Server(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.uri = f"unix://{pathlib.Path(folder.name) / 'vici'}"
        self.server = Vici.Server.new()
        self.addCleanup(self.server.stop)

    def connect(self):
        self.server.listen(self.uri)
        connection = Vici.Connection.new(self.uri)
        self.addCleanup(connection.close_sync)
        self.assertTrue(wait(connection.open_async, connection.open_finish))
        return connection

    def call(self, connection, command, request=None):
        return wait(connection.call_async, connection.call_finish, command, request)

    def test_answers_a_command(self):
        def on_version(server, invocation):
            self.assertIs(server, self.server)
            self.assertEqual(invocation.get_command(), "version")
            self.assertEqual(invocation.get_request().lookup_string("a"), "1")
            invocation.return_message(message(daemon="snake"))
            return True

        self.server.add_command("version")
        self.server.connect("command::version", on_version)
        reply = self.call(self.connect(), "version", message(a="1"))
        self.assertEqual(reply.to_variant().unpack(), {"daemon": "snake"})

    def test_answers_later(self):
        def on_command(server, invocation):
            GLib.timeout_add(1, lambda: invocation.return_failure("too late") or GLib.SOURCE_REMOVE)
            return True

        self.server.add_command("wait")
        self.server.connect("command", on_command)
        reply = self.call(self.connect(), "wait")
        with self.assertRaises(GLib.Error) as caught:
            reply.check_success()
        self.assertTrue(caught.exception.matches(Vici.error_quark(), Vici.Error.COMMAND_FAILED))

    def test_an_invocation_that_is_dropped_fails(self):
        self.server.add_command("forget")
        self.server.connect("command::forget", lambda server, invocation: True)
        reply = self.call(self.connect(), "forget")
        self.assertEqual(reply.lookup_string("success"), "no")

    def test_unknown_commands(self):
        with self.assertRaises(GLib.Error) as caught:
            self.call(self.connect(), "nonsense")
        self.assertTrue(caught.exception.matches(Vici.error_quark(), Vici.Error.UNKNOWN_COMMAND))

    def test_streams(self):
        def on_list(server, invocation):
            for i in range(3):
                self.assertTrue(invocation.send_event("list-sa", message(n=str(i))))
            invocation.return_success()
            return True

        self.server.add_command("list-sas")
        self.server.add_event("list-sa")
        self.server.connect("command::list-sas", on_list)
        stream = self.connect().call_streaming("list-sas", None, None)
        seen = []
        while event := wait(stream.next_async, stream.next_finish):
            seen.append(event.lookup_string("n"))
        self.assertEqual(seen, ["0", "1", "2"])
        self.assertEqual(stream.get_reply().lookup_string("success"), "yes")

    def test_events(self):
        heard = []
        self.server.add_event("log")
        self.assertEqual(self.server.emit_event("log", message(msg="nobody")), 0)
        connection = self.connect()
        connection.connect("event::log", lambda _, name, event: heard.append(event.lookup_string("msg")))
        self.assertTrue(wait(connection.subscribe_async, connection.subscribe_finish, "log"))
        self.assertEqual(self.server.emit_event("log", message(msg="hello")), 1)
        while not heard:
            CONTEXT.iteration(True)
        self.assertEqual(heard, ["hello"])

    def test_peers(self):
        seen = []
        self.server.connect("authorize-peer", lambda server, peer: seen.append(
            (peer.get_credentials().get_unix_pid(), peer.get_uri())) or True)
        self.server.connect("peer-disconnected", lambda server, peer: seen.append(peer.get_error()))
        connection = self.connect()
        while not seen:
            CONTEXT.iteration(True)
        connection.close_sync()
        while len(seen) < 2:
            CONTEXT.iteration(True)
        self.assertEqual(seen, [(os.getpid(), self.uri), None])

    def test_refuses(self):
        refused = []
        self.server.connect("authorize-peer", lambda server, peer: False)
        self.server.connect("peer-refused", lambda server, peer: refused.append(peer.get_error().code))
        connection = self.connect()
        with self.assertRaises(GLib.Error) as caught:
            self.call(connection, "version")
        self.assertTrue(caught.exception.matches(Vici.error_quark(), Vici.Error.CLOSED))
        self.assertEqual(refused, [Gio.IOErrorEnum.PERMISSION_DENIED])

    def test_goes_when_it_is_dropped(self):
        connection = self.connect()
        gone = weakref.ref(self.server)
        self.doCleanups()
        del self.server
        gc.collect()
        self.assertIsNone(gone())
        del connection


class Session(Vici.ServerSession):
    def __init__(self):
        super().__init__()
        self.asked = []

    def do_command(self, number, name, request):
        self.asked.append((number, name, request.to_variant().unpack()))

    def do_knows_event(self, name):
        return name == "log"


class ServerSession(unittest.TestCase):
    def test_bytes_in_and_bytes_out(self):
        session = Session()
        data = b"\0\0\0\5\3\3log" + b"\0\0\0\3\0\1x" + b"\0\0\0\3\0\1y"
        while data:
            data = data[session.receive_packet(data):]
        self.assertEqual(session.asked, [(2, "x", {}), (3, "y", {})])
        self.assertTrue(session.reply(3, message(a="b")))
        self.assertTrue(session.send_event(2, "log", message(c="d")))
        self.assertTrue(session.reply_unknown(2))
        output = bytes(session.get_output())
        self.assertEqual(output, b"\0\0\0\1\5" + b"\0\0\0\x0b\7\3log\3\1c\0\1d"
                         + b"\0\0\0\1\2" + b"\0\0\0\7\1\3\1a\0\1b")
        session.take_output(len(output))
        self.assertEqual(session.get_queued(), 0)


taptest.main()
