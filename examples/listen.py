#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tells of every IKE_SA and CHILD_SA that comes up or goes down, for ever: when
the daemon is restarted, the connection is opened again.

Usage: listen.py [URI]
"""

import sys

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici


def on_event(_connection, name, event):
    up = event.lookup_boolean("up", False)
    for ike in event.get_names():
        if event.lookup_section(ike):
            print(f"{name} {ike}: {'up' if up else 'down'}", flush=True)


def on_closed(connection, error):
    print(error.message if error else "Closed", file=sys.stderr)
    GLib.timeout_add_seconds(1, open_again, connection)


def open_again(connection):
    """What was subscribed to is subscribed to again by itself."""
    connection.open_async(None, on_opened)
    return GLib.SOURCE_REMOVE


def on_opened(connection, result):
    try:
        connection.open_finish(result)
        print("The daemon is back", flush=True)
    except GLib.Error:
        GLib.timeout_add_seconds(1, open_again, connection)


try:
    daemon = Vici.Connection.new(*sys.argv[1:2])
    daemon.connect("event", on_event)
    daemon.connect("closed", on_closed)
    daemon.open_sync()
    daemon.subscribe_sync("ike-updown")
    daemon.subscribe_sync("child-updown")
except GLib.Error as failure:
    sys.exit(failure.message)

GLib.MainLoop().run()
