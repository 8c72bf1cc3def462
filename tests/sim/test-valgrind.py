#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""sim-charon goes through the scenario under valgrind, and comes out clean."""

import importlib.util
import sys

import simtest
import taptest

VALGRIND = [sys.argv.pop(1), "--quiet", "--error-exitcode=99", "--leak-check=full",
            "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite"]


def load_steps():
    """The module is a program, with a name that no import statement can say."""
    spec = importlib.util.spec_from_file_location("test_scenario", simtest.HERE / "test-scenario.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Valgrind(simtest.unittest.TestCase):
    def test_scenario(self):
        process, uri = simtest.start(wrapper=VALGRIND)
        try:
            load_steps().Run(uri).run()
        finally:
            self.assertEqual(simtest.stop(process), 0)


if __name__ == "__main__":
    taptest.main()
