#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gvici and strongSwan's swanctl tell the same of the same daemon.

Run by examples/lab.py, with gvici as the argument. gvici sets the tunnel up;
swanctl is only asked.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import unittest

GVICI = sys.argv.pop(1)

# A name up to "=" or " {"; a value goes on, spaces and all, up to the next one.
NAME = r'[^\s={}]+'
RAW = re.compile(rf'''\s*(?:
    (?P<section>{NAME})\ {{ |
    (?P<end>}}) |
    (?P<list>{NAME})=\[(?P<items>[^]]*)\] |
    (?P<key>{NAME})=(?P<value>.*?)(?=\s{NAME}(?:=|\ {{)|}}|$)
)''', re.VERBOSE)

# What moves on between two questions.
PASSING = {'running', 'since', 'idle', 'active', 'queues', 'scheduled', 'mallinfo', 'established',
           'rekey-time', 'life-time', 'install-time', 'use-in', 'use-out'}


def parse_raw(text):
    """The message in one line of swanctl's --raw, as JSON has it."""
    sections = [{}]
    for match in RAW.finditer(text):
        if match['section']:
            sections.append(sections[-1].setdefault(match['section'], {}))
        elif match['end']:
            sections.pop()
        elif match['list']:
            sections[-1][match['list']] = match['items'].split()
        else:
            sections[-1][match['key']] = match['value']
    return sections[0]


def steady(value):
    """Messages without the values that move on, but with their names."""
    if isinstance(value, list):
        return [steady(item) for item in value]
    if isinstance(value, dict):
        return {key: None if key in PASSING else steady(item) for key, item in value.items()}
    return value


def run(*argv):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, text=True).stdout


def ask_swanctl(end, *arguments):
    """What swanctl prints, without the "list-sa event" and the like before it."""
    output = run('swanctl', *arguments, '--raw', '--uri', os.environ[f'VICI_TEST_URI_{end}'])
    messages = [next(iter(parse_raw(line).values())) for line in output.splitlines()]
    # The reply that ends a list is empty, and nothing that gvici would print.
    return [message for message in messages if message]


def ask_gvici(end, *arguments):
    output = run(GVICI, '--uri', os.environ[f'VICI_TEST_URI_{end}'], '--json', *arguments)
    return [json.loads(line) for line in output.splitlines()]


def load(end, other):
    """Configures one end with gvici alone."""
    local, remote = (os.environ[f'VICI_TEST_ADDRESS_{each}'] for each in (end, other))
    local_inner, remote_inner = (os.environ[f'VICI_TEST_INNER_ADDRESS_{each}']
                                 for each in (end, other))
    ask_gvici(end, 'load-shared', 'id=both', 'type=IKE', 'data=a real secret',
              f'owners=[{local},{remote}]')
    ask_gvici(end, 'load-conn', 'both.version=2',
              f'both.local_addrs=[{local}]', f'both.remote_addrs=[{remote}]',
              'both.proposals=[aes128-sha256-x25519]',
              'both.local.auth=psk', f'both.local.id={local}',
              'both.remote.auth=psk', f'both.remote.id={remote}',
              f'both.children.net.local_ts=[{local_inner}/32]',
              f'both.children.net.remote_ts=[{remote_inner}/32]',
              'both.children.net.esp_proposals=[aes128-sha256]')


def setUpModule():
    if not shutil.which('swanctl'):
        raise unittest.SkipTest('swanctl is not installed')
    load('A', 'B')
    load('B', 'A')
    ask_gvici('A', 'initiate', 'child=net', 'timeout=30000')


class SameAsSwanctl(unittest.TestCase):
    maxDiff = None

    def compare(self, command, *arguments):
        for end in 'A', 'B':
            with self.subTest(end=end):
                theirs = steady(ask_swanctl(end, *arguments))
                ours = steady(ask_gvici(end, command))
                self.assertTrue(theirs)
                self.assertEqual(ours, theirs)
                # In the same order, too.
                self.assertEqual(json.dumps(ours), json.dumps(theirs))

    def test_version(self):
        self.compare('version', '--version', '--daemon')

    def test_stats(self):
        self.compare('stats', '--stats')

    def test_list_sas(self):
        self.compare('list-sas', '--list-sas')

    def test_list_conns(self):
        self.compare('list-conns', '--list-conns')


if __name__ == '__main__':
    unittest.main()
