#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures what the applet does while nothing happens: wake-ups and processor time.

open           the window is open, the daemon answers, and nothing is up
minimised      as before, and the window is minimised
up             the window is open, and shows a connection that is up
up-minimised   as before, and the window is minimised

It is no test: it tells, and somebody judges. Each takes ten minutes, if it is not
told otherwise, on a screen and with daemons of its own; so that is to be run as
root, on an idle machine:

    tests/applet/measure-idle.py --build _build/plain open minimised

What is told of each: how often the main loop woke up (returns of its poll, as
loopwatch.so counts them), how often all threads of the process did (their
voluntary context switches), and how long these ran.
"""

import argparse
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.append(str(ROOT / "examples"))

import appletlab
import desk
import lab

# For what a program still does when its window has come; GLib's threads end after 15 s.
SETTLING = 20

STATES = "open", "minimised", "up", "up-minimised"


def threads(pid):
    """How often each went to sleep, and how many seconds it ran, by their names."""
    found = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        fields = dict(line.split(":\t", 1) for line in (task / "status").read_text().splitlines()
                      if ":\t" in line)
        # Clock ticks would be too coarse.
        ran = int((task / "schedstat").read_text().split()[0]) / 1e9
        found[f'{fields["Name"]}-{task.name}'] = int(fields["voluntary_ctxt_switches"]), ran
    return found


def measure(applet, loop, seconds):
    polls, before = len(loop.wake_ups()), threads(applet.pid)
    time.sleep(seconds)
    polls, after = len(loop.wake_ups()) - polls, threads(applet.pid)
    switches, ran = {}, 0
    for name, (count, spent) in after.items():
        count_before, spent_before = before.get(name, (0, 0))
        switches[name] = count - count_before
        ran += spent - spent_before
    return polls, switches, ran


def run(a_desk, state, arguments):
    loop = appletlab.LoopWatch(a_desk, arguments.build / "tests" / "applet" / "loopwatch.so")
    with appletlab.Daemons() as daemons:
        if state.startswith("up"):
            daemons.initiate()
        with appletlab.start(a_desk, appletlab.program(arguments.build), daemons.a.uri,
                             **loop.environment) as applet:
            appletlab.wait_for_row(applet, "home")
            if state.endswith("minimised"):
                a_desk.hide(appletlab.TITLE)
            time.sleep(SETTLING)
            return measure(applet, loop, arguments.seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "_build" / "plain",
                        help="a build directory; %(default)s")
    parser.add_argument("--seconds", type=float, default=600, help="how long each; %(default)s")
    parser.add_argument("states", nargs="*", metavar="STATE", default=STATES[:2],
                        help=f"{', '.join(STATES)}; the first two if none is named")
    arguments = parser.parse_args()
    for state in arguments.states:
        if state not in STATES:
            parser.error(f"there is no state “{state}”")
    try:
        lab.require()
        desk.require()
    except lab.Unavailable as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return lab.SKIPPED

    with desk.Desk() as a_desk:
        for state in arguments.states:
            polls, switches, spent = run(a_desk, state, arguments)
            named = ", ".join(f"{name} {count}" for name, count in switches.items() if count)
            print(f"{state:14} {arguments.seconds:.0f} s: the main loop woke up {polls} times, all "
                  f"threads {sum(switches.values())} ({named or 'none'}); "
                  f"processor {spent * 1000:.1f} ms", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
