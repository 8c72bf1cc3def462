#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where plug-ins are looked for: the environment and the user's directory count
only for a process that is not privileged."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import taptest

NOBODY = 65534
PROGRAM, PLUGIN = (pathlib.Path(path).absolute() for path in sys.argv[1:3])
ROOT = os.geteuid() == 0
# Somebody else, but for one capability that no trace is left of.
SETPRIV = ["/usr/bin/setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
           "--inh-caps=+chown", "--ambient-caps=+chown"]


def find(*directories, privileged=False, program=PROGRAM, cwd="/", **environment):
    """What find-transport says of loop:x."""
    run = subprocess.run(
        [*(program if isinstance(program, list) else [program]), "loop:x", *directories], cwd=cwd, capture_output=True, text=True, check=False,
        env={"LC_ALL": "C.UTF-8", "HOME": "/nowhere",
             **{key: str(value) for key, value in environment.items()}},
        **({"user": NOBODY, "group": NOBODY, "extra_groups": []} if ROOT and not privileged else {}))
    if run.returncode not in (0, 1):
        raise RuntimeError(run.stderr)
    return run.stdout.strip()


def everybody_may_read(*paths):
    return all(parent.stat().st_mode & 0o5 == 0o5
               for path in paths for parent in path.resolve().parents)


@unittest.skipIf(ROOT and not everybody_may_read(PROGRAM, PLUGIN),
                 "others may not read the directory of this build")
class TestPrivileges(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.root = pathlib.Path(self.temporary.name)
        self.root.chmod(0o755)
        self.right = self.directory("right")
        shutil.copy(PLUGIN, self.right)
        self.wrong = self.directory("wrong")
        (self.wrong / PLUGIN.name).write_text("This is no library.\n", encoding="ascii")

    def directory(self, name):
        path = self.root / name
        path.mkdir(parents=True)
        return path

    def assert_broken(self, said):
        self.assertIn(str(self.wrong / PLUGIN.name), said)

    def assert_missing(self, said):
        self.assertIn("no plug-in libvici-transport-loop.so was found", said)
        self.assertNotIn(str(self.root), said)

    def test_environment_counts(self):
        self.assertEqual(find(VICI_TRANSPORT_PATH=self.right), "Loop")

    def test_environment_in_order(self):
        empty = self.directory("empty")
        self.assertEqual(find(VICI_TRANSPORT_PATH=f"{empty}:{self.right}:{self.wrong}"), "Loop")
        self.assert_broken(find(VICI_TRANSPORT_PATH=f"{self.wrong}:{self.right}"))

    def test_program_before_environment(self):
        self.assertEqual(find(self.right, VICI_TRANSPORT_PATH=self.wrong), "Loop")

    def test_home_counts(self):
        home = self.directory("home/.local/share/vici-glib-1.0")
        self.right.rename(home / "transports")
        self.assertEqual(find(HOME=self.root / "home"), "Loop")
        self.assertEqual(find(XDG_DATA_HOME=home.parent), "Loop")

    def test_environment_before_home(self):
        home = self.directory("home/vici-glib-1.0")
        self.right.rename(home / "transports")
        self.assert_broken(find(XDG_DATA_HOME=home.parent, VICI_TRANSPORT_PATH=self.wrong))

    def test_relative_directories_do_not_count(self):
        self.assert_missing(find(cwd=self.right, VICI_TRANSPORT_PATH=":.::./"))

    @unittest.skipUnless(ROOT, "only root is privileged")
    def test_root_does_not_heed_them(self):
        self.assert_missing(find(privileged=True, VICI_TRANSPORT_PATH=self.right))
        home = self.directory("home/vici-glib-1.0")
        self.right.rename(home / "transports")
        self.assert_missing(find(privileged=True, XDG_DATA_HOME=home.parent))

    @unittest.skipUnless(ROOT, "only root can give capabilities away")
    def test_ambient_capabilities_do_not_heed_them(self):
        said = find(privileged=True, program=SETPRIV + [PROGRAM], VICI_TRANSPORT_PATH=self.right)
        self.assert_missing(said)
        self.assertEqual(find(self.right, privileged=True, program=SETPRIV + [PROGRAM]), "Loop")

    @unittest.skipUnless(ROOT, "only root can give a program to somebody else")
    def test_set_user_id_does_not_heed_them(self):
        program = self.root / "program"
        shutil.copy(PROGRAM, program)
        os.chown(program, NOBODY - 1, NOBODY)
        program.chmod(0o4755)
        if os.statvfs(program).f_flag & os.ST_NOSUID:
            self.skipTest("the temporary directory is mounted with nosuid")
        self.assert_missing(find(program=program, VICI_TRANSPORT_PATH=self.right))
        self.assertEqual(find(self.right, program=program), "Loop")


taptest.main()
