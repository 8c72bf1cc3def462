#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Brings up an IPsec tunnel between two charons, and takes it down again.

Everything that is asked of the daemons goes through the library. The daemons
are those of examples/lab.py, which runs this program:

    examples/lab.py tunnel -- examples/tunnel.py

Each daemon gets two connections: one for calls, and one for events, because
charon answers a connection in order and keeps `initiate` waiting for its end.

The daemons may be simulated ones, as examples/demo starts them where no real
ones can run. Those have no network between them: what the one does is told to
the other.
"""

# What there is to clean up is the laboratory's: to end at once is fine, and
# that from here on.
import signal
signal.signal(signal.SIGINT, signal.SIG_DFL)

import os
import re
import subprocess
import sys
import time

import gi
gi.require_version('Vici', '1.0')
from gi.repository import GLib, Vici

WIDTH = 80
NAME = 'demo'
CHILD = 'net'
PSK = b'the two of us know'
EVENTS = 'ike-updown', 'child-updown'
PINGS = 5

SIMULATED = os.environ.get('VICI_TEST_ESP') == 'simulated'


# ------------------------------------------------------------------- screen

class Screen:
    """Prints steps: a heading, what happens, and how long it took."""

    STYLES = {'bold': 1, 'dim': 2, 'red': 31, 'green': 32, 'yellow': 33, 'cyan': 36}

    def __init__(self):
        self.colours = (sys.stdout.isatty() and os.environ.get('TERM') != 'dumb'
                        and not os.environ.get('NO_COLOR'))
        self.began = time.monotonic()

    def style(self, text, *styles):
        if not self.colours or not styles:
            return text
        codes = ';'.join(str(self.STYLES[style]) for style in styles)
        return f'\033[{codes}m{text}\033[0m'

    def heading(self, text):
        print('\n' + self.style(text, 'bold'), flush=True)
        self.began = time.monotonic()

    def elapsed(self):
        return time.monotonic() - self.began

    def line(self, label, text, *styles):
        text = clip(text, WIDTH - 4 - 14)
        print(f'    {self.style(f"{label:<14}", "cyan")}{self.style(text, *styles)}', flush=True)

    def columns(self, label, *cells):
        width = (WIDTH - 4 - 14) // len(cells)
        row = ''.join(f'{clip(cell, width - 1):<{width}}' for cell in cells)
        print(f'    {self.style(f"{label:<14}", "cyan")}{row.rstrip()}', flush=True)

    def moment(self, who, what, text, *styles):
        """A line of a log, with the time since the heading."""
        text = clip(text, WIDTH - 26)
        print(f'{self.style(f"{self.elapsed() * 1000:8.1f} ms", "dim")}  '
              f'{self.style(f"{who:<6}", "cyan")} {self.style(f"{what:<5}", *styles)} '
              f'{self.style(text, *styles)}'.rstrip(), flush=True)

    def done(self, text, seconds=None):
        took = format_seconds(self.elapsed() if seconds is None else seconds)
        text = clip(text, WIDTH - 5 - len(took))
        space = ' ' * (WIDTH - 4 - len(text) - len(took))
        print(f' {self.style("ok", "green")} {text}{space}{self.style(took, "dim")}',
              flush=True)


def clip(text, width):
    return text if len(text) <= width else text[:width - 3] + '...'


def format_seconds(seconds):
    return f'{seconds:.2f} s' if seconds >= 1 else f'{seconds * 1000:.1f} ms'


def format_period(seconds):
    minutes, seconds = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f'{hours} h {minutes} min' if hours else f'{minutes} min {seconds} s'


# ------------------------------------------------------------------ library

def variant(value):
    """The GVariant that a message is made of."""
    if isinstance(value, dict):
        return GLib.Variant('a{sv}', {key: variant(item) for key, item in value.items()})
    if isinstance(value, list):
        return GLib.Variant('as', value)
    if isinstance(value, bytes):
        return GLib.Variant('ay', value)
    return GLib.Variant('s', value)


def message(**values):
    return Vici.Message.new_from_variant(variant(values))


class Peer:
    """One of the two daemons, and what it is to the other."""

    def __init__(self, end, screen):
        self.name, self.uri, self.pid, self.namespace, self.address, self.inner = (
            os.environ[f'VICI_TEST_{key}_{end}'] for key in
            ('NAME', 'URI', 'PID', 'NETNS', 'ADDRESS', 'INNER_ADDRESS'))
        self.screen = screen
        self.seen = []
        self.control = Vici.Connection.new(self.uri)
        self.control.open_sync(None)
        self.events = Vici.Connection.new(self.uri)
        self.events.open_sync(None)
        self.events.connect('event', self._on_event)

    def _on_event(self, connection, name, event):
        """Events come whenever the main loop runs."""
        up = event.lookup_boolean('up', False)
        sa = event.lookup_section(NAME)
        self.seen.append((name, up))
        children = sa.lookup_section('child-sas')
        what = f'CHILD_SA {children.get_names()[0]}' if children else f'IKE_SA {NAME}'
        self.screen.moment(self.name, 'event', f'{name}: {what} is {"up" if up else "down"}',
                           'green' if up else 'yellow')

    def call(self, command, **request):
        """Calls; an answer that says no becomes an exception."""
        reply = self.control.call_sync(command, message(**request), None)
        reply.check_success()
        return reply.to_variant().unpack()

    def load(self, other):
        self.call('load-shared', id=NAME, type='IKE', data=PSK,
                  owners=[self.address, other.address])
        self.call('load-conn', **{NAME: {
            'version': '2',
            'local_addrs': [self.address],
            'remote_addrs': [other.address],
            'proposals': ['aes128-sha256-x25519'],
            'local': {'auth': 'psk', 'id': self.address},
            'remote': {'auth': 'psk', 'id': other.address},
            'children': {CHILD: {
                'local_ts': [f'{self.inner}/32'],
                'remote_ts': [f'{other.inner}/32'],
                # strongSwan's ESP in user space knows no AES-GCM.
                'esp_proposals': ['aes128-sha256'],
            }},
        }})

    def subscribe(self):
        for event in EVENTS:
            self.events.subscribe_sync(event, None)

    def call_with_log(self, command, **request):
        """Calls and prints the control log as it streams."""
        loop = GLib.MainLoop()
        failures = []

        def on_line(stream, result):
            try:
                line = stream.next_finish(result)
            except GLib.Error as error:
                failures.append(error)
                line = None
            if line is None:
                loop.quit()
                return
            self.screen.moment(self.name, line.lookup_string('group'),
                               line.lookup_string('msg'))
            stream.next_async(None, on_line)

        stream = self.control.call_streaming(command, None, message(**request))
        stream.next_async(None, on_line)
        loop.run()
        if failures:
            raise failures[0]
        stream.get_reply().check_success()

    def get_sa(self):
        """The IKE_SA and its only CHILD_SA, as dictionaries."""
        stream = self.control.call_streaming('list-sas', None, message(ike=NAME))
        event = stream.next_sync(None)
        if event is None:
            return None, None
        sa = event.to_variant().unpack()[NAME]
        return sa, next(iter(sa['child-sas'].values()))


def wait_for_events(peers, up):
    """Runs the main loop until all have told of both SAs."""
    wanted = {(event, up) for event in EVENTS}
    context = GLib.MainContext.default()
    late = []
    GLib.timeout_add_seconds(30, late.append, True)
    while not all(wanted <= set(peer.seen) for peer in peers):
        if late:
            raise RuntimeError('the daemons did not send their events')
        context.iteration(True)


# -------------------------------------------------------------------- steps

def show_daemons(screen, a, b):
    screen.heading('Two simulated daemons, each the other\'s peer in name' if SIMULATED else
                   'Two private daemons, each in a network namespace of its own')
    versions = [peer.call('version') for peer in (a, b)]
    screen.columns('', a.name, b.name)
    screen.columns('daemon', *(f'{version["daemon"]} {version["version"]}' for version in versions))
    screen.columns('process', a.pid, b.pid)
    screen.columns('address', a.address, b.address)
    screen.columns('behind it', f'{a.inner}/32', f'{b.inner}/32')
    esp = {'kernel': 'the kernel', 'libipsec': 'strongSwan itself, in user space',
           'simulated': 'nobody: it is simulated, as is all that follows'}
    screen.line('ESP by', esp[os.environ['VICI_TEST_ESP']])
    screen.done('both answer', float(os.environ['VICI_TEST_READY_AFTER']))


def load(screen, a, b):
    screen.heading('A pre-shared key and a connection, loaded into each')
    a.load(b)
    b.load(a)
    for peer in a, b:
        names = peer.call('get-conns')['conns']
        screen.line(peer.name, f'load-shared, load-conn; now has {", ".join(names)}')
    for peer in a, b:
        peer.subscribe()
    screen.done(f'loaded, and subscribed to {" and ".join(EVENTS)}')


def initiate(screen, a, b):
    screen.heading(f'Initiating on {a.name}: its control log, and the events of both')
    a.call_with_log('initiate', child=CHILD, ike=NAME, timeout='30000')
    if SIMULATED:
        b.call('sim-connect', ike=NAME, child=CHILD)
    wait_for_events((a, b), up=True)
    screen.done('the tunnel is up')


def algorithms(sa):
    names = [sa[key] + (f'-{sa[size]}' if size in sa else '')
             for key, size in (('encr-alg', 'encr-keysize'), ('integ-alg', 'integ-keysize'),
                               ('dh-group', '')) if key in sa]
    return ' / '.join(names)


def show_sas(screen, a, b):
    screen.heading('The security associations, as each daemon lists them')
    (ike_a, child_a), (ike_b, child_b) = sas = a.get_sa(), b.get_sa()
    screen.columns('', a.name, b.name)
    screen.columns('IKE_SA', *(f'{NAME}[{ike["uniqueid"]}] {ike["state"]}' for ike, _ in sas))
    screen.columns('role', *('initiator' if 'initiator' in ike else 'responder' for ike, _ in sas))
    screen.columns('local', *(f'{ike["local-host"]}[{ike["local-port"]}]' for ike, _ in sas))
    screen.columns('rekeyed in', *(format_period(ike['rekey-time']) for ike, _ in sas))
    screen.line('SPIs', f'{ike_a["initiator-spi"]} initiator, {ike_a["responder-spi"]} responder')
    screen.line('algorithms', algorithms(ike_a))
    screen.columns('CHILD_SA', *(f'{child["name"]}{{{child["uniqueid"]}}} {child["state"]}'
                                 for _, child in sas))
    screen.columns('protocol', *(f'{child["protocol"]}{" in UDP" if "encap" in child else ""}, '
                                 f'{child["mode"].lower()} mode' for _, child in sas))
    screen.columns('SPI in, out', *(f'{child["spi-in"]}, {child["spi-out"]}' for _, child in sas))
    screen.columns('from, to', *(f'{child["local-ts"][0]}, {child["remote-ts"][0]}'
                                 for _, child in sas))
    screen.line('algorithms', algorithms(child_a))
    screen.done('established and installed')


def ping(screen, a, b):
    """Returns the counters from before, for comparison."""
    screen.heading(f'{PINGS} pings through the tunnel, from {a.inner} to {b.inner}')
    before = [peer.get_sa()[1] for peer in (a, b)]
    command = ['nsenter', f'--net={a.namespace}', 'ping', '-c', str(PINGS), '-i', '0.2',
               '-w', '30', '-I', a.inner, b.inner]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True,
                          env={**os.environ, 'LC_ALL': 'C'}) as process:
        summary = ''
        for line in process.stdout:
            if 'icmp_seq=' in line:
                screen.moment(a.name, 'ping', line.partition(': ')[2].strip())
            summary += line
    received = int(re.search(r'(\d+) received', summary)[1])
    if received != PINGS:
        raise RuntimeError(f'only {received} of {PINGS} pings came back')
    average = re.search(r'= [\d.]+/([\d.]+)/', summary)[1]
    screen.done(f'{received} of {PINGS} came back, after {average} ms on average')
    return before


def watch_traffic(screen, a, b):
    """Instead of pings, where there is no network: waits for the counters."""
    screen.heading('Simulated traffic through the tunnel')
    before = [peer.get_sa()[1] for peer in (a, b)]
    while any(peer.get_sa()[1]['packets-in'] == old['packets-in']
              for peer, old in zip((a, b), before)):
        GLib.MainContext.default().iteration(False)
    screen.done('packets have crossed, it is claimed')
    return before


def show_counters(screen, peers, before):
    screen.heading('The byte counters moved')
    screen.columns('', 'before', 'after')
    for peer, old in zip(peers, before):
        new = peer.get_sa()[1]
        for way in 'in', 'out':
            screen.columns(f'{peer.name} {way}', *(
                f'{int(child[f"bytes-{way}"]):5} bytes {int(child[f"packets-{way}"]):4} packets'
                for child in (old, new)))
            if int(new[f'bytes-{way}']) <= int(old[f'bytes-{way}']):
                raise RuntimeError(f'the counters of {peer.name} did not move')
    screen.done('as if packets had been encrypted' if SIMULATED else 'every ping was encrypted')


def terminate(screen, a, b):
    screen.heading(f'Terminating on {a.name}')
    a.call_with_log('terminate', ike=NAME, timeout='30000')
    if SIMULATED:
        b.call('terminate', ike=NAME)
    wait_for_events((a, b), up=False)
    screen.done('the tunnel is down')


def main():
    if 'VICI_TEST_URI_A' not in os.environ:
        sys.exit('usage: examples/lab.py tunnel -- examples/tunnel.py')
    screen = Screen()
    try:
        a, b = Peer('A', screen), Peer('B', screen)
        show_daemons(screen, a, b)
        load(screen, a, b)
        initiate(screen, a, b)
        show_sas(screen, a, b)
        before = (watch_traffic if SIMULATED else ping)(screen, a, b)
        show_counters(screen, (a, b), before)
        terminate(screen, a, b)
    except (GLib.Error, RuntimeError) as error:
        text = error.message if isinstance(error, GLib.Error) else str(error)
        sys.exit(screen.style(f'\n  failed: {text}', 'red'))


if __name__ == '__main__':
    main()
