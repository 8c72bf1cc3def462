# SPDX-License-Identifier: LGPL-2.1-or-later
"""A desk of one's own, for programs with windows, and hands and eyes to use them.

A `Desk` is an X server, a session bus and an accessibility bus that nobody else
uses, with a home directory that is thrown away. A `Program` on it is seen and
used as a screen reader does it, through the tree of its accessible objects,
whose nodes are `accessible.Node`s:

    with Desk() as desk, desk.run(["gtk4-demo"]) as program:
        program.wait_for("push button", "Run").act()
        desk.screenshot("run.png")
"""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import lab
from accessible import PATIENCE, Late, described, find_application, import_atspi, wait_for

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
        return self.root.find(role, name) if self.root else None

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
