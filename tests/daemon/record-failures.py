#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records what charon says when an initiation fails, for test-failure.

Each case of failurecases brings up two private daemons of examples/lab.py, alice
and bob, spoils something, and lets alice initiate. What she says is written to a
file named after the case: the control log at level 2, the alerts, and the reply.

    meson devenv -C _build tests/daemon/record-failures.py [CASE...]

On Debian it needs libcharon-extauth-plugins too, and openssl. Another charon than
that of the distribution is recorded with --charon and --plugins.

The lines of a file are fields, separated by tabs:

    about    what was spoilt
    daemon   name and version
    expect   nick of the ViciFailure
    log      group, level, IKE_SA's name and unique id (or empty), message
    alert    type
    errmsg   of the reply
    success  instead of it, when there is none
"""

import argparse
import pathlib
import signal

from gi.repository import GLib

from failurecases import CASES
from failureends import Scene, lab, message

HERE = pathlib.Path(__file__).resolve().parent


def record(name):
    """Runs a case; returns the lines of its file."""
    expect, spoil = CASES[name]
    tunnel = lab.Tunnel()
    try:
        scene = Scene(tunnel)
        spoil(scene)
        for end in scene.a, scene.b:
            end.charon.start()
            end.load()
        lines = [['about', spoil.__doc__], ['daemon', daemon_of(scene.a)], ['expect', expect]]
        lines += initiate(scene)
        if (lines[-1] == ['success']) != (expect == 'none'):
            raise lab.Failure(f'{name} came out as {lines[-1]}:\n{scene.a.charon.log_tail()}')
        return lines
    finally:
        for charon in tunnel.a, tunnel.b:
            if charon.process:
                charon.process.send_signal(signal.SIGCONT)
        tunnel.remove()


def daemon_of(end):
    version = end.call('version')
    return f'{version.lookup_string("daemon")} {version.lookup_string("version")}'


def initiate(scene):
    scene.before()
    lines = []
    events = scene.a.open()
    events.connect('event', lambda connection, name, event: on_alert(scene, event, lines))
    try:
        events.subscribe_sync('alert', None)
    except GLib.Error:
        pass  # before 6.0.3
    request = message({**scene.request, 'loglevel': '2'})
    stream = scene.a.open().call_streaming('initiate', None, request)
    loop = GLib.MainLoop()

    def on_entry(stream, result):
        entry = stream.next_finish(result)
        if entry is None:
            loop.quit()
            return
        log = [entry.lookup_string(key) or '' for key in (
            'group', 'level', 'ikesa-name', 'ikesa-uniqueid', 'msg')]
        # Those tell of each field of a packet.
        if log[:2] != ['ENC', '2']:
            lines.append(['log', *log])
        if scene.at and scene.at in log[-1]:
            scene.at = None
            scene.then()
        stream.next_async(None, on_entry)

    stream.next_async(None, on_entry)
    loop.run()
    # An alert may be late: it comes on a socket of its own.
    events.call_sync('version', None, None)
    while GLib.MainContext.default().iteration(False):
        pass
    reply = stream.get_reply()
    if reply.lookup_boolean('success', False):
        return lines + [['success']]
    return lines + [['errmsg', reply.lookup_string('errmsg')]]


def on_alert(scene, event, lines):
    """Of others than the IKE_SA in question there are none here."""
    lines.append(['alert', event.lookup_string('type')])


def write(path, lines):
    def escape(text):
        return text.replace('\\', r'\\').replace('\n', r'\n').replace('\t', r'\t')
    path.write_text(''.join('\t'.join(map(escape, line)) + '\n' for line in lines))


def main():
    parser = argparse.ArgumentParser(description='Records why initiations fail.')
    parser.add_argument('--charon', help='the daemon, instead of the distribution\'s')
    parser.add_argument('--plugins', type=pathlib.Path, help='the folder of its plugins')
    parser.add_argument('--output', type=pathlib.Path, default=HERE / 'data' / 'failures')
    parser.add_argument('case', nargs='*', help='all of them, if none is named')
    arguments = parser.parse_args()
    if arguments.charon:
        lab.CHARON = arguments.charon
        lab.PLUGIN_FOLDER = arguments.plugins
    lab.require()
    for name in arguments.case or CASES:
        lines = record(name)
        folder = arguments.output / lines[1][1].split()[-1]
        folder.mkdir(exist_ok=True)
        write(folder / f'{name}.log', lines)
        print(f'{name}: {lines[-1]}', flush=True)


if __name__ == '__main__':
    main()
