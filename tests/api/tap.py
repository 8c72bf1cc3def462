# SPDX-License-Identifier: LGPL-2.1-or-later
"""Test Anything Protocol for checks that find a list of problems."""

import sys

_count = 0
_failed = 0


def check(claim, problems):
    """The claim holds when there are no problems."""
    global _count, _failed
    _count += 1
    problems = list(problems)
    if problems:
        _failed += 1
    print(f"{'not ok' if problems else 'ok'} {_count} - {claim}")
    for problem in problems:
        for line in str(problem).splitlines():
            print(f"# {line}")
    sys.stdout.flush()


def skip(claim, reason):
    global _count
    _count += 1
    print(f"ok {_count} - {claim} # SKIP {reason}")


def skip_all(reason):
    print(f"1..0 # SKIP {reason}")
    sys.exit(0)


def finish():
    print(f"1..{_count}")
    sys.exit(1 if _failed else 0)
