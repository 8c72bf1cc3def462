#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Measures the library on real daemons, and over a slow path.

version    small commands, on one connection
start      one command, as a process of its own
load       many connections into a fresh daemon: the whole process, with its start
           and end, since that is what swanctl can be compared by
load-call  the same runs of the library's clients, without start and end
list       the IKE_SAs of a gateway, every element of every one of them read
list-raw   the same as text to /dev/null: the whole process
slow       loading over a path with 20 ms there and back; where no daemon can run,
           slow-simulated: a peer that answers at once

Every case is repeated, in turn with the others. Client and daemon run where the
kernel puts them. Of each case there are the rate, how often it is that of other
cases, and the CPU time that client and daemon take for one: where both are short
of what the clock says, they have waited for each other.
"""

import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'examples'))

import lab  # noqa: E402

RELAY = ROOT / 'tests' / 'bench' / 'relay.py'

# In each direction.
DELAY_MS = 10

# More at once trip over each other in the daemons, and wait for a retransmit.
INITIATED_AT_ONCE = 2

Counts = collections.namedtuple('Counts', 'runs calls starts connections slow_connections sas')
FULL = Counts(runs=7, calls=10000, starts=20, connections=1000, slow_connections=200, sas=1000)
TINY = Counts(runs=1, calls=20, starts=1, connections=3, slow_connections=3, sas=3)

# How many, and the seconds they took: by the clock, the client's CPU, the daemon's.
Sample = collections.namedtuple('Sample', 'count clock client daemon')

# A connection as build_peer() in bench-charon.c has it.
PEER = '''\
  peer-{number} {{
    version = 2
    unique = never
    local_addrs = 192.0.2.1
    remote_addrs = 192.0.2.2
    proposals = aes128-sha256-x25519
    local {{
      auth = psk
      id = peer-{number}.example
    }}
    remote {{
      auth = psk
      id = gateway.example
    }}
    children {{
      peer-{number} {{
        local_ts = 10.3.{high}.{low}/32
        remote_ts = 10.2.0.0/16
        esp_proposals = aes128-sha256
        policies = no
      }}
    }}
  }}
'''

GATEWAY = [f'gateway.{key}' for key in (
    'version=2', 'unique=never', 'local_addrs=[192.0.2.2]', 'proposals=[aes128-sha256-x25519]',
    'local.auth=psk', 'local.id=gateway.example', 'remote.auth=psk',
    'children.net.local_ts=[10.2.0.0/16]', 'children.net.remote_ts=[10.3.0.0/16]',
    'children.net.esp_proposals=[aes128-sha256]', 'children.net.policies=no')]


# ------------------------------------------------------------------ samples

def cpu_of(daemon):
    """Seconds of all its threads; 0 of one that is only simulated."""
    if daemon is None:
        return 0
    tasks = pathlib.Path(f'/proc/{daemon.pid}/task').glob('*/schedstat')
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


def run_process(argv, count, daemon=None, uri=None):
    """Runs a client to its end; returns the sample and what it has printed."""
    environment = {**os.environ, 'VICI_TEST_URI': uri or daemon.uri}
    with tempfile.TemporaryFile('w+') as output:
        daemon_cpu = cpu_of(daemon)
        began = time.monotonic()
        process = subprocess.Popen(argv, env=environment, stdin=subprocess.DEVNULL, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        clock = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise lab.Failure(f'{" ".join(map(str, argv))}: exit status {process.returncode}')
        output.seek(0)
        sample = Sample(count, clock, usage.ru_utime + usage.ru_stime, cpu_of(daemon) - daemon_cpu)
        return sample, output.read()


def in_turn(runs, cases):
    """Measures each of the functions by name, so often; returns lists of samples."""
    samples = {name: [] for name in cases}
    for _ in range(runs):
        for name, measure in cases.items():
            samples[name].append(measure())
    return samples


def rows_of(figure, unit, samples, references=()):
    """The rows of a figure; the references are the cases to compare with."""
    rates = {name: [sample.count / sample.clock for sample in some]
             for name, some in samples.items()}

    def rate(name):
        return {'median': statistics.median(rates[name]),
                'min': min(rates[name]), 'max': max(rates[name])}

    def cpu(name):
        return {who: statistics.median(getattr(sample, who) / sample.count
                                       for sample in samples[name])
                for who in ('client', 'daemon')}

    def ratios(name):
        return {other: statistics.median(mine / its for mine, its in zip(rates[name], rates[other]))
                for other in references if other in rates and other != name}

    return [{'figure': figure, 'case': name, 'unit': f'{unit}/s',
             'rate': rate(name), 'cpu': cpu(name), 'ratios': ratios(name)} for name in samples]


# ------------------------------------------------------------------ figures

class Bench:
    """What is measured, with programs from a build directory."""

    def __init__(self, build, counts):
        self.program = build / 'tests' / 'bench' / 'bench-charon'
        self.gvici = build / 'vici-glib' / 'tool' / 'gvici'
        self.counts = counts
        self.swanctl = shutil.which('swanctl')
        for program in self.program, self.gvici:
            if not program.exists():
                raise lab.Unavailable(f'{program} is not built')

    def run(self, case, count, daemon, uri=None, prefix=()):
        """Runs a case of bench-charon; returns the sample of what it measured,
        and that of the whole process."""
        argv = [*prefix, self.program, '--unpinned', case, str(count)]
        whole, output = run_process(argv, count, daemon, uri)
        result = json.loads(output)
        return whole._replace(clock=result['seconds'], client=result['cpu']), whole

    def ask(self, daemon, *arguments):
        """What gvici prints."""
        return run_process([self.gvici, '--uri', daemon.uri, '--raw', *arguments], 1, daemon)[1]

    def run_swanctl(self, count, daemon, *arguments):
        return run_process([self.swanctl, *arguments, '--uri', daemon.uri], count, daemon)[0]

    # -- version, start

    def version(self):
        with lab.Charon() as daemon:
            environment = {**os.environ, 'VICI_TEST_URI': daemon.uri}
            listed = subprocess.run([self.program, '--list'], env=environment, check=True,
                                    stdout=subprocess.PIPE, text=True).stdout.split()
            cases = {name.removeprefix('version-'):
                     lambda name=name: self.run(name, self.counts.calls, daemon)[0]
                     for name in listed if name.startswith('version-')}
            samples = in_turn(self.counts.runs, cases)
        return rows_of('version', 'call', samples, ['floor', 'libvici'])

    def start(self):
        with lab.Charon() as daemon:
            gvici = [self.gvici, '--uri', daemon.uri, 'version']
            cases = {'sync': lambda: self.run('version-sync', 1, daemon)[1],
                     'gvici': lambda: run_process(gvici, 1, daemon)[0]}
            if self.swanctl:
                cases['swanctl'] = lambda: self.run_swanctl(1, daemon, '--version', '--daemon')
            samples = in_turn(self.counts.starts, cases)
        return rows_of('start', 'process', samples, ['swanctl'])

    # -- load

    def load(self):
        """Everyone must have loaded the same, which gvici tells."""
        calls = collections.defaultdict(list)
        loaded = set()

        def into_fresh_daemon(measure):
            with lab.Charon() as daemon:
                whole = measure(daemon)
                loaded.add(self.ask(daemon, 'list-conns'))
            return whole

        def with_library(name):
            def measure(daemon):
                inside, whole = self.run(f'load-{name}', self.counts.connections, daemon)
                calls[name].append(inside)
                return whole
            return lambda: into_fresh_daemon(measure)

        with tempfile.NamedTemporaryFile('w', suffix='.conf') as conf:
            conf.write('connections {\n')
            for i in range(self.counts.connections):
                conf.write(PEER.format(number=i, high=i // 256, low=i % 256))
            conf.write('}\n')
            conf.flush()

            cases = {name: with_library(name) for name in ('sync', 'in-flight-32', 'in-flight-128')}
            if self.swanctl:
                cases['swanctl'] = lambda: into_fresh_daemon(
                    lambda daemon: self.run_swanctl(self.counts.connections, daemon,
                                                    '--load-conns', '--file', conf.name))
            processes = in_turn(self.counts.runs, cases)

        if len(loaded) != 1:
            raise lab.Failure('not all have loaded the same connections')
        return (rows_of('load', 'connection', processes, ['sync', 'swanctl'])
                + rows_of('load-call', 'connection', calls, ['sync']))

    # -- list

    def establish(self, tunnel):
        """Many peers of one gateway, each with an IKE_SA and a CHILD_SA."""
        for daemon in tunnel.a, tunnel.b:
            self.ask(daemon, 'load-shared', 'id=all', 'type=IKE', 'data=a real secret')
        self.ask(tunnel.b, 'load-conn', *GATEWAY)
        self.run('load-in-flight-32', self.counts.sas, tunnel.a)

        def initiate(number):
            self.ask(tunnel.a, 'initiate', f'ike=peer-{number}', f'child=peer-{number}',
                     'timeout=30000')

        with concurrent.futures.ThreadPoolExecutor(INITIATED_AT_ONCE) as pool:
            list(pool.map(initiate, range(self.counts.sas)))

    def list_sas(self):
        sas = self.counts.sas
        with lab.Tunnel() as tunnel:
            self.establish(tunnel)
            gateway = tunnel.b
            calls = {name: lambda name=name: self.run(f'list-sas-{name}', sas, gateway)[0]
                     for name in ('floor', 'sync', 'async')}
            gvici = [self.gvici, '--uri', gateway.uri, '--raw', 'list-sas']
            texts = {'gvici': lambda: run_process(gvici, sas, gateway)[0]}
            if self.swanctl:
                texts['swanctl'] = lambda: self.run_swanctl(sas, gateway, '--list-sas', '--raw')
            # Short ones, and no daemon has to be started for each.
            samples = in_turn(3 * self.counts.runs, {**calls, **texts})
        return (rows_of('list', 'IKE_SA', {name: samples[name] for name in calls}, ['floor'])
                + rows_of('list-raw', 'IKE_SA', {name: samples[name] for name in texts}, ['swanctl']))

    # -- slow

    def slow(self):
        simulated = not can_run_daemons()

        def measure(name):
            with contextlib.nullcontext() if simulated else lab.Charon() as daemon:
                with slow_path(daemon) as (uri, prefix):
                    return self.run(name, self.counts.slow_connections, daemon, uri, prefix)[0]

        cases = {name: lambda name=name: measure(f'load-{name}')
                 for name in ('sync', 'in-flight-32', 'in-flight-128')}
        return rows_of('slow-simulated' if simulated else 'slow', 'connection',
                       in_turn(self.counts.runs, cases), ['sync'])


# ---------------------------------------------------------------- slow path

def can_run_daemons():
    try:
        lab.require()
    except lab.Unavailable:
        return False
    return True


@contextlib.contextmanager
def slow_namespace():
    """A network namespace whose own packets are late, or None."""
    try:
        namespace = lab.Namespace()
    except lab.Unavailable:
        yield None
        return
    try:
        namespace.run('tc', 'qdisc', 'add', 'dev', 'lo', 'root', 'netem', 'delay', f'{DELAY_MS}ms')
        slow = namespace
    except lab.Failure:
        slow = None
    try:
        yield slow
    finally:
        namespace.remove()


@contextlib.contextmanager
def slow_path(daemon):
    """Yields the URI of the slow path, and what to run a client with to reach it.

    Where the kernel can delay packets, the relay only takes them from TCP to the
    daemon's socket; elsewhere it delays them.
    """
    with slow_namespace() as namespace, tempfile.TemporaryDirectory() as directory:
        if namespace:
            uri, prefix, delay = 'tcp://127.0.0.1:4502', ['nsenter', f'--net={namespace.path}'], 0
        else:
            uri, prefix, delay = f'unix://{directory}/vici', [], DELAY_MS
        target = [daemon.uri] if daemon else []
        relay = lab.spawn([*prefix, RELAY, uri, *target, '--delay', str(delay)],
                          stdout=subprocess.PIPE)
        try:
            if relay.stdout.readline() != b'ready\n':
                raise lab.Failure('the slow path is not there')
            yield uri, prefix
        finally:
            relay.kill()
            relay.wait()
            relay.stdout.close()


# ------------------------------------------------------------------ command

FIGURES = {
    'version': Bench.version,
    'start': Bench.start,
    'load': Bench.load,
    'list': Bench.list_sas,
    'slow': Bench.slow,
}


def measure(build, counts=FULL, figures=FIGURES):
    """Returns rows, and why others are missing, by figure.

    A row is {'figure', 'case', 'unit', 'rate': {'median', 'min', 'max'}, 'cpu': {'client',
    'daemon'}, 'ratios': {other case: factor}}, as measure.py says.
    """
    rows, missing = [], {}
    for figure in figures:
        try:
            if figure != 'slow':
                lab.require()
            rows += FIGURES[figure](Bench(build, counts))
        except lab.Unavailable as reason:
            missing[figure] = str(reason)
    return rows, missing


def format_rows(rows):
    for row in rows:
        rate = row['rate']
        ratios = '  '.join(f'{ratio:.2f} × {other}' for other, ratio in row['ratios'].items())
        yield (f'{row["figure"]:<14} {row["case"]:<14} '
               f'{rate["median"]:10.0f}  {rate["min"]:8.0f} … {rate["max"]:<8.0f} {row["unit"]:<13}'
               f'{row["cpu"]["client"] * 1e6:10.1f} {row["cpu"]["daemon"] * 1e6:10.1f}   {ratios}')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--build', type=pathlib.Path, default=ROOT / '_build' / 'bench',
                        help='a build directory; %(default)s')
    parser.add_argument('--smoke', action='store_true',
                        help='measure next to nothing, to see that it works')
    parser.add_argument('figures', nargs='*', metavar='FIGURE', default=list(FIGURES),
                        help=f'{", ".join(FIGURES)}; all of them if none is named')
    arguments = parser.parse_args()
    for figure in arguments.figures:
        if figure not in FIGURES:
            parser.error(f'there is no figure “{figure}”')

    rows, missing = measure(arguments.build, TINY if arguments.smoke else FULL, arguments.figures)
    if rows:
        print(f'{"":29} {"median":>10}  {"least … most":^19} {"":13}'
              f'{"client µs":>10} {"daemon µs":>10}')
    for row in format_rows(rows):
        print(row)
    for figure, reason in missing.items():
        print(f'skipped: {figure}: {reason}', file=sys.stderr)
    return lab.SKIPPED if missing else 0


if __name__ == '__main__':
    sys.exit(main())
