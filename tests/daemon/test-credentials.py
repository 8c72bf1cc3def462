#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Credentials from Python: test-credentials.py SCRIPT, which makes them."""

import subprocess
import sys
import tempfile
import unittest

import gi

gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici  # noqa: E402

import taptest  # noqa: E402


class Interaction(Gio.TlsInteraction):
    """Gives one answer after the other."""

    def __init__(self, *answers):
        super().__init__()
        self.answers = list(answers)
        self.asked = []

    def do_ask_password(self, password, cancellable):
        self.asked.append(password.get_description())
        if not self.answers:
            return Gio.TlsInteractionResult.UNHANDLED
        password.set_value(self.answers.pop(0).encode())
        return Gio.TlsInteractionResult.HANDLED


class Patient(Interaction):
    """Answers later."""

    def do_ask_password_async(self, password, cancellable, callback, data):
        task = Gio.Task.new(self, cancellable, callback)

        def answer():
            task.return_int(self.do_ask_password(password, cancellable))

        GLib.idle_add(answer)

    def do_ask_password_finish(self, result):
        return Gio.TlsInteractionResult(result.propagate_int())


def load_async(load, finish, source, interaction):
    loop = GLib.MainLoop()
    results = []

    def on_loaded(_, result):
        results.append(result)
        loop.quit()

    load(source, interaction, None, on_loaded)
    loop.run()
    return finish(results[0])


class Credentials(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        subprocess.run([script, directory.name], check=True)
        cls.file = Gio.File.new_for_path(directory.name + "/chain.p12")

    def check(self, credentials):
        """Whether it holds a certificate, its authority and its key."""
        certificate, authority, key = credentials
        self.assertIs(certificate.get_key(), key)
        self.assertEqual([item.is_private_key() for item in credentials], [False, False, True])
        self.assertTrue(authority.props.authority)
        self.assertEqual(key.props.data.get_data()[:1], b"\x30")

    def test_sync(self):
        interaction = Interaction("wrong", "correct horse")
        self.check(Vici.Credentials.load_file_sync(self.file, interaction, None))
        self.assertEqual(interaction.asked, ["Credentials in “chain.p12”"] * 2)

    def test_async(self):
        for kind in (Interaction, Patient):
            interaction = kind("wrong", "correct horse")
            self.check(load_async(Vici.Credentials.load_file_async,
                                  Vici.Credentials.load_file_finish, self.file, interaction))
            self.assertEqual(len(interaction.asked), 2)

    def test_bytes(self):
        data = self.file.load_bytes()[0]
        self.check(load_async(Vici.Credentials.load_async, Vici.Credentials.load_finish,
                              data, Interaction("correct horse")))

    def test_not_told(self):
        for interaction in (None, Interaction()):
            with self.assertRaises(GLib.Error) as raised:
                Vici.Credentials.load_file_sync(self.file, interaction, None)
            self.assertTrue(raised.exception.matches(Gio.io_error_quark(),
                                                     Gio.IOErrorEnum.PERMISSION_DENIED))


script = sys.argv[1]
taptest.main()
