#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A laboratory of real charon daemons, for demonstrations and tests.

A `Charon` is a private daemon: it has a network namespace, a /run, a
configuration and a socket of its own, so that many can run side by side and
the daemon of the host, if there is one, is not touched. A `Tunnel` is two of
them that can reach each other. Both are context managers:

    with Tunnel() as tunnel:
        print(tunnel.a.uri, tunnel.b.uri)

As a command, it wraps another program, which finds the daemons in its
environment, and hands on that program's exit status:

    lab.py charon [OPTIONS] -- PROGRAM ARGUMENTS...
    lab.py tunnel [OPTIONS] -- PROGRAM ARGUMENTS...

Nothing outlives the process that made it. The namespaces have no names: they
end with their last process. Every process is killed by the kernel when the
laboratory dies, however it dies. Only the directory with configuration, socket
and log can be left behind, by a `kill -9`; it is recognised by its lock, which
nobody holds any more, and the next run removes it (or `lab.py clean`).
"""

import argparse
import contextlib
import fcntl
import os
import pathlib
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

CHARON = '/usr/lib/ipsec/charon'
PLUGIN_FOLDER = pathlib.Path('/usr/lib/ipsec/plugins')
PLUGINS = ('random nonce openssl pem pkcs1 pkcs8 x509 revocation constraints '
           'pubkey gmp curve25519 aes sha1 sha2 hmac kdf vici kernel-netlink '
           'socket-default updown counters').split()

# Long enough for a machine that does much else; nothing waits this long for
# something that has happened.
PATIENCE = 60

# Meson, automake and others take this status for "skipped".
SKIPPED = 77

# What asks the laboratory to stop. The command blocks them, so that they
# arrive only where they are waited for, and never between two steps.
STOP_SIGNALS = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}

# Linux's si_code of a signal that the terminal sent to all in the foreground.
SI_KERNEL = 0x80


class Unavailable(Exception):
    """No daemon can run here; the text says why."""


class Failure(Exception):
    """A daemon or a tool did not do what it should; the text says what."""


class Interrupted(Exception):
    """A signal asked the laboratory to stop."""

    def __init__(self, signum):
        super().__init__(signal.Signals(signum).name)
        self.signum = signum


# ---------------------------------------------------------------- processes

def _unblock():
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def spawn(argv, **options):
    """Starts a process that the kernel kills when this one dies."""
    return subprocess.Popen(['setpriv', '--pdeathsig', 'KILL', '--', *argv],
                            preexec_fn=_unblock, **options)


def run(*argv):
    """Runs a short command. Raises Failure with what it said if it fails."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        raise Failure(f'{" ".join(argv)}: {done.stdout.strip()}')
    return done.stdout


def ended_within(process, seconds):
    """Waits for the end of a process, and takes no processor time for it."""
    if process.poll() is not None:
        return True
    pidfd = os.pidfd_open(process.pid)
    try:
        return bool(select.select([pidfd], [], [], seconds)[0])
    finally:
        os.close(pidfd)


def check_interrupted():
    for signum in signal.sigpending() & STOP_SIGNALS:
        raise Interrupted(signum)


# ---------------------------------------------------------------- directory

class Directory:
    """A private directory, locked for as long as its laboratory lives."""

    PREFIX = 'vici-lab-'

    def __init__(self):
        sweep()
        while True:
            # Not below TMPDIR: the path of a socket must be short.
            self.path = pathlib.Path(tempfile.mkdtemp(prefix=self.PREFIX, dir='/tmp'))
            self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            # Another run may have swept it away before it was locked.
            if self.path.exists():
                return
            os.close(self._lock)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def sweep():
    """Removes what killed runs left behind; returns their directories."""
    swept = []
    for path in pathlib.Path('/tmp').glob(Directory.PREFIX + '*'):
        with contextlib.suppress(OSError):
            if path.lstat().st_uid != os.geteuid():
                continue
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _kill_members(path)
                shutil.rmtree(path)
                swept.append(path)
            finally:
                os.close(lock)
    return swept


def _kill_members(path):
    """Kills the processes that carry a directory in their environment."""
    mark = os.fsencode(f'VICI_LAB={path}')
    for environ in pathlib.Path('/proc').glob('[0-9]*/environ'):
        with contextlib.suppress(OSError):
            if mark in environ.read_bytes().split(b'\0'):
                os.kill(int(environ.parent.name), signal.SIGKILL)


