#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Arguments become the request that they stand for, or are refused."""

import json
import pathlib
import tempfile

import taptest
import tooltest


class Arguments(tooltest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def file(self, content, name="file"):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def sent(self, *args, **options):
        """The request that a daemon gets for arguments, with its order."""
        return self.call("--json", "test-echo", *args, **options).rstrip("\n")

    def refused(self, message, *args, **options):
        run = tooltest.gvici("--uri", "unix:///nonexistent", "test-echo", *args, **options)
        self.assertEqual((run.stdout, run.returncode), ("", 2))
        self.assertRegex(run.stderr, r"\Agvici: .+\n\Z")
        self.assertIn(message, run.stderr)


class Keys(Arguments):
    def test_no_argument_is_an_empty_request(self):
        self.assertEqual(self.sent(), "{}")

    def test_values(self):
        self.assertEqual(self.sent("a=b", "c=", "d=e=f", "g= h i ", "j=ü", "timeout=-1"),
                         '{"a":"b","c":"","d":"e=f","g":" h i ","j":"ü","timeout":"-1"}')

    def test_values_that_are_no_text(self):
        self.assertEqual(self.sent(b"a=\xff\xfe"), '{"a":"0xfffe"}')

    def test_lists(self):
        self.assertEqual(self.sent("a=[]", "b=[c]", "d=[e,f g,,]", r"h=[i\,j,\[k\],\\]"),
                         r'{"a":[],"b":["c"],"d":["e","f g","",""],"h":["i,j","[k]","\\"]}')

    def test_sections(self):
        self.assertEqual(self.sent("a.b=c", "a.d.e=[f]"), '{"a":{"b":"c","d":{"e":["f"]}}}')

    def test_a_section_in_several_pieces_stands_where_it_came_first(self):
        self.assertEqual(self.sent("home.children.net.mode=tunnel", "other=1", "home.version=2",
                                   "home.children.net.updown=x"),
                         '{"home":{"children":{"net":{"mode":"tunnel","updown":"x"}},"version":"2"},'
                         '"other":"1"}')

    def test_a_backslash_takes_the_meaning_in_names(self):
        self.assertEqual(self.sent(r"a\.b.c\=d=e", r"\@f=g", r"h\\=i"),
                         r'{"a.b":{"c=d":"e"},"@f":"g","h\\":"i"}')

    def test_a_backslash_takes_the_meaning_of_the_value(self):
        self.assertEqual(self.sent(r"a=\[b]", r"c=\@d", r"e=\\f", r"g=h\i", "j=\\"),
                         r'{"a":"[b]","c":"@d","e":"\\f","g":"h\\i","j":""}')

    def test_options_may_follow_and_end(self):
        self.assertEqual(self.call("test-echo", "--raw", "a=b"), "test-echo reply {a=b}\n")
        self.assertEqual(self.call("--raw", "--", "test-echo", "--a=b"), "test-echo reply {--a=b}\n")

    def test_the_first_level_that_is_too_deep_is_refused(self):
        self.assertEqual(self.sent("a." * 500 + "b=c"), '{"a":' * 500 + '{"b":"c"}' + "}" * 500)
        self.refused("deeper than 500", "a." * 501 + "b=c")
        self.refused("deeper than 500", "a." * 60000 + "b=c")

    def test_wrong_arguments(self):
        for message, *args in (
                ("“a” is no argument", "a"),
                ("“” is no argument", ""),
                ("“a.b” is no argument", "a.b"),
                (r"“a\=b” is no argument", r"a\=b"),
                ("A name in “=b” is empty", "=b"),
                ("A name in “.a=b” is empty", ".a=b"),
                ("A name in “a..b=c” is empty", "a..b=c"),
                ("A name in “a.=c” is empty", "a.=c"),
                ("The list in “a=[b” does not end", "a=[b"),
                ("The list in “a=[” does not end", "a=["),
                (r"The list in “a=[b\]” does not end", r"a=[b\]"),
                ("Something follows the “]” of the list in “a=[b]c”", "a=[b]c"),
                ("“a” is given twice", "a=b", "a=c"),
                ("“a” is given twice", "a=b", "a=[c]"),
                ("“s.a” is given twice", "s.a=b", "s.c=d", "s.a=b"),
                ("“s.t” is given both as a section and as a key", "s.t=b", "s.t.a=b"),
                ("“s.t” is given both as a section and as a key", "s.t.a=b", "s.t=b"),
                ("“s” is given both as a section and as a key", "s.t.a=b", "s=[]"),
                ("not printable ASCII", "ü=a"),
                ("longer than 255 bytes", "a" * 256 + "=b"),
                ("longer than 65535 bytes", "a=" + "b" * 65536),
                ("longer than 524287 bytes", *(f"{i}={'b' * 60000}" for i in range(9)))):
            with self.subTest(message=message):
                self.refused(message, *args)


class Files(Arguments):
    def test_the_bytes_of_a_file_are_the_value(self):
        path = self.file(b"\0\1\xff\n")
        self.assertEqual(self.sent(f"a.b=@{path}"), '{"a":{"b":"0x0001ff0a"}}')

    def test_standard_input_is_a_file(self):
        self.assertEqual(self.sent("a=@-", "b=c", stdin=None, input="text\n"),
                         r'{"a":"text\n","b":"c"}')

    def test_standard_input_is_read_once(self):
        self.refused("Standard input can be read only once", "a=@-", "b=@-")

    def test_files_that_cannot_be_read(self):
        for message, *args in (
                ("Cannot open “/nonexistent/x”: No such file", "a=@/nonexistent/x"),
                ("Cannot open “/nonexistent/x”: No such file", "@/nonexistent/x"),
                ("Cannot open “”: No such file", "a=@"),
                (f"Cannot read “{self.folder}”: Is a directory", f"a=@{self.folder}"),
                ("longer than 65535 bytes", f"a=@{self.file(bytes(65536))}"),
                ("“/dev/zero” is larger than 8 MiB", "a=@/dev/zero"),
                ("“/dev/zero” is larger than 8 MiB", "@/dev/zero")):
            with self.subTest(args=args):
                self.refused(message, *args)


class Json(Arguments):
    def test_a_file_is_a_request(self):
        request = ('{"a":"b","c":{"d":["e","1","yes"],"f.g":{}},"h":"0","i":"-17",'
                   '"j":"no","k":[],"l":"ü€\\n"}')
        text = ('{ "a": "b",\n "c": {"d": ["e", 1, true], "f.g": {}}, "h": 0, "i": -17,\t'
                '"j": false, "k": [ ], "l": "ü\\u20ac\\n"}\n')
        self.assertEqual(self.sent(f"@{self.file(text)}"), request)
        self.assertEqual(self.sent("@-", stdin=None, input=text), request)

    def test_an_empty_object_is_an_empty_request(self):
        self.assertEqual(self.sent(f"@{self.file('{}')}"), "{}")

    def test_files_and_arguments_make_one_request(self):
        first = self.file('{"a": {"b": "c"}, "d": 1}', "first")
        second = self.file('{"e": 2, "a": {"f": ["g"]}}', "second")
        self.assertEqual(self.sent(f"@{first}", "a.h.i=j", f"@{second}", "k=l"),
                         '{"a":{"b":"c","h":{"i":"j"},"f":["g"]},"d":"1","e":"2","k":"l"}')

    def test_whatever_json_writes_is_read_again(self):
        request = {"a": "\"\\/\b\f\n\r\t\x7f ü€😀", "b": [str(10 ** 30)], "c": {"d": {}}, "e": 10 ** 17}
        for ascii_only in True, False:
            path = self.file(json.dumps(request, ensure_ascii=ascii_only, indent=2))
            self.assertEqual(json.loads(self.sent(f"@{path}")), request | {"e": str(10 ** 17)})

    def test_the_first_level_that_is_too_deep_is_refused(self):
        deep = '{"a":' * 499 + "{}" + "}" * 499
        self.assertEqual(self.sent(f"@{self.file(deep)}"), deep)
        deeper = '{"a":' + deep + "}"
        self.refused("nested too deep", f"@{self.file(deeper)}")
        self.refused("nested too deep", f"@{self.file('[' * 1000000)}")

    def test_wrong_files(self):
        for message, text in (
                ("holds no JSON object", ""),
                ("holds no JSON object", "[]"),
                ("holds no JSON object", '"a"'),
                ("holds no JSON object", "1"),
                ("is not JSON", "{"),
                ("is not JSON", '{"a"}'),
                ("is not JSON", '{"a":1,}'),
                ("is not JSON", '{"a":1]'),
                ("is not JSON", '{"a":nul}'),
                ("is not JSON", "{a:1}"),
                ("it is not even a text", b'{"a":"\xff"}'),
                ("it is not even a text", b'{"a":"\0"}'),
                ("line 2: a text does not end on its line", '{\n"a":"b\n"}'),
                ("line 1: a text does not end on its line", '{"a":"b'),
                ("line 1: a text holds a NUL byte", r'{"a":"\u0000b"}'),
                ("line 1: an unknown character follows a backslash", r'{"a":"\q"}'),
                ("line 1: an unknown character follows a backslash", '{"a":"b\\'),
                ("line 3: a number is too large", '{\n\n"a":9223372036854775808}'),
                ("a number begins with 0", '{"a":010}'),
                ("a number is not whole", '{"a":1.5}'),
                ("a number is not whole", '{"a":1e3}'),
                ("an unexpected character", '{"a":0x10}'),
                ("an unexpected character", "{'a':1}"),
                ("an unexpected character", 'var a = {"a":1};'),
                ("an unexpected character", '{"a":1 /* b */}'),
                ("something follows the object", '{"a":1} // b'),
                ("something follows the object", '{"a":1} {"b":1}'),
                ("“a” is null", '{"a":null}'),
                ("“a” is null", '{"a":[null]}'),
                ("The list “a” holds another list or an object", '{"a":[["b"]]}'),
                ("The list “a” holds another list or an object", '{"a":[{"b":"c"}]}'),
                ("“a” is given twice", '{"a":1,"a":1}'),
                ("“b” is given twice", '{"a":{"b":1,"b":{}}}'),
                ("“c” is given twice", '{"c":1}'),
                ("not printable ASCII", '{"ü":1}'),
                ("A name is empty", '{"":1}')):
            with self.subTest(text=text):
                self.refused(message, "c=1", f"@{self.file(text)}")


if __name__ == "__main__":
    taptest.main()
