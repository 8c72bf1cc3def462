#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gvici and a real charon. Run by examples/lab.py."""

import os
import pathlib
import signal

import taptest
import tooltest


class Charon(tooltest.TestCase):
    def setUp(self):
        self.uri = os.environ["VICI_TEST_URI"]

    def test_version(self):
        reply, = self.call_json("version")
        self.assertEqual(reply["daemon"], "charon")
        self.assertIn(f"version={reply['version']} ", self.call("--raw", "version"))

    def test_stats(self):
        reply, = self.call_json("stats")
        self.assertIn("vici", reply["plugins"])
        self.assertEqual(reply["ikesas"], {"total": "0", "half-open": "0"})

    def test_connections(self):
        self.assertEqual(self.call_json("list-conns"), [])
        self.call("load-conn", "home.version=2", "home.remote_addrs=[192.0.2.1,192.0.2.2]",
                  "home.children.net.remote_ts=[10.1.0.0/16]", "home.children.net.mode=tunnel")
        conn, = self.call_json("list-conns")
        self.assertEqual(conn["home"]["remote_addrs"], ["192.0.2.1", "192.0.2.2"])
        self.assertEqual(conn["home"]["children"]["net"]["remote-ts"], ["10.1.0.0/16"])
        self.assertEqual(self.call_json("get-conns"), [{"conns": ["home"]}])
        self.assertEqual(self.call_json("unload-conn", "name=home"), [{"success": "yes"}])
        self.assertEqual(self.call_json("list-conns"), [])

    def test_refusals(self):
        self.call("unload-conn", "name=nobody", status=1,
                  stderr="gvici: unload: connection 'nobody' not found\n")
        self.call("nonsense", status=1, stderr="gvici: The daemon does not know the command “nonsense”\n")
        self.call("listen", "nonsense", status=1,
                  stderr="gvici: The daemon does not know the event “nonsense”\n")

    def test_what_is_refused_here_the_daemon_refuses_too(self):
        for command, *args in (("load-conn", "home.rekye_time=1h"),
                               ("load-conn", "home.Version=2"),
                               ("load-conn", "home.version=[2]"),
                               ("load-conn", "home.local_addrs=10.0.0.1"),
                               ("load-conn", "home.rekey_time=4 hours"),
                               ("load-conn", "home.send_cert=perhaps"),
                               ("load-conn", "home.children.net.mode=[tunnel]"),
                               ("load-pool", "pool.dns=[10.0.0.1]"),
                               ("load-pool", "pool.addrs=10.0.0.0/24", "pool.dns=10.0.0.1"),
                               ("unload-conn", "nmae=home")):
            with self.subTest(command=command, args=args):
                self.assertEqual(tooltest.gvici("--uri", self.uri, command, *args).returncode, 2)
                self.assertEqual(
                    tooltest.gvici("--uri", self.uri, "--unchecked", command, *args).returncode, 1)

    def test_charon_sees_no_broken_connection(self):
        log = pathlib.Path(os.environ["VICI_TEST_LOG"])
        before = log.read_text(encoding="utf-8").count("Connection reset")
        for _ in range(20):
            self.call("version")
            self.call("list-conns")
        self.assertEqual(log.read_text(encoding="utf-8").count("Connection reset"), before)

    def test_listen(self):
        with tooltest.started("--uri", self.uri, "--json", "listen", "log") as process:
            # Nobody says when the subscription is there.
            line = ""
            while "nobody" not in line:
                self.call("initiate", "child=nobody", status=1,
                          stderr="gvici: CHILD_SA config 'nobody' not found\n")
                line = tooltest.line_if_any(process.stdout, 1)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(timeout=60), 0)


if __name__ == "__main__":
    taptest.main()
