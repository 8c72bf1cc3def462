#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A session from Python, where a function lives in what is freed with a call."""

import gc
import struct
import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

import taptest


def packets(*bodies):
    return b"".join(struct.pack(">I", len(body)) + body for body in bodies)


CONFIRM, RESPONSE, EVENT = b"\5", b"\1", b"\7\7list-sa"


class Session(Vici.Session):
    def __init__(self):
        super().__init__()
        self.sent = b""

    def do_send(self, data):
        self.sent += data.get_data()


class Test(unittest.TestCase):
    def setUp(self):
        self.session = Session()
        self.heard = []

    def hear(self, event, message, error):
        self.heard.append((event, message and message.to_string(Vici.PrintFlags.NONE),
                           error and error.code))

    def test_stream_can_be_cancelled_from_its_own_event(self):
        def on_event(session, *args):
            self.assertTrue(session.cancel(call))
            gc.collect()
            self.hear(*args)

        call = self.session.call_streaming("list-sas", None, None, on_event)
        self.session.receive(packets(CONFIRM, EVENT, EVENT, RESPONSE, CONFIRM))
        self.assertEqual(self.heard, [("list-sa", "{}", None)])

    def test_session_can_be_closed_from_the_event_of_a_stream(self):
        def on_event(session, *args):
            self.hear(*args)
            if args[0]:
                session.closed(GLib.Error.new_literal(Vici.error_quark(), "enough",
                                                      Vici.Error.CLOSED))
                gc.collect()

        self.session.call_streaming("list-sas", None, None, on_event)
        self.session.receive(packets(CONFIRM, EVENT, EVENT))
        self.assertEqual(self.heard, [("list-sa", "{}", None), (None, None, Vici.Error.CLOSED)])


taptest.main()