# ---------------------------------------------------------------- namespace

class Namespace:
    """A network namespace without a name, held by a process that waits."""

    def __init__(self):
        # cat ends by itself when the pipe from here does.
        self._holder = spawn(['unshare', '--net', 'sh', '-c', 'echo && exec cat'],
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, start_new_session=True)
        if not self._holder.stdout.readline():
            self.remove()
            raise Unavailable('no network namespace can be made: '
                              + self._holder.stderr.read().decode().strip())
        self.pid = self._holder.pid
        self.path = f'/proc/{self.pid}/ns/net'
        self.run('ip', 'link', 'set', 'lo', 'up')

    def run(self, *argv):
        return run('nsenter', f'--net={self.path}', *argv)

    def has_kernel_esp(self):
        """Tries it: some kernels have XFRM, but no ESP to use it with."""
        state = 'src 127.0.0.1 dst 127.0.0.1 proto esp spi 0x100'.split()
        keys = ['enc', 'cbc(aes)', '0x' + '00' * 16,
                'auth-trunc', 'hmac(sha256)', '0x' + '00' * 32, '128']
        try:
            self.run('ip', 'xfrm', 'state', 'add', *state, 'mode', 'tunnel', *keys)
            self.run('ip', 'xfrm', 'state', 'delete', *state)
        except Failure:
            return False
        return True

    def remove(self):
        self._holder.kill()
        self._holder.wait()
        self._holder.stdin.close()
        self._holder.stdout.close()


# ------------------------------------------------------------------- charon

class Charon:
    """One daemon. Without a namespace and a directory, it makes its own."""

    def __init__(self, name='charon', namespace=None, directory=None, plugins=PLUGINS):
        self.name = name
        self.plugins = plugins
        # More of strongswan.conf and of the environment, for who needs it.
        self.settings = ''
        self.environment = {}
        self.process = None
        with contextlib.ExitStack() as stack:
            if directory is None:
                directory = Directory()
                stack.callback(directory.remove)
            if namespace is None:
                namespace = Namespace()
                stack.callback(namespace.remove)
            self._owned = stack.pop_all()
        self.namespace = namespace
        self.directory = directory.path
        self.socket = self.directory / f'{name}.vici'
        self.log = self.directory / f'{name}.log'
        self.uri = f'unix://{self.socket}'

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *exception):
        self.remove()

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Starts the daemon and returns when it answers on its socket."""
        conf = self.directory / f'{self.name}.conf'
        conf.write_text(self._configuration())
        environment = {'PATH': '/usr/sbin:/usr/bin:/sbin:/bin',
                       'STRONGSWAN_CONF': str(conf), 'VICI_LAB': str(self.directory),
                       **self.environment}
        # The path of charon's pid file is compiled in, under /run. A copy of
        # the program goes there too: AppArmor knows the original by its path
        # and would not let it read its configuration here.
        private_run = f'mount -t tmpfs tmpfs /run && cp {CHARON} /run/ && exec /run/charon'
        with open(self.log, 'ab') as log:
            self.process = spawn(['nsenter', f'--net={self.namespace.path}',
                                  'unshare', '--mount', 'sh', '-c', private_run],
                                 env=environment, start_new_session=True,
                                 stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._wait_until_it_answers()

    def _configuration(self):
        return f'''\
charon {{
  load_modular = no
  load = {' '.join(self.plugins)}
  plugins {{
    vici {{
      socket = {self.uri}
    }}
  }}
  filelog {{
    lab {{
      path = {self.log}
      append = yes
      time_format = %T
      ike_name = yes
      flush_line = yes
      default = 1
    }}
  }}
}}
{self.settings}'''

    def _wait_until_it_answers(self):
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            check_interrupted()
            if ended_within(self.process, 0.02):
                raise Failure(f'{self.name} ended while it started:\n{self.log_tail()}')
            if time.monotonic() > deadline:
                raise Failure(f'{self.name} does not answer:\n{self.log_tail()}')

    def _answers(self):
        """Sends the request "version", by hand: no library is needed here."""
        request = b'\0\x07version'
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.socket))
                client.sendall(struct.pack('>I', len(request)) + request)
                return client.recv(4096)[4:5] == b'\x01'
            except (FileNotFoundError, ConnectionError, BlockingIOError, TimeoutError):
                return False

    def log_tail(self, lines=40):
        if not self.log.exists():
            return ''
        return '\n'.join(self.log.read_text(errors='replace').splitlines()[-lines:])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Lets the daemon end properly, or kills it if it does not."""
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        if not ended_within(self.process, 10):
            self.process.kill()
        self.process.wait()

    def restart(self):
        self.stop()
        self.start()

    def remove(self):
        if self.process:
            self.stop()
        self._owned.close()


