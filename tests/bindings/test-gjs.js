// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the library looks like from GJS.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Vici from 'gi://Vici?version=1.0';

import {equal, ok, run, test, thrown} from './tap.js';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'call_async');
Gio._promisify(Vici.Stream.prototype, 'next_async');

const encoder = new TextEncoder();
const uri = GLib.getenv('VICI_TEST_URI');

const conn = () => Vici.Message.new_from_variant(new GLib.Variant('a{sv}', {
    gw: new GLib.Variant('a{sv}', {
        remote_addrs: new GLib.Variant('as', ['192.0.2.1']),
        version: new GLib.Variant('i', 2),
        mobike: new GLib.Variant('b', false),
    }),
}));

/** A message of plain text values. */
function message(values) {
    const entries = Object.entries(values).map(([key, value]) => [key, GLib.Variant.new_string(value)]);

    return Vici.Message.new_from_variant(new GLib.Variant('a{sv}', Object.fromEntries(entries)));
}

const plain = one => one.to_variant().recursiveUnpack();

// The wire.

function name(text) {
    return [text.length, ...encoder.encode(text)];
}

function packet(kind, ...body) {
    return [0, 0, 0, body.length + 1, kind, ...body];
}

async function throwsCode(code, body) {
    const error = await thrown(body);

    ok(error instanceof GLib.Error, `a GLib.Error for ${error}`);
    ok(error.matches(Vici.Error, code), `the code ${code} for ${error}`);
    ok(error.matches(Vici.Error.quark(), code), 'the quark');
    return error;
}

// Messages.

test('messages/made-of-an-object-and-becomes-one', () => {
    equal(plain(conn()), {gw: {remote_addrs: ['192.0.2.1'], version: '2', mobike: 'no'}});
    equal(Object.keys(conn().to_variant().deepUnpack()), ['gw']);
});

test('messages/bytes-come-and-go', () => {
    const data = Uint8Array.from([3, ...name('a'), 0, 1, 98]);
    const one = Vici.Message.new_from_bytes(new GLib.Bytes(data));

    equal([...one.get_bytes().get_data()], [...data]);
    ok(one.equal(message({a: 'b'})));
});

test('messages/bytes-that-are-no-text', () => {
    const one = Vici.Message.new_from_variant(new GLib.Variant('a{sv}', {
        data: new GLib.Variant('ay', new Uint8Array([0, 255])),
    }));

    equal([...one.lookup_bytes('data').get_data()], [0, 255]);
    equal(one.lookup_string('data'), null);
    equal([...one.to_variant().deepUnpack().data.deepUnpack()], [0, 255]);
});

test('messages/malformed-bytes-throw', () =>
    throwsCode(Vici.Error.MALFORMED,
        () => Vici.Message.new_from_bytes(new GLib.Bytes(new Uint8Array([2])))));

test('messages/look-ups', () => {
    const gateway = conn().lookup_section('gw');

    equal(gateway.get_names(), ['remote_addrs', 'version', 'mobike']);
    equal(gateway.lookup_string('version'), '2');
    equal(gateway.lookup_int64('version', -1), 2);
    equal(gateway.lookup_uint64('version', 7), 2);
    equal(gateway.lookup_boolean('mobike', true), false);
    equal(gateway.lookup_strv('remote_addrs'), ['192.0.2.1']);
});

test('messages/look-ups-that-find-nothing', () => {
    const empty = new Vici.Message();

    ok(empty.is_empty());
    equal(empty.lookup_string('a'), null);
    equal(empty.lookup_bytes('a'), null);
    equal(empty.lookup_section('a'), null);
    equal(empty.lookup_strv('a') ?? [], []);
    equal(empty.lookup_int64('a', -5), -5);
    equal(empty.lookup_boolean('a', true), true);
    equal(empty.get_names(), []);
});

test('messages/text', () => {
    equal(message({a: 'b'}).to_string(Vici.PrintFlags.NONE), '{a=b}');
    ok(message({a: 'b'}).to_string(Vici.PrintFlags.PRETTY).includes('a = b'));
});

test('messages/failure-throws', async () => {
    const failure = message({success: 'no', errmsg: 'no such thing'});
    const error = await throwsCode(Vici.Error.COMMAND_FAILED, () => failure.check_success());

    equal(error.message, 'no such thing');
    ok(message({success: 'yes'}).check_success());
});

// Iterators.

