#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""bash completes what is typed after gvici."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import taptest

FRAMEWORK = "/usr/share/bash-completion/bash_completion"
COMPLETION = pathlib.Path(os.environ["SRCDIR"]) / "vici-glib/tool/gvici.bash"

# Splits the line as readline does with these word breaks.
SCRIPT = r"""
source "$FRAMEWORK"
source "$COMPLETION"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
COMP_LINE=$LINE
COMP_POINT=${#LINE}
COMP_TYPE=9
_gvici gvici "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


def completed(line, **options):
    """What bash proposes for the word at the end of a line."""
    words = re.findall(r"[=:]+|[^=:\s]+", line)
    if line.endswith(" "):
        words.append("")
    run = subprocess.run(
        ["bash", "-c", SCRIPT, "bash", *words], check=True, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"FRAMEWORK": FRAMEWORK, "COMPLETION": str(COMPLETION), "LINE": line},
        **options)
    return run.stdout.strip("\n").splitlines()


@unittest.skipUnless(shutil.which("bash") and os.path.exists(FRAMEWORK), "bash-completion is not installed")
class Completion(unittest.TestCase):
    def test_commands(self):
        self.assertEqual(completed("gvici list-"), ["list-authorities", "list-certs", "list-conns",
                                                    "list-policies", "list-sas"])
        self.assertEqual(completed("gvici li"), ["listen", *completed("gvici list-")])
        self.assertEqual(len(completed("gvici ")), 39)

    def test_events(self):
        self.assertEqual(completed("gvici listen ike-"), ["ike-rekey", "ike-update", "ike-updown"])
        self.assertEqual(completed("gvici listen log ike-upda"), ["ike-update"])
        self.assertEqual(len(completed("gvici listen ")), 13)

    def test_options(self):
        self.assertEqual(completed("gvici --js"), ["--json"])
        self.assertEqual(completed("gvici version --r"), ["--raw"])
        self.assertEqual(completed("gvici discover --w"), ["--watch"])

    def test_proxy(self):
        self.assertEqual(completed("gvici proxy --allow"), ["--allow", "--allow-event"])
        self.assertEqual(completed("gvici proxy --read-only --m"),
                         ["--max-log-level", "--max-peers", "--max-peers-per-user", "--mode"])
        self.assertEqual(completed("gvici proxy --ad"), ["--advertise"])
        self.assertEqual(completed("gvici proxy --st"), ["--stall-timeout"])
        self.assertEqual(completed("gvici proxy --max-log-level "), ["1", "2", "3", "4"])
        self.assertEqual(completed("gvici proxy --allow vers"), ["version"])
        self.assertEqual(completed("gvici proxy --allow=vers"), ["version"])
        self.assertEqual(completed("gvici proxy --allow version --allow-event ike-upda"), ["ike-update"])
        self.assertEqual(completed("gvici proxy --peer fin"), ["fingerprint=sha256:"])
        self.assertEqual(completed("gvici proxy --to "), [])
        self.assertEqual(completed("gvici proxy "), [])

    def test_commands_after_options(self):
        for options in ("--json", "--uri unix:///run/charon.vici", "--uri=unix:///run/charon.vici",
                        "--timeout 100 --raw", "--timeout=100"):
            with self.subTest(options=options):
                self.assertEqual(completed(f"gvici {options} vers"), ["version"])
                self.assertEqual(completed(f"gvici {options} listen lo"), ["log"])

    def test_nothing_where_nothing_is_known(self):
        for line in "gvici --timeout ", "gvici --uri ", "gvici version ", "gvici initiate chi":
            with self.subTest(line=line):
                self.assertEqual(completed(line), [])

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            pathlib.Path(folder, "home.json").touch()
            pathlib.Path(folder, "keys").mkdir()
            pathlib.Path(folder, "keys", "a key").touch()
            for argument, files in (("@", ["@home.json", "@keys/"]),
                                    ("@ho", ["@home.json"]),
                                    ("data=@k", ["@keys/"]),
                                    ("data=@keys/", [r"@keys/a\ key"])):
                with self.subTest(argument=argument):
                    self.assertEqual(sorted(completed(f"gvici load-conn {argument}", cwd=folder)), files)


if __name__ == "__main__":
    taptest.main()
