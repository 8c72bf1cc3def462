import Gio from 'gi://Gio';
import Vici from 'gi://Vici';

function promisify(...classes) {
    for (const {prototype} of classes) {
        for (const name of Object.getOwnPropertyNames(prototype)) {
            if (name.endsWith('_async'))
                Gio._promisify(prototype, name);
        }
    }
}

function* items(list) {
    for (let i = 0; i < list.get_n_items(); i++)
        yield list.get_item(i);
}

promisify(Vici.Daemon, Vici.Monitor, Vici.ConnItem);

const monitor = Vici.Monitor.new(ARGV[0] ?? null);
await new Promise(resolve => monitor.connect('notify::state', () => {
    if (monitor.state === Vici.MonitorState.READY)
        resolve();
}));

const home = new Vici.ConnConfig({name: 'home', remoteAddrs: ['192.0.2.1']});
home.add_local(new Vici.AuthConfig({auth: 'psk', id: 'laptop'}));
home.add_remote(new Vici.AuthConfig({auth: 'psk', id: 'vpn.example.org'}));
home.add_child(new Vici.ChildConfig({name: 'net', remoteTs: ['10.1.0.0/16']}));

const {daemon} = monitor;
await daemon.load_shared_async('home', Vici.SharedType.IKE,
    new TextEncoder().encode('correct horse'), null, null);
await daemon.load_conn_async(home, null);
await monitor.refresh_async(null);

const conn = monitor.find_conn('home');
await conn.up_async(null, null, null);
print(`${conn.name}: ${conn.state_text}`);
for (const sa of items(conn.ike_sas)) {
    for (const child of items(sa.child_sas))
        print(`${child.name} leads to ${child.record.remote_ts}`);
}
