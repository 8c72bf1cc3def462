#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a desktop has to know of the applet is valid, and all of it is about one
application: check-metadata.py FOLDER-OF-ICONS FILE..."""

import configparser
import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "api"))

import tap

SVG = "{http://www.w3.org/2000/svg}svg"


def validate(name, command):
    if not shutil.which(command[0]):
        tap.skip(name, f"{command[0]} is not installed")
        return
    run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    # The validator of desktop files ends well where it only warns.
    warned = command[0] == "desktop-file-validate" and run.stdout != ""
    tap.check(name, [run.stdout] if run.returncode != 0 or warned else [])


def mismatches(icons, desktop, metainfo):
    parser = configparser.RawConfigParser(delimiters="=")
    parser.optionxform = str
    parser.read(desktop, encoding="utf-8")
    entry = parser["Desktop Entry"]
    component = xml.etree.ElementTree.parse(metainfo).getroot()
    name = component.findtext("id")

    for what, value, expected in (
            ("the desktop file is called", desktop.name, f"{name}.desktop"),
            ("it is launched by", component.findtext("launchable"), desktop.name),
            ("the icon is", entry["Icon"], name),
            ("the program is", entry["Exec"], component.findtext("provides/binary")),
            ("the name is", entry["Name"], component.findtext("name")),
            ("the summary is", entry["Comment"], component.findtext("summary"))):
        if value != expected:
            yield f"{what} {value}, and not {expected}"

    for suffix in "", "-symbolic":
        root = xml.etree.ElementTree.parse(icons / f"{name}{suffix}.svg").getroot()
        if root.tag != SVG or root.get("width") != root.get("height"):
            yield f"the icon {name}{suffix} is no square image"


def main():
    icons, *files = (pathlib.Path(argument) for argument in sys.argv[1:])
    desktop, metainfo = sorted(files)
    validate("the desktop file is valid", ["desktop-file-validate", str(desktop)])
    validate("the metadata are valid", ["appstreamcli", "validate", "--no-net", str(metainfo)])
    tap.check("all are about one application", mismatches(icons, desktop, metainfo))
    tap.finish()


main()
