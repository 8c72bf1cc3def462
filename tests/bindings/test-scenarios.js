// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The scenarios in GJS: each with the synchronous calls and with await.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Vici from 'gi://Vici?version=1.0';

import {equal, ok, run, test, thrown} from './tap.js';

for (const method of ['open', 'close', 'call', 'subscribe', 'unsubscribe'])
    Gio._promisify(Vici.Connection.prototype, `${method}_async`);
Gio._promisify(Vici.Stream.prototype, 'next_async');

const context = GLib.MainContext.default();
const [, scenarios] = Gio.File.new_for_uri(import.meta.url).get_parent()
    .get_child('scenarios.json').load_contents(null);

/** A plain object as what a message is made from. */
function variant(value) {
    if (typeof value === 'string')
        return GLib.Variant.new_string(value);
    if (Array.isArray(value))
        return new GLib.Variant('as', value);

    const entries = Object.entries(value).map(([key, item]) => [key, variant(item)]);
    return new GLib.Variant('a{sv}', Object.fromEntries(entries));
}

const toMessage = value => value ? Vici.Message.new_from_variant(variant(value)) : null;
const plain = message => message.to_variant().recursiveUnpack();

function checkError(error, [domain, nick]) {
    const code = nick.toUpperCase().replaceAll('-', '_');
    const codes = domain === 'Vici' ? Vici.Error : Gio.IOErrorEnum;

    ok(error.matches(codes, codes[code]), `${domain} ${nick} for “${error}”`);
}

/** Runs the main context until there is something in the list. */
async function first(list) {
    while (list.length === 0)
        await new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => {
            resolve();
            return GLib.SOURCE_REMOVE;
        }));
    return list.shift();
}

class Player {
    constructor(isAsync) {
        this.isAsync = isAsync;
        this.events = [];
        this.ends = [];
        this.connection = Vici.Connection.new(GLib.getenv('VICI_TEST_URI'));
        this.connection.connect('event', (_, name, message) => this.events.push([name, message]));
        this.connection.connect('closed', (_, error) => this.ends.push(error));
    }

    async play(steps) {
        for (const step of steps) {
            try {
                await this[step.do.replace('-', '_')](step);
            } catch (error) {
                error.message += `\nin the step ${JSON.stringify(step)}`;
                throw error;
            }
        }
        this.connection.close_sync(null);
    }

    // How each thing is called, and what has to come of it.

    async invoke(source, name, ...args) {
        return this.isAsync ? source[`${name}_async`](...args) : source[`${name}_sync`](...args);
    }

    /** What the promise gives; null where the step expects an error. */
    async expect(step, promise) {
        if (!step.error)
            return promise;
        checkError(await thrown(() => promise), step.error);
        return null;
    }

    // Not async: the cancelling has to come after the call, and not before it.
    start(step) {
        const cancellable = step.cancel ? new Gio.Cancellable() : null;

        if (step.cancel === 'before')
            cancellable.cancel();
        const promise = this.invoke(this.connection, 'call', step.command,
            toMessage(step.request), cancellable);
        if (step.cancel === 'later')
            cancellable.cancel();
        return promise;
    }

    async end(step, promise) {
        const reply = await this.expect(step, promise);

        if (reply)
            equal(plain(reply), step.reply);
        if (step.unsuccessful) {
            const error = await thrown(() => reply.check_success());
            checkError(error, ['Vici', 'command-failed']);
            equal(error.message, step.unsuccessful);
        }
    }

    // The steps.

    async open(step) {
        const opening = this.invoke(this.connection, 'open', null);

        if (step.calls)
            await this.together(step);
        equal(await this.expect(step, opening), step.error ? null : true);
    }

    async close() {
        ok(await this.invoke(this.connection, 'close', null));
    }

    async call(step) {
        await this.end(step, this.start(step));
    }

    async together({calls}) {
        const order = [];

        await Promise.all(calls.map(async (call, number) => {
            const promise = this.start(call);
            const ended = () => call.cancel || order.push(number);

            promise.then(ended, ended);
            await this.end(call, promise);
        }));
        equal(order, [...order].sort());
    }

    async stream(step) {
        const stream = this.connection.call_streaming(step.command, step.event ?? null,
            toMessage(step.request));

        for (const event of step.events ?? [])
            equal(plain(await this.invoke(stream, 'next', null)), event);
        if (step.close)
            stream.close();
        equal(await this.expect(step, this.invoke(stream, 'next', null)), null);
        equal(step.reply ? plain(stream.get_reply()) : stream.get_reply(), step.reply ?? null);
    }

    async subscribe(step) {
        await this.expect(step, this.invoke(this.connection, 'subscribe', step.event, null));
    }

    async unsubscribe(step) {
        await this.expect(step, this.invoke(this.connection, 'unsubscribe', step.event, null));
    }

    async event(step) {
        const [name, message] = await first(this.events);

        equal(name, step.name);
        equal(plain(message), step.message);
    }

    no_event() {
        while (context.iteration(false))
            ;
        equal(this.events, []);
    }

    async closed(step) {
        const error = await first(this.ends);

        equal(this.ends, []);
        if (step.error)
            checkError(error, step.error);
        else
            equal(error, null);
    }

    set({do: _, ...properties}) {
        Object.assign(this.connection, properties);
    }

    check({do: _, state, pending}) {
        if (state)
            equal(this.connection.state, Vici.ConnectionState[state.toUpperCase()]);
        if (pending !== undefined)
            equal(this.connection.pending, pending);
    }
}

for (const {name, steps, only} of JSON.parse(new TextDecoder().decode(scenarios))) {
    test(`${name} async`, () => new Player(true).play(steps));
    if (only !== 'async')
        test(`${name} sync`, () => new Player(false).play(steps));
}

await run();
