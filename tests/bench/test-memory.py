#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A stream of any length takes the same memory."""

import json
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import tap

# In KiB: far more than allocators differ from run to run, and far less than the
# events.
MEMORY_BOUND = 4096


def peak(program, case):
    output = subprocess.run([program, case], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(output)["peak"]


def problems(program, way):
    less, more = (peak(program, f"{way}-{count}") for count in (10000, 100000))
    if more - less > MEMORY_BOUND:
        yield f"{less} KiB for 10,000 events, {more} KiB for 100,000"


def main():
    for way in "sync", "async":
        tap.check(f"memory-does-not-grow-with-the-stream {way}", problems(sys.argv[1], way))
    tap.finish()


main()
