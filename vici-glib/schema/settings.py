# SPDX-License-Identifier: LGPL-2.1-or-later
"""The classes of what can be told to the daemon: a table of fields each, and accessors over it."""

from doc import block, capital, paragraphs, section
from schema import quoted, snake

# kind: (C type, suffix of the runtime's functions, GValue's "nothing")
KINDS = {
    "string": ("const char *", "string", "NULL"),
    "strings": ("const char * const *", "strv", "NULL"),
    "boolean": ("gboolean ", "boolean", "FALSE"),
    "int": ("int ", "int", "0"),
    "uint": ("guint ", "uint", "0"),
    "uint64": ("guint64 ", "uint64", "0"),
    "blob": ("GBytes *", "bytes", "NULL"),
    "blobs": ("GVariant *", "variant", "NULL"),
    "sections": ("GListModel *", "list", "NULL"),
}


def kind(key):
    if key.section:
        return "sections"
    if key.type == "blob":
        return "blobs" if key.list else "blob"
    if key.list:
        return "strings"
    if key.type == "choice":
        return "enum"
    if key.type in ("boolean", "int", "uint", "uint64") and not key.words:
        return key.type
    return "string"


def c_type(schema, key):
    if kind(key) == "enum":
        return schema.enums[key.enum].c_type + " "
    return KINDS[kind(key)][0]


def getter(settings, key):
    return f"{settings.prefix}_get_{snake(key.property)}"


def setter(settings, key):
    return f"{settings.prefix}_set_{snake(key.property)}"


def adder(settings, key):
    return f"{settings.prefix}_add_{snake(key.item)}"


def item_type(schema, key):
    return schema.sections[key.section].c_type + " *" if key.section else "GBytes *"


def item_check(schema, key):
    item = snake(key.item)
    return f"{schema.sections[key.section].is_macro} ({item})" if key.section else f"{item} != NULL"


def header(schema, classes):
    for settings in classes:
        yield f"#define {settings.type_macro} ({settings.get_type} ())\n"
        yield "VICI_AVAILABLE_IN_1_0"
        yield (f"G_DECLARE_FINAL_TYPE ({settings.c_type}, {settings.prefix}, VICI, "
               f"{settings.macro[5:]}, ViciSettings)\n")
    for settings in classes:
        name = "const char *name" if settings.named else "void"
        yield "VICI_AVAILABLE_IN_1_0"
        yield f"{settings.c_type} *{settings.prefix}_new ({name});\n"
        for key in settings.keys:
            yield from declarations(schema, settings, key)
        yield ""


def declarations(schema, settings, key):
    yield "VICI_AVAILABLE_IN_1_0"
    yield f"{c_type(schema, key)}{getter(settings, key)} ({settings.c_type} *self);"
    if kind(key) != "sections":
        yield "VICI_AVAILABLE_IN_1_0"
        yield f"void {setter(settings, key)} ({settings.c_type} *self, {c_type(schema, key)}{snake(key.property)});"
    if kind(key) in ("sections", "blobs"):
        yield "VICI_AVAILABLE_IN_1_0"
        yield f"void {adder(settings, key)} ({settings.c_type} *self, {item_type(schema, key)}{snake(key.item)});"


def source(schema, classes):
    for settings in classes:
        yield from settings_class(schema, settings)


def settings_class(schema, settings):
    yield section(settings, settings.summary, [
        f"{capital(settings.summary)}, for the daemon. What is not set is not sent, "
        "and the daemon takes its default.",
        *paragraphs(settings.text)])
    yield "\n" + block(settings.c_type, (), [f"{capital(settings.summary)}."])
    yield f"\nstruct _{settings.c_type}\n{{\n  ViciSettings parent_instance;\n}};\n"
    yield f"G_DEFINE_FINAL_TYPE ({settings.c_type}, {settings.prefix}, VICI_TYPE_SETTINGS)\n"
    yield from fields(schema, settings)
    yield from constructor(settings)
    for number, key in enumerate(settings.keys):
        yield from accessors(schema, settings, number, key)
    yield from class_init(settings)
    yield f"static void\n{settings.prefix}_init ({settings.c_type} *self)\n{{\n}}\n"


def fields(schema, settings):
    yield f"static const ViciSettingsField {settings.prefix}_fields[] = {{"
    for key in settings.keys:
        get_type, words = "NULL", "NULL"
        if kind(key) == "enum":
            get_type, words = schema.enums[key.enum].get_type, schema.enums[key.enum].words
        elif key.section:
            get_type = schema.sections[key.section].get_type
        yield (f"  {{ {quoted(key.property)}, {quoted(key.key)}, VICI_SETTING_{kind(key).upper()}, "
               f"{get_type}, {words}, {str(key.local).upper()}, {str(key.secret).upper()} }},")
    yield "};\n"


