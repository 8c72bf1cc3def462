#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The simulated charon in Python, small as it is, is one for gvici and swanctl."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import simtest
import taptest

PROGRAM = simtest.HERE.parent.parent / "examples" / "sim-charon.py"

CONN = ["home.remote_addrs=[192.0.2.2]", "home.children.net.remote_ts=[10.1.0.0/16]"]


class Mini(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="vici-sim-")
        self.addCleanup(directory.cleanup)
        self.uri = f"unix://{directory.name}/charon.vici"
        process = subprocess.Popen([sys.executable, str(PROGRAM), self.uri], text=True,
                                   stdout=subprocess.PIPE)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.assertEqual(process.stdout.readline().strip(), self.uri)

    def run_program(self, *argv, status=0):
        # The interpreter's library of a sanitizer is for no other program.
        environment = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
        run = subprocess.run(argv, env=environment, text=True, check=False, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, timeout=simtest.PATIENCE)
        self.assertEqual(run.returncode, status, run.stdout)
        return run.stdout

    def gvici(self, *arguments, **options):
        return self.run_program(os.environ["GVICI"], "--uri", self.uri, "--json", *arguments, **options)

    def call(self, *arguments):
        return [json.loads(line) for line in self.gvici(*arguments).splitlines()]

    def swanctl(self, *arguments, **options):
        return self.run_program("swanctl", *arguments, "--uri", self.uri, **options)

    @unittest.skipUnless("GVICI" in os.environ, "gvici was not built")
    def test_gvici(self):
        self.assertEqual(self.call("version")[0]["daemon"], "charon")
        self.call("load-conn", *CONN)
        self.assertEqual(self.call("get-conns"), [{"conns": ["home"]}])
        conn, = self.call("list-conns")
        self.assertEqual(conn["home"]["children"]["net"]["remote-ts"], ["10.1.0.0/16"])
        log = [line["msg"] for line in self.call("initiate", "child=net") if "msg" in line]
        self.assertEqual(log, ["initiating IKE_SA home[1] to 192.0.2.2", "CHILD_SA net{1} established"])
        sa, = self.call("list-sas")
        self.assertEqual(sa["home"]["state"], "ESTABLISHED")
        self.call("terminate", "ike=home")
        self.assertEqual(self.call("list-sas"), [])
        self.assertIn("'nobody' not found", self.gvici("initiate", "child=nobody", status=1))

    @unittest.skipUnless(simtest.has_swanctl(), "swanctl is not installed")
    def test_swanctl(self):
        client = simtest.Client(self.uri)
        self.addCleanup(client.close)
        client.register("ike-updown")
        client.call("load-conn", home={"remote_addrs": ["192.0.2.2"], "children": {"net": {}}})
        self.assertIn("home: IKEv2", self.swanctl("--list-conns"))
        self.assertIn("initiate completed successfully", self.swanctl("--initiate", "--child", "net"))
        self.assertIn("home: #1, ESTABLISHED", self.swanctl("--list-sas"))
        self.assertIn("terminate completed successfully", self.swanctl("--terminate", "--ike", "home"))
        self.assertEqual([client.receive()[2].get("up") for _ in range(2)], ["yes", None])


if __name__ == "__main__":
    taptest.main()
