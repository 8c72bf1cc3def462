#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A simulated charon in about a hundred lines: how little it takes.

Knows what a test of a VPN program needs most: version, load-conn, list-conns,
get-conns, initiate with its log, list-sas, terminate, and the event ike-updown.
The one in C, beside this, knows all. Usage: sim-charon.py URI
"""

import itertools
import os
import sys

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

LATENCY = 20  # ms from an IKE request to its response
EVENTS = "list-conn", "list-sa", "control-log", "ike-updown"


def variant(value):
    if isinstance(value, dict):
        return GLib.Variant("a{sv}", {key: variant(item) for key, item in value.items()})
    return GLib.Variant("as", value) if isinstance(value, list) else GLib.Variant("s", str(value))


def message(**section):
    return Vici.Message.new_from_variant(variant(section))


class Charon:
    def __init__(self):
        self.conns = {}
        self.sas = {}
        self.ids = itertools.count(1)
        self.server = Vici.Server.new()
        for event in EVENTS:
            self.server.add_event(event)
        for command in (self.version, self.load_conn, self.get_conns, self.list_conns,
                        self.initiate, self.list_sas, self.terminate):
            name = command.__name__.replace("_", "-")
            self.server.add_command(name)
            self.server.connect(f"command::{name}", self.on_command, command)

    def on_command(self, server, invocation, command):
        command(invocation, invocation.get_request().to_variant().unpack())
        return True

    def version(self, invocation, request):
        host = os.uname()
        invocation.return_message(message(daemon="charon", version="5.9.8", sysname=host.sysname,
                                          release=host.release, machine=host.machine))

    def load_conn(self, invocation, request):
        self.conns |= request
        invocation.return_success()

    def get_conns(self, invocation, request):
        invocation.return_message(message(conns=list(self.conns)))

    def list_conns(self, invocation, request):
        for name, conn in self.conns.items():
            children = {child: {"mode": "TUNNEL", "local-ts": section.get("local_ts", ["dynamic"]),
                                "remote-ts": section.get("remote_ts", ["dynamic"])}
                        for child, section in conn.get("children", {}).items()}
            invocation.send_event("list-conn", message(**{name: {
                "local_addrs": conn.get("local_addrs", ["%any"]),
                "remote_addrs": conn.get("remote_addrs", ["%any"]),
                "version": "IKEv2", "children": children}}))
        invocation.return_message(None)

    def initiate(self, invocation, request):
        child = request.get("child")
        name = next((name for name, conn in self.conns.items()
                     if child in conn.get("children", {})), None)
        if name is None:
            invocation.return_failure(f"CHILD_SA config '{child}' not found")
            return
        sa = {"uniqueid": next(self.ids), "version": 2, "state": "CONNECTING", "initiator": "yes",
              "remote-host": self.conns[name].get("remote_addrs", ["%any"])[0]}
        self.sas[name] = sa
        self.log(invocation, name, f"initiating IKE_SA {name}[{sa['uniqueid']}] to {sa['remote-host']}")
        # Answered later, and nobody waits for it but who has asked.
        GLib.timeout_add(LATENCY, self.establish, invocation, name, child)

    def establish(self, invocation, name, child):
        if name not in self.sas:
            invocation.return_failure(f"establishing CHILD_SA '{child}' failed")
            return
        self.sas[name] |= {"state": "ESTABLISHED", "child-sas": {f"{child}-1": {
            "name": child, "uniqueid": 1, "state": "INSTALLED", "mode": "TUNNEL"}}}
        self.log(invocation, name, f"CHILD_SA {child}{{1}} established")
        self.server.emit_event("ike-updown", message(up="yes", **{name: self.sas[name]}))
        invocation.return_success()

    def list_sas(self, invocation, request):
        for name, sa in self.sas.items():
            invocation.send_event("list-sa", message(**{name: sa}))
        invocation.return_message(None)

    def terminate(self, invocation, request):
        sa = self.sas.pop(request.get("ike"), None)
        if sa is None:
            invocation.return_failure("no matching SAs to terminate found")
            return
        self.server.emit_event("ike-updown", message(**{request["ike"]: sa | {"state": "DELETING"}}))
        invocation.return_message(message(success="yes", matches=1, terminated=1))

    def log(self, invocation, name, text):
        invocation.send_event("control-log", message(**{
            "group": "IKE", "level": 0, "ikesa-name": name, "msg": text}))


def main():
    charon = Charon()
    charon.server.listen(sys.argv[1])
    print(*charon.server.get_uris(), sep="\n", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
