#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every command of ViciDaemon, on real daemons.

A test that is named after a command shows what that does in the daemon, and not
only that it is answered. What has crossed the wires to the daemons is kept for
check-coverage.py, which runs this.
"""

import os
import subprocess
import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici

import daemonlab
import lab
from daemonlab import A, B, INNER, NOBODY, TOKEN_MODULE, TOKEN_PIN
from daemonlab import Side, TestCase, blob, conn, openssl, wait_for


class Information(TestCase):
    def test_version(self):
        said = self.daemon.version_sync(None).props
        host = os.uname()
        self.assertEqual((said.daemon, said.sysname, said.release, said.machine),
                         ("charon", host.sysname, host.release, host.machine))
        program = subprocess.run([lab.CHARON, "--version"], stdout=subprocess.PIPE, text=True).stdout
        self.assertIn(said.version, program)

    def test_stats(self):
        before = self.daemon.stats_sync(None).props
        self.assertEqual((before.workers, before.ike_sas, before.ike_sas_half_open), (16, 0, 0))
        self.assertLess(before.workers_idle, 16)
        self.assertGreaterEqual(before.workers_critical, 1)
        self.assertEqual(before.plugins[0], "charon")
        self.assertIn("vici", before.plugins)
        self.assertRegex(before.running, "second|minute")
        self.assertRegex(before.since, r"\d\d:\d\d:\d\d \d{4}")
        self.assertGreater(before.malloc_used, 0)
        self.up()
        self.assertEqual(self.daemon.stats_sync(None).props.ike_sas, 1)

    def test_reload_settings(self):
        path = self.a.charon.directory / f"{self.a.charon.name}.conf"
        log = self.a.charon.directory / "another.log"
        path.write_text(path.read_text().replace(
            "filelog {", f"filelog {{\n another {{\n path = {log}\n default = 1\n }}", 1))
        self.assertFalse(log.exists())
        self.assertTrue(self.daemon.reload_settings_sync(None))
        self.assertTrue(log.exists())

    def test_get_algorithms(self):
        found = {(item.props.kind, item.props.name): item.props.plugin
                 for item in self.daemon.get_algorithms_sync(None)}
        # The kind was called "dh" before 6.0.0.
        exchanges = {name for kind, name in found if kind in ("dh", "ke")}
        self.assertIn("CURVE_25519", exchanges)
        self.assertIn(found["encryption", "AES_CBC"], ("aes", "openssl"))
        self.assertIn(found["hasher", "HASH_SHA2_256"], ("sha2", "openssl"))
        self.assertTrue(all(found.values()))

    def test_get_counters(self):
        everything = Vici.GetCountersOptions(all=True)
        self.assertEqual(len(self.daemon.get_counters_sync(everything, None)), 0)
        self.fails("no counters found", self.daemon.get_counters_sync,
                   Vici.GetCountersOptions(connection="home"))
        self.up()
        for options, name in ((None, ""), (everything, "home"),
                              (Vici.GetCountersOptions(connection="home"), "home")):
            counters, = self.daemon.get_counters_sync(options, None)
            self.assertEqual(counters.props.name, name)
            self.assertEqual(counters.props.ike_auth_out_req, 1)
            self.assertEqual(counters.props.ike_auth_in_resp, 1)
            self.assertEqual(counters.props.ike_auth_in_req, 0)
        self.assertEqual(self.b.daemon.get_counters_sync(None, None)[0].props.ike_auth_in_req, 1)

    def test_reset_counters(self):
        def counted(**options):
            options = Vici.GetCountersOptions(**options) if options else None
            return self.daemon.get_counters_sync(options, None)[0].props.ike_auth_out_req

        self.up()
        self.assertTrue(self.daemon.reset_counters_sync(None, None))
        self.assertEqual((counted(), counted(connection="home")), (0, 1))
        self.assertTrue(self.daemon.reset_counters_sync(Vici.ResetCountersOptions(connection="home"), None))
        self.fails("no counters found", self.daemon.get_counters_sync,
                   Vici.GetCountersOptions(connection="home"))

    def test_reset_counters_all(self):
        """They are those of the connections: what all have together stays."""
        self.up()
        self.assertTrue(self.daemon.reset_counters_sync(Vici.ResetCountersOptions(all=True), None))
        self.assertEqual(self.daemon.get_counters_sync(None, None)[0].props.ike_auth_out_req, 1)
        self.fails("no counters found", self.daemon.get_counters_sync,
                   Vici.GetCountersOptions(connection="home"))


class Control(TestCase):
    def test_initiate(self):
        self.load(name="Büro")
        log = Vici.ControlLog.new()
        self.assertTrue(self.daemon.initiate_sync("Büro", "net", None, log, None))
        sa, child = self.only_sa(), self.only_child()
        self.assertEqual((sa.props.name, sa.props.state, sa.props.remote_id, sa.props.initiator),
                         ("Büro", Vici.IkeSaState.ESTABLISHED, B, True))
        self.assertEqual((child.props.name, child.props.state, child.props.local_ts),
                         ("net", Vici.ChildSaState.INSTALLED, [INNER[A]]))
        self.assertFalse(self.only_sa(self.b).props.initiator)
        self.assertIn("established", "\n".join(entry.props.text for entry in log))
        # What is written of others needs no log.
        self.fails("CHILD_SA config 'nobody' not found", self.daemon.initiate_sync,
                   None, "nobody", None, None)

    def test_terminate(self):
        self.up()
        self.assertEqual(self.daemon.terminate_sync(
            Vici.TerminateOptions(child="net"), None, None), 1)
        self.assertEqual(len(self.only_sa().props.child_sas), 0)
        self.daemon.initiate_sync("home", "net", None, None, None)
        self.assertEqual(self.daemon.terminate_sync(Vici.TerminateOptions(
            ike_id=self.only_sa().props.unique_id), None, None), 1)
        self.assertEqual(self.a.sas(), [])
        wait_for(lambda: not self.b.sas(), "the end at the other side")
        self.fails("no matching SAs", self.daemon.terminate_sync,
                   Vici.TerminateOptions(ike="home"), None)

    def test_rekey(self):
        self.up()
        before = self.only_child().props.unique_id
        self.assertEqual(self.daemon.rekey_sync(Vici.RekeyOptions(child="net"), None), 1)
        wait_for(lambda: [child.props.unique_id for child in self.only_sa().props.child_sas
                          if child.props.state == Vici.ChildSaState.INSTALLED] not in ([], [before]),
                 "another CHILD_SA")
        self.fails("no matching SAs", self.daemon.rekey_sync, Vici.RekeyOptions(ike_id=4711))

    def test_redirect(self):
        self.load()
        other = "192.0.2.3"
        self.laboratory.address(self.b, "add", other)
        self.addCleanup(self.laboratory.address, self.b, "del", other)
        self.b.daemon.load_conn_sync(conn(B, A, local_addrs=[B, other]), None)
        self.assertTrue(self.daemon.initiate_sync("home", "net", None, None, None))
        self.fails("no matching SAs", self.b.daemon.redirect_sync, other,
                   Vici.RedirectOptions(peer_id="nobody"))
        self.assertEqual(self.b.daemon.redirect_sync(
            other, Vici.RedirectOptions(peer_ip=f"{A}/32", peer_id=A), None), 1)
        wait_for(lambda: [sa.props.remote_host for sa in self.a.sas()
                          if sa.props.state == Vici.IkeSaState.ESTABLISHED] == [other],
                 "the IKE_SA with the other address")

    def test_list_sas(self):
        self.up()
        sa, child = self.only_sa(), self.only_child()
        self.assertEqual((sa.props.local_host, sa.props.remote_host), (A, B))
        self.assertEqual(sa.props.version, Vici.IkeVersion.V2)
        self.assertEqual((sa.props.encr_alg, sa.props.encr_keysize), ("AES_CBC", 128))
        self.assertEqual(sa.props.initiator_spi, self.only_sa(self.b).props.initiator_spi)
        self.assertGreater(sa.props.rekey_time, 3 * 3600)
        self.assertGreater(child.props.spi_in, 0)
        self.assertEqual(child.props.spi_in, self.only_child(self.b).props.spi_out)
        self.assertEqual((child.props.mode, child.props.protocol),
                         (Vici.IpsecMode.TUNNEL, Vici.IpsecProtocol.ESP))
        for options, children in (
                ({"ike": "home"}, 1), ({"ike": "nobody"}, None), ({"child": "nobody"}, 0),
                ({"child_id": child.props.unique_id}, 1), ({"noblock": True}, 1),
                ({"ike_id": sa.props.unique_id + 1}, None)):
            sas = self.a.sas(**options)
            self.assertEqual([len(item.props.child_sas) for item in sas],
                             [] if children is None else [children], options)


class Policies(TestCase):
    """On a daemon whose policies are the kernel's, wherever packets are encrypted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        charon = cls.enterClassContext(lab.Charon("alone"))
        cls.a = Side(charon, cls.laboratory.directory, cls.laboratory.record)
        cls.addClassCleanup(cls.a.close)
        cls.daemon = cls.a.daemon
        charon.namespace.run("ip", "address", "add", f"{A}/24", "dev", "lo")

    def kernel(self):
        return self.a.charon.namespace.run("ip", "xfrm", "policy")

    def policies(self, **options):
        return [(item.props.ike, item.props.child, item.props.mode) for item in
                self.daemon.list_policies_sync(Vici.ListPoliciesOptions(**options), None)]

    def load_policies(self):
        config = conn(A, B)
        for name, mode in ("pass", Vici.ChildMode.PASS), ("drop", Vici.ChildMode.DROP):
            config.add_child(Vici.ChildConfig(name=name, mode=mode, local_ts=["192.0.2.0/26"],
                                              remote_ts=["192.0.2.64/26"]))
        self.daemon.load_conn_sync(config, None)

    def test_install(self):
        self.load_policies()
        self.assertTrue(self.daemon.install_sync("net", None, None))
        self.assertTrue(self.daemon.install_sync("drop", Vici.InstallOptions(ike="home"), None))
        self.assertEqual(self.policies(trap=True), [("home", "net", Vici.IpsecMode.TUNNEL)])
        self.assertEqual(self.policies(drop=True), [("home", "drop", Vici.IpsecMode.DROP)])
        # The kernel has it.
        self.assertIn("192.0.2.64/26", self.kernel())
        self.fails("not found", self.daemon.install_sync, "nobody", None)

    def test_uninstall(self):
        self.load_policies()
        self.daemon.install_sync("pass", None, None)
        self.assertIn("192.0.2.64/26", self.kernel())
        self.assertTrue(self.daemon.uninstall_sync("pass", Vici.UninstallOptions(ike="home"), None))
        self.assertEqual(self.policies(bypass=True), [])
        self.assertNotIn("192.0.2.64/26", self.kernel())
        self.fails("not found", self.daemon.uninstall_sync, "pass", None)

    def test_list_policies(self):
        self.load_policies()
        self.daemon.install_sync("pass", None, None)
        self.daemon.install_sync("net", None, None)
        self.assertEqual(self.policies(), [])
        self.assertEqual(self.policies(bypass=True), [("home", "pass", Vici.IpsecMode.PASS)])
        self.assertEqual(len(self.policies(bypass=True, trap=True)), 2)
        self.assertEqual(self.policies(trap=True, child="pass"), [])
        trap, = self.daemon.list_policies_sync(Vici.ListPoliciesOptions(trap=True), None)
        self.assertEqual((trap.props.name, trap.props.local_ts, trap.props.remote_ts),
                         ("home/net", [INNER[A]], [INNER[B]]))


