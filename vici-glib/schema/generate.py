#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Makes the library's table and thin classes from the schema beside this file.

The behaviour of the classes is in C, in daemon/: what is made here are tables, and the functions and
doc blocks over them that would be written by hand in the same words three hundred times.
"""

import argparse
import pathlib
import sys

import commands
import enums
import manual
import records
import schema
import settings
import tables

LICENCE = "/* SPDX-License-Identifier: LGPL-2.1-or-later */\n/* Made by vici-glib/schema/generate.py. */\n"

GUARD = """#if !defined(VICI_INSIDE) && !defined(VICI_COMPILATION)
#error "Only <vici-glib/vici-glib.h> can be included directly."
#endif
"""


def public_header(includes, lines):
    yield LICENCE
    yield "#pragma once\n"
    yield GUARD
    yield "#include <gio/gio.h>\n"
    yield from (f'#include "{name}"' for name in includes)
    yield "\nG_BEGIN_DECLS\n"
    yield from lines
    yield "G_END_DECLS"


def private_header(includes, lines):
    yield LICENCE
    yield "#pragma once\n"
    yield from (f'#include "{name}"' for name in includes)
    yield "\nG_BEGIN_DECLS\n"
    yield from lines
    yield "G_END_DECLS"


def source(includes, lines):
    yield LICENCE
    yield from (f'#include "{name}"' for name in includes)
    yield ""
    yield from lines


def output(name, data):
    sections, options = list(data.sections.values()), data.options
    return {
        "vici-info-tables.c": lambda: source([], tables.source(data)),
        "vici-daemon-enums.h": lambda: public_header(["vici-version.h"], enums.header(data)),
        "vici-words.h": lambda: private_header(["vici-word.h"], enums.private_header(data)),
        "vici-daemon-enums.c": lambda: source(
            ["vici-daemon-enums.h", "vici-words.h"], enums.source(data)),
        "vici-records.h": lambda: public_header(
            ["vici-daemon-enums.h", "vici-record.h", "vici-version.h"], records.header(data)),
        "vici-records.c": lambda: source(
            ["vici-records.h", "vici-record-private.h", "vici-record-read.h", "vici-words.h"],
            records.source(data)),
        "vici-configs.h": lambda: public_header(
            ["vici-daemon-enums.h", "vici-settings.h", "vici-version.h"],
            settings.header(data, sections)),
        "vici-configs.c": lambda: source(
            ["vici-configs.h", "vici-settings-private.h", "vici-words.h"],
            settings.source(data, sections)),
        "vici-options.h": lambda: public_header(
            ["vici-daemon-enums.h", "vici-settings.h", "vici-version.h"],
            settings.header(data, options)),
        "vici-options.c": lambda: source(
            ["vici-options.h", "vici-settings-private.h", "vici-words.h"],
            settings.source(data, options)),
        "vici-daemon-commands.h": lambda: public_header(
            ["vici-configs.h", "vici-control-log.h", "vici-daemon.h", "vici-options.h",
             "vici-records.h"], commands.header(data)),
        "vici-daemon-commands.c": lambda: source(
            ["vici-daemon-commands.h", "vici-daemon-private.h", "vici-record-read.h", "vici-words.h"],
            commands.source(data)),
        "vici-commands.xml": lambda: manual.commands(data),
        "vici-daemon-classes.xml": lambda: manual.classes(data),
        "vici-daemon-sections.txt": lambda: manual.sections(data),
    }[name]()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("outputs", nargs="+", type=pathlib.Path)
    data = schema.load(pathlib.Path(__file__).parent)
    for path in parser.parse_args().outputs:
        path.write_text("\n".join(output(path.name, data)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
