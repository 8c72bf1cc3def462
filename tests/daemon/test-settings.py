#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Settings from Python."""

import unittest

import gi

gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici  # noqa: E402

import taptest  # noqa: E402


def text(settings):
    return settings.to_message().to_string(Vici.PrintFlags.NONE)


class Settings(unittest.TestCase):
    def test_properties_are_given_to_the_constructor(self):
        config = Vici.ConnConfig(name="höme", remote_addrs=["vpn.example.org"], rekey_time="4h",
                                 mobike=False, version=Vici.IkeVersion.V2, keyingtries=0)
        self.assertEqual(text(config), "{version=2 remote_addrs=[vpn.example.org] mobike=no "
                                       "keyingtries=0 rekey_time=4h}")

    def test_functions_and_properties_are_the_same(self):
        config = Vici.ConnConfig.new("home")
        config.set_remote_addrs(["a", "b"])
        self.assertEqual(config.props.remote_addrs, ["a", "b"])
        config.props.remote_addrs = ["c"]
        self.assertEqual(config.get_remote_addrs(), ["c"])

    def test_no_function_is_hidden_by_a_property(self):
        child = Vici.ChildConfig(name="net", new_mark_out="%same")
        child.set_mark_in("42")
        child.set_new_mark_in("43")
        self.assertEqual(text(child), "{mark_in=42 set_mark_in=43 set_mark_out=%same}")
        classes = [cls for cls in (getattr(Vici, name) for name in dir(Vici))
                   if isinstance(cls, type) and issubclass(cls, Vici.Settings)]
        for cls in classes:
            for pspec in cls.list_properties():
                hidden = getattr(cls, pspec.name.replace("-", "_"), None)
                self.assertFalse(callable(hidden), f"{cls.__name__}:{pspec.name}")
        self.assertGreater(len(classes), 20)

    def test_the_name_is_that_of_the_settings(self):
        for options, sent in ((Vici.GetPoolsOptions(pool="a"), "{name=a}"),
                              (Vici.ListAuthoritiesOptions(authority="a"), "{name=a}"),
                              (Vici.GetCountersOptions(connection="a"), "{name=a}"),
                              (Vici.ResetCountersOptions(connection="a"), "{name=a}")):
            self.assertIsNone(options.get_name())
            self.assertEqual(text(options), sent)

    def test_a_class_of_ones_own_has_extra_keys(self):
        class Own(Vici.Settings):
            pass

        own = Own()
        own.set_extra("new", GLib.Variant("s", "yes"))
        self.assertEqual(text(own), "{new=yes}")

    def test_none_unsets(self):
        config = Vici.ConnConfig(name="home", remote_addrs=["a"], rekey_time="4h")
        config.props.rekey_time = None
        config.set_remote_addrs(None)
        self.assertFalse(config.is_set("rekey-time") or config.is_set("remote-addrs"))
        config.props.mobike = False
        self.assertTrue(config.is_set("mobike"))
        config.unset("mobike")
        self.assertEqual(text(config), "{}")

    def test_an_empty_list_is_one(self):
        self.assertEqual(text(Vici.ConnConfig(name="home", remote_addrs=[])), "{remote_addrs=[]}")

    def test_sections_and_blobs_are_added(self):
        config = Vici.ConnConfig(name="home")
        auth = Vici.AuthConfig(auth="pubkey", certs=GLib.Variant("aay", [b"one"]))
        auth.add_cert(GLib.Bytes.new(b"two"))
        config.add_local(auth)
        config.add_child(Vici.ChildConfig(name="net", mode=Vici.ChildMode.TRANSPORT))
        self.assertIsInstance(config.props.children, Gio.ListModel)
        self.assertEqual([child.props.name for child in config.props.children], ["net"])
        self.assertEqual(text(config), "{children {net {mode=transport}} "
                                       "local-1 {auth=pubkey certs=[one two]}}")

    def test_an_extra_key_is_a_variant(self):
        config = Vici.ConnConfig(name="home")
        config.set_extra("new", GLib.Variant("as", ["a", "b"]))
        self.assertEqual(text(config), "{new=[a b]}")

    def test_an_error_names_the_path(self):
        config = Vici.ConnConfig(name="home")
        config.add_child(Vici.ChildConfig(name="net", rekey_time="soon"))
        with self.assertRaises(GLib.Error) as caught:
            config.check()
        self.assertTrue(caught.exception.matches(Vici.error_quark(), Vici.Error.INVALID))
        self.assertTrue(caught.exception.message.startswith("home.children.net.rekey_time: “soon”"))


if __name__ == "__main__":
    taptest.main()
