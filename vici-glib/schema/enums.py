# SPDX-License-Identifier: LGPL-2.1-or-later
"""The enumerations, and the words that they stand for."""

from doc import block, capital
from schema import quoted


def described(member):
    since = f", since strongSwan {member['since']}" if member["since"] else ""
    return member["text"] + since


def header(schema):
    for enum in schema.enums.values():
        members = [(member["name"], described(member)) for member in enum.members]
        if enum.unknown:
            members.insert(0, (enum.unknown, "a word that the library does not know, or none"))
        yield block(enum.c_type, members, [f"{capital(enum.summary)}."])
        yield "typedef enum\n{"
        yield ",\n".join(f"  {name}" for name, _text in members)
        yield f"}} {enum.c_type};\n"
        yield f"#define {enum.type_macro} ({enum.get_type} ())\n"
        yield "VICI_AVAILABLE_IN_1_0"
        yield f"GType {enum.get_type} (void) G_GNUC_CONST;\n"


def private_header(schema):
    for enum in schema.enums.values():
        yield f"extern const ViciWord {enum.words}[];"
    yield ""


ABOUT = """/**
 * SECTION:vici-daemon-enums
 * @title: Words of charon
 * @short_description: Enumerations of what the daemon says and takes
 *
 * Those that the daemon says have a member for words that the library does not
 * know; the record's property with `-text` at its end has the word itself.
 *
 * Since: 1.0
 */
"""


def source(schema):
    yield ABOUT
    for enum in schema.enums.values():
        yield from words(enum)
        yield from get_type(enum)


def words(enum):
    yield f"const ViciWord {enum.words}[] = {{"
    for member in enum.members:
        for word in [member["word"], *member["also"], *member["says"]]:
            yield f"  {{ {quoted(word)}, {member['name']} }},"
    yield "  { NULL }"
    yield "};\n"


def get_type(enum):
    names = ([enum.unknown] if enum.unknown else []) + [member["name"] for member in enum.members]
    yield "GType"
    yield f"{enum.get_type} (void)\n{{"
    yield "  static gsize type = 0;\n"
    yield "  if (g_once_init_enter (&type))\n    {"
    yield "      static const GEnumValue values[] = {"
    for name in names:
        nick = name[len(enum.macro) + 1:].lower().replace("_", "-")
        yield f"        {{ {name}, \"{name}\", \"{nick}\" }},"
    yield "        { 0, NULL, NULL }"
    yield "      };\n"
    yield f"      g_once_init_leave (&type, g_enum_register_static (\"{enum.c_type}\", values));"
    yield "    }\n"
    yield "  return type;\n}\n"
