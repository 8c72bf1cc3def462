#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The models of ViciMonitor beside a daemon: the same scenario for a simulated one
(`test-scenario.py sim`) and a pair of real ones (`test-scenario.py real`).

After each step the models are compared with what an independent connection
lists, and what the lists have told is compared with what had to be told.
"""

import contextlib
import os
import signal
import sys

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici

import daemonlab
import lab
import modeldaemons
import modelwatch
import taptest
from daemonlab import NOBODY, wait_for
from modelcase import Call, ConnState, State, TestCase, as_nobody
from modeldaemons import REFUSING, conn

# What is told of a tunnel that comes up, and that goes down.
UP = {"ike-sas": "0-0+1", "conn home/ike-sas": "0-0+1", "home/child-sas": "0-0+1"}
DOWN = {"ike-sas": "0-1+0", "conn home/ike-sas": "0-1+0", "home/child-sas": "0-1+0"}


class Daemon(TestCase):
    """It comes and goes."""

    def test_folder_absent_then_started_then_stopped(self):
        self.daemons.end_with(signal.SIGTERM)
        for file in self.daemons.folder.iterdir():
            file.unlink()
        self.daemons.folder.rmdir()
        self.start()
        self.wait_state(State.NO_SOCKET)
        self.assertTrue(self.monitor.props.error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))
        self.states(State.STOPPED, State.CONNECTING, State.NO_SOCKET)
        self.daemons.folder.mkdir()
        self.assertEqual(self.monitor.props.state, State.NO_SOCKET)
        self.daemons.start()
        self.load(home=conn())
        self.ready({"conns": "0-0+1"})
        self.states(State.NO_SOCKET, State.CONNECTING, State.SYNCING, State.READY)
        self.assertIsNone(self.monitor.props.error)
        self.up()
        self.agree(UP)
        self.daemons.end_with(signal.SIGTERM)
        self.wait_state(State.NO_SOCKET if not self.daemons.socket.exists() else State.LOST)
        wait_for(lambda: len(self.monitor.props.conns) == 0, "the end of what there was")
        self.assertEqual(self.watch.take(), DOWN | {"conns": "0-1+0"})
        self.daemons.start()
        self.ready()

    def test_killed_and_restarted(self):
        self.load(home=conn())
        self.start()
        self.ready({"conns": "0-0+1"})
        self.up()
        self.agree(UP)
        before = self.conn(), self.only_ike_sa(), self.only_child_sa()
        self.daemons.end_with(signal.SIGKILL)
        self.wait_state(State.LOST)
        wait_for(lambda: len(self.monitor.props.conns) == 0, "the end of what there was")
        self.assertEqual(self.watch.take(), DOWN | {"conns": "0-1+0"})
        self.assertEqual(modelwatch.shown(self.monitor)["numbers"], [0] * 5)

        # The same unique ids, and others that have them.
        self.daemons.start()
        self.load(home=conn())
        self.ready({"conns": "0-0+1"})
        self.up()
        self.assertEqual((self.only_ike_sa().props.unique_id, self.only_child_sa().props.unique_id),
                         (before[1].props.unique_id, before[2].props.unique_id))
        after = self.conn(), self.only_ike_sa(), self.only_child_sa()
        self.assertFalse(set(before) & set(after))
        self.agree({"ike-sas": "0-0+1", "conn home'2/ike-sas": "0-0+1", "home'2/child-sas": "0-0+1"})

    def test_without_permission(self):
        self.load(home=conn())
        path = self.daemons.socket
        path.chmod(0)
        with as_nobody():
            self.start()
            self.wait_state(State.NO_PERMISSION)
            self.states(State.STOPPED, State.CONNECTING, State.NO_PERMISSION)
        path.chmod(0o666)
        with as_nobody():
            self.wait_state(State.READY)
        self.ready({"conns": "0-0+1"})

        # Taken away, while the daemon goes on.
        self.up()
        self.agree(UP)
        path.chmod(0)
        with as_nobody():
            self.monitor.props.connection.close_sync(None)
            self.wait_state(State.NO_PERMISSION)
        path.chmod(0o666)
        with as_nobody():
            self.wait_state(State.READY)
        self.ready()

    def test_cut_off_while_the_daemon_goes_on(self):
        self.load(home=conn(), away=conn(remote=REFUSING))
        relay = self.relay()
        self.start(relay.uri)
        self.ready({"conns": "0-0+2"})
        self.up()
        self.agree(UP)
        before = self.conn(), self.only_ike_sa(), self.only_child_sa()

        # Nothing has happened.
        relay.cut()
        self.wait_state(State.LOST)
        relay.mend()
        self.ready()
        self.assertEqual(before, (self.conn(), self.only_ike_sa(), self.only_child_sa()))

        # This has.
        relay.cut()
        self.daemons.load(conns={"home": conn(children=("net", "more")), "new": conn(remote=REFUSING)})
        self.daemons.load_at_peer({"home": conn(children=("net", "more"))})
        self.daemons.daemon.initiate_sync("home", "more", None, None, None)
        self.wait_state(State.LOST)
        self.assertEqual(self.watch.take(), {})
        relay.mend()
        self.ready({"conns": "1-1+1", "home/child-sas": "1-0+1"})
        self.assertEqual(before[:2], (self.conn(), self.only_ike_sa()))
        self.assertEqual(self.only_ike_sa().props.child_sas[0], before[2])
        self.assertEqual([self.watch.count(before[1], name) for name in ("unique-id", "state")], [0, 0])

        # The end of all.
        relay.cut()
        self.daemons.daemon.terminate_sync(Vici.TerminateOptions(ike="home"), None, None)
        self.wait_state(State.LOST)
        relay.mend()
        self.ready(DOWN | {"home/child-sas": "0-2+0"})

    def test_stopped_and_continued(self):
        """SIGSTOP: the main loop goes on, and all is well when the daemon does."""
        self.load(home=conn())
        self.start()
        self.ready({"conns": "0-0+1"})
        os.kill(self.daemons.pid, signal.SIGSTOP)
        try:
            refresh = Call(self.monitor.refresh_async, self.monitor.refresh_finish, None)
            turns = []
            source = GLib.timeout_add(10, lambda: turns.append(None) or GLib.SOURCE_CONTINUE)
            wait_for(lambda: len(turns) > 30, "turns of the main loop")
            GLib.source_remove(source)
            self.assertFalse(refresh.done)
            self.assertEqual(self.monitor.props.state, State.READY)
        finally:
            os.kill(self.daemons.pid, signal.SIGCONT)
        self.assertTrue(refresh.wait().result)
        self.agree()

    def test_started_while_the_daemon_is_stopped(self):
        self.load(home=conn())
        os.kill(self.daemons.pid, signal.SIGSTOP)
        try:
            self.start()
            wait_for(lambda: self.monitor.props.connection.get_state() == Vici.ConnectionState.OPEN,
                     "the connection")
            self.assertEqual(self.monitor.props.state, State.CONNECTING)
        finally:
            os.kill(self.daemons.pid, signal.SIGCONT)
        self.ready({"conns": "0-0+1"})
        self.states(State.STOPPED, State.CONNECTING, State.SYNCING, State.READY)

    def test_main_loop_that_never_rests(self):
        """What the daemon has is there all the same."""
        self.load(home=conn())
        self.daemons.daemon.initiate_sync("home", "net", None, None, None)
        source = GLib.idle_add(lambda: GLib.SOURCE_CONTINUE, priority=GLib.PRIORITY_DEFAULT)
        try:
            self.start()
            self.ready(UP | {"conns": "0-0+1"})
        finally:
            GLib.source_remove(source)

    def relay(self):
        relay = modeldaemons.Relay(self.daemons.directory, self.daemons.socket)
        self.addCleanup(relay.close)
        return relay


class Configuration(TestCase):
    """It changes behind the monitor's back."""

    def setUp(self):
        super().setUp()
        self.start()
        self.ready()

    def test_connections(self):
        home, away = conn(), conn(remote=REFUSING)
        self.daemons.load(conns={"home": home})
        self.agree({"conns": "0-0+1"})
        item = self.conn()
        self.assertTrue(item.props.configured)
        self.conn_is(ConnState.DOWN)
        self.daemons.load(conns={"home": home, "away": away})
        self.agree({"conns": "1-0+1"})
        # Changed: the same item.
        changed = conn(mobike="no", children=("net", "more"))
        self.daemons.load(conns={"home": changed, "away": away})
        self.agree()
        self.assertEqual(self.conn(), item)
        self.assertEqual(self.watch.count(item, "record"), 1)
        # Unloaded: nothing tells of it.
        self.daemons.load(conns={"away": away})
        self.refresh()
        self.agree({"conns": "0-1+0"})
        self.assertFalse(item.props.configured)
        self.daemons.load(conns={})
        self.refresh()
        self.agree({"conns": "0-1+0"})

    def test_unloaded_while_up(self):
        self.load(home=conn())
        self.agree({"conns": "0-0+1"})
        self.up()
        self.agree(UP)
        item = self.conn()
        # swanctl and charon leave the SAs to themselves.
        self.daemons.end.call("unload-conn", name="home")
        self.refresh()
        self.agree()
        self.assertFalse(item.props.configured)
        self.conn_is(ConnState.UP)
        self.load(home=conn())
        self.agree()
        self.assertTrue(item.props.configured)
        self.daemons.end.call("unload-conn", name="home")
        self.refresh()
        self.daemons.daemon.terminate_sync(Vici.TerminateOptions(ike="home"), None, None)
        self.agree(DOWN | {"conns": "0-1+0"})

    def test_pools(self):
        self.daemons.load(pools={"guests": {"addrs": "10.3.0.0/24"}})
        self.refresh()
        self.agree({"pools": "0-0+1"})
        item, = self.monitor.props.pools
        self.assertEqual((item.props.name, item.props.record.props.size), ("guests", 254))
        self.daemons.load(pools={"guests": {"addrs": "10.3.0.0/25"}, "staff": {"addrs": "10.4.0.0/24"}})
        self.refresh()
        self.agree({"pools": "1-0+1"})
        self.assertEqual(list(self.monitor.props.pools)[0], item)
        self.assertEqual(item.props.record.props.size, 126)
        self.daemons.load(pools={"staff": {"addrs": "10.4.0.0/24"}})
        self.refresh()
        self.agree({"pools": "0-1+0"})
        self.daemons.load(pools={})
        self.refresh()
        self.agree({"pools": "0-1+0"})

    def test_authorities_and_certificates(self):
        ca, cert = str(self.credentials.ca), self.credentials.cert
        self.daemons.load(authorities={"tests": {"cacert": ca}})
        self.refresh()
        self.agree({"authorities": "0-0+1", "certs": "0-0+1"})
        authority, = self.monitor.props.authorities
        self.daemons.daemon.load_cert_sync(Vici.CertType.X509, Vici.CertFlag.NONE,
                                           daemonlab.blob(cert), None)
        self.agree({"certs": "1-0+1"})
        if Gio.TlsBackend.get_default().supports_tls():
            self.assertEqual([item.props.name for item in self.monitor.props.certs],
                             [item.props.record.props.tls_certificate.props.subject_name
                              for item in self.monitor.props.certs])
        self.daemons.load(authorities={"tests": {"cacert": ca, "crl_uris": ["http://192.0.2.9/crl"]}})
        self.refresh()
        self.agree()
        self.assertEqual(list(self.monitor.props.authorities), [authority])
        self.assertEqual(authority.props.record.props.crl_uris, ["http://192.0.2.9/crl"])
        self.daemons.load(authorities={})
        self.refresh()
        self.agree({"authorities": "0-1+0", "certs": "0-1+0"})
        self.daemons.daemon.clear_creds_sync(None)
        self.refresh()
        self.agree({"certs": "0-1+0"})


