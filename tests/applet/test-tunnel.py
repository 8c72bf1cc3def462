#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a program beside two daemons that know passwords too: test-tunnel.py PROGRAM..."""

import os
import subprocess
import sys

import lab
from appletlab import PASSWORD_PLUGINS


def main():
    try:
        lab.require()
        for plugin in PASSWORD_PLUGINS:
            lab.require_plugin(plugin)
        tunnel = lab.Tunnel()
    except lab.Unavailable as reason:
        print(f"1..0 # SKIP {reason}")
        return 0

    for daemon in tunnel.a, tunnel.b:
        daemon.plugins = [*daemon.plugins, *PASSWORD_PLUGINS]
    with tunnel:
        status = subprocess.run(sys.argv[1:], env={**os.environ, **lab.environment_of(tunnel)},
                                check=False).returncode
        if status != 0:
            for daemon in tunnel.a, tunnel.b:
                print(f"--- log of {daemon.name}\n{daemon.log_tail()}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