def constructor(settings):
    if settings.named:
        yield block(f"{settings.prefix}_new", [("name", "its name")],
                    [f"Makes {settings.summary} of which nothing is set.",
                     "A name that the daemon would refuse is sent as vici_name_escape() "
                     "writes it."], "(transfer full): the object")
        yield f"{settings.c_type} *\n{settings.prefix}_new (const char *name)\n{{"
        yield "  g_return_val_if_fail (name != NULL, NULL);\n"
        yield f"  return g_object_new ({settings.type_macro}, \"name\", name, NULL);\n}}\n"
    else:
        yield block(f"{settings.prefix}_new", (), [f"Makes {settings.summary} of which nothing is set."],
                    "(transfer full): the object")
        yield f"{settings.c_type} *\n{settings.prefix}_new (void)\n{{"
        yield f"  return g_object_new ({settings.type_macro}, NULL);\n}}\n"


def facts(key):
    """What the manual says of a key besides its text."""
    default = f"When it is not set: {key.default}." if key.default else None
    since = f"strongSwan takes it since {key.since}." if key.since else None
    secret = "It is wiped from memory after use, and never shown." if key.secret else None
    where = None if key.local else f"Wire: `{key.key}`."
    return [key.note, default, since, secret, where]


def words(key):
    if key.words and kind(key) == "string":
        return "Also taken: " + ", ".join(f"`{word}`" for word in key.words) + "."
    return None


def accessors(schema, settings, number, key):
    suffix, nothing = ("enum", "0") if kind(key) == "enum" else KINDS[kind(key)][1:]
    returns = {"sections": "(transfer none)", "blobs": "(transfer none) (nullable)",
               "blob": "(transfer none) (nullable)", "string": "(nullable)",
               "strings": "(transfer none) (nullable) (array zero-terminated=1)"}.get(kind(key))
    said = f"{returns}: {key.text}" if returns else key.text
    yield block(getter(settings, key), [("self", settings.summary)], [f"{capital(key.text)}."],
                said + (", or %NULL when it is not set" if returns and "nullable" in returns else ""))
    yield c_type(schema, key).rstrip()
    yield f"{getter(settings, key)} ({settings.c_type} *self)\n{{"
    yield f"  g_return_val_if_fail ({settings.is_macro} (self), {nothing});\n"
    yield f"  return vici_settings_get_{suffix} (self, {number});\n}}\n"
    if kind(key) != "sections":
        yield from setter_function(schema, settings, number, key, suffix)
    if kind(key) in ("sections", "blobs"):
        yield from adder_function(schema, settings, number, key)


def setter_function(schema, settings, number, key, suffix):
    name = snake(key.property)
    annotation = {"string": "(nullable): ", "blob": "(nullable): ", "blobs": "(nullable): ",
                  "strings": "(nullable) (array zero-terminated=1): "}.get(kind(key), "")
    unset = ", or %NULL to unset it" if annotation else ""
    yield block(setter(settings, key), [("self", settings.summary), (name, f"{annotation}{key.text}{unset}")],
                [f"{capital(key.text)}.", words(key), *facts(key)])
    yield "void"
    yield f"{setter(settings, key)} ({settings.c_type} *self, {c_type(schema, key)}{name})\n{{"
    yield f"  g_return_if_fail ({settings.is_macro} (self));\n"
    yield f"  vici_settings_set_{suffix} (self, {number}, {name});\n}}\n"


def adder_function(schema, settings, number, key):
    item = snake(key.item)
    suffix = "section" if key.section else "blob"
    yield block(adder(settings, key), [("self", settings.summary), (item, "what is added")],
                [f"Adds to the {key.text}.", *facts(key)])
    yield "void"
    yield f"{adder(settings, key)} ({settings.c_type} *self, {item_type(schema, key)}{item})\n{{"
    yield f"  g_return_if_fail ({settings.is_macro} (self));"
    yield f"  g_return_if_fail ({item_check(schema, key)});\n"
    yield f"  vici_settings_add_{suffix} (self, {number}, {item});\n}}\n"


def class_init(settings):
    yield "static void"
    yield f"{settings.prefix}_class_init ({settings.c_type}Class *klass)\n{{"
    if settings.named:
        yield block(f"{settings.c_type}:name", (), [
            f"The name of {settings.summary}. One that the daemon would refuse is sent as "
            "vici_name_escape() writes it."], indent="  ")
    for key in settings.keys:
        yield block(f"{settings.c_type}:{key.property}", (),
                    [f"{capital(key.text)}.", words(key), *facts(key)], indent="  ")
    yield (f"  vici_settings_class_install (VICI_SETTINGS_CLASS (klass), {settings.prefix}_fields, "
           f"G_N_ELEMENTS ({settings.prefix}_fields),")
    yield f"                               {settings.table}, {str(settings.named).upper()});\n}}\n"
