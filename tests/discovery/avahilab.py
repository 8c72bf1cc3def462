# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real Avahi on a private bus, in a network namespace of its own.

`enter()` moves the test program there: it is run again, with interfaces that lead
nowhere but to each other, and a /run of its own. `Bus` and `Avahi` are the daemons.
Every process is killed by the kernel when the program dies, and the namespaces end
with their last process."""

import os
import pathlib
import select
import shutil
import subprocess
import sys
import tempfile

# Long enough for a machine that does much else.
PATIENCE = 60

INSIDE = "VICI_TEST_AVAHI_LAB"
ADDRESS = "192.0.2.1"
TOOLS = ("avahi-daemon", "dbus-daemon", "ip", "mount", "setpriv", "unshare")

# The loopback interface is one that Avahi uses; the other needs a peer to be up.
SET_UP = f"""
mount -t tmpfs tmpfs /run
ip link set lo up
ip link add veth0 type veth peer name veth1
ip address add {ADDRESS}/24 dev veth0
ip link set veth0 up
ip link set veth1 up
"""

BUS_CONFIGURATION = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

AVAHI_CONFIGURATION = """\
[server]
host-name=vici-test
use-ipv4=yes
use-ipv6=yes
deny-interfaces=veth1
[wide-area]
enable-wide-area=no
[publish]
publish-hinfo=no
publish-workstation=no
"""


def obstacle():
    """Why no Avahi can run here; None if it can."""
    if os.geteuid() != 0:
        return "real daemons need root"
    for tool in TOOLS:
        if not shutil.which(tool):
            return f'the command "{tool}" is not installed'
    tried = subprocess.run(["unshare", "--net", "--mount", "sh", "-ec", SET_UP], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return f"no such namespace can be made here: {tried.stdout.strip()}" if tried.returncode else None


def enter():
    """Goes on inside, or ends the program: as skipped."""
    if INSIDE in os.environ:
        return
    reason = obstacle()
    if reason:
        print(f"1..0 # SKIP {reason}")
        sys.exit(0)
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "--net", "--mount", "sh", "-ec", SET_UP + 'exec "$@"', "sh",
                          sys.executable, *sys.argv])


def wait_for_words(process, wanted):
    """Reads what a process says until it has said that."""
    said = b""
    while wanted not in said:
        chunk = b""
        if select.select([process.stdout], [], [], PATIENCE)[0]:
            chunk = os.read(process.stdout.fileno(), 4096)
        if not chunk:
            raise RuntimeError(f"{wanted} did not come:\n{said.decode(errors='replace')}")
        said += chunk


class Daemon:
    def __init__(self, argv, started):
        # A sanitizer is for the library, and not for them.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("LD_")}
        self._process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", "--", *argv], env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        wait_for_words(self._process, started)

    def kill(self):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()


class Bus(Daemon):
    """Sets the address for this process and its children."""

    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="vici-bus-", dir="/tmp")
        folder = pathlib.Path(self._folder.name)
        address = folder / "bus"
        configuration = folder / "bus.conf"
        configuration.write_text(BUS_CONFIGURATION.format(path=address), encoding="utf-8")
        super().__init__(["dbus-daemon", f"--config-file={configuration}", "--nofork",
                          "--print-address"], b"unix:")
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={address}"

    def kill(self):
        super().kill()
        self._folder.cleanup()


class Avahi(Daemon):
    def __init__(self):
        configuration = pathlib.Path("/run/avahi.conf")
        configuration.write_text(AVAHI_CONFIGURATION, encoding="utf-8")
        super().__init__(["avahi-daemon", f"--file={configuration}", "--no-drop-root",
                          "--no-chroot", "--no-rlimits", "--debug"], b"Server startup complete")
