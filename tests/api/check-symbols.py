#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the libraries export, what the headers declare, what the manual lists
and what the GIR describes are the same."""

import argparse
import os
import re
import subprocess
import xml.etree.ElementTree as ET

import tap

# Of names that are no type's.
NO_TYPES = ("vici_error_", "vici_name_", "vici_value_")

# What libvici exports, in strongSwan 5.9.8. It also exports names that were
# meant to stay inside, and those clash just as well.
LIBVICI = set("""
    vici_add_key_value vici_add_key_valuef vici_add_list_item vici_add_list_itemf
    vici_begin vici_begin_list vici_begin_section vici_builder_create
    vici_cert_info_from_str vici_connect vici_deinit vici_disconnect vici_dump
    vici_end_list vici_end_section vici_find vici_find_int vici_find_str
    vici_free_req vici_free_res vici_init vici_message_create_from_args
    vici_message_create_from_data vici_message_create_from_enumerator vici_parse
    vici_parse_cb vici_parse_name vici_parse_name_eq vici_parse_value
    vici_parse_value_str vici_register vici_stringify vici_submit
    vici_type_names vici_verify_type
""".split())

CORE = "{http://www.gtk.org/introspection/core/1.0}"
C = "{http://www.gtk.org/introspection/c/1.0}"
GLIB = "{http://www.gtk.org/introspection/glib/1.0}"

DECLARATION = re.compile(r"""
    ^VICI_AVAILABLE_IN_(?P<major>\d+)_(?P<minor>\d+)\s+
    (?:G_DECLARE_\w+\s*\(\s*\w+,\s*(?P<type>\w+)
      |[^;{}()]*?(?P<function>\w+)\s*\()
    """, re.M | re.X)


def exported(library):
    """Global symbols that the dynamic linker sees."""
    output = subprocess.run(["nm", "-D", "--defined-only", library],
                            check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].split("@")[0] for line in output.splitlines()}


def declared(headers):
    """name → version, of what is declared with an availability macro."""
    names = {}
    for header in headers:
        with open(header, encoding="utf-8") as file:
            for match in DECLARATION.finditer(file.read()):
                name = match["function"] or match["type"] + "_get_type"
                names[name] = f"{match['major']}.{match['minor']}"
    return names


def listed(sections):
    with open(sections, encoding="utf-8") as file:
        return {line.strip() for line in file if line.startswith("vici_")}


def described(gir):
    """The functions (c:identifier → version), all else that has a description
    (name → version), and the get_type functions."""
    namespace = ET.parse(gir).getroot().find(CORE + "namespace")
    functions = {element.get(C + "identifier"): element.get("version")
                 for tag in ("function", "method", "constructor")
                 for element in namespace.iter(CORE + tag)}
    others, get_types = {}, set()
    for element in namespace:
        name = element.get("name")
        class_struct_of = element.get(GLIB + "is-gtype-struct-for")
        if class_struct_of and is_final(namespace, class_struct_of):
            continue
        if element.tag not in (CORE + "function", CORE + "docsection"):
            others[name] = element.get("version")
        for member in element.findall(CORE + "property") + element.findall(GLIB + "signal"):
            others[f"{name}:{member.get('name')}"] = member.get("version")
        for member in element.findall(CORE + "virtual-method"):
            others[f"{name}.{member.get('name')}()"] = member.get("version")
        get_types.add(element.get(GLIB + "get-type"))
    return functions, others, get_types - {None}


def is_final(namespace, name):
    """Whether it is a final class; an interface is none."""
    described_class = namespace.find(f"{CORE}class[@name='{name}']")
    return described_class is not None and described_class.get("final") == "1"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", action="append")
    parser.add_argument("--gir")
    parser.add_argument("--sections", action="append")
    parser.add_argument("--libvici", default="/usr/lib/ipsec/libvici.so")
    parser.add_argument("headers", nargs="+")
    args = parser.parse_args()

    symbols = set().union(*map(exported, args.library))
    declarations = declared(args.headers)
    sections = set().union(*map(listed, args.sections))
    functions, others, get_types = described(args.gir)
    classes = NO_TYPES + tuple(name.removesuffix("get_type") for name in get_types)
    foreign = LIBVICI | (exported(args.libvici) if os.path.exists(args.libvici) else set())

    tap.check("only names of a class are exported",
              sorted(s for s in symbols if not s.startswith(classes)))
    tap.check("no library exports what the other does",
              sorted(set.intersection(*map(exported, args.library))))
    tap.check("no name of libvici is exported", sorted(symbols & foreign))
    tap.check("what is exported is declared as available", sorted(symbols - declarations.keys()))
    tap.check("what is declared as available is exported", sorted(declarations.keys() - symbols))
    tap.check("what is exported is in the manual", sorted(symbols - sections))
    tap.check("what is in the manual is exported", sorted(sections - symbols))
    tap.check("what is exported is in the GIR", sorted(symbols - functions.keys() - get_types))
    tap.check("what is in the GIR is exported", sorted((functions.keys() | get_types) - symbols))
    tap.check("every function says since when, and the macro agrees",
              (f"{name}: documented {since}, declared {declarations.get(name)}"
               for name, since in sorted(functions.items()) if since != declarations.get(name)))
    tap.check("every type, property, signal, virtual function and constant says since when",
              sorted(name for name, since in others.items() if since is None))
    tap.finish()


main()
