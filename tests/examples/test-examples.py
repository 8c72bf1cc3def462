#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each of the examples does what it says, in each of its languages."""

import argparse
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent / name) for name in ("peer", "bindings", "sim")]

import fakedaemon
import simtest
import taptest

INTERPRETERS = {".py": ["/usr/bin/python3"], ".js": ["gjs", "-m"]}
# The enumeration's word, or that for people.
DOWN = "home: (disconnected|down)"
LISTENED = ["ike-updown gateway: up", "child-updown gateway: up"]

# All that the monitor may say, in lower case.
MONITORED = re.compile(r"(.* the ike daemon.*|the ike daemon .*"
                       r"|home: (disconnected|down|connecting|connected|up)"
                       r"|  ike_sa [12] of home: (established|rekeying)"
                       r"|    child_sa [12] of net: (installed|rekeying), \d+ bytes in)"
                       r"( \(gone\))?")


def quiet(test, stderr):
    for word in ("CRITICAL", "WARNING", "Traceback"):
        test.assertNotIn(word, stderr)


class Examples(unittest.TestCase):
    """One test for each example and language."""

    def run_example(self, command, *args):
        result = subprocess.run([*command, *args], capture_output=True, text=True, check=False, timeout=60)
        quiet(self, result.stderr)
        return result

    def check_output(self, command, expected):
        with fakedaemon.running() as uri:
            result = self.run_example(command, uri)
        self.assertEqual((result.stderr, result.stdout, result.returncode), ("", expected, 0))

    def check_version(self, command):
        self.check_output(command, "charon 5.9.8\n")

    def check_list_conns(self, command):
        self.check_output(command, "gateway: IKEv2 to 192.0.2.1\n  net\n"
                                   "office: IKEv1/2 to 198.51.100.1, 198.51.100.2\n")

    def check_load_conn(self, command):
        asked = {}

        def load(name):
            def answer(request, _peer):
                asked[name] = request
                return [fakedaemon.reply({"success": "yes"})]
            return answer

        with fakedaemon.running({name: load(name) for name in ("load-conn", "load-shared")}) as uri:
            self.assertEqual(self.run_example(command, uri).stdout, "Loaded\n")
        self.assertEqual(asked["load-conn"], {"gateway": {
            "version": "2", "remote_addrs": ["192.0.2.1"],
            "local": {"auth": "psk", "id": "roadwarrior"},
            "remote": {"auth": "psk", "id": "gateway"},
            "children": {"net": {"remote_ts": ["10.1.0.0/16"]}}}})
        self.assertEqual(asked["load-shared"]["owners"], ["gateway", "roadwarrior"])

    def check_load_conn_refused(self, command):
        refusal = fakedaemon.reply({"success": "no", "errmsg": "no thanks"})
        with fakedaemon.running({"load-conn": lambda request, peer: [refusal]}) as uri:
            result = subprocess.run([*command, uri], capture_output=True, text=True, check=False, timeout=60)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("no thanks", result.stderr)

    def check_listen(self, command):
        """It hears of the events, and again after it was hung up on."""
        with fakedaemon.running(talkative=["ike-updown", "child-updown"]) as uri, subprocess.Popen(
                ["timeout", "60", *command, uri], text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            heard = [process.stdout.readline().strip() for _ in range(5)]
            process.terminate()
            _, stderr = process.communicate(timeout=60)
        self.assertEqual(heard[:2], LISTENED)
        self.assertEqual(sorted(heard[2:]), sorted(["The daemon is back", *LISTENED]))
        quiet(self, stderr)

    def monitor(self, command, uri):
        """Runs it, and returns how to wait until it has said something."""
        process = subprocess.Popen(["timeout", "60", *command, uri], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        def end():
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=60)
            quiet(self, stderr)
            self.assertEqual(stdout, "")

        def wait(*patterns):
            for pattern in patterns:
                line = ""
                while not re.fullmatch(pattern, line):
                    line = process.stdout.readline().rstrip("\n").lower()
                    self.assertIsNotNone(MONITORED.fullmatch(line), f"{line!r}, not yet {pattern!r}")

        self.addCleanup(end)
        return wait

    def check_monitor(self, command):
        """It shows what comes, changes and goes, and what crosses the tunnel."""
        simulated, uri = simtest.start()
        client = simtest.Client(uri)
        self.addCleanup(client.close)
        wait = self.monitor(command, uri)
        traffic = r"    child_sa {} of net: installed, [1-9]\d* bytes in"
        try:
            wait(r"the ike daemon is running\.")
            client.call("load-shared", id="both", type="IKE", data="a secret")
            client.call("load-conn", home={
                "remote_addrs": ["192.0.2.2"], "local": {"auth": "psk"}, "remote": {"auth": "psk"},
                "children": {"net": {"remote_ts": ["10.1.0.0/16"]}}})
            wait(DOWN)
            client.call("initiate", child="net")
            wait("  ike_sa 1 of home: established", r"    child_sa 1 of net: installed, \d+ bytes in",
                 "home: (connected|up)", traffic.format(1))
            client.call("rekey", ike="home")
            wait("  ike_sa 2 of home: established")
            client.call("rekey", child="net")
            wait(traffic.format(2))
            client.call("terminate", ike="home")
            wait(r"    child_sa 2 of .* \(gone\)", r"  ike_sa 2 of .* \(gone\)", DOWN)
        finally:
            simtest.stop(simulated)
        wait(DOWN + r" \(gone\)", r"the ike daemon is not running\.")

    def check_monitor_nobody(self, command):
        """It waits for a daemon."""
        self.monitor(command, "unix:///nowhere")(r"the ike daemon is not running\.")

    def check_nobody(self, command):
        """An example that finds no daemon says so."""
        result = subprocess.run([*command, "unix:///nowhere"], capture_output=True, text=True,
                                check=False, timeout=60)
        self.assertNotEqual(result.returncode, 0)
        self.assertNotEqual(result.stderr, "")

    def check_poll_version(self, command):
        with fakedaemon.running() as uri:
            result = self.run_example(command, uri.removeprefix("unix://"))
        self.assertEqual(result.returncode, 0)
        self.assertIn("version = 5.9.8", result.stdout)

    def check_needs_no_gio(self, command):
        needed = subprocess.run(["ldd", *command], stdout=subprocess.PIPE, text=True, check=True).stdout
        self.assertIn("libvici-core", needed)
        self.assertNotIn("libgio", needed)


def add(name, language, command, check=None):
    claim = f"test_{name} in {language}"

    def test(self):
        if not shutil.which(command[0]):
            self.skipTest(f"{command[0]} is not installed")
        getattr(self, "check_" + (check or name).replace("-", "_"))(command)

    setattr(Examples, claim + (f" {check}" if check else ""), test)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--examples", type=pathlib.Path)
    parser.add_argument("--compiled", nargs="*", default=[], type=pathlib.Path)
    parser.add_argument("--interpreted", action="store_true")
    args = parser.parse_args()

    found = [(program.name, "C", [str(program)]) for program in args.compiled]
    for suffix, interpreter in INTERPRETERS.items() if args.interpreted else ():
        found += [(program.stem, suffix, [*interpreter, str(program)])
                  for program in args.examples.glob("*" + suffix)
                  if hasattr(Examples, "check_" + program.stem.replace("-", "_"))]

    for name, language, command in found:
        add(name, language, command)
        add(name, language, command, "monitor-nobody" if name == "monitor" else "nobody")
        if name == "load-conn":
            add(name, language, command, "load-conn-refused")
        if name == "poll-version":
            add(name, language, command, "needs-no-gio")
    taptest.main()


main()
