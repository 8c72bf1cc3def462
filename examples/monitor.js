#!/usr/bin/gjs -m
// SPDX-License-Identifier: LGPL-2.1-or-later
// Shows connections, their SAs and traffic as they come, change and go: monitor.js [URI]
import Vici from 'gi://Vici?version=1.0';

function show(item) {
    const {name, unique_id, record, bytes_in} = item;
    let line = `${name}: ${item.state_text}`;
    if (item instanceof Vici.IkeSaItem)
        line = `  IKE_SA ${unique_id} of ${name}: ${record.state_text}`;
    else if (item instanceof Vici.ChildSaItem)
        line = `    CHILD_SA ${unique_id} of ${name}: ${record.state_text}, ${bytes_in} bytes in`;
    if (line !== item.line)
        print(line);
    item.line = line;
}

function follow(model, items = []) {
    const onChanged = (_model, position, removed, added) => {
        const coming = Array.from({length: added}, (_, i) => model.get_item(position + i));
        for (const item of items.splice(position, removed, ...coming)) {
            item.disconnect(item.handler);
            print(`${item.line} (gone)`);
        }
        for (const item of coming) {
            item.handler = item.connect('notify', show);
            show(item);
            if (!(item instanceof Vici.ChildSaItem))
                follow(item.ike_sas ?? item.child_sas);
        }
    };
    model.connect('items-changed', onChanged);
    onChanged(model, 0, 0, model.get_n_items());
}

const monitor = Vici.Monitor.new(ARGV[0] ?? null);
monitor.connect('notify::state', () => print(monitor.state_text));
monitor.hold();  // so that the traffic is counted
follow(monitor.conns);
await new Promise(() => {});
