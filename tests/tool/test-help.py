#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The help of a command or an event tells all that is in the table of it."""

import unittest

import taptest
import tooltest


def help_of(*words):
    run = tooltest.gvici(*words, "--help")
    assert (run.returncode, run.stderr) == (0, ""), run.stderr
    return run.stdout


class Help(unittest.TestCase):
    maxDiff = None

    def test_a_command(self):
        self.assertEqual(help_of("unload-conn"), """\
gvici unload-conn

Removes a connection.
strongSwan has it since 5.2.0.

Arguments:
  name=NAME
      the connection's name
      (required)
""")

    def test_a_command_without_arguments(self):
        self.assertEqual(help_of("get-keys"), """\
gvici get-keys

Lists the ids of the private keys that were loaded.
strongSwan has it since 5.5.2.
It changes nothing in the daemon.
""")

    def test_what_is_special_about_a_command(self):
        text = help_of("initiate")
        self.assertIn("It waits for a peer, which may take long.\n", text)
        self.assertIn("Before its reply it streams the event control-log.\n", text)
        self.assertIn("  init-limits=yes|no\n", text)
        self.assertIn("      (default: no; since strongSwan 5.3.3)\n", text)
        self.assertIn("counts when it is there, with whatever value", help_of("list-policies"))

    def test_sections(self):
        text = help_of("load-conn")
        headings = [line for line in text.splitlines() if line and not line.startswith(" ")][3:]
        self.assertEqual(headings, ["Arguments:", "Within NAME.…:", "Within children.NAME.…:",
                                    "Within local*.…, remote*.…:", "Within cert*.…, cacert*.…:"])
        self.assertIn("\n  children.NAME.…\n", text)
        self.assertIn("\n  local_addrs=[HOST,…]\n", text)
        self.assertIn("\n      one of: ifasked, always, never\n", text)

    def test_every_key_has_its_help(self):
        commands = tooltest.gvici("--complete", "").stdout.split()
        for command in set(commands) - {"discover", "listen", "proxy"}:
            with self.subTest(command=command):
                keys = tooltest.gvici("--complete", command, "").stdout.split()
                text = help_of(command)
                for key in keys:
                    self.assertIn(f"\n  {key}", text)
                self.assertLess(max(map(len, text.splitlines())), 80)

    def test_events(self):
        self.assertEqual(help_of("listen", "ike-rekey", "list-sa"), """\
gvici listen ike-rekey

Tells that an IKE_SA was rekeyed.
strongSwan has it since 5.3.3.
It comes to everybody who listens.

gvici listen list-sa

Tells of one IKE_SA with its CHILD_SAs.
strongSwan has it since 5.2.0.
It comes to those only that call: list-sas.
""")

    def test_what_is_not_known(self):
        for what, *words in (("command", "nonsense"), ("event", "listen", "nonsense")):
            run = tooltest.gvici(*words, "--help")
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertEqual(run.stderr,
                             f"gvici: Nothing is known of the {what} “nonsense”; see gvici --help\n")

    def test_help_of_the_program(self):
        text = help_of()
        self.assertIn("Commands of strongSwan:", text)
        self.assertEqual(help_of("listen"), text)
        self.assertEqual(tooltest.gvici("-h").stdout, text)


if __name__ == "__main__":
    taptest.main()
