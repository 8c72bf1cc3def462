#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs of the manual do what it says, and the README shows the same."""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path += [str(TESTS / "peer"), str(TESTS / "sim")]

import fakedaemon
import simtest
import tap

EXPECTED = {
    "status": ("5.9.8", "gateway", "ESTABLISHED", "10.0.0.1"),
    "events": ("ike-updown", "gateway", "ESTABLISHED"),
}


def problems(command, name):
    """Runs a program against a daemon and looks for what it has to print."""
    with fakedaemon.running(talkative=True) as uri:
        yield from problems_with(command, name, uri)


def problems_with(command, name, uri):
    run = subprocess.run([*command, uri], capture_output=True, text=True, check=False, timeout=60)
    if run.returncode:
        yield f"exit status {run.returncode}"
    yield from (f"did not print {text}" for text in EXPECTED[name] if text not in run.stdout)
    if "CRITICAL" in run.stderr or "WARNING" in run.stderr:
        yield "warned"
    if run.returncode:
        yield run.stdout + run.stderr


def problems_of_mock(command):
    """Runs the mock daemon of the manual, and against it the program that shows
    a daemon's status."""
    with tempfile.TemporaryDirectory() as directory:
        uri = f"unix://{directory}/mock.vici"
        with subprocess.Popen([*command, uri], text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE) as mock:
            try:
                if mock.stdout.readline() != "Listening\n":
                    yield "does not listen"
                    return
                status = TESTS.parent / "docs" / "programs" / "status.py"
                yield from problems_with(["/usr/bin/python3", status], "status", uri)
                yield from problems_of_initiate(uri)
            finally:
                mock.kill()
                warnings = mock.communicate()[1]
    if "CRITICAL" in warnings or "WARNING" in warnings:
        yield warnings


def problems_of_initiate(uri):
    client = simtest.Client(uri)
    client.register("ike-updown")
    events, reply = client.call("initiate", child="net")
    client.close()
    if reply != {"success": "yes"}:
        yield f"initiate was answered with {reply}"
    if events != [("ike-updown", {"up": "yes", "gateway": {"state": "ESTABLISHED"}})]:
        yield f"initiate raised {events}"


def problems_of(command, name):
    return problems_of_mock(command) if name == "mock" else problems(command, name)


def interpreted(programs, suffix, *interpreter):
    """Whoever runs it, not the program, says how: it is to be pasted."""
    language = {".py": "Python", ".js": "GJS"}[suffix]
    for name in (*EXPECTED, "mock"):
        claim = f"the manual's {name} in {language}"
        if shutil.which(interpreter[0]):
            tap.check(claim, problems_of([*interpreter, programs / (name + suffix)], name))
        else:
            tap.skip(claim, f"{interpreter[0]} is not installed")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path)
    parser.add_argument("--compiled", nargs="*", default=[], type=pathlib.Path)
    args = parser.parse_args()
    programs = args.root / "docs" / "programs"

    for program in args.compiled:
        name, _, language = program.name.partition("-")
        tap.check(f"the manual's {name} in {language}", problems_of([program], name))
    interpreted(programs, ".py", "/usr/bin/python3")
    interpreted(programs, ".js", "gjs", "-m")

    readme = (args.root / "README.md").read_text(encoding="utf-8")
    tap.check("README.md shows the programs as they are",
              (name for name in ("status.c", "status.py", "status.js")
               if (programs / name).read_text(encoding="utf-8") not in readme))
    tap.finish()


main()
