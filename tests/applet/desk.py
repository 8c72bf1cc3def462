# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desk of one's own, for programs with windows, and hands and eyes to use them.

A `Desk` is an X server, a session bus and an accessibility bus that nobody else
uses, with a home directory that is thrown away. A `Program` on it is seen and
used as a screen reader does it, through the tree of its accessible objects,
whose nodes are `Node`s:

    with Desk() as desk, desk.run(["gtk4-demo"]) as program:
        program.wait_for("push button", "Run").act()
        desk.screenshot("run.png")

What was learnt of GTK 4.8's side of it: it needs no setting, and no window
manager. Nothing tells that a widget is not shown, but its size: what has none,
or is in something that has none, is not (and what has `visible` unset is not in
the tree at all). Buttons and switches have an action; rows of lists have none
and are clicked. Entries take a new text. A grab of the focus is refused.
"""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time

import lab

# Nothing waits as long for something that has happened.
PATIENCE = 30

# How often the tree is looked at, in seconds.
PERIOD = 0.05

# How long one question to a program may take, in milliseconds.
ANSWER = 30_000

TOOLS = "Xvfb", "dbus-daemon", "import", "xdotool"
ACCESSIBILITY_BUS = "/usr/share/defaults/at-spi2/accessibility.conf"

# Between the edge of an X window and where GTK begins to count: without a
# compositor, it draws a border of that many pixels.
BORDER = 5

SESSION_BUS = """\
<busconfig>
  <type>session</type>
  <listen>unix:dir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

SETTINGS = """\
[Settings]
gtk-font-name = Cantarell 11
gtk-icon-theme-name = Adwaita
gtk-enable-animations = false
"""


class Late(AssertionError):
    """Something did not happen in time; the text says what."""


def require():
    """Raises lab.Unavailable, with the reason, where there can be no desk."""
    for tool in TOOLS:
        if not shutil.which(tool):
            raise lab.Unavailable(f'the command "{tool}" is not installed')
    if not os.path.exists(ACCESSIBILITY_BUS):
        raise lab.Unavailable("at-spi2-core is not installed")
    try:
        import_atspi()
    except (ImportError, ValueError) as reason:
        raise lab.Unavailable(str(reason)) from None


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


# --------------------------------------------------------------------- desk

