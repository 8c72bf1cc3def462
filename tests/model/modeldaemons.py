# SPDX-License-Identifier: LGPL-2.1-or-later
"""The daemons for the scenario: a simulated one, and a pair of real ones."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

import daemonlab
import lab
from daemonlab import A, B, INNER, NOBODY

# A peer that does not let us in.
REFUSING = "192.0.2.77"


def variant(value):
    if isinstance(value, dict):
        return GLib.Variant("a{sv}", {key: variant(item) for key, item in value.items()})
    return GLib.Variant("as", value) if isinstance(value, list) else GLib.Variant("s", value)


def message(**section):
    return Vici.Message.new_from_variant(variant(section))


def conn(local=A, remote=B, local_id=None, remote_id=None, children=("net",), **more):
    """A connection, as the command and swanctl.conf have it."""
    return {
        "version": "2", "local_addrs": [local], "remote_addrs": [remote], "unique": "never",
        "proposals": ["aes128-sha256-x25519"],
        "local": {"auth": "psk", "id": local_id or local},
        "remote": {"auth": "psk", "id": remote_id or remote},
        "children": {name: {"local_ts": [selector(local, number)], "remote_ts": [selector(remote, number)],
                            "esp_proposals": ["aes128-sha256"]}
                     for number, name in enumerate(children)},
    } | more


def mirrored(section):
    """The same connection, as the other end has it."""
    return section | {
        "local_addrs": section["remote_addrs"], "remote_addrs": section["local_addrs"],
        "local": section["remote"], "remote": section["local"],
        "children": {name: child | {"local_ts": child["remote_ts"], "remote_ts": child["local_ts"]}
                     for name, child in section["children"].items()},
    }


def selector(end, number):
    """All of the network behind an end, or a part of it that overlaps with no other."""
    return INNER.get(end, "10.9.0.0/24") + (f"[tcp/{number}]" if number else "")


def settings(section, depth=0):
    """A section as swanctl.conf has it."""
    lines = []
    for key, value in section.items():
        if isinstance(value, dict):
            lines += [f"{key} {{", *settings(value, depth + 1), "}"]
        else:
            lines.append(f"{key} = {', '.join(value) if isinstance(value, list) else value}")
    return ["  " * depth + line for line in lines]


class End(daemonlab.Side):
    """A connection to a daemon beside the monitor's, without a wire in between."""

    def __init__(self, uri):
        self.connection = Vici.Connection.new(uri)
        self.daemon = Vici.Daemon.new(self.connection)
        self.connection.open_sync(None)

    def close(self):
        with contextlib.suppress(GLib.Error):
            self.connection.close_sync(None)

    def call(self, command, **request):
        reply = self.connection.call_sync(command, message(**request), None)
        reply.check_success()
        return reply

    def load_secret(self, secret, *owners):
        self.daemon.load_shared_sync("-".join(owners), Vici.SharedType.IKE,
                                     GLib.Bytes.new(secret.encode()),
                                     Vici.LoadSharedOptions(owners=list(owners)), None)


class Daemons:
    """What both have in common: `uri` is where the monitor finds the one that it is for, and
    `end` a second connection to that."""

    def __init__(self):
        self.end = None

    def connect(self):
        self.end = End(self.uri)
        self.daemon = self.end.daemon
        for owners in (A, B), (A, REFUSING), (A, NOBODY):
            self.end.load_secret("of both", *owners)

    def disconnect(self):
        if self.end:
            self.end.close()
        self.end = None


class Simulated(Daemons):
    is_real = False

    def __init__(self, stack):
        super().__init__()
        self.directory = pathlib.Path(stack.enter_context(
            tempfile.TemporaryDirectory(prefix="vici-", dir="/tmp")))
        self.directory.chmod(0o755)
        self.folder = self.directory / "run"
        self.socket = self.folder / "charon.vici"
        self.uri = f"unix://{self.socket}"
        self.process = None
        stack.callback(self.remove)
        self.folder.mkdir()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [os.environ["SIM_CHARON"], "--uri", self.uri, "--latency", "5", "--speed", "10",
             "--fault", f"refuse:{REFUSING}", "--fault", f"unreachable:{NOBODY}"],
            stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()
        self.connect()

    @property
    def pid(self):
        return self.process.pid

    def end_with(self, signum):
        self.disconnect()
        self.process.send_signal(signum)
        with self.process.stdout:
            self.process.wait(daemonlab.PATIENCE)

    def reset(self):
        """A new one."""
        if self.process.poll() is None:
            self.end_with(signal.SIGTERM)
        self.folder.mkdir(exist_ok=True)
        self.start()

    def remove(self):
        if self.process.poll() is None:
            self.end_with(signal.SIGTERM)

    def load(self, conns=None, pools=None, authorities=None):
        """Makes it so that these are what is loaded, as swanctl does."""
        for command, wanted, names in (
                ("pool", pools, lambda: [pool.props.name for pool in
                                         self.daemon.get_pools_sync(None, None)]),
                ("conn", conns, lambda: self.daemon.get_conns_sync(None)),
                ("authority", authorities, lambda: self.daemon.get_authorities_sync(None))):
            if wanted is None:
                continue
            for name in set(names()) - set(wanted):
                self.end.call(f"unload-{command}", name=name)
            for name, section in wanted.items():
                if "cacert" in section:
                    section = section | {"cacert": pathlib.Path(section["cacert"]).read_text()}
                self.end.call(f"load-{command}", **{name: section})

    def load_at_peer(self, conns):
        """It knows all that we know."""

    def connect_from_peer(self, name, child="net"):
        self.end.call("sim-connect", ike=name, child=child)

    def rekey_from_peer(self, **options):
        self.daemon.rekey_sync(Vici.RekeyOptions(**options), None)

    def down_from_peer(self, **options):
        self.daemon.terminate_sync(Vici.TerminateOptions(**options), None, None)


