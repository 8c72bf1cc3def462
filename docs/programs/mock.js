import GLib from 'gi://GLib';
import Vici from 'gi://Vici';

function message(values) {
    const variant = value => {
        if (Array.isArray(value))
            return new GLib.Variant('as', value);
        if (typeof value === 'string')
            return new GLib.Variant('s', value);
        return new GLib.Variant('a{sv}', Object.fromEntries(
            Object.entries(value).map(([name, item]) => [name, variant(item)])));
    };
    return Vici.Message.new_from_variant(variant(values));
}

const server = Vici.Server.new();

const handlers = {
    'version': invocation =>
        invocation.return_message(message({daemon: 'charon', version: '5.9.8'})),

    'list-sas': invocation => {
        const sa = {'uniqueid': '1', 'state': 'ESTABLISHED', 'remote-vips': ['10.0.0.1']};
        invocation.send_event('list-sa', message({gateway: sa}));
        invocation.return_message(null);
    },

    // Answered a moment later; other commands are answered meanwhile.
    'initiate': invocation => GLib.timeout_add(GLib.PRIORITY_DEFAULT, 20, () => {
        const sa = {uniqueid: '1', state: 'ESTABLISHED'};
        server.emit_event('ike-updown', message({up: 'yes', gateway: sa}));
        invocation.return_success();
        return GLib.SOURCE_REMOVE;
    }),
};

for (const event of ['list-sa', 'ike-updown'])
    server.add_event(event);
for (const [command, handler] of Object.entries(handlers)) {
    server.add_command(command);
    server.connect(`command::${command}`, (_, invocation) => {
        handler(invocation);
        return true;
    });
}

server.listen(ARGV[0]);
print('Listening');
new GLib.MainLoop(null, false).run();
