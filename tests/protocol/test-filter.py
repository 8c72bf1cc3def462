#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ViciFilter from Python."""

import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

import taptest

VERSION = b"\0\0\0\x09\0\7version"
STATS = b"\0\0\0\7\0\5stats"
REGISTER_LOG = b"\0\0\0\5\3\3log"
REPLY = b"\0\0\0\1\1"


class Filter(unittest.TestCase):
    def setUp(self):
        self.filter = Vici.Filter.new()
        self.filter.allow_command("vers*")
        self.refused = []
        self.filter.connect("refused", lambda _, *what: self.refused.append(what))

    def receive_all(self, receive, data):
        while data:
            data = data[receive(data):]

    def test_a_conversation(self):
        self.receive_all(self.filter.receive_from_client, VERSION + STATS + REGISTER_LOG)
        self.assertEqual(self.refused, [("stats", False, None), ("log", True, None)])
        self.assertEqual(self.filter.get_pending(), 3)
        self.assertEqual(self.filter.get_daemon_queued(), len(VERSION))
        self.assertEqual(self.filter.take_daemon_output().get_data(), VERSION)
        self.assertIsNone(self.filter.take_daemon_output())
        self.assertIsNone(self.filter.take_client_output())

        self.receive_all(self.filter.receive_from_daemon, REPLY)
        self.assertEqual(self.filter.take_client_output().get_data(), REPLY + b"\0\0\0\1\2" + b"\0\0\0\1\6")

    def test_log_level(self):
        self.filter.allow_command("initiate")
        level = b"\0\0\0\x17\0\x08initiate\3\x08loglevel\0\x01"
        self.receive_all(self.filter.receive_from_client, level + b"2")
        self.assertEqual(self.refused, [("initiate", False, "loglevel")])
        self.filter.set_max_log_level(2)
        self.receive_all(self.filter.receive_from_client, level + b"2")
        self.assertEqual(self.filter.take_daemon_output().get_data(), level + b"2")

    def test_errors(self):
        with self.assertRaises(GLib.Error) as caught:
            self.filter.receive_from_client(REPLY)
        self.assertTrue(caught.exception.matches(Vici.Error.quark(), Vici.Error.PROTOCOL))


if __name__ == "__main__":
    taptest.main()
