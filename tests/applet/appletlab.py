# SPDX-License-Identifier: LGPL-2.1-or-later
"""The applet on a desk, two daemons for it, and what looks into its main loop."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess

import lab
from accessible import wait_for
from pki import Pki

TITLE = "VPN Connections"

A, B = lab.Tunnel.ADDRESSES
INNER_A, INNER_B = lab.Tunnel.INNER_ADDRESSES

# A connection of swanctl.conf, with the secret that its two ends are to share.
CONNECTION = """\
connections {{
  {name} {{
    version = 2
    local_addrs = {local}
    remote_addrs = {remote}
    proposals = aes128-sha256-x25519
    local {{
      auth = psk
      id = {local_id}
    }}
    remote {{
      auth = psk
      id = {remote_id}
    }}
    children {{
{children}    }}
  }}
}}
secrets {{
  ike-{name} {{
    id-1 = {local_id}
    id-2 = {remote_id}
    secret = "{secret}"
  }}
}}
"""

CHILD = """\
      {child} {{
        local_ts = {local_ts}/32{port}
        remote_ts = {remote_ts}/32{port}
        esp_proposals = aes128-sha256
      }}
"""


# A gateway that proves who it is by certificate. Whoever comes has to ask for a virtual
# address.
GATEWAY = """\
connections {{
  gateway {{
    version = 2
    local_addrs = {B}
    proposals = aes128-sha256-x25519
    pools = guests
    local {{
      auth = pubkey
      certs = {certificate}
      id = bob.example.org
    }}
    remote {{
      auth = {proof}
      {users}
    }}
    children {{
      net {{
        local_ts = {INNER_B}/32
        esp_proposals = aes128-sha256
      }}
    }}
  }}
}}
pools {{
  guests {{
    addrs = {GUEST}/30
  }}
}}
secrets {{
  eap-carol {{
    id = carol
    secret = "same"
  }}
}}
"""

# The first address that the gateway gives away.
GUEST = "10.9.0.1"

# What a daemon needs to know users and their passwords.
PASSWORD_PLUGINS = ("eap-identity", "eap-mschapv2")


class Daemons:
    """Two charons, alice and bob. What each has loaded is what swanctl was told last."""

    def __init__(self):
        for plugin in PASSWORD_PLUGINS:
            lab.require_plugin(plugin)
        self.tunnel = lab.Tunnel()
        self.a, self.b = self.tunnel.a, self.tunnel.b
        self.folders = {}       # what swanctl looks into
        for charon in self.a, self.b:
            charon.plugins = [*charon.plugins, *PASSWORD_PLUGINS]
            self.folders[charon] = charon.directory / f"{charon.name}-swanctl"
        self.pki = Pki(self.a.directory / "pki")

    def __enter__(self):
        self.tunnel.__enter__()
        self.empty_folders()
        self.load()
        return self

    def __exit__(self, *exception):
        self.tunnel.remove()

    def empty_folders(self):
        for folder in self.folders.values():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()

    def swanctl(self, charon, *arguments):
        return lab.run("env", f"SWANCTL_DIR={self.folders[charon]}", "swanctl", *arguments,
                       "--uri", charon.uri)

    def load_into(self, charon, *connections):
        """Loads connections into one, and unloads all that are not among them."""
        (self.folders[charon] / "swanctl.conf").write_text("".join(connections))
        self.swanctl(charon, "--load-all", "--clear", "--noprompt")

    def load(self, *names, wrong=()):
        """Loads connections into both; the ends have different secrets for the wrong ones."""
        names = names or ("home", "office")
        for charon, ends in (self.a, "ab"), (self.b, "ba"):
            self.load_into(charon, *(connection(name, ends, charon.name if name in wrong else "same")
                                     for name in names))

    def conns(self, charon):
        """The names of those that it has."""
        return set(re.findall(r"^(\S+): ", self.swanctl(charon, "--list-conns"), re.MULTILINE))

    def load_certificate(self, name, days):
        """One of its own for alice, without its key."""
        folder = self.folders[self.a] / "x509"
        folder.mkdir()
        lab.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-days", str(days), "-subj", f"/CN={name}", "-keyout", "/dev/null",
                "-out", str(folder / f"{name}.pem"))
        self.swanctl(self.a, "--load-creds", "--noprompt")

    def load_gateway(self, proof, certificate="bob.pem"):
        """Makes bob a gateway; who comes proves in that way who they are."""
        users = "eap_id = %any" if proof.startswith("eap") else ""
        for kind, file in ("private", "bob.key"), ("x509ca", "authority.pem"):
            folder = self.folders[self.b] / kind
            folder.mkdir(exist_ok=True)
            shutil.copy(self.pki / file, folder)
        self.load_into(self.b, GATEWAY.format(**globals(), proof=proof, users=users,
                                              certificate=self.pki / certificate))

    def initiate(self, name="home", child="net"):
        self.swanctl(self.a, "--initiate", "--ike", name, "--child", child)

    def renew(self):
        """Both as they were in the beginning."""
        for charon in self.a, self.b:
            charon.kill()
            if self.tunnel.esp == "kernel":
                charon.namespace.run("ip", "xfrm", "state", "flush")
                charon.namespace.run("ip", "xfrm", "policy", "flush")
            charon.socket.unlink(missing_ok=True)
            charon.start()
        self.empty_folders()
        self.load()

    @contextlib.contextmanager
    def traffic(self):
        """Something goes through the tunnel, and comes back."""
        ping = lab.spawn(["nsenter", f"--net={self.a.namespace.path}", "ping", "-q", "-i", "0.01",
                          "-s", "1200", "-I", INNER_A, INNER_B], stdout=subprocess.DEVNULL)
        try:
            yield
        finally:
            ping.kill()
            ping.wait()


def connection(name, ends="ab", secret="same", ports=()):
    """With a CHILD_SA, "net", for all traffic, and one more, "net-80", for each TCP port."""
    sides = {"a": (A, INNER_A, f"alice-{name}"), "b": (B, INNER_B, f"bob-{name}")}
    (local, local_ts, local_id), (remote, remote_ts, remote_id) = (sides[end] for end in ends)
    children = "".join(
        CHILD.format(child=child, port=port, local_ts=local_ts, remote_ts=remote_ts)
        for child, port in [("net", ""), *((f"net-{port}", f"[tcp/{port}]") for port in ports)])
    return CONNECTION.format(**locals())


# ------------------------------------------------------------------- applet

def program(build):
    return pathlib.Path(build) / "examples" / "applet" / "vici-applet"


def start(a_desk, path, uri, wrapper=(), **environment):
    """The applet, in a process of its own. What is asked of the sanitizers goes along."""
    sanitizers = {name: os.environ[name] for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS")
                  if name in os.environ}
    # What the libraries below keep to their end is not ours to tell of.
    sanitizers["ASAN_OPTIONS"] = sanitizers.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    return a_desk.run([*wrapper, str(path), "--uri", uri], **sanitizers, **environment)


def find_row(applet, name):
    """A connection's row in the list, or None."""
    for row in applet.all("list item"):
        if row.find("check box", f"Connection {name}"):
            return row
    return None


def wait_for_row(applet, name, text=None):
    """A row of the list, once there is a text in it; a compiled pattern may say which."""
    def look():
        row = find_row(applet, name)
        if row and (text is None or any(re.search(text, label) for label in row.labels)):
            return row
        return None
    return wait_for(look, lambda: f"the connection {name}, {text or 'whatever it is'}, "
                                       f"in\n{applet.tree()}")


# ---------------------------------------------------------------- main loop

class LoopWatch:
    """What loopwatch.so tells of the main loop of a program."""

    def __init__(self, a_desk, library):
        self.path = a_desk.path / "loop"
        self.path.write_text("")
        self.environment = {"LD_PRELOAD": str(library), "LOOPWATCH": str(self.path)}

    def _spans(self, what):
        """When each of them began, and how long it took, in seconds."""
        found = re.findall(rf"^{what} (\d+) (\d+)$", self.path.read_text(), re.MULTILINE)
        return [(int(begun) / 1e6, int(took) / 1e6) for begun, took in found]

    def wake_ups(self):
        return self._spans("woke")

    def turns(self):
        return self._spans("(?:woke|went)")

    def frames(self):
        return self._spans("frame")
