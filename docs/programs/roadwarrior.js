import Gio from 'gi://Gio';
import Vici from 'gi://Vici';

Gio._promisify(Gio.File.prototype, 'load_bytes_async');
Gio._promisify(Gio.DataInputStream.prototype, 'read_line_async');
Gio._promisify(Vici.Connection.prototype, 'open_async');
for (const command of ['load_conn', 'initiate', 'list_sas', 'terminate', 'unload_conn'])
    Gio._promisify(Vici.Daemon.prototype, `${command}_async`);
for (const command of ['load_authority', 'load_shared', 'unload'])
    Gio._promisify(Vici.CredentialScope.prototype, `${command}_async`);

async function read(path) {
    const [bytes] = await Gio.File.new_for_path(path).load_bytes_async(null);
    return bytes;
}

const home = new Vici.ConnConfig({
    name: 'home',
    version: Vici.IkeVersion.V2,
    remoteAddrs: ['vpn.example.org'],
    vips: ['0.0.0.0'],
    dpdDelay: '30s',
});
home.add_local(new Vici.AuthConfig({auth: 'eap-mschapv2', eapId: 'carol'}));
home.add_remote(new Vici.AuthConfig({auth: 'pubkey', id: 'vpn.example.org'}));
home.add_child(new Vici.ChildConfig({
    name: 'net',
    remoteTs: ['10.1.0.0/16', '10.2.0.0/16'],
    espProposals: ['aes256gcm16-x25519', 'default'],
    rekeyTime: '45m',
}));

const connection = Vici.Connection.new(ARGV[0] ?? null);
const daemon = Vici.Daemon.new(connection);
const scope = Vici.CredentialScope.new(daemon, 'roadwarrior-');

const log = new Vici.ControlLog();

await connection.open_async(null);
await daemon.load_conn_async(home, null);
try {
    await scope.load_authority_async(new Vici.AuthorityConfig({
        name: 'example',
        cacert: await read('ca.pem'),
        crlUris: ['http://crl.example.org/ca.crl'],
    }), null);
    await scope.load_shared_async('carol', Vici.SharedType.EAP, await read('password'),
        new Vici.LoadSharedOptions({owners: ['carol']}), null);

    await daemon.initiate_async('home', 'net', null, log, null);
    for (const sa of await daemon.list_sas_async(new Vici.ListSasOptions({ike: 'home'}), null))
        print(`${sa.name} is ${sa.stateText}`);

    print('Press Enter to end it');
    const input = new Gio.DataInputStream({baseStream: Gio.File.new_for_path('/dev/stdin').read(null)});
    await input.read_line_async(0, null);
    await daemon.terminate_async(new Vici.TerminateOptions({ike: 'home'}), null, null);
} catch (error) {
    throw new Error(`${Vici.failure_to_string(log.failure)} ${error.message}`);
} finally {
    await daemon.unload_conn_async('home', null);
    await scope.unload_async(null);
}
