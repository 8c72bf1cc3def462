#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""strongSwan's own swanctl takes sim-charon for charon."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import simtest
import taptest

CONF = """
connections {
  home {
    version = 2
    local_addrs = 192.0.2.1
    remote_addrs = 192.0.2.2
    proposals = aes128-sha256-x25519
    local {
      auth = pubkey
      certs = moon.pem
    }
    remote {
      auth = psk
      id = sun.example.org
    }
    children {
      net {
        local_ts = 10.1.0.0/16
        remote_ts = 10.2.0.0/16
        esp_proposals = aes128-sha256
      }
      bypass {
        mode = pass
        start_action = trap
        remote_ts = 10.3.0.0/16
      }
    }
  }
}
secrets {
  ike-both {
    id = sun.example.org
    secret = "a secret"
  }
}
authorities {
  simulated {
    cacert = ca.pem
    crl_uris = http://crl.example.org/ca.crl
  }
}
pools {
  guests {
    addrs = 10.9.0.0/24
    dns = 10.9.0.53
  }
}
"""


def write_configuration(folder):
    """What --load-all reads, in the place of /etc/swanctl."""
    for kind, names in {"x509": ["moon.pem"], "x509ca": ["ca.pem"], "x509crl": ["ca.crl"],
                        "ecdsa": ["moon.key"], "pkcs8": ["ca.key"], "pubkey": ["moon.pub"]}.items():
        (folder / kind).mkdir()
        for name in names:
            shutil.copy(simtest.DATA / name, folder / kind)
    (folder / "swanctl.conf").write_text(CONF, encoding="utf-8")


