#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Shows connections, their SAs and traffic as they come, change and go: monitor.py [URI]"""
import signal
import sys
import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

def show(item, *_):
    line = f"{item.get_name()}: {item.get_state().value_nick}"
    if isinstance(item, Vici.IkeSaItem):
        line = f"  IKE_SA {item.get_unique_id()} of {line}"
    elif isinstance(item, Vici.ChildSaItem):
        line = f"    CHILD_SA {item.get_unique_id()} of {line}, {item.get_bytes_in()} bytes in"
    if line != getattr(item, "line", None):
        print(line, flush=True)
    item.line = line

def on_changed(model, position, removed, added, items):
    for item in items[position:position + removed]:
        item.disconnect_by_func(show)
        print(item.line, "(gone)", flush=True)
    items[position:position + removed] = model[position:position + added]
    for item in items[position:position + added]:
        item.connect("notify", show)
        show(item)
        if not isinstance(item, Vici.ChildSaItem):
            follow(item.get_ike_sas() if isinstance(item, Vici.ConnItem) else item.get_child_sas())

def follow(model):
    model.connect("items-changed", on_changed, items := [])
    on_changed(model, 0, 0, len(model), items)

monitor = Vici.Monitor.new(*sys.argv[1:2])
monitor.connect("notify::state", lambda *_: print(monitor.get_state_text(), flush=True))
monitor.hold()  # so that the traffic is counted
follow(monitor.get_conns())
signal.signal(signal.SIGINT, signal.SIG_DFL)
GLib.MainLoop().run()
