#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gvici proxy lets through what is allowed, and nothing else, whatever is sent."""

import fcntl
import fnmatch
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import time
import unittest

import fakedaemon
import proxytest
import taptest
import tooltest

SECRET = "correct-horse-battery-staple"

VERSION = fakedaemon.reply(fakedaemon.VERSION)[4:]
UNKNOWN = fakedaemon.packet(fakedaemon.UNKNOWN)[4:]
EVENT_UNKNOWN = fakedaemon.packet(fakedaemon.EVENT_UNKNOWN)[4:]
CONFIRM = fakedaemon.packet(fakedaemon.CONFIRM)[4:]


SOMEBODY = "setpriv", "--reuid=65534", "--regid=65533"


def others_may_run():
    """Whether another user can be a client here."""
    if os.geteuid() != 0:
        return False
    run = subprocess.run([*SOMEBODY, "--clear-groups", tooltest.GVICI, "--version"], check=False,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return run.returncode == 0


def request(name, message=None):
    return fakedaemon.packet(fakedaemon.REQUEST, name, message or {})


def register(name):
    return fakedaemon.packet(fakedaemon.REGISTER, name)


class Filtering(proxytest.TestCase):
    def test_allowed_commands(self):
        proxy = self.proxy("--allow=version", "--allow=test-*")
        self.assertEqual(self.call_json("version"), [fakedaemon.VERSION])
        self.assertEqual(self.call_json("test-echo", "a=b", "s.l=[1,2]"), [{"a": "b", "s": {"l": ["1", "2"]}}])
        self.assertNotIn("refused", proxy.log())

    def test_refused_commands_are_unknown(self):
        proxy = self.proxy("--allow=version")
        self.call("load-conn", "home.version=2", status=1,
                  stderr="gvici: The daemon does not know the command “load-conn”\n")
        line = proxy.wait_for("refused the command “load-conn”")
        pattern = f"gvici: client 1 (pid *, uid {os.getuid()} (*), gid {os.getgid()}): *"
        self.assertRegex(line, fnmatch.translate(pattern))

    def test_streams_come_with_their_command(self):
        self.proxy("--allow=list-conns")
        self.assertEqual(self.call_json("list-conns"), fakedaemon.CONNS)
        self.call("list-sas", status=1, stderr="gvici: The daemon does not know the event “list-sa”\n")

    def test_events(self):
        proxy = self.proxy("--allow=test-raise", "--allow-event=ike-*")
        with self.client() as client:
            client.send(register("ike-updown"), register("child-updown"))
            self.assertEqual([client.receive(), client.receive()], [CONFIRM, EVENT_UNKNOWN])
            client.send(request("test-raise", {"event": "ike-updown", "message": {"up": "yes"}}))
            event = fakedaemon.packet(fakedaemon.EVENT, "ike-updown", {"up": "yes"})
            self.assertEqual(client.receive(), event[4:])
        proxy.wait_for("refused the event “child-updown”")

    def test_read_only(self):
        self.proxy("--read-only")
        self.assertEqual(self.call_json("version"), [fakedaemon.VERSION])
        self.assertEqual(self.call_json("list-conns"), fakedaemon.CONNS)
        for command, what in (("load-conn", "command “load-conn”"),
                              ("unload-conn", "command “unload-conn”"),
                              ("terminate", "event “control-log”")):
            self.call(command, status=1, stderr=f"gvici: The daemon does not know the {what}\n")

    def test_pipelined_answers_are_in_order(self):
        proxy = self.proxy("--allow=version", "--allow=test-echo")
        count = 1000
        with self.client() as client:
            for start in range(0, count, 100):
                client.send(*(request("stats") + register("log") + request("test-echo", {"n": str(n)})
                              for n in range(start, start + 100)))
            for n in range(count):
                self.assertEqual(client.receive(), UNKNOWN)
                self.assertEqual(client.receive(), EVENT_UNKNOWN)
                self.assertEqual(client.receive(), fakedaemon.reply({"n": str(n)})[4:])
        proxy.wait_for("disconnected")

    def test_refusals_are_not_logged_without_end(self):
        proxy = self.proxy("--allow=version")
        with self.client() as client:
            client.send(request("stats") * 250)
            for _ in range(250):
                self.assertEqual(client.receive(), UNKNOWN)
        proxy.wait_for("150 more requests were refused")
        self.assertEqual(proxy.log().count("refused the command"), 100)

    def test_names_stay_on_their_line(self):
        proxy = self.proxy("--allow=*")
        with self.client() as client:
            self.assertEqual(client.call("x\n gvici: client 7: accepted\33[1m"), UNKNOWN)
            self.assertEqual(client.call("version"), VERSION)
        line = proxy.wait_for("refused the command")
        self.assertTrue(line.endswith("“x\\012 gvici: client 7: accepted\\033[1m”"), line)

    def test_names_are_not_taken_for_others(self):
        proxy = self.proxy("--allow=version")
        with self.client() as client:
            for name in "a\nb", "a\\012b":
                self.assertEqual(client.call(name), UNKNOWN)
        proxy.wait_for("refused the command “a\\012b”")
        proxy.wait_for("refused the command “a\\134012b”")

    def test_log_level(self):
        """Of the higher ones secrets are a part."""
        proxy = self.proxy("--read-only", "--allow=initiate", "--allow=terminate")
        with self.client() as client:
            for level in "2", "4", "0x4":
                for command in "initiate", "terminate":
                    self.assertEqual(client.call(command, {"child": "net", "loglevel": level}), UNKNOWN)
            self.assertEqual(client.call("initiate", {"child": "net", "loglevel": "1"}),
                             fakedaemon.reply({"success": "yes"})[4:])
        proxy.wait_for("refused the command “initiate” for its “loglevel”", 3)
        proxy.wait_for("refused the command “terminate” for its “loglevel”", 3)

    def test_higher_log_level(self):
        self.proxy("--allow=initiate", "--max-log-level=3")
        with self.client() as client:
            self.assertEqual(client.call("initiate", {"child": "net", "loglevel": "4"}), UNKNOWN)
            self.assertEqual(client.call("initiate", {"child": "net", "loglevel": "3"}),
                             fakedaemon.reply({"success": "yes"})[4:])

    def test_events_that_nobody_asked_for(self):
        self.proxy("--allow=test-raw", "--allow-event=ike-updown")
        event, other = (fakedaemon.packet(fakedaemon.EVENT, name, {"x": "y"}) for name in ("ike-updown", "log"))
        with self.client() as client:
            self.assertEqual(client.call("test-raw", {"hex": (other + event + fakedaemon.reply({})).hex()}), event[4:])
            self.assertEqual(client.receive(), fakedaemon.reply({})[4:])


class Peers(proxytest.TestCase):
    """Who is let in."""

    def assert_let_in(self, *rules, by=()):
        self.proxy("--allow=version", "--mode=0666", *(f"--peer={rule}" for rule in rules))
        self.assertEqual(self.version(by), (0, ""))

    def assert_kept_out(self, *rules, by=()):
        proxy = self.proxy("--allow=version", "--mode=0666", *(f"--peer={rule}" for rule in rules))
        self.assertEqual(self.version(by)[0], 3)
        return proxy.wait_for("refused: it is none of those who are let in")

    def version(self, by):
        """The end of a client that is run as somebody else by setpriv."""
        run = subprocess.run(
            [*by, tooltest.GVICI, "--uri", self.uri, "version"], timeout=60, check=False, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        return run.returncode, run.stderr

    def test_own_user(self):
        self.assert_let_in(f"uid={os.getuid()}")
        self.assert_let_in("uid=4242", f"gid={os.getgid()}")

    def test_others_are_kept_out(self):
        line = self.assert_kept_out("uid=4242", "gid=4242", "subject=CN=x", "fingerprint=sha256:" + 32 * "00:")
        self.assertIn(f"uid {os.getuid()} ", line)

    @unittest.skipUnless(others_may_run(), "to be another user needs root, and leave to run what was built here")
    def test_other_users(self):
        nobody = *SOMEBODY, "--groups=4243,4244"
        self.assert_kept_out("user=root", "uid=4244", by=nobody)
        self.assert_kept_out("gid=0", "group=root", by=nobody)
        self.assert_let_in("user=nobody", by=nobody)
        self.assert_let_in("gid=65533", by=nobody)
        self.assert_let_in("user=root", "gid=4244", by=nobody)

    def test_no_more_than_allowed_at_once(self):
        proxy = self.proxy("--allow=version", "--max-peers=2", "--max-peers-per-user=2")
        with self.client() as first, self.client() as second:
            self.assertEqual([first.call("version"), second.call("version")], [VERSION, VERSION])
            with self.client() as third:
                self.assertEqual(third.receive(), b"")
            proxy.wait_for("refused: there are 2 clients already")
        # Soon there is room again.
        while True:
            with self.client() as fourth:
                if fourth.call("version") == VERSION:
                    break

    def test_one_user_does_not_take_all_the_room(self):
        """Without more options, it is a quarter."""
        proxy = self.proxy("--allow=version", "--max-peers=8", "--mode=0666")
        with self.client() as first, self.client() as second:
            self.assertEqual([first.call("version"), second.call("version")], [VERSION, VERSION])
            with self.client() as third:
                self.assertEqual(third.receive(), b"")
            proxy.wait_for("refused: 2 clients are of this user already")
            if others_may_run():
                self.assertEqual(self.version((*SOMEBODY, "--clear-groups")), (0, ""))
        while True:
            with self.client() as fourth:
                if fourth.call("version") == VERSION:
                    break

    def test_users_of_tcp_are_addresses(self):
        proxy = self.proxy("--allow=version", "--max-peers=8", "--max-peers-per-user=1", listen=["tcp://127.0.0.1:0"])
        port = int(proxy.uri.rpartition(":")[2])
        with self.client() as first:
            self.assertEqual(first.call("version"), VERSION)
            with self.client() as second:
                self.assertEqual(second.receive(), b"")
            proxy.wait_for("refused: 1 clients are of this user already")
            with socket.create_connection(("127.0.0.1", port), proxytest.PATIENCE, ("127.0.0.2", 0)) as other:
                other.sendall(request("version"))
                self.assertEqual(other.recv(4), len(VERSION).to_bytes(4, "big"))


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class Tls(proxytest.TestCase):
    # The leak sanitizer does not get over the threads that GIO has for TLS.
    ENVIRONMENT = os.environ | {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"}

    def setUp(self):
        super().setUp()
        self.directory = self.enterContext(tempfile.TemporaryDirectory())
        self.make("ca", "CN=Test CA", "-x509")
        for name in "proxy", "alice", "bob":
            self.make(name, f"O=Test,CN={name}", "-x509",
                      "-CA", self.file("ca.pem"), "-CAkey", self.file("ca.key"))

    def file(self, name):
        return os.path.join(self.directory, name)

    def openssl(self, *args):
        return subprocess.run(["openssl", *args], check=True, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True).stdout

    def make(self, name, subject, *args):
        extensions = [] if name == "ca" else [
            "-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
            "-addext", "extendedKeyUsage=serverAuth,clientAuth"]
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                     "-subj", "/" + subject.replace(",", "/"), *extensions, *args,
                     "-keyout", self.file(f"{name}.key"), "-out", self.file(f"{name}.pem"))

    def tls(self, name, port):
        return (f"tls://127.0.0.1:{port}?ca={self.file('ca.pem')}&cert={self.file(name + '.pem')}"
                f"&key={self.file(name + '.key')}")

    def start(self, rule):
        return self.proxy("--allow=version", f"--peer={rule}", listen=[self.tls("proxy", 0)],
                          env=self.ENVIRONMENT)

    def version(self, name, proxy):
        port = re.search(r":(\d+)", proxy.uri.removeprefix("tls:")).group(1)
        return tooltest.gvici("--uri", self.tls(name, port), "version", env=self.ENVIRONMENT).returncode

    def fingerprint(self, name):
        text = self.openssl("x509", "-in", self.file(f"{name}.pem"), "-noout", "-fingerprint", "-sha256")
        return text.strip().rpartition("=")[2]

    def test_by_fingerprint(self):
        proxy = self.start(f"fingerprint=sha256:{self.fingerprint('alice')}")
        self.assertEqual(self.version("alice", proxy), 0)
        self.assertEqual(self.version("bob", proxy), 3)
        line = proxy.wait_for("refused: it is none of those")
        self.assertIn(self.fingerprint("bob").replace(":", "").lower(), line)

    def test_by_subject(self):
        proxy = self.start("subject=O=Test,CN=alice")
        self.assertEqual(self.version("alice", proxy), 0)
        self.assertEqual(self.version("bob", proxy), 3)
        self.assertIn("“O=Test,CN=bob”", proxy.wait_for("refused: it is none of those"))


class Pace:
    """The longest time that passed between two steps, in seconds."""

    def __init__(self):
        self.last = time.monotonic()
        self.longest = 0

    def step(self):
        now = time.monotonic()
        self.longest = max(self.longest, now - self.last)
        self.last = now


class Trouble(proxytest.TestCase):
    """One client costs the others nothing, and the daemon's end is not the proxy's."""

    COMMANDS = {
        # More than the kernel holds on the way.
        "test-flood": lambda request, peer: [fakedaemon.Event("list-sa", {"x": "y" * 60000})] * 1000 +
                                            [fakedaemon.reply({})],
        "test-block": lambda request, peer: Trouble.RELEASED.wait(proxytest.PATIENCE) and [fakedaemon.reply({})],
    }
    RELEASED = threading.Event()

    def setUp(self):
        super().setUp()
        self.RELEASED.clear()

    def start(self, *args):
        return self.proxy("--allow=*", "--allow-event=*", *args)

    def threads(self, proxy):
        return os.listdir(f"/proc/{proxy.process.pid}/task")

    def memory(self, proxy):
        """In kilobytes."""
        # A sanitizer keeps what is freed.
        if "libasan" in pathlib.Path(f"/proc/{proxy.process.pid}/maps").read_text(encoding="utf-8"):
            return 0
        status = pathlib.Path(f"/proc/{proxy.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1))

    def test_slow_reader(self):
        proxy = self.start()
        with self.client() as slow, self.client() as other:
            self.assertEqual(other.call("version"), VERSION)
            before = self.memory(proxy)
            slow.send(register("list-sa"), request("test-flood"))
            for _ in range(2000):
                self.assertEqual(other.call("version"), VERSION)
            self.assertLess(self.memory(proxy) - before, 4000)

            self.assertEqual(slow.receive(), CONFIRM)
            event = fakedaemon.packet(fakedaemon.EVENT, "list-sa", {"x": "y" * 60000})[4:]
            for _ in range(1000):
                self.assertEqual(slow.receive(), event)
            self.assertEqual(slow.receive(), fakedaemon.reply({})[4:])

    def test_client_that_never_reads_its_answers(self):
        """What it is refused is held back like all else."""
        proxy = self.start()
        with self.client() as slow, self.client() as other:
            self.assertEqual(other.call("version"), VERSION)
            before = self.memory(proxy)
            slow.socket.setblocking(False)
            try:
                while True:
                    slow.socket.send(request("") * 1000)
            except BlockingIOError:
                pass
            for _ in range(500):
                self.assertEqual(other.call("version"), VERSION)
            self.assertLess(self.memory(proxy) - before, 4000)

    def test_daemon_that_does_not_read(self):
        """Requests are held back while it is busy, and all get there."""
        proxy = self.start()
        with self.client() as busy, self.client() as other:
            self.assertEqual(other.call("version"), VERSION)
            before = self.memory(proxy)
            big = request("test-echo", {"x": "y" * 60000})
            writer = threading.Thread(target=busy.send, args=[request("test-block"), *[big] * 300])
            writer.start()
            for _ in range(500):
                self.assertEqual(other.call("version"), VERSION)
            growth = self.memory(proxy) - before
            self.RELEASED.set()
            self.assertEqual(busy.receive(), fakedaemon.reply({})[4:])
            for _ in range(300):
                self.assertEqual(busy.receive(), fakedaemon.reply({"x": "y" * 60000})[4:])
            writer.join()
            self.assertLess(growth, 4000)

    def silent_daemon(self, backlog=100):
        """One that does nothing but to let others connect."""
        path = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "charon.vici")
        listener = self.enterContext(socket.socket(socket.AF_UNIX))
        listener.bind(path)
        listener.listen(backlog)
        self.daemon = f"unix://{path}"
        return path

    def test_reader_that_stops(self):
        proxy = self.start("--stall-timeout=200")
        with self.client() as slow, self.client() as other:
            slow.send(register("list-sa"), request("test-flood"))
            proxy.wait_for("disconnected: it did not read what was there for it")
            self.assertEqual(other.call("version"), VERSION)

    def check_in_time(self, check):
        """Does it with a timeout in milliseconds that a client is to stay within; and with a
        longer one if the client did not come near to that, on a busy machine."""
        for timeout in 300, 3000, 30000:
            pace = Pace()
            try:
                check(timeout, pace)
            except (AssertionError, OSError):
                pace.step()
                if pace.longest < timeout / 10000:
                    raise
            else:
                return
        self.fail("nothing is done in time here")

    def test_reader_that_is_slow_or_idle_stays(self):
        self.check_in_time(self.check_slow_or_idle)

    def check_slow_or_idle(self, timeout, pace):
        proxy = self.start(f"--stall-timeout={timeout}")
        event = fakedaemon.packet(fakedaemon.EVENT, "list-sa", {"x": "y" * 60000})[4:]
        with self.client() as slow, self.client() as idle:
            slow.send(register("list-sa"), request("test-flood"))
            self.assertEqual(slow.receive(), CONFIRM)
            for _ in range(60):
                pace.step()
                time.sleep(timeout / 20000)
                self.assertEqual(slow.receive(), event)
            for _ in range(940):
                pace.step()
                self.assertEqual(slow.receive(), event)
            self.assertEqual(slow.receive(), fakedaemon.reply({})[4:])
            self.assertEqual(idle.call("version"), VERSION)
        self.assertNotIn("did not read", proxy.log())

    def assert_leaves(self, proxy, client):
        """Its place is free again."""
        client.close()
        proxy.wait_for("disconnected: it has closed the connection")

    def test_client_that_is_gone_with_requests_unanswered(self):
        self.silent_daemon()
        for listen in None, ["tcp://127.0.0.1:0"]:
            with self.subTest(listen=listen):
                proxy = self.proxy("--allow=*", listen=listen)
                client = self.client()
                # As many as may be: it is not read from.
                client.send(request("version") * 128)
                self.assert_leaves(proxy, client)

    def test_client_that_is_gone_while_it_is_not_read(self):
        """What it has sent is kept for the daemon, and not for ever."""
        self.silent_daemon()
        for listen in None, ["tcp://127.0.0.1:0"]:
            with self.subTest(listen=listen):
                proxy = self.proxy("--allow=*", "--timeout=300", listen=listen)
                client = self.client()
                client.send(request("version") * 5000)
                self.assert_leaves(proxy, client)

    def test_client_that_is_gone_while_the_daemon_is_connected_to(self):
        path = self.silent_daemon(backlog=0)
        with socket.socket(socket.AF_UNIX) as first:
            first.connect(path)
            for listen in None, ["tcp://127.0.0.1:0"]:
                with self.subTest(listen=listen):
                    proxy = self.proxy("--allow=*", listen=listen)
                    client = self.client()
                    proxy.wait_for("accepted")
                    self.assert_leaves(proxy, client)

    def test_client_that_is_gone_without_having_read(self):
        self.RELEASED.set()
        for listen in None, ["tcp://127.0.0.1:0"]:
            with self.subTest(listen=listen):
                proxy = self.start()
                with self.client() as client:
                    client.send(register("list-sa"), request("test-flood"))
                    client.socket.recv(1)
                proxy.wait_for("disconnected: it")

    def test_hostile_bytes(self):
        for bytes_, reason in ((b"\0\0\0\0", "it broke the protocol"),
                               (b"\xff\xff\xff\xff", "it broke the protocol"),
                               (b"GET / HTTP/1.0\r\n\r\n", "it broke the protocol"),
                               (fakedaemon.packet(fakedaemon.RESPONSE, None, {}), "it broke the protocol"),
                               (b"\0\0\0\6\0\1a\3\1k", "it sent a request that is malformed")):
            with self.subTest(bytes=bytes_):
                proxy = self.start()
                with self.client() as hostile, self.client() as other:
                    self.assertEqual(other.call("version"), VERSION)
                    hostile.send(bytes_)
                    self.assertEqual(hostile.receive(), b"")
                    self.assertEqual(other.call("version"), VERSION)
                    proxy.wait_for(f"disconnected: {reason}")

    def test_unfinished_packet(self):
        proxy = self.start("--timeout=200")
        with self.client() as slow:
            self.assertEqual(slow.call("version"), VERSION)
            slow.send(request("version")[:-1])
            self.assertEqual(slow.receive(), b"")
        proxy.wait_for("disconnected: it did not finish a packet in time")

    def test_packet_that_trickles_in(self):
        proxy = self.start("--timeout=200")
        with self.client() as slow:
            slow.send(b"\0\1\0\0\0\4test")
            with self.assertRaises(ConnectionError):
                while True:
                    slow.send(b"x")
                    time.sleep(0.01)
        proxy.wait_for("disconnected: it did not finish a packet in time")

    def test_time_runs_for_each_packet_anew(self):
        """Even if there is never an end of one that is not within another."""
        self.check_in_time(self.check_each_packet)

    def check_each_packet(self, timeout, pace):
        proxy = self.start(f"--timeout={timeout}")
        packet = request("version")
        with self.client() as client:
            client.send(packet[:-1])
            end = time.monotonic() + 3 * timeout / 1000
            while time.monotonic() < end:
                pace.step()
                client.send(packet[-1:] + packet[:-1])
                self.assertEqual(client.receive(), VERSION)
        self.assertNotIn("in time", proxy.log())

    def test_time_runs_for_packets_alone(self):
        proxy = self.start("--timeout=200")
        with self.client() as idle:
            self.assertEqual(idle.call("test-delay", {"ms": "600"}), fakedaemon.reply({})[4:])
            self.assertEqual(idle.call("version"), VERSION)
        self.assertNotIn("in time", proxy.log())

    def test_daemon_that_is_away(self):
        path = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "charon.vici")
        self.daemon = f"unix://{path}"
        proxy = self.start()
        with self.client() as client:
            self.assertEqual(client.receive(), b"")
        proxy.wait_for("disconnected: Cannot reach “")

        with fakedaemon.running() as uri:
            os.symlink(uri.removeprefix("unix://"), path)
            with self.client() as client:
                self.assertEqual(client.call("version"), VERSION)

    def test_daemon_that_hangs_up(self):
        proxy = self.start()
        with self.client() as client, self.client() as other:
            client.send(request("version"), request("test-hang-up"))
            self.assertEqual([client.receive(), client.receive()], [VERSION, b""])
            self.assertEqual(other.call("version"), VERSION)
        proxy.wait_for("disconnected: the daemon has closed the connection")

    def test_daemon_that_breaks_the_protocol(self):
        proxy = self.start()
        with self.client() as client, self.client() as other:
            self.assertEqual(client.call("test-raw", {"hex": "0000000105"}), b"")
            self.assertEqual(other.call("version"), VERSION)
        proxy.wait_for("disconnected: the daemon broke the protocol")

    def test_client_that_leaves_at_once(self):
        """What it has asked gets to the daemon all the same, be it more than that takes."""
        path = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "charon.vici")
        listener = self.enterContext(socket.socket(socket.AF_UNIX))
        listener.bind(path)
        listener.listen()
        self.daemon = f"unix://{path}"
        proxy = self.start()
        asked = request("test-echo", {"x": "y" * 50000}) * 5 + request("version")
        with self.client() as client:
            client.send(asked)
        with self.client() as other:
            for _ in range(500):
                self.assertEqual(other.call(""), UNKNOWN)
        with listener.accept()[0] as connection, connection.makefile("rb") as stream:
            self.assertEqual(stream.read(), asked)
        self.assertTrue(proxy.wait_for("client 1 ", 2).endswith("disconnected: it has closed the connection"))

    def test_many_clients_and_no_thread(self):
        proxy = self.start("--max-peers=301", "--max-peers-per-user=301")
        with self.client() as client:
            self.assertEqual(client.call("version"), VERSION)
        # Of GLib there is one, for the signals.
        threads = self.threads(proxy)
        clients = [self.client() for _ in range(300)]
        for client in clients:
            client.send(request("version"))
        for client in clients:
            self.assertEqual(client.receive(), VERSION)
        self.assertEqual(self.threads(proxy), threads)


