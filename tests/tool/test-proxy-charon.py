#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Other people's clients and a real charon, with gvici proxy in between.

Run by examples/lab.py. Each end of the tunnel is asked through a proxy of its own.
"""

import ctypes
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import fakedaemon
import proxytest
import taptest
import tooltest

SECRET = "correct-horse-battery-staple"
LIBVICI = pathlib.Path("/usr/lib/ipsec/libvici.so.0")


def swanctl(uri, *args, **options):
    return subprocess.run(["swanctl", *args, "--uri", uri], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, timeout=60, check=False, **options)


def configuration(end, other):
    local, remote = (os.environ[f"VICI_TEST_ADDRESS_{each}"] for each in (end, other))
    inner, remote_inner = (os.environ[f"VICI_TEST_INNER_ADDRESS_{each}"] for each in (end, other))
    return f"""
connections {{
  both {{
    version = 2
    local_addrs = {local}
    remote_addrs = {remote}
    proposals = aes128-sha256-x25519
    local {{
      auth = psk
      id = {local}
    }}
    remote {{
      auth = psk
      id = {remote}
    }}
    children {{
      net {{
        local_ts = {inner}/32
        remote_ts = {remote_inner}/32
        esp_proposals = aes128-sha256
      }}
    }}
  }}
}}
secrets {{
  ike-both {{
    secret = {SECRET}
    id-a = {local}
    id-b = {remote}
  }}
}}
"""


@unittest.skipUnless(shutil.which("swanctl"), "swanctl is not installed")
class Swanctl(tooltest.TestCase):
    def setUp(self):
        self.uris = {end: os.environ[f"VICI_TEST_URI_{end}"] for end in "AB"}
        self.uri = self.uris["A"]

    def proxy(self, *args, end="A"):
        return self.enterContext(proxytest.Proxy(
            f"--to={self.uris[end]}", *args, env=os.environ | {"G_MESSAGES_DEBUG": "all", "VICI_DEBUG": "packets"}))

    def succeed(self, uri, *args):
        run = swanctl(uri, *args)
        self.assertEqual(run.returncode, 0, run.stdout)
        return run.stdout

    def load(self, uri, end, other):
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(configuration(end, other))
            file.flush()
            output = self.succeed(uri, "--load-all", "--file", file.name)
        self.assertIn("loaded connection 'both'", output)
        self.assertIn("loaded ike secret 'ike-both'", output)

    def steady(self, text):
        """Without what moves on between two questions."""
        return re.sub(r"\d+ ?(seconds?|minutes?|hours?|s)\b|\d+ bytes|\d+ packets|since .*", "N", text)


class Allowed(Swanctl):
    """One after the other, as somebody would who sets up a tunnel."""

    def test_a_tunnel_from_load_to_terminate(self):
        proxies = {end: self.proxy("--allow=*", "--allow-event=*", end=end) for end in "AB"}
        a = proxies["A"].uri
        self.load(a, "A", "B")
        self.load(proxies["B"].uri, "B", "A")

        monitor = subprocess.Popen(["stdbuf", "-oL", "swanctl", "--monitor-sa", "--raw", "--uri", a],
                                   stdout=subprocess.PIPE, text=True)
        self.addCleanup(monitor.__exit__, None, None, None)
        self.addCleanup(monitor.kill)
        log = subprocess.Popen(["stdbuf", "-oL", "swanctl", "--log", "--uri", a], stdout=subprocess.PIPE, text=True)
        self.addCleanup(log.__exit__, None, None, None)
        self.addCleanup(log.kill)
        self.wait_until_heard(log, a)
        output = self.succeed(a, "--initiate", "--child", "net", "--timeout", "30")
        self.assertIn("initiate completed successfully", output)
        self.assertIn("IKE_SA both[", output)  # the log of it, which is streamed
        self.assertIn("both", monitor.stdout.readline())

        for args in (["--list-sas"], ["--list-conns"], ["--list-certs"], ["--list-pols"], ["--list-pools"],
                     ["--list-authorities"], ["--list-algs"], ["--version", "--daemon"]):
            with self.subTest(args=args):
                self.assertEqual(self.steady(self.succeed(a, *args)), self.steady(self.succeed(self.uri, *args)))
        self.assertIn("both: #", self.succeed(a, "--list-sas"))
        self.assertIn("uptime:", self.succeed(a, "--stats"))

        self.assertIn("terminate completed successfully", self.succeed(a, "--terminate", "--ike", "both"))
        self.assertEqual(self.succeed(a, "--list-sas"), "")
        for proxy in proxies.values():
            self.assertEqual(proxy.end(), 0)
            said = proxy.log() + proxy.process.stdout.read()
            self.assertNotIn("refused", said)
            self.assertNotIn(SECRET[:10], said)
            self.assertNotIn("broke", said)

    def wait_until_heard(self, log, uri):
        """Nobody says when a subscription is there: something is logged until it is."""
        while not tooltest.line_if_any(log.stdout, 0.2):
            swanctl(uri, "--terminate", "--ike", "nobody")


class Refused(Swanctl):
    def test_read_only(self):
        proxy = self.proxy("--read-only")
        for args in (["--list-conns"], ["--list-sas"], ["--list-certs"], ["--version", "--daemon"]):
            self.assertEqual(self.steady(self.succeed(proxy.uri, *args)), self.steady(self.succeed(self.uri, *args)))
        self.assertIn("uptime:", self.succeed(proxy.uri, "--stats"))
        # The words are swanctl's own, for a daemon that does not know what it asks.
        for args, name, words in (
                (["--flush-certs"], "command “flush-certs”", "flush-certs request failed"),
                (["--reload-settings"], "command “reload-settings”", "reload-settings request failed"),
                (["--terminate", "--ike", "both"], "event “control-log”", "registering for log failed"),
                (["--initiate", "--child", "net"], "event “control-log”", "registering for log failed"),
                (["--log"], "event “log”", "registering for log failed"),
                (["--monitor-sa"], "event “ike-updown”", "registering for")):
            with self.subTest(args=args):
                run = swanctl(proxy.uri, *args)
                self.assertNotEqual(run.returncode, 0, run.stdout)
                self.assertIn(words, run.stdout)
                proxy.wait_for(f"refused the {name}")

    def test_secrets_that_are_refused(self):
        proxy = self.proxy("--read-only")
        before = self.call_json("get-shared")
        with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
            file.write(configuration("A", "B").replace("ike-both", "ike-other"))
            file.flush()
            output = swanctl(proxy.uri, "--load-creds", "--file", file.name).stdout
        self.assertIn("load-shared request failed", output)
        self.assertEqual(self.call_json("get-shared"), before)
        proxy.wait_for("refused the command “load-shared”")
        proxy.end()
        self.assertNotIn(SECRET[:10], proxy.log() + proxy.process.stdout.read())

    def test_daemon_stays_untouched(self):
        log = pathlib.Path(os.environ["VICI_TEST_LOG_A"])
        proxy = self.proxy("--allow=version")
        before = log.read_text(encoding="utf-8")
        with proxytest.Client(proxy.uri) as client:
            for name in "no\nname", "", "terminate", "x" * 255:
                self.assertEqual(client.call(name), bytes([fakedaemon.UNKNOWN]))
            self.assertEqual(client.call("version")[0], fakedaemon.RESPONSE)
            client.send(b"\0\0\0\0")
            self.assertEqual(client.receive(), b"")
        with proxytest.Client(proxy.uri) as client:
            self.assertEqual(client.call("version")[0], fakedaemon.RESPONSE)
        self.assertEqual(log.read_text(encoding="utf-8"), before)


class LogLevel(Swanctl):
    """A higher level of the log is the keys."""

    # As they are, and as the daemon calls them.
    KEYS = re.compile(rb"SKEYSEED|Sk_|SK_p|secret =>|plain =>|initiator key", re.IGNORECASE)

    def initiate(self, uri, level):
        """The end of an attempt, and all that was streamed."""
        with proxytest.Client(uri) as client:
            client.send(fakedaemon.packet(fakedaemon.REGISTER, "control-log"),
                        fakedaemon.packet(fakedaemon.REQUEST, "initiate",
                                          {"child": "net", "timeout": "10000"} | ({"loglevel": level} if level else {})))
            self.assertEqual(client.receive()[0], fakedaemon.CONFIRM)
            streamed = []
            while (packet := client.receive())[0] == fakedaemon.EVENT:
                streamed.append(packet)
            return packet, streamed

    def test_keys_are_not_streamed(self):
        for end, other in ("AB", "BA"):
            self.load(self.uris[end], end, other)
        proxy = self.proxy("--read-only", "--allow=initiate", "--allow=terminate")
        raised = self.proxy("--allow=initiate", "--allow=terminate", "--max-log-level=2")

        for level in "2", "3", "4", "0x4", " 4", "4294967300":
            self.assertEqual(self.initiate(proxy.uri, level), (bytes([fakedaemon.UNKNOWN]), []))
        proxy.wait_for("refused the command “initiate” for its “loglevel”", 6)
        for uri, level, least in ((proxy.uri, None, 10), (proxy.uri, "1", 10), (raised.uri, "2", 100)):
            with self.subTest(level=level):
                reply, streamed = self.initiate(uri, level)
                self.assertEqual(reply, fakedaemon.reply({"success": "yes"})[4:])
                self.assertGreater(len(streamed), least)
                self.assertFalse([packet for packet in streamed if self.KEYS.search(packet)])
                self.assertIn("terminate completed successfully",
                              self.succeed(proxy.uri, "--terminate", "--ike", "both"))


class Others(Swanctl):
    @unittest.skipUnless(LIBVICI.exists(), "libvici is not installed")
    def test_libvici(self):
        """In a process of its own, since strongSwan's library would stay."""
        proxy = self.proxy("--allow=version", "--allow=list-conns")
        run = subprocess.run([sys.executable, __file__, "libvici", proxy.uri], stdout=subprocess.PIPE, text=True,
                             timeout=60, check=True)
        self.assertEqual(run.stdout.split(), ["charon", "unknown", "confirmed", "unknown-event"])

    def test_pipelining(self):
        proxy = self.proxy("--allow=version")
        names = ["stats" if number % 3 == 0 else "version" for number in range(300)]
        with proxytest.Client(proxy.uri) as client:
            client.send(*(fakedaemon.packet(fakedaemon.REQUEST, name, {}) for name in names))
            self.assertEqual([client.receive()[0] for _ in names],
                             [fakedaemon.RESPONSE if name == "version" else fakedaemon.UNKNOWN for name in names])


def ask_by_libvici(uri):
    """Prints what libvici makes of what is allowed and of what is not."""
    ctypes.CDLL("/usr/lib/ipsec/libstrongswan.so.0", ctypes.RTLD_GLOBAL)
    library = ctypes.CDLL(str(LIBVICI))
    for name in "connect", "begin", "submit", "find_str":
        getattr(library, f"vici_{name}").restype = ctypes.c_void_p
    library.vici_find_str.restype = ctypes.c_char_p
    library.vici_init()
    connection = ctypes.c_void_p(library.vici_connect(uri.encode()))

    def call(name):
        reply = library.vici_submit(ctypes.c_void_p(library.vici_begin(name)), connection)
        if not reply:
            return "unknown"
        return library.vici_find_str(ctypes.c_void_p(reply), b"", b"daemon").decode()

    callback = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)(lambda *args: None)

    def register(name):
        failed = library.vici_register(connection, name, callback, None)
        return "unknown-event" if failed else "confirmed"

    print(call(b"version"), call(b"stats"), register(b"list-conn"), register(b"log"), flush=True)
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["libvici"]:
        ask_by_libvici(sys.argv[2])
    taptest.main()