class Connections(TestCase):
    def test_load_conn(self):
        self.assertTrue(self.daemon.load_conn_sync(conn(A, B, name="50% of Büro 1"), None))
        loaded, = self.daemon.list_conns_sync(None, None)
        self.assertEqual(loaded.props.name, "50% of Büro 1")
        self.daemon.load_conn_sync(conn(A, NOBODY, name="50% of Büro 1"), None)
        loaded, = self.daemon.list_conns_sync(None, None)
        self.assertEqual(loaded.props.remote_addrs, [NOBODY])
        with self.assertRaises(GLib.Error) as caught:
            self.daemon.load_conn_sync(conn(A, B, child={"rekey_time": "4 hours"}), None)
        self.assertTrue(caught.exception.matches(Vici.error_quark(), Vici.Error.INVALID))
        self.assertIn("home.children.net.rekey_time", caught.exception.message)

    def test_list_conns(self):
        config = conn(A, B, rekey_time="2h", reauth_time="3h", dpd_delay="30s",
                      unique=Vici.ConnUnique.REPLACE, version=Vici.IkeVersion.ANY,
                      child={"rekey_bytes": "1k", "rekey_packets": 7, "dpd_action": "trap",
                             "close_action": "start", "interface": "eth7", "priority": 8})
        config.add_remote(Vici.AuthConfig(auth="eap-md5", eap_id="anybody", groups=["g"]))
        self.daemon.load_conn_sync(config, None)
        self.daemon.load_conn_sync(conn(A, B, name="other"), None)
        loaded, = self.daemon.list_conns_sync(Vici.ListConnsOptions(ike="home"), None)
        said = loaded.props
        self.assertEqual((said.name, said.local_addrs, said.remote_addrs, said.version, said.unique),
                         ("home", [A], [B], Vici.IkeVersion.ANY, Vici.ConnUnique.REPLACE))
        self.assertEqual((said.rekey_time, said.reauth_time, said.dpd_delay), (7200, 10800, 30))
        self.assertEqual([(auth.props.name, auth.props.auth_class, auth.props.id, auth.props.eap_id)
                          for auth in said.remote_auths],
                         [("remote-1", Vici.AuthClass.PSK, B, None),
                          ("remote-2", Vici.AuthClass.EAP, None, "anybody")])
        self.assertEqual(said.local_auths[0].props.auth_class, Vici.AuthClass.PSK)
        child = said.children[0].props
        self.assertEqual((child.name, child.mode, child.local_ts, child.remote_ts),
                         ("net", Vici.IpsecMode.TUNNEL, [INNER[A]], [INNER[B]]))
        self.assertEqual((child.rekey_bytes, child.rekey_packets, child.interface, child.priority),
                         (1024, 7, "eth7", 8))
        self.assertEqual((child.dpd_action, child.close_action), ("trap", "start"))
        self.assertEqual(len(self.daemon.list_conns_sync(None, None)), 2)

    def test_get_conns(self):
        self.assertEqual(self.daemon.get_conns_sync(None), [])
        for name in "home", "Büro":
            self.daemon.load_conn_sync(conn(A, B, name=name), None)
        self.assertEqual(self.daemon.get_conns_sync(None), ["home", "Büro"])

    def test_unload_conn(self):
        self.daemon.load_conn_sync(conn(A, B, name="Büro"), None)
        self.assertTrue(self.daemon.unload_conn_sync("Büro", None))
        self.assertEqual(self.daemon.get_conns_sync(None), [])
        self.fails("connection 'nobody' not found", self.daemon.unload_conn_sync, "nobody")


