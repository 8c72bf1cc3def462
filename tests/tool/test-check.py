#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What no daemon would take is refused before it is sent, and nothing else."""

import json

import fakedaemon
import taptest
import tooltest

NO_DAEMON = ("--uri", "unix:///nonexistent")


class Check(tooltest.TestCase):
    def accepted(self, *args, **options):
        """It comes as far as looking for a daemon."""
        run = tooltest.gvici(*NO_DAEMON, *args, **options)
        self.assertEqual(run.returncode, 3, run.stderr)

    def refused(self, message, command, *args, **options):
        run = tooltest.gvici(*NO_DAEMON, command, *args, **options)
        self.assertEqual((run.stdout, run.returncode), ("", 2), run.stderr)
        self.assertEqual(run.stderr,
                         f"gvici: {command}: {message} (--unchecked sends it all the same)\n")
        self.accepted("--unchecked", command, *args, **options)


class Keys(Check):
    def test_a_key_that_the_command_does_not_have(self):
        for message, *args in (
                ("there is no key “conn”", "terminate", "conn=home"),
                ("there is no key “chidl”; perhaps “child” is meant", "terminate", "chidl=net"),
                ("there is no key “ike_id”; perhaps “ike-id” is meant", "list-sas", "ike_id=1"),
                ("there is no key “home.rekye_time”; perhaps “rekey_time” is meant",
                 "load-conn", "home.rekye_time=1h"),
                ("there is no key “home.children.net.lifetime”; perhaps “life_time” is meant",
                 "load-conn", "home.children.net.lifetime=1h"),
                ("there is no key “home.local.cert_polcy”; perhaps “cert_policy” is meant",
                 "load-conn", "home.local.cert_polcy=[1.2.3]"),
                ("there is no key “home.nonsense”", "load-conn", "home.nonsense.key=1"),
                ("there is no key “ca.crl”", "load-authority", "ca.file=/ca.pem", "ca.crl=[http://c/]")):
            with self.subTest(args=args):
                self.refused(message, *args)

    def test_a_command_that_only_reads_takes_what_may_come(self):
        self.accepted("list-sas", "nonsense=1")
        self.accepted("version", "a=b", "c.d=e", "f.g=[h]", "i=[]")

    def test_a_command_that_is_not_known_takes_anything(self):
        self.accepted("nonsense", "a=b", "c.d=[e]")

    def test_a_key_that_is_missing(self):
        self.refused("the key “data” is missing", "load-shared", "type=IKE")
        self.refused("the key “pool.addrs” is missing", "load-pool", "pool.dns=[10.0.0.1]")

    def test_an_empty_request_is_the_daemons_to_refuse(self):
        self.accepted("unload-conn")
        self.accepted("load-shared", "@-", stdin=None, input="{}")

    def test_a_list_where_a_value_is_expected(self):
        for key in "home.version", "home.children.net.mode", "home.local.id":
            self.refused(f"{key}: it takes a single value: {key}=VALUE", "load-conn", f"{key}=[2]")

    def test_a_value_where_a_list_is_expected(self):
        for key in "home.local_addrs", "home.children.net.remote_ts", "home.local.certs":
            self.refused(f"{key}: it takes a list: {key}=[VALUE,VALUE]", "load-conn",
                         f"{key}=10.0.0.1")

    def test_sections_and_keys_are_no_substitute_for_each_other(self):
        for key in "home", "home.children", "home.children.net", "home.local.cert1":
            arguments = "load-conn", f"{key}=1"
            if key == "home.local.cert1":
                self.refused("there is no key “home.local.cert1”; perhaps “certs” is meant", *arguments)
            else:
                self.refused(f"{key}: it is a section, and takes keys: {key}.KEY=VALUE", *arguments)
        self.refused("home.version: it takes a single value: home.version=VALUE",
                     "load-conn", "home.version.major=2")


