# SPDX-License-Identifier: LGPL-2.1-or-later
"""The trio of functions for each command."""

from doc import block, paragraphs
from schema import Class, quoted, snake
import settings

LOG = ("ViciControlLog *", "log", "(nullable): where the daemon's log of it goes, and the reason of a failure")

# What only these commands fail with.
CONTROL_ERRORS = ("%VICI_ERROR_CLOSED when the daemon's connection is not open; %G_IO_ERROR_PENDING when the log is "
                  "in use by another command; ")
BUSY_ERROR = ("It fails with %G_IO_ERROR_BUSY when as many commands that wait for a peer are under way as there may "
              "be: they make no progress while this one waits.")

SOURCES = {"events": "EVENTS", "event": "EVENT", "sections": "SECTIONS", "section": "SECTION",
           "names": "NAMES"}

FINISH = {
    "boolean": ("gboolean ", "boolean", "%TRUE when it was done, %FALSE on error"),
    "string": ("char *", "pointer", "(transfer full): the id that the daemon knows it by, empty when it does not "
               "tell it, or %NULL on error"),
    "names": ("GStrv ", "pointer", "(transfer full): the names, or %NULL on error"),
    "count": ("gint64 ", "count", "how many there were, or -1 on error"),
    "record": ("", "pointer", "(transfer full): what the daemon says, or %NULL on error"),
    "list": ("GListModel *", "pointer", ""),
}


def returned(command):
    for kind in FINISH:
        if kind in command.returns:
            return kind
    return "boolean"


def finish_type(schema, command):
    if returned(command) == "record":
        return schema.records[command.returns["record"]].c_type + " *"
    return FINISH[returned(command)][0]


def finish_text(schema, command):
    if returned(command) == "list":
        record = schema.records[command.returns["list"]].c_type
        return f"(transfer full): a list of #{record}, or %NULL on error"
    return FINISH[returned(command)][2]


def parameters(schema, command):
    """(C type, name, text) of what the functions take, before the cancellable."""
    for key in command.parameters:
        nullable = "(nullable): " if key.nullable else ""
        if key.section:
            yield schema.sections[key.section].c_type + " *", snake(key.item), nullable + key.text
        else:
            array = "(array zero-terminated=1): " if key.list else nullable
            yield settings.c_type(schema, key), snake(key.property), array + key.text
    if command.options:
        yield command.options.c_type + " *", "options", "(nullable): what else there is to say"
    if command.control:
        yield LOG


def header(schema):
    for command in schema.commands.values():
        given = [("ViciDaemon *", "self", ""), *parameters(schema, command)]
        yield declaration("void ", f"{command.function}_async", [
            *given, ("GCancellable *", "cancellable", ""),
            ("GAsyncReadyCallback ", "callback", ""), ("gpointer ", "user_data", "")])
        yield declaration(finish_type(schema, command), f"{command.function}_finish", [
            ("ViciDaemon *", "self", ""), ("GAsyncResult *", "result", ""), ("GError **", "error", "")])
        yield declaration(finish_type(schema, command), f"{command.function}_sync", [
            *given, ("GCancellable *", "cancellable", ""), ("GError **", "error", "")])
        yield ""


def declaration(returns, name, arguments):
    return f"VICI_AVAILABLE_IN_1_0\n{signature(returns, name, arguments)};"


def signature(returns, name, arguments):
    indent = ",\n" + " " * (len(name) + 2)
    listed = indent.join(c_type + argument for c_type, argument, _text in arguments)
    return f"{returns.rstrip()}\n{name} ({listed})"


ABOUT = """/**
 * SECTION:vici-daemon-commands
 * @title: Commands of charon
 * @short_description: The functions of #ViciDaemon for each command
 *
 * Each command has three functions: one to call it without waiting, one that
 * the callback takes its end from, and one that waits. What a caller always says
 * is a parameter; the rest is in an object of options, which can be %NULL.
 *
 * Since: 1.0
 */
"""


def source(schema):
    yield ABOUT
    for command in schema.commands.values():
        yield f"/* -- {command.name} -- */\n"
        yield from description(schema, command)
        yield from request(schema, command)
        yield from asynchronous(schema, command)
        yield from finish(schema, command)
        yield from synchronous(schema, command)


def description(schema, command):
    kind = returned(command)
    key, get_type, origin, read = "NULL", "NULL", "NONE", "NULL"
    if kind in ("string", "names", "count"):
        key = quoted(command.returns[kind])
    elif kind == "record":
        get_type = schema.records[command.returns["record"]].get_type
    elif kind == "list":
        get_type = schema.records[command.returns["list"]].get_type
        key = quoted(command.returns.get("key"))
        origin = SOURCES.get(command.returns["from"], "CUSTOM")
        read = command.returns["from"] if origin == "CUSTOM" else "NULL"
    yield f"static const ViciDaemonCommand {snake(command.name)} = {{"
    needed = "".join(f"{quoted(key)}, " for key in command.needs_one_of)
    yield (f"  {quoted(command.name)}, VICI_RETURNS_{kind.upper()}, {key}, {get_type}, "
           f"VICI_LIST_FROM_{origin}, {read}, {{ {needed}NULL }}")
    yield "};\n"


