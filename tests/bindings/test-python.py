#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the library looks like from Python."""

import gc
import os
import unittest
import weakref

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, GObject, Vici

try:
    import asyncio
    import gi.events
except ImportError:
    asyncio = None

import taptest

CONTEXT = GLib.MainContext.default()

CONN = {"gw": GLib.Variant("a{sv}", {
    "remote_addrs": GLib.Variant("as", ["192.0.2.1"]),
    "version": GLib.Variant("i", 2),
    "mobike": GLib.Variant("b", False)})}


def message(**values):
    """A message of plain text values."""
    return Vici.Message.new_from_variant(
        GLib.Variant("a{sv}", {key: GLib.Variant("s", value) for key, value in values.items()}))


def packet(kind, body=b""):
    data = bytes([kind]) + body
    return len(data).to_bytes(4, "big") + data


def name(text):
    return bytes([len(text)]) + text.encode()


class Messages(unittest.TestCase):

    def test_is_made_of_a_dict_and_becomes_one(self):
        conn = Vici.Message.new_from_variant(GLib.Variant("a{sv}", CONN))
        self.assertEqual(conn.to_variant().unpack(), {
            "gw": {"remote_addrs": ["192.0.2.1"], "version": "2", "mobike": "no"}})

    def test_bytes_that_are_no_text_are_bytes(self):
        secret = Vici.Message.new_from_variant(
            GLib.Variant("a{sv}", {"data": GLib.Variant("ay", b"\0\xff")}))
        self.assertEqual(bytes(secret.to_variant().unpack()["data"]), b"\0\xff")
        self.assertEqual(secret.lookup_bytes("data").get_data(), b"\0\xff")
        self.assertIsNone(secret.lookup_string("data"))

    def test_bytes_come_and_go(self):
        data = b"\3" + name("a") + b"\0\1b"
        one = Vici.Message.new_from_bytes(GLib.Bytes.new(data))
        self.assertEqual(one.get_bytes().get_data(), data)
        self.assertTrue(one.equal(message(a="b")))

    def test_malformed_bytes_raise(self):
        with self.assertRaises(GLib.Error) as caught:
            Vici.Message.new_from_bytes(GLib.Bytes.new(b"\2"))
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.MALFORMED))
        self.assertEqual(caught.exception.domain, "vici-error-quark")

    def test_look_ups(self):
        conn = Vici.Message.new_from_variant(GLib.Variant("a{sv}", CONN))
        gateway = conn.lookup_section("gw")
        self.assertEqual(conn.get_names(), ["gw"])
        self.assertEqual(gateway.get_names(), ["remote_addrs", "version", "mobike"])
        self.assertEqual(gateway.lookup_string("version"), "2")
        self.assertEqual(gateway.lookup_int64("version", -1), 2)
        self.assertEqual(gateway.lookup_uint64("version", 7), 2)
        self.assertIs(gateway.lookup_boolean("mobike", True), False)
        self.assertEqual(gateway.lookup_strv("remote_addrs"), ["192.0.2.1"])

    def test_look_ups_that_find_nothing(self):
        empty = Vici.Message()
        self.assertTrue(empty.is_empty())
        self.assertIsNone(empty.lookup_string("a"))
        self.assertIsNone(empty.lookup_bytes("a"))
        self.assertIsNone(empty.lookup_section("a"))
        self.assertEqual(empty.lookup_strv("a") or [], [])
        self.assertEqual(empty.lookup_int64("a", -5), -5)
        self.assertEqual(empty.lookup_uint64("a", 2**64 - 1), 2**64 - 1)
        self.assertIs(empty.lookup_boolean("a", True), True)
        self.assertEqual(empty.get_names(), [])

    def test_text(self):
        self.assertEqual(message(a="b").to_string(Vici.PrintFlags.NONE), "{a=b}")
        self.assertIn("a = b", message(a="b").to_string(Vici.PrintFlags.PRETTY))
        self.assertEqual(Vici.PrintFlags.NONE | Vici.PrintFlags.PRETTY, Vici.PrintFlags.PRETTY)

    def test_failure_raises(self):
        self.assertTrue(message(success="yes").check_success())
        with self.assertRaises(GLib.Error) as caught:
            message(success="no", errmsg="no such thing").check_success()
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.COMMAND_FAILED))
        self.assertEqual(caught.exception.message, "no such thing")


