#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The manual builds without a warning and leaves nothing out."""

import pathlib
import re
import subprocess
import sys

import tap

# GLib's manual, which the links lead to, need not be installed; and properties
# have doc blocks here, and no blurb that gtk-doc could find.
EXPECTED = re.compile(r'no link for: "(G[A-Z]|g-|G-|gboolean|NULL:|TRUE:|FALSE:)'
                      r'|warning: Property \S+ has no documentation')


def report(directory, name):
    return (directory / f"vici-glib-{name}.txt").read_text(encoding="utf-8").splitlines()


def main():
    ninja, build = sys.argv[1:]
    directory = pathlib.Path(build, "docs", "reference")

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
    tap.finish()


main()
