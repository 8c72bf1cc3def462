// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A transport that is written in GJS, at both ends.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Vici from 'gi://Vici?version=1.0';

import {equal, ok, run, test, thrown} from '../bindings/tap.js';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'call_async');

const daemon = GLib.getenv('VICI_TEST_URI');

/** Hands everything on to the transport of another URI. */
const Detour = GObject.registerClass({
    Implements: [Vici.Transport],
    Properties: {uri: GObject.ParamSpec.override('uri', Vici.Transport)},
}, class Detour extends GObject.Object {
    get inner() {
        return Vici.Transport.new_for_uri(this.uri.replace('detour:', ''));
    }

    vfunc_connect(task) {
        this.inner.connect_async(task.get_cancellable(), (inner, result) => {
            try {
                this.connected(task, inner.connect_finish(result));
            } catch (error) {
                task.return_error(error);
            }
        });
    }

    vfunc_listen() {
        this._listener = this.inner;
        this._listener.connect('incoming', (_, stream) => this.incoming(stream));

        return `detour:${this._listener.listen()}`;
    }

    vfunc_stop() {
        this._listener?.stop();
    }
});

const connected = transport => new Promise((resolve, reject) => {
    transport.connect_async(null, (source, result) => {
        try {
            resolve(source.connect_finish(result));
        } catch (error) {
            reject(error);
        }
    });
});

const detour = uri => new Detour({uri: `detour:${uri}`});

test('connection over it', async () => {
    const transport = detour(daemon);
    const connection = Vici.Connection.new_for_transport(transport);

    equal(connection.uri, `detour:${daemon}`);
    ok(connection.transport === transport, 'the property is the object');
    await connection.open_async(null);

    const reply = await connection.call_async('version', null, null);

    equal(reply.lookup_string('version'), '5.9.8');
});

test('connection over it without a main loop', () => {
    const connection = Vici.Connection.new_for_transport(detour(daemon));

    connection.open_sync(null);
    equal(connection.call_sync('version', null, null).lookup_string('version'), '5.9.8');
});

test('its error is the error', async () => {
    const connection = Vici.Connection.new_for_transport(detour('unix:///nowhere'));
    const error = await thrown(() => connection.open_async(null));

    ok(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND), error);
});

test('listening', async () => {
    const transport = detour('tcp://127.0.0.1:0');
    const came = new Promise(resolve => transport.connect('incoming', (_, stream) => resolve(stream)));
    const where = transport.listen();
    const client = await connected(Vici.Transport.new_for_uri(where.replace('detour:', '')));
    const server = await came;

    server.get_output_stream().write_all('hello', null);
    equal(new TextDecoder().decode(client.get_input_stream().read_bytes(5, null).get_data()), 'hello');
    transport.stop();
});

test('wrong URI', async () => {
    const error = await thrown(() => Vici.Transport.new_for_uri('unix:relative'));

    ok(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.INVALID_ARGUMENT), error);
});

test('properties of UNIX sockets', () => {
    const transport = Vici.UnixTransport.new('unix:@a');

    transport.socketMode = 0o660;
    transport.socketGroup = 'daemon';
    equal(transport.get_socket_mode(), 0o660);
    equal(transport.get_socket_group(), 'daemon');
    equal(transport.uri, 'unix:@a');
    ok(Vici.Transport.new_for_uri('unix:@a') instanceof Vici.UnixTransport, 'the type');
});

await run();
