# SPDX-License-Identifier: LGPL-2.1-or-later
"""The table of commands, events and keys that can be asked at run time."""

from schema import quoted, snake

FLAGS = {
    "required": "VICI_KEY_REQUIRED",
    "list": "VICI_KEY_LIST",
    "secret": "VICI_KEY_SECRET",
    "presence": "VICI_KEY_PRESENCE",
    "pattern": "VICI_KEY_PATTERN",
    "named": "VICI_KEY_NAMED",
}


def flags(key):
    return " | ".join(flag for name, flag in FLAGS.items() if getattr(key, name)) or "VICI_KEY_NONE"


def strings(name, items):
    return f"static const char * const {name}[] = {{ {''.join(quoted(item) + ', ' for item in items)}NULL }};"


def keys(name, members):
    """The keys of a section, and before them what they point at."""
    for key in members:
        if key.words:
            yield strings(f"{name}_{snake(key.key) or 'any'}_words", key.words)
    yield f"static const ViciKeyInfo {name}_keys[] = {{"
    for key in members:
        words = f"{name}_{snake(key.key) or 'any'}_words" if key.words else "NULL"
        within = f"{snake(key.section)}_keys" if key.section else "NULL"
        yield (f"  {{ {quoted(key.key)}, VICI_VALUE_{snake(key.type).upper()}, {flags(key)}, "
               f"{quoted(key.since)}, {quoted(key.default)}, {quoted(key.text)}, {words}, {within} }},")
    yield "  { NULL }"
    yield "};\n"


def sections_in_order(schema):
    """Each after those that it points at."""
    done = []

    def visit(name):
        if name not in done:
            for key in schema.sections[name].keys:
                if key.section:
                    visit(key.section)
            done.append(name)

    for name in schema.sections:
        visit(name)
    return done


def table_length(name):
    return f"const gsize {name}_length = G_N_ELEMENTS ({name});\n"


def source(schema):
    yield '#include "vici-info-private.h"\n'

    for name in sections_in_order(schema):
        section = schema.sections[name]
        yield from keys(snake(name), section.keys + section.extra)
    yield "const ViciKeyInfo vici_section_table[] = {"
    for name in sorted(schema.sections):
        yield (f"  {{ {quoted(name)}, VICI_VALUE_SECTION, VICI_KEY_NONE, NULL, NULL, "
               f"{quoted(schema.sections[name].summary)}, NULL, {snake(name)}_keys }},")
    yield "};\n"
    yield table_length("vici_section_table")

    for command in schema.commands.values():
        yield from keys(f"{snake(command.name)}_arguments", command.arguments)
    yield "const ViciCommandInfo vici_command_table[] = {"
    for command in schema.commands.values():
        yield (f"  {{ {quoted(command.name)}, {quoted(command.since)}, {quoted(command.summary)}, "
               f"{quoted(command.stream)}, {str(command.read_only).upper()}, "
               f"{str(command.control).upper()},\n"
               f"    {{ NULL, VICI_VALUE_SECTION, VICI_KEY_NONE, NULL, NULL, NULL, NULL, "
               f"{snake(command.name)}_arguments_keys }} }},")
    yield "};\n"
    yield table_length("vici_command_table")

    for name, event in schema.events.items():
        yield strings(f"{snake(name)}_commands", event.get("commands", []))
    yield "\nconst ViciEventInfo vici_event_table[] = {"
    for name, event in schema.events.items():
        yield (f"  {{ {quoted(name)}, {quoted(event['since'])}, {quoted(event['summary'])}, "
               f"{snake(name)}_commands }},")
    yield "};\n"
    yield table_length("vici_event_table")
