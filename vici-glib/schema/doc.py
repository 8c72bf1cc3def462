# SPDX-License-Identifier: LGPL-2.1-or-later
"""Doc blocks for gtk-doc and g-ir-scanner."""

import re
import textwrap


def block(symbol, parameters=(), text=(), returns=None, indent=""):
    """A doc block: parameters as (name, text), the text as paragraphs."""
    lines = ["/**", f" * {symbol}:"]
    for name, description in parameters:
        lines += wrapped(f"@{name}: {description}", "  ")
    for paragraph in filter(None, text):
        lines.append(" *")
        lines += wrapped(paragraph) if not paragraph.startswith("|[") else raw(paragraph)
    if returns:
        lines.append(" *")
        lines += wrapped(f"Returns: {returns}", "  ")
    lines += [" *", " * Since: 1.0", " */"]
    return "\n".join(indent + line for line in lines)


def section(c_class, short, text):
    lines = ["/**", f" * SECTION:vici-{c_class.title}", f" * @title: {c_class.c_type}"]
    lines += wrapped(f"@short_description: {capital(short)}", "  ")
    for paragraph in filter(None, text):
        lines.append(" *")
        lines += wrapped(paragraph)
    lines += [" *", " * Since: 1.0", " */"]
    return "\n".join(lines)


def wrapped(text, indent=""):
    """Lines of a doc block, where %any and #1 are no constant and no type."""
    text = re.sub(r"([%#])(?=[a-z0-9])", r"\\\1", " ".join(text.split()))
    return [f" * {line}" for line in
            textwrap.wrap(text, 80, subsequent_indent=indent,
                          break_long_words=False, break_on_hyphens=False)]


def raw(text):
    return [f" * {line}".rstrip() for line in text.splitlines()]


def paragraphs(text):
    return [part for part in (text or "").split("\n\n") if part.strip()]


def capital(text):
    return text[:1].upper() + text[1:]
