#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs of the manual do what it says, and the README shows the same."""

import argparse
import pathlib
import shutil
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "peer"))

import fakedaemon
import tap

EXPECTED = {
    "status": ("5.9.8", "gateway", "ESTABLISHED", "10.0.0.1"),
    "events": ("ike-updown", "gateway", "ESTABLISHED"),
}


def problems(command, name):
    """Runs a program against a daemon and looks for what it has to print."""
    with fakedaemon.running(talkative=True) as uri:
        run = subprocess.run([*command, uri], capture_output=True, text=True, check=False, timeout=60)
    if run.returncode:
        yield f"exit status {run.returncode}"
    yield from (f"did not print {text}" for text in EXPECTED[name] if text not in run.stdout)
    if "CRITICAL" in run.stderr or "WARNING" in run.stderr:
        yield "warned"
    if run.returncode:
        yield run.stdout + run.stderr


def interpreted(programs, suffix, *interpreter):
    """Whoever runs it, not the program, says how: it is to be pasted."""
    language = {".py": "Python", ".js": "GJS"}[suffix]
    for name in EXPECTED:
        claim = f"the manual's {name} in {language}"
        if shutil.which(interpreter[0]):
            tap.check(claim, problems([*interpreter, programs / (name + suffix)], name))
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
        tap.check(f"the manual's {name} in {language}", problems([program], name))
    interpreted(programs, ".py", "/usr/bin/python3")
    interpreted(programs, ".js", "gjs", "-m")

    readme = (args.root / "README.md").read_text(encoding="utf-8")
    tap.check("README.md shows the programs as they are",
              (name for name in ("status.c", "status.py", "status.js")
               if (programs / name).read_text(encoding="utf-8") not in readme))
    tap.finish()


main()
