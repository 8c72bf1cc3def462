#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every event of ViciDaemon, from real daemons.

A test that is named after an event shows what it tells, and not only that it
comes. What has crossed the wires to the daemons is kept for
check-coverage.py, which runs this.
"""

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

import daemonlab
from daemonlab import A, B, TestCase, blob, conn, wait_for


class Events(TestCase):
    def test_control_log(self):
        """The event: entries as they come, in the log, and as a signal."""
        self.load()
        log = Vici.ControlLog.new()
        told = []
        log.connect("entry", lambda _log, entry: told.append(entry.props.text))
        with self.a.watched("control-log") as seen:
            self.daemon.initiate_sync("home", "net", Vici.InitiateOptions(log_level=1), log, None)
            self.assertEqual([entry.props.text for entry in log], told)
            wait_for(lambda: len(seen) == len(told), "the signals")
        entry = next(item for item in log if "established" in item.props.text)
        self.assertEqual((entry.props.group, entry.props.level, entry.props.ike_sa_name),
                         (Vici.LogGroup.IKE, 0, "home"))
        self.assertEqual(entry.props.ike_sa_id, self.only_sa().props.unique_id)

    def test_log(self):
        with self.a.watched("log") as seen:
            self.load(name="Büro")
            self.daemon.initiate_sync("Büro", "net", None, None, None)
            wait_for(lambda: any("established" in entry.props.text for entry, in seen), "the log")
        entry, = next(arguments for arguments in seen if "CHILD_SA net" in arguments[0].props.text)
        self.assertEqual((entry.props.group, entry.props.ike_sa_name), (Vici.LogGroup.IKE, "Büro"))
        self.assertGreater(entry.props.thread, 0)

    def test_list_sa(self):
        self.up()
        self.assertEqual(self.only_sa().get_message().lookup_string("state"), "ESTABLISHED")

    def test_list_policy(self):
        self.daemon.load_conn_sync(conn(A, B), None)
        self.daemon.install_sync("net", None, None)
        policy, = self.daemon.list_policies_sync(Vici.ListPoliciesOptions(trap=True), None)
        self.assertEqual(policy.props.mode_text, "TUNNEL")

    def test_list_conn(self):
        self.daemon.load_conn_sync(conn(A, B), None)
        self.assertEqual(self.daemon.list_conns_sync(None, None)[0].props.version_text, "IKEv2")

    def test_list_cert(self):
        self.daemon.load_cert_sync(Vici.CertType.X509, Vici.CertFlag.CA, blob(self.files.ca), None)
        self.assertEqual(self.daemon.list_certs_sync(None, None)[0].props.flag_text, "CA")

    def test_list_authority(self):
        self.daemon.load_authority_sync(Vici.AuthorityConfig(name="x", cacert=blob(self.files.ca)), None)
        self.assertEqual(self.daemon.list_authorities_sync(None, None)[0].props.name, "x")

    def test_ike_updown(self):
        with self.a.watched("ike-updown") as seen:
            self.up()
            self.daemon.terminate_sync(Vici.TerminateOptions(ike="home"), None, None)
            wait_for(lambda: len(seen) == 2, "up and down")
        self.assertEqual([(up, sa.props.name, sa.props.state) for up, sa in seen],
                         [(True, "home", Vici.IkeSaState.ESTABLISHED),
                          (False, "home", Vici.IkeSaState.DELETING)])

    def test_child_updown(self):
        with self.b.watched("child-updown") as seen:
            self.up()
            self.daemon.terminate_sync(Vici.TerminateOptions(child="net"), None, None)
            wait_for(lambda: len(seen) == 2, "up and down")
        self.assertEqual([(up, sa.props.name, child.props.name) for up, sa, child in seen],
                         [(True, "home", "net"), (False, "home", "net")])
        self.assertEqual(seen[0][2].props.state, Vici.ChildSaState.INSTALLED)
        self.assertIn(seen[1][2].props.state, (Vici.ChildSaState.DELETING, Vici.ChildSaState.DELETED))

    def test_ike_rekey(self):
        self.up()
        before = self.only_sa().props.unique_id
        with self.a.watched("ike-rekey") as seen:
            self.assertEqual(self.daemon.rekey_sync(Vici.RekeyOptions(ike="home"), None), 1)
            wait_for(lambda: seen, "the rekeying")
        (old, new), = seen
        self.assertEqual((old.props.name, old.props.unique_id), ("home", before))
        self.assertEqual(new.props.name, "home")
        self.assertNotEqual(new.props.unique_id, before)
        wait_for(lambda: [sa.props.unique_id for sa in self.a.sas()] == [new.props.unique_id],
                 "the end of the old one")

    def test_child_rekey(self):
        self.up()
        before = self.only_child().props.unique_id
        with self.a.watched("child-rekey") as seen:
            self.daemon.rekey_sync(Vici.RekeyOptions(child_id=before), None)
            wait_for(lambda: seen, "the rekeying")
        (sa, old, new), = seen
        self.assertEqual((sa.props.name, old.props.name, old.props.unique_id), ("home", "net", before))
        self.assertEqual(new.props.name, "net")
        self.assertNotEqual(new.props.unique_id, before)
        self.assertNotEqual(new.props.spi_in, old.props.spi_in)

    def test_ike_update(self):
        """An end gets another address, and MOBIKE tells the other."""
        other = "192.0.2.4"
        for side, local, remote in (self.a, A, B), (self.b, B, A):
            side.daemon.load_shared_sync("both", Vici.SharedType.IKE, GLib.Bytes.new(b"of both"),
                                         None, None)
            side.daemon.load_conn_sync(conn(local, remote, local_addrs=["%any"],
                                            remote_addrs=[remote] if side is self.a else ["%any"]), None)
        self.daemon.initiate_sync("home", "net", None, None, None)
        self.laboratory.address(self.a, "add", other)
        with self.b.watched("ike-update") as seen:
            self.laboratory.address(self.a, "del", A, 24)
            try:
                wait_for(lambda: seen, "the other address")
                wait_for(lambda: self.only_sa(self.b).props.remote_host == other, "the update")
            finally:
                self.laboratory.address(self.a, "add", A, 24)
                self.laboratory.address(self.a, "del", other)
        said = seen[0][0].props
        self.assertEqual((said.remote_host, said.local_host), (other, B))
        self.assertEqual((said.ike_sa.props.name, said.ike_sa.props.remote_host), ("home", A))
        self.assertGreater(said.remote_port, 0)


class Simulated(TestCase):
    """What the daemon here may be too old for."""

    def test_alert(self):
        with self.laboratory.simulated("6.0.3") as side:
            config = conn(A, B)
            side.daemon.load_conn_sync(config, None)
            with side.watched("alert") as seen:
                # There is no secret, on any side.
                with self.assertRaises(GLib.Error):
                    side.daemon.initiate_sync("home", "net", None, None, None)
                wait_for(lambda: seen, "an alert")
            alert, = seen[0]
            self.assertNotEqual(alert.props.alert_type, Vici.AlertType.UNKNOWN)
            self.assertEqual(alert.props.ike_sa.props.name, "home")


if __name__ == "__main__":
    daemonlab.main()
