#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The live models from Python, against a simulated charon."""

import contextlib
import os
import signal
import tempfile

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici

import simtest
import taptest

CONTEXT = GLib.MainContext.default()


class Called:
    """What a callback was given."""

    def __init__(self):
        self.source = self.result = None

    def __call__(self, source, result):
        self.source, self.result = source, result


class TestCase(simtest.TestCase):

    def setUp(self):
        super().setUp()
        self.load(**self.CHILDREN)
        self.monitor = self.monitor_of(self.uri)
        self.addCleanup(lambda: self.monitor and self.monitor.stop())
        self.wait(lambda: self.monitor.get_state() == Vici.MonitorState.READY)
        self.home = self.monitor.get_conns()[0]

    CHILDREN = {}

    def monitor_of(self, uri):
        return Vici.Monitor.new(uri)

    def wait(self, condition):
        """For what the daemon says to have come about."""
        late = []
        timer = GLib.timeout_add_seconds(simtest.PATIENCE, late.append, True)
        while not condition():
            self.assertFalse(late, "it did not come about")
            CONTEXT.iteration(True)
        GLib.source_remove(timer)

    def begun(self, name, item, *args):
        """Calls what ends with a callback."""
        called = Called()
        getattr(item, f"{name}_async")(*args, called)
        return called

    def result(self, name, called):
        """What the callback has to say."""
        self.wait(lambda: called.result is not None)
        return getattr(called.source, f"{name}_finish")(called.result)

    def finished(self, name, item, *args):
        return self.result(name, self.begun(name, item, *args))

    def assert_cancelled(self, name, called):
        with self.assertRaises(GLib.Error) as caught:
            self.result(name, called)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED),
                        caught.exception)

    def up(self, *args):
        return self.finished("up", self.home, *(args or (None, None, None)))

    @contextlib.contextmanager
    def stopped_daemon(self):
        os.kill(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process.pid, signal.SIGCONT)


