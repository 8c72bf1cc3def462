#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Tells of every IKE_SA and CHILD_SA that comes up or goes down, for ever: when
// the daemon is restarted, the connection is opened again.
//
// Usage: listen.js [URI]

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Vici from 'gi://Vici?version=1.0';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'subscribe_async');

const second = () => new Promise(resolve => GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, 1, () => {
    resolve();
    return GLib.SOURCE_REMOVE;
}));

/** What was subscribed to is subscribed to again by itself. */
async function openAgain(connection) {
    for (;;) {
        await second();
        try {
            await connection.open_async(null);
            print('The daemon is back');
            return;
        } catch (error) {
            printerr(error.message);
        }
    }
}

const connection = Vici.Connection.new(ARGV[0] ?? null);

connection.connect('event', (_, name, event) => {
    const {up, ...ikes} = event.to_variant().recursiveUnpack();

    for (const ike of Object.keys(ikes))
        print(`${name} ${ike}: ${up === 'yes' ? 'up' : 'down'}`);
});
connection.connect('closed', (_, error) => {
    printerr(error?.message ?? 'Closed');
    openAgain(connection);
});

await connection.open_async(null);
await connection.subscribe_async('ike-updown', null);
await connection.subscribe_async('child-updown', null);

// For ever. A GLib.MainLoop that runs here would let no other promise go on.
await new Promise(() => {});
