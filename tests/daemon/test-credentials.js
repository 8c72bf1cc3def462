// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Credentials from GJS: test-credentials.js SCRIPT, which makes them.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Vici from 'gi://Vici?version=1.0';

import {equal, ok, run, test, thrown} from '../bindings/tap.js';

Gio._promisify(Vici.Credentials, 'load_async');
Gio._promisify(Vici.Credentials, 'load_file_async');

const [script] = System.programArgs;
const directory = GLib.Dir.make_tmp('vici-credentials-XXXXXX');
const file = Gio.File.new_for_path(`${directory}/chain.p12`);

function spawn(...argv) {
    ok(Gio.Subprocess.new(argv, Gio.SubprocessFlags.NONE).wait_check(null), argv.join(' '));
}

/** Gives one answer after the other. */
const Interaction = GObject.registerClass(class Interaction extends Gio.TlsInteraction {
    constructor(...answers) {
        super();
        this.answers = answers;
        this.asked = [];
    }

    vfunc_ask_password(password) {
        this.asked.push(password.description);
        if (this.answers.length === 0)
            return Gio.TlsInteractionResult.UNHANDLED;
        password.set_value(this.answers.shift());
        return Gio.TlsInteractionResult.HANDLED;
    }
});

function check(credentials) {
    const items = [0, 1, 2, 3].map(i => credentials.get_item(i));
    const [certificate, authority, key, end] = items;

    equal(end, null);
    ok(certificate.get_key() === key, 'the certificate has its key');
    ok(authority.authority, 'the second one is an authority');
    ok(key.private_key && !certificate.private_key, 'one is private');
    equal(key.data.get_data()[0], 0x30);
}

test('await', async () => {
    const interaction = new Interaction('wrong', 'correct horse');

    check(await Vici.Credentials.load_file_async(file, interaction, null));
    equal(interaction.asked, Array(2).fill('Credentials in “chain.p12”'));
});

test('bytes', async () => {
    const [bytes] = file.load_bytes(null);

    check(await Vici.Credentials.load_async(bytes, new Interaction('correct horse'), null));
});

test('sync', () => {
    check(Vici.Credentials.load_file_sync(file, new Interaction('correct horse'), null));
});

test('not told', async () => {
    for (const interaction of [null, new Interaction()]) {
        const error = await thrown(() => Vici.Credentials.load_file_async(file, interaction, null));

        ok(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.PERMISSION_DENIED), `${error}`);
    }
});

// The runner ends the process.
test('nothing is left behind', () => {
    spawn('rm', '-r', directory);
});

spawn(script, directory);
await run();