# ------------------------------------------------------------------- tunnel

class Tunnel:
    """Two daemons, in two network namespaces that a pair of links joins.

    `esp` says who would carry the packets of a tunnel between them: "kernel",
    or "libipsec", strongSwan's own, where the kernel cannot.
    """

    ADDRESSES = ('192.0.2.1', '192.0.2.2')
    INNER_ADDRESSES = ('10.1.0.1', '10.2.0.1')

    def __init__(self, names=('alice', 'bob')):
        with contextlib.ExitStack() as stack:
            directory = Directory()
            stack.callback(directory.remove)
            namespaces = [Namespace() for _ in names]
            for namespace in namespaces:
                stack.callback(namespace.remove)
            self._join(*namespaces)
            self.esp = self._find_esp(namespaces[0])
            plugins = ['kernel-libipsec'] * (self.esp == 'libipsec') + PLUGINS
            self.a, self.b = (Charon(name, namespace, directory, plugins)
                              for name, namespace in zip(names, namespaces))
            self._owned = stack.pop_all()

    def _find_esp(self, namespace):
        if namespace.has_kernel_esp():
            return 'kernel'
        require_plugin('kernel-libipsec')
        if not os.path.exists('/dev/net/tun'):
            raise Unavailable('this kernel has no ESP, and there is no /dev/net/tun to do without')
        return 'libipsec'

    def _join(self, a, b):
        try:
            a.run('ip', 'link', 'add', 'veth0', 'type', 'veth',
                  'peer', 'name', 'veth0', 'netns', str(b.pid))
        except Failure as failure:
            raise Unavailable(f'namespaces cannot be joined: {failure}') from None
        for namespace, address, inner in zip((a, b), self.ADDRESSES, self.INNER_ADDRESSES):
            namespace.run('ip', 'address', 'add', f'{address}/24', 'dev', 'veth0')
            namespace.run('ip', 'address', 'add', f'{inner}/32', 'dev', 'lo')
            namespace.run('ip', 'link', 'set', 'veth0', 'up')

    def __enter__(self):
        try:
            self.a.start()
            self.b.start()
        except BaseException:
            self.remove()
            raise
        return self

    def __exit__(self, *exception):
        self.remove()

    def remove(self):
        self.a.remove()
        self.b.remove()
        self._owned.close()


# ------------------------------------------------------------------ command

def require():
    """Raises Unavailable, with the reason, where no daemon can run."""
    if not sys.platform.startswith('linux'):
        raise Unavailable('real daemons need Linux')
    if os.geteuid() != 0:
        raise Unavailable('real daemons need root')
    for tool in 'ip', 'mount', 'nsenter', 'setpriv', 'unshare':
        if not shutil.which(tool):
            raise Unavailable(f'the command "{tool}" is not installed')
    if not os.access(CHARON, os.X_OK):
        raise Unavailable(f'strongSwan is not installed: no {CHARON}')
    for plugin in PLUGINS:
        require_plugin(plugin)
    try:
        run('unshare', '--net', '--mount', 'sh', '-c',
            'mount -t tmpfs tmpfs /run && ip link set lo up')
    except Failure as failure:
        raise Unavailable(f'no namespaces can be made here: {failure}') from None


def require_plugin(plugin):
    if not (PLUGIN_FOLDER / f'libstrongswan-{plugin}.so').exists():
        raise Unavailable(f"strongSwan's plugin {plugin} is not installed")


def environment_of(lab):
    """What tells a wrapped program about the daemons."""
    if isinstance(lab, Charon):
        return {'VICI_LAB': str(lab.directory),
                'VICI_TEST_URI': lab.uri,
                'VICI_TEST_PID': str(lab.pid),
                'VICI_TEST_LOG': str(lab.log),
                'VICI_TEST_NETNS': lab.namespace.path}
    variables = {'VICI_TEST_ESP': lab.esp}
    for end, charon, address, inner in zip('AB', (lab.a, lab.b), lab.ADDRESSES,
                                           lab.INNER_ADDRESSES):
        for key, value in environment_of(charon).items():
            variables[key if key == 'VICI_LAB' else f'{key}_{end}'] = value
        variables[f'VICI_TEST_NAME_{end}'] = charon.name
        variables[f'VICI_TEST_ADDRESS_{end}'] = address
        variables[f'VICI_TEST_INNER_ADDRESS_{end}'] = inner
    return variables


