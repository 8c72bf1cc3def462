#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual builds without a warning and leaves nothing out."""

import html
import pathlib
import re
import subprocess
import sys
import urllib.parse

import tap

# GLib's manual, which the links lead to, need not be installed; and properties
# have doc blocks here, and no blurb that gtk-doc could find.
EXPECTED = re.compile(r'no link for: "(G[A-Z]|g-|G-|gboolean|NULL:|TRUE:|FALSE:)'
                      r'|warning: Property \S+ has no documentation')


def report(directory, name):
    return (directory / f"vici-glib-{name}.txt").read_text(encoding="utf-8").splitlines()


def dead_links(directory):
    """Links from page to page that lead nowhere."""
    pages = {page.name: page.read_text(encoding="utf-8") for page in directory.glob("*.html")}
    anchors = {name: set(re.findall(r'\b(?:id|name)="([^"]*)"', text)) for name, text in pages.items()}
    for page, text in sorted(pages.items()):
        for link in sorted(set(re.findall(r'\b(?:href|src)="([^"]*)"', text))):
            target = urllib.parse.urlsplit(html.unescape(link))
            # Those of GLib are to its manual where that is installed.
            if target.scheme or target.path.startswith("/"):
                continue
            name = target.path or page
            if not (directory / name).exists():
                yield f"{page}: {link}: there is no such file"
            elif target.fragment and target.fragment not in anchors[name]:
                yield f"{page}: {link}: there is no such anchor"


def commands(ninja, build, target):
    """All that ninja runs to make the target from nothing."""
    run = subprocess.run([ninja, "-C", build, "-t", "commands", target], check=True, text=True,
                         capture_output=True)
    return {line for line in run.stdout.splitlines() if not line.startswith("ninja: ")}


def main():
    ninja, build = sys.argv[1:]
    directory = pathlib.Path(build, "docs", "reference")

    # It runs gtk-doc too, and nothing before it but what ninja makes without a target.
    missing = commands(ninja, build, "vici-glib-doc") - commands(ninja, build, "all")
    tap.check("meson install finds all that the manual is made of",
              (command for command in missing if " --internal gtkdoc " not in command))

    run = subprocess.run([ninja, "-C", build, "vici-glib-doc"], text=True, check=False,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    tap.check("the manual builds", run.stdout.splitlines() if run.returncode else [])
    if run.returncode == 0:
        tap.check("without a warning",
                  (line for line in run.stdout.splitlines()
                   if "warning" in line.lower() and not EXPECTED.search(line)))
        # The first lines of that report are the figures.
        tap.check("everything is documented", filter(None, report(directory, "undocumented")[4:]))
        tap.check("everything documented exists", report(directory, "undeclared"))
        tap.check("everything documented is in a section", report(directory, "unused"))
        tap.check("every link leads somewhere", dead_links(directory / "html"))
    tap.finish()


main()
