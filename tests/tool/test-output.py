#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Messages are printed as they are, in each of the three forms."""

import fakedaemon
import taptest
import tooltest

REPLY = {"key": "a value", "list": ["a", "b"], "empty": [], "section": {"inner": {"key": ""}}}

TWICE = (b"\3\1a\0\1b" b"\3\1a\0\1c"
         b"\4\1l\5\0\1x\6" b"\4\1l\5\0\1y\5\0\1z\6"
         b"\1\1s\3\1a\0\1d\2" b"\1\1s\3\1e\0\1f\1\1t\2\2"
         b"\3\1g\0\1h")


class Output(tooltest.TestCase):
    COMMANDS = {
        "reply": lambda request, peer: [fakedaemon.reply(REPLY)],
        "empty": lambda request, peer: [fakedaemon.reply({})],
        "bytes": lambda request, peer: [fakedaemon.reply({
            "binary": b"\xff\0", "nul": "a\0b", "lines": "a\nb", "list": ["text", b"\x80"]})],
        "twice": lambda request, peer: [tooltest.raw_reply(TWICE)],
        "deepest": lambda request, peer: [tooltest.raw_reply(tooltest.nested(500))],
        "deeper": lambda request, peer: [tooltest.raw_reply(tooltest.nested(501))],
        "abyss": lambda request, peer: [tooltest.raw_reply(tooltest.nested(120000))],
        "list-certs": lambda request, peer: [
            fakedaemon.Event("list-cert", {"type": "X509", "data": b"\x30\x82"}),
            fakedaemon.reply({})],
    }

    def test_pretty_is_the_default(self):
        pretty = ("reply reply {\n  key = a value\n  list = [\n    a\n    b\n  ]\n  empty = [\n  ]\n"
                  "  section {\n    inner {\n      key = \n    }\n  }\n}\n")
        self.assertEqual(self.call("reply"), pretty)
        self.assertEqual(self.call("--pretty", "reply"), pretty)

    def test_raw(self):
        self.assertEqual(self.call("--raw", "reply"),
                         "reply reply {key=a value list=[a b] empty=[] section {inner {key=}}}\n")

    def test_json(self):
        self.assertEqual(self.call("--json", "reply"),
                         '{"key":"a value","list":["a","b"],"empty":[],"section":{"inner":{"key":""}}}\n')

    def test_an_empty_reply(self):
        self.assertEqual(self.call("empty"), "empty reply {\n}\n")
        self.assertEqual(self.call("--raw", "empty"), "empty reply {}\n")
        self.assertEqual(self.call("--json", "empty"), "{}\n")

    def test_a_list_ends_with_its_empty_reply_but_in_json(self):
        self.assertEqual(self.call("--raw", "list-sas", "count=2"),
                         "list-sa event {gateway {version=2 state=ESTABLISHED remote-vips=[10.0.0.1]}}\n" * 2
                         + "list-sas reply {}\n")
        self.assertEqual(self.call_json("list-sas", "count=2"), [fakedaemon.SA] * 2)
        self.assertEqual(self.call("--json", "list-sas", "count=0"), "")
        self.assertEqual(self.call("--raw", "list-certs"),
                         "list-cert event {type=X509 data=0x3082}\nlist-certs reply {}\n")

    def test_a_log_ends_with_its_reply(self):
        self.assertEqual(self.call("--raw", "initiate", "child=net"),
                         "log {group=IKE level=1 ikesa-name=gateway msg=initiating}\n"
                         "initiate reply {success=yes}\n")
        self.assertEqual(self.call("terminate", "child=net"),
                         "log {\n  group = IKE\n  level = 1\n  ikesa-name = gateway\n  msg = initiating\n}\n"
                         "terminate reply {\n  success = yes\n}\n")
        self.assertEqual([list(message) for message in self.call_json("initiate", "child=net")],
                         [["group", "level", "ikesa-name", "msg"], ["success"]])

    def test_bytes(self):
        self.assertEqual(self.call("--raw", "bytes"),
                         "bytes reply {binary=0xff00 nul=0x610062 lines=0x610a62 list=[text 0x80]}\n")
        self.assertEqual(self.call("--json", "bytes"),
                         r'{"binary":"0xff00","nul":"0x610062","lines":"a\nb","list":["text","0x80"]}' "\n")

    def test_the_first_of_two_names_is_in_json(self):
        self.assertEqual(self.call("--json", "twice"),
                         '{"a":"b","l":["x"],"s":{"a":"d"},"g":"h"}\n')
        self.assertEqual(self.call("--raw", "twice"),
                         "twice reply {a=b a=c l=[x] l=[y z] s {a=d} s {e=f t {}} g=h}\n")

    def test_what_is_too_deep_for_json(self):
        self.assertEqual(self.call("--json", "deepest"), '{"a":' * 500 + "{}" + "}" * 500 + "\n")
        error = "gvici: What the daemon sent is nested deeper than 500 levels; try --raw\n"
        self.call("--json", "deeper", status=3, stderr=error)
        self.call("--json", "abyss", status=3, stderr=error)
        self.assertEqual(self.call("--raw", "abyss"), "abyss reply {" + "a {" * 120000
                         + "}" * 120001 + "\n")

    def test_an_output_that_takes_nothing(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            run = tooltest.gvici("--uri", self.uri, "version", stdout=full)
        self.assertEqual((run.returncode, run.stderr),
                         (2, "gvici: Cannot write the output: No space left on device\n"))


if __name__ == "__main__":
    taptest.main()