class Certificates(TestCase):
    def certs(self, side=None, **options):
        return list((side or self.a).daemon.list_certs_sync(Vici.ListCertsOptions(**options), None))

    def load_ca(self, side=None):
        return (side or self.a).daemon.load_cert_sync(Vici.CertType.X509, Vici.CertFlag.CA,
                                                      blob(self.files.ca), None)

    def test_load_cert(self):
        self.assertTrue(self.load_ca())
        loaded, = self.certs()
        self.assertEqual(loaded.props.der.get_data(), self.files.der(self.files.ca))
        self.assertEqual(loaded.props.flag, Vici.CertFlag.CA)
        self.fails("parsing", self.daemon.load_cert_sync, Vici.CertType.X509, Vici.CertFlag.NONE,
                   GLib.Bytes.new(b"no certificate"))
        self.daemon.load_cert_sync(Vici.CertType.PUBKEY, Vici.CertFlag.NONE, GLib.Bytes.new(
            openssl("pkey", "-in", str(self.files.key), "-pubout")), None)
        self.assertEqual(len(self.certs(cert_type=Vici.CertType.PUBKEY)), 1)

    def test_list_certs(self):
        self.load_ca()
        self.daemon.load_cert_sync(Vici.CertType.X509, Vici.CertFlag.NONE, blob(self.files.cert), None)
        self.daemon.load_key_sync(Vici.KeyType.ANY, blob(self.files.key), None)
        self.assertEqual(sorted(cert.props.has_private_key for cert in self.certs()), [False, True])
        end, = self.certs(cert_type=Vici.CertType.X509, flag=Vici.CertFlag.NONE)
        self.assertTrue(end.props.has_private_key)
        self.assertEqual(end.props.cert_type, Vici.CertType.X509)
        self.assertEqual(end.props.der.get_data(), self.files.der(self.files.cert))
        if Gio.TlsBackend.get_default().supports_tls():
            gio = end.props.tls_certificate.props
            self.assertEqual(sorted(end.props.subject.split(",")), ["C=CH", f"CN={B}"])
            self.assertEqual(end.props.subject, gio.subject_name)
            self.assertTrue(end.props.not_before.equal(gio.not_valid_before))
            self.assertTrue(end.props.not_after.equal(gio.not_valid_after))
        self.assertEqual(len(self.certs(subject="C=CH, CN=Tests")), 1)
        self.assertEqual(self.certs(cert_type=Vici.CertType.X509_CRL), [])

    def test_flush_certs(self):
        """One that came with IKE goes, and the one that was loaded stays."""
        for side, local, remote in (self.a, A, B), (self.b, B, A):
            side.daemon.load_shared_sync(None, Vici.SharedType.IKE, GLib.Bytes.new(b"of both"),
                                         None, None)
            config = conn(local, remote)
            auths = config.props.locals if side is self.b else config.props.remotes
            auths[0].props.auth = "pubkey"
            if side is self.b:
                auths[0].add_cert(blob(self.files.cert))
            side.daemon.load_conn_sync(config, None)
        self.load_ca()
        self.b.daemon.load_key_sync(Vici.KeyType.ANY, blob(self.files.key), None)
        self.assertTrue(self.daemon.initiate_sync("home", "net", None, None, None))
        self.assertEqual(len(self.certs()), 2)
        self.assertTrue(self.daemon.flush_certs_sync(
            Vici.FlushCertsOptions(cert_type=Vici.CertType.X509_CRL), None))
        self.assertEqual(len(self.certs()), 2)
        # The IKE_SA holds its peer's certificate, too.
        self.daemon.terminate_sync(Vici.TerminateOptions(ike="home"), None, None)
        self.assertTrue(self.daemon.flush_certs_sync(None, None))
        self.assertEqual([cert.props.flag for cert in self.certs()], [Vici.CertFlag.CA])


