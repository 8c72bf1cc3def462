// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Two daemons and a tunnel between them, from its credentials to its end.
//
// The same is in scenario.c and in scenario.py. scenario-steps.txt names the steps, and
// run-scenario.py prepares what they need.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Vici from 'gi://Vici?version=1.0';

import {equal, ok, run, test, thrown} from '../bindings/tap.js';

Gio._promisify(Vici.Connection.prototype, 'open_async');
for (const method of [
    'clear_creds', 'get_conns', 'get_counters', 'get_keys', 'get_shared', 'initiate', 'list_certs',
    'list_conns', 'list_sas', 'load_cert', 'load_conn', 'load_key', 'load_shared', 'redirect',
    'rekey', 'reset_counters', 'terminate', 'unload_conn', 'unload_key', 'unload_shared', 'watch',
])
    Gio._promisify(Vici.Daemon.prototype, `${method}_async`);

const EVENTS = ['ike-updown', 'ike-rekey', 'child-updown', 'child-rekey', 'log'];
const PKI = GLib.getenv('VICI_TEST_PKI');
const GATEWAY = GLib.getenv('VICI_TEST_GATEWAY');
const SECRET = 'the two of us know';

const {AuthClass, CertFlag, CertType, ChildSaState, Failure, IkeSaState, IkeVersion, KeyType,
    LogGroup, SharedType} = Vici;

function items(list) {
    return Array.from({length: list.get_n_items()}, (_, i) => list.get_item(i));
}

function contents(name) {
    return new GLib.Bytes(GLib.file_get_contents(`${PKI}/${name}`)[1]);
}

/** Sends a signal with the shell, since GLib has no function for that. */
function kill(pid, signal) {
    ok(Gio.Subprocess.new(['sh', '-c', `kill -${signal} ${pid}`], 0).wait_check(null), signal);
}

function isStopped(pid) {
    const threads = Gio.File.new_for_path(`/proc/${pid}/task`);

    return [...threads.enumerate_children('standard::name', 0, null)].every(thread => {
        const [, stat] = threads.get_child(thread.get_name()).get_child('stat').load_contents(null);
        return new TextDecoder().decode(stat).includes(') T');
    });
}

/** One of the two daemons, and what it has told of itself. */
class Side {
    constructor(end) {
        const variable = name => GLib.getenv(`VICI_TEST_${name}_${end}`);

        this.name = variable('NAME');
        this.id = `${this.name}.example.org`;
        this.addresses = [variable('ADDRESS')];
        this.network = `${variable('INNER_ADDRESS')}/32`;
        this.pid = variable('PID');
        this.connection = Vici.Connection.new(variable('URI'));
        this.daemon = Vici.Daemon.new(this.connection);
        this.events = [];
        this.waiting = [];
        for (const event of EVENTS)
            this.daemon.connect(event, (_, ...values) => this.onEvent(event, values));
    }

    async open() {
        await this.connection.open_async(null);
        // A handler alone has its event subscribed to as well, but nobody knows when.
        await this.daemon.watch_async(EVENTS, null);
    }

    // Events

    onEvent(name, values) {
        const i = this.waiting.findIndex(one => one.name === name && one.matches(...values));

        if (i < 0)
            this.events.push({name, values});
        else
            this.waiting.splice(i, 1)[0].resolve(values);
    }

