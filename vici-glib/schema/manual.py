# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual's pages of commands and events, and the list of what is generated."""

from xml.sax.saxutils import escape
import re

import settings
from doc import paragraphs
from schema import snake


def text_of(text):
    """The markup of a doc block, for DocBook."""
    return re.sub(r"`([^`]+)`", r"<literal>\1</literal>", escape(text))


def function(name):
    return f'<link linkend="{name.replace("_", "-")}"><function>{name}()</function></link>'


def link(c_class):
    return f'<link linkend="{c_class.c_type}">{c_class.c_type}</link>'


def variable_list(title, rows):
    rows = list(rows)
    if not rows:
        return
    yield f"<refsect2><title>{title}</title><variablelist>"
    for term, notes, text in rows:
        noted = f" ({', '.join(notes)})" if notes else ""
        yield (f"<varlistentry><term><literal>{escape(term)}</literal>{noted}</term>"
               f"<listitem><para>{text_of(text)}</para></listitem></varlistentry>")
    yield "</variablelist></refsect2>"


def key_rows(keys):
    for key in keys:
        notes = [key.type.replace("-", " ") if not key.section else "section"]
        notes += ["list"] if key.list else []
        notes += ["required"] if key.required else []
        notes += ["by its presence"] if key.presence else []
        notes += [f"since {key.since}"] if key.since else []
        notes += [f"default {escape(key.default)}"] if key.default else []
        words = f" ({', '.join(key.words)})" if key.words else ""
        yield key.key, notes, f"{key.text or ''}{words}"


def wire_form(command):
    """The request as swanctl would print it."""
    yield "<refsect2><title>Wire form</title><programlisting>"
    body = " ".join(wire_key(key) for key in command.arguments)
    yield escape(f"CMD_REQUEST  {command.name} {{{body}}}")
    if command.stream:
        yield escape(f"EVENT        {command.stream} {{…}}   (any number of them)")
    reply = " ".join(f"{key}=…" for key in command.reply)
    yield escape(f"CMD_RESPONSE {{{reply}}}")
    yield "</programlisting></refsect2>"


def wire_key(key):
    if key.section:
        return f"{'NAME' if key.key == '*' else key.key} {{…}}"
    return f"{key.key}=[…]" if key.list else f"{key.key}=…"


def command_page(schema, command):
    yield f'<refentry id="command-{command.name}">'
    yield f"<refmeta><refentrytitle>{command.name}</refentrytitle></refmeta>"
    yield (f"<refnamediv><refname>{command.name}</refname>"
           f"<refpurpose>{text_of(command.summary.rstrip('.'))}</refpurpose></refnamediv>")
    yield "<refsect1><title>Description</title>"
    for paragraph in [command.summary, *paragraphs(command.text)]:
        yield f"<para>{text_of(paragraph)}</para>"
    yield (f"<para>strongSwan has it since {command.since}. Functions: "
           f"{', '.join(function(command.function + suffix) for suffix in ('_async', '_finish', '_sync'))}"
           + (f"; options: {link(command.options)}" if command.options else "") + ".</para>")
    yield from wire_form(command)
    yield from variable_list("Arguments", key_rows(command.arguments))
    if command.needs_one_of:
        keys = ", ".join(f"<literal>{key}</literal>" for key in command.needs_one_of)
        yield f"<para>One of these has to be given: {keys}.</para>"
    for key in command.arguments:
        if key.section:
            section = schema.sections[key.section]
            yield f"<para>The keys of the section are those of {link(section)}:</para>"
            yield from variable_list("Keys", key_rows(section.keys + section.extra))
    yield from variable_list("Reply", ((key, [], text) for key, text in command.reply.items()))
    if command.stream:
        yield (f'<para>It streams the event <link linkend="event-{command.stream}">'
               f"<literal>{command.stream}</literal></link>.</para>")
    yield "</refsect1></refentry>"


def event_rows(schema, event):
    for key, data in event.get("keys", {}).items():
        notes = ["optional"] if data.get("optional") else []
        notes += [f"since {data['since']}"] if data.get("since") else []
        if data.get("record"):
            notes.append(f"as {link(schema.records[data['record']])}")
        yield key, notes, data["text"]