class Values(Check):
    COMMANDS = dict.fromkeys(["load-conn", "load-pool"],
                             lambda request, peer: [fakedaemon.reply(request)])

    def test_values_that_are_not_of_their_type(self):
        for path, text in (("home.children.net.rekey_time", "4 hours"), ("home.mobike", "maybe"),
                           ("home.dscp", "7"), ("home.local_port", "isakmp"),
                           ("home.children.net.mark_in", "0x1/x"), ("home.send_cert", "perhaps"),
                           ("home.keyingtries", "-1"), ("home.children.net.start_action", "go")):
            with self.subTest(path=path):
                run = tooltest.gvici(*NO_DAEMON, "load-conn", f"{path}={text}")
                self.assertEqual((run.stdout, run.returncode), ("", 2))
                self.assertTrue(run.stderr.startswith(f"gvici: load-conn: {path}: “{text}” is "), run.stderr)

    def test_each_item_of_a_list(self):
        run = tooltest.gvici(*NO_DAEMON, "load-conn", "home.children.net.local_ts=[10.0.0.0/8,10.0.0.0/33]")
        self.assertEqual(run.returncode, 2)
        self.assertTrue(run.stderr.startswith("gvici: load-conn: home.children.net.local_ts: “10.0.0.0/33” is "))

    def test_values_that_a_daemon_takes(self):
        for argument in ("mobike=Enabled", "mobike=0", "send_cert=ALWAYS", "version=2", "proposals=[default]",
                         "remote_addrs=[gw.example.org,192.0.2.0/24,%any]", "vips=[0.0.0.0,::]",
                         "local.id=", "local.id=C=CH\\, O=x", "local-2.auth=eap-mschapv2",
                         "local.cert-1.file=/x.pem", "remote.certs=[]", "rekey_time=4h", "dpd_delay=30",
                         "children.net.tfc_padding=mtu", "children.net.mark_in=%unique",
                         "children.net.start_action=trap|start", "children.a b.mode=PASS",
                         "children.net.remote_ts=[dynamic[tcp/80\\],10.0.0.1-10.0.0.9]"):
            with self.subTest(argument=argument):
                self.accepted("load-conn", f"home.{argument}")
        self.accepted("load-pool", "pool.addrs=10.0.0.0/24", "pool.dns=[10.0.0.1]", "pool.28673=[text]")
        self.accepted("list-policies", "trap=", "drop=never")

    def test_a_text_that_the_daemon_wants_in_another_form(self):
        self.refused("ike: “Büro” has to be written as “B%C3%BCro”", "initiate", "ike=Büro")
        self.accepted("initiate", "ike=B%C3%BCro")
        self.refused("home.remote_addrs: “bücher.example” has to be written as “xn--bcher-kva.example”",
                     "load-conn", "home.remote_addrs=[bücher.example]")

    def test_bytes_where_a_text_is_expected(self):
        self.refused("name: the value holds a NUL byte", "unload-conn", "name=@-", stdin=None, input="a\0b")
        self.accepted("load-cert", "type=X509", "data=@-", stdin=None, input="\0\1")

    def test_secrets_are_not_looked_at(self):
        self.accepted("load-token", "handle=01", "pin=@-", stdin=None, input="sés\0ame")
        run = tooltest.gvici(*NO_DAEMON, "load-shared", "type=nonsense", "data=sesame")
        self.assertEqual(run.returncode, 2)
        self.assertNotIn("sesame", run.stderr)

    def test_what_is_typed_is_sent(self):
        request = {"p": {"addrs": "10.0.0.0/24", "dns": ["10.0.0.1"], "9": ["0x0A", "\\"]}}
        self.assertEqual(self.call_json("load-pool", "@-", stdin=None, input=json.dumps(request)), [request])
        self.assertEqual(self.call_json("load-conn", "home.mobike=TRUE"), [{"home": {"mobike": "TRUE"}}])


if __name__ == "__main__":
    taptest.main()
