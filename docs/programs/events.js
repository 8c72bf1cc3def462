import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Vici from 'gi://Vici';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'subscribe_async');

const loop = new GLib.MainLoop(null, false);
const connection = Vici.Connection.new(ARGV[0] ?? null);
connection.connect('event::ike-updown', (_, name, event) =>
    print(name, JSON.stringify(event.to_variant().recursiveUnpack())));
connection.connect('closed', () => loop.quit());

await connection.open_async(null);
await connection.subscribe_async('ike-updown', null);
loop.run();
