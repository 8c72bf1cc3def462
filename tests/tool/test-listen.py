#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gvici listen prints events as they come, until somebody ends it."""

import signal
import subprocess
from unittest import mock

import fakedaemon
import taptest
import tooltest

IKE = "{up=yes gateway {version=2 state=ESTABLISHED remote-vips=[10.0.0.1]}}"


class Peer(fakedaemon.Peer):
    """Has an event for whoever registers, and stays."""

    def answer(self, kind, name, message):
        packets = super().answer(kind, name, message)
        if kind == fakedaemon.REGISTER and name in fakedaemon.EVENTS:
            packets.append(fakedaemon.Event(name, fakedaemon.EVENTS[name]))
        return packets


class Listen(tooltest.TestCase):
    def setUp(self):
        self.enterContext(mock.patch.object(fakedaemon, "Peer", Peer))
        super().setUp()

    def listen(self, *args):
        process = tooltest.started("--uri", self.uri, *args)
        self.addCleanup(process.__exit__, None, None, None)
        self.addCleanup(process.kill)
        return process

    def ended(self, process):
        return *process.communicate(timeout=60), process.returncode

    def test_an_event_is_there_at_once(self):
        process = self.listen("--raw", "listen", "ike-updown")
        self.assertEqual(process.stdout.readline(), f"ike-updown event {IKE}\n")

    def test_several_events(self):
        process = self.listen("--raw", "listen", "log", "ike-updown", "child-updown")
        self.assertEqual([process.stdout.readline().split(" {")[0] for _ in range(2)],
                         ["ike-updown event", "child-updown event"])

    def test_pretty(self):
        process = self.listen("listen", "ike-updown")
        self.assertEqual([process.stdout.readline() for _ in range(2)],
                         ["ike-updown event {\n", "  up = yes\n"])

    def test_json_of_one_event_is_the_message(self):
        process = self.listen("--json", "listen", "ike-updown")
        self.assertEqual(process.stdout.readline(),
                         '{"up":"yes","gateway":{"version":"2","state":"ESTABLISHED",'
                         '"remote-vips":["10.0.0.1"]}}\n')

    def test_json_of_several_events_has_their_names(self):
        process = self.listen("--json", "listen", "ike-updown", "child-updown")
        for name in "ike-updown", "child-updown":
            self.assertTrue(process.stdout.readline().startswith('{"%s":{"up":"yes",' % name))

    def test_a_signal_ends_it_well(self):
        for signum in signal.SIGINT, signal.SIGTERM:
            process = self.listen("--raw", "listen", "ike-updown")
            process.stdout.readline()
            process.send_signal(signum)
            self.assertEqual(self.ended(process), ("", "", 0))

    def test_a_reader_that_leaves_ends_it_quietly(self):
        process = self.listen("--raw", "listen", "ike-updown")
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual((process.wait(timeout=60), process.stderr.read()), (-signal.SIGPIPE, ""))

    def test_an_unknown_event(self):
        self.call("listen", "nonsense", status=1,
                  stderr="gvici: The daemon does not know the event “nonsense”\n")

    def test_an_unknown_event_among_others(self):
        self.call("listen", "log", "nonsense", "control-log", status=1,
                  stderr="gvici: The daemon does not know the event “nonsense”\n")

    def test_an_event_that_cannot_be(self):
        self.call("listen", "", status=2, stderr="gvici: A command or event must have a name\n")


class Ended(tooltest.TestCase):
    def setUp(self):
        self.uri = self.enterContext(fakedaemon.running(talkative=["ike-updown"]))

    def test_a_daemon_that_leaves(self):
        self.assertEqual(self.call("--raw", "listen", "ike-updown", status=3,
                                   stderr="gvici: The daemon closed the connection\n"),
                         f"ike-updown event {IKE}\n")


class Silent(tooltest.TestCase):
    def test_the_timeout_is_for_the_subscription_alone(self):
        with mock.patch.object(fakedaemon, "Peer", Peer):
            uri = self.enterContext(fakedaemon.running())
            # On a busy machine the subscription may take as long.
            for timeout in 300, 3000, 30000:
                with tooltest.started("--uri", uri, "--timeout", str(timeout), "listen",
                                      "ike-updown") as process:
                    if process.stdout.readline():
                        with self.assertRaises(subprocess.TimeoutExpired):
                            process.wait(timeout=2 * timeout / 1000)
                        process.kill()
                        return
            self.fail("there was no event")

    def test_a_subscription_that_is_not_answered(self):
        with mock.patch.object(fakedaemon.Peer, "answer", lambda *args: []):
            self.call("--timeout", "50", "listen", "log", status=3,
                      stderr="gvici: The daemon did not answer in time\n")


if __name__ == "__main__":
    taptest.main()
