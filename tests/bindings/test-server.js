// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A server in GJS, with a client in the same main loop.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Vici from 'gi://Vici?version=1.0';

import {equal, ok, run, test, thrown} from './tap.js';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'call_async');
Gio._promisify(Vici.Connection.prototype, 'subscribe_async');
Gio._promisify(Vici.Stream.prototype, 'next_async');

const plain = one => one.to_variant().recursiveUnpack();

function message(values) {
    const entries = Object.entries(values).map(([key, value]) => [key, GLib.Variant.new_string(value)]);

    return Vici.Message.new_from_variant(new GLib.Variant('a{sv}', Object.fromEntries(entries)));
}

/** Runs it with a server, and a connection to that. */
async function served(setUp, body) {
    const folder = GLib.Dir.make_tmp('vici-gjs-XXXXXX');
    const server = new Vici.Server();

    setUp(server);
    server.listen(`unix://${folder}/vici`);

    const connection = Vici.Connection.new(server.get_uris()[0]);

    try {
        await connection.open_async(null);
        await body(connection, server);
    } finally {
        connection.close_sync(null);
        server.stop();
        GLib.rmdir(folder);
    }
}

test('server/answers-a-command', () => served(server => {
    server.add_command('version');
    server.connect('command::version', (_server, invocation) => {
        invocation.return_message(message({daemon: invocation.get_request().lookup_string('a')}));
        return true;
    });
}, async connection => {
    equal(plain(await connection.call_async('version', message({a: 'javascript'}), null)),
        {daemon: 'javascript'});
}));

test('server/answers-later', () => served(server => {
    server.add_command('wait');
    server.connect('command', (_server, invocation) => {
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => {
            invocation.return_failure('too late');
            return GLib.SOURCE_REMOVE;
        });
        return true;
    });
}, async connection => {
    const reply = await connection.call_async('wait', null, null);
    const error = await thrown(() => reply.check_success());

    ok(error.matches(Vici.Error, Vici.Error.COMMAND_FAILED), 'the code');
    equal(error.message, 'too late');
}));

test('server/streams', () => served(server => {
    server.add_command('list-sas');
    server.add_event('list-sa');
    server.connect('command::list-sas', (_server, invocation) => {
        for (const n of ['0', '1', '2'])
            ok(invocation.send_event('list-sa', message({n})), 'it goes to the client');
        invocation.return_success();
        return true;
    });
}, async connection => {
    const stream = connection.call_streaming('list-sas', null, null);
    const seen = [];

    for (let event; (event = await stream.next_async(null));)
        seen.push(event.lookup_string('n'));
    equal(seen, ['0', '1', '2']);
}));

test('server/events', () => served(server => {
    server.add_event('log');
}, async (connection, server) => {
    const heard = new Promise(resolve =>
        connection.connect('event::log', (_connection, _name, event) => resolve(plain(event))));

    await connection.subscribe_async('log', null);
    equal(server.emit_event('log', message({msg: 'hello'})), 1);
    equal(await heard, {msg: 'hello'});
}));

test('server/unknown-command', () => served(() => {}, async connection => {
    const error = await thrown(() => connection.call_async('nonsense', null, null));

    ok(error.matches(Vici.Error, Vici.Error.UNKNOWN_COMMAND), 'the code');
}));

await run();