class Desk:
    """There is one in a process: the accessibility library knows one bus."""

    SIZE = 1280, 960

    def __init__(self, **environment):
        """With more of the environment of what runs on it."""
        self._stack = contextlib.ExitStack()
        with contextlib.ExitStack() as stack:
            directory = lab.Directory()
            stack.callback(directory.remove)
            self.path = directory.path
            self.environment = self._make_environment() | environment
            self._start_display(stack)
            self._start_buses(stack)
            self._stack = stack.pop_all()

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._stack.close()

    def _make_environment(self):
        return {
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
            # By it, what may be left behind is known to the next laboratory.
            "VICI_LAB": str(self.path),
            "XDG_RUNTIME_DIR": str(self.path),
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GSETTINGS_BACKEND": "memory",
            "ADW_DISABLE_PORTAL": "1",
        } | self._make_home()

    def _make_home(self):
        """A home that is new."""
        home = pathlib.Path(tempfile.mkdtemp(prefix="home-", dir=self.path))
        settings = home / "config" / "gtk-4.0" / "settings.ini"
        settings.parent.mkdir(parents=True)
        settings.write_text(SETTINGS)
        return {"HOME": str(home)} | {f"XDG_{kind.upper()}_HOME": str(home / kind)
                                      for kind in ("cache", "config", "data", "state")}

    def _spawn(self, stack, argv, **options):
        """Starts what ends with the desk."""
        process = lab.spawn(argv, stdin=subprocess.DEVNULL, **options)
        stack.callback(process.wait)
        stack.callback(process.kill)
        return process

    def _start_display(self, stack):
        reading, writing = os.pipe()
        with open(self.path / "display.log", "wb") as log:
            self._spawn(stack, ["Xvfb", "-displayfd", str(writing), "-nolisten", "tcp", "-noreset",
                                "-screen", "0", "{}x{}x24".format(*self.SIZE)],
                        env=self.environment, pass_fds=[writing], stdout=log, stderr=log)
        os.close(writing)
        with open(reading, encoding="ascii") as number:
            self.environment["DISPLAY"] = f":{number.readline().strip()}"
        if self.environment["DISPLAY"] == ":":
            raise lab.Unavailable("no X server starts here: "
                                  + (self.path / "display.log").read_text().strip())

    def _start_buses(self, stack):
        """A session bus with nobody on it, and one of accessibility.

        The keeper of the latter, at-spi-bus-launcher, is left out: it would have
        a bus that does not end with it.
        """
        config = self.path / "bus.conf"
        config.write_text(SESSION_BUS)
        buses = {"DBUS_SESSION_BUS_ADDRESS": config, "AT_SPI_BUS_ADDRESS": ACCESSIBILITY_BUS}
        # Who is started by a bus finds it, too.
        self.environment |= {name: f"unix:path={self.path}/{name.lower()}" for name in buses}
        for name, path in buses.items():
            with open(self.path / "bus.log", "ab") as log:
                daemon = self._spawn(stack, ["dbus-daemon", f"--config-file={path}", "--nofork",
                                             "--nopidfile", "--print-address=1",
                                             f"--address={self.environment[name]}"],
                                     env=self.environment, stdout=subprocess.PIPE, stderr=log)
            with daemon.stdout:
                # That it tells its address says that it listens.
                if not daemon.stdout.readline():
                    raise lab.Failure(f"no bus starts:\n{(self.path / 'bus.log').read_text()}")
        os.environ["AT_SPI_BUS_ADDRESS"] = self.environment["AT_SPI_BUS_ADDRESS"]
        Atspi, _ = import_atspi()
        Atspi.set_timeout(ANSWER, ANSWER)

    def run(self, argv, **environment):
        """Starts a program with a window. It knows nothing of those before it."""
        return Program(self, argv, self.environment | self._make_home() | environment)

    def _tool(self, *argv):
        lab.run("env", *(f"{name}={value}" for name, value in self.environment.items()), *argv)

    def screenshot(self, path):
        """All that is on the screen, without the black around it."""
        self._tool("import", "-window", "root", "-trim", "+repage", str(path))

    def key(self, *names):
        """Presses keys, as xdotool names them: "Tab", "ctrl+f"."""
        self._tool("xdotool", "key", *names)

    def click(self, node):
        left, top, width, height = node.extents
        self._tool("xdotool", "mousemove", str(left + BORDER + width // 2),
                   str(top + BORDER + height // 2), "click", "1")

    def windows(self, title):
        """The X windows of a title that are on the screen."""
        found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title],
                               env=self.environment, stdout=subprocess.PIPE, text=True,
                               check=False)
        return found.stdout.split()

    def focus(self, title):
        """Keys go there from now on; without a window manager, nobody else sees to it."""
        for window in wait_for(lambda: self.windows(title), f"the window “{title}”"):
            self._tool("xdotool", "windowfocus", "--sync", window)

    def resize(self, title, width, height):
        for window in self.windows(title):
            self._tool("xdotool", "windowsize", "--sync", window, str(width), str(height))

    def hide(self, title):
        """Without a window manager, that is to be minimised."""
        for window in self.windows(title):
            self._tool("xdotool", "windowunmap", "--sync", window)


# ------------------------------------------------------------------ program

class Program:
    """A program on the desk, which ends with it."""

    def __init__(self, desk, argv, environment):
        self.desk = desk
        self.name = pathlib.Path(argv[0]).name
        self.log = desk.path / f"{self.name}.log"
        self.log.unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = lab.spawn(argv, env=environment,
                                     stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self._root = None

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.kill()
        self.process.wait()

    @property
    def pid(self):
        return self.process.pid

    @property
    def said(self):
        return self.log.read_text(errors="replace")

    def end(self, patience=PATIENCE):
        """Asks it to end; returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(patience)

    @property
    def root(self):
        """The application itself, or None as long as it is not there."""
        if self.process.poll() is not None:
            raise Late(f"{self.name} has ended with {self.process.returncode}:\n{self.said}")
        if self._root is None:
            self._root = find_application(self.pid)
        return self._root

    def all(self, role=None, name=None):
        return self.root.all(role, name) if self.root else []

    def find(self, role=None, name=None):
        return next(iter(self.all(role, name)), None)

    def wait_for(self, role=None, name=None):
        """A node that is shown. A name is a text or a compiled pattern."""
        return wait_for(lambda: self.find(role, name),
                        lambda: f"{role or 'anything'} “{described(name)}” in\n{self.tree()}")

    def wait_until_gone(self, role=None, name=None):
        wait_for(lambda: not self.find(role, name),
                 lambda: f"the end of {role or 'anything'} “{described(name)}” in\n{self.tree()}")

    def tree(self):
        """What is shown, as text."""
        return self.root.tree() if self.root else "(nothing)"


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


# --------------------------------------------------------------------- node

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