class Keys(TestCase):
    def keys(self):
        return [key.props.id for key in self.daemon.get_keys_sync(None)]

    def load_key(self):
        return self.daemon.load_key_sync(Vici.KeyType.ANY, blob(self.files.key), None)

    def test_load_key(self):
        self.assertEqual(self.load_key(), self.files.key_id)
        self.assertEqual(self.keys(), [self.files.key_id])
        self.fails("parsing RSA private key failed", self.daemon.load_key_sync, Vici.KeyType.RSA,
                   blob(self.files.cert))

    def test_unload_key(self):
        self.load_key()
        self.assertTrue(self.daemon.unload_key_sync(self.files.key_id, None))
        self.assertEqual(self.keys(), [])
        self.fails("key not found", self.daemon.unload_key_sync, self.files.key_id)

    def test_get_keys(self):
        self.assertEqual(self.keys(), [])
        self.load_key()
        self.daemon.load_key_sync(Vici.KeyType.ECDSA, blob(self.files.directory / "ca.key"), None)
        self.assertEqual(len(self.keys()), 2)
        self.assertIn(self.files.key_id, self.keys())

    @unittest.skipUnless(os.path.exists(TOKEN_MODULE), "SoftHSM is not installed")
    def test_load_token(self):
        with self.laboratory.token_daemon() as side:
            said = side.daemon.load_token_sync("2a", Vici.LoadTokenOptions(
                module="softhsm", pin=TOKEN_PIN), None)
            self.assertEqual(said, self.files.key_id)
            self.assertEqual([key.props.id for key in side.daemon.get_keys_sync(None)],
                             [self.files.key_id])
            self.assertTrue(side.daemon.unload_key_sync(said, None))
            self.fails("loading private key from token failed", side.daemon.load_token_sync, "2b", None)

    def shared(self):
        return [secret.props.id for secret in self.daemon.get_shared_sync(None)]

    def test_load_shared(self):
        """A peer with another secret is told from one with the same."""
        self.load()
        self.daemon.load_shared_sync("both", Vici.SharedType.IKE, GLib.Bytes.new(b"of one"),
                                     Vici.LoadSharedOptions(owners=[A, B]), None)
        self.fails("establishing CHILD_SA 'net' failed", self.daemon.initiate_sync,
                   "home", "net", None, None)
        self.daemon.load_shared_sync("both", Vici.SharedType.IKE, GLib.Bytes.new(b"of both"),
                                     Vici.LoadSharedOptions(owners=[A, B]), None)
        self.assertTrue(self.daemon.initiate_sync("home", "net", None, None, None))

    def test_get_shared(self):
        self.assertEqual(self.shared(), [])
        for kind in (Vici.SharedType.IKE, Vici.SharedType.EAP, Vici.SharedType.NTLM,
                     Vici.SharedType.PPK):
            self.daemon.load_shared_sync(f"{kind.value_nick} ü", kind, GLib.Bytes.new(b"x"), None, None)
        self.daemon.load_shared_sync(None, Vici.SharedType.IKE, GLib.Bytes.new(b"x"), None, None)
        self.assertEqual(sorted(self.shared()), ["eap ü", "ike ü", "ntlm ü", "ppk ü"])

    def test_unload_shared(self):
        self.load()
        self.assertTrue(self.daemon.unload_shared_sync("both", None))
        self.assertEqual(self.shared(), [])
        self.fails("failed", self.daemon.initiate_sync, "home", "net", None, None)
        # To an id that it does not know it says yes.
        self.assertTrue(self.daemon.unload_shared_sync("nobody", None))

    def test_clear_creds(self):
        self.load_key()
        self.daemon.load_shared_sync("s", Vici.SharedType.IKE, GLib.Bytes.new(b"x"), None, None)
        self.daemon.load_cert_sync(Vici.CertType.X509, Vici.CertFlag.CA, blob(self.files.ca), None)
        self.assertTrue(self.daemon.clear_creds_sync(None))
        self.assertEqual((self.keys(), self.shared()), ([], []))
        self.assertEqual(len(self.daemon.list_certs_sync(None, None)), 0)


