import Gio from 'gi://Gio';
import Vici from 'gi://Vici';

Gio._promisify(Vici.Connection.prototype, 'open_async');
Gio._promisify(Vici.Connection.prototype, 'call_async');
Gio._promisify(Vici.Stream.prototype, 'next_async');

const connection = Vici.Connection.new(ARGV[0] ?? null);
await connection.open_async(null);

const version = await connection.call_async('version', null, null);
print(JSON.stringify(version.to_variant().recursiveUnpack()));

const sas = connection.call_streaming('list-sas', null, null);
for (let sa; (sa = await sas.next_async(null));)
    print(JSON.stringify(sa.to_variant().recursiveUnpack()));
