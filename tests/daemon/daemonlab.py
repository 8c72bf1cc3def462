# SPDX-License-Identifier: LGPL-2.1-or-later
"""Daemons for tests of ViciDaemon, with a wire to each that remembers what it carried."""

import contextlib
import hashlib
import os
import pathlib
import re
import subprocess
import tempfile
import time
import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

import lab
import taptest
import wire

A, B = lab.Tunnel.ADDRESSES
INNER = {A: "10.1.0.0/24", B: "10.2.0.0/24"}
NOBODY = "192.0.2.99"
TOKEN_MODULE = "/usr/lib/softhsm/libsofthsm2.so"
TOKEN_PIN = "4711"

# Nothing waits as long for something that has happened.
PATIENCE = 60


def wait_for(condition, what):
    """Runs the main loop until something is so."""
    context = GLib.MainContext.default()
    deadline = time.monotonic() + PATIENCE
    ticks = GLib.timeout_add(20, lambda: GLib.SOURCE_CONTINUE)
    try:
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}")
            context.iteration(True)
    finally:
        GLib.source_remove(ticks)


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE).stdout


class Side:
    """A daemon, its typed form, and what is told of it by signals."""

    def __init__(self, charon, directory, record):
        self.charon = charon
        self.wire = wire.Wire(directory, charon.name, charon.socket, record)
        self.connection = Vici.Connection.new(self.wire.uri)
        self.daemon = Vici.Daemon.new(self.connection)
        self.connection.open_sync(None)

    def close(self):
        self.connection.close_sync(None)
        self.wire.close()

    @contextlib.contextmanager
    def watched(self, signal):
        """Collects the arguments of a signal, once the daemon is told to send its event."""
        seen = []
        handler = self.daemon.connect(signal, lambda daemon, *arguments: seen.append(arguments))
        asked = []
        self.daemon.watch_async([signal], None, lambda daemon, result: asked.append(
            daemon.watch_finish(result)))
        wait_for(lambda: asked, f"the registration of {signal}")
        try:
            yield seen
        finally:
            self.daemon.unwatch([signal])
            self.daemon.disconnect(handler)

    def sas(self, **options):
        return list(self.daemon.list_sas_sync(Vici.ListSasOptions(**options), None))

    def clear(self):
        """As it was in the beginning."""
        daemon = self.daemon
        with contextlib.suppress(GLib.Error):
            for sa in self.sas():
                daemon.terminate_sync(Vici.TerminateOptions(
                    ike_id=sa.props.unique_id, force=True, timeout=1000), None, None)
        for kind in "trap", "drop", "bypass":
            for policy in daemon.list_policies_sync(Vici.ListPoliciesOptions(**{kind: True}), None):
                daemon.uninstall_sync(policy.props.child,
                                      Vici.UninstallOptions(ike=policy.props.ike), None)
        for name in daemon.get_conns_sync(None):
            daemon.unload_conn_sync(name, None)
        for name in daemon.get_authorities_sync(None):
            daemon.unload_authority_sync(name, None)
        wait_for(lambda: not self.sas(), "the end of all SAs")
        for pool in daemon.get_pools_sync(None, None):
            daemon.unload_pool_sync(pool.props.name, None)
        daemon.clear_creds_sync(None)
        # Those of connections, and those of all together.
        daemon.reset_counters_sync(Vici.ResetCountersOptions(all=True), None)
        daemon.reset_counters_sync(None, None)


def conn(local, remote, name="home", auth="psk", child=None, **properties):
    """A connection between two ends, with a child between the networks behind them."""
    config = Vici.ConnConfig(name=name, version=Vici.IkeVersion.V2, local_addrs=[local],
                             remote_addrs=[remote], proposals=["aes128-sha256-x25519"])
    for key, value in properties.items():
        config.set_property(key, value)
    config.add_local(Vici.AuthConfig(auth=auth, id=local))
    config.add_remote(Vici.AuthConfig(auth=auth, id=remote))
    config.add_child(Vici.ChildConfig(name="net", **{
        "local_ts": [INNER.get(local, "10.3.0.0/24")],
        "remote_ts": [INNER.get(remote, "10.4.0.0/24")],
        "esp_proposals": ["aes128-sha256"]} | (child or {})))
    return config


