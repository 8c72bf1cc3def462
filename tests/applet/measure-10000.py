#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures models and applet with a gateway of 10,000 IKE_SAs, each with a CHILD_SA.

model    ViciMonitor alone: memory for each IKE_SA with its CHILD_SA, and the time
         until all are listed for the first time
applet   the same of the applet, with its window
open     its page of that connection comes: how long the main loop took to come back
end      the same, while it goes to its last row and to its first one
scroll   the page, while Page Down is held: how long frames took to draw, and the main
         loop to come back

It is no test: it tells, and somebody judges. The daemon is simulated, so that
nothing but a screen is needed, which it makes itself:

    tests/applet/measure-10000.py --build _build/plain

Memory is what the kernel has given to the process (RSS), less what it has with the
same daemon and no SAs. A frame is late when it takes longer than 1/60 s.
"""

import argparse
import contextlib
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path += [str(ROOT / folder) for folder in ("examples", "tests/peer", "tests/bindings",
                                               "tests/sim")]

import appletlab
import desk
import lab
import simtest

NAME = "gateway"
PAGES = 300
FRAME = 1 / 60

# Run by itself, with the library of the build: tells how much memory it has before
# and with all SAs, and how long it took in between.
MODEL = """
import pathlib, sys, time
import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

def memory():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1])

loop = GLib.MainLoop()
monitor = Vici.Monitor.new(sys.argv[1])
monitor.connect("notify::state", lambda monitor, _:
                monitor.props.state == Vici.MonitorState.READY and loop.quit())
before, begun = memory(), time.monotonic()
loop.run()
print(before, memory(), time.monotonic() - begun, monitor.props.ike_sas.get_n_items())
"""


def memory(pid):
    """In bytes."""
    pages = pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextlib.contextmanager
def gateway(n_sas):
    """A simulated daemon to which that many peers have connected."""
    process, uri = simtest.start("--traffic", "0")
    try:
        client = simtest.Client(uri)
        client.call("load-conn", **{NAME: {
            "version": "2", "local_addrs": ["192.0.2.1"], "remote_addrs": ["%any"],
            "local": {"auth": "psk"}, "remote": {"auth": "psk"},
            "children": {"net": {"remote_ts": ["10.1.0.0/16"]}}}})
        for index in range(n_sas):
            host = f"10.{index >> 16 & 255}.{index >> 8 & 255}.{index & 255}"
            client.call("sim-connect", ike=NAME, child="net", remote__host=host, remote__id=host)
        client.close()
        yield uri
    finally:
        simtest.stop(process)


def measure_model(uri, build):
    folder = build / "vici-glib"
    environment = {**os.environ, "GI_TYPELIB_PATH": str(folder), "LD_LIBRARY_PATH": str(folder)}
    found = subprocess.run(["/usr/bin/python3", "-c", MODEL, uri], env=environment, check=True,
                           stdout=subprocess.PIPE, text=True).stdout.split()
    before, after = (int(pages) * os.sysconf("SC_PAGE_SIZE") for pages in found[:2])
    return after - before, float(found[2]), int(found[3])


def measure_applet(applet, text):
    """Its memory, and the time since now, when its list says all there is."""
    begun = time.monotonic()
    appletlab.wait_for_row(applet, NAME, text)
    took = time.monotonic() - begun
    # For what it still does then.
    time.sleep(5)
    return memory(applet.pid), took


def describe(name, spans):
    took = sorted(took for _, took in spans)
    if not took:
        return f"{name:11} none"
    late = sum(span > FRAME for span in took)
    return (f"{name:11} {len(took):5}, median {statistics.median(took) * 1000:6.1f} ms, "
            f"95 % {took[int(len(took) * 0.95)] * 1000:6.1f} ms, "
            f"longest {took[-1] * 1000:6.1f} ms, late {late}")


def turns_of(loop, act):
    """Those of what is done, and of some seconds after it."""
    turns = len(loop.turns())
    act()
    time.sleep(5)
    return loop.turns()[turns:]


def measure_opening(a_desk, applet, loop):
    """By a click on the connection, and then to the ends of its page."""
    a_desk.focus(appletlab.TITLE)
    row = applet.find("label", NAME)
    print(describe("open", turns_of(loop, lambda: a_desk.click(row))))
    print(describe("end", turns_of(loop, lambda: a_desk.key("End")) +
                   turns_of(loop, lambda: a_desk.key("Home"))), flush=True)


def measure_scrolling(a_desk, loop):
    """Holds Page Down as a keyboard does, 30 times in a second."""
    frames, turns = len(loop.frames()), len(loop.turns())
    begun = time.monotonic()
    a_desk.key("--delay", "33", *["Page_Down"] * PAGES)
    took = time.monotonic() - begun
    a_desk.screenshot(pathlib.Path(os.environ.get("VICI_SCREENSHOTS", a_desk.path)) / "scrolled.png")
    return loop.frames()[frames:], loop.turns()[turns:], took


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "_build" / "plain",
                        help="a build directory; %(default)s")
    parser.add_argument("--sas", type=int, default=10000, help="how many IKE_SAs; %(default)s")
    arguments = parser.parse_args()
    build, n_sas = arguments.build.resolve(), arguments.sas
    try:
        desk.require()
    except lab.Unavailable as reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return lab.SKIPPED

    simtest.SIM_CHARON = str(build / "examples" / "sim-charon" / "sim-charon")
    program = appletlab.program(build)
    with desk.Desk() as a_desk:
        with gateway(0) as uri, appletlab.start(a_desk, program, uri) as applet:
            empty, _ = measure_applet(applet, None)
        with gateway(n_sas) as uri:
            gained, took, listed = measure_model(uri, build)
            print(f"model       {listed} IKE_SAs, {gained / n_sas:.0f} bytes for each, "
                  f"all listed after {took * 1000:.0f} ms", flush=True)
            loop = appletlab.LoopWatch(a_desk, build / "tests" / "applet" / "loopwatch.so")
            with appletlab.start(a_desk, program, uri, **loop.environment) as applet:
                full, took = measure_applet(applet, f"{n_sas - 1} more")
                print(f"applet      {(full - empty) / n_sas:.0f} bytes for each, all listed "
                      f"{took * 1000:.0f} ms after its start "
                      f"({empty / 1e6:.0f} MB without, {full / 1e6:.0f} MB with)")
                print(describe("until then", loop.turns()), flush=True)
                measure_opening(a_desk, applet, loop)
                frames, turns, took = measure_scrolling(a_desk, loop)
                print(f"scroll      {PAGES} pages in {took:.1f} s")
                print(describe("frames", frames))
                print(describe("turns", turns))
    return 0


if __name__ == "__main__":
    sys.exit(main())