class Log(proxytest.TestCase):
    def test_nobody_waits_for_whoever_reads_it(self):
        read_end, write_end = os.pipe()
        with open(read_end, "rb", buffering=0) as log, tempfile.TemporaryDirectory() as directory:
            uri = f"unix://{directory}/proxy.vici"
            with subprocess.Popen([tooltest.GVICI, "proxy", f"--listen={uri}", f"--to={self.daemon}", "--allow=version"],
                                  stdout=subprocess.PIPE, stderr=write_end, text=True) as process:
                self.addCleanup(process.kill)
                os.close(write_end)
                fcntl.fcntl(read_end, fcntl.F_SETPIPE_SZ, 8192)
                self.assertEqual(process.stdout.readline(), f"{uri}\n")
                with proxytest.Client(uri) as client:
                    client.send(request("stats") * 90)
                    for _ in range(90):
                        self.assertEqual(client.receive(), UNKNOWN)
                    said = log.read(8192)
                    self.assertEqual(client.call("stats"), UNKNOWN)
                    said += log.read(8192)
                process.terminate()
                self.assertEqual(process.wait(proxytest.PATIENCE), 0)
        lines = said.decode().splitlines()
        dropped = [re.fullmatch(r"gvici: (\d+) lines could not be written and were dropped", line) for line in lines]
        self.assertEqual(sum(match is not None for match in dropped), 1, lines)
        number = next(int(match.group(1)) for match in dropped if match)
        self.assertGreater(number, 10)
        # All are told of: who was accepted, and what was refused.
        self.assertEqual(len(lines) - 1 + number, 92)

    def test_it_is_not_filled_by_one_user(self):
        proxy = self.proxy("--allow=version")
        for _ in range(400):
            with self.client() as client:
                self.assertEqual(client.call("version"), VERSION)
        line = proxy.wait_for("more lines about its clients were left out")
        self.assertRegex(line, rf"^gvici: uid {os.getuid()} \(.*\): \d+ more lines")
        proxy.end()
        left_out = sum(map(int, re.findall(r"(\d+) more lines about", proxy.log())))
        self.assertEqual(len(re.findall("accepted|disconnected", proxy.log())) + left_out, 800)


