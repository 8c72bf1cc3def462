#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is made by hand, and not by the library, has nothing in it: to ask it does no
harm, and to use it is a critical and no crash."""

import os
import subprocess
import sys
import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, GObject, Vici

import taptest

MESSAGE = Vici.Message()

# What cannot do anything with nothing inside, and says so.
USES = {
    "Stream.next_sync": (None,),
    "Stream.next_async": (None, None),
    "Invocation.send_event": ("list-sa", MESSAGE),
    "Invocation.return_message": (MESSAGE,),
    "Invocation.return_success": (),
    "Invocation.return_failure": ("no",),
}


def classes():
    for name in dir(Vici):
        kind = getattr(Vici, name)
        if (isinstance(kind, type) and issubclass(kind, GObject.Object)
                and not kind.__gtype__.is_abstract()):
            yield kind


def questions(kind):
    """The methods that need no more than the object."""
    for parent in kind.__mro__:
        for name, method in vars(parent).items():
            if (parent.__module__ == "gi.repository.Vici"
                    and name.startswith(("get_", "is_", "has_", "close"))
                    and hasattr(method, "get_arguments") and method.is_method()
                    and not method.get_arguments()):
                yield name


def ask_all():
    for kind in classes():
        bare = kind()
        for prop in kind.list_properties():
            if prop.flags & GObject.ParamFlags.READABLE:
                print(f"{kind.__name__}:{prop.name}", flush=True)
                bare.get_property(prop.name)
        for name in questions(kind):
            print(f"{kind.__name__}.{name}", flush=True)
            try:
                getattr(bare, name)()
            except GLib.Error:
                pass
        print(f"the end of {kind.__name__}", flush=True)
        del bare


def use(name):
    kind, method = name.split(".")
    getattr(getattr(Vici, kind)(), method)(*USES[name])


def run(*arguments, **env):
    """In a process of its own, which may well crash."""
    return subprocess.run([sys.executable, __file__, *arguments], check=False, text=True,
                          capture_output=True, timeout=600, env=os.environ | env)


class Bare(unittest.TestCase):
    def test_is_asked_and_dropped_without_a_critical(self):
        result = run("ask", G_DEBUG="fatal-warnings")
        asked = result.stdout.splitlines()
        self.assertEqual(result.returncode, 0, f"{asked[-1:]}: {result.stderr}")
        for name in ("Stream.get_reply", "Stream.close", "Peer.close", "Peer.is_closed",
                     "Invocation.get_request", "IkeSaItem.get_record", "IkeSaItem:state-text"):
            self.assertIn(name, asked)

    def test_is_used_with_a_critical(self):
        for name in USES:
            with self.subTest(name):
                result = run("use", name)
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertRegex(result.stderr, "vici-glib-CRITICAL.* assertion .* failed")


if sys.argv[1:] == ["ask"]:
    ask_all()
elif sys.argv[1:2] == ["use"]:
    use(sys.argv[2])
else:
    taptest.main()