    /** The values of an event that matches, perhaps of one to come. Each is found once. */
    async event(name, matches) {
        const i = this.events.findIndex(one => one.name === name && matches(...one.values));

        if (i >= 0)
            return this.events.splice(i, 1)[0].values;
        return await new Promise((resolve, reject) => {
            const deadline = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, 60, () => {
                reject(new Error(`waited for ${name} for a minute in vain`));
                return GLib.SOURCE_REMOVE;
            });

            this.waiting.push({name, matches, resolve: values => {
                GLib.source_remove(deadline);
                resolve(values);
            }});
        });
    }

    async ikeUpdown(isUp, ike) {
        return (await this.event('ike-updown', (up, sa) => up === isUp && sa.name === ike))[1];
    }

    async childUpdown(isUp, name) {
        const matches = (up, sa, child) => up === isUp && child.name === name;
        return (await this.event('child-updown', matches))[2];
    }

    async logged(ikeSaId, text) {
        await this.event('log', entry => entry.ike_sa_id === ikeSaId && entry.text === text);
    }

    // Configuration

    async load(name, local, remote, peer, {proposal = 'aes128-sha256-x25519', children = []} = {}) {
        const conn = new Vici.ConnConfig({
            name, version: IkeVersion.V2, mobike: false, proposals: [proposal],
            local_addrs: this.addresses, remote_addrs: peer.addresses,
        });

        conn.add_local(local);
        conn.add_remote(remote);
        for (const child of children)
            conn.add_child(child);
        await this.daemon.load_conn_async(conn, null);
        return conn;
    }

    /** Loads a connection with a secret; both of them, and who uses them, have that name. */
    async loadWithSecret(name, peer, {secret = SECRET, remote = null, ...more} = {}) {
        const [own, others] = [this, peer].map(side => `${side.name}@${name}`);

        await this.load(name, new Vici.AuthConfig({auth: 'psk', id: own}),
            new Vici.AuthConfig({auth: 'psk', id: remote ?? others}), peer, more);
        await this.daemon.load_shared_async(name, SharedType.IKE, new TextEncoder().encode(secret),
            new Vici.LoadSharedOptions({owners: [own, others]}), null);
    }

    async unload(name) {
        await this.daemon.unload_conn_async(name, null);
        await this.daemon.unload_shared_async(name, null);
    }

    async ikeSas() {
        return items(await this.daemon.list_sas_async(null, null));
    }

    /** Nothing else is there. */
    async checkHolds({sas, conns, keys}) {
        const [sasNow, connsNow, keysNow, sharedNow] = await Promise.all([
            this.ikeSas(),
            this.daemon.get_conns_async(null),
            this.daemon.get_keys_async(null),
            this.daemon.get_shared_async(null),
        ]);

        equal(sasNow.map(sa => sa.name), sas);
        equal(connsNow, conns);
        equal(items(keysNow).map(key => key.id), keys);
        equal(items(sharedNow).map(shared => shared.id), []);
    }

    /** Has the daemon fall silent. */
    async stop() {
        kill(this.pid, 'STOP');
        // Its threads stop one by one.
        while (!isStopped(this.pid))
            await new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, 10, () => {
                resolve();
                return GLib.SOURCE_REMOVE;
            }));
    }

    // Control

    async initiate(ike, child = null, log = null) {
        await this.daemon.initiate_async(ike, child, null, log, null);
    }

    /** Returns why. */
    async failToInitiate(ike) {
        const log = new Vici.ControlLog();
        const error = await thrown(() => this.daemon.initiate_async(ike, null, null, log, null));

        ok(error.matches(Vici.Error, Vici.Error.COMMAND_FAILED), `${error}`);
        return log.failure;
    }
}

const [alice, bob] = ['A', 'B'].map(end => new Side(end));
const sides = [alice, bob];
const pairs = [[alice, bob], [bob, alice]];

/** Forgets what was wrong. The tunnel was not concerned. */
async function unload(name) {
    for (const side of sides) {
        await side.unload(name);
        await side.checkHolds({sas: ['tunnel'], conns: ['tunnel'], keys: [side.key]});
    }
}

test('/scenario/credentials-are-loaded-into-both', async () => {
    for (const side of sides) {
        const [authority, own] = ['authority', side.name].map(name => contents(`${name}.crt`));

        await side.daemon.load_cert_async(CertType.X509, CertFlag.CA, authority, null);
        await side.daemon.load_cert_async(CertType.X509, CertFlag.NONE, own, null);
        side.key = await side.daemon.load_key_async(KeyType.ANY, contents(`${side.name}.key`), null);

        const certs = items(await side.daemon.list_certs_async(null, null));
        const find = flag => certs.find(cert => cert.flag === flag);
        equal(certs.length, 2);
        ok(find(CertFlag.CA).der.equal(authority), 'the authority is the same');
        ok(find(CertFlag.NONE).der.equal(own), 'the own certificate is the same');
        ok(find(CertFlag.NONE).has_private_key, 'it has its key');
        await side.checkHolds({sas: [], conns: [], keys: [side.key]});
    }
});

test('/scenario/connection-is-listed-as-it-was-loaded', async () => {
    for (const [side, peer] of pairs) {
        const config = await side.load('tunnel', new Vici.AuthConfig({auth: 'pubkey', id: side.id}),
            new Vici.AuthConfig({auth: 'pubkey', id: peer.id}), peer, {children: [
                new Vici.ChildConfig({
                    name: 'net', esp_proposals: ['aes128-sha256-x25519'],
                    local_ts: [side.network], remote_ts: [peer.network],
                })]});

        const [conn, ...others] = items(await side.daemon.list_conns_async(null, null));
        equal(others, []);
        equal(config.compare(conn), []);
        const [local] = items(conn.local_auths);
        equal(conn.name, 'tunnel');
        equal([local.auth_class, local.id], [AuthClass.PUBLIC_KEY, side.id]);
        await side.checkHolds({sas: [], conns: ['tunnel'], keys: [side.key]});
    }
});

