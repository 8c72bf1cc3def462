#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sums up Meson's test logs: one line for each log, the names of what failed
or was skipped, and as the last line the total.

What counts is the test case: each result of a program that speaks TAP, or else
the program. A program that died without a failed case is one failure."""

import collections
import json
import os
import pathlib
import re
import sys

RESULT = re.compile(r"^(not )?ok\b[ \t]+\d+[ \t]*-?[ \t]*([^#\n]*)(#[ \t]*SKIP)?", re.M | re.I)
PLAN_SKIPPED = re.compile(r"^1\.\.0\b.*#[ \t]*SKIP", re.M | re.I)


def cases(test):
    """(outcome, name) of each test case of a program."""
    name, result = test["name"], test["result"]
    found = [("failed" if bad else "skipped" if skip else "passed", f"{name} {case.strip()}")
             for bad, case, skip in RESULT.findall(test["stdout"] or "")]
    if result == "SKIP" or PLAN_SKIPPED.search(test["stdout"] or ""):
        found = found or [("skipped", name)]
    elif result not in ("OK", "EXPECTEDFAIL") and not any(outcome == "failed" for outcome, _ in found):
        found.append(("failed", f"{name} ({result})"))
    return found or [("passed", name)]


def must_not_skip(name):
    suites = name.split(" / ")[0].split(":")[-1].split("+")
    return "CI" in os.environ and "real" in suites


def summed(path):
    run = path.stem.removeprefix("testlog").lstrip("-") or "plain"
    counts = collections.Counter()
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        test = json.loads(line)
        for outcome, name in cases(test):
            if outcome == "skipped" and must_not_skip(test["name"]):
                outcome, name = "failed", f"{name} (skipped in CI)"
            counts[outcome] += 1
            if outcome != "passed":
                print(f"{run}: {outcome}: {name}")
    if not lines:
        counts["failed"] += 1
        print(f"{run}: failed: no test has run")
    print(f"{run}: {sentence(counts)}")
    return counts


def sentence(counts):
    text = f"{counts['passed']} passed, {counts['failed']} failed"
    return text + (f", {counts['skipped']} skipped" if counts["skipped"] else "")


def main():
    total = collections.Counter()
    for path in map(pathlib.Path, sys.argv[1:]):
        total += summed(path)
    print(sentence(total))
    return 1 if total["failed"] or not total["passed"] else 0


sys.exit(main())