class Secrets(proxytest.TestCase):
    ENVIRONMENT = os.environ | {"G_MESSAGES_DEBUG": "all", "VICI_DEBUG": "packets"}

    def run_with_secrets(self, *args):
        """A secret on its way, by all ways it may come."""
        proxy = self.proxy(*args, env=self.ENVIRONMENT)
        message = {"type": "ike", "data": SECRET}
        packet = request("load-shared", message)
        with self.client() as client:
            client.call("load-shared", message)
            for byte in packet:
                client.send(bytes([byte]))
            client.receive()
            client.send(packet[:-1] + b"!" + packet[:20])
        with self.client() as client:
            client.send(packet[:-1])
        for bytes_ in SECRET.encode(), b"\0\0\0\7\0\5" + SECRET.encode(), packet[:-3] + b"\7\7\7":
            with self.client() as client:
                client.send(bytes_)
                client.receive()
        proxy.wait_for("disconnected", 5)
        return proxy

    def assert_hidden(self, proxy):
        proxy.end()
        said = proxy.log() + proxy.process.stdout.read()
        as_length = str(int.from_bytes(SECRET[:4].encode(), "big"))
        for shown in SECRET, SECRET[5:15], SECRET.encode().hex(), as_length:
            self.assertNotIn(shown, said)

    def test_are_not_logged_when_allowed(self):
        self.assert_hidden(self.run_with_secrets("--allow=load-shared"))

    def test_are_not_logged_when_refused(self):
        self.assert_hidden(self.run_with_secrets("--allow=version"))

    def assert_not_in_memory(self, proxy):
        pid = proxy.process.pid
        if "libasan" in pathlib.Path(f"/proc/{pid}/maps").read_text(encoding="utf-8"):
            self.skipTest("a sanitizer keeps what is freed")
        try:
            memory = open(f"/proc/{pid}/mem", "rb", buffering=0)
        except PermissionError:
            self.skipTest("the memory of a child cannot be read here")
        # The proxy hears of the end of a write some turns later, and of that of a client
        # when it has told of it.
        other = self.client()
        for _ in range(10):
            self.assertEqual(other.call("stats"), UNKNOWN)
        with memory, open(f"/proc/{pid}/maps", encoding="utf-8") as maps:
            for line in maps:
                match = re.match(r"(\w+)-(\w+) rw", line)
                if match and "[v" not in line:
                    start, end = (int(number, 16) for number in match.groups())
                    memory.seek(start)
                    self.assertNotIn(SECRET.encode()[8:], memory.read(end - start), line)

    def test_leave_no_copy_in_memory(self):
        self.assert_not_in_memory(self.run_with_secrets("--allow=load-shared"))

    def test_leave_no_copy_while_the_client_stays(self):
        proxy = self.proxy("--allow=load-shared")
        packet = request("load-shared", {"data": SECRET})
        with self.client() as whole, self.client() as cut:
            whole.send(packet)
            cut.send(packet[:-3])
            whole.receive()
            cut.send(packet[-3:])
            cut.receive()
            self.assert_not_in_memory(proxy)