def attend(program, daemons, restart):
    """Waits for the program's end, minding signals and daemons meanwhile."""
    while program.poll() is None:
        received = signal.sigwaitinfo(STOP_SIGNALS | {signal.SIGCHLD})
        if received.si_signo != signal.SIGCHLD:
            # From the terminal, the program has got it already.
            if received.si_code != SI_KERNEL:
                program.send_signal(received.si_signo)
                if not ended_within(program, 10):
                    program.kill()
            continue
        for daemon in daemons:
            if restart and program.poll() is None and daemon.process.poll() is not None:
                daemon.start()
    return program.returncode


def wrap(arguments):
    """Runs a program beside its daemons; returns its exit status."""
    began = time.monotonic()
    lab = (Charon if arguments.what == 'charon' else Tunnel)()
    daemons = [lab] if isinstance(lab, Charon) else [lab.a, lab.b]
    for daemon in daemons:
        daemon.settings += ''.join(f'charon {{\n  {text}\n}}\n' for text in arguments.set)
    with lab:
        variables = {'VICI_TEST_READY_AFTER': f'{time.monotonic() - began:.3f}',
                     **environment_of(lab)}
        check_interrupted()
        program = spawn(arguments.program, env={**os.environ, **variables})
        try:
            status = attend(program, daemons, arguments.restart)
        finally:
            if program.poll() is None:
                program.kill()
                program.wait()
        if status not in (0, SKIPPED) and arguments.logs:
            for daemon in daemons:
                print(f'--- log of {daemon.name}\n{daemon.log_tail()}', file=sys.stderr)
        ended = time.monotonic()
    if arguments.report:
        milliseconds = (time.monotonic() - ended) * 1000
        print(f'\nThe daemons, their namespaces and {daemons[0].directory} are gone '
              f'({milliseconds:.0f} ms).')
    return status if status >= 0 else 128 - status


def parse_arguments():
    parser = argparse.ArgumentParser(
        description='Runs a program beside private strongSwan daemons.',
        epilog=f'Exit status: that of PROGRAM; {SKIPPED} where no daemon can run here.')
    commands = parser.add_subparsers(dest='what', required=True, metavar='COMMAND')
    for what, text in (('charon', 'one daemon, at VICI_TEST_URI'),
                       ('tunnel', 'two daemons that reach each other, at VICI_TEST_URI_A and _B')):
        wrapping = commands.add_parser(what, help=text, description=f'Runs PROGRAM beside {text}.')
        wrapping.add_argument('--logs', action='store_true',
                              help='show the end of the logs when PROGRAM fails')
        wrapping.add_argument('--report', action='store_true',
                              help='say so when all is removed')
        wrapping.add_argument('--restart', action='store_true',
                              help='start a daemon again when it ends')
        wrapping.add_argument('--set', action='append', default=[], metavar='NAME=VALUE',
                              help="one more of charon's settings in strongswan.conf")
        wrapping.add_argument('--tap', action='store_true',
                              help='where no daemon can run, say so in TAP and exit with 0')
        wrapping.add_argument('program', nargs='+', metavar='PROGRAM')
    commands.add_parser('check', help='say whether daemons can run here')
    commands.add_parser('clean', help='remove what killed runs left behind')
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS | {signal.SIGCHLD})
    try:
        if arguments.what == 'clean':
            for path in sweep():
                print(f'removed {path}')
            return 0
        require()
        if arguments.what == 'check':
            return 0
        return wrap(arguments)
    except Unavailable as reason:
        if getattr(arguments, 'tap', False):
            print(f'1..0 # SKIP {reason}')
            return 0
        print(f'skipped: {reason}', file=sys.stderr)
        return SKIPPED
    except Failure as failure:
        print(f'lab: {failure}', file=sys.stderr)
        return 1
    except Interrupted as interrupted:
        return 128 + interrupted.signum


if __name__ == '__main__':
    sys.exit(main())
