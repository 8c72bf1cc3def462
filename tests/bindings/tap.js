// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A small runner: test (name, function) for each test, then await run ().

import System from 'system';

const tests = [];

export function test(name, body) {
    tests.push({name, body});
}

export async function run() {
    let failed = false;

    print(`1..${tests.length}`);
    for (const [index, {name, body}] of tests.entries()) {
        let outcome = 'ok';
        let comment = '';

        try {
            await body();
        } catch (error) {
            failed = true;
            outcome = 'not ok';
            comment = `${error}\n${error.stack ?? ''}`.trim().replace(/^/gm, '# ');
        }
        print(`${outcome} ${index + 1} - ${name}`);
        if (comment)
            print(comment);
    }
    System.exit(failed ? 1 : 0);
}

export function equal(found, expected) {
    const [is, shouldBe] = [found, expected].map(value => JSON.stringify(sorted(value)));

    if (is !== shouldBe)
        throw new Error(`found ${is} instead of ${shouldBe}`);
}

export function ok(condition, what = 'a claim') {
    if (!condition)
        throw new Error(`${what} does not hold`);
}

/** The error that @body throws. */
export async function thrown(body) {
    try {
        await body();
    } catch (error) {
        return error;
    }
    throw new Error('nothing was thrown');
}

function sorted(value) {
    if (typeof value === 'bigint')
        return `${value}n`;
    if (value === undefined)
        return null;
    if (Array.isArray(value))
        return value.map(sorted);
    if (value?.constructor !== Object)
        return value;
    return Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]));
}