class Monitor(TestCase):

    def test_has_lists_like_those_of_python(self):
        self.assertEqual([conn.get_name() for conn in self.monitor.get_conns()], ["home"])
        self.assertEqual(len(self.monitor.props.ike_sas), 0)
        self.assertEqual(self.monitor.props.conns.get_item_type().pytype, Vici.ConnItem)

    def test_says_how_it_does(self):
        self.assertEqual(self.monitor.props.state_text, "The IKE daemon is running.")
        self.assertIsNone(self.monitor.props.hint)
        self.assertIsNone(self.monitor.props.error)

    def test_says_what_is_wrong_and_what_to_do(self):
        nobody = Vici.Monitor(connection=Vici.Connection.new("unix:///nowhere"))
        self.addCleanup(nobody.stop)
        self.wait(lambda: nobody.props.state == Vici.MonitorState.NO_SOCKET)
        self.assertIn("strongSwan", nobody.get_hint())
        for error in nobody.props.error, nobody.get_error():
            self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))

    def test_wrong_addresses_are_to_be_corrected(self):
        for uri in "bogus://x", "unix://relative", "tcp://":
            wrong = Vici.Monitor.new(uri)
            self.addCleanup(wrong.stop)
            self.wait(lambda: wrong.props.state == Vici.MonitorState.LOST)
            self.assertEqual(wrong.props.state_text, "The address of the IKE daemon is of no use.")
            self.assertEqual(wrong.props.hint, "Correct the address.")

    def test_made_of_a_uri(self):
        monitor = Vici.Monitor(uri=self.uri)
        self.addCleanup(monitor.stop)
        self.assertEqual(monitor.props.uri, self.uri)
        self.wait(lambda: monitor.props.state == Vici.MonitorState.READY)
        self.assertIsNotNone(monitor.find_conn("home"))

    def serve(self, name, serve):
        """A server of another kind, and a monitor of it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, name)
        serve(path)
        monitor = Vici.Monitor(uri=f"unix://{path}")
        self.addCleanup(monitor.stop)
        return monitor

    def serve_bytes(self, data):
        """One that sends these to each client, and closes."""
        def on_incoming(_service, connection, _source):
            connection.get_output_stream().write_all(data)
            connection.close()

        def serve(path):
            service = Gio.SocketService.new()
            self.addCleanup(service.stop)
            service.connect("incoming", on_incoming)
            service.add_address(Gio.UnixSocketAddress.new(path), Gio.SocketType.STREAM,
                                Gio.SocketProtocol.DEFAULT, None)
        monitor = self.serve("bytes", serve)
        self.wait(lambda: monitor.props.state == Vici.MonitorState.LOST)
        return monitor

    def test_lists_that_are_refused_are_empty(self):
        """A proxy, or a program's own server, need not offer all of them."""
        sa = {"uniqueid": "1", "state": "ESTABLISHED"}
        message = Vici.Message.new_from_variant(GLib.Variant(
            "a{sv}", {"home": GLib.Variant("a{sv}", {
                name: GLib.Variant("s", value) for name, value in sa.items()})}))

        def on_list_sas(_server, invocation):
            invocation.send_event("list-sa", message)
            invocation.return_message(None)
            return True

        server = Vici.Server.new()
        self.addCleanup(server.stop)
        server.add_event("list-sa")
        server.add_command("list-sas")
        server.connect("command::list-sas", on_list_sas)
        monitor = self.serve("some", lambda path: server.listen(f"unix://{path}"))
        self.wait(lambda: monitor.props.state == Vici.MonitorState.READY)
        self.assertEqual([sa.get_name() for sa in monitor.props.ike_sas], ["home"])
        self.assertEqual(len(monitor.props.certs), 0)
        self.assertTrue(self.finished("refresh", monitor, None))
        self.assertEqual(monitor.props.state, Vici.MonitorState.READY)

    def test_lists_that_another_daemon_does_not_have_are_empty(self):
        self.up()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        uri = f"unix://{folder.name}/other"
        other = Vici.Server.new()
        self.addCleanup(other.stop)
        other.listen(uri)
        connection = self.monitor.props.connection
        connection.set_uri(uri)
        connection.close_sync(None)
        self.wait(lambda: len(self.monitor.props.conns) == 0)
        self.wait(lambda: self.monitor.props.state == Vici.MonitorState.READY)
        self.assertEqual(len(self.monitor.props.ike_sas), 0)
        self.assertIsNone(self.monitor.props.error)

    def test_says_that_it_was_hung_up_on(self):
        monitor = self.serve_bytes(b"")
        self.assertEqual(monitor.props.state_text, "The connection to the IKE daemon is lost.")
        self.assertIn("tried again", monitor.props.hint)

    def test_says_that_something_else_answers(self):
        monitor = self.serve_bytes(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        self.assertEqual(monitor.props.state_text,
                         "What answers does not speak as an IKE daemon does.")
        self.assertIn("address", monitor.props.hint)

    def test_connections_are_found_by_name(self):
        self.assertIs(self.monitor.find_conn("home"), self.home)
        self.assertIsNone(self.monitor.find_conn("away"))

    def test_items_know_where_they_are(self):
        self.up()
        ike_sa, = self.home.get_ike_sas()
        child_sa, = ike_sa.get_child_sas()
        self.assertIs(ike_sa.props.conn, self.home)
        self.assertIs(child_sa.props.ike_sa, ike_sa)
        self.finished("down", self.home, None, None, None)
        self.assertIsNone(ike_sa.props.conn)
        self.assertIsNone(child_sa.get_ike_sa())

    def test_states_have_words(self):
        words = []
        self.home.connect("notify::state-text", lambda home, _: words.append(home.props.state_text))
        self.up()
        self.finished("down", self.home, None, None, None)
        with self.assertRaises(GLib.Error):
            self.up("nonsuch", None, None)
        self.assertEqual(words, ["Connecting", "Connected", "Disconnected", "Connecting", "Failed"])

    def test_states_of_sas_have_words(self):
        self.up()
        ike_sa, = self.home.get_ike_sas()
        child_sa, = ike_sa.get_child_sas()
        self.assertEqual((ike_sa.props.state_text, child_sa.props.state_text),
                         ("Established", "Installed"))

    def test_numbers_of_items_notify(self):
        numbers = []
        lists = {"ike-sas": self.monitor.props.ike_sas, "conns": self.monitor.props.conns,
                 "ike-sas of home": self.home.props.ike_sas, "pools": self.monitor.props.pools,
                 "certs": self.monitor.props.certs, "authorities": self.monitor.props.authorities}
        for name, model in lists.items():
            self.assertEqual(model.props.n_items, len(model))
            model.connect("notify::n-items",
                          lambda model, _, name: numbers.append((name, model.props.n_items)), name)
        self.up()
        self.assertEqual(numbers, [("ike-sas", 1), ("ike-sas of home", 1)])
        children = self.home.props.ike_sas[0].props.child_sas
        self.assertEqual(children.props.n_items, 1)
        children.connect("notify::n-items", lambda model, _: numbers.append(("children", len(model))))
        numbers.clear()
        self.finished("down", self.home, None, None, None)
        self.assertEqual(numbers, [("children", 0), ("ike-sas", 0), ("ike-sas of home", 0)])
        log = self.monitor.props.log
        log.connect("notify::n-items", lambda log, _: numbers.append(("log", log.props.n_items)))
        log.clear()
        self.assertEqual(numbers[-1], ("log", 0))

    def test_properties_notify(self):
        states = []
        self.home.connect("notify::state", lambda home, _: states.append(home.props.state))
        self.assertTrue(self.up())
        self.assertTrue(self.finished("down", self.home, None, None, None))
        self.assertEqual(states, [Vici.ConnState.CONNECTING, Vici.ConnState.UP, Vici.ConnState.DOWN])

    def test_records_are_a_step_further(self):
        self.up()
        ike_sa, = self.home.get_ike_sas()
        child_sa, = ike_sa.props.child_sas
        self.assertEqual(ike_sa.props.record.props.remote_host, "192.0.2.2")
        self.assertEqual(child_sa.get_record().get_remote_ts(), ["10.1.0.0/16"])
        self.assertIs(self.monitor.get_ike_sas()[0], ike_sa)

    def test_times_are_glib_s(self):
        self.assertIsNone(self.home.props.up_since)
        self.up()
        now = GLib.DateTime.new_now_utc()
        for moment in self.home.props.up_since, self.home.get_ike_sas()[0].get_established_at():
            self.assertLess(abs(now.difference(moment)), simtest.PATIENCE * GLib.USEC_PER_SEC)

    def test_rekeying_keeps_the_object(self):
        self.up()
        ike_sa, = self.home.get_ike_sas()
        ids = []
        ike_sa.connect("notify::unique-id", lambda item, _: ids.append(item.props.unique_id))
        ike_sa.mark = "the same"
        self.succeed("rekey", ike="home")
        self.wait(lambda: ids)
        self.assertEqual((ids, self.home.get_ike_sas()[0].mark), ([2], "the same"))

    def test_counts_while_somebody_looks(self):
        self.up()
        child_sa, = self.home.get_ike_sas()[0].get_child_sas()
        counted = []
        child_sa.connect("notify::bytes-in", lambda item, _: counted.append(item.get_bytes_in()))
        self.monitor.set_refresh_interval(10)
        self.monitor.hold()
        self.wait(lambda: len(counted) >= 3 and self.home.props.rate_in > 0)
        self.assertEqual(counted, sorted(set(counted)))
        self.monitor.release()
        self.wait(lambda: self.home.props.rate_in == 0)

    def test_counts_of_an_ike_sa_are_its_children_s(self):
        self.up()
        ike_sa, = self.home.get_ike_sas()
        child_sa, = ike_sa.get_child_sas()
        told = set()
        ike_sa.connect("notify", lambda _, pspec: told.add(pspec.name))
        traffic = "bytes-in", "bytes-out", "rate-in", "rate-out"
        self.monitor.set_refresh_interval(10)
        self.monitor.hold()
        self.wait(lambda: told.issuperset(traffic))
        self.assertGreater(ike_sa.get_rate_out(), 0)
        for name in traffic:
            self.assertEqual(ike_sa.get_property(name), child_sa.get_property(name))
        self.monitor.release()
        self.wait(lambda: ike_sa.props.rate_in == 0)

    def test_nothing_flows_while_the_daemon_is_lost(self):
        self.up()
        self.monitor.set_refresh_interval(10)
        self.monitor.hold()
        self.wait(lambda: self.home.props.rate_in > 0)
        child_sa, = self.home.get_ike_sas()[0].get_child_sas()
        self.monitor.props.connection.set_timeout(200)
        with self.stopped_daemon():
            self.wait(lambda: self.monitor.props.state == Vici.MonitorState.LOST)
            for item in self.home, child_sa:
                self.assertEqual((item.props.rate_in, item.props.rate_out), (0, 0))
            self.assertGreater(child_sa.props.bytes_in, 0)
            self.assertEqual(self.home.props.state, Vici.ConnState.UP)
        self.wait(lambda: self.home.props.rate_in > 0)
        self.monitor.release()

    def test_failure_has_a_reason(self):
        self.succeed("sim-fault", add="refuse:192.0.2.2")
        log = Vici.ControlLog()
        with self.assertRaises(GLib.Error) as caught:
            self.up("net", log, None)
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.COMMAND_FAILED))
        self.assertEqual(self.home.props.state, Vici.ConnState.FAILED)
        self.assertEqual(self.home.props.failure, Vici.Failure.AUTHENTICATION_FAILED)
        self.assertEqual(self.home.props.reason, Vici.failure_to_string(log.get_failure()))

    def test_bringing_up_can_be_cancelled(self):
        self.succeed("sim-fault", add="unreachable:192.0.2.2")
        cancellable = Gio.Cancellable()
        self.home.connect("notify::state", lambda *_: cancellable.cancel())
        with self.assertRaises(GLib.Error) as caught:
            self.up(None, None, cancellable)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))
        self.assertEqual(self.home.props.state, Vici.ConnState.DOWN)

    def test_cancelling_waits_for_nobody(self):
        self.monitor.props.connection.set_timeout(0)
        with self.stopped_daemon():
            for name, item, args in (("up", self.home, (None, None)), ("down", self.home, (None, None)),
                                     ("refresh", self.monitor, ())):
                cancellable = Gio.Cancellable()
                called = self.begun(name, item, *args, cancellable)
                if name == "up":
                    self.wait(lambda: self.home.props.state == Vici.ConnState.CONNECTING)
                cancellable.cancel()
                self.assert_cancelled(name, called)
                self.assertEqual(self.home.props.state, Vici.ConnState.DOWN)
        self.assertTrue(self.finished("refresh", self.monitor, None))
        self.wait(lambda: len(self.monitor.get_ike_sas()) == 0)

    def test_down_and_up_at_once_is_up(self):
        self.up()
        before, = self.home.get_ike_sas()
        down = self.begun("down", self.home, None, None, None)
        up = self.begun("up", self.home, None, None, None)
        self.assertTrue(self.result("down", down))
        self.assertTrue(self.result("up", up))
        self.assertEqual(self.home.props.state, Vici.ConnState.UP)
        after, = self.home.get_ike_sas()
        self.assertIsNot(after, before)
        self.assertEqual(after.get_child_sas().props.n_items, 1)

    def test_what_waits_for_a_down_can_be_cancelled(self):
        self.up()
        cancellable = Gio.Cancellable()
        down = self.begun("down", self.home, None, None, None)
        up = self.begun("up", self.home, None, None, cancellable)
        cancellable.cancel()
        self.assert_cancelled("up", up)
        self.assertTrue(self.result("down", down))
        self.assertTrue(self.finished("refresh", self.monitor, None))
        self.assertEqual(self.home.props.state, Vici.ConnState.DOWN)
        self.assertEqual(len(self.monitor.get_ike_sas()), 0)

    def begin_silently(self):
        """Bringing it up is under way, and would be for long."""
        self.client.register("list-sa")
        self.succeed("sim-fault", add="unreachable:192.0.2.2")
        log = Vici.ControlLog()
        up = self.begun("up", self.home, None, log, None)
        self.wait(lambda: len(log) > 0)
        self.assertEqual(len(self.sas()), 1)
        return up

    def sas(self):
        """What the daemon has."""
        return self.client.call("list-sas")[0]

    def test_stop_gives_up_what_is_begun(self):
        conns = self.monitor.get_conns()
        up = self.begin_silently()
        self.monitor.stop()
        self.assertEqual((len(conns), len(self.monitor.get_ike_sas())), (0, 0))
        self.assert_cancelled("up", up)
        self.assertEqual(self.home.props.state, Vici.ConnState.DOWN)
        self.assertIsNone(self.home.props.reason)
        self.wait(lambda: not self.sas())
        self.assertEqual(len(conns), 0)

    def test_dropping_the_monitor_gives_up_what_is_begun(self):
        conns = self.monitor.get_conns()
        up = self.begin_silently()
        self.monitor = None
        self.wait(lambda: len(conns) == 0)
        self.assert_cancelled("up", up)
        self.assertEqual(self.home.props.state, Vici.ConnState.DOWN)
        self.wait(lambda: not self.sas())

    def test_item_made_by_hand_is_of_no_daemon(self):
        for name in "up", "down":
            with self.assertRaises(GLib.Error) as caught:
                self.finished(name, Vici.ConnItem(), None, None, None)
            self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.CLOSED))

    def test_calls_that_are_cancelled_before_do_nothing(self):
        up = self.begin_silently()
        cancelled = Gio.Cancellable()
        cancelled.cancel()
        for name in "up", "down":
            for item in self.home, Vici.ConnItem():
                self.assert_cancelled(name, self.begun(name, item, None, None, cancelled))
        self.assertEqual(self.home.props.state, Vici.ConnState.CONNECTING)
        self.assertEqual(len(self.sas()), 1)
        self.assertTrue(self.finished("down", self.home, None, None, None))
        self.assert_cancelled("up", up)

    def test_up_while_lost_is_no_success(self):
        """All of it is up, as far as is known."""
        self.up()
        self.monitor.props.connection.set_timeout(200)
        with self.stopped_daemon():
            self.begun("refresh", self.monitor, None)
            self.wait(lambda: self.monitor.props.state == Vici.MonitorState.LOST)
            for name in "up", "down":
                with self.assertRaises(GLib.Error):
                    self.finished(name, self.home, None, None, None)

    def test_up_without_lists_is_a_success(self):
        """What has come of it is not to be known from a daemon that lists nothing."""
        self.succeed("sim-fault", add="fail:list-sas")
        self.assertTrue(self.up())

    def test_lists_that_fail_are_told(self):
        self.up()
        self.succeed("unload-conn", name="home")
        self.succeed("sim-fault", add="fail:list-conns:overloaded")
        for _ in range(2):
            with self.assertRaisesRegex(GLib.Error, "overloaded"):
                self.finished("refresh", self.monitor, None)
            self.assertEqual(self.monitor.props.state, Vici.MonitorState.READY)
            self.assertIn("overloaded", self.monitor.props.error.message)
            self.assertEqual(len(self.monitor.props.conns), 1)

        # The others were listed, and go on to be.
        before = self.home.props.bytes_in
        self.monitor.set_refresh_interval(10)
        self.monitor.hold()
        self.wait(lambda: self.home.props.bytes_in > before)
        self.monitor.release()
        self.assertIn("overloaded", self.monitor.props.error.message)

        self.succeed("sim-fault", clear="yes")
        self.succeed("terminate", ike="home")
        self.assertTrue(self.finished("refresh", self.monitor, None))
        self.assertIsNone(self.monitor.props.error)
        self.assertEqual(len(self.monitor.props.conns), 0)

    def test_lists_that_are_too_large_are_told(self):
        for number in range(50):
            self.succeed("load-conn", **{f"c{number}": {"remote_addrs": ["192.0.2.2"]}})
        self.monitor.props.daemon.props.max_list = 4000
        with self.assertRaises(GLib.Error) as caught:
            self.finished("refresh", self.monitor, None)
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.TOO_LARGE))
        self.assertEqual(self.monitor.props.state, Vici.MonitorState.READY)

    def test_ready_at_first_with_a_list_that_fails(self):
        self.succeed("sim-fault", add="fail:list-certs")
        other = Vici.Monitor(uri=self.uri)
        self.addCleanup(other.stop)
        self.wait(lambda: other.props.state == Vici.MonitorState.READY)
        self.assertTrue(other.props.error.matches(Vici.Error.quark(), Vici.Error.COMMAND_FAILED))
        self.assertEqual(len(other.props.conns), 1)

    def test_stopped_daemon_is_lost_until_it_goes_on(self):
        states = []
        errors = []
        self.monitor.props.connection.set_timeout(100)
        self.monitor.connect("notify::state", lambda monitor, _: states.append(
            (monitor.props.state.value_nick, monitor.props.hint is not None)))
        with self.stopped_daemon():
            self.begun("refresh", self.monitor, None)
            self.wait(lambda: states)
            self.monitor.connect("notify::error", lambda monitor, _: errors.append(monitor.props.error))
            self.wait(lambda: len(errors) == 3)
            self.assertEqual(states, [("lost", True)])
            self.assertNotIn(None, errors)
        self.wait(lambda: self.monitor.props.state == Vici.MonitorState.READY)
        self.assertIn(states[1:], ([("ready", False)], [("syncing", False), ("ready", False)]))

    def test_refresh_shows_what_has_no_event(self):
        self.succeed("unload-conn", name="home")
        self.assertTrue(self.finished("refresh", self.monitor, None))
        self.assertEqual(len(self.monitor.get_conns()), 0)
        self.assertFalse(self.home.props.configured)
        self.assertIsNone(self.home.props.record)

    def test_log_is_a_list(self):
        log = self.monitor.props.log
        self.succeed("load-conn", **{"office": {"remote_addrs": ["192.0.2.3"]}})
        self.wait(lambda: any("office" in item.props.text for item in log))
        log.clear()
        self.assertEqual(len(log), 0)