class Iterators(unittest.TestCase):

    CONN = Vici.Message.new_from_variant(GLib.Variant("a{sv}", CONN))

    WALK = [
        (Vici.Element.SECTION_START, 1, "gw", None),
        (Vici.Element.LIST_START, 2, "remote_addrs", None),
        (Vici.Element.LIST_ITEM, 2, None, b"192.0.2.1"),
        (Vici.Element.LIST_END, 1, None, None),
        (Vici.Element.KEY_VALUE, 1, "version", b"2"),
        (Vici.Element.KEY_VALUE, 1, "mobike", b"no"),
        (Vici.Element.SECTION_END, 0, None, None),
    ]

    def walk(self, walker):
        found = []
        while walker.next():
            data = walker.dup_bytes()
            found.append((walker.get_element(), walker.get_depth(), walker.get_name(),
                          data and data.get_data()))
        return found

    def test_made_of_a_message(self):
        self.assertEqual(self.walk(Vici.MessageIter.new(self.CONN)), self.WALK)

    def test_made_first_and_initialised_then(self):
        walker = Vici.MessageIter()
        walker.init(self.CONN)
        self.assertEqual(self.walk(walker), self.WALK)

    def test_outlives_its_message(self):
        walker = Vici.MessageIter.new(message(a="b"))
        gc.collect()
        self.assertTrue(walker.next())
        self.assertEqual(walker.dup_string(), "b")

    def test_copy_goes_its_own_way(self):
        walker = Vici.MessageIter.new(message(a="b", c="d"))
        walker.next()
        copy = walker.copy()
        walker.next()
        self.assertEqual(copy.dup_string(), "b")
        self.assertEqual(walker.dup_string(), "d")

    def test_skips(self):
        walker = Vici.MessageIter.new(self.CONN)
        walker.next()
        walker.skip()
        self.assertEqual(walker.get_element(), Vici.Element.SECTION_END)
        self.assertFalse(walker.next())

    def test_data(self):
        walker = Vici.MessageIter.new(message(a="bcd"))
        walker.next()
        self.assertTrue(walker.name_equals("a"))
        self.assertEqual(bytes(walker.get_data()), b"bcd")
        walker.next()
        self.assertFalse(walker.get_data())


class Builders(unittest.TestCase):

    def test_builds_everything(self):
        builder = Vici.Builder()
        builder.begin_section("gw")
        builder.add_string("text", "größer")
        builder.add_bytes("bytes", GLib.Bytes.new(b"\1"))
        builder.add_data("data", b"\2\0")
        builder.add_int64("negative", -2**63)
        builder.add_uint64("large", 2**64 - 1)
        builder.add_boolean("yes", True)
        builder.add_strv("strv", ["x", "y"])
        builder.add_variant("variant", GLib.Variant("a{sv}", {"k": GLib.Variant("u", 7)}))
        builder.add_section("section", message(a="b"))
        builder.begin_list("list")
        builder.add_item("i")
        builder.add_item_bytes(GLib.Bytes.new(b"j"))
        builder.add_item_data(b"k")
        builder.end_list()
        builder.end_section()
        self.assertEqual(builder.end().to_variant().unpack(), {"gw": {
            "text": "größer", "bytes": "\1", "data": [2, 0], "negative": str(-2**63),
            "large": str(2**64 - 1), "yes": "yes", "strv": ["x", "y"], "variant": {"k": "7"},
            "section": {"a": "b"}, "list": ["i", "j", "k"]}})

    def test_first_mistake_is_raised_at_the_end_and_the_builder_is_new(self):
        builder = Vici.Builder.new()
        builder.add_item("lost")
        builder.add_string("a", "b")
        with self.assertRaises(GLib.Error) as caught:
            builder.end()
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.INVALID))
        builder.add_string("a", "b")
        self.assertTrue(builder.end().equal(message(a="b")))

    def test_sensitive(self):
        builder = Vici.Builder()
        builder.set_sensitive(True)
        builder.add_string("data", "hush")
        secret = builder.end()
        self.assertTrue(secret.is_sensitive())
        self.assertNotIn("hush", secret.to_string(Vici.PrintFlags.NONE))


