#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Loads a connection and its pre-shared key into a daemon.
//
// Usage: load-conn.js [URI]

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Vici from 'gi://Vici?version=1.0';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'call_async');

const conn = {
    gateway: {
        version: 2,
        remote_addrs: ['192.0.2.1'],
        local: {auth: 'psk', id: 'roadwarrior'},
        remote: {auth: 'psk', id: 'gateway'},
        children: {net: {remote_ts: ['10.1.0.0/16']}},
    },
};

/** A plain object as the library takes it. */
function variant(value) {
    if (Array.isArray(value))
        return new GLib.Variant('as', value);
    if (typeof value !== 'object')
        return new GLib.Variant('s', `${value}`);

    const entries = Object.entries(value).map(([key, item]) => [key, variant(item)]);
    return new GLib.Variant('a{sv}', Object.fromEntries(entries));
}

/** A builder knows what is secret: it is wiped from memory, and never logged. */
function secret() {
    const builder = new Vici.Builder();

    builder.set_sensitive(true);
    builder.add_string('type', 'IKE');
    builder.add_string('data', 'correct horse battery staple');
    builder.add_strv('owners', ['gateway', 'roadwarrior']);
    return builder.end();
}

const connection = Vici.Connection.new(ARGV[0] ?? null);
await connection.open_async(null);

const request = Vici.Message.new_from_variant(variant(conn));
for (const [command, message] of [['load-conn', request], ['load-shared', secret()]]) {
    const reply = await connection.call_async(command, message, null);
    reply.check_success();
}
print('Loaded');
