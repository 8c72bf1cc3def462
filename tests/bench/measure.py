# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the benchmarks' programs, and makes rows of what they say.

A row is what one case of a figure has taken, a dict with those of these keys
that were measured:

  figure, case   what it is
  unit           what the rate counts: "event/s", "round trip/s"
  rate           {"median", "min", "max"} of several runs
  ratios         its rate as a multiple of that of other cases, each in the same
                 round of runs: {"floor": 0.9, "libvici": 12.1}
  cpu            processor time for one, in seconds: {"client"}, and {"daemon"} where
                 there is a real one
  instructions, system calls, allocations
                 the client's, for one
  rest, heap, peak
                 memory in KiB: resident and allocated when set up, resident at most

What one takes by such a tool is the difference between a long and a short run,
so that starting and ending do not count.
"""

import functools
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile

# Each allocation counts, those of GLib's own allocator too.
COUNT_ALL = {**os.environ, "G_SLICE": "always-malloc"}


class Program:
    def __init__(self, build, name, *options):
        self.path = pathlib.Path(build) / "tests" / "bench" / f"bench-{name}"
        self.options = options

    def cases(self):
        """Their names, and how often they do it by default."""
        lines = subprocess.run([self.path, "--list"], check=True, capture_output=True, text=True).stdout
        return {name: int(count) for name, count in map(str.split, lines.splitlines())}

    def run(self, case, count, tool=(), env=None):
        """Returns what it says, and its process."""
        with subprocess.Popen([*tool, self.path, *self.options, case, str(count)], env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            output, errors = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{self.path.name} {case} {count} failed: {errors}")
        return json.loads(output.splitlines()[-1]), process


# -- Time --

def summary(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def is_reference(case):
    return case.startswith(("floor", "all-read", "libvici", "davici"))


def number(case):
    """The 32 of "davici-32"."""
    found = re.search(r"-(\d+)$", case)
    return found and found[1]


def references(case, cases):
    """What to compare a case with: what does as many at once, or does not say."""
    return [other for other in cases
            if is_reference(other) and other != case and number(other) in (None, number(case))]


def timed(program, counts, repeat):
    """The runs of each case, taken in turns, so that what disturbs one disturbs all."""
    runs = {case: [] for case in counts}
    for _ in range(repeat):
        for case, count in counts.items():
            runs[case].append(program.run(case, count)[0])
    return runs


def rates(runs):
    return [run["count"] / max(run["seconds"], 1e-6) for run in runs]


def timing_row(case, runs):
    mine = rates(runs[case])
    ratios = {other: statistics.median(a / b for a, b in zip(mine, rates(runs[other])))
              for other in references(case, runs)}
    count = max(runs[case][0]["count"], 1)
    return {"rate": summary(mine), "ratios": ratios,
            "cpu": {"client": statistics.median(run["cpu"] for run in runs[case]) / count}}


# -- Tools: each returns a number for the whole of the client --

def instructions(program, case, count, function=None):
    """In user space; within that function alone, if there is one."""
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={directory}/%p"]
        if function:
            tool.append(f"--toggle-collect={function}")
        _, process = program.run(case, count, tool)
        # What the peer takes, a process of its own, has another file.
        text = (directory / str(process.pid)).read_text()
    return int(re.search(r"^(?:totals|summary): (\d+)", text, re.M)[1])


def system_calls(program, case, count):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        said, _ = program.run(case, count, ["strace", "-ff", "-s0", "-o", directory / "trace"])
        # One file for each thread, and one for the peer.
        return sum(1 for trace in directory.iterdir() if trace.suffix != f".{said['peer']}"
                   for line in trace.open(errors="replace") if line[0].isalpha())


def allocations(program, case, count):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        tool = ["valgrind", "--leak-check=no", f"--log-file={directory}/%p"]
        _, process = program.run(case, count, tool, COUNT_ALL)
        text = (directory / str(process.pid)).read_text()
    return int(re.search(r"total heap usage: ([\d,]+) allocs", text)[1].replace(",", ""))


TOOLS = {
    "instructions": ("valgrind", instructions),
    "system calls": ("strace", system_calls),
    "allocations": ("valgrind", allocations),
}


def per_unit(measure, program, case, counts):
    less, more = counts
    return (measure(program, case, more) - measure(program, case, less)) / (more - less)


def tool_row(program, case, counts, function=None):
    """Within a function, only instructions can be counted."""
    if function:
        tools = {"instructions": ("valgrind", functools.partial(instructions, function=function))}
    else:
        tools = TOOLS
    return {key: per_unit(measure, program, case, counts)
            for key, (tool, measure) in tools.items() if shutil.which(tool)}