class Connections(unittest.TestCase):

    def setUp(self):
        self.connection = Vici.Connection.new(os.environ["VICI_TEST_URI"])

    def tearDown(self):
        self.connection.close_sync()
        while CONTEXT.iteration(False):
            pass

    def test_properties(self):
        connection = Vici.Connection(uri="unix:///nowhere", timeout=5, max_in_flight=3)
        self.assertEqual(connection.props.uri, "unix:///nowhere")
        self.assertEqual(connection.props.timeout, 5)
        self.assertEqual(connection.get_max_in_flight(), 3)
        self.assertEqual(connection.props.state, Vici.ConnectionState.CLOSED)
        self.assertEqual(connection.props.pending, 0)
        self.assertIsNone(connection.props.io_stream)
        connection.props.timeout = 7
        self.assertEqual(connection.get_timeout(), 7)
        connection.set_uri(None)
        self.assertEqual(connection.get_uri(), "unix:///var/run/charon.vici")
        self.assertEqual(Vici.Connection.new().get_uri(), Vici.Connection().get_uri())

    def test_properties_notify(self):
        states = []
        self.connection.connect("notify::state", lambda self, _: states.append(self.props.state))
        self.connection.open_sync()
        self.connection.close_sync()
        self.assertEqual(states, [Vici.ConnectionState.OPEN, Vici.ConnectionState.CLOSED])

    def test_what_may_be_left_out_may_be_left_out(self):
        self.connection.open_sync()
        self.assertEqual(self.connection.call_sync("version").lookup_string("daemon"), "charon")
        stream = self.connection.call_streaming("list-sas")
        self.assertEqual(stream.next_sync().get_names(), ["gateway"])
        self.assertIsNone(stream.next_sync())

    def test_detailed_signals(self):
        heard = []
        self.connection.open_sync()
        self.connection.connect("event::test-event", lambda _, event, message: heard.append(event))
        self.connection.connect("event::ike-updown", lambda _, event, message: self.fail())
        self.connection.subscribe_sync("test-event")
        self.connection.call_sync("test-raise", message(event="test-event"))
        while not heard:
            CONTEXT.iteration(True)
        self.assertEqual(heard, ["test-event"])

    def test_closed_signal_has_an_error_or_none(self):
        ends = []
        self.connection.connect("closed", lambda _, error: ends.append(error))
        self.connection.open_sync()
        self.connection.close_sync()
        self.connection.open_sync()
        with self.assertRaises(GLib.Error):
            self.connection.call_sync("test-hang-up")
        while len(ends) < 2:
            CONTEXT.iteration(True)
        self.assertIsNone(ends[0])
        self.assertTrue(ends[1].matches(Vici.Error.quark(), Vici.Error.CLOSED))

    def test_made_of_a_stream(self):
        path = os.environ["VICI_TEST_URI"].removeprefix("unix://")
        stream = Gio.SocketClient().connect(Gio.UnixSocketAddress.new(path))
        connection = Vici.Connection.new_for_stream(stream)
        self.assertEqual(connection.props.io_stream, stream)
        self.assertEqual(connection.call_sync("version").lookup_string("daemon"), "charon")

    def test_user_data_and_callback(self):
        found = []
        loop = GLib.MainLoop()

        def on_version(connection, result, user_data):
            found.append((connection.call_finish(result).lookup_string("daemon"), user_data))
            loop.quit()

        self.connection.open_sync()
        self.connection.call_async("version", None, None, on_version, 42)
        loop.run()
        self.assertEqual(found, [("charon", 42)])

    def test_an_abandoned_connection_goes(self):
        self.connection.open_sync()
        self.connection.call_async("test-delay", message(ms="20"), None, lambda *_: None)
        gone = weakref.ref(self.connection)
        self.connection = Vici.Connection()
        while CONTEXT.iteration(False):
            pass
        gc.collect()
        self.assertIsNone(gone())

    def test_streamed_events(self):
        self.assertEqual(Vici.Session.get_stream_event("list-sas"), "list-sa")
        self.assertIsNone(Vici.Session.get_stream_event("version"))

    @unittest.skipUnless(asyncio, "this PyGObject has no await")
    def test_await(self):
        async def talk():
            await self.connection.open_async(None)
            version = await self.connection.call_async("version", None, None)
            stream = self.connection.call_streaming("list-sas", None, message(count="3"))
            count = 0
            while await stream.next_async(None):
                count += 1
            return version.lookup_string("daemon"), count

        with gi.events.GLibEventLoopPolicy():
            self.assertEqual(asyncio.run(talk()), ("charon", 3))