class Authorities(TestCase):
    def load_authority(self, name="Firma ü"):
        config = Vici.AuthorityConfig(name=name, cacert=blob(self.files.ca), crl_uris=["http://a/crl"],
                                      ocsp_uris=["http://b", "http://c"], cert_uri_base="http://d/")
        return self.daemon.load_authority_sync(config, None)

    def test_load_authority(self):
        self.assertTrue(self.load_authority())
        self.assertEqual([cert.props.flag for cert in self.daemon.list_certs_sync(None, None)],
                         [Vici.CertFlag.CA])

    def test_list_authorities(self):
        self.load_authority()
        self.load_authority("other")
        said = self.daemon.list_authorities_sync(
            Vici.ListAuthoritiesOptions(authority="Firma ü"), None)[0].props
        self.assertEqual((said.name, said.cacert, said.crl_uris, said.ocsp_uris, said.cert_uri_base),
                         ("Firma ü", "C=CH, CN=Tests", ["http://a/crl"], ["http://b", "http://c"],
                          "http://d/"))
        self.assertEqual(len(self.daemon.list_authorities_sync(None, None)), 2)

    def test_get_authorities(self):
        self.load_authority()
        self.load_authority("other")
        self.assertEqual(sorted(self.daemon.get_authorities_sync(None)), ["Firma ü", "other"])

    def test_unload_authority(self):
        self.load_authority()
        self.assertTrue(self.daemon.unload_authority_sync("Firma ü", None))
        self.assertEqual(self.daemon.get_authorities_sync(None), [])
        self.assertEqual(len(self.daemon.list_certs_sync(None, None)), 0)
        self.fails("not found", self.daemon.unload_authority_sync, "nobody")


