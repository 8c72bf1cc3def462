#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Proves that no command and no event of the library's table is left out.

    check-coverage.py                      each has its place in the API
    check-coverage.py PROGRAM...           and has crossed a wire in these tests

A program's own test points are handed on. It leaves what it has seen on its
wires to daemons in the file that VICI_TEST_RECORD names (see wire.py): each
command has to have done its work in a real daemon, and each event has to have
come from one. What a real daemon has answered to be unknown counts when a
simulated one knows it. All else is missing, and named.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GObject, Vici


class Tap:
    def __init__(self):
        self.count = 0
        self.failed = False
        self.skipped = {}       # what tests of others are named after -> why they were not run

    def tell(self, problems, name):
        self.count += 1
        self.failed |= bool(problems)
        print(f"{'not ok' if problems else 'ok'} {self.count} - {name}", flush=True)
        for problem in problems:
            print(f"#  {problem}", flush=True)

    def hand_on(self, line):
        """A line of another program's TAP, with a number of our own."""
        match = re.match(r"(ok|not ok) \d+ (.*)", line)
        if match:
            self.count += 1
            self.failed |= match[1] == "not ok"
            print(match[1], self.count, match[2], flush=True)
            skipped = re.search(r"\.test_(\w+) # SKIP (.*)", match[2])
            if skipped:
                self.skipped[skipped[1]] = skipped[2]
        elif not re.match(r"1\.\.\d|TAP version", line):
            print(line, end="", flush=True)

    def end(self):
        print(f"1..{self.count}")
        return self.failed


def snake(name):
    return name.replace("-", "_")


# ---------------------------------------------------------------- in the API

def missing_functions(command):
    for form in "async", "finish", "sync":
        function = f"{snake(command)}_{form}"
        if not hasattr(Vici.Daemon, function):
            yield f"vici_daemon_{function}() is not in the typelib"


def missing_options(command):
    """Arguments are parameters, or properties of the command's options."""
    info = Vici.CommandInfo.lookup(command)
    if info.get_stream_event() and not Vici.EventInfo.lookup(info.get_stream_event()):
        yield f"its event {info.get_stream_event()} is not in the table"
    if not info.get_description() or not re.fullmatch(r"\d\.\d+\.\d+", info.get_since()):
        yield "it has no description or release"


def missing_of_event(event):
    info = Vici.EventInfo.lookup(event)
    for command in info.get_commands():
        if Vici.CommandInfo.lookup(command).get_stream_event() != event:
            yield f"{command} does not stream it"
    if not info.get_commands() and event not in GObject.signal_list_names(Vici.Daemon):
        yield "ViciDaemon has no signal for it"


def records():
    for name in dir(Vici):
        record = getattr(Vici, name)
        if isinstance(record, type) and issubclass(record, Vici.Record) and record is not Vici.Record:
            yield record


def missing_getters(record):
    """A property without a getter, or one that says something else."""
    instance = record()
    for pspec in instance.list_properties():
        getter = getattr(instance, f"get_{snake(pspec.name)}", None)
        if getter is None:
            yield f"the property {pspec.name} has no getter"
        elif pspec.value_type != GObject.type_from_name("GListModel"):
            if getter() != instance.get_property(pspec.name):
                yield f"the getter of {pspec.name} says something else than the property"


def check_api(tap):
    # A class has its signals once there is one of it.
    Vici.Daemon.new(Vici.Connection.new("unix:///nowhere"))
    for command in Vici.CommandInfo.list():
        tap.tell([*missing_functions(command), *missing_options(command)], f"api: command {command}")
    for event in Vici.EventInfo.list():
        tap.tell(list(missing_of_event(event)), f"api: event {event}")
    for record in records():
        tap.tell(list(missing_getters(record)), f"api: record {record.__name__}")


# ---------------------------------------------------------------- on the wire

class Seen:
    """What all programs have seen of real daemons, and of simulated ones."""

    def __init__(self, lines):
        self.commands = {"real": {}, "simulated": {}}
        self.events = {"real": {}, "simulated": {}}
        for line in lines:
            record = json.loads(line)
            for kind, into in ("commands", self.commands), ("events", self.events):
                for name, ends in record[kind].items():
                    into[record["daemon"]].setdefault(name, set()).update(ends)

    @staticmethod
    def problems(name, seen, good):
        real = seen["real"].get(name, set())
        if good in real:
            return []
        if "unknown" not in real:
            return ["no test has shown it on a real daemon" +
                    (", but only that it fails" if "failed" in real else "")]
        if good not in seen["simulated"].get(name, set()):
            return ["the real daemon does not know it, and no test has shown it on a simulated one"]
        return []


def tell_seen(tap, what, name, problems):
    """What could not be tried here is skipped, for the reason of its test."""
    reason = tap.skipped.get(snake(name)) if problems else None
    tap.tell([] if reason else problems, f"wire: {what}" + (f" # SKIP {reason}" if reason else ""))


def check_wire(tap, programs):
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as record:
        environment = {**os.environ, "VICI_TEST_RECORD": record.name}
        for program in programs:
            with subprocess.Popen([program], env=environment, text=True,
                                  stdout=subprocess.PIPE) as process:
                for line in process.stdout:
                    if line.startswith("1..0"):
                        print(line, end="")
                        return False
                    tap.hand_on(line)
            if process.returncode not in (0, 1):
                tap.tell([f"it has ended with {process.returncode}"], os.path.basename(program))
        seen = Seen(record)
    for command in Vici.CommandInfo.list():
        tell_seen(tap, f"command {command}", command, Seen.problems(command, seen.commands, "done"))
    for event in Vici.EventInfo.list():
        tell_seen(tap, f"event {event}", event, Seen.problems(event, seen.events, "seen"))
    return True


def main():
    tap = Tap()
    if len(sys.argv) == 1:
        check_api(tap)
    elif not check_wire(tap, sys.argv[1:]):
        return
    sys.exit(tap.end())


if __name__ == "__main__":
    main()
