#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is advertised with a real Avahi is found, and can be reached."""

import contextlib
import json
import os
import subprocess
import unittest

import avahilab

avahilab.enter()

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici

import taptest

GVICI = os.environ.get("GVICI")
CONTEXT = GLib.MainContext.default()

NAME = "charon in the cellar"


def wait_until(condition):
    timer = GLib.timeout_source_new_seconds(avahilab.PATIENCE)
    timed_out = []
    timer.set_callback(timed_out.append)
    timer.attach(CONTEXT)
    while not condition():
        if timed_out:
            raise AssertionError("waited in vain")
        CONTEXT.iteration(True)
    timer.destroy()


def wait(start, finish, *args):
    """Ends when the call that is started does."""
    results = []
    start(*args, None, lambda _, result: results.append(result))
    wait_until(lambda: results)
    return finish(results[0])


def link_local_addresses():
    links = json.loads(subprocess.run(["ip", "-json", "-6", "address", "show", "dev", "veth0"],
                                      check=True, capture_output=True, text=True).stdout)
    return [info["local"] for link in links for info in link["addr_info"]
            if info["scope"] == "link" and not info.get("tentative")]


def link_local_address():
    """It takes the kernel a second or two to see that nobody else has it."""
    ticks = GLib.timeout_add(50, lambda: GLib.SOURCE_CONTINUE)
    wait_until(link_local_addresses)
    GLib.source_remove(ticks)
    return link_local_addresses()[0]


class TestCase(unittest.TestCase):
    def setUp(self):
        self.bus = avahilab.Bus()
        self.addCleanup(self.bus.kill)
        self.avahi = None
        self.addCleanup(lambda: self.avahi and self.avahi.kill())

    def advertise(self, uri, name=NAME):
        advert = Vici.Advert.new(name, uri)
        self.assertTrue(wait(advert.publish_async, advert.publish_finish))
        self.assertTrue(advert.is_published())
        self.addCleanup(advert.withdraw)
        return advert

    def browse(self):
        browser = Vici.Browser.new()
        self.assertTrue(wait(browser.start_async, browser.start_finish))
        self.assertTrue(browser.is_complete())
        self.addCleanup(browser.stop)
        return browser

    def wait_for(self, browser, *names):
        wait_until(lambda: sorted(service.get_name() for service in browser) == sorted(names))

    def serve(self, uri):
        """A server that knows a command "version", and where it listens."""
        server = Vici.Server.new()
        server.add_command("version")
        server.connect("command::version", lambda _, invocation: invocation.return_success() or True)
        server.listen(uri)
        self.addCleanup(server.stop)
        return server.get_uris()[0]

    def call(self, uri):
        connection = Vici.Connection.new(uri)
        wait(connection.open_async, connection.open_finish)
        reply = wait(connection.call_async, connection.call_finish, "version", None)
        wait(connection.close_async, connection.close_finish)
        return reply.lookup_string("success")


class Discovery(TestCase):
    def setUp(self):
        super().setUp()
        self.avahi = avahilab.Avahi()

    def test_what_is_advertised_is_found_and_can_be_reached(self):
        uri = self.serve("tcp://0.0.0.0:0")
        self.advertise(uri)
        browser = self.browse()
        self.wait_for(browser, NAME)
        service = browser[0]
        self.assertEqual((service.get_host(), service.get_address(), service.get_domain()),
                         ("vici-test.local", avahilab.ADDRESS, "local"))
        self.assertEqual(service.get_uri(), uri.replace("0.0.0.0", avahilab.ADDRESS))
        self.assertEqual(self.call(service.get_uri()), "yes")

    def test_an_address_of_one_link_has_its_interface_in_the_uri(self):
        address = f"{link_local_address()}%veth0"
        uri = self.serve(f"tcp://[{address}]:0")
        self.advertise(uri)
        browser = self.browse()
        self.wait_for(browser, NAME)
        self.assertEqual(browser[0].get_address(), address)
        self.assertEqual(self.call(browser[0].get_uri()), "yes")

    def test_loopback_is_seen_there(self):
        uri = self.serve("tcp://127.0.0.1:0")
        self.advertise(uri)
        browser = self.browse()
        self.wait_for(browser, NAME)
        self.assertEqual(browser[0].get_uri(), uri)
        self.assertEqual(self.call(uri), "yes")

    def test_tls_is_by_the_name_of_the_host(self):
        self.advertise("tls://[::]:4503?cert=/secret/place&key=/secret/place")
        browser = self.browse()
        self.wait_for(browser, NAME)
        self.assertEqual(browser[0].get_uri(), "tls://vici-test.local:4503")

    def test_what_comes_and_goes_does_so_in_the_list(self):
        browser = self.browse()
        self.assertEqual(len(browser), 0)
        first = self.advertise("tcp://0.0.0.0:1", "first")
        self.wait_for(browser, "first")
        self.advertise("tcp://0.0.0.0:2", "second\n\x1b[31m")
        self.wait_for(browser, "first", "second\n\x1b[31m")
        first.withdraw()
        self.assertFalse(first.is_published())
        self.wait_for(browser, "second\n\x1b[31m")

    def test_a_name_that_is_taken_is_changed(self):
        first = self.advertise("tcp://0.0.0.0:1")
        names = []
        second = Vici.Advert.new(NAME, "tcp://0.0.0.0:2")
        second.connect("notify::name", lambda advert, _: names.append(advert.get_name()))
        wait(second.publish_async, second.publish_finish)
        self.assertEqual((first.get_name(), second.get_name()), (NAME, f"{NAME} #2"))
        self.assertEqual(names, [f"{NAME} #2"])
        self.wait_for(self.browse(), NAME, f"{NAME} #2")

    def test_all_comes_back_with_avahi(self):
        advert = self.advertise("tcp://0.0.0.0:1")
        browser = self.browse()
        self.wait_for(browser, NAME)
        self.avahi.kill()
        wait_until(lambda: not advert.is_published() and not browser.is_complete())
        self.assertEqual(len(browser), 0)
        self.avahi = avahilab.Avahi()
        wait_until(advert.is_published)
        self.wait_for(browser, NAME)
        wait_until(browser.is_complete)

    def test_an_address_that_is_not_there_is_named(self):
        advert = Vici.Advert.new(NAME, "tcp://198.51.100.7:1")
        with self.assertRaises(GLib.Error) as raised:
            wait(advert.publish_async, advert.publish_finish)
        self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))
        self.assertIn("198.51.100.7", raised.exception.message)


    def test_the_end_of_the_bus_is_survived(self):
        advert, browser = self.advertise("tcp://0.0.0.0:1"), self.browse()
        self.wait_for(browser, NAME)
        self.bus.kill()
        wait_until(lambda: not advert.is_published() and not browser.is_complete())
        self.assertEqual(len(browser), 0)


