#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Asks a daemon for its version.

Usage: version.py [URI]
"""

import sys

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

try:
    connection = Vici.Connection.new(*sys.argv[1:2])
    connection.open_sync()
    version = connection.call_sync("version").to_variant().unpack()
    print(version["daemon"], version["version"])
except GLib.Error as error:
    sys.exit(error.message)
