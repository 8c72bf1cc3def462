#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Lists the connections that a daemon has loaded, one event each.
//
// Usage: list-conns.js [URI]

import Gio from 'gi://Gio';
import Vici from 'gi://Vici?version=1.0';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Stream.prototype, 'next_async');

const connection = Vici.Connection.new(ARGV[0] ?? null);
await connection.open_async(null);

const conns = connection.call_streaming('list-conns', null, null);
for (let event; (event = await conns.next_async(null));) {
    for (const [name, conn] of Object.entries(event.to_variant().recursiveUnpack())) {
        print(`${name}: ${conn.version} to ${conn.remote_addrs?.join(', ') || 'anywhere'}`);
        for (const child of Object.keys(conn.children ?? {}))
            print(`  ${child}`);
    }
}
