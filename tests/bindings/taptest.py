# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the unittest cases of a module and tells of them in TAP."""

import sys
import unittest


class _Result(unittest.TestResult):
    count = 0

    def _tell(self, outcome, test, comment=""):
        self.count += 1
        name = test.id().removeprefix("__main__.")
        print(f"{outcome} {self.count} - {name}{comment}", flush=True)

    def _tell_failed(self, test, text):
        self._tell("not ok", test)
        print("\n".join(f"# {line}" for line in text.splitlines()), flush=True)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._tell("ok", test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._tell_failed(*self.failures[-1])

    def addError(self, test, err):
        super().addError(test, err)
        self._tell_failed(*self.errors[-1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err:
            self._tell_failed(*(self.failures + self.errors)[-1])

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._tell("ok", test, f" # SKIP {reason}")


def main():
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    print(f"1..{suite.countTestCases()}")
    result = _Result()
    suite.run(result)
    sys.exit(0 if result.wasSuccessful() else 1)
