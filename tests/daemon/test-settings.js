// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Settings from GJS.

import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Vici from 'gi://Vici?version=1.0';

import {equal, ok, run, test, thrown} from '../bindings/tap.js';

const text = settings => settings.to_message().to_string(Vici.PrintFlags.NONE);

test('properties-are-given-to-the-constructor', () => {
    const config = new Vici.ConnConfig({
        name: 'höme', remote_addrs: ['vpn.example.org'], rekeyTime: '4h', mobike: false,
        version: Vici.IkeVersion.V2, keyingtries: 0,
    });

    equal(text(config),
        '{version=2 remote_addrs=[vpn.example.org] mobike=no keyingtries=0 rekey_time=4h}');
});

test('functions-and-properties-are-the-same', () => {
    const config = Vici.ConnConfig.new('home');

    config.set_remote_addrs(['a', 'b']);
    equal(config.remote_addrs, ['a', 'b']);
    config.remote_addrs = ['c'];
    equal(config.get_remote_addrs(), ['c']);
});

test('no-function-is-hidden-by-a-property', () => {
    const child = new Vici.ChildConfig({name: 'net', new_mark_out: '%same'});

    child.set_mark_in('42');
    child.new_mark_in = '43';
    equal(text(child), '{mark_in=42 set_mark_in=43 set_mark_out=%same}');
    equal(new Vici.GetPoolsOptions({pool: 'a'}).get_name(), null);
});

test('a-class-of-ones-own-has-extra-keys', () => {
    const Own = GObject.registerClass(class Own extends Vici.Settings {});
    const own = new Own();

    own.set_extra('new', new GLib.Variant('s', 'yes'));
    equal(text(own), '{new=yes}');
});

test('null-unsets', () => {
    const config = new Vici.ConnConfig({name: 'home', remote_addrs: ['a'], rekey_time: '4h'});

    config.rekey_time = null;
    config.set_remote_addrs(null);
    ok(!config.is_set('rekey-time') && !config.is_set('remote-addrs'), 'unset');
    config.mobike = false;
    ok(config.is_set('mobike'), 'set');
    config.unset('mobike');
    equal(text(config), '{}');
});

test('an-empty-list-is-one', () => {
    const config = new Vici.ConnConfig({name: 'home'});

    config.set_remote_addrs([]);
    equal(text(config), '{remote_addrs=[]}');
});

test('sections-and-blobs-are-added', () => {
    const config = new Vici.ConnConfig({name: 'home'});
    const bytes = word => new TextEncoder().encode(word);
    const auth = new Vici.AuthConfig({auth: 'pubkey', certs: new GLib.Variant('aay', [bytes('one')])});

    auth.add_cert(new GLib.Bytes(bytes('two')));
    config.add_local(auth);
    config.add_child(new Vici.ChildConfig({name: 'net', mode: Vici.ChildMode.TRANSPORT}));
    equal([...config.children].map(child => child.name), ['net']);
    equal(text(config), '{children {net {mode=transport}} local-1 {auth=pubkey certs=[one two]}}');
});

test('an-extra-key-is-a-variant', () => {
    const config = new Vici.ConnConfig({name: 'home'});

    config.set_extra('new', new GLib.Variant('as', ['a', 'b']));
    equal(text(config), '{new=[a b]}');
});

test('an-error-names-the-path', async () => {
    const config = new Vici.ConnConfig({name: 'home'});

    config.add_child(new Vici.ChildConfig({name: 'net', rekey_time: 'soon'}));
    const error = await thrown(() => config.check());
    ok(error.matches(Vici.error_quark(), Vici.Error.INVALID), 'INVALID');
    ok(error.message.startsWith('home.children.net.rekey_time: “soon”'), error.message);
});

await run();
