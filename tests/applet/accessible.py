# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a program shows, as a screen reader sees it: a tree of accessible objects.

What was learnt of GTK 4.8's side of it: it needs no setting, and no window
manager. Nothing tells that a widget is not shown, but its size: what has none,
or is in something that has none, is not (and what has `visible` unset is not in
the tree at all). Buttons and switches have an action; rows of lists have none
and are clicked. Entries take a new text. A grab of the focus is refused.
"""

import contextlib
import functools
import re
import time

# Nothing waits as long for something that has happened.
PATIENCE = 30

# How often the tree is looked at, in seconds.
PERIOD = 0.05


class Late(AssertionError):
    """Something did not happen in time; the text says what."""


@functools.cache
def import_atspi():
    """Not before there is a bus for it: the first question to it finds that, for good."""
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi, GLib
    return Atspi, GLib


def wait_for(condition, what):
    """Returns what the condition does, once that is something."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        if time.monotonic() > deadline:
            raise Late(f"waited in vain for {what() if callable(what) else what}")
        time.sleep(PERIOD)
    return found


def described(name):
    return name.pattern if isinstance(name, re.Pattern) else name


def find_application(pid):
    Atspi, GLib = import_atspi()
    desktop = Atspi.get_desktop(0)
    # What it once said may not be so any more: ask each time.
    desktop.set_cache_mask(Atspi.Cache.NONE)
    for index in range(desktop.get_child_count()):
        with contextlib.suppress(GLib.Error):
            child = desktop.get_child_at_index(index)
            if child and child.get_process_id() == pid:
                child.set_cache_mask(Atspi.Cache.NONE)
                return Node(child)
    return None


class Node:
    """An accessible object. One that is gone has nothing, and is nowhere shown."""

    # The longest that any of them has taken to answer, in seconds.
    longest = 0

    def __init__(self, accessible):
        self.accessible = accessible

    def _ask(self, question, otherwise):
        _, GLib = import_atspi()
        begun = time.monotonic()
        try:
            return question(self.accessible)
        except GLib.Error:
            return otherwise
        finally:
            Node.longest = max(Node.longest, time.monotonic() - begun)

    @property
    def role(self):
        return self._ask(lambda it: it.get_role_name(), "")

    @property
    def name(self):
        return self._ask(lambda it: it.get_name(), "") or ""

    @property
    def description(self):
        return self._ask(lambda it: it.get_description(), "") or ""

    @property
    def text(self):
        Atspi, _ = import_atspi()
        # GTK 4.8 takes -1 for the beginning, and not for the end.
        return self._ask(lambda it: Atspi.Text.get_text(it, 0, Atspi.Text.get_character_count(it)),
                         "")

    @property
    def has_selected_text(self):
        Atspi, _ = import_atspi()
        return self._ask(lambda it: Atspi.Text.get_n_selections(it) > 0, False)

    @property
    def states(self):
        return {state.value_nick
                for state in self._ask(lambda it: it.get_state_set().get_states(), ())}

    @property
    def actions(self):
        return self._ask(lambda it: [it.get_action_name(index)
                                     for index in range(it.get_n_actions())], [])

    @property
    def checked(self):
        return "checked" in self.states

    @property
    def sensitive(self):
        return "sensitive" in self.states

    @property
    def extents(self):
        """Left, top, width and height in the window, or None for what has no place."""
        Atspi, _ = import_atspi()
        found = self._ask(lambda it: Atspi.Component.get_extents(it, Atspi.CoordType.WINDOW), None)
        return found and (found.x, found.y, found.width, found.height)

    @property
    def parent(self):
        parent = self._ask(lambda it: it.get_parent(), None)
        return parent and Node(parent)

    @property
    def children(self):
        """Those that are shown."""
        def children(it):
            return [it.get_child_at_index(index) for index in range(it.get_child_count())]
        nodes = [Node(child) for child in self._ask(children, ()) if child]
        return [node for node in nodes if node.may_be_shown]

    @property
    def may_be_shown(self):
        extents = self.extents
        return extents is None or (extents[2] > 0 and extents[3] > 0)

    def walk(self, depth=0):
        """It and all below it that is shown, each with its depth."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)

    def matches(self, role, name):
        if role is not None and self.role != role:
            return False
        if isinstance(name, re.Pattern):
            return bool(name.search(self.name))
        return name is None or self.name == name

    def all(self, role=None, name=None):
        return [node for _, node in self.walk() if node.matches(role, name)]

    def find(self, role=None, name=None):
        return next((node for _, node in self.walk() if node.matches(role, name)), None)

    @property
    def labels(self):
        """The texts in it, in their order."""
        return [node.text for node in self.all("label")]

    def tree(self):
        lines = []
        for depth, node in self.walk():
            actions = [action for action in node.actions if "." not in action]
            text = node.text if node.role in ("label", "text", "entry") else ""
            lines.append(" ".join(("  " * depth + node.role, repr(node.name),
                                   repr(text) if text != node.name else "", node.description,
                                   ", ".join(actions))).rstrip())
        return "\n".join(lines)

    def act(self, action=None):
        """Does what it is for: clicks a button, toggles a switch."""
        actions = self.actions
        if not actions:
            raise AssertionError(f"there is nothing that {self.role} “{self.name}” does")
        index = actions.index(action) if action else 0
        if not self._ask(lambda it: it.do_action(index), False):
            raise AssertionError(f"{self.role} “{self.name}” refuses to {action or actions[0]}")

    def write(self, text):
        """A new text for an entry."""
        Atspi, _ = import_atspi()
        if not Atspi.EditableText.set_text_contents(self.accessible, text):
            raise AssertionError(f"{self.role} “{self.name}” takes no text")

    def select(self, index):
        """A child of a list."""
        Atspi, _ = import_atspi()
        if not Atspi.Selection.select_child(self.accessible, index):
            raise AssertionError(f"{self.role} “{self.name}” selects no child {index}")
