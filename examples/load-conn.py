#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Loads a connection and its pre-shared key into a daemon.

Usage: load-conn.py [URI]
"""

import sys

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

CONN = {
    "gateway": {
        "version": 2,
        "remote_addrs": ["192.0.2.1"],
        "local": {"auth": "psk", "id": "roadwarrior"},
        "remote": {"auth": "psk", "id": "gateway"},
        "children": {"net": {"remote_ts": ["10.1.0.0/16"]}},
    },
}


def variant(value):
    """A plain dict as the library takes it."""
    if isinstance(value, dict):
        return GLib.Variant("a{sv}", {key: variant(item) for key, item in value.items()})
    if isinstance(value, list):
        return GLib.Variant("as", value)
    return GLib.Variant("s", str(value))


def secret():
    """A builder knows what is secret: it is wiped from memory, and never logged."""
    builder = Vici.Builder()
    builder.set_sensitive(True)
    builder.add_string("type", "IKE")
    builder.add_string("data", "correct horse battery staple")
    builder.add_strv("owners", ["gateway", "roadwarrior"])
    return builder.end()


try:
    connection = Vici.Connection.new(*sys.argv[1:2])
    connection.open_sync()
    connection.call_sync("load-conn", Vici.Message.new_from_variant(variant(CONN))).check_success()
    connection.call_sync("load-shared", secret()).check_success()
    print("Loaded")
except GLib.Error as error:
    sys.exit(error.message)