def event_page(schema, name, event):
    yield f'<refentry id="event-{name}">'
    yield f"<refmeta><refentrytitle>{name}</refentrytitle></refmeta>"
    yield (f"<refnamediv><refname>{name}</refname>"
           f"<refpurpose>{text_of(event['summary'].rstrip('.'))}</refpurpose></refnamediv>")
    yield "<refsect1><title>Description</title>"
    for paragraph in [event["summary"], *paragraphs(event.get("text"))]:
        yield f"<para>{text_of(paragraph)}</para>"
    streamed = ", ".join(f'<link linkend="command-{command}"><literal>{command}</literal></link>'
                         for command in event.get("commands", []))
    yield (f"<para>strongSwan has it since {event['since']}. "
           + (f"It is streamed by {streamed}." if streamed
              else f'Signal: <link linkend="ViciDaemon-{name}">ViciDaemon::{name}</link>.') + "</para>")
    yield from variable_list("Keys", event_rows(schema, event))
    yield "</refsect1></refentry>"


HEAD = """<?xml version="1.0"?>
<!DOCTYPE part PUBLIC "-//OASIS//DTD DocBook XML V4.3//EN"
  "http://www.oasis-open.org/docbook/xml/4.3/docbookx.dtd">"""


def classes(schema):
    """Where the manual shows the generated classes."""
    yield HEAD
    yield '<part id="daemon-classes" xmlns:xi="http://www.w3.org/2003/XInclude">'
    yield "<title>What charon lists and is told</title>"
    yield from chapter("records", "Records", schema.records.values())
    yield from chapter("configs", "Configurations", schema.sections.values())
    yield from chapter("options", "Options of commands", schema.options)
    yield '<chapter id="enums"><title>Enumerations</title>'
    yield '<xi:include href="xml/vici-daemon-enums.xml"/></chapter>'
    yield "</part>"


def chapter(name, title, members):
    yield f'<chapter id="{name}"><title>{title}</title>'
    for member in members:
        yield f'<xi:include href="xml/vici-{member.title}.xml"/>'
    yield "</chapter>"


def commands(schema):
    yield HEAD
    yield '<part id="commands"><title>Commands and events</title>'
    yield '<reference id="command-pages"><title>Commands</title>'
    for command in schema.commands.values():
        yield from command_page(schema, command)
    yield '</reference><reference id="event-pages"><title>Events</title>'
    for name, event in schema.events.items():
        yield from event_page(schema, name, event)
    yield "</reference></part>"


# -- The sections file of gtk-doc --

def sections(schema):
    yield from section("vici-daemon-enums", [enum.c_type for enum in schema.enums.values()],
                       [name for enum in schema.enums.values()
                        for name in (enum.type_macro, enum.get_type)],
                       "Words of charon")
    for record in schema.records.values():
        yield from section(f"vici-{record.title}",
                           [record.c_type, *(field.getter for field in record.fields)],
                           standard(record))
    for settings_class in [*schema.sections.values(), *schema.options]:
        yield from section(f"vici-{settings_class.title}",
                           [settings_class.c_type, f"{settings_class.prefix}_new",
                            *accessors(settings_class)],
                           standard(settings_class))
    yield from section("vici-daemon-commands",
                       [command.function + suffix for command in schema.commands.values()
                        for suffix in ("_async", "_finish", "_sync")], [], "Commands of charon")


def accessors(settings_class):
    for key in settings_class.keys:
        yield settings.getter(settings_class, key)
        if settings.kind(key) != "sections":
            yield settings.setter(settings_class, key)
        if settings.kind(key) in ("sections", "blobs"):
            yield settings.adder(settings_class, key)


def standard(c_class):
    name = snake(c_class.title).upper()
    return [f"VICI_{name}", f"VICI_IS_{name}", c_class.type_macro, c_class.get_type]


def section(name, symbols, private, title=None):
    yield f"<SECTION>\n<FILE>{name}</FILE>"
    if title:
        yield f"<TITLE>{title}</TITLE>"
    yield from symbols
    if private:
        yield "<SUBSECTION Standard>"
        yield from private
    yield "</SECTION>\n"
