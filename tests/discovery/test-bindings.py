#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Adverts and the browser from Python, where there is no bus."""

import os
import unittest

os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nonexistent/bus"

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici

import taptest


class Bindings(unittest.TestCase):
    def fails(self, code, start, finish):
        results = []
        start(None, lambda _, result: results.append(result))
        while not results:
            GLib.MainContext.default().iteration(True)
        with self.assertRaises(GLib.Error) as raised:
            finish(results[0])
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), code), raised.exception)

    def test_a_browser_is_a_list(self):
        browser = Vici.Browser.new()
        self.assertIsInstance(browser, Gio.ListModel)
        self.assertEqual(browser.get_item_type(), Vici.Service.__gtype__)
        self.assertEqual(list(browser), [])
        self.assertIsNone(browser.get_item(0))
        self.assertFalse(browser.props.complete)
        self.fails(Gio.IOErrorEnum.NOT_FOUND, browser.start_async, browser.start_finish)
        browser.stop()

    def test_an_advert(self):
        advert = Vici.Advert(name="gw", uri="tcp://0.0.0.0:4502")
        self.assertEqual((advert.get_name(), advert.props.uri), ("gw", "tcp://0.0.0.0:4502"))
        self.assertFalse(advert.props.published)
        self.fails(Gio.IOErrorEnum.NOT_FOUND, advert.publish_async, advert.publish_finish)
        advert.withdraw()
        advert = Vici.Advert.new(None, "unix:///run/charon.vici")
        self.fails(Gio.IOErrorEnum.NOT_SUPPORTED, advert.publish_async, advert.publish_finish)


if __name__ == "__main__":
    taptest.main()
