#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The help text, the completion and the manual page know what is in the table."""

import os
import pathlib
import re
import unittest

import taptest
import tooltest

SOURCES = pathlib.Path(os.environ["SRCDIR"])


def from_help(heading):
    text = tooltest.gvici("--help").stdout
    return re.search(rf"^{heading}:\n((?:  .*\n)+)", text, re.M).group(1).split()


def completed(*words):
    return tooltest.gvici("--complete", *words).stdout.split()


def manual_section(heading):
    text = (SOURCES / "docs/gvici.1.rst").read_text(encoding="utf-8")
    return re.search(rf"^{heading}\n=+\n(.*?)(?=^[A-Z ]+\n=+\n)", text, re.M | re.S).group(1)


def from_manual(heading):
    return re.findall(r"^\*\*([a-z-]+)\*\*", manual_section(heading), re.M)


class Names(unittest.TestCase):
    maxDiff = None

    def test_commands(self):
        commands = from_help("Commands of strongSwan")
        self.assertEqual(len(commands), 36)
        self.assertEqual(commands, sorted(set(commands)))
        self.assertEqual(completed(""), ["discover", "listen", "proxy", *commands])
        self.assertEqual(from_manual("COMMANDS"), commands)

    def test_keys(self):
        for command, keys in re.findall(r"^\*\*([a-z-]+)\*\*(.*)$", manual_section("COMMANDS"), re.M):
            if "NAME." not in keys:
                with self.subTest(command=command):
                    known = [key.rstrip("=[") for key in completed(command, "")]
                    self.assertEqual(sorted(re.findall(r"[a-z-]+", keys)), sorted(known))

    def test_events(self):
        events = from_help("Events of strongSwan")
        self.assertEqual(len(events), 13)
        self.assertEqual(events, sorted(set(events)))
        self.assertEqual(completed("listen", ""), events)
        self.assertEqual(sorted(from_manual("EVENTS")), events)

    def test_options(self):
        options = sorted(re.findall(r" (--[a-z]+)(?:=| {2})", tooltest.gvici("--help").stdout))
        self.assertEqual(sorted(re.findall(r"^(--[a-z]+)", manual_section("OPTIONS"), re.M)), options)

    def test_options_of_the_proxy(self):
        options = sorted(re.findall(r" (--[a-z-]+)(?:\[?=| {2})", tooltest.gvici("proxy", "--help").stdout))
        documented = re.findall(r"^\*\*(--[a-z-]+)\*\*", manual_section("PROXY"), re.M)
        self.assertEqual(sorted([*documented, "--help"]), options)


if __name__ == "__main__":
    taptest.main()
