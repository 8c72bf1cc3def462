#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""sim-charon answers as charon does, message by message.

What a real daemon has answered is kept in recorded.json, and compared with
that is sim-charon wherever this runs. Run by examples/lab.py, it is compared
with the real daemon there and then; with --record, that one's answers are kept:

    examples/lab.py tunnel -- tests/sim/test-scenario.py --record
"""

import difflib
import json
import os
import re
import sys

import scenario
import simtest
import taptest

RECORDED = simtest.HERE / "recorded.json"


# ------------------------------------------------------------- what is compared

def kind(value):
    return {dict: "section", list: "list"}.get(type(value), "value")


def mask(text):
    """A line of the log without its numbers."""
    return re.sub(r"\b[0-9a-f]{8}_", "SPI_", re.sub(r"([\[{])\d+([\]}])|\d+(?= bytes)", r"\1N\2", text))


def compared(value, name=None):
    """A message with what can be compared of it."""
    if name in scenario.PASSING or name in scenario.OF_PLUGINS:
        return f"({kind(value)})"
    if isinstance(value, dict):
        if name == "child-sas":
            value = {re.sub(r"-\d+$", "-N", child): sa for child, sa in value.items()}
        return {key: compared(item, key) for key, item in value.items()
                if key not in scenario.ELSEWHERE}
    if isinstance(value, list):
        return [compared(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    return mask(value) if name == "msg" else value


def compared_event(name, message):
    return [name, compared(message)]


def compared_events(events):
    """Of a log only what is of the least level: the rest tells of surroundings."""
    return [compared_event(name, message) for name, message in events
            if name != "control-log" or message["level"] == "0"]


# ------------------------------------------------------------------- the steps

class Run:
    """The steps against a daemon."""

    def __init__(self, uri, peer_uri=None):
        self.client = simtest.Client(uri)
        self.client.register(*scenario.STREAMED)
        self.events = simtest.Client(uri)
        self.events.register(*scenario.EVENTS)
        self.peer = simtest.Client(peer_uri) if peer_uri else None

    def do(self, what, name, request):
        if what == "call":
            events, reply = self.client.call_with(name, request)
            return {"events": compared_events(events),
                    "reply": "unknown" if reply is None else compared(reply)}
        if what == "wait":
            return {"events": [compared_event(*self.events.receive()[1:]) for _ in name]}
        if self.peer:
            _, reply = self.peer.call_with(name, request)
            assert reply["success"] == "yes", reply
        return None

    def run(self):
        return [self.do(what, name, request) for what, name, request, _ in scenario.STEPS]


def run_simulated():
    process, uri = simtest.start()
    try:
        return Run(uri).run()
    finally:
        assert simtest.stop(process) == 0


def run_real():
    return Run(os.environ["VICI_TEST_URI_A"], os.environ["VICI_TEST_URI_B"]).run()


def get_recorded():
    return json.loads(RECORDED.read_text(encoding="utf-8"))


# ------------------------------------------------------------------- the tests

def dump(answer):
    return json.dumps(answer, indent=1, sort_keys=True).splitlines()


def problems(simulated, expected):
    """Where they differ and should not, and where they should and do not."""
    assert len(simulated) == len(expected) == len(scenario.STEPS)
    for i, (ours, theirs) in enumerate(zip(simulated, expected)):
        what, name, request, known = scenario.STEPS[i]
        if known and ours == theirs:
            yield f"step {i}: {name} does not differ any more: {known}"
        if not known and ours != theirs:
            yield f"step {i}: {what} {name} {request!r:.300}"
            yield from difflib.unified_diff(dump(theirs), dump(ours), "charon", "sim-charon",
                                            lineterm="", n=2)


class Scenario(simtest.unittest.TestCase):
    def check(self, simulated, expected):
        found = list(problems(simulated, expected))
        if found:
            self.fail("\n".join(found))

    def test_differences_have_reasons(self):
        known = {step[3] for step in scenario.STEPS if step[3]}
        self.assertEqual(known, set(scenario.DIFFERENCES))

    def test_all_commands_are_called(self):
        called = {name for what, name, *_ in scenario.STEPS if what == "call"}
        self.assertEqual(set(scenario.COMMANDS) - called, set())

    def test_simulated_is_as_recorded(self):
        self.check(run_simulated(), get_recorded())

    # Where the laboratory has none, it says so itself.
    if "VICI_TEST_URI_A" in os.environ:
        def test_simulated_is_as_real(self):
            self.check(run_simulated(), run_real())


if __name__ == "__main__":
    if sys.argv[1:] == ["--record"]:
        RECORDED.write_text(json.dumps(run_real(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    else:
        taptest.main()
