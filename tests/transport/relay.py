#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Standard input and output to the UNIX socket of the name given, as a
container's `socat` would do it. One that begins with @ is an abstract one."""

import os
import select
import socket
import sys

with socket.socket(socket.AF_UNIX) as daemon:
    daemon.connect(sys.argv[1].replace("@", "\0", 1))
    ways = {sys.stdin.fileno(): daemon.fileno(), daemon.fileno(): sys.stdout.fileno()}
    while True:
        for source in select.select(list(ways), [], [])[0]:
            data = os.read(source, 65536)
            if not data:
                sys.exit()
            while data:
                data = data[os.write(ways[source], data):]