@unittest.skipUnless(simtest.has_swanctl(), "swanctl is not installed")
class Swanctl(simtest.TestCase):
    def setUp(self):
        super().setUp()
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.folder = pathlib.Path(directory.name)
        write_configuration(self.folder)

    def swanctl(self, *arguments, status=0):
        run = subprocess.run(
            ["swanctl", *arguments, "--uri", self.uri], text=True, timeout=simtest.PATIENCE,
            env=os.environ | {"SWANCTL_DIR": str(self.folder), "LC_ALL": "C"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def load_all(self):
        return self.swanctl("--load-all", "--noprompt")

    def check_lines(self, output, *patterns):
        """Each pattern is that of a line, in this order."""
        lines = iter(output.splitlines())
        for pattern in patterns:
            self.assertTrue(any(re.search(pattern, line) for line in lines),
                            f"no line {pattern} in its place:\n{output}")

    def test_version(self):
        self.check_lines(self.swanctl("--version", "--daemon"), "strongSwan 5.9.8 charon")

    def test_load_all(self):
        self.check_lines(
            self.load_all(), "loaded certificate from .*moon.pem", "loaded certificate from .*ca.pem",
            "loaded .* key from .*moon.key", "loaded ike secret 'ike-both'",
            "loaded authority 'simulated'", "successfully loaded 1 authorities",
            "loaded pool 'guests'", "successfully loaded 1 pools",
            "loaded connection 'home'", "successfully loaded 1 connections, 0 unloaded")

    def test_load_all_unloads_what_is_gone(self):
        self.load_all()
        (self.folder / "swanctl.conf").write_text("", encoding="utf-8")
        (self.folder / "ecdsa/moon.key").unlink()
        self.load_all()
        for command, name in (("get-conns", "conns"), ("get-pools", None),
                              ("get-authorities", "authorities"), ("get-shared", "keys")):
            reply = self.client.call(command)[1]
            self.assertEqual(reply, {name: []} if name else {})
        self.assertEqual(len(self.client.call("get-keys")[1]["keys"]), 1)

    def test_load_all_refused(self):
        (self.folder / "swanctl.conf").write_text(CONF.replace("mode = pass", "mode = x"))
        self.check_lines(self.swanctl("--load-all", "--noprompt", status=22),
                         "loading connection 'home' failed: invalid value for: mode")

    def test_list_conns(self):
        self.load_all()
        self.check_lines(
            self.swanctl("--list-conns"), "home: IKEv2, no reauthentication, rekeying every 14400s",
            "local:  192.0.2.1", "remote: 192.0.2.2", "local public key authentication",
            "certs: C=CH, O=Simulated, Ltd., OU=Lab, CN=moon.example.org",
            "remote pre-shared key authentication", "id: sun.example.org",
            "net: TUNNEL, rekeying every 3600s", "local:  10.1.0.0/16", "remote: 10.2.0.0/16",
            "bypass: PASS")

    def test_list_certs(self):
        self.load_all()
        output = self.swanctl("--list-certs")
        self.check_lines(output, "List of X.509 End Entity Certificates",
                         'subject:  "C=CH, O=Simulated, Ltd., OU=Lab, CN=moon.example.org"',
                         "pubkey: .*has private key")
        self.check_lines(output, "List of X.509 CA Certificates", "has private key")
        self.check_lines(output, "List of X.509 CRLs")
        self.assertNotIn("CA", self.swanctl("--list-certs", "--subject", "moon.example.org")
                         .partition("issuer")[0])

    def test_lists_of_others(self):
        self.load_all()
        self.check_lines(self.swanctl("--list-pools"), r"guests\s+10.9.0.0\s+0 / 0 / 254")
        self.check_lines(self.swanctl("--list-authorities"), "simulated:", "crl_uris")
        self.check_lines(self.swanctl("--list-pols"), "home/bypass, PASS", "remote: 10.3.0.0/16")
        self.check_lines(self.swanctl("--list-algs"), "encryption:", r"AES_CBC\[sim\]")
        self.check_lines(self.swanctl("--stats"), "uptime: ", "worker threads: 16 total",
                         "IKE_SAs: 0 total, 0 half-open", "loaded plugins: charon sim")
        self.swanctl("--flush-certs")
        self.swanctl("--reload-settings")

    def test_initiate_to_terminate(self):
        self.load_all()
        self.check_lines(self.swanctl("--initiate", "--child", "net"),
                         r"\[IKE\] initiating IKE_SA home\[1\] to 192.0.2.2",
                         r"\[IKE\] CHILD_SA net\{1\} established", "initiate completed successfully")
        self.check_lines(
            self.swanctl("--list-sas"), "home: #1, ESTABLISHED, IKEv2, [0-9a-f]{16}_i",
            "local  'C=CH, O=Simulated, Ltd., OU=Lab, CN=moon.example.org' @ 192.0.2.1",
            r"remote 'sun.example.org' @ 192.0.2.2\[4500\]",
            "AES_CBC-128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/CURVE_25519",
            "established 0s ago, rekeying in", "net: #1, reqid 1, INSTALLED, TUNNEL, ESP:AES_CBC-128",
            "in  [0-9a-f]{8}, .* bytes, .* packets", "remote 10.2.0.0/16")
        self.check_lines(self.swanctl("--stats"), "IKE_SAs: 1 total, 0 half-open")
        self.check_lines(self.swanctl("--counters"), r"ike-init-out-req\s+: 1")
        self.swanctl("--counters", "--reset")
        self.check_lines(self.swanctl("--rekey", "--ike", "home"), "rekey completed successfully")
        self.check_lines(self.swanctl("--terminate", "--child", "net"),
                         r"closing CHILD_SA net\{1\}", "terminate completed successfully")
        self.check_lines(self.swanctl("--terminate", "--ike", "home"),
                         "IKE_SA deleted", "terminate completed successfully")
        self.assertEqual(self.swanctl("--list-sas"), "")
        self.check_lines(self.swanctl("--initiate", "--child", "nobody", status=1),
                         "initiate failed: CHILD_SA config 'nobody' not found")

    def test_install(self):
        self.load_all()
        self.check_lines(self.swanctl("--install", "--child", "net"), "install completed")
        self.check_lines(self.swanctl("--list-pols", "--trap"), "home/net, TUNNEL")
        self.check_lines(self.swanctl("--uninstall", "--child", "net"), "uninstall completed")
        self.assertNotIn("home/net", self.swanctl("--list-pols"))

    def test_monitor_sa(self):
        self.load_all()
        with simtest.swanctl_started(self.uri, "--monitor-sa") as monitor:
            self.do_until(monitor, ["ESTABLISHED, IKEv2", "INSTALLED, TUNNEL", "DELETING, IKEv2"], self.up_and_down)

    def test_log(self):
        with simtest.swanctl_started(self.uri, "--log") as log:
            self.do_until(log, ["vici initiate CHILD_SA 'nobody'"],
                          lambda: self.client.call("initiate", child="nobody"))

    def up_and_down(self):
        self.client.call("initiate", child="net")
        self.client.call("terminate", ike="home")

    def do_until(self, process, texts, do):
        """swanctl does not say when it listens: does something until it has told."""
        output = b""
        while not all(text.encode() in output for text in texts):
            self.assertIsNone(process.poll(), output)
            do()
            if simtest.select.select([process.stdout], [], [], 1)[0]:
                output += os.read(process.stdout.fileno(), 65536)

    def test_two_at_once(self):
        """Each gets the log of its own tunnel, and none waits for the other."""
        self.load_all()
        for i in 1, 2:
            self.succeed("load-conn", **{f"conn{i}": {
                "version": "2", "remote_addrs": [f"192.0.2.{i + 1}"], "local": {"auth": "psk"},
                "children": {f"net{i}": {}}}})
        self.succeed("load-shared", type="IKE", data="a secret")
        self.succeed("sim-fault", add=["unreachable:192.0.2.3"])
        with simtest.swanctl_started(self.uri, "--initiate", "--child", "net2") as stuck:
            line = stuck.stdout.readline()
            self.assertIn("initiating IKE_SA conn2", line)
            output = self.swanctl("--initiate", "--child", "net1")
            self.check_lines(output, "initiate completed successfully")
            self.assertNotIn("conn2", output)
            self.assertIsNone(stuck.poll())
            self.succeed("terminate", ike="conn2")
            rest, _ = stuck.communicate(timeout=simtest.PATIENCE)
            self.assertIn("initiate failed: establishing CHILD_SA 'net2' failed", rest)
            self.assertNotIn("conn1", rest)

    def test_killed_while_it_waits(self):
        """The tunnel comes up nevertheless, and others are served."""
        self.load_all()
        self.stop()
        self.process, self.uri = simtest.start("--latency", "200")
        self.client = self.connect("list-sa")
        events = self.connect("ike-updown", "child-updown")
        self.load_all()
        with simtest.swanctl_started(self.uri, "--initiate", "--child", "net") as killed:
            self.assertIn("initiating", killed.stdout.readline())
            killed.kill()
            killed.wait()
            self.assertEqual([events.receive()[1] for _ in range(2)], ["ike-updown", "child-updown"])
        sas, _ = self.client.call("list-sas")
        self.assertEqual(sas[0][1]["home"]["state"], "ESTABLISHED")


if __name__ == "__main__":
    taptest.main()
