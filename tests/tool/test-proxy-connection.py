#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A ViciConnection through gvici proxy is as one to the daemon."""

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

import fakedaemon
import proxytest
import taptest


class Connection(proxytest.TestCase):
    def open(self, *args):
        self.proxy(*args)
        connection = Vici.Connection.new(self.uri)
        connection.open_sync(None)
        self.addCleanup(connection.close_sync, None)
        return connection

    def test_pipelining(self):
        connection = self.open("--allow=version")
        connection.set_max_in_flight(16)
        loop = GLib.MainLoop()
        count = 500
        ends = []

        def on_end(_connection, result, number):
            try:
                ends.append((number, connection.call_finish(result).lookup_string("daemon")))
            except GLib.Error as error:
                ends.append((number, error.matches(Vici.Error.quark(), Vici.Error.UNKNOWN_COMMAND)))
            if len(ends) == count:
                loop.quit()

        for number in range(count):
            connection.call_async("stats" if number % 3 == 0 else "version", None, None, on_end, number)
        loop.run()
        self.assertEqual(ends, [(number, True if number % 3 == 0 else "charon") for number in range(count)])

    def test_streams(self):
        connection = self.open("--allow=list-*")
        request = Vici.Message.new_from_variant(GLib.Variant("a{sv}", {"count": GLib.Variant("s", "1000")}))
        stream = connection.call_streaming("list-sas", None, request)
        seen = 0
        while stream.next_sync(None):
            seen += 1
        self.assertEqual(seen, 1000)

    def test_events(self):
        connection = self.open("--allow-event=ike-*", "--allow=test-raise")
        connection.subscribe_sync("ike-updown", None)
        with self.assertRaises(GLib.Error) as caught:
            connection.subscribe_sync("log", None)
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.UNKNOWN_EVENT))

        loop = GLib.MainLoop()
        heard = []
        connection.connect("event", lambda _connection, name, message: (heard.append(name), loop.quit()))
        request = Vici.Message.new_from_variant(GLib.Variant("a{sv}", {"event": GLib.Variant("s", "ike-updown")}))
        connection.call_sync("test-raise", request, None)
        loop.run()
        self.assertEqual(heard, ["ike-updown"])


if __name__ == "__main__":
    taptest.main()