test('/scenario/initiate-tells-its-log', async () => {
    const log = new Vici.ControlLog();
    const entries = [];
    log.connect('entry', (_, entry) => entries.push(entry));
    await alice.initiate('tunnel', 'net', log);

    equal(entries.map(entry => entry.text), items(log).map(entry => entry.text));
    const first = items(log).filter(entry => entry.text.startsWith('initiating IKE_SA'));
    equal(first.map(entry => [entry.group, entry.ike_sa_name]), [[LogGroup.IKE, 'tunnel']]);
    equal(log.failure, Failure.NONE);
});

test('/scenario/events-tell-what-came-up', async () => {
    for (const side of sides) {
        const sa = await side.ikeUpdown(true, 'tunnel');
        const child = await side.childUpdown(true, 'net');

        equal([sa.state, child.state], [IkeSaState.ESTABLISHED, ChildSaState.INSTALLED]);
        equal(sa.initiator, side === alice);
    }
});

test('/scenario/sas-are-listed-on-both-sides', async () => {
    for (const [side, peer] of pairs) {
        const [sa] = await side.ikeSas();
        const [child] = items(sa.child_sas);

        equal([sa.local_host, sa.remote_host], [side.addresses[0], peer.addresses[0]]);
        equal([sa.local_id, sa.remote_id], [side.id, peer.id]);
        equal([sa.encr_alg, sa.encr_keysize], ['AES_CBC', 128]);
        equal([child.local_ts, child.remote_ts], [[side.network], [peer.network]]);
        ok(child.rekey_time > 0 && child.rekey_time < child.life_time, 'it is rekeyed in time');
        ok(child.install_time >= 0, 'it is known when it was installed');
    }

    // Each side says of the other what that says of itself.
    const [[a], [b]] = await Promise.all(sides.map(side => side.ikeSas()));
    const [[aChild], [bChild]] = [a.child_sas, b.child_sas].map(items);
    equal([a.initiator_spi, a.responder_spi], [b.initiator_spi, b.responder_spi]);
    equal([aChild.spi_in, aChild.spi_out], [bChild.spi_out, bChild.spi_in]);
});

test('/scenario/child-sa-is-rekeyed', async () => {
    equal(await alice.daemon.rekey_async(new Vici.RekeyOptions({child: 'net'}), null), 1);

    for (const side of sides) {
        const [sa, old, new_] = await side.event('child-rekey', () => true);

        equal([sa.name, old.name, new_.name], ['tunnel', 'net', 'net']);
        ok(new_.unique_id > old.unique_id, 'the new one has an id of its own');
        equal(new_.dh_group, 'CURVE_25519');
    }
});

test('/scenario/ike-sa-is-rekeyed', async () => {
    equal(await alice.daemon.rekey_async(new Vici.RekeyOptions({ike: 'tunnel'}), null), 1);

    for (const side of sides) {
        const [old, new_] = await side.event('ike-rekey', () => true);

        ok(new_.unique_id > old.unique_id, 'the new one has an id of its own');
        await side.logged(old.unique_id, 'IKE_SA deleted');
        equal((await side.ikeSas()).map(sa => [sa.unique_id, sa.state]),
            [[new_.unique_id, IkeSaState.ESTABLISHED]]);
    }
});

test('/scenario/wrong-psk-is-named', async () => {
    await alice.loadWithSecret('wrong-psk', bob, {secret: 'something else'});
    await bob.loadWithSecret('wrong-psk', alice);

    equal(await alice.failToInitiate('wrong-psk'), Failure.AUTHENTICATION_FAILED);
    await unload('wrong-psk');
});

test('/scenario/wrong-proposal-is-named', async () => {
    await alice.loadWithSecret('wrong-proposal', bob, {proposal: 'aes256-sha512-ecp384'});
    await bob.loadWithSecret('wrong-proposal', alice);

    equal(await alice.failToInitiate('wrong-proposal'), Failure.IKE_NO_PROPOSAL_CHOSEN);
    await unload('wrong-proposal');
});

test('/scenario/wrong-identity-is-named', async () => {
    await alice.loadWithSecret('wrong-identity', bob, {remote: '*@elsewhere'});
    await bob.loadWithSecret('wrong-identity', alice);

    equal(await alice.failToInitiate('wrong-identity'), Failure.IDENTITY_MISMATCH);
    // It was up for bob, until alice told him.
    await bob.ikeUpdown(false, 'wrong-identity');
    await unload('wrong-identity');
});

