# SPDX-License-Identifier: LGPL-2.1-or-later
"""The classes of what the daemon lists: a table of fields each, and getters over it."""

from doc import block, capital, paragraphs, section
from schema import quoted

# kind: (C type of the getter, what reads it, ownership, what is said of absence)
KINDS = {
    "name": ("const char *", "string", "", ""),
    "string": ("const char *", "string", "(nullable): ", ", or %NULL"),
    "escaped": ("const char *", "string", "(nullable): ", ", or %NULL"),
    "strings": ("const char * const *", "strv", "(transfer none) (array zero-terminated=1): ", ""),
    "numbered": ("const char * const *", "strv", "(transfer none) (array zero-terminated=1): ", ""),
    "bytes": ("GBytes *", "boxed", "(transfer none) (nullable): ", ", or %NULL"),
    "boolean": ("gboolean ", "boolean", "", ""),
    "uint": ("guint ", "uint64", "", "; 0 when it was not said"),
    "uint64": ("guint64 ", "uint64", "", "; 0 when it was not said"),
    "hex": ("guint64 ", "uint64", "", "; 0 when it was not said"),
    "seconds": ("gint64 ", "seconds", "", "; -1 when there is none"),
    "record": ("", "object", "(transfer none) (nullable): ", ", or %NULL"),
    "records": ("GListModel *", "object", "(transfer none): ", ""),
}


def c_type(schema, field):
    if field.kind == "enum":
        return schema.enums[field.enum].c_type + " "
    if field.kind == "record":
        return schema.records[field.record].c_type + " *"
    if field.kind == "custom":
        return field.type
    return KINDS[field.kind][0]


def header(schema):
    for record in schema.records.values():
        yield f"#define {record.type_macro} ({record.get_type} ())\n"
        yield "VICI_AVAILABLE_IN_1_0"
        yield (f"G_DECLARE_FINAL_TYPE ({record.c_type}, {record.prefix}, VICI, "
               f"{record.macro[5:]}, ViciRecord)\n")
    for record in schema.records.values():
        for field in record.fields:
            yield "VICI_AVAILABLE_IN_1_0"
            yield f"{c_type(schema, field)}{field.getter} ({record.c_type} *self);"
        yield ""


def source(schema):
    for record in schema.records.values():
        yield from record_class(schema, record)


def record_class(schema, record):
    yield section(record, record.summary, [f"What the daemon says of {record.summary}.",
                                           *paragraphs(record.text)])
    yield "\n" + block(record.c_type, (), [f"{capital(record.summary)}."])
    yield f"\nstruct _{record.c_type}\n{{\n  ViciRecord parent_instance;\n}};\n"
    yield f"G_DEFINE_FINAL_TYPE ({record.c_type}, {record.prefix}, VICI_TYPE_RECORD)\n"
    yield from fields(schema, record)
    for number, field in enumerate(record.fields):
        yield from getter(schema, record, number, field)
    yield "static void"
    yield f"{record.prefix}_class_init ({record.c_type}Class *klass)\n{{"
    for field in record.fields:
        yield block(f"{record.c_type}:{field.name}", (), [capital(field.text) + ".", since(field)],
                    indent="  ")
    yield (f"  vici_record_class_install (VICI_RECORD_CLASS (klass), {record.prefix}_fields, "
           f"G_N_ELEMENTS ({record.prefix}_fields));\n}}\n")
    yield f"static void\n{record.prefix}_init ({record.c_type} *self)\n{{\n}}\n"


def since(field):
    return f"strongSwan says it since {field.since}." if field.since else None


def fields(schema, record):
    yield f"static const ViciField {record.prefix}_fields[] = {{"
    for field in record.fields:
        get_type, words, read = "NULL", "NULL", "NULL"
        if field.read:
            read = f"(gpointer (*) (ViciMessage *)) {field.read}"
        if field.kind == "enum":
            get_type = schema.enums[field.enum].get_type
            words = schema.enums[field.enum].words
        elif field.kind in ("record", "records"):
            get_type = schema.records[field.record].get_type
        elif field.kind == "custom":
            get_type = get_type_of(field)
        yield (f"  {{ {quoted(field.name)}, {quoted(field.key)}, "
               f"VICI_FIELD_{field.kind.upper()}, {get_type}, {words}, {read} }},")
    yield "};\n"


def get_type_of(field):
    """G_TYPE_DATE_TIME and the like are expressions, which a table cannot hold."""
    return field.gtype.replace("_TYPE_", "_", 1).lower() + "_get_type"


def getter(schema, record, number, field):
    returns = c_type(schema, field)
    reader, ownership, absence = KINDS.get(field.kind, ("", "", "", ""))[1:]
    if field.kind == "enum":
        reader, absence = "enum", ""
    elif field.kind == "custom":
        reader, ownership, absence = "boxed", "(transfer none) (nullable): ", ", or %NULL"
    if field.kind == "records":
        ownership = f"(transfer none): a list of #{schema.records[field.record].c_type}: "
    yield block(field.getter, [("self", record.summary)],
                [f"{capital(field.text)}.", wire(field), since(field)],
                f"{ownership}{field.text}{absence}")
    yield returns.rstrip()
    yield f"{field.getter} ({record.c_type} *self)\n{{"
    yield f"  g_return_val_if_fail ({record.macro.replace('VICI_', 'VICI_IS_', 1)} (self), {nothing(field)});\n"
    yield f"  return vici_record_get_{reader} (self, {number});\n}}\n"


def nothing(field):
    if field.kind in ("boolean",):
        return "FALSE"
    if field.kind in ("enum", "uint", "uint64", "hex"):
        return "0"
    if field.kind == "seconds":
        return "-1"
    return "NULL"


def wire(field):
    if field.kind == "name":
        return "Wire: the name of the section."
    if field.kind == "numbered":
        return f"Wire: `{field.key}1`, `{field.key}2` and so on."
    if field.kind == "custom":
        return None
    return f"Wire: `{field.key}`."
