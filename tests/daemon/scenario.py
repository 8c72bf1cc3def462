#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two daemons and a tunnel between them, from its credentials to its end.

The same is in scenario.c and in scenario.js. scenario-steps.txt names the steps, and
run-scenario.py prepares what they need.
"""

import os
import pathlib
import signal
import sys
import time
import traceback

import gi
gi.require_version('Vici', '1.0')
from gi.repository import GLib, Vici

EVENTS = ['ike-updown', 'ike-rekey', 'child-updown', 'child-rekey', 'log']
PKI = pathlib.Path(os.environ['VICI_TEST_PKI'])
GATEWAY = os.environ['VICI_TEST_GATEWAY']
SECRET = b'the two of us know'


def equal(found, expected):
    assert found == expected, f'found {found!r} instead of {expected!r}'


def wait_until(condition):
    """Runs the main loop until a condition holds, and looks now and then."""
    deadline = time.monotonic() + 60
    look = GLib.timeout_add(50, lambda: GLib.SOURCE_CONTINUE)
    while not condition():
        assert time.monotonic() < deadline, 'waited for a minute in vain'
        GLib.MainContext.default().iteration(True)
    GLib.source_remove(look)


def contents(name):
    return GLib.Bytes.new((PKI / name).read_bytes())


# ------------------------------------------------------------- the two sides

class Side:
    """One of the two daemons, and what it has told of itself."""

    def __init__(self, end):
        def variable(name):
            return os.environ[f'VICI_TEST_{name}_{end}']

        self.name = variable('NAME')
        self.id = f'{self.name}.example.org'
        self.addresses = [variable('ADDRESS')]
        self.network = variable('INNER_ADDRESS') + '/32'
        self.pid = int(variable('PID'))

        connection = Vici.Connection.new(variable('URI'))
        connection.open_sync(None)
        self.daemon = Vici.Daemon.new(connection)
        self.events = []
        for event in EVENTS:
            self.daemon.connect(event, self.on_event, event)
        # A handler alone has its event subscribed to as well, but nobody knows when.
        self.daemon.watch_sync(EVENTS, None)

    # Events

    def on_event(self, daemon, *values):
        *values, event = values
        self.events.append((event, values))

    def event(self, name, matches):
        """Waits for an event that matches; returns its values. Each is found once."""
        def find():
            return next((i for i, (event, values) in enumerate(self.events)
                         if event == name and matches(*values)), None)

        wait_until(lambda: find() is not None)
        return self.events.pop(find())[1]

    def ike_updown(self, is_up, ike):
        return self.event('ike-updown', lambda up, sa: (up, sa.props.name) == (is_up, ike))[1]

    def child_updown(self, is_up, child):
        return self.event('child-updown', lambda up, sa, child_sa:
                          (up, child_sa.props.name) == (is_up, child))[2]

    def logged(self, ike_sa_id, text):
        self.event('log', lambda entry: (entry.props.ike_sa_id, entry.props.text) == (ike_sa_id, text))

    # Configuration

    def load(self, name, local, remote, peer, *, proposal='aes128-sha256-x25519', children=()):
        conn = Vici.ConnConfig(
            name=name, version=Vici.IkeVersion.V2, mobike=False, proposals=[proposal],
            local_addrs=self.addresses, remote_addrs=peer.addresses)
        conn.add_local(local)
        conn.add_remote(remote)
        for child in children:
            conn.add_child(child)
        self.daemon.load_conn_sync(conn, None)
        return conn

    def load_with_secret(self, name, peer, *, secret=SECRET, remote=None, **more):
        """Loads a connection with a secret; both of them, and who uses them, have that name."""
        own, others = f'{self.name}@{name}', f'{peer.name}@{name}'
        self.load(name, Vici.AuthConfig(auth='psk', id=own),
                  Vici.AuthConfig(auth='psk', id=remote or others), peer, **more)
        self.daemon.load_shared_sync(name, Vici.SharedType.IKE, GLib.Bytes.new(secret),
                                     Vici.LoadSharedOptions(owners=[own, others]), None)

    def unload(self, name):
        self.daemon.unload_conn_sync(name, None)
        self.daemon.unload_shared_sync(name, None)

    def ike_sas(self):
        return list(self.daemon.list_sas_sync(None, None))

    def check_holds(self, *, sas, conns, keys):
        """Nothing else is there."""
        equal([sa.props.name for sa in self.ike_sas()], sas)
        equal(self.daemon.get_conns_sync(None), conns)
        equal([key.props.id for key in self.daemon.get_keys_sync(None)], keys)
        equal(list(self.daemon.get_shared_sync(None)), [])

    def stop(self):
        """Has the daemon fall silent."""
        os.kill(self.pid, signal.SIGSTOP)
        # Its threads stop one by one.
        threads = pathlib.Path(f'/proc/{self.pid}/task')
        wait_until(lambda: all(') T' in stat.read_text() for stat in threads.glob('*/stat')))

    # Control

    def initiate(self, ike, child=None, log=None):
        """Has something brought up while the main loop runs."""
        results = []
        self.daemon.initiate_async(ike, child, None, log, None,
                                   lambda daemon, result: results.append(result))
        wait_until(lambda: results)
        self.daemon.initiate_finish(results[0])

    def fail_to_initiate(self, ike):
        """Returns why."""
        log = Vici.ControlLog.new()
        try:
            self.daemon.initiate_sync(ike, None, None, log, None)
        except GLib.Error as error:
            assert error.matches(Vici.error_quark(), Vici.Error.COMMAND_FAILED), error
            return log.props.failure
        raise AssertionError(f'{ike} was established')


class Scene:
    def __init__(self):
        self.alice, self.bob = self.sides = Side('A'), Side('B')
        # Where alice is going to be sent is bob too.
        self.bob.addresses.append(GATEWAY)

    def check_only_tunnel(self):
        for side in self.sides:
            side.check_holds(sas=['tunnel'], conns=['tunnel'], keys=[side.key])

    def unload(self, name):
        """Forgets what was wrong. The tunnel was not concerned."""
        for side in self.sides:
            side.unload(name)
        self.check_only_tunnel()


# ------------------------------------------------------------------- the steps

def credentials_are_loaded_into_both(scene):
    for side in scene.sides:
        authority, own = contents('authority.crt'), contents(f'{side.name}.crt')
        side.daemon.load_cert_sync(Vici.CertType.X509, Vici.CertFlag.CA, authority, None)
        side.daemon.load_cert_sync(Vici.CertType.X509, Vici.CertFlag.NONE, own, None)
        side.key = side.daemon.load_key_sync(Vici.KeyType.ANY, contents(f'{side.name}.key'), None)

        certs = {cert.props.flag: cert.props for cert in side.daemon.list_certs_sync(None, None)}
        equal(len(certs), 2)
        assert certs[Vici.CertFlag.CA].der.equal(authority)
        assert certs[Vici.CertFlag.NONE].der.equal(own)
        assert certs[Vici.CertFlag.NONE].has_private_key
        side.check_holds(sas=[], conns=[], keys=[side.key])


def connection_is_listed_as_it_was_loaded(scene):
    for side, peer in (scene.alice, scene.bob), (scene.bob, scene.alice):
        config = side.load(
            'tunnel', Vici.AuthConfig(auth='pubkey', id=side.id),
            Vici.AuthConfig(auth='pubkey', id=peer.id), peer, children=[
                Vici.ChildConfig(name='net', esp_proposals=['aes128-sha256-x25519'],
                                 local_ts=[side.network], remote_ts=[peer.network])])

        [conn] = side.daemon.list_conns_sync(None, None)
        equal(config.compare(conn), [])
        [local] = conn.props.local_auths
        equal(conn.props.name, 'tunnel')
        equal((local.props.auth_class, local.props.id), (Vici.AuthClass.PUBLIC_KEY, side.id))
        side.check_holds(sas=[], conns=['tunnel'], keys=[side.key])


def initiate_tells_its_log(scene):
    log = Vici.ControlLog.new()
    entries = []
    log.connect('entry', lambda log, entry: entries.append(entry))
    scene.alice.initiate('tunnel', 'net', log)

    equal(entries, list(log))
    [first] = [entry.props for entry in log if entry.props.text.startswith('initiating IKE_SA')]
    equal((first.group, first.ike_sa_name), (Vici.LogGroup.IKE, 'tunnel'))
    equal(log.props.failure, Vici.Failure.NONE)


def events_tell_what_came_up(scene):
    for side in scene.sides:
        sa = side.ike_updown(True, 'tunnel')
        child = side.child_updown(True, 'net')
        equal((sa.props.state, child.props.state),
              (Vici.IkeSaState.ESTABLISHED, Vici.ChildSaState.INSTALLED))
        equal(sa.props.initiator, side is scene.alice)


def sas_are_listed_on_both_sides(scene):
    for side, peer in (scene.alice, scene.bob), (scene.bob, scene.alice):
        [sa] = side.ike_sas()
        [child] = sa.props.child_sas
        equal((sa.props.local_host, sa.props.remote_host), (side.addresses[0], peer.addresses[0]))
        equal((sa.props.local_id, sa.props.remote_id), (side.id, peer.id))
        equal((sa.props.encr_alg, sa.props.encr_keysize), ('AES_CBC', 128))
        equal((child.props.local_ts, child.props.remote_ts), ([side.network], [peer.network]))
        assert 0 < child.props.rekey_time < child.props.life_time
        assert child.props.install_time >= 0

    # Each side says of the other what that says of itself.
    [a], [b] = scene.alice.ike_sas(), scene.bob.ike_sas()
    [a_child], [b_child] = a.props.child_sas, b.props.child_sas
    equal((a.props.initiator_spi, a.props.responder_spi),
          (b.props.initiator_spi, b.props.responder_spi))
    equal((a_child.props.spi_in, a_child.props.spi_out),
          (b_child.props.spi_out, b_child.props.spi_in))


def child_sa_is_rekeyed(scene):
    equal(scene.alice.daemon.rekey_sync(Vici.RekeyOptions(child='net'), None), 1)

    for side in scene.sides:
        sa, old, new = side.event('child-rekey', lambda sa, old, new: True)
        equal((sa.props.name, old.props.name, new.props.name), ('tunnel', 'net', 'net'))
        assert new.props.unique_id > old.props.unique_id
        equal(new.props.dh_group, 'CURVE_25519')


def ike_sa_is_rekeyed(scene):
    equal(scene.alice.daemon.rekey_sync(Vici.RekeyOptions(ike='tunnel'), None), 1)

    for side in scene.sides:
        old, new = side.event('ike-rekey', lambda old, new: True)
        assert new.props.unique_id > old.props.unique_id
        side.logged(old.props.unique_id, 'IKE_SA deleted')
        [sa] = side.ike_sas()
        equal((sa.props.unique_id, sa.props.state),
              (new.props.unique_id, Vici.IkeSaState.ESTABLISHED))


def wrong_psk_is_named(scene):
    scene.alice.load_with_secret('wrong-psk', scene.bob, secret=b'something else')
    scene.bob.load_with_secret('wrong-psk', scene.alice)

    equal(scene.alice.fail_to_initiate('wrong-psk'), Vici.Failure.AUTHENTICATION_FAILED)
    scene.unload('wrong-psk')


def wrong_proposal_is_named(scene):
    scene.alice.load_with_secret('wrong-proposal', scene.bob, proposal='aes256-sha512-ecp384')
    scene.bob.load_with_secret('wrong-proposal', scene.alice)

    equal(scene.alice.fail_to_initiate('wrong-proposal'), Vici.Failure.IKE_NO_PROPOSAL_CHOSEN)
    scene.unload('wrong-proposal')


def wrong_identity_is_named(scene):
    scene.alice.load_with_secret('wrong-identity', scene.bob, remote='*@elsewhere')
    scene.bob.load_with_secret('wrong-identity', scene.alice)

    equal(scene.alice.fail_to_initiate('wrong-identity'), Vici.Failure.IDENTITY_MISMATCH)
    # It was up for bob, until alice told him.
    scene.bob.ike_updown(False, 'wrong-identity')
    scene.unload('wrong-identity')


def wrong_certificate_is_named(scene):
    alice, mallory = (Vici.AuthConfig(auth='pubkey', id=f'{name}.example.org')
                      for name in ('alice', 'mallory'))
    scene.alice.load('wrong-certificate', alice, mallory, scene.bob)
    mallory.add_cert(contents('mallory.crt'))
    scene.bob.load('wrong-certificate', mallory, alice, scene.alice)
    key = scene.bob.daemon.load_key_sync(Vici.KeyType.ANY, contents('mallory.key'), None)

    equal(scene.alice.fail_to_initiate('wrong-certificate'), Vici.Failure.CERTIFICATE_NOT_TRUSTED)
    scene.bob.ike_updown(False, 'wrong-certificate')
    scene.bob.daemon.unload_key_sync(key, None)
    scene.unload('wrong-certificate')


def silent_peer_is_named(scene):
    scene.alice.load_with_secret('silent', scene.bob)
    scene.bob.load_with_secret('silent', scene.alice)

    try:
        scene.bob.stop()
        equal(scene.alice.fail_to_initiate('silent'), Vici.Failure.PEER_NOT_RESPONDING)
    finally:
        os.kill(scene.bob.pid, signal.SIGCONT)

    # He is back, and goes on with what alice has given up as well.
    scene.alice.initiate('silent')
    [half_open] = [sa.props for sa in scene.bob.ike_sas()
                   if sa.props.state == Vici.IkeSaState.CONNECTING]
    equal(scene.bob.daemon.terminate_sync(
        Vici.TerminateOptions(ike_id=half_open.unique_id), None, None), 1)
    equal(scene.alice.daemon.terminate_sync(Vici.TerminateOptions(ike='silent'), None, None), 1)
    scene.bob.ike_updown(False, 'silent')
    scene.unload('silent')


def redirect_moves_the_peer(scene):
    equal(scene.bob.daemon.redirect_sync(GATEWAY, Vici.RedirectOptions(ike='tunnel'), None), 1)

    for side in scene.sides:
        new = side.ike_updown(True, 'tunnel')
        old = side.ike_updown(False, 'tunnel')
        assert new.props.unique_id > old.props.unique_id
        side.child_updown(True, 'net')
        side.child_updown(False, 'net')
        [sa] = side.ike_sas()
        equal(sa.props.unique_id, new.props.unique_id)
        equal(sa.props.remote_host if side is scene.alice else sa.props.local_host, GATEWAY)


def counters_have_counted(scene):
    def counters(side, **options):
        return {counters.props.name: counters.props for counters in
                side.daemon.get_counters_sync(Vici.GetCountersOptions(**options), None)}

    for side in scene.sides:
        of_tunnel = counters(side, connection='tunnel')['tunnel']
        by_alice, by_bob = ((of_tunnel.ike_rekey_init, of_tunnel.ike_rekey_resp)
                            if side is scene.alice else
                            (of_tunnel.ike_rekey_resp, of_tunnel.ike_rekey_init))
        equal((by_alice, by_bob, of_tunnel.child_rekey), (1, 0, 1))

        # Those of each connection; and those of all together.
        for options in Vici.ResetCountersOptions(all=True), None:
            side.daemon.reset_counters_sync(options, None)
        equal(counters(side, all=True), {})
        equal(counters(side)[''].child_rekey, 0)


def terminate_takes_down_both_sides(scene):
    log = Vici.ControlLog.new()
    options = Vici.TerminateOptions(ike='tunnel')
    equal(scene.alice.daemon.terminate_sync(options, log, None), 1)

    equal(log.props.failure, Vici.Failure.NONE)
    assert any(entry.props.text == 'IKE_SA deleted' for entry in log)
    for side in scene.sides:
        side.ike_updown(False, 'tunnel')
        side.child_updown(False, 'net')
        side.check_holds(sas=[], conns=['tunnel'], keys=[side.key])


def unload_leaves_no_connection_and_no_key(scene):
    for side in scene.sides:
        side.daemon.unload_conn_sync('tunnel', None)
        side.daemon.unload_key_sync(side.key, None)
        side.check_holds(sas=[], conns=[], keys=[])


def clear_leaves_no_credential(scene):
    for side in scene.sides:
        assert len(side.daemon.list_certs_sync(None, None)) >= 2
        side.daemon.clear_creds_sync(None)
        equal(list(side.daemon.list_certs_sync(None, None)), [])
        side.check_holds(sas=[], conns=[], keys=[])


STEPS = [
    credentials_are_loaded_into_both,
    connection_is_listed_as_it_was_loaded,
    initiate_tells_its_log,
    events_tell_what_came_up,
    sas_are_listed_on_both_sides,
    child_sa_is_rekeyed,
    ike_sa_is_rekeyed,
    wrong_psk_is_named,
    wrong_proposal_is_named,
    wrong_identity_is_named,
    wrong_certificate_is_named,
    silent_peer_is_named,
    redirect_moves_the_peer,
    counters_have_counted,
    terminate_takes_down_both_sides,
    unload_leaves_no_connection_and_no_key,
    clear_leaves_no_credential,
]


def main():
    scene = Scene()
    print(f'1..{len(STEPS)}', flush=True)
    for number, step in enumerate(STEPS, 1):
        name = f'{number} /scenario/{step.__name__.replace("_", "-")}'
        try:
            step(scene)
        except Exception:
            print('#', traceback.format_exc().replace('\n', '\n# '))
            print(f'not ok {name}')
            return 1
        print(f'ok {name}', flush=True)
    return 0


if __name__ == '__main__':
    sys.exit(main())
