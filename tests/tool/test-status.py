#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Whatever goes wrong has its exit status, and a message that says what."""

import contextlib
import os
import signal
import socket
import stat
import subprocess
import tempfile
import threading
from unittest import mock

import fakedaemon
import taptest
import tooltest


@contextlib.contextmanager
def web_server():
    """Somebody else's daemon, who does not understand."""
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(f"{folder}/http")
        listener.listen()

        def serve():
            with contextlib.suppress(OSError), listener.accept()[0] as peer:
                peer.recv(4096)
                peer.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        yield f"unix://{folder}/http"


def stay_silent(_done_before=None):
    threading.Event().wait()


class Refused(tooltest.TestCase):
    COMMANDS = {
        "no": lambda request, peer: [fakedaemon.reply({"success": "no"})],
        "hostile": lambda request, peer: [
            fakedaemon.reply({"success": "no", "errmsg": "\x1b[31mred\nline\x9b ü"})],
    }

    def test_success_no_prints_the_reply_and_the_reason(self):
        self.assertEqual(
            self.call("--raw", "unload-conn", "name=x", status=1,
                      stderr="gvici: unloading connection 'x' failed\n"),
            "unload-conn reply {success=no errmsg=unloading connection 'x' failed}\n")

    def test_success_no_at_the_end_of_a_log(self):
        self.assertEqual(
            self.call("--json", "initiate", "child=x", status=1,
                      stderr="gvici: CHILD_SA config 'x' not found\n").splitlines()[1:],
            ['{"success":"no","errmsg":"CHILD_SA config \'x\' not found"}'])

    def test_success_no_without_a_reason(self):
        self.call("no", status=1, stderr="gvici: The daemon refused the command and did not say why\n")

    def test_a_reason_does_not_control_the_terminal(self):
        self.call("hostile", status=1, stderr="gvici:  [31mred line  ü\n")

    def test_an_unknown_command(self):
        self.call("nonsense", status=1, stderr="gvici: The daemon does not know the command “nonsense”\n")

    def test_an_unknown_event_of_a_streamed_command(self):
        with mock.patch.object(fakedaemon, "EVENT_NAMES", fakedaemon.EVENT_NAMES - {"list-sa"}):
            self.call("list-sas", status=1, stderr="gvici: The daemon does not know the event “list-sa”\n")


class Usage(tooltest.TestCase):
    def refused(self, message, *args):
        run = tooltest.gvici(*args)
        self.assertEqual((run.stdout, run.returncode), ("", 2))
        self.assertRegex(run.stderr, r"\Agvici: .+\n\Z")
        self.assertIn(message, run.stderr)

    def test_wrong_options(self):
        for message, *args in (
                ("No command is given",),
                ("No command is given", "--json"),
                ("No event to listen for is given", "listen"),
                ("--nonsense", "--nonsense", "version"),
                ("--timeout", "--timeout", "soon", "version"),
                ("--timeout", "--timeout", "99999999999999999999", "version"),
                ("cannot be negative", "--timeout", "-1", "version"),
                ("--uri", "version", "--uri"),
                ("Only one of", "--json", "--raw", "version"),
                ("Only one of", "--pretty", "--raw", "version")):
            with self.subTest(args=args):
                self.refused(message, *args)

    def test_wrong_uris(self):
        for message, uri in (
                ("“” is no URI", ""),
                ("There is no transport “http:”", "http://localhost"),
                ("“/run/charon.vici” is no URI", "/run/charon.vici"),
                ("“unix://” names no socket", "unix://"),
                ("“unix://run” names no socket", "unix://run"),
                ("is too long for a socket", "unix:///" + "a" * 108),
                ("“tcp://” names no host and port", "tcp://"),
                ("names no host and port", "tcp://localhost:99999"),
                ("names no host and port", "tcp://localhost:port")):
            with self.subTest(uri=uri):
                self.refused(message, "--uri", uri, "version")
                self.refused(message, "--uri", uri, "listen", "log")

    def test_wrong_names(self):
        self.call("", status=2, stderr="gvici: A command or event must have a name\n")
        self.call("ü", status=2, stderr="gvici: The name “\\303\\274” is not printable ASCII\n")
        self.assertIn("the limit is 255", tooltest.gvici("--uri", self.uri, "a" * 256).stderr)

    def test_help_and_version(self):
        run = tooltest.gvici("--help")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertLess(max(map(len, run.stdout.splitlines())), 90)
        run = tooltest.gvici("--version")
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertRegex(run.stdout, r"\Agvici \d+\.\d+\.\d+\n\Z")