class Pools(TestCase):
    def load_pool(self, side, name="Gäste", addrs="10.7.0.0/24"):
        return side.daemon.load_pool_sync(
            Vici.PoolConfig(name=name, addrs=addrs, dns=["10.7.0.1", "fec0::1"]), None)

    def lease(self):
        self.load_pool(self.b)
        self.load(child={"local_ts": ["dynamic"]})
        self.b.daemon.load_conn_sync(conn(B, A, pools=["Gäste"], child={"remote_ts": ["dynamic"]}), None)
        self.daemon.load_conn_sync(conn(A, B, vips=["0.0.0.0"], child={"local_ts": ["dynamic"]}), None)
        self.assertTrue(self.daemon.initiate_sync("home", "net", None, None, None))

    def test_load_pool(self):
        """A peer gets an address of it."""
        self.lease()
        self.assertEqual(self.only_sa().props.local_vips, ["10.7.0.1"])
        self.assertEqual(self.only_sa(self.b).props.remote_vips, ["10.7.0.1"])
        self.fails("'Gäste'|G%C3%A4ste", self.b.daemon.load_pool_sync,
                   Vici.PoolConfig(name="Gäste", addrs="10.8.0.0/24"))

    def test_get_pools(self):
        self.lease()
        self.load_pool(self.b, "other", "fec0::/64")
        self.assertEqual(len(self.b.daemon.get_pools_sync(None, None)), 2)
        pool, = self.b.daemon.get_pools_sync(Vici.GetPoolsOptions(pool="Gäste", leases=True), None)
        said = pool.props
        self.assertEqual((said.name, said.base, said.size, said.online, said.offline),
                         ("Gäste", "10.7.0.0", 254, 1, 0))
        self.assertEqual([(lease.props.address, lease.props.identity, lease.props.status)
                          for lease in said.leases], [("10.7.0.1", A, Vici.LeaseStatus.ONLINE)])

    def test_unload_pool(self):
        self.load_pool(self.a)
        self.assertTrue(self.daemon.unload_pool_sync("Gäste", None))
        self.assertEqual(len(self.daemon.get_pools_sync(None, None)), 0)
        self.fails("not found", self.daemon.unload_pool_sync, "nobody")
        self.lease()
        self.fails("online leases", self.b.daemon.unload_pool_sync, "Gäste")


if __name__ == "__main__":
    daemonlab.main()
