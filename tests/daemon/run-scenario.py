#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the scenario in one of its languages: run-scenario.py PROGRAM ARGUMENTS...

examples/lab.py runs this, with its two daemons. To what it tells in the environment
come VICI_TEST_PKI, the folder with what make-scenario-pki.sh makes, and
VICI_TEST_GATEWAY, a second address of the daemon B.

The program speaks TAP. Its steps have to be those of scenario-steps.txt.
"""

import os
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
GATEWAY = '192.0.2.3'


def expected_steps():
    lines = (HERE / 'scenario-steps.txt').read_text().splitlines()
    return [line for line in lines if line and not line.startswith('#')]


def prepare():
    """Returns what the program has to be told."""
    pki = pathlib.Path(os.environ['VICI_LAB'], 'pki')
    pki.mkdir()
    subprocess.run([HERE / 'make-scenario-pki.sh', pki], check=True)
    subprocess.run(['nsenter', f'--net={os.environ["VICI_TEST_NETNS_B"]}',
                    'ip', 'address', 'add', f'{GATEWAY}/24', 'dev', 'veth0'], check=True)
    return {'VICI_TEST_PKI': str(pki), 'VICI_TEST_GATEWAY': GATEWAY}


def run(argv, variables):
    """Passes on what the program says; returns its status and its steps."""
    steps = []
    with subprocess.Popen(argv, env={**os.environ, **variables}, text=True,
                          stdout=subprocess.PIPE) as program:
        for line in program.stdout:
            print(line, end='', flush=True)
            if match := re.match(r'(?:not )?ok \d+ (?:- )?/scenario/(\S+)', line):
                steps.append(match[1])
    return program.returncode, steps


def main():
    status, steps = run(sys.argv[1:], prepare())
    if status == 0 and steps != expected_steps():
        print(f'# the steps are {steps}, and not {expected_steps()}')
        return 1
    return status


if __name__ == '__main__':
    sys.exit(main())
