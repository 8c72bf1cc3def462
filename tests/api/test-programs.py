#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The programs of the manual do what it says, and the README shows the same."""

import argparse
import os
import pathlib
import re
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

CERTIFICATE = (TESTS / "data" / "peer.pem").read_text(encoding="utf-8").partition("-----BEGIN PRIVATE")[0]


def problems(command, name):
    """Runs a program against a daemon and looks for what it has to print."""
    with fakedaemon.running(talkative=["ike-updown"]) as uri:
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
                yield from problems_of_calls(uri)
            finally:
                mock.kill()
                warnings = mock.communicate()[1]
    if "CRITICAL" in warnings or "WARNING" in warnings:
        yield warnings


def problems_of_calls(uri):
    client = simtest.Client(uri)
    client.register("ike-updown", "list-sa")
    listed, _ = client.call("list-sas")
    events, reply = client.call("initiate", child="net")
    client.close()
    # An SA without one is none to a ViciMonitor.
    if [event["gateway"].get("uniqueid") for _, event in listed] != ["1"]:
        yield f"list-sas raised {listed}"
    if reply != {"success": "yes"}:
        yield f"initiate was answered with {reply}"
    if events != [("ike-updown", {"up": "yes", "gateway": {
            "uniqueid": "1", "state": "ESTABLISHED"}})]:
        yield f"initiate raised {events}"


def problems_of_up(command):
    """Loads a connection into a simulated charon, and brings it up."""
    daemon, uri = simtest.start()
    try:
        run = subprocess.run([*command, uri], check=False, capture_output=True, text=True,
                             timeout=60, env=os.environ | {"LC_ALL": "C.UTF-8"})
    finally:
        simtest.stop(daemon)
    if run.returncode or run.stderr or run.stdout != "home: Connected\nnet leads to 10.1.0.0/16\n":
        yield f"exit status {run.returncode}: {run.stdout}{run.stderr}"


# ------------------------------------------------- from swanctl.conf to a program

SUCCESS = fakedaemon.reply({"success": "yes", "matches": "1", "terminated": "1"})


def told(command, program):
    """What a program tells the daemon, in order: commands and requests. Beside it is
    what swanctl.conf refers to."""
    requests = []

    def answer(name, packets):
        def run(request, _peer):
            requests.append((name, request))
            return packets
        return name, run

    commands = dict([
        *(answer(name, [SUCCESS]) for name in (
            "load-authority", "load-cert", "load-shared", "load-conn", "unload-conn", "unload-shared",
            "unload-authority", "initiate", "terminate")),
        *(answer(name, [fakedaemon.reply({})]) for name in (
            "get-authorities", "get-shared", "get-keys", "get-conns", "get-pools"))])
    with fakedaemon.running(commands) as uri, tempfile.TemporaryDirectory() as directory:
        folder = pathlib.Path(directory)
        (folder / "x509ca").mkdir()
        for path in "ca.pem", "x509ca/ca.pem":
            (folder / path).write_text(CERTIFICATE, encoding="utf-8")
        (folder / "password").write_text("sesame", encoding="utf-8")
        shutil.copy(program.with_suffix(".conf"), folder / "swanctl.conf")
        run = subprocess.run([*command, uri], cwd=folder, stdin=subprocess.DEVNULL, check=False,
                             capture_output=True, text=True, timeout=60,
                             env=os.environ | {"SWANCTL_DIR": directory})
    return run, requests


def meaning(requests):
    """What is loaded, whatever it is called and in whatever order: swanctl names a first
    round local, the library local-1, and the program's scope has a prefix."""
    def renamed(section):
        if not isinstance(section, dict):
            return section
        return {name.removesuffix("-1").removeprefix("roadwarrior-"): renamed(value)
                for name, value in section.items()}

    loaded = {name: renamed(request) for name, request in requests if name.startswith("load-")}
    loaded["load-shared"].pop("id")
    # swanctl also loads the certificates of the folder, each by itself.
    loaded.pop("load-cert", None)
    return loaded


def problems_of_roadwarrior(command, program, swanctl):
    run, requests = told(command, program)
    if run.returncode or run.stderr or "gateway is ESTABLISHED" not in run.stdout:
        yield f"exit status {run.returncode}: {run.stdout}{run.stderr}"
        return
    loads, unloads = ([name for name, _ in requests if name.startswith(start)]
                      for start in ("load-", "unload-"))
    if sorted(unloads) != sorted(f"un{name}" for name in loads):
        yield f"loaded {loads}, and unloaded {unloads}"
    if swanctl is not None and meaning(requests) != swanctl:
        yield f"loaded {meaning(requests)}"
        yield f"swanctl {swanctl}"


def told_by_swanctl(programs):
    """What swanctl loads of the same configuration, or None if it is not installed."""
    swanctl = shutil.which("swanctl", path="/usr/sbin:/usr/bin:" + os.environ["PATH"])
    if swanctl is None:
        tap.skip("swanctl loads the manual's swanctl.conf", "there is no swanctl")
        return None
    run, requests = told([swanctl, "--load-all", "--file", "swanctl.conf", "--uri"],
                         programs / "roadwarrior.conf")
    tap.check("swanctl loads the manual's swanctl.conf",
              [run.stdout + run.stderr] if run.returncode else [])
    return meaning(requests)


def problems_of(command, name, programs, swanctl):
    if name == "mock":
        return problems_of_mock(command)
    if name == "roadwarrior":
        return problems_of_roadwarrior(command, programs / name, swanctl)
    return problems(command, name)


def interpreted(programs, swanctl, suffix, *interpreter):
    """Whoever runs it, not the program, says how: it is to be pasted."""
    language = {".py": "Python", ".js": "GJS"}[suffix]
    for name in (*EXPECTED, "mock", "roadwarrior"):
        claim = f"the manual's {name} in {language}"
        if shutil.which(interpreter[0]):
            tap.check(claim, problems_of([*interpreter, programs / (name + suffix)], name,
                                         programs, swanctl))
        else:
            tap.skip(claim, f"{interpreter[0]} is not installed")


def live_models(programs):
    claim, program = "the manual's up in GJS", programs / "up.js"
    if not shutil.which("gjs") or not simtest.SIM_CHARON:
        tap.skip(claim, "gjs is not installed, or there is no sim-charon")
    else:
        tap.check(claim, problems_of_up(["gjs", "-m", program]))

    chapter = (programs.parent / "using.xml").read_text(encoding="utf-8")
    snippets = re.findall(r'<programlisting language="JavaScript" role="up.js"><!\[CDATA\[(.*?)\]\]>',
                          chapter, re.DOTALL)
    text = program.read_text(encoding="utf-8")
    tap.check("using.xml shows parts of it as they are",
              (snippet for snippet in snippets or ["nothing"] if snippet not in text))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--root", type=pathlib.Path)
    parser.add_argument("--compiled", nargs="*", default=[], type=pathlib.Path)
    args = parser.parse_args()
    programs = args.root / "docs" / "programs"

    swanctl = told_by_swanctl(programs)
    for program in map(pathlib.Path.resolve, args.compiled):
        name, _, language = program.name.partition("-")
        tap.check(f"the manual's {name} in {language}", problems_of([program], name, programs, swanctl))
    interpreted(programs, swanctl, ".py", "/usr/bin/python3")
    interpreted(programs, swanctl, ".js", "gjs", "-m")
    live_models(programs)

    readme = (args.root / "README.md").read_text(encoding="utf-8")
    tap.check("README.md shows the programs as they are",
              (name for name in ("status.c", "status.py", "status.js")
               if (programs / name).read_text(encoding="utf-8") not in readme))
    tap.finish()


main()
