#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Asks a daemon for its version.
//
// Usage: version.js [URI]

import Gio from 'gi://Gio';
import Vici from 'gi://Vici?version=1.0';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'call_async');

const connection = Vici.Connection.new(ARGV[0] ?? null);
await connection.open_async(null);

const reply = await connection.call_async('version', null, null);
const {daemon, version} = reply.to_variant().recursiveUnpack();
print(daemon, version);
