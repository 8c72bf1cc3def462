#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lists the connections that a daemon has loaded, one event each.

Usage: list-conns.py [URI]
"""

import sys

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

try:
    connection = Vici.Connection.new(*sys.argv[1:2])
    connection.open_sync()
    conns = connection.call_streaming("list-conns")
    while event := conns.next_sync():
        for name, conn in event.to_variant().unpack().items():
            addresses = ", ".join(conn.get("remote_addrs", [])) or "anywhere"
            print(f"{name}: {conn['version']} to {addresses}")
            for child in conn.get("children", {}):
                print(f"  {child}")
except GLib.Error as error:
    sys.exit(error.message)
