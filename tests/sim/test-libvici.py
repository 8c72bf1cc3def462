#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""strongSwan's own client library takes sim-charon for charon."""

import ctypes
import os
import unittest

import simtest
import taptest

# Where Debian has it: beside the daemon, and without a header.
LIBVICI = "/usr/lib/ipsec/libvici.so.0"

BEGIN_SECTION, END_SECTION, BEGIN_LIST, LIST_ITEM, END_LIST, KEY_VALUE, END = range(7)

EVENT_FUNC = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)


def load_library():
    vici = ctypes.CDLL(LIBVICI, use_errno=True)
    for name, result, *arguments in (
            ("connect", ctypes.c_void_p, ctypes.c_char_p),
            ("disconnect", None, ctypes.c_void_p),
            ("begin", ctypes.c_void_p, ctypes.c_char_p),
            ("begin_section", None, ctypes.c_void_p, ctypes.c_char_p),
            ("end_section", None, ctypes.c_void_p),
            ("begin_list", None, ctypes.c_void_p, ctypes.c_char_p),
            ("add_list_item", None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int),
            ("end_list", None, ctypes.c_void_p),
            ("add_key_value", None, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_int),
            ("submit", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p),
            ("parse", ctypes.c_int, ctypes.c_void_p),
            ("parse_name", ctypes.c_char_p, ctypes.c_void_p),
            ("parse_value_str", ctypes.c_char_p, ctypes.c_void_p),
            ("free_res", None, ctypes.c_void_p),
            ("register", ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, EVENT_FUNC,
             ctypes.c_void_p)):
        function = getattr(vici, f"vici_{name}")
        function.restype, function.argtypes = result, arguments
    vici.vici_init()
    return vici


@unittest.skipUnless(os.path.exists(LIBVICI), f"there is no {LIBVICI}")
class Libvici(simtest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.vici = load_library()

    @classmethod
    def tearDownClass(cls):
        cls.vici.vici_deinit()

    def setUp(self):
        super().setUp()
        self.connection = self.open()
        self.functions = []

    def open(self):
        connection = self.vici.vici_connect(self.uri.encode())
        self.assertTrue(connection)
        self.addCleanup(self.vici.vici_disconnect, connection)
        return connection

    def parse(self, response):
        section = {}
        while (element := self.vici.vici_parse(response)) not in (END, END_SECTION):
            if element == BEGIN_SECTION:
                name = self.vici.vici_parse_name(response).decode()
                section[name] = self.parse(response)
            elif element == BEGIN_LIST:
                items = section[self.vici.vici_parse_name(response).decode()] = []
            elif element == LIST_ITEM:
                items.append(self.vici.vici_parse_value_str(response).decode())
            elif element == KEY_VALUE:
                name = self.vici.vici_parse_name(response).decode()
                section[name] = self.vici.vici_parse_value_str(response).decode()
        return section

    def build(self, request, section):
        for name, value in section.items():
            name = name.encode()
            if isinstance(value, dict):
                self.vici.vici_begin_section(request, name)
                self.build(request, value)
                self.vici.vici_end_section(request)
            elif isinstance(value, list):
                self.vici.vici_begin_list(request, name)
                for item in value:
                    self.vici.vici_add_list_item(request, item.encode(), len(item))
                self.vici.vici_end_list(request)
            else:
                self.vici.vici_add_key_value(request, name, value.encode(), len(value))

    def ask(self, command, **section):
        request = self.vici.vici_begin(command.encode())
        self.build(request, section)
        response = self.vici.vici_submit(request, self.connection)
        self.assertTrue(response, os.strerror(ctypes.get_errno()))
        message = self.parse(response)
        self.vici.vici_free_res(response)
        return message

    def register(self, connection, event):
        events = []
        function = EVENT_FUNC(lambda user, name, response: events.append(self.parse(response)))
        self.functions.append(function)
        self.assertEqual(self.vici.vici_register(connection, event.encode(), function, None), 0)
        return events

    def test_version(self):
        self.assertEqual(self.ask("version")["version"], "5.9.8")

    def test_list_conns(self):
        events = self.register(self.connection, "list-conn")
        for name in "one", "two":
            self.assertEqual(self.ask("load-conn", **{name: {
                "remote_addrs": ["192.0.2.2"], "children": {"net": {"mode": "tunnel"}}}}),
                {"success": "yes"})
        self.assertEqual(self.ask("list-conns"), {})
        self.assertEqual([list(event) for event in events], [["one"], ["two"]])
        self.assertEqual(events[0]["one"]["remote_addrs"], ["192.0.2.2"])
        self.assertEqual(events[0]["one"]["children"]["net"]["mode"], "TUNNEL")

    def test_initiate(self):
        self.load()
        log = self.register(self.connection, "control-log")
        self.assertEqual(self.ask("initiate", child="net"), {"success": "yes"})
        self.assertEqual(log[0]["msg"], "initiating IKE_SA home[1] to 192.0.2.2")
        self.assertTrue(log[-1]["msg"].startswith("CHILD_SA net{1} established"))

    def test_events(self):
        """They come from a thread of the library, before or with an answer."""
        self.load()
        events = self.register(self.connection, "ike-updown")
        self.assertEqual(self.ask("initiate", child="net"), {"success": "yes"})
        self.assertEqual(self.ask("terminate", ike="home")["terminated"], "1")
        # In order on one connection: they were here before this answer.
        self.ask("version")
        self.assertEqual([event.get("up") for event in events], ["yes", None])
        self.assertEqual(events[0]["home"]["state"], "ESTABLISHED")

    def test_unknown(self):
        request = self.vici.vici_begin(b"make-coffee")
        self.assertFalse(self.vici.vici_submit(request, self.connection))
        function = EVENT_FUNC(lambda *arguments: None)
        self.assertNotEqual(self.vici.vici_register(self.connection, b"coffee", function, None), 0)


if __name__ == "__main__":
    taptest.main()
