#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Two scopes on one real daemon do not get in each other's way."""

import os
import subprocess
import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

import taptest


def openssl(*arguments, data=None):
    return subprocess.run(["openssl", *arguments], input=data, check=True, capture_output=True).stdout


class Scope(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.key = openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")
        cls.ca = openssl("req", "-x509", "-new", "-key", "/dev/stdin", "-subj", "/CN=Scope CA",
                         "-days", "2", data=cls.key)

    def setUp(self):
        self.connection = Vici.Connection.new(os.environ["VICI_TEST_URI"])
        self.connection.open_sync(None)
        self.daemon = Vici.Daemon.new(self.connection)
        self.daemon.clear_creds_sync(None)

    def tearDown(self):
        self.connection.close_sync(None)

    def scope(self, prefix):
        scope = Vici.CredentialScope.new(self.daemon, prefix)
        scope.load_shared_sync("home", Vici.SharedType.IKE, GLib.Bytes.new(b"secret"), None, None)
        self.key_id = scope.load_key_sync(Vici.KeyType.ANY, GLib.Bytes.new(self.key), None)
        authority = Vici.AuthorityConfig(name="ca", cacert=GLib.Bytes.new(self.ca))
        scope.load_authority_sync(authority, None)
        return scope

    def shared(self):
        return sorted(shared.props.id for shared in self.daemon.get_shared_sync(None))

    def keys(self):
        return [key.props.id for key in self.daemon.get_keys_sync(None)]

    def test_scopes_stand_side_by_side(self):
        one, other = self.scope("one-"), self.scope("other-")
        self.assertEqual(self.shared(), ["one-home", "other-home"])
        self.assertEqual(sorted(self.daemon.get_authorities_sync(None)), ["one-ca", "other-ca"])
        self.assertEqual(self.keys(), [self.key_id])

        self.assertTrue(one.unload_sync(None))
        self.assertEqual(self.shared(), ["other-home"])
        self.assertEqual(self.daemon.get_authorities_sync(None), ["other-ca"])
        self.assertEqual(self.keys(), [self.key_id])

        self.assertTrue(other.unload_sync(None))
        self.assertEqual((self.shared(), self.keys(), self.daemon.get_authorities_sync(None)),
                         ([], [], []))

    def test_what_others_loaded_stays(self):
        self.daemon.load_shared_sync("home", Vici.SharedType.EAP, GLib.Bytes.new(b"x"), None, None)
        scope = self.scope("p-")
        scope.unload_sync(None)
        self.assertEqual(self.shared(), ["home"])

    def test_a_dropped_scope_is_unloaded(self):
        self.scope("p-")
        context = GLib.MainContext.default()
        while self.shared() or self.keys() or self.daemon.get_authorities_sync(None):
            context.iteration(False)


taptest.main()
