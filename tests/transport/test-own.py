#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A transport that is written in Python, at both ends."""

import os
import unittest

import gi

gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, GObject, Vici  # noqa: E402

import taptest  # noqa: E402


class Detour(GObject.Object, Vici.Transport):
    """Hands everything on to the transport of another URI."""

    uri = GObject.Property(type=str, flags=GObject.ParamFlags.READWRITE |
                           GObject.ParamFlags.CONSTRUCT_ONLY)
    listener = None

    def inner(self):
        return Vici.Transport.new_for_uri(self.uri.removeprefix("detour:"))

    def do_connect(self, task):
        def on_connected(inner, result):
            try:
                self.connected(task, inner.connect_finish(result))
            except GLib.Error as error:
                task.return_error(error)

        self.inner().connect_async(task.get_cancellable(), on_connected)

    def do_listen(self):
        self.listener = self.inner()
        self.listener.connect("incoming", lambda _, stream: self.incoming(stream))
        return f"detour:{self.listener.listen()}"

    def do_stop(self):
        self.listener.stop()


class TestOwn(unittest.TestCase):
    def test_connection_over_it(self):
        uri = f"detour:{os.environ['VICI_TEST_URI']}"
        connection = Vici.Connection.new_for_transport(Detour(uri=uri))
        self.assertEqual(connection.props.uri, uri)
        connection.open_sync(None)
        reply = connection.call_sync("version", None, None)
        self.assertEqual(reply.lookup_string("version"), "5.9.8")

    def test_its_error_is_the_error(self):
        connection = Vici.Connection.new_for_transport(Detour(uri="detour:unix:///nowhere"))
        with self.assertRaises(GLib.Error) as caught:
            connection.open_sync(None)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))

    def test_what_it_cannot_do(self):
        class Deaf(Detour):
            def do_listen(self):
                raise GLib.Error.new_literal(Gio.io_error_quark(), "deaf",
                                             Gio.IOErrorEnum.NOT_SUPPORTED)

        with self.assertRaises(GLib.Error) as caught:
            Deaf(uri="detour:unix:@a").listen()
        self.assertEqual(caught.exception.message, "deaf")

    def test_listening(self):
        context = GLib.MainContext.default()
        came = []
        transport = Detour(uri="detour:tcp://127.0.0.1:0")
        transport.connect("incoming", lambda _, stream: came.append(stream))
        where = transport.listen()
        client = Vici.Connection.new(where.removeprefix("detour:"))
        client.open_sync(None)
        while not came:
            context.iteration(True)
        client.close_sync(None)
        self.assertEqual(came[0].get_input_stream().read_bytes(1, None).get_data(), b"")
        transport.stop()


taptest.main()