class NoAvahi(TestCase):
    def test_both_wait_for_it(self):
        advert, browser = Vici.Advert.new(NAME, "tcp://0.0.0.0:1"), Vici.Browser.new()
        for start, finish in ((advert.publish_async, advert.publish_finish),
                              (browser.start_async, browser.start_finish)):
            with self.assertRaises(GLib.Error) as raised:
                wait(start, finish)
            self.assertTrue(raised.exception.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))
            self.assertIn("Avahi", raised.exception.message)
        self.avahi = avahilab.Avahi()
        wait_until(advert.is_published)
        self.wait_for(browser, NAME)


@unittest.skipUnless(GVICI, "gvici is not built")
class Tool(TestCase):
    def discover(self, *options):
        return subprocess.run([GVICI, "discover", *options], timeout=avahilab.PATIENCE, check=False,
                              capture_output=True, text=True)

    @contextlib.contextmanager
    def watching(self, *options):
        watching = subprocess.Popen([GVICI, "discover", "--watch", *options], text=True,
                                    stdout=subprocess.PIPE)
        try:
            yield watching.stdout
        finally:
            watching.terminate()
            self.assertEqual(watching.wait(), 0)
            watching.stdout.close()

    def test_it_lists_what_is_there(self):
        self.avahi = avahilab.Avahi()
        self.advertise("tcp://0.0.0.0:1", "a \\ b\n\x1b[31m\u202e")
        run = self.discover()
        self.assertEqual((run.stderr, run.returncode), ("", 0))
        self.assertEqual(run.stdout,
                         f"tcp://{avahilab.ADDRESS}:1\ta \\\\ b\\u000a\\u001b[31m\\u202e\n")
        run = self.discover("--json")
        self.assertTrue(run.stdout[:-1].isprintable())
        self.assertEqual(json.loads(run.stdout), {
            "name": "a \\ b\n\x1b[31m\u202e", "uri": f"tcp://{avahilab.ADDRESS}:1",
            "host": "vici-test.local", "address": avahilab.ADDRESS, "domain": "local"})

    def test_it_watches_what_comes_and_goes(self):
        self.avahi = avahilab.Avahi()
        with self.watching() as lines:
            advert = self.advertise(f"tcp://{avahilab.ADDRESS}:1")
            self.assertEqual(lines.readline(), f"+ tcp://{avahilab.ADDRESS}:1\t{NAME}\n")
            advert.withdraw()
            self.assertEqual(lines.readline(), f"- tcp://{avahilab.ADDRESS}:1\t{NAME}\n")
        with self.watching("--json") as lines:
            advert = self.advertise("tls://0.0.0.0:2")
            self.assertEqual(json.loads(lines.readline())["found"]["uri"], "tls://vici-test.local:2")
            advert.withdraw()
            self.assertEqual(json.loads(lines.readline())["gone"]["name"], NAME)

    def test_a_proxy_advertises_itself(self):
        self.avahi = avahilab.Avahi()
        with self.watching() as lines:
            proxy = subprocess.Popen(
                [GVICI, "proxy", "--listen", f"tcp://{avahilab.ADDRESS}:0", "--read-only",
                 f"--advertise={NAME}"],
                text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            uri = proxy.stdout.readline().strip()
            self.assertEqual(proxy.stderr.readline(), f"gvici: {uri}: advertised as “{NAME}”\n")
            self.assertEqual(lines.readline(), f"+ {uri}\t{NAME}\n")
            proxy.terminate()
            self.assertEqual(lines.readline(), f"- {uri}\t{NAME}\n")
            proxy.communicate()
            self.assertEqual(proxy.returncode, 0)

    def test_it_says_that_there_is_nobody_to_ask(self):
        run = self.discover()
        self.assertEqual((run.stdout, run.stderr, run.returncode),
                         ("", "gvici: Avahi, which does mDNS, is not running\n", 3))
        self.bus.kill()
        run = self.discover()
        self.assertEqual((run.stdout, run.returncode), ("", 3))
        self.assertIn("gvici: Cannot reach the system bus", run.stderr)


if __name__ == "__main__":
    taptest.main()