class Tunnels(TestCase):
    """SAs come, change and go."""

    def setUp(self):
        super().setUp()
        self.load(home=conn(), refused=self.refused(), silent=conn(remote=NOBODY))
        self.start()
        self.ready({"conns": "0-0+3"})

    def refused(self):
        """The secret is another than the peer's."""
        return conn(local_id="refused") if self.daemons.is_real else conn(remote=REFUSING)

    def rekey(self, **options):
        self.daemons.daemon.rekey_sync(Vici.RekeyOptions(**options), None)

    def terminate(self, **options):
        self.daemons.daemon.terminate_sync(Vici.TerminateOptions(**options), None, None)

    def test_up_and_down(self):
        self.up()
        self.conn_is(ConnState.UP)
        self.agree(UP)
        self.down()
        self.conn_is(ConnState.DOWN)
        self.agree(DOWN)
        # It is down already.
        self.down()
        self.agree()

    def test_up_and_down_by_others(self):
        self.daemons.daemon.initiate_sync("home", "net", None, None, None)
        self.agree(UP)
        self.conn_is(ConnState.UP)
        self.terminate(ike="home")
        self.agree(DOWN)
        self.conn_is(ConnState.DOWN)
        self.daemons.connect_from_peer("home")
        self.agree({"ike-sas": "0-0+1", "conn home/ike-sas": "0-0+1", "home'2/child-sas": "0-0+1"})
        self.conn_is(ConnState.UP)
        self.daemons.down_from_peer(ike="home")
        wait_for(lambda: not self.ike_sas(), "the end")
        self.agree({"ike-sas": "0-1+0", "conn home/ike-sas": "0-1+0", "home'2/child-sas": "0-1+0"})

    def test_child_down(self):
        self.up()
        self.agree(UP)
        ike_sa = self.only_ike_sa()
        self.down(child="net")
        self.agree({"home/child-sas": "0-1+0"})
        self.assertEqual(self.only_ike_sa(), ike_sa)
        self.conn_is(ConnState.DOWN)
        self.up()
        self.agree({"home/child-sas": "0-0+1"})
        self.terminate(child="net")
        self.agree({"home/child-sas": "0-1+0"})
        self.up(child="net")
        self.agree({"home/child-sas": "0-0+1"})
        self.daemons.down_from_peer(child="net")
        wait_for(lambda: len(ike_sa.props.child_sas) == 0, "the end at this side")
        self.agree({"home/child-sas": "0-1+0"})
        self.assertEqual(self.only_ike_sa(), ike_sa)

    def test_ike_sa_rekeyed(self):
        self.up()
        self.agree(UP)
        ike_sa, child_sa = self.only_ike_sa(), self.only_child_sa()
        for times, rekey in enumerate((self.rekey, self.daemons.rekey_from_peer, self.rekey), 1):
            before = ike_sa.props.unique_id
            rekey(ike="home")
            wait_for(lambda: ike_sa.props.unique_id != before, "another unique id")
            self.agree()
            self.assertEqual((self.only_ike_sa(), self.only_child_sa()), (ike_sa, child_sa))
            self.assertEqual(self.watch.count(ike_sa, "unique-id"), times)
            self.assertEqual(self.watch.count(child_sa, "unique-id"), 0)
            self.conn_is(ConnState.UP)
        self.assertEqual(self.watch.count(self.conn(), "up-since"), 1)
        self.down()
        self.agree(DOWN)

    def test_child_sa_rekeyed(self):
        self.up()
        self.agree(UP)
        ike_sa, child_sa = self.only_ike_sa(), self.only_child_sa()
        for times, rekey in enumerate((self.rekey, self.daemons.rekey_from_peer, self.rekey), 1):
            before = child_sa.props.unique_id
            rekey(child="net")
            wait_for(lambda: child_sa.props.unique_id != before, "another unique id")
            self.agree()
            self.assertEqual((self.only_ike_sa(), self.only_child_sa()), (ike_sa, child_sa))
            self.assertEqual(self.watch.count(child_sa, "unique-id"), times)
            self.assertEqual(self.watch.count(ike_sa, "unique-id"), 0)
        self.down()
        self.agree(DOWN)

    def test_ike_sa_rekeyed_while_cut_off(self):
        """What was missed is healed by a list: another IKE_SA of the same name."""
        self.up()
        self.agree(UP)
        relay = modeldaemons.Relay(self.daemons.directory, self.daemons.socket)
        self.addCleanup(relay.close)
        monitor = Vici.Monitor.new(relay.uri)
        watch = modelwatch.Watch(monitor)
        self.addCleanup(monitor.stop)
        wait_for(lambda: monitor.props.state == State.READY, "another monitor")
        watch.take()
        ike_sa, child_sa = self.only_ike_sa(), self.only_child_sa()
        relay.cut()
        before = ike_sa.props.unique_id
        self.rekey(ike="home")
        wait_for(lambda: ike_sa.props.unique_id != before, "another unique id")
        self.agree()
        relay.mend()
        wait_for(lambda: modelwatch.shown(monitor) == modelwatch.shown(self.monitor), "the same")
        self.assertEqual(watch.take(), {"ike-sas": "0-1+1", "conn home/ike-sas": "0-1+1",
                                        "home/child-sas": "0-1+0", "home'2/child-sas": "0-0+1"})
        self.assertEqual(watch.faults, [])
        self.assertEqual(child_sa, self.only_child_sa())

    def test_two_ike_sas_of_a_connection(self):
        self.up()
        self.agree(UP)
        first = self.only_ike_sa()
        self.daemons.connect_from_peer("home")
        wait_for(lambda: len(self.ike_sas()) == 2, "the second IKE_SA")
        self.agree({"ike-sas": "1-0+1", "conn home/ike-sas": "1-0+1", "home'2/child-sas": "0-0+1"})
        second = self.ike_sas()[1]
        self.terminate(ike_id=first.props.unique_id)
        self.agree({"ike-sas": "0-1+0", "conn home/ike-sas": "0-1+0", "home/child-sas": "0-1+0"})
        self.assertEqual(self.ike_sas(), [second])
        self.conn_is(ConnState.UP)
        self.assertEqual(self.watch.count(self.conn(), "state"), 2)
        self.down()
        self.agree({"ike-sas": "0-1+0", "conn home/ike-sas": "0-1+0", "home'2/child-sas": "0-1+0"})

    def test_refused(self):
        call = self.begin_up("refused")
        self.conn_is(ConnState.DOWN, "refused")
        wait_for(lambda: self.conn("refused").props.state == ConnState.CONNECTING, "the attempt")
        call.wait()
        self.assertFalse(call.result)
        self.assertTrue(call.error.matches(Vici.error_quark(), Vici.Error.COMMAND_FAILED), call.error)
        self.conn_is(ConnState.FAILED, "refused", Vici.Failure.AUTHENTICATION_FAILED)
        self.agree()
        self.assertEqual(self.watch.count(self.conn("refused"), "state"), 2)
        self.assertEqual(self.watch.count(self.conn("refused"), "reason"), 1)
        # Tried again; and taken down, which forgets it.
        self.begin_up("refused").wait()
        self.conn_is(ConnState.FAILED, "refused", Vici.Failure.AUTHENTICATION_FAILED)
        self.down("refused")
        self.conn_is(ConnState.DOWN, "refused")
        self.agree()

    def test_cancelled(self):
        cancellable = Gio.Cancellable()
        log = Vici.ControlLog.new()
        call = self.begin_up("silent", log=log, cancellable=cancellable)
        wait_for(lambda: len(log) > 0, "the attempt")
        self.conn_is(ConnState.CONNECTING, "silent")
        self.refresh()
        cancellable.cancel()
        call.wait()
        self.assertTrue(call.error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), call.error)
        self.gone("silent")

    def test_down_while_it_is_brought_up(self):
        log = Vici.ControlLog.new()
        call = self.begin_up("silent", log=log)
        wait_for(lambda: len(log) > 0, "the attempt")
        self.refresh()
        self.down("silent")
        call.wait()
        self.assertTrue(call.error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED), call.error)
        self.gone("silent")

    def gone(self, name):
        """The IKE_SA that a refresh has shown is gone."""
        wait_for(lambda: not self.ike_sas(name), "the end of the IKE_SA")
        self.agree({"ike-sas": "0-0+1 0-1+0", f"conn {name}/ike-sas": "0-0+1 0-1+0"})
        self.conn_is(ConnState.DOWN, name)


def main():
    kind = {"sim": modeldaemons.Simulated, "real": modeldaemons.Real}[sys.argv[1]]
    try:
        with contextlib.ExitStack() as stack:
            TestCase.daemons = kind(stack)
            TestCase.credentials = daemonlab.Credentials(TestCase.daemons.directory)
            taptest.main()
    except lab.Unavailable as reason:
        print(f"1..0 # SKIP {reason}")


if __name__ == "__main__":
    main()