const WALK = [
    [Vici.Element.SECTION_START, 1, 'gw', null],
    [Vici.Element.LIST_START, 2, 'remote_addrs', null],
    [Vici.Element.LIST_ITEM, 2, null, '192.0.2.1'],
    [Vici.Element.LIST_END, 1, null, null],
    [Vici.Element.KEY_VALUE, 1, 'version', '2'],
    [Vici.Element.KEY_VALUE, 1, 'mobike', 'no'],
    [Vici.Element.SECTION_END, 0, null, null],
];

function walk(iter) {
    const found = [];

    while (iter.next())
        found.push([iter.get_element(), iter.get_depth(), iter.get_name(), iter.dup_string()]);
    return found;
}

test('iterators/made-of-a-message', () => {
    equal(walk(Vici.MessageIter.new(conn())), WALK);
});

test('iterators/made-first-and-initialised-then', () => {
    const iter = new Vici.MessageIter();
    const kept = conn();

    ok(!iter.next());
    iter.init(kept);
    equal(walk(iter), WALK);
});

test('iterators/outlives-its-message', () => {
    const iter = Vici.MessageIter.new(message({a: 'b'}));

    System.gc();
    ok(iter.next());
    equal(iter.dup_string(), 'b');
});

test('iterators/copy-goes-its-own-way', () => {
    const iter = Vici.MessageIter.new(message({a: 'b', c: 'd'}));

    iter.next();
    const copy = iter.copy();
    iter.next();
    equal([copy.dup_string(), iter.dup_string()], ['b', 'd']);
});

test('iterators/data', () => {
    const iter = Vici.MessageIter.new(message({a: 'bcd'}));

    iter.next();
    ok(iter.name_equals('a'));
    equal([...iter.get_data()], [...encoder.encode('bcd')]);
    equal([...iter.dup_bytes().get_data()], [...encoder.encode('bcd')]);
    iter.next();
    equal([...iter.get_data() ?? []], []);
});

// Builders.

test('builders/builds-everything', () => {
    const builder = new Vici.Builder();

    builder.begin_section('gw');
    builder.add_string('text', 'größer');
    builder.add_bytes('bytes', new GLib.Bytes(new Uint8Array([49])));
    builder.add_data('data', new Uint8Array([50]));
    builder.add_int64('negative', -7);
    builder.add_uint64('large', 2 ** 40);
    builder.add_boolean('yes', true);
    builder.add_strv('strv', ['x', 'y']);
    builder.add_variant('variant', new GLib.Variant('a{sv}', {k: new GLib.Variant('u', 7)}));
    builder.add_section('section', message({a: 'b'}));
    builder.begin_list('list');
    builder.add_item('i');
    builder.add_item_bytes(new GLib.Bytes(encoder.encode('j')));
    builder.add_item_data(encoder.encode('k'));
    builder.end_list();
    builder.end_section();

    equal(plain(builder.end()), {
        gw: {
            text: 'größer', bytes: '1', data: '2', negative: '-7', large: `${2 ** 40}`,
            yes: 'yes', strv: ['x', 'y'], variant: {k: '7'}, section: {a: 'b'},
            list: ['i', 'j', 'k'],
        },
    });
});

test('builders/first-mistake-is-thrown-at-the-end', async () => {
    const builder = Vici.Builder.new();

    builder.add_item('lost');
    await throwsCode(Vici.Error.INVALID, () => builder.end());
    builder.add_string('a', 'b');
    ok(builder.end().equal(message({a: 'b'})));
});

// Connections.

test('connections/properties', () => {
    const connection = new Vici.Connection({uri: 'unix:///nowhere', timeout: 5, maxInFlight: 3});

    equal([connection.uri, connection.timeout, connection.max_in_flight], ['unix:///nowhere', 5, 3]);
    equal(connection.state, Vici.ConnectionState.CLOSED);
    equal(connection.pending, 0);
    equal(connection.ioStream, null);
    connection.set_uri(null);
    equal(connection.get_uri(), 'unix:///var/run/charon.vici');
    equal(Vici.Connection.new(null).uri, new Vici.Connection().uri);
});

test('connections/notify-and-detailed-signals', async () => {
    const connection = Vici.Connection.new(uri);
    const heard = [];
    const states = [];

    connection.connect('notify::state', self => states.push(self.state));
    await connection.open_async(null);
    await new Promise(resolve => {
        connection.connect('event::ike-updown', () => heard.push('ike-updown'));
        connection.connect('event::test-event', (_, event) => resolve(heard.push(event)));
        connection.subscribe_sync('test-event', null);
        connection.call_sync('test-raise', message({event: 'test-event'}), null);
    });
    connection.close_sync(null);
    equal(heard, ['test-event']);
    equal(states, [Vici.ConnectionState.OPENING, Vici.ConnectionState.OPEN, Vici.ConnectionState.CLOSED]);
});

