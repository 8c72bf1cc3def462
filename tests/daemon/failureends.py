# SPDX-License-Identifier: LGPL-2.1-or-later
"""The two ends of an initiation, for failurecases and record-failures."""

import pathlib
import signal
import subprocess
import sys

import gi
gi.require_version('Vici', '1.0')
from gi.repository import GLib, Vici

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / 'examples'))
import lab

IKE, CHILD = 'home', 'net'
SECRET = b'the two of us know'
PASSWORD = b'for alice only'
PEERS = {'alice.example.org': 'bob.example.org', 'bob.example.org': 'alice.example.org'}
PLUGINS = ['eap-identity', 'eap-md5', 'eap-mschapv2', 'xauth-generic', 'md5']

# Kinds of exchanges, by their numbers.
IKE_AUTH, CREATE_CHILD_SA = 35, 36


# ------------------------------------------------------------------ library

def variant(value):
    if isinstance(value, dict):
        return GLib.Variant('a{sv}', {key: variant(item) for key, item in value.items()})
    if isinstance(value, list):
        return GLib.Variant('av', [variant(item) for item in value])
    if isinstance(value, bytes):
        return GLib.Variant('ay', value)
    return GLib.Variant('s', value)


def message(request):
    return Vici.Message.new_from_variant(variant(request))


# -------------------------------------------------------------- the two ends

class End:
    """One of the two: a daemon, and what it is going to be loaded with."""

    def __init__(self, charon, index):
        self.charon = charon
        self.charon.plugins = charon.plugins + PLUGINS
        # Retransmits as charon makes them, but sooner.
        self.set(retransmit_timeout=0.3, retransmit_base=1, retransmit_tries=3)
        self.name = f'{charon.name}.example.org'
        self.secrets = [{'type': 'IKE', 'data': SECRET}]
        self.certificates = []
        self.keys = []
        self.pools = {}
        self.local = {'auth': 'psk', 'id': self.name}
        self.remote = {'auth': 'psk', 'id': PEERS[self.name]}
        self.child = {
            'local_ts': [f'{lab.Tunnel.INNER_ADDRESSES[index]}/32'],
            'remote_ts': [f'{lab.Tunnel.INNER_ADDRESSES[1 - index]}/32'],
            'esp_proposals': ['aes128-sha256'],
        }
        self.children = {CHILD: self.child}
        self.ike = {
            'version': '2',
            'local_addrs': [lab.Tunnel.ADDRESSES[index]],
            'remote_addrs': [lab.Tunnel.ADDRESSES[1 - index]],
            'proposals': ['aes128-sha256-x25519'],
            'local': self.local,
            'remote': self.remote,
            'children': self.children,
        }
        self.connections = {IKE: self.ike}

    def open(self):
        connection = Vici.Connection.new(self.charon.uri)
        connection.set_timeout(120000)
        connection.open_sync(None)
        return connection

    def call(self, command, **request):
        reply = self.vici.call_sync(command, message(request), None)
        reply.check_success()
        return reply

    def load(self):
        self.vici = self.open()
        for secret in self.secrets:
            self.call('load-shared', **secret)
        for certificate in self.certificates:
            self.call('load-cert', **certificate)
        for key in self.keys:
            self.call('load-key', type='any', data=key)
        for name, pool in self.pools.items():
            self.call('load-pool', **{name: pool})
        for name, connection in self.connections.items():
            self.call('load-conn', **{name: connection})

    def certify(self, authority, name=None, **options):
        """Has a certificate made for itself, and proves itself with that."""
        certificate, key = authority.certify(name or self.name, **options)
        self.keys.append(key)
        self.local.update(auth='pubkey', certs=[certificate])
        return certificate

    def trust(self, authority):
        self.certificates.append({'type': 'X509', 'flag': 'CA', 'data': authority.certificate})
        self.remote['auth'] = 'pubkey'

    def set(self, **settings):
        lines = ''.join(f'  {key} = {value}\n' for key, value in settings.items())
        self.charon.settings += f'charon {{\n{lines}}}\n'

    def delay(self, exchange):
        """Has requests of that kind heard later than alice waits."""
        self.set(receive_delay=10000, receive_delay_type=exchange, receive_delay_response='no')

    def stop(self):
        self.charon.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.charon.process.send_signal(signal.SIGCONT)


