# SPDX-License-Identifier: LGPL-2.1-or-later
"""The schema, read and made ready: names in the forms that C wants them in."""

import pathlib
import re
import tomllib


def load(directory):
    return Schema(pathlib.Path(directory))


def dashed(camel):
    """IkeSa -> ike-sa"""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", camel).lower()


def snake(text):
    """ike-sa -> ike_sa"""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def camel(text):
    """list-sas -> ListSas"""
    return "".join(part.capitalize() for part in re.split(r"[-_]", text))


def quoted(text):
    if text is None:
        return "NULL"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Class:
    """A class of the library, by its name without the namespace."""

    def __init__(self, name):
        self.name = name
        self.c_type = f"Vici{name}"
        self.title = dashed(name)
        self.prefix = f"vici_{snake(self.title)}"
        self.macro = f"VICI_{snake(self.title).upper()}"
        self.type_macro = f"VICI_TYPE_{snake(self.title).upper()}"
        self.get_type = f"{self.prefix}_get_type"
        self.is_macro = self.macro.replace("VICI_", "VICI_IS_", 1)


class Enum(Class):
    def __init__(self, name, data):
        super().__init__(name)
        self.summary = data["summary"]
        self.default = data.get("default")
        self.members = [self.member(word, value) for word, value in data["values"].items()]
        if self.default is not None:
            self.members.sort(key=lambda member: member["word"] != self.default)
        self.words = f"vici_words_{snake(self.title)}"

    def member(self, word, value):
        data = value if isinstance(value, dict) else {"text": value}
        name = data.get("name") or word
        return {
            "word": word,
            "name": f"{self.macro}_{snake(name).upper()}",
            "also": data.get("also", []),
            "says": data.get("says", []),
            "since": data.get("since"),
            "text": data["text"],
        }

    @property
    def unknown(self):
        return None if self.default is not None else f"{self.macro}_UNKNOWN"

    @property
    def all_words(self):
        for member in self.members:
            yield member["word"]
            yield from member["also"]


class Field:
    """A property of a record."""

    def __init__(self, owner, name, data):
        self.owner = owner
        self.name = name
        self.key = data.get("key", name)
        self.kind = data["kind"]
        self.text = data["text"]
        self.since = data.get("since")
        self.enum = data.get("enum")
        self.record = data.get("record")
        self.type = data.get("type")
        self.gtype = data.get("gtype")
        self.read = data.get("read")
        self.getter = f"{owner.prefix}_get_{snake(name)}"


class Record(Class):
    def __init__(self, name, data):
        super().__init__(name)
        self.summary = data["summary"]
        self.text = data.get("text")
        self.fields = []
        for field, values in data["fields"].items():
            self.fields.append(Field(self, field, values))
            if values["kind"] == "enum":
                self.fields.append(self.twin(field, values))

    def twin(self, name, data):
        """The word of an enumeration, for what the library does not know."""
        return Field(self, f"{name}-text", {
            "key": data.get("key", name),
            "kind": "string",
            "text": f"{data['text']}, in the word of the daemon",
        })


class Key:
    """A key of a request."""

    def __init__(self, schema, key, data):
        self.key = key
        self.data = data
        self.section = data.get("section")
        self.type = "section" if self.section else data["type"]
        self.list = data.get("list", False)
        self.enum = data.get("enum")
        self.text = data.get("text")
        self.note = data.get("note")
        self.since = data.get("since")
        self.default = data.get("default")
        self.required = data.get("required", False)
        self.secret = data.get("secret", False)
        self.presence = data.get("presence", False)
        self.named = data.get("named", False)
        self.parameter = data.get("parameter", False)
        self.nullable = data.get("nullable", False)
        self.property = data.get("property") or key.rstrip("*").replace("_", "-")
        self.item = data.get("item")
        self.local = data.get("local", False)
        self.words = list(data.get("words", []))
        if self.enum:
            self.words = list(schema.enums[self.enum].all_words) + self.words

    @property
    def pattern(self):
        return self.key.endswith("*")


class Settings(Class):
    """A class with the writable properties of a section, or of a command's options."""

    def __init__(self, name, summary, text, keys, named, table, extra=()):
        super().__init__(name)
        self.summary = summary
        self.text = text
        self.keys = keys
        self.extra = list(extra)    # without a property
        self.named = named
        self.table = table      # how to find its ViciKeyInfo
        for key in keys:
            self.check_property(key.property)

    def check_property(self, name):
        """set-mark-in would be hidden by the setter of mark-in, and name by that of all settings."""
        if name.startswith(("get-", "set-", "add-")) or name in ("extra", "name"):
            raise ValueError(f"{self.c_type}:{name} would collide with a function of the class")


class Command:
    def __init__(self, schema, name, data):
        self.name = name
        self.data = data
        self.function = f"vici_daemon_{snake(name)}"
        self.since = data["since"]
        self.summary = data["summary"]
        self.text = data.get("text")
        self.read_only = data.get("read-only", False)
        self.stream = data.get("stream")
        self.control = data.get("control", False)
        self.reply = data.get("reply", {})
        self.returns = data.get("returns", {})
        self.needs_one_of = data.get("needs-one-of", [])
        self.arguments = [Key(schema, key, values)
                          for key, values in data.get("arguments", {}).items()]
        self.parameters = [key for key in self.arguments if key.parameter]
        if not set(self.needs_one_of) <= {key.key for key in self.arguments}:
            raise ValueError(f"{name}: needs-one-of names no argument")
        self.options = None
        optional = [key for key in self.arguments if not key.parameter]
        if optional:
            self.options = Settings(
                f"{camel(name)}Options", f"the options of `{name}`", None, optional, False,
                f'vici_command_info_get_arguments (vici_command_info_lookup ("{name}"))')


class Schema:
    def __init__(self, directory):
        def read(name):
            return tomllib.loads((directory / f"{name}.toml").read_text(encoding="utf-8"))

        self.enums = {name: Enum(name, data) for name, data in read("enums").items()}
        self.records = {name: Record(name, data) for name, data in read("records").items()}
        self.raw_sections = read("sections")
        self.sections = {name: self.section(name, data)
                         for name, data in self.raw_sections.items()}
        self.commands = {name: Command(self, name, data)
                         for name, data in sorted(read("commands").items())}
        self.events = dict(sorted(read("events").items()))
        self.link_named()

    def section(self, name, data):
        keys = [Key(self, key, values) for key, values in data["keys"].items()]
        extra = [Key(self, key, values) for key, values in data.get("extra", {}).items()]
        return Settings(data["class"], data["summary"], data.get("text"), keys, False,
                        f'vici_key_info_lookup_section ("{name}")', extra)

    def link_named(self):
        """Sections whose name is the user's have it as a property."""
        for keys in ([settings.keys for settings in self.sections.values()]
                     + [command.arguments for command in self.commands.values()]):
            for key in keys:
                if key.section and (key.named or key.key == "*"):
                    self.sections[key.section].named = True

    @property
    def options(self):
        return [command.options for command in self.commands.values() if command.options]
