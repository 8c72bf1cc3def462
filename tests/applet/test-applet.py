#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The applet, used through its accessibility tree, beside two real daemons: appletcase.py
says how it is called."""

import os
import re
import signal
import time

import appletcase
import appletlab
from accessible import Node, wait_for
from appletcase import TestCase
from appletlab import A, B, connection, find_row

# Without any of them, root is a user like others: who may use a socket is for its mode to say.
NO_CAPABILITIES = "setpriv", "--inh-caps=-all", "--bounding-set=-all"


class List(TestCase):
    def test_shows_what_is_configured(self):
        self.start()
        for name in "home", "office":
            row = self.row(name, "Disconnected")
            self.assertIn(B, row.labels)
            self.assertFalse(self.switch(name).checked)
        self.assertIsNone(self.applet.find("alert"))
        self.picture("list")

    def test_switch_brings_up_and_down(self):
        self.start()
        self.switch("home").act()
        row = self.row("home", "Connected")
        self.assertTrue(self.switch("home").checked)
        self.assertIn(f"{A} ↔ {B}", row.labels)
        self.assertFalse(self.switch("office").checked)
        self.assertIn("home", self.daemons.swanctl(self.daemons.a, "--list-sas"))
        self.picture("list-up")
        self.switch("home").act()
        self.row("home", "Disconnected")
        self.assertEqual(self.daemons.swanctl(self.daemons.a, "--list-sas"), "")

    def test_graph_follows_the_traffic(self):
        self.start()
        self.daemons.initiate()
        self.row("home", "Connected")
        self.assertRegex(self.graph(), r"receiving 0\sbytes/s, sending 0\sbytes/s")
        with self.daemons.traffic():
            self.wait_for_traffic()
            self.picture("list-traffic")
        wait_for(lambda: re.search(r"receiving 0\sbytes/s, sending 0\sbytes/s, at most \S+\skB/s",
                                   self.graph()), lambda: f"silence in “{self.graph()}”")

    def test_what_others_load_and_unload_appears_and_disappears(self):
        self.start()
        self.row("office")
        self.daemons.load_into(self.daemons.a, connection("home"), connection("elsewhere"))
        self.row("elsewhere", "Disconnected")
        wait_for(lambda: not find_row(self.applet, "office"), "the end of office")
        self.row("home")
        self.picture("list-loaded-by-swanctl")

    def test_what_is_unloaded_while_up_stays_until_it_is_down(self):
        self.start()
        self.daemons.initiate()
        self.row("home", "Connected for")
        self.daemons.load_into(self.daemons.a, connection("office"))
        self.row("home", "no longer configured")
        self.picture("list-unloaded-while-up")
        self.switch("home").act()
        wait_for(lambda: not find_row(self.applet, "home"), "the end of home")


class Details(TestCase):
    def details(self, name):
        """What shows all that is known of an SA, and puts it away."""
        return self.applet.wait_for("push button", f"Details of {name}")

    def child(self, besides=None):
        """The title of a CHILD_SA, of another than that one."""
        return wait_for(lambda: next((node.text for node in self.applet.all("label", re.compile("^net, SA "))
                                      if node.text != besides), None), "a CHILD_SA")

    def wait_for_facts(self, count):
        """Until those of that many SAs are shown."""
        wait_for(lambda: len(self.fact("Algorithms")) == count,
                 lambda: f"the facts of {count} SAs in\n{self.applet.tree()}")

    def test_show_the_sas_and_follow_a_rekeying(self):
        self.start()
        self.daemons.initiate()
        self.row("home", "Connected")
        self.open("home")
        self.applet.wait_for("label", "IKEv2 SA 1")
        child = self.applet.wait_for("label", re.compile("^net, SA ")).name
        self.assertIn("AES_CBC-128 · HMAC_SHA2_256_128 · PRF_HMAC_SHA2_256 · CURVE_25519",
                      self.fact("Algorithms"))
        self.assertIn("10.1.0.1/32 ↔ 10.2.0.1/32", self.fact("Networks"))
        with self.daemons.traffic():
            self.wait_for_traffic()
            self.assertRegex(self.fact("Received")[0], r"\d\s[kM]B in \d+ packets, \S+\skB/s")
            self.picture("details")
        self.daemons.swanctl(self.daemons.a, "--rekey", "--ike", "home")
        self.applet.wait_for("label", "IKEv2 SA 2")
        self.daemons.swanctl(self.daemons.a, "--rekey", "--child", "net")
        self.applet.wait_until_gone("label", child)
        self.applet.wait_for("label", re.compile("^net, SA "))
        self.applet.wait_until_gone("label", "IKEv2 SA 1")
        self.daemons.swanctl(self.daemons.a, "--terminate", "--ike", "home")
        self.applet.wait_until_gone("label", re.compile("SA [0-9]"))
        self.picture("details-down")
        self.key("Escape")
        self.row("home", "Disconnected")

    def test_of_an_sa_can_be_put_away_by_mouse_and_by_keyboard(self):
        self.start()
        self.daemons.initiate()
        self.row("home", "Connected")
        self.open("home")
        self.wait_for_facts(2)
        child = self.child()
        self.details(child).act()
        self.wait_for_facts(1)
        self.assertEqual(self.fact("Received"), [])
        self.applet.wait_for("label", "10.1.0.1/32 ↔ 10.2.0.1/32")
        self.daemons.swanctl(self.daemons.a, "--rekey", "--child", "net")
        self.applet.wait_until_gone("label", child)
        self.child(besides=child)
        self.wait_for_facts(1)
        self.picture("details-short")
        self.key("Down", "Down", "Return")
        self.applet.wait_until_gone("label", re.compile("^net, SA "))
        self.wait_for_facts(0)
        self.applet.wait_for("label", re.compile(f"^{A} ↔ {B} · bob-home$"))
        self.key("Tab", "space")
        self.child()
        self.wait_for_facts(2)

    def test_of_many_sas_are_shown_when_they_are_asked_for(self):
        ports = range(80, 88)
        for charon, ends in (self.daemons.a, "ab"), (self.daemons.b, "ba"):
            self.daemons.load_into(charon, connection("home", ends, ports=ports))
        self.start()
        for port in ports:
            self.daemons.initiate(child=f"net-{port}")
        self.row("home", "Connected")
        self.open("home")
        self.applet.wait_for("label", "IKEv2 SA 1")
        self.wait_for_facts(0)
        self.assertIsNone(self.applet.find("label", re.compile(r"^net-8\d, SA ")))
        self.details("IKEv2 SA 1").act()
        self.wait_for_facts(1)
        self.picture("details-many")
        # To the summary, the IKE_SA, and the first below it: what is out of sight is not in the tree.
        self.key("Down", "Down", "Down")
        self.details(self.applet.wait_for("label", re.compile(r"^net-8\d, SA ")).name).act()
        self.wait_for_facts(2)


class Log(TestCase):
    def lines(self):
        """The lines in sight, each with its time, its group and its text."""
        log = self.applet.find("list", "Log")
        return [tuple(item.labels) for item in log.all("list item")] if log else []

    def wait_for_lines(self, condition, what):
        """There are some, and all are as they should be."""
        wait_for(lambda: (lines := self.lines()) and all(condition(*line) for line in lines),
                 lambda: f"lines {what} among\n{self.lines()}")

    def choose(self, name, position):
        """One of a list that drops down, by its distance from the one that is chosen."""
        self.desk.click(self.applet.find("combo box", name))
        self.key(*["Down"] * position, "Return")

    def search(self, text):
        self.applet.find("entry", "Search in the log").write(text)

    def setUp(self):
        super().setUp()
        self.start()
        self.row("home")
        self.key("ctrl+f")
        self.daemons.initiate()
        wait_for(lambda: any("IKE_SA home[1] established" in text for _, _, text in self.lines()),
                 lambda: f"what is logged in\n{self.applet.tree()}")

    def test_is_searched(self):
        self.assertFalse(all("established" in text for _, _, text in self.lines()))
        self.picture("log")
        self.search("established")
        self.wait_for_lines(lambda time, group, text: "established" in text, "with a word")
        self.picture("log-searched")
        self.search("no such line")
        self.applet.wait_for("label", "No Lines Found")

    def test_is_filtered_by_level_and_group(self):
        self.choose("Group", 3)
        self.wait_for_lines(lambda time, group, text: group == "IKE", "of a group")
        self.picture("log-group")
        self.choose("Level of detail", 1)
        self.wait_for_lines(lambda time, group, text: re.match("initiating|establishing|.* established",
                                                               text), "of the lowest level")
        self.picture("log-level")

    def test_is_copied(self):
        self.search("IKE_SA home[1] established")
        self.wait_for_lines(lambda time, group, text: "IKE_SA home[1] established" in text, "to copy")
        self.applet.find("push button", "Copy Selected Lines, or All").act()

        # A button that is pressed by others than a mouse takes its time.
        def paste():
            self.key("ctrl+a", "ctrl+v")
            return self.applet.find("entry", "Search in the log").text

        wait_for(lambda: re.search(r"\[IKE\] IKE_SA home\[1\] established .*\n?$", paste()),
                 "what was copied")


class Certificates(TestCase):
    def test_tell_when_they_end(self):
        self.start()
        self.row("home")
        self.daemons.load_certificate("moon.example", days=10)
        self.applet.wait_for("page tab", "Certificates").act()
        subject = self.applet.wait_for(None, re.compile("CN=moon.example"))
        self.assertTrue(subject)
        self.applet.wait_for("label", re.compile("9 days are left"))
        self.picture("certificates")


class Looks(TestCase):
    def test_are_dark_where_the_desktop_is(self):
        self.start(ADW_DEBUG_COLOR_SCHEME="prefer-dark")
        self.daemons.initiate()
        self.row("home", "Connected")
        self.picture("dark-list")
        self.open("home")
        self.applet.wait_for("label", "IKEv2 SA 1")
        self.picture("dark-details")

    def test_fit_a_narrow_window(self):
        self.start()
        self.row("home")
        self.desk.resize(appletlab.TITLE, 380, 640)

        def right_edge():
            left, _, width, _ = self.switch("home").extents
            return left + width

        wait_for(lambda: right_edge() < 380, lambda: f"{right_edge()} to be less")
        self.assertTrue(self.applet.find("page tab", "Log"))
        self.picture("narrow")


class Access(TestCase):
    def test_all_that_can_be_used_has_a_name(self):
        self.start()
        self.row("home")
        self.assert_all_have_names()


class Failures(TestCase):
    def test_wrong_secret_shows_the_reason(self):
        self.daemons.load(wrong=["home"])
        self.start()
        self.switch("home").act()
        self.toast("home", "The peer did not accept who we are.")
        self.picture("wrong-secret")

    def test_can_be_given_up_while_it_connects(self):
        os.kill(self.daemons.b.pid, signal.SIGSTOP)
        self.addCleanup(os.kill, self.daemons.b.pid, signal.SIGCONT)
        self.start()
        self.switch("home").act()
        self.row("home", "Connecting")
        self.picture("connecting")
        self.switch("home").act()
        self.row("home", "Disconnected|Could not")
        self.assertFalse(self.switch("home").checked)


class Daemon(TestCase):
    def test_killed_shows_a_banner_and_comes_back(self):
        self.start()
        self.daemons.initiate()
        self.row("home", "Connected")
        self.daemons.a.kill()
        self.banner(".")
        self.picture("daemon-killed")
        self.daemons.a.start()
        self.daemons.load()
        self.row("home", "Disconnected")
        self.wait_until_no_banner()
        self.switch("home").act()
        self.row("home", "Connected")

    def test_absent_shows_a_banner_until_it_starts(self):
        self.daemons.a.stop()
        self.daemons.a.socket.unlink(missing_ok=True)
        self.start()
        self.banner("not running")
        self.picture("daemon-absent")
        self.daemons.a.start()
        self.wait_until_no_banner()
        self.daemons.load()
        self.row("home", "Disconnected")

    def test_socket_without_permission_shows_a_banner_until_there_is_one(self):
        os.chmod(self.daemons.a.socket, 0)
        self.start(NO_CAPABILITIES)
        self.banner("(?i)permi|allow")
        self.picture("no-permission")
        os.chmod(self.daemons.a.socket, 0o700)
        self.row("home", "Disconnected")
        self.wait_until_no_banner()

    def test_stopped_keeps_nobody_waiting(self):
        """Ten seconds long, all that is asked of the window is answered."""
        self.start()
        self.daemons.initiate()
        self.row("home", "Connected")
        os.kill(self.daemons.a.pid, signal.SIGSTOP)
        try:
            Node.longest = 0
            self.switch("office").act()
            self.row("office", "Connecting")
            self.use_for(5)
            self.picture("daemon-stopped")
            self.switch("office").act()
            self.use_for(5)
        finally:
            os.kill(self.daemons.a.pid, signal.SIGCONT)
        print(f"# the longest answer took {Node.longest * 1000:.0f} ms", flush=True)
        self.assertLess(Node.longest, 3)
        self.row("home", "Connected")
        self.row("office", "Disconnected")
        self.wait_until_no_banner()

    def use_for(self, seconds):
        """Asks the window for all that is on it, again and again."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for _, node in self.applet.root.walk():
                if time.monotonic() > deadline:
                    return
                self.assertIsInstance(node.name, str)


if __name__ == "__main__":
    appletcase.main()