def request(schema, command):
    """The request, made of the arguments."""
    given = [(c_type, name, "") for c_type, name, _text in parameters(schema, command) if name != "log"]
    if not given:
        return
    yield signature("static void ", f"add_{snake(command.name)}", [("ViciRequest *", "request", ""), *given])
    yield "{"
    for key in command.parameters:
        name = snake(key.item) if key.section else snake(key.property)
        if key.section:
            yield f"  vici_request_add_section (request, VICI_SETTINGS ({name}));"
        elif settings.kind(key) == "enum":
            yield f"  vici_request_add_word (request, {quoted(key.key)}, {schema.enums[key.enum].words}, {name});"
        else:
            suffix = settings.KINDS[settings.kind(key)][1]
            yield f"  vici_request_add_{suffix} (request, {quoted(key.key)}, {name});"
    if command.options:
        yield "  if (options != NULL)"
        yield "    vici_request_add_options (request, VICI_SETTINGS (options));"
    yield "}\n"


def condition(c_type, name, text):
    """What a pointer has to be; None: there is nothing to check."""
    if not c_type.endswith("*"):
        return None
    nullable = "(nullable)" in text
    if c_type.startswith("Vici"):
        is_one = f"{Class(c_type[4:-2]).is_macro} ({name})"
        return f"{name} == NULL || {is_one}" if nullable else is_one
    return None if nullable else f"{name} != NULL"


def checks(schema, command, nothing):
    fail = f"g_return_val_if_fail ({{}}, {nothing});" if nothing else "g_return_if_fail ({});"
    yield "  " + fail.format("VICI_IS_DAEMON (self)")
    for check in filter(None, (condition(*given) for given in parameters(schema, command))):
        yield "  " + fail.format(check)
    yield "  " + fail.format("cancellable == NULL || G_IS_CANCELLABLE (cancellable)")
    yield ""


def fill(schema, command):
    names = [name for _type, name, _text in parameters(schema, command) if name != "log"]
    yield f"  vici_request_init (&request, &{snake(command.name)});"
    if names:
        yield f"  add_{snake(command.name)} (&request, {', '.join(names)});"


def control_arguments(command):
    return "VICI_SETTINGS (options), log, " if command.control else ""


def asynchronous(schema, command):
    function = f"{command.function}_async"
    given = list(parameters(schema, command))
    yield block(function, [
        ("self", "a daemon"), *((name, text) for _type, name, text in given),
        ("cancellable", "(nullable): to give it up"),
        ("callback", "(nullable) (scope async): called once, with its end"),
        ("user_data", "passed to @callback"),
    ], [command.summary, *paragraphs(command.text), f"See {command.function}_finish() for the errors.",
        f"Wire: `{command.name}`, since strongSwan {command.since}."])
    yield signature("void ", function, [
        ("ViciDaemon *", "self", ""), *given, ("GCancellable *", "cancellable", ""),
        ("GAsyncReadyCallback ", "callback", ""), ("gpointer ", "user_data", "")])
    yield "{\n  ViciRequest request;\n"
    yield from checks(schema, command, None)
    yield from fill(schema, command)
    run = "control" if command.control else "call"
    yield (f"  vici_daemon_{run}_async (self, &request, {control_arguments(command)}{function}, "
           "cancellable, callback, user_data);\n}\n")


def finish(schema, command):
    returns = finish_type(schema, command)
    suffix = FINISH[returned(command)][1]
    nothing = {"boolean": "FALSE", "count": "-1"}.get(suffix, "NULL")
    yield block(f"{command.function}_finish", [
        ("self", "a daemon"), ("result", "what the callback was given"),
        ("error", "return location for an error"),
    ], [f"Finishes {command.function}_async().",
        "Errors: %VICI_ERROR_INVALID when an argument is not what the command takes, with its path; "
        "%VICI_ERROR_UNKNOWN_COMMAND when the daemon does not have it; %VICI_ERROR_COMMAND_FAILED when "
        "the daemon answered `success=no`, see vici_failure_from_error(); "
        f"{CONTROL_ERRORS if command.control else ''}and those of vici_connection_call_finish()."],
        finish_text(schema, command))
    yield signature(returns, f"{command.function}_finish", [
        ("ViciDaemon *", "self", ""), ("GAsyncResult *", "result", ""), ("GError **", "error", "")])
    yield f"{{\n  g_return_val_if_fail (VICI_IS_DAEMON (self), {nothing});"
    yield f"  g_return_val_if_fail (g_task_is_valid (result, self), {nothing});\n"
    yield f"  return vici_daemon_finish_{suffix} (self, result, {command.function}_async, error);\n}}\n"


def synchronous(schema, command):
    returns = finish_type(schema, command)
    suffix = FINISH[returned(command)][1]
    nothing = {"boolean": "FALSE", "count": "-1"}.get(suffix, "NULL")
    given = list(parameters(schema, command))
    yield block(f"{command.function}_sync", [
        ("self", "a daemon"), *((name, text) for _type, name, text in given),
        ("cancellable", "(nullable): to give it up, from another thread"),
        ("error", "return location for an error"),
    ], [command.summary, f"Waits for the end, as vici_connection_call_sync() does; see "
        f"{command.function}_finish() for the errors, and {command.function}_async() for the rest.",
        BUSY_ERROR if command.control else None,
        f"Wire: `{command.name}`, since strongSwan {command.since}."],
        finish_text(schema, command))
    yield signature(returns, f"{command.function}_sync", [
        ("ViciDaemon *", "self", ""), *given, ("GCancellable *", "cancellable", ""), ("GError **", "error", "")])
    yield "{\n  ViciRequest request;\n"
    yield from checks(schema, command, nothing)
    yield from fill(schema, command)
    run = "control" if command.control else "call"
    yield (f"  return vici_daemon_{run}_sync_{suffix} (self, &request, {control_arguments(command)}"
           "cancellable, error);\n}\n")