class Authority:
    """Issues certificates, with openssl."""

    CONFIG = '''
[ca]
default_ca = authority
[authority]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = anything
unique_subject = no
[anything]
commonName = supplied
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign, digitalSignature
subjectKeyIdentifier = hash
subjectAltName = $ENV::SAN
[list]
authorityKeyIdentifier = keyid
[end]
authorityKeyIdentifier = keyid
subjectAltName = $ENV::SAN
[request]
distinguished_name = name
[name]
'''

    def __init__(self, folder, name):
        self.folder = folder / name
        self.folder.mkdir()
        self.count = 0
        (self.folder / 'config').write_text(self.CONFIG)
        (self.folder / 'index').touch()
        self.certificate, self.key = self._make(name, 'root', ['-selfsign'])

    def certify(self, name, ends='20990101000000Z'):
        return self._make(name, 'end', ['-cert', '0.pem', '-keyfile', '0.key'], ends)

    def revoke(self, certificate):
        """Returns a list of the revoked."""
        self._openssl('ca', '-config', 'config', '-cert', '0.pem', '-keyfile', '0.key',
                      '-revoke', '-', data=certificate)
        self._openssl('ca', '-config', 'config', '-cert', '0.pem', '-keyfile', '0.key',
                      '-gencrl', '-crlexts', 'list', '-crldays', '30000', '-out', 'crl.pem')
        return (self.folder / 'crl.pem').read_bytes()

    def _make(self, name, extensions, signer, ends='20990101000000Z'):
        stem, self.count = str(self.count), self.count + 1
        self._openssl('req', '-new', '-config', 'config', '-newkey', 'ec', '-noenc', '-pkeyopt',
                      'ec_paramgen_curve:prime256v1', '-subj', f'/CN={name}',
                      '-keyout', f'{stem}.key', '-out', f'{stem}.request')
        self._openssl('ca', '-batch', '-notext', '-config', 'config', '-extensions', extensions,
                      '-startdate', '20200101000000Z', '-enddate', ends, *signer,
                      *(['-keyfile', f'{stem}.key'] if '-selfsign' in signer else []),
                      '-in', f'{stem}.request', '-out', f'{stem}.pem', san=f'DNS:{name}')
        return [(self.folder / (stem + suffix)).read_bytes() for suffix in ('.pem', '.key')]

    def _openssl(self, *argv, data=None, san='DNS:none'):
        if data is not None:
            (self.folder / 'input.pem').write_bytes(data)
            argv = [word if word != '-' else 'input.pem' for word in argv]
        subprocess.run(['openssl', *argv], cwd=self.folder, check=True, capture_output=True,
                       env={'PATH': '/usr/bin:/bin', 'SAN': san})


class Scene:
    """What a case may spoil, and how alice is asked."""

    def __init__(self, tunnel):
        self.a, self.b = End(tunnel.a, 0), End(tunnel.b, 1)
        self.folder = tunnel.a.directory
        self.request = {'ike': IKE, 'child': CHILD, 'timeout': '60000'}
        # Run once both are loaded.
        self.before = lambda: None
        # Run once, when a line of the log contains the text.
        self.at, self.then = None, None

    def authority(self, name='authority.example.org'):
        return Authority(self.folder, name)

    def certify_both(self):
        authority = self.authority()
        for end in self.a, self.b:
            end.certify(authority)
            end.trust(authority)
        return authority

    def use_eap(self, method, password=PASSWORD):
        """Bob proves himself with a certificate, alice with a password."""
        authority = self.authority()
        self.b.certify(authority)
        self.a.trust(authority)
        self.a.local.update(auth=method, eap_id='alice')
        self.b.remote.update(auth=method, eap_id='%any')
        self.a.secrets = [{'type': 'EAP', 'data': password, 'owners': ['alice']}]
        self.b.secrets = [{'type': 'EAP', 'data': PASSWORD, 'owners': ['alice']}]

    def use_ikev1(self):
        for end in self.a, self.b:
            end.ike['version'] = '1'

    def initiate_first(self, **request):
        """Has something initiated before what is recorded."""
        def run():
            stream = self.a.vici.call_streaming('initiate', None, message(
                {'timeout': '60000', **request}))
            while stream.next_sync(None):
                pass
        self.before = run

    def when_logged(self, text, then):
        self.at, self.then = text, then
