# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs gvici for the tests."""

import json
import os
import select
import struct
import subprocess
import unittest

import fakedaemon

GVICI = os.environ["GVICI"]
NOBODY = 65534


def gvici(*args, **options):
    options = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
               "stderr": subprocess.PIPE, "text": True} | options
    return subprocess.run([GVICI, *args], timeout=60, check=False, **options)


def started(*args, **options):
    """gvici as a process that goes on, with its output in pipes."""
    return subprocess.Popen([GVICI, *args], text=True, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, **options)


def line_if_any(pipe, seconds):
    """A line of output, or nothing if none comes in time."""
    return pipe.readline() if select.select([pipe], [], [], seconds)[0] else ""


def raw_reply(message):
    """A reply with bytes that are a message, whoever would build such a one."""
    return struct.pack("!IB", len(message) + 1, fakedaemon.RESPONSE) + message


def nested(levels):
    return b"\1\1a" * levels + b"\2" * levels


class TestCase(unittest.TestCase):
    """With a daemon at self.uri, which knows self.COMMANDS too."""

    maxDiff = None
    COMMANDS = {}

    def setUp(self):
        self.uri = self.enterContext(fakedaemon.running(self.COMMANDS))

    def enterContext(self, context):
        result = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return result

    def call(self, *args, status=0, stderr="", **options):
        """What gvici prints, whose end is to be as given."""
        run = gvici("--uri", self.uri, *args, **options)
        self.assertEqual((run.stderr, run.returncode), (stderr, status))
        return run.stdout

    def call_json(self, *args, **options):
        return [json.loads(line) for line in self.call("--json", *args, **options).splitlines()]
