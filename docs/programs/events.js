import Gio from 'gi://Gio';
import Vici from 'gi://Vici';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'subscribe_async');

const connection = Vici.Connection.new(ARGV[0] ?? null);
connection.connect('event::ike-updown', (_, name, event) =>
    print(name, JSON.stringify(event.to_variant().recursiveUnpack())));
const closed = new Promise(resolve => connection.connect('closed', resolve));

await connection.open_async(null);
await connection.subscribe_async('ike-updown', null);
await closed;