class Own(TestCase):
    """A connection that the program has opened."""

    def monitor_of(self, uri):
        self.connection = Vici.Connection.new(uri)
        self.connection.open_sync(None)
        self.addCleanup(self.connection.close_sync, None)
        return Vici.Monitor.new_for_connection(self.connection)

    def test_stays_open_when_a_list_takes_too_long(self):
        closed = []
        self.connection.connect("closed", closed.append)
        self.connection.set_timeout(200)
        self.succeed("sim-fault", add="slow:list-certs:600")
        with self.assertRaises(GLib.Error) as caught:
            self.finished("refresh", self.monitor, None)
        self.assertTrue(caught.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.TIMED_OUT))
        self.wait(lambda: self.monitor.props.state == Vici.MonitorState.LOST)
        self.assertEqual(self.connection.get_state(), Vici.ConnectionState.OPEN)

        # It is of use to others meanwhile, and to the monitor again.
        self.succeed("sim-fault", clear="yes")
        self.connection.set_timeout(simtest.PATIENCE * 1000)
        self.connection.call_sync("version", None, None)
        self.wait(lambda: self.monitor.props.state == Vici.MonitorState.READY)
        self.assertEqual(closed, [])


class Children(TestCase):
    """A connection with three of them."""

    CHILDREN = {"more": {"remote_ts": ["10.2.0.0/16"]}, "third": {"remote_ts": ["10.3.0.0/16"]}}

    def names(self):
        return [[child.props.name for child in ike_sa.props.child_sas]
                for ike_sa in self.home.props.ike_sas]

    def test_down_of_one_leaves_the_up_of_the_other_alone(self):
        self.up("more", None, None)
        up = self.begun("up", self.home, "net", None, None)
        down = self.begun("down", self.home, "more", None, None)
        self.assertTrue(self.result("down", down))
        self.assertTrue(self.result("up", up))
        self.assertEqual(self.home.props.state, Vici.ConnState.UP)
        self.assertTrue(self.finished("refresh", self.monitor, None))
        self.assertEqual(self.names(), [["net"]])

    def test_down_of_one_gives_up_its_own_up(self):
        self.succeed("sim-fault", add="unreachable:192.0.2.2")
        up = self.begun("up", self.home, "net", None, None)
        self.wait(lambda: self.home.props.state == Vici.ConnState.CONNECTING)
        self.assertTrue(self.finished("down", self.home, "net", None, None))
        self.assert_cancelled("up", up)

    def test_down_of_one_leaves_it_out_of_the_up_of_all(self):
        up = self.begun("up", self.home, None, None, None)
        self.wait(lambda: self.names() == [["net"]])
        self.assertTrue(self.finished("down", self.home, "third", None, None))
        self.assertTrue(self.result("up", up))
        self.assertTrue(self.finished("refresh", self.monitor, None))
        self.assertEqual(self.names(), [["net", "more"]])

    def test_down_of_the_one_that_comes_gives_up_the_up_of_all(self):
        self.succeed("sim-fault", add="unreachable:192.0.2.2")
        log = Vici.ControlLog()
        up = self.begun("up", self.home, None, log, None)
        self.wait(lambda: len(log) > 0)
        self.assertTrue(self.finished("down", self.home, "net", None, None))
        self.assert_cancelled("up", up)
        self.assertEqual(self.home.props.state, Vici.ConnState.DOWN)

    def test_up_of_all_with_all_left_out_is_given_up(self):
        self.up()
        down = self.begun("down", self.home, None, None, None)
        up = self.begun("up", self.home, None, None, None)
        downs = [self.begun("down", self.home, name, None, None) for name in ("net", "more", "third")]
        for called in down, *downs:
            self.assertTrue(self.result("down", called))
        self.assert_cancelled("up", up)
        self.assertTrue(self.finished("refresh", self.monitor, None))
        self.assertEqual(self.names(), [])

    def test_failure_of_one_is_told_beside_the_success_of_another(self):
        up = self.begun("up", self.home, "net", None, None)
        with self.assertRaises(GLib.Error):
            self.up("nonsuch", None, None)
        self.assertIsNotNone(self.home.props.reason)
        self.assertTrue(self.result("up", up))
        self.assertEqual(self.home.props.state, Vici.ConnState.UP)
        self.assertIsNotNone(self.home.props.reason)


taptest.main()
