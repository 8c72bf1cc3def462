#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The help text, the completion and the manual page know the same names."""

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


def from_completion(variable):
    text = (SOURCES / "vici-glib/tool/gvici.bash").read_text(encoding="utf-8")
    return re.search(rf"local {variable}='([^']*)'", text).group(1).split()


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
        self.assertEqual(from_completion("commands"), commands)
        self.assertEqual(from_manual("COMMANDS"), commands)

    def test_events(self):
        events = from_help("Events of strongSwan")
        self.assertEqual(len(events), 13)
        self.assertEqual(events, sorted(set(events)))
        self.assertEqual(from_completion("events"), events)
        self.assertEqual(sorted(from_manual("EVENTS")), events)

    def test_options(self):
        options = sorted(re.findall(r" (--[a-z]+)(?:=| {2})", tooltest.gvici("--help").stdout))
        self.assertEqual(from_completion("options"), options)
        self.assertEqual(sorted(re.findall(r"^(--[a-z]+)", manual_section("OPTIONS"), re.M)), options)

    def test_options_of_the_proxy(self):
        options = sorted(re.findall(r" (--[a-z-]+)(?:\[?=| {2})", tooltest.gvici("proxy", "--help").stdout))
        text = (SOURCES / "vici-glib/tool/gvici.bash").read_text(encoding="utf-8")
        completed = re.search(r"proxy\)\s+options='([^']*)'", text).group(1).split()
        self.assertEqual(completed, options)
        documented = re.findall(r"^\*\*(--[a-z-]+)\*\*", manual_section("PROXY"), re.M)
        self.assertEqual(sorted([*documented, "--help"]), options)


if __name__ == "__main__":
    taptest.main()