test('connections/closed-signal-has-an-error', async () => {
    const connection = Vici.Connection.new(uri);
    const closed = new Promise(resolve => connection.connect('closed', (_, error) => resolve(error)));

    await connection.open_async(null);
    await throwsCode(Vici.Error.CLOSED, () => connection.call_async('test-hang-up', null, null));
    ok((await closed).matches(Vici.Error, Vici.Error.CLOSED));
});

test('connections/made-of-a-stream', async () => {
    const address = Gio.UnixSocketAddress.new(uri.replace('unix://', ''));
    const stream = new Gio.SocketClient().connect(address, null);
    const connection = Vici.Connection.new_for_stream(stream);

    ok(connection.io_stream === stream);
    equal((await connection.call_async('version', null, null)).lookup_string('daemon'), 'charon');
    connection.close_sync(null);
});

test('connections/streams-are-awaited', async () => {
    const connection = Vici.Connection.new(uri);
    let count = 0;

    await connection.open_async(null);
    const stream = connection.call_streaming('list-sas', null, message({count: '3'}));
    for (let event; (event = await stream.next_async(null));)
        count += event.get_names().length;
    equal(count, 3);
    ok(stream.get_reply().is_empty());
    connection.close_sync(null);
});

// Sessions.

const HandSession = GObject.registerClass(
class HandSession extends Vici.Session {
    sent = [];
    wasClosed = false;

    vfunc_send(data) {
        this.sent.push(...data.get_data());
    }

    vfunc_close() {
        this.wasClosed = true;
    }
});

function calling() {
    const session = new HandSession();
    const calls = [];
    const onAnswer = (_, event, one, error) => calls.push([event, one && plain(one), error]);

    return {session, calls, onAnswer};
}

test('sessions/call', () => {
    const {session, calls, onAnswer} = calling();
    const answer = packet(1, 3, ...name('c'), 0, 1, 100);

    ok(session.call('version', message({a: 'b'}), onAnswer) > 0);
    equal(session.sent, packet(0, ...name('version'), 3, ...name('a'), 0, 1, 98));
    equal(session.receive(answer), answer.length);
    equal(calls, [[null, {c: 'd'}, null]]);
});

test('sessions/one-byte-at-a-time', () => {
    const {session, calls, onAnswer} = calling();

    session.call('version', null, onAnswer);
    for (const byte of packet(1, 3, ...name('c'), 0, 1, 100))
        equal(session.receive([byte]), 1);
    equal(calls, [[null, {c: 'd'}, null]]);
});

test('sessions/stream', () => {
    const {session, calls, onAnswer} = calling();

    session.call_streaming('list-sas', null, null, onAnswer);
    equal(session.sent, [...packet(3, ...name('list-sa')), ...packet(0, ...name('list-sas')),
        ...packet(4, ...name('list-sa'))]);
    session.receive(new Uint8Array([
        ...packet(5), ...packet(7, ...name('list-sa')), ...packet(1), ...packet(5)]));
    equal(calls, [['list-sa', {}, null], [null, {}, null]]);
});

test('sessions/subscription', () => {
    const {session, calls, onAnswer} = calling();
    const heard = [];

    session.connect('event::log', (_, event) => heard.push(event));
    session.subscribe('log', onAnswer);
    session.receive([...packet(5), ...packet(7, ...name('log'))]);
    equal(calls, [[null, null, null]]);
    equal(heard, ['log']);
});

test('sessions/broken-protocol-closes', async () => {
    const {session, calls, onAnswer} = calling();

    session.call('version', null, onAnswer);
    await throwsCode(Vici.Error.PROTOCOL, () => session.receive(packet(9)));
    ok(session.wasClosed && session.is_closed());
    ok(calls[0][2].matches(Vici.Error, Vici.Error.PROTOCOL));
});

test('sessions/closed-with-an-error-and-without', () => {
    const error = new Gio.IOErrorEnum({code: Gio.IOErrorEnum.BROKEN_PIPE, message: 'gone'});

    for (const [given, domain, code] of [
        [error, Gio.IOErrorEnum, Gio.IOErrorEnum.BROKEN_PIPE],
        [null, Vici.Error, Vici.Error.CLOSED]]) {
        const {session, calls, onAnswer} = calling();

        session.call('version', null, onAnswer);
        session.closed(given);
        ok(calls[0][2].matches(domain, code));
    }
});

test('sessions/hold-back', () => {
    const session = new HandSession({writable: false});
    const number = session.call('version', null, null);

    equal(session.sent, []);
    ok(session.cancel(number) && !session.cancel(number));
    session.paused = true;
    equal(session.receive(packet(1)), 0);
});

await run();
