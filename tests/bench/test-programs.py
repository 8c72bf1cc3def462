#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every case of every benchmark still runs, to its end, and says what it took."""

import json
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "api"))

import tap

# Not enough to measure anything.
COUNT = 30

KEYS = {"program", "case", "count", "seconds", "cpu", "rest", "peak", "heap", "peer"}


def run(*args):
    return subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def problems(program, case):
    process = run(program, case, str(COUNT))
    if process.returncode:
        yield f"exit status {process.returncode}: {process.stdout}"
        return
    said = json.loads(process.stdout)
    if set(said) != KEYS:
        yield f"it says {sorted(said)}"
    if (said["program"], said["case"], said["count"]) != (program.name, case, COUNT):
        yield f"it is {said}"


def main():
    for program in map(pathlib.Path, sys.argv[1:]):
        listed = run(program, "--list")
        tap.check(f"{program.name} --list", [listed.stdout] if listed.returncode else [])
        for line in listed.stdout.splitlines():
            case, _ = line.split()
            tap.check(f"{program.name} {case}", problems(program, case))
        tap.check(f"{program.name} refuses what it does not have",
                  [] if run(program, "nonsense").returncode == 2 else ["it does not"])
    tap.finish()


main()
