// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The live models from GJS, against a simulated charon.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Vici from 'gi://Vici?version=1.0';

import {equal, ok, run, test, thrown} from '../bindings/tap.js';

Gio._promisify(Gio.Subprocess.prototype, 'wait_async');
Gio._promisify(Gio.DataInputStream.prototype, 'read_line_async', 'read_line_finish_utf8');
Gio._promisify(Vici.ConnItem.prototype, 'up_async');
Gio._promisify(Vici.ConnItem.prototype, 'down_async');
Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'call_async');
Gio._promisify(Vici.Monitor.prototype, 'refresh_async');

const SIM_CHARON = GLib.getenv('SIM_CHARON');

/** A message of text, lists and sections. */
function message(values) {
    const variant = value => {
        if (typeof value === 'string')
            return GLib.Variant.new_string(value);
        if (Array.isArray(value))
            return new GLib.Variant('as', value);
        return new GLib.Variant('a{sv}', Object.fromEntries(
            Object.entries(value).map(([name, inner]) => [name, variant(inner)])));
    };

    return Vici.Message.new_from_variant(variant(values));
}

/** Resolves when that is so; an object tells with that signal that it may be. */
async function until(object, signal, condition) {
    let handler = 0;

    if (condition())
        return;
    await new Promise(resolve => {
        handler = object.connect(signal, () => condition() && resolve());
    });
    object.disconnect(handler);
}

/** A test with a daemon that has a connection, and with a monitor of it. */
function testMonitor(name, body) {
    test(name, async () => {
        const folder = GLib.dir_make_tmp('vici-XXXXXX');
        const uri = `unix://${folder}/charon.vici`;
        const daemon = Gio.Subprocess.new([SIM_CHARON, '--uri', uri, '--latency', '5'],
            Gio.SubprocessFlags.STDOUT_PIPE);
        const output = new Gio.DataInputStream({base_stream: daemon.get_stdout_pipe()});
        const monitor = Vici.Monitor.new(uri);
        const other = Vici.Connection.new(uri);

        try {
            const [line] = await output.read_line_async(GLib.PRIORITY_DEFAULT, null);
            equal(line, uri);
            await other.open_async(null);
            const call = async (command, values) =>
                (await other.call_async(command, message(values), null)).check_success();
            await call('load-shared', {id: 'both', type: 'IKE', data: 'a secret'});
            await call('load-conn', {home: {
                remote_addrs: ['192.0.2.2'],
                local: {auth: 'psk'},
                remote: {auth: 'psk'},
                children: {net: {remote_ts: ['10.1.0.0/16']}},
            }});
            await until(monitor, 'notify::state', () => monitor.state === Vici.MonitorState.READY);
            await until(monitor.conns, 'items-changed', () => monitor.conns.get_n_items() > 0);
            await body(monitor, monitor.conns.get_item(0), call);
        } finally {
            monitor.stop();
            daemon.send_signal(15);
            await daemon.wait_async(null);
            GLib.rmdir(folder);
        }
        equal(daemon.get_exit_status(), 0);
    });
}

testMonitor('monitor/properties-are-those-of-an-object', monitor => {
    equal(monitor.state, Vici.MonitorState.READY);
    equal(monitor.state_text, 'The IKE daemon is running.');
    equal([monitor.hint, monitor.error], [null, null]);
    equal([monitor.active, monitor.follow_log, monitor.refresh_interval], [false, true, 1000]);
    equal(monitor.conns.get_n_items(), 1);
    equal(monitor.ike_sas.get_n_items(), 0);
});

test('monitor/says-what-is-wrong-and-what-to-do', async () => {
    const monitor = new Vici.Monitor({connection: Vici.Connection.new('unix:///nowhere')});

    await until(monitor, 'notify::state', () => monitor.state === Vici.MonitorState.NO_SOCKET);
    ok(monitor.hint.includes('strongSwan'), 'the hint');
    ok(monitor.error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND), 'the error');
    monitor.stop();
});

testMonitor('conn/up-and-down-are-awaited-and-notify', async (_monitor, home) => {
    const states = [];

    home.connect('notify::state', () => states.push(home.state));
    equal(await home.up_async(null, null, null), true);
    equal(await home.down_async(null, null, null), true);
    equal(states, [Vici.ConnState.CONNECTING, Vici.ConnState.UP, Vici.ConnState.DOWN]);
});

testMonitor('conn/failure-is-thrown-and-has-a-reason', async (_monitor, home, call) => {
    const log = new Vici.ControlLog();

    await call('sim-fault', {add: 'refuse:192.0.2.2'});
    const error = await thrown(() => home.up_async('net', log, null));
    ok(error.matches(Vici.Error, Vici.Error.COMMAND_FAILED), `the code of ${error}`);
    equal(home.state, Vici.ConnState.FAILED);
    equal(home.failure, Vici.Failure.AUTHENTICATION_FAILED);
    equal(home.reason, Vici.failure_to_string(log.failure));
});

testMonitor('items/records-are-a-step-further', async (monitor, home) => {
    await home.up_async(null, null, null);
    const ikeSa = home.ike_sas.get_item(0);
    const childSa = ikeSa.child_sas.get_item(0);

    equal(ikeSa.record.remote_host, '192.0.2.2');
    equal(childSa.record.remote_ts, ['10.1.0.0/16']);
    ok(monitor.ike_sas.get_item(0) === ikeSa, 'the same object in both lists');
    equal(home.up_since.to_unix(), ikeSa.established_at.to_unix());
});

testMonitor('items/rekeying-keeps-the-object', async (_monitor, home, call) => {
    await home.up_async(null, null, null);
    const ikeSa = home.ike_sas.get_item(0);

    equal(ikeSa.unique_id, 1);
    await call('rekey', {ike: 'home'});
    await until(ikeSa, 'notify::unique-id', () => ikeSa.unique_id === 2);
    ok(home.ike_sas.get_item(0) === ikeSa, 'the same object');
});

testMonitor('items/count-while-somebody-looks', async (monitor, home) => {
    await home.up_async(null, null, null);
    const childSa = home.ike_sas.get_item(0).child_sas.get_item(0);

    monitor.refresh_interval = 10;
    monitor.active = true;
    await until(childSa, 'notify::rate-in', () => childSa.rate_in > 0);
    ok(childSa.bytes_in > 0, 'bytes');
    monitor.active = false;
    await until(childSa, 'notify::rate-in', () => childSa.rate_in === 0);
});

testMonitor('monitor/refresh-is-awaited', async (monitor, home, call) => {
    await call('unload-conn', {name: 'home'});
    equal(await monitor.refresh_async(null), true);
    equal(monitor.conns.get_n_items(), 0);
    equal([home.configured, home.record], [false, null]);
});

await run();