test('/scenario/wrong-certificate-is-named', async () => {
    const [local, remote] = ['alice', 'mallory'].map(name =>
        new Vici.AuthConfig({auth: 'pubkey', id: `${name}.example.org`}));
    await alice.load('wrong-certificate', local, remote, bob);
    remote.add_cert(contents('mallory.crt'));
    await bob.load('wrong-certificate', remote, local, alice);
    const key = await bob.daemon.load_key_async(KeyType.ANY, contents('mallory.key'), null);

    equal(await alice.failToInitiate('wrong-certificate'), Failure.CERTIFICATE_NOT_TRUSTED);
    await bob.ikeUpdown(false, 'wrong-certificate');
    await bob.daemon.unload_key_async(key, null);
    await unload('wrong-certificate');
});

test('/scenario/silent-peer-is-named', async () => {
    await alice.loadWithSecret('silent', bob);
    await bob.loadWithSecret('silent', alice);

    try {
        await bob.stop();
        equal(await alice.failToInitiate('silent'), Failure.PEER_NOT_RESPONDING);
    } finally {
        kill(bob.pid, 'CONT');
    }

    // He is back, and goes on with what alice has given up as well.
    await alice.initiate('silent');
    const halfOpen = (await bob.ikeSas()).filter(sa => sa.state === IkeSaState.CONNECTING);
    equal(halfOpen.length, 1);
    equal(await bob.daemon.terminate_async(
        new Vici.TerminateOptions({ike_id: halfOpen[0].unique_id}), null, null), 1);
    equal(await alice.daemon.terminate_async(
        new Vici.TerminateOptions({ike: 'silent'}), null, null), 1);
    await bob.ikeUpdown(false, 'silent');
    await unload('silent');
});

test('/scenario/redirect-moves-the-peer', async () => {
    equal(await bob.daemon.redirect_async(
        GATEWAY, new Vici.RedirectOptions({ike: 'tunnel'}), null), 1);

    for (const side of sides) {
        const new_ = await side.ikeUpdown(true, 'tunnel');
        const old = await side.ikeUpdown(false, 'tunnel');

        ok(new_.unique_id > old.unique_id, 'the new one has an id of its own');
        await side.childUpdown(true, 'net');
        await side.childUpdown(false, 'net');

        const [sa, ...others] = await side.ikeSas();
        equal([sa.unique_id, others], [new_.unique_id, []]);
        equal(side === alice ? sa.remote_host : sa.local_host, GATEWAY);
    }
});

test('/scenario/counters-have-counted', async () => {
    for (const side of sides) {
        const [ofTunnel] = items(await side.daemon.get_counters_async(
            new Vici.GetCountersOptions({connection: 'tunnel'}), null));
        const [own, peers] = [ofTunnel.ike_rekey_init, ofTunnel.ike_rekey_resp];
        equal([ofTunnel.name, ofTunnel.child_rekey], ['tunnel', 1]);
        equal([own, peers], side === alice ? [1, 0] : [0, 1]);

        // Those of each connection; and those of all together.
        for (const options of [new Vici.ResetCountersOptions({all: true}), null])
            await side.daemon.reset_counters_async(options, null);
        equal(items(await side.daemon.get_counters_async(
            new Vici.GetCountersOptions({all: true}), null)), []);
        const [ofAll] = items(await side.daemon.get_counters_async(null, null));
        equal([ofAll.name, ofAll.child_rekey], ['', 0]);
    }
});

test('/scenario/terminate-takes-down-both-sides', async () => {
    const log = new Vici.ControlLog();
    const options = new Vici.TerminateOptions({ike: 'tunnel'});
    equal(await alice.daemon.terminate_async(options, log, null), 1);

    equal(log.failure, Failure.NONE);
    ok(items(log).some(entry => entry.text === 'IKE_SA deleted'), 'the log tells it');
    for (const side of sides) {
        await side.ikeUpdown(false, 'tunnel');
        await side.childUpdown(false, 'net');
        await side.checkHolds({sas: [], conns: ['tunnel'], keys: [side.key]});
    }
});

test('/scenario/unload-leaves-no-connection-and-no-key', async () => {
    for (const side of sides) {
        await side.daemon.unload_conn_async('tunnel', null);
        await side.daemon.unload_key_async(side.key, null);
        await side.checkHolds({sas: [], conns: [], keys: []});
    }
});

test('/scenario/clear-leaves-no-credential', async () => {
    for (const side of sides) {
        ok(items(await side.daemon.list_certs_async(null, null)).length >= 2, 'there were some');
        await side.daemon.clear_creds_async(null);
        equal(items(await side.daemon.list_certs_async(null, null)), []);
        await side.checkHolds({sas: [], conns: [], keys: []});
    }
});

// Where alice is going to be sent is bob too.
bob.addresses.push(GATEWAY);
await Promise.all(sides.map(side => side.open()));
await run();