class Broken(tooltest.TestCase):
    COMMANDS = {
        "silent": lambda request, peer: stay_silent(),
        "list-sas": lambda request, peer: stay_silent(
            peer.connection.sendall(fakedaemon.Event("list-sa", fakedaemon.SA))),
    }

    def broken(self, message, *args, **options):
        run = tooltest.gvici(*args, **options)
        self.assertEqual((run.stdout, run.returncode), ("", 3))
        self.assertRegex(run.stderr, r"\Agvici: .+\n\Z")
        self.assertIn(message, run.stderr)

    def test_no_socket(self):
        for args in ("version",), ("list-sas",), ("listen", "log"):
            self.broken("gvici: Cannot reach “unix:///nonexistent/socket”: ",
                        "--uri", "unix:///nonexistent/socket", *args)
            self.broken("No such file or directory", "--uri", "unix:///nonexistent/socket", *args)

    def test_nobody_listens(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"{folder}/socket")
            self.broken("Connection refused", "--uri", f"unix://{folder}/socket", "version")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.broken("Connection refused",
                        "--uri", "tcp://127.0.0.1:%d" % listener.getsockname()[1], "version")

    def test_no_permission(self):
        if os.geteuid() != 0:
            self.skipTest("only root can become another user")
        nobody = {"user": tooltest.NOBODY, "group": tooltest.NOBODY, "extra_groups": []}
        try:
            subprocess.run([tooltest.GVICI, "--version"], check=True, capture_output=True, **nobody)
        except (OSError, subprocess.CalledProcessError):
            self.skipTest("another user cannot run what was built here")
        self.broken("Permission denied", "--uri", self.uri, "version", **nobody)

        path = self.uri.removeprefix("unix://")
        os.chmod(os.path.dirname(path), stat.S_IRWXU | stat.S_IXOTH)
        os.chmod(path, stat.S_IRWXU)
        self.broken("Permission denied", "--uri", self.uri, "version", **nobody)

    def test_a_web_server(self):
        for args in ("version",), ("list-sas",), ("listen", "log"):
            with web_server() as uri:
                self.broken("The peer announced a packet of 1213486160 bytes", "--uri", uri, *args)

    def test_a_daemon_that_hangs_up(self):
        self.call("test-hang-up", status=3, stderr="gvici: The daemon closed the connection\n")

    def test_a_daemon_that_sends_rubbish(self):
        for message, data in (("an empty packet", "00000000"),
                              ("shorter than its name", "0000000107"),
                              ("of type 0, which only a client sends", "00000003000161"),
                              ("unknown type 9", "0000000109"),
                              ("malformed", "0000000201ff")):
            run = tooltest.gvici("--uri", self.uri, "test-raw", f"hex={data}")
            self.assertEqual((run.stdout, run.returncode), ("", 3))
            self.assertIn(message, run.stderr)

    def test_a_daemon_that_is_silent(self):
        error = "gvici: The daemon did not answer in time\n"
        self.assertEqual(self.call("--timeout", "50", "silent", status=3, stderr=error), "")
        # What came before is printed. On a busy machine it may take as long to come.
        for timeout in 50, 500, 5000, 30000:
            said = self.call("--timeout", str(timeout), "--raw", "list-sas", status=3, stderr=error)
            if said:
                break
        self.assertIn("list-sa event", said)

    def test_a_daemon_that_does_not_accept(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener, \
             socket.socket(socket.AF_UNIX) as first:
            listener.bind(f"{folder}/socket")
            listener.listen(0)
            first.connect(f"{folder}/socket")
            self.broken("did not accept the connection within 50 ms",
                        "--timeout", "50", "--uri", f"unix://{folder}/socket", "version")

    def test_no_timeout_waits(self):
        self.assertEqual(self.call("--timeout", "0", "--raw", "test-delay", "ms=200"),
                         "test-delay reply {}\n")


class Signals(tooltest.TestCase):
    COMMANDS = Broken.COMMANDS

    def test_an_interrupt_ends_a_command(self):
        with tooltest.started("--uri", self.uri, "--raw", "list-sas") as process:
            self.assertIn("list-sa event", process.stdout.readline())
            process.send_signal(signal.SIGINT)
            self.assertEqual((*process.communicate(timeout=60), process.returncode),
                             ("", "", -signal.SIGINT))

    def test_a_closed_pipe_ends_it_quietly(self):
        reading, writing = os.pipe()
        os.close(reading)
        run = tooltest.gvici("--uri", self.uri, "version", stdout=writing)
        os.close(writing)
        self.assertEqual((run.returncode, run.stderr), (-signal.SIGPIPE, ""))


class Secrets(tooltest.TestCase):
    def test_debug_output_has_none(self):
        for command in "load-key", "load-shared", "load-token":
            run = tooltest.gvici("--uri", self.uri, "--unchecked", command, "type=IKE", "data=sesame",
                                 "pin=sesame", env=os.environ | {"G_MESSAGES_DEBUG": "all"})
            self.assertNotIn("sesame", run.stdout + run.stderr)
            self.assertIn(command, run.stdout + run.stderr)


if __name__ == "__main__":
    taptest.main()
