#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The scenarios in Python: each with the synchronous calls and with the
asynchronous ones."""

import json
import os
import pathlib
import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici

import taptest

CONTEXT = GLib.MainContext.default()
SCENARIOS = json.loads(pathlib.Path(__file__).with_name("scenarios.json").read_text("utf-8"))


def variant(value):
    """A plain dict as what a message is made from."""
    if isinstance(value, dict):
        return GLib.Variant("a{sv}", {key: variant(item) for key, item in value.items()})
    if isinstance(value, list):
        return GLib.Variant("as", value)
    return GLib.Variant("s", value)


def to_message(value):
    return None if value is None else Vici.Message.new_from_variant(variant(value))


def plain(message):
    return message.to_variant().unpack()


class Pending:
    """An asynchronous call, from its start to its end."""

    ends = 0

    def __init__(self, source, name, *args, cancellable=None):
        self.finish = getattr(source, f"{name}_finish")
        self.ended = None
        getattr(source, f"{name}_async")(*args, cancellable, self.on_ended)

    def on_ended(self, _source, result):
        Pending.ends += 1
        self.ended = Pending.ends
        self.async_result = result

    def result(self):
        while self.ended is None:
            CONTEXT.iteration(True)
        return self.finish(self.async_result)


class Player:
    """Plays one scenario."""

    def __init__(self, test, is_async):
        self.test = test
        self.is_async = is_async
        self.events = []
        self.ends = []
        self.connection = Vici.Connection.new(os.environ["VICI_TEST_URI"])
        self.connection.connect("event", lambda _, name, message: self.events.append((name, message)))
        self.connection.connect("closed", lambda _, error: self.ends.append(error))

    def play(self, steps):
        for step in steps:
            try:
                getattr(self, "do_" + step["do"].replace("-", "_"))(step)
            except Exception as error:
                error.add_note(f"in the step {step}")
                raise
        self.connection.close_sync()
        while CONTEXT.iteration(False):
            pass

    # How each thing is called, and what has to come of it.

    def call(self, source, name, *args, cancellable=None):
        if self.is_async:
            return Pending(source, name, *args, cancellable=cancellable).result()
        return getattr(source, f"{name}_sync")(*args, cancellable)

    def check_error(self, error, expected):
        domain, nick = expected
        code = nick.upper().replace("-", "_")
        if domain == "Vici":
            self.test.assertTrue(error.matches(Vici.Error.quark(), getattr(Vici.Error, code)), error)
        else:
            self.test.assertTrue(error.matches(Gio.io_error_quark(), getattr(Gio.IOErrorEnum, code)), error)

    def expect(self, step, function, *args, **kwargs):
        """What the function returns; None where the step expects an error."""
        if "error" not in step:
            return function(*args, **kwargs)
        with self.test.assertRaises(GLib.Error) as caught:
            function(*args, **kwargs)
        self.check_error(caught.exception, step["error"])
        return None

    def start(self, step):
        cancellable = Gio.Cancellable() if "cancel" in step else None
        if step.get("cancel") == "before":
            cancellable.cancel()
        pending = Pending(self.connection, "call", step["command"], to_message(step.get("request")),
                          cancellable=cancellable)
        if step.get("cancel") == "later":
            cancellable.cancel()
        return pending

    def end(self, step, pending):
        reply = self.expect(step, pending.result)
        if reply:
            self.test.assertEqual(plain(reply), step["reply"])

    # The steps.

    def do_open(self, step):
        if not self.is_async or "calls" not in step:
            opened = self.expect(step, self.call, self.connection, "open")
        else:
            opening = Pending(self.connection, "open")
            self.do_together(step)
            opened = opening.result()
        if "error" not in step:
            self.test.assertTrue(opened)

    def do_close(self, _step):
        self.test.assertTrue(self.call(self.connection, "close"))

    def do_call(self, step):
        cancellable = None
        if "cancel" in step:
            cancellable = Gio.Cancellable()
            cancellable.cancel()
        reply = self.expect(step, self.call, self.connection, "call", step["command"],
                            to_message(step.get("request")), cancellable=cancellable)
        if reply:
            self.test.assertEqual(plain(reply), step["reply"])
        if "unsuccessful" in step:
            with self.test.assertRaises(GLib.Error) as caught:
                reply.check_success()
            self.check_error(caught.exception, ["Vici", "command-failed"])
            self.test.assertEqual(caught.exception.message, step["unsuccessful"])

    def do_together(self, step):
        pending = [self.start(call) for call in step["calls"]]
        for call, one in zip(step["calls"], pending):
            self.end(call, one)
        ends = [one.ended for call, one in zip(step["calls"], pending) if "cancel" not in call]
        self.test.assertEqual(ends, sorted(ends))

    def do_stream(self, step):
        stream = self.connection.call_streaming(step["command"], step.get("event"),
                                                to_message(step.get("request")))
        for event in step.get("events", []):
            self.test.assertEqual(plain(self.call(stream, "next")), event)
        if step.get("close"):
            stream.close()
        self.test.assertIsNone(self.expect(step, self.call, stream, "next"))
        if "reply" in step:
            self.test.assertEqual(plain(stream.get_reply()), step["reply"])
        else:
            self.test.assertIsNone(stream.get_reply())

    def do_subscribe(self, step):
        self.expect(step, self.call, self.connection, "subscribe", step["event"])

    def do_unsubscribe(self, step):
        self.expect(step, self.call, self.connection, "unsubscribe", step["event"])

    def do_event(self, step):
        while not self.events:
            CONTEXT.iteration(True)
        name, message = self.events.pop(0)
        self.test.assertEqual(name, step["name"])
        self.test.assertEqual(plain(message), step["message"])

    def do_no_event(self, _step):
        while CONTEXT.iteration(False):
            pass
        self.test.assertEqual(self.events, [])

    def do_closed(self, step):
        while not self.ends:
            CONTEXT.iteration(True)
        error = self.ends.pop(0)
        self.test.assertEqual(self.ends, [])
        if "error" in step:
            self.check_error(error, step["error"])
        else:
            self.test.assertIsNone(error)

    def do_set(self, step):
        for name in step.keys() - {"do"}:
            self.connection.set_property(name, step[name])

    def do_check(self, step):
        for name in step.keys() - {"do"}:
            value = self.connection.get_property(name)
            self.test.assertEqual(getattr(value, "value_nick", value), step[name])


class Scenarios(unittest.TestCase):
    pass


def add_test(scenario, is_async):
    def test(self):
        Player(self, is_async).play(scenario["steps"])
    setattr(Scenarios, f"test_{scenario['name']}_{'async' if is_async else 'sync'}", test)


for one in SCENARIOS:
    add_test(one, True)
    if one.get("only") != "async":
        add_test(one, False)

if __name__ == "__main__":
    taptest.main()
