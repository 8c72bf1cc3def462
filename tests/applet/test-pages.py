#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The pages of the applet, by keyboard and for a screen reader, and what they say where
something is the matter: appletcase.py says how it is called."""

import os
import pathlib
import re
import signal
import tempfile

import appletcase
import appletlab
from accessible import wait_for
from appletlab import A, B

# A window of such width is the narrowest that there is.
NARROW = 360

LOG_WINDOW = "What strongSwan Says"

# Who proves it by certificate. That of the peer has expired.
BY_CERTIFICATE = """\
connections {{
  branch {{
    remote_addrs = {B}
    local {{
      auth = pubkey
      certs = {pki}/alice.pem
    }}
    remote {{
      auth = pubkey
      certs = {pki}/bob-expired.pem
      cacerts = {pki}/authority.pem
    }}
  }}
}}
"""

# As the applet keeps a connection that was made in it, which is without its secret.
SAVED = f"""\
[branch]
name=branch
remote-addrs={B}
local-id=alice-branch
remote-id=bob-branch
auth=psk
version=2
start=no
"""


class TestCase(appletcase.TestCase):
    ending = "ctrl+w"

    def focused(self):
        """What has the focus: its role and its name."""
        return next(((node.role, node.name) for node in self.applet.all() if "focused" in node.states),
                    None)

    def tab(self, times):
        """What has the focus after each of so many Tabs."""
        met = []
        for _ in range(times):
            self.desk.key("Tab")
            met.append(self.focused())
        return met

    def assert_one_step(self, met):
        """Of a list, one row had the focus, and then something else."""
        roles = [role for role, _ in met]
        self.assertIn("list item", roles)
        self.assertNotIn(("list item", "list item"), [*zip(roles, roles[1:])], met)

    def assert_rows(self, pattern):
        """There is a row of a list that a screen reader calls so."""
        self.applet.wait_for("list item", re.compile(pattern))


class Keyboard(TestCase):
    def setUp(self):
        super().setUp()
        self.start()
        self.row("home")
        self.daemons.initiate()
        self.row("home", "Connected")

    def test_goes_through_the_details_and_out_again(self):
        self.open("home")
        self.applet.wait_for("label", "IKEv2 SA 1")
        self.desk.focus(appletlab.TITLE)
        met = self.tab(12)
        for control in (("push button", "Back"), ("check box", "Connection home"),
                        ("push button", "Menu of the Connection")):
            self.assertIn(control, met)

    def test_passes_the_log_in_one_step(self):
        self.key("ctrl+f")
        self.assert_rows("established between")
        met = self.tab(10)
        self.assert_one_step(met)
        self.assertIn(("push button", "Clear the Log"), met)

    def test_passes_the_certificates_in_one_step(self):
        self.daemons.load_certificate("moon.example", days=10)
        self.applet.wait_for("page tab", "Certificates").act()
        self.assert_rows("^CN=moon.example")
        self.desk.focus(appletlab.TITLE)
        met = self.tab(12)
        self.assertIn(("push button", "Add Connection"), met)
        self.assert_one_step(met)


class Names(TestCase):
    def test_of_rows_tell_what_is_in_them(self):
        self.start()
        self.assert_rows(f"^home, Disconnected, {B}$")
        self.daemons.initiate()
        self.assert_rows(f"^home, Connected, {B}$")
        self.daemons.load_certificate("moon.example", days=10)
        self.open("home")
        self.assert_rows("^IKEv2 SA 1, Established$")
        self.assert_rows(r"^net, SA \d+, Installed$")
        self.key("Escape")
        self.applet.wait_for("page tab", "Certificates").act()
        self.assert_rows(r"^CN=moon.example, Certificate of an authority, Valid until \d+ \w+ \d{4}: 9 days are left$")
        self.key("ctrl+f")
        self.assert_rows(r"^IKE_SA home\[1\] established")

    def test_of_buttons_are_told_once(self):
        self.daemons.load_into(self.daemons.a)
        self.start()
        self.applet.wait_for("push button", "Add Connection…")
        self.daemons.a.kill()
        self.banner(".")
        self.applet.wait_for("push button", "Retry")


class Details(TestCase):
    def test_tell_until_when_certificates_are_valid(self):
        self.daemons.load_into(self.daemons.a, BY_CERTIFICATE.format(B=B, pki=self.daemons.pki.folder))
        self.start()
        self.row("branch")
        self.open("branch")
        wait_for(lambda: self.fact("Own certificate"), lambda: f"a certificate in\n{self.applet.tree()}")
        valid = re.compile(r"^CN=\w+\nValid until \d+ \w+ \d{4}")
        self.assertRegex(self.fact("Own certificate")[0], valid)
        self.assertRegex(self.fact("Certificate of the peer")[0], r"^CN=bob\nExpired on \d+ \w+ \d{4}$")
        self.assertRegex(self.fact("Authority of the peer")[0], valid)
        self.assertEqual(self.fact("Own authentication"), ["Public key, CN=alice"])
        self.picture("details-certificates")

    def test_outlive_the_daemon(self):
        self.start()
        self.daemons.initiate()
        self.row("home", "Connected")
        self.open("home")
        self.applet.wait_for("label", "IKEv2 SA 1")
        self.assertIn("Tunnel, ESP", "\n".join(self.fact("Mode")))
        self.assertIn("Pre-shared key, alice-home", self.fact("Own authentication"))
        self.daemons.a.kill()
        self.applet.wait_for("label", "Waiting for strongSwan")
        self.daemons.a.start()
        self.daemons.load()
        self.row("home", "Disconnected")


class Failures(TestCase):
    def test_show_their_log_when_the_toast_has_gone(self):
        self.daemons.load(wrong=["home"])
        self.start()
        self.row("home").find("push button", "Details of home").act()
        self.applet.wait_for("push button", "Back")
        self.assertIsNone(self.applet.find("push button", "Show Log"))
        self.applet.wait_for("check box", "Connection home").act()
        self.applet.wait_until_gone("label", re.compile("^home: "))
        self.picture("failed-details")
        self.applet.wait_for("push button", "Show Log").act()
        self.assert_rows("AUTHENTICATION_FAILED")
        self.applet.wait_for("label", "home: The peer did not accept who we are.")
        self.desk.focus(LOG_WINDOW)
        met = self.tab(6)
        self.assert_one_step(met)
        self.desk.key("Escape")
        self.applet.wait_until_gone(None, LOG_WINDOW)

    def test_of_a_secret_that_is_gone_are_told_before_they_happen(self):
        config = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (config / "vici-applet").mkdir()
        uri = self.daemons.a.uri.replace("/", "%2F")
        (config / "vici-applet" / f"{uri}.conf").write_text(SAVED)
        self.start(XDG_CONFIG_HOME=str(config))
        self.row("branch", "^Disconnected: its secret is needed$")
        self.row("home", "^Disconnected$")
        self.picture("secret-needed")


class Daemon(TestCase):
    def test_that_is_stopped_shows_a_banner_soon(self):
        self.start()
        self.row("home")
        os.kill(self.daemons.a.pid, signal.SIGSTOP)
        try:
            self.banner(".")
            self.applet.wait_for("push button", "Retry")
            self.picture("daemon-silent")
        finally:
            os.kill(self.daemons.a.pid, signal.SIGCONT)
        self.wait_until_no_banner()
        self.row("home", "Disconnected")


class Narrow(TestCase):
    def test_shows_the_rates(self):
        self.start()
        self.daemons.initiate()
        self.row("home", f"{A} ↔ {B}")
        self.row("home", "↓ .* ↑ ")
        self.graph()
        self.desk.resize(appletlab.TITLE, NARROW, 640)
        self.applet.wait_until_gone("image", re.compile("^Traffic"))
        self.row("home", "↓ .* ↑ ")
        self.picture("narrow-rates")
        self.desk.resize(appletlab.TITLE, 760, 640)
        self.graph()
        wait_for(lambda: len([label for label in self.row("home").labels if "↓" in label]) == 1,
                 "the rates in one place")


if __name__ == "__main__":
    appletcase.main()
