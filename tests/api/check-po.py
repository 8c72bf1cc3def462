#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every file with texts is known to the translators, and every translation is
complete and fits the texts as they are now."""

import pathlib
import re
import subprocess
import sys
import tempfile

import tap

TEXT = re.compile(r'\b(N?_|ngettext) ?\(\s*"|translatable="yes"')
# gettext does not know what G_GSIZE_FORMAT and its like stand for.
CUT = re.compile(r'\bN?_ ?\((?:\s*"(?:[^"\\]|\\.)*")+\s*\w.*')


def words(path):
    """The entries of LINGUAS or POTFILES.in."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def untranslated(template, translation):
    """Merges as an update would, and says what then is missing."""
    merged = subprocess.run(["msgmerge", "--quiet", "--no-fuzzy-matching", "-o", "-",
                             translation, template], check=True, capture_output=True).stdout
    run = subprocess.run(["msgfmt", "--check", "--statistics", "-o", "/dev/null", "-"],
                         input=merged, check=False, capture_output=True,
                         env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    result = run.stderr.decode()
    return [] if re.fullmatch(r"\d+ translated messages?\.", result.strip()) else [result]


def main():
    root = pathlib.Path(sys.argv[1])
    potfiles = words(root / "po/POTFILES.in")
    contents = {str(path.relative_to(root)): path.read_text(encoding="utf-8")
                for pattern in ("vici-glib/**/*.[ch]", "examples/applet/*.[ch]", "examples/applet/*.ui")
                for path in root.glob(pattern)}
    sources = [path for path, content in contents.items() if TEXT.search(content)]
    # Their formats say what of them is text.
    described = [str(path.relative_to(root)) for path in root.glob("examples/applet/data/*.in")]

    tap.check("POTFILES.in lists every file with texts", {*sources, *described} - set(potfiles))
    tap.check("POTFILES.in lists no other file", set(potfiles) - {*sources, *described})
    tap.check("no text is cut by a macro",
              (f"{path}: {text}" for path in sources for text in CUT.findall(contents[path])))
    tap.check("POTFILES.in and LINGUAS are sorted",
              [name for name in ("POTFILES.in", "LINGUAS")
               if words(root / "po" / name) != sorted(words(root / "po" / name))])

    with tempfile.NamedTemporaryFile(suffix=".pot") as template:
        subprocess.run(["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_",
                        "--add-comments", "--directory", root, "-o", template.name, *potfiles],
                       check=True)
        for language in words(root / "po/LINGUAS"):
            tap.check(f"{language}.po is complete",
                      untranslated(template.name, root / "po" / f"{language}.po"))
    tap.finish()


main()
