# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the applet's windows have in common.

The path of its program is the argument. Each test leaves pictures of what is on the
screen in the directory VICI_SCREENSHOTS, where that is set, to be looked at.
"""

import contextlib
import os
import pathlib
import re
import sys
import tempfile
import unittest

import appletlab
import desk
import lab
import taptest
from accessible import wait_for

PROGRAM = pathlib.Path(sys.argv.pop(1)) if len(sys.argv) > 1 else None

# What GTK itself says where nothing is wrong.
HARMLESS = re.compile(r"^$|gtk_widget_size_allocate\(\): attempt to allocate (GtkBox|AdwViewSwitcher) .* height -1")


class TestCase(unittest.TestCase):
    desk = daemons = pictures = None        # while the tests run
    harmless = HARMLESS
    last_window = appletlab.TITLE           # where the applet is asked to end
    ending = "ctrl+q"                       # by these keys

    def setUp(self):
        self.daemons.renew()

    def start(self, wrapper=(), **environment):
        """The applet of the daemon alice."""
        self.applet = self.enterContext(
            appletlab.start(self.desk, PROGRAM, self.daemons.a.uri, wrapper, **environment))
        self.addCleanup(self.check_end)
        return self.applet

    def check_end(self):
        """It ends when it is asked to, and had nothing to complain of."""
        self.desk.focus(self.last_window)
        self.desk.key(self.ending)
        said = self.applet.said
        self.assertEqual(self.applet.process.wait(desk.PATIENCE), 0, said)
        self.assertEqual([line for line in said.splitlines() if not self.harmless.search(line)], [])

    def picture(self, name):
        self.desk.screenshot(self.pictures / f"{name}.png")

    def switch(self, name):
        """That in the list."""
        return self.row(name).find("check box", f"Connection {name}")

    def row(self, name, text=None):
        return appletlab.wait_for_row(self.applet, name, text)

    def banner(self, text):
        """The banner, once it says so."""
        def look():
            banner = self.applet.find("alert")
            return banner if banner and re.search(text, "\n".join(banner.labels)) else None
        return wait_for(look, lambda: f"a banner with “{text}” in\n{self.applet.tree()}")

    def wait_until_no_banner(self):
        self.applet.wait_until_gone("alert")

    def key(self, *names):
        self.desk.focus(appletlab.TITLE)
        self.desk.key(*names)

    def graph(self):
        """What the graph in sight says to who cannot see it."""
        return self.applet.wait_for("image", re.compile("^Traffic of the last minute")).name

    def wait_for_traffic(self):
        """Until it can be seen. A minute is a long time for a test: some seconds do."""
        wait_for(lambda: re.search(r"receiving \S+\skB/s, sending \S+\skB/s", self.graph()),
                 lambda: f"traffic in “{self.graph()}”")
        for _ in range(5):
            said = self.graph()
            wait_for(lambda: self.graph() != said, lambda: f"another rate than “{self.graph()}”")

    def toast(self, name, reason):
        """What tells why a connection failed; its row says so too."""
        toast = self.applet.wait_for("label", re.compile(f"^{name}: "))
        self.assertEqual(toast.name, f"{name}: {reason}")
        self.row(name, re.escape(reason))
        self.assertFalse(self.switch(name).checked)

    def assert_all_have_names(self):
        """All that somebody can use has one, but for what libadwaita puts into its rows."""
        used = {"push button", "toggle button", "check box", "entry", "text", "combo box", "list"}
        theirs = {("push button", "GtkImage", "Show Text"), ("list", "GtkListView", "")}
        nameless = {(node.role, node.name, node.description) for node in self.applet.all()
                    if node.role in used and re.search("^(Gtk|Adw|Applet|$)", node.name)}
        self.assertEqual(nameless - theirs, set())

    def open(self, name):
        """Shows the details of a connection."""
        self.desk.click(self.row(name).find("label", name))

    def fact(self, name):
        """What is said under a name in the details, in the order of the SAs."""
        labels = [node.text for node in self.applet.all("label")]
        return [value for label, value in zip(labels, labels[1:]) if label == name]


def main():
    try:
        lab.require()
        desk.require()
        with contextlib.ExitStack() as stack:
            pictures = os.environ.get("VICI_SCREENSHOTS")
            TestCase.pictures = pathlib.Path(
                pictures or stack.enter_context(tempfile.TemporaryDirectory()))
            TestCase.pictures.mkdir(parents=True, exist_ok=True)
            TestCase.daemons = stack.enter_context(appletlab.Daemons())
            TestCase.desk = stack.enter_context(desk.Desk())
            taptest.main()
    except lab.Unavailable as reason:
        print(f"1..0 # SKIP {reason}")
