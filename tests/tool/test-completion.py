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
_gvici "$GVICI" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
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
        self.assertEqual(completed("gvici --"), ["--help", "--json", "--pretty", "--raw", "--timeout",
                                                 "--unchecked", "--uri", "--version"])
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
        for line in ("gvici --timeout ", "gvici --uri ", "gvici version ", "gvici nonsense ",
                     "gvici initiate child=", "gvici initiate child.", "gvici load-conn ",
                     "gvici load-conn home.children.", "gvici load-conn home.nonsense.",
                     "gvici load-conn home.rekey_time=", "gvici load-conn home.local_addrs=["):
            with self.subTest(line=line):
                self.assertEqual(completed(line), [])

    def test_keys(self):
        self.assertEqual(completed("gvici initiate "),
                         ["ike=", "child=", "timeout=", "init-limits=", "loglevel="])
        self.assertEqual(completed("gvici initiate chi"), ["child="])
        self.assertEqual(completed("gvici --raw initiate child=net chi"), [])
        self.assertEqual(completed("gvici initiate child=net t"), ["timeout="])
        self.assertEqual(completed("gvici load-shared o"), ["owners=["])

    def test_keys_of_sections(self):
        self.assertEqual(completed("gvici load-conn home.loc"),
                         ["home.local_addrs=[", "home.local_port=", "home.local."])
        self.assertEqual(completed("gvici load-conn home.local-2.ro"), ["home.local-2.round="])
        self.assertEqual(completed("gvici load-conn home.children.net.life_t"),
                         ["home.children.net.life_time="])
        self.assertEqual(completed("gvici load-pool pool.spl"),
                         ["pool.split_include=[", "pool.split_exclude=["])
        self.assertEqual(completed("gvici load-conn home.version=2 home.ver"), [])
        self.assertEqual(completed("gvici load-conn home.version=2 office.ver"), ["office.version="])

    def test_names_that_were_used_before(self):
        self.assertEqual(completed("gvici load-conn home.version=2 home.unique=no gw.version=1 "),
                         ["home.", "gw."])
        self.assertEqual(completed("gvici load-conn home.children.net.mode=beet home.children."),
                         ["home.children.net."])

    def test_values(self):
        self.assertEqual(completed("gvici load-conn home.send_cert="), ["ifasked", "always", "never"])
        self.assertEqual(completed("gvici load-conn home.children.net.mode=tr"),
                         ["transport", "transport_proxy"])
        self.assertEqual(completed("gvici load-conn home.encap="), ["yes", "no"])
        self.assertEqual(completed("gvici load-key type=e"), ["ecdsa", "ed25519", "ed448"])

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