class Real(Daemons):
    """Two daemons in two namespaces; those behind the back of the monitor use swanctl."""

    is_real = True

    def __init__(self, stack):
        super().__init__()
        lab.require()
        if not shutil.which("swanctl"):
            raise lab.Unavailable("strongSwan's swanctl is not installed")
        self.tunnel = lab.Tunnel()
        stack.callback(self.tunnel.remove)
        self.charon = self.tunnel.a
        self.directory = self.charon.directory
        self.directory.chmod(0o755)
        self.folder = self.directory / "run"
        self.folder.mkdir()
        self.socket = self.charon.socket = self.folder / "charon.vici"
        self.uri = self.charon.uri = f"unix://{self.socket}"
        for charon in self.tunnel.a, self.tunnel.b:
            # A peer that is silent is given up soon, and what was replaced is gone soon.
            charon.settings = ("charon {\n  delete_rekeyed_delay = 1\n  retransmit_timeout = 0.4\n"
                               "  retransmit_base = 1\n  retransmit_tries = 30\n}\n")
        self.tunnel.b.start()
        self.peer = End(self.tunnel.b.uri)
        stack.callback(self.peer.close)
        self.start()
        stack.callback(self.disconnect)

    def start(self):
        self.charon.start()
        self.connect()

    @property
    def pid(self):
        return self.charon.pid

    def end_with(self, signum):
        self.disconnect()
        self.charon.process.send_signal(signum)
        self.charon.process.wait(daemonlab.PATIENCE)

    def connect(self):
        super().connect()
        self.end.load_secret("wrong", "refused", B)
        self.peer.load_secret("right", "refused", B)
        self.peer.load_secret("of both", A, B)

    def reset(self):
        self.disconnect()
        self.folder.mkdir(exist_ok=True)
        if self.charon.process.poll() is not None:
            self.charon.start()
        self.end = End(self.uri)
        self.end.clear()
        self.peer.clear()
        self.end.close()
        self.connect()

    def swanctl(self, *arguments, **sections):
        file = self.directory / "swanctl.conf"
        file.write_text("\n".join(settings(sections)) + "\n")
        lab.run("swanctl", *arguments, "--file", str(file), "--uri", self.uri)

    def load(self, conns=None, pools=None, authorities=None):
        for what, wanted, option in (("pools", pools, "--load-pools"), ("connections", conns, "--load-conns"),
                                     ("authorities", authorities, "--load-authorities")):
            if wanted is not None:
                self.swanctl(option, **{what: wanted})

    def load_at_peer(self, conns):
        for name, section in conns.items():
            if section["remote_addrs"] == [B]:
                self.peer.call("load-conn", **{name: mirrored(section)})

    def connect_from_peer(self, name, child="net"):
        # Another connection than the one that it may have with us already.
        self.peer.call("load-conn", **{f"to-{name}": mirrored(conn()) | {"keyingtries": "7"}})
        self.peer.daemon.initiate_sync(f"to-{name}", child, None, None, None)

    def rekey_from_peer(self, **options):
        self.peer.daemon.rekey_sync(Vici.RekeyOptions(**options), None)

    def down_from_peer(self, **options):
        if "ike" in options:
            options["ike"] = f"to-{options['ike']}"
        self.peer.daemon.terminate_sync(Vici.TerminateOptions(**options), None, None)


class Relay:
    """Stands between a monitor and a daemon, and can cut the one from the other."""

    def __init__(self, directory, target):
        self.target = str(target)
        path = os.path.join(directory, "relay.vici")
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
        self.uri = f"unix://{path}"
        self.open = threading.Event()
        self.open.set()
        self.ends = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _address = self.listener.accept()
                self.open.wait()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self.target)
                self.ends += [client, server]
                for source, sink in (client, server), (server, client):
                    threading.Thread(target=self.carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def carry(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_RDWR)

    def cut(self):
        """Ends what is there; who comes anew is not carried on before mend()."""
        self.open.clear()
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self.ends.clear()

    def mend(self):
        self.open.set()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.mend()
        self.cut()