class Credentials:
    """A certification authority, and a key with a certificate of it for an address."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.ca = self.make("ca", "Tests", ["-addext", "basicConstraints=critical,CA:TRUE"])
        self.key, self.cert = (self.directory / "end.key", self.directory / "end.pem")
        self.make("end", B, ["-addext", f"subjectAltName=IP:{B}", "-addext",
                             "basicConstraints=critical,CA:FALSE",
                             "-CA", str(self.ca), "-CAkey", str(self.directory / "ca.key")])
        self.key_id = hashlib.sha1(self.public_key()).hexdigest()

    def make(self, name, subject, options):
        path = self.directory / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-days", "10", "-subj", f"/C=CH/CN={subject}", *options,
                "-keyout", str(self.directory / f"{name}.key"), "-out", str(path))
        return path

    def public_key(self):
        """The bits of the public key, whose SHA-1 is its id: the end of its DER."""
        return openssl("pkey", "-in", str(self.key), "-pubout", "-outform", "DER")[-65:]

    def der(self, path):
        return openssl("x509", "-in", str(path), "-outform", "DER")


def blob(path):
    return GLib.Bytes.new(pathlib.Path(path).read_bytes())


class Laboratory:
    """Two daemons, and what else takes a while to make."""

    def __init__(self, stack):
        self.directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="vici-", dir="/tmp"))
        self.tunnel = stack.enter_context(lab.Tunnel())
        self.record = wire.Record("real")
        self.simulation = wire.Record("simulated")
        self.sides = [Side(charon, self.directory, self.record)
                      for charon in (self.tunnel.a, self.tunnel.b)]
        for side in self.sides:
            stack.callback(side.close)
        self.credentials = Credentials(self.directory)

    @staticmethod
    def address(side, what, address, prefix=25):
        """Gives an end an address, or takes it away. With another prefix than that of the first,
        it is not a secondary of it, which would go with it."""
        run = side.charon.namespace.run
        link = re.match(r"\d+: ([^:@]+)", run("ip", "-o", "link", "show", "type", "veth"))[1]
        run("ip", "address", what, f"{address}/{prefix}", "dev", link)

    @contextlib.contextmanager
    def token_daemon(self):
        """A daemon with a token that holds the key, under the id 2a."""
        store = pathlib.Path(self.directory, "tokens")
        store.mkdir()
        conf = pathlib.Path(self.directory, "softhsm2.conf")
        conf.write_text(f"directories.tokendir = {store}\n")
        environment = {**os.environ, "SOFTHSM2_CONF": str(conf)}
        for arguments in (["--init-token", "--free", "--label", "test", "--so-pin", TOKEN_PIN],
                          ["--import", str(self.credentials.key), "--token", "test",
                           "--label", "end", "--id", "2a"]):
            subprocess.run(["softhsm2-util", *arguments, "--pin", TOKEN_PIN], env=environment,
                           check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        charon = lab.Charon("token", plugins=[*lab.PLUGINS, "pkcs11"])
        charon.settings = ("libstrongswan {\n  plugins {\n    pkcs11 {\n      modules {\n"
                           f"        softhsm {{\n          path = {TOKEN_MODULE}\n        }}\n"
                           "      }\n    }\n  }\n}\n")
        charon.environment = {"SOFTHSM2_CONF": str(conf)}
        with charon:
            side = Side(charon, self.directory, self.record)
            try:
                yield side
            finally:
                side.close()

    @contextlib.contextmanager
    def simulated(self, version):
        socket = pathlib.Path(self.directory, "sim.vici")
        process = subprocess.Popen(
            [os.environ["SIM_CHARON"], "--uri", f"unix://{socket}", "--version", version,
             "--latency", "5"], stdout=subprocess.PIPE, text=True)
        try:
            process.stdout.readline()
            charon = type("Simulation", (), {"name": "sim", "socket": socket})
            side = Side(charon, self.directory, self.simulation)
            yield side
            side.close()
        finally:
            process.terminate()
            with process.stdout:
                process.wait()


class TestCase(unittest.TestCase):
    """With two daemons that are as new, `a` and `b`."""

    maxDiff = None
    laboratory = None       # while the tests run

    @classmethod
    def setUpClass(cls):
        cls.a, cls.b = TestCase.laboratory.sides
        cls.daemon = cls.a.daemon
        cls.files = TestCase.laboratory.credentials

    def setUp(self):
        self.addCleanup(self.b.clear)
        self.addCleanup(self.a.clear)

    def load(self, name="home", **options):
        """The same connection into both, and the secret that they share."""
        for side, local, remote in (self.a, A, B), (self.b, B, A):
            side.daemon.load_shared_sync("both", Vici.SharedType.IKE, GLib.Bytes.new(b"of both"),
                                         Vici.LoadSharedOptions(owners=[A, B]), None)
            side.daemon.load_conn_sync(conn(local, remote, name, **options), None)

    def up(self, name="home", **options):
        self.load(name, **options)
        self.assertTrue(self.daemon.initiate_sync(name, "net", None, None, None))

    def only_sa(self, side=None):
        sas = (side or self.a).sas()
        self.assertEqual(len(sas), 1)
        return sas[0]

    def only_child(self, side=None):
        children = list(self.only_sa(side).props.child_sas)
        self.assertEqual(len(children), 1)
        return children[0]

    def fails(self, text, function, *arguments):
        with self.assertRaises(GLib.Error) as caught:
            function(*arguments, None)
        self.assertTrue(caught.exception.matches(Vici.error_quark(), Vici.Error.COMMAND_FAILED),
                        caught.exception)
        self.assertRegex(caught.exception.message, text)


def main():
    """Runs the tests of the program, beside daemons."""
    try:
        lab.require()
        with contextlib.ExitStack() as stack:
            laboratory = TestCase.laboratory = Laboratory(stack)
            try:
                taptest.main()
            finally:
                if "VICI_TEST_RECORD" in os.environ:
                    laboratory.record.write(os.environ["VICI_TEST_RECORD"])
                    laboratory.simulation.write(os.environ["VICI_TEST_RECORD"])
    except lab.Unavailable as reason:
        print(f"1..0 # SKIP {reason}")