class HandSession(Vici.Session):
    """A session whose bytes go nowhere but into a list."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.sent = b""
        self.was_closed = False

    def do_send(self, data):
        self.sent += data.get_data()

    def do_close(self):
        self.was_closed = True


class Sessions(unittest.TestCase):

    def setUp(self):
        self.session = HandSession()
        self.calls = []

    def on_answer(self, session, event, message, error, *user_data):
        self.assertIs(session, self.session)
        self.calls.append((event, message and message.to_variant().unpack(), error, *user_data))

    def test_call(self):
        number = self.session.call("version", message(a="b"), self.on_answer, 42)
        self.assertGreater(number, 0)
        self.assertEqual(self.session.sent, packet(0, name("version") + b"\3\1a\0\1b"))
        self.assertEqual(self.session.get_pending(), 1)
        answer = packet(1, b"\3\1c\0\1d")
        self.assertEqual(self.session.receive(answer), len(answer))
        self.assertEqual(self.calls, [(None, {"c": "d"}, None, 42)])

    def test_one_byte_at_a_time(self):
        self.session.call("version", None, self.on_answer)
        for byte in packet(1, b"\3\1c\0\1d"):
            self.assertEqual(self.session.receive(bytes([byte])), 1)
        self.assertEqual(self.calls, [(None, {"c": "d"}, None)])

    def test_stream(self):
        self.session.call_streaming("list-sas", None, None, self.on_answer)
        self.assertEqual(self.session.sent, packet(3, name("list-sa")) +
                         packet(0, name("list-sas")) + packet(4, name("list-sa")))
        self.session.receive(packet(5) + packet(7, name("list-sa")) + packet(1) + packet(5))
        self.assertEqual(self.calls, [("list-sa", {}, None), (None, {}, None)])

    def test_subscription(self):
        heard = []
        self.session.connect("event::log", lambda _, event, message: heard.append(event))
        self.session.subscribe("log", self.on_answer)
        self.session.receive(packet(5) + packet(7, name("log")))
        self.assertEqual(self.calls, [(None, None, None)])
        self.assertEqual(heard, ["log"])

    def test_unknown_command(self):
        self.session.call("nonsense", None, self.on_answer)
        self.session.receive(packet(2))
        error = self.calls[0][2]
        self.assertTrue(error.matches(Vici.Error.quark(), Vici.Error.UNKNOWN_COMMAND))

    def test_broken_protocol_closes(self):
        with self.assertRaises(GLib.Error) as caught:
            self.session.receive(packet(9))
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.PROTOCOL))
        self.assertTrue(self.session.was_closed)
        self.assertTrue(self.session.is_closed())

    def test_closed_with_an_error(self):
        self.session.call("version", None, self.on_answer)
        self.session.closed(GLib.Error.new_literal(Gio.io_error_quark(), "gone",
                                                   Gio.IOErrorEnum.BROKEN_PIPE))
        self.assertTrue(self.calls[0][2].matches(Gio.io_error_quark(), Gio.IOErrorEnum.BROKEN_PIPE))
        with self.assertRaises(GLib.Error) as caught:
            self.session.call("version", None, None)
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.CLOSED))

    def test_paused_takes_nothing(self):
        self.session.props.paused = True
        self.assertEqual(self.session.receive(packet(1)), 0)

    def test_not_writable_sends_nothing(self):
        session = HandSession(writable=False)
        number = session.call("version", None, None)
        self.assertEqual(session.sent, b"")
        self.assertTrue(session.cancel(number))
        self.assertFalse(session.cancel(number))
        session.set_writable(True)
        self.assertEqual(session.sent, b"")

    def test_callbacks_are_let_go(self):
        class Token:
            pass
        token = Token()
        gone = weakref.ref(token)
        self.session.call("version", None, lambda *_args, token=token: None)
        del token
        gc.collect()
        self.assertIsNotNone(gone())
        self.session.receive(packet(1))
        gc.collect()
        self.assertIsNone(gone())


class Names(unittest.TestCase):

    def test_nothing_needs_a_pointer(self):
        """Everything in the namespace can be used: what is not introspectable
        would be missing here."""
        for owner in (Vici.Builder, Vici.Connection, Vici.Message, Vici.MessageIter,
                      Vici.Session, Vici.Stream):
            for info in owner.__info__.get_methods():
                with self.subTest(owner=owner, method=info.get_name()):
                    self.assertTrue(hasattr(owner, info.get_name()))

    def test_enums_and_versions(self):
        self.assertEqual([state.value_nick for state in (
            Vici.ConnectionState.CLOSED, Vici.ConnectionState.OPENING,
            Vici.ConnectionState.OPEN, Vici.ConnectionState.CLOSING)],
            ["closed", "opening", "open", "closing"])
        self.assertEqual(Vici.MAJOR_VERSION, 1)
        self.assertTrue(Vici.VERSION_S.startswith("1."))
        self.assertEqual(GLib.quark_to_string(Vici.Error.quark()), "vici-error-quark")
        self.assertTrue(GObject.type_is_a(Vici.Connection, GObject.Object))


if __name__ == "__main__":
    taptest.main()
