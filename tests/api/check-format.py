#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sources are formatted as .clang-format says.

clang-format aligns all that is declared line by line, or nothing. Here the
parameters of a function are always aligned; elsewhere it is the author's
choice, so that there a line is as with or as without alignment, and runs of
spaces within it count as one."""

import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

import tap

# String literals that follow each other on a line.
ADJACENT = re.compile(r'"(?:[^"\\\n]|\\.)*"(?: +"(?:[^"\\\n]|\\.)*")+')

# An attribute before the return type, which it takes for the function's name.
ATTRIBUTE = re.compile(r"\bG_GNUC_\w+ \([\d, ]+\) ")

ALIGNED = "AlignConsecutiveDeclarations: Consecutive"
LOOSE = "AlignConsecutiveDeclarations: None"


def formatted(text, style):
    clang_format = sys.argv[1]
    lines = subprocess.run([clang_format, f"--style=file:{style}"], input=text, check=True,
                           capture_output=True, text=True).stdout
    # What clang-format cannot know: gettext stands without a space, and a quark
    # is no difference.
    lines = re.sub(r'\b(N?_) \("', r'\1("', lines)
    lines = re.sub(r"(?<=G_DEFINE_QUARK \()[\w -]+", lambda m: m[0].replace(" - ", "-"), lines)
    return lines.splitlines()


def simplified(text):
    """The text without what clang-format does not understand. Adjacent literals,
    each of which it would give a line, become one of the same width."""
    text = ATTRIBUTE.sub("", text)
    return ADJACENT.sub(lambda match: re.sub(r'(?<!\\)" +"', lambda gap: "." * len(gap[0]), match[0]), text)


def loosened(line):
    # Not so far in where a literal goes on, for want of that space.
    indentation = "" if line.lstrip().startswith('"') else re.match(" *", line).group()
    return indentation + re.sub(" +", " ", line.strip())


def parameter_lines(lines):
    """The numbers of the lines of function heads: from a name in the first
    column up to the brace or the semicolon that ends its parameters."""
    inside = False
    for number, line in enumerate(lines):
        inside = inside or re.match(r"\w[\w *]* \(", line) is not None
        if line.startswith("{"):
            inside = False
        if inside:
            yield number
        if line.endswith((";", ")")):
            inside = False


def problems(text, aligned, loose):
    lines = text.splitlines()
    strict = formatted(text, aligned)
    free = formatted(text, loose)
    heads = set(parameter_lines(lines))

    for number, (line, wanted, other) in enumerate(zip(lines, strict, free)):
        if number in heads:
            fits = line == wanted
        else:
            fits = loosened(line) in (loosened(wanted), loosened(other))
        if not fits:
            yield f"line {number + 1}\n  is:     {line}\n  wanted: {wanted}"
            if len(lines) != len(strict):
                yield "  and what follows, since lines are broken elsewhere"
                return


def main():
    root = pathlib.Path(sys.argv[2])
    aligned = root / ".clang-format"
    sources = sorted(path for folder in ("docs", "examples", "tests", "vici-glib")
                     for path in (root / folder).glob("**/*.c"))

    with tempfile.NamedTemporaryFile("w") as loose:
        loose.write(aligned.read_text(encoding="utf-8").replace(ALIGNED, LOOSE))
        loose.flush()

        def look_at(path):
            text = simplified(path.read_text(encoding="utf-8"))
            return list(problems(text, aligned, loose.name))

        with concurrent.futures.ThreadPoolExecutor() as pool:
            for path, found in zip(sources, pool.map(look_at, sources)):
                tap.check(path.relative_to(root), found)
    tap.finish()


main()