class Running(proxytest.TestCase):
    """Beginning and end."""

    def test_signals_end_it_well(self):
        for signum in signal.SIGINT, signal.SIGTERM:
            proxy = self.proxy("--allow=version")
            with self.client() as client:
                self.assertEqual(client.call("version"), VERSION)
                self.assertEqual(proxy.end(signum), 0)
                self.assertEqual(client.receive(), b"")
            self.assertIn("disconnected: the proxy ends", proxy.log())
            self.assertFalse(os.path.exists(proxy.path))

    def test_a_client_does_not_hold_up_the_end(self):
        proxy = self.proxy("--allow=*", "--allow-event=*")
        with self.client() as client:
            client.send(register("list-sa"), request("list-sas", {"count": "100000"}))
            client.receive()
            self.assertEqual(proxy.end(), 0)

    def test_several_uris(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "second.vici")
            proxy = self.proxy("--allow=version", listen=["tcp://127.0.0.1:0", f"unix://{path}"])
            self.assertRegex(proxy.uris[0], r"^tcp://127\.0\.0\.1:[1-9]\d*$")
            self.assertEqual(proxy.uris[1], f"unix://{path}")
            for uri in proxy.uris:
                with proxytest.Client(uri) as client:
                    self.assertEqual(client.call("version"), VERSION)
                proxy.wait_for(f"accepted on {uri}")

    def test_mode_and_group(self):
        proxy = self.proxy("--allow=version", "--mode=0620", f"--group={os.getgid()}")
        status = os.stat(proxy.path)
        self.assertEqual((stat.S_IMODE(status.st_mode), status.st_gid), (0o620, os.getgid()))

    def test_socket_activation(self):
        with tempfile.TemporaryDirectory() as directory, socket.socket(socket.AF_UNIX) as listener:
            path = os.path.join(directory, "activated.vici")
            listener.bind(path)
            listener.listen()
            self.proxy("--allow=version", listen=["fd:3"], pass_fds=[3],
                       preexec_fn=lambda: os.dup2(listener.fileno(), 3))
            self.uri = f"unix://{path}"
            for _ in range(2):
                with self.client() as client:
                    self.assertEqual(client.call("version"), VERSION)

    def test_open_files(self):
        """There may be as many as the proxy can have."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        proxy = self.proxy("--allow=version",
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (50, hard)))
        self.assertEqual(resource.prlimit(proxy.process.pid, resource.RLIMIT_NOFILE), (hard, hard))

        run = tooltest.gvici("proxy", "--listen=unix:@gvici-test", f"--to={self.daemon}", "--allow=version",
                             "--max-peers=300",
                             preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (200, 500)))
        self.assertEqual((run.returncode, run.stderr), (2,
            "gvici: There cannot be 300 clients at once: they need 1264 open files, and the proxy may have 500\n"))

    def test_help(self):
        for command in "proxy", "discover":
            run = tooltest.gvici(command, "--help")
            self.assertEqual(run.returncode, 0)
            self.assertIn(f"gvici {command} [OPTION", run.stdout)

    def test_cannot_listen(self):
        run = tooltest.gvici("proxy", "--listen=unix:///nowhere/at/all", f"--to={self.daemon}", "--allow=version")
        self.assertEqual((run.returncode, run.stdout), (3, ""))
        self.assertIn("/nowhere/at/all", run.stderr)

    def test_all_or_nothing(self):
        run = tooltest.gvici("proxy", "--listen=tcp://127.0.0.1:0", "--listen=unix:///nowhere/at/all",
                             f"--to={self.daemon}", "--allow=version")
        self.assertEqual((run.returncode, run.stdout), (3, ""))

    def test_wrong_usage(self):
        listen = "--listen=unix:@gvici-test"
        for args, message in (
                ((), "Nowhere to listen is given; see gvici proxy --help"),
                ((listen,), "Nothing is allowed; see gvici proxy --help"),
                ((listen, "--allow=version", "stats"), "“stats” is no option: each pattern has its own --allow"),
                ((listen, "--read-only", "--max-peers=0"),
                 "There may be 0 clients at once; it has to be one at least"),
                ((listen, "--read-only", "--max-peers-per-user=0"),
                 "There may be 0 clients of one user; it has to be one at least"),
                *(((listen, "--read-only", f"--max-log-level={level}"),
                   f"The log level is {level}; it has to be from 1 to 4") for level in (-1, 0, 5)),
                ((listen, "--read-only", "--stall-timeout=-1"), "The timeout is -1 ms; it cannot be negative"),
                ((listen, "--read-only", "--timeout=0"), "The timeout is 0 ms; it has to be one at least"),
                *(((listen, "--read-only", f"--mode={mode}"),
                   f"“{mode}” is no mode: it should be an octal number up to 0777, such as 0660")
                  for mode in ("0888", "7777", "", "rw")),
                ((listen, "--read-only", "--peer=root"),
                 "“root” says not who is let in: it should begin with uid=, user=, gid=, group=, "
                 "subject= or fingerprint=sha256:"),
                *(((listen, "--read-only", f"--peer={who}"),
                   f"“{who}” names nobody: there is no such user or group, or it is not written so")
                  for who in ("uid=", "uid=-1", "uid=4294967295", "gid=x", "user=no-such-user",
                              "group=no-such-group", "subject=", "fingerprint=sha1:00",
                              "fingerprint=sha256:00", "fingerprint=sha256:" + 64 * "g")),
                (("--listen=tcp://127.0.0.1:0", "--read-only", "--mode=0660"),
                 "--mode and --group are for UNIX sockets, and none is made")):
            with self.subTest(args=args):
                run = tooltest.gvici("proxy", f"--to={self.daemon}", *args)
                self.assertEqual((run.stderr, run.returncode), (f"gvici: {message}\n", 2))


@unittest.skipUnless(shutil.which("systemd-analyze"), "systemd is not installed")
class Units(unittest.TestCase):
    def test_the_sample_units_are_sound(self):
        samples = pathlib.Path(os.environ["SRCDIR"]) / "examples" / "systemd"
        with tempfile.TemporaryDirectory() as directory:
            for sample in samples.iterdir():
                text = sample.read_text(encoding="utf-8")
                text = text.replace("/usr/bin/gvici", tooltest.GVICI)
                pathlib.Path(directory, sample.name).write_text(text, encoding="utf-8")
            run = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no",
                 *sorted(pathlib.Path(directory).iterdir())],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            self.assertEqual((run.stdout, run.returncode), ("", 0))


if __name__ == "__main__":
    taptest.main()
