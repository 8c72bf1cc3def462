#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The applet's editor, used through its accessibility tree, beside two real daemons:
appletcase.py says how it is called."""

import pathlib
import re
import tempfile

import appletcase
import appletlab
from accessible import wait_for
from appletcase import HARMLESS
from appletlab import B, GUEST, connection, find_row
from pki import PASSWORD

NAME = "Name"
SERVER = "Server: address or host name"
SECRET = "Pre-shared key"
USER = "User name"
USER_PASSWORD = "Password"
OWN_ID = "Own identity (optional)"
PEER_ID = "Identity of the server (empty: its address)"
PEER_NETWORKS = "Networks behind the server (empty: the server alone)"
OWN_NETWORKS = "Own networks (empty: this computer)"
VIRTUAL_ADDRESS = "Ask for a virtual address"

CERTIFICATE = "Certificate and key: PEM, DER or PKCS#12"
KEY = "Private key, if it is in another file"
FILE_PASSWORD = "Password of these files"
AUTHORITY = "Certificate of the server’s authority (CA)"

# What chooses the file of an entry.
BUTTONS = {
    CERTIFICATE: "Choose the Certificate",
    KEY: "Choose the Private Key",
    AUTHORITY: "Choose the Certificate of the Authority",
}

# The same in every way to prove who one is.
COMMON = {
    NAME: "branch",
    SERVER: B,
    PEER_NETWORKS: "10.2.0.1/32",
    "Proposals for IKE (empty: the usual ones)": "aes128-sha256-x25519",
    "Proposals for ESP (empty: the usual ones)": "aes128-sha256",
}

BY_SECRET = COMMON | {
    SECRET: "same",
    OWN_ID: "alice-branch",
    PEER_ID: "bob-branch",
    OWN_NETWORKS: "10.1.0.1/32",
}

BY_CERTIFICATE = COMMON | {
    FILE_PASSWORD: PASSWORD,
    OWN_ID: "alice.example.org",
    PEER_ID: "bob.example.org",
}

BY_PASSWORD = COMMON | {
    USER: "carol",
    USER_PASSWORD: "same",
    PEER_ID: "bob.example.org",
}


class TestCase(appletcase.TestCase):
    def press(self, name):
        """A button, once it can be pressed: some cannot before the daemon has answered."""
        def look():
            button = self.applet.find("push button", re.compile(name))
            return button if button and button.sensitive else None
        wait_for(look, lambda: f"the button {name} in\n{self.applet.tree()}").act()

    def write(self, entries):
        for name, text in entries.items():
            self.applet.wait_for("text", name).write(text)

    def entries(self):
        """What is written in those that something is written in."""
        editor = self.applet.wait_for(None, re.compile("^(Add a|Edit) Connection$"))
        return {node.name: text for node in editor.all("text") if (text := node.text)}

    def add(self, entries):
        """Fills in the editor of a new connection."""
        self.row("home")
        self.press("Add Connection")
        self.applet.wait_for("text", NAME)
        if SECRET not in entries:
            self.prove_by(1 if FILE_PASSWORD in entries else 2)
            self.applet.find("check box", VIRTUAL_ADDRESS).act()
        self.write(entries)

    def prove_by(self, position):
        """Chooses another way to do it, by its distance from the one that is chosen."""
        self.desk.focus("^Add a Connection$")
        self.desk.click(self.applet.find("combo box", "Proof of identity"))
        self.desk.key(*["Down"] * position, "Return")
        self.applet.wait_until_gone("text", SECRET)

    def files(self, **others):
        """The entries for files, with alice's."""
        names = {"certificate": "alice.pem", "key": "alice-locked.key", "authority": "authority.pem"}
        names |= others
        return {entry: self.daemons.pki / names[what] for entry, what in
                ((CERTIFICATE, "certificate"), (KEY, "key"), (AUTHORITY, "authority"))}

    def save(self):
        self.press("Save")
        self.applet.wait_until_gone("text", NAME)

    def switch_on(self):
        self.row("branch", "Disconnected")
        self.switch("branch").act()
        self.row("branch", "Connected")

    def switch_off(self):
        self.switch("branch").act()
        self.row("branch", "Disconnected")

    def show_details(self):
        # What is out of sight is not in the tree.
        self.desk.resize(appletlab.TITLE, 760, 900)
        self.row("branch").find("push button", "Details of branch").act()
        wait_for(lambda: self.fact("Own authentication"), lambda: f"details in\n{self.applet.tree()}")

    def assert_proven(self, own):
        """The details say how, and there are SAs."""
        self.assertEqual(self.fact("Own authentication"), [own])
        self.assertEqual(self.fact("Authentication of the peer"), ["Public key, bob.example.org"])
        self.applet.wait_for("label", "IKEv2 SA 1")
        self.applet.wait_for("label", re.compile("^branch, SA "))
        wait_for(lambda: len(self.fact("Algorithms")) == 2, "the facts of both")
        self.assertEqual(self.fact("Own virtual addresses"), [GUEST])
        self.assertIn(f"{GUEST}/32 ↔ 10.2.0.1/32", self.fact("Networks"))

    def choose(self, item):
        """One of the menu of the connection whose details are shown."""
        self.applet.wait_for("push button", "Menu of the Connection")
        self.applet.all("push button", "Menu of the Connection")[-1].act()
        self.applet.wait_for("menu item", re.compile(item)).act()

    def edit(self):
        self.choose("^Edit")
        self.applet.wait_for("text", NAME)

    def delete(self):
        self.choose("^Delete")
        self.applet.wait_for("label", "Delete “branch”?")
        self.press("Delete$")
        wait_for(lambda: not find_row(self.applet, "branch"), "the end of branch")
        self.assertNotIn("branch", self.daemons.conns(self.daemons.a))
        self.assertEqual(self.daemons.swanctl(self.daemons.a, "--list-sas"), "")

    def save_in_vain(self, name, complaint):
        """What is wrong with an entry is said beside it, and of it."""
        self.press("Save$")
        label = self.applet.wait_for("label", re.compile(complaint))
        self.assertEqual(self.applet.wait_for("text", name).description, label.name)

    def discard(self):
        self.press("Cancel$")
        self.applet.wait_for("label", "Discard Changes?")
        self.press("Discard$")
        self.applet.wait_until_gone("text", NAME)

    def assert_nothing_added(self):
        self.discard()
        self.assertEqual(self.daemons.conns(self.daemons.a), {"home", "office"})


class Editor(TestCase):
    def test_adds_a_connection_that_works(self):
        self.daemons.load_into(self.daemons.b, connection("branch", "ba"))
        self.start()
        self.add(BY_SECRET)
        self.picture("editor")
        self.save()
        self.row("branch", "Disconnected")
        self.assertIn("branch", self.daemons.conns(self.daemons.a))
        self.switch_on()
        self.picture("editor-added")
        self.daemons.a.kill()
        self.banner(".")
        self.daemons.a.start()
        self.row("branch")
        self.picture("editor-restored")

    def test_has_the_shortcuts_of_the_applet(self):
        """One of them is by what each test ends."""
        self.start()
        self.row("home")
        self.press("Add Connection")
        self.applet.wait_for("text", NAME)
        self.last_window = "^Add a Connection$"

    def test_has_a_name_for_all_that_can_be_used(self):
        self.start()
        self.add(BY_CERTIFICATE)
        self.assert_all_have_names()
        self.applet.wait_for("dialog", "Add a Connection")
        self.discard()

    def test_says_when_what_was_saved_cannot_be_read(self):
        config = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        uri = self.daemons.a.uri.replace("/", "%2F")
        (config / "vici-applet").mkdir()
        (config / "vici-applet" / f"{uri}.conf").mkdir()
        self.harmless = re.compile(f"{HARMLESS.pattern}|\\.conf: ")
        self.start(XDG_CONFIG_HOME=str(config))
        self.applet.wait_for("label", re.compile("^The saved connections could not be read: "))

    def test_says_what_is_wrong_beside_it(self):
        self.start()
        self.add(BY_SECRET | {NAME: "home", PEER_NETWORKS: "nowhere"})
        complaint = self.applet.wait_for("label", re.compile("nowhere")).name
        self.assertEqual(self.applet.wait_for("text", PEER_NETWORKS).description, complaint)
        self.save_in_vain(NAME, "There is a connection of this name")
        self.picture("editor-wrong")
        # The focus is there: nothing else tells where that is in an AdwEntryRow.
        self.desk.focus("^Add a Connection$")
        self.desk.key(*"branch")
        name = self.applet.wait_for("text", NAME)
        wait_for(lambda: name.text == "branch", lambda: f"another name than {name.text}")
        self.assertEqual(name.description, "")
        self.assert_nothing_added()

    def test_asks_before_it_throws_changes_away(self):
        self.start()
        self.row("home")
        self.press("Add Connection")
        self.applet.wait_for("text", NAME)
        self.press("Cancel$")
        self.applet.wait_until_gone("text", NAME)

        for name, text in {NAME: "branch", SECRET: "same"}.items():
            self.press("Add Connection")
            self.applet.wait_for("text", NAME)
            self.write({name: text})
            self.desk.focus("^Add a Connection$")
            self.desk.key("Escape")
            self.applet.wait_for("label", "Discard Changes?")
            self.picture("editor-discard")
            # Whoever presses it once more goes on editing.
            self.desk.key("Escape")
            self.applet.wait_until_gone("label", "Discard Changes?")
            self.discard()
            self.applet.wait_until_gone("text", NAME)

    def test_asks_for_a_secret_that_the_daemon_has_lost(self):
        self.daemons.load_into(self.daemons.b, connection("branch", "ba"))
        self.start()
        self.add(BY_SECRET)
        self.save()
        self.row("branch", "Disconnected")
        self.daemons.a.kill()
        self.banner(".")
        self.daemons.a.start()
        self.wait_until_no_banner()
        self.row("branch")
        self.switch("branch").act()
        self.applet.wait_for("text", SECRET)
        self.picture("editor-locked")
        self.assertFalse(self.applet.find("text", SERVER).has_selected_text)
        self.desk.focus("^Edit Connection$")
        self.desk.key(*"same")
        self.save()
        self.row("branch", "Connected")


class Certificate(TestCase):
    def choose_file(self, entry, path):
        self.press(f"^{BUTTONS[entry]}$")
        self.desk.focus("^Choose a File$")
        self.desk.key("ctrl+l")
        self.applet.wait_for("text", "GtkFileChooserEntry").write(path)
        self.press("Open$")
        self.applet.wait_until_gone(None, "Choose a File")

    def test_from_chosen_files_proves_who_we_are(self):
        self.daemons.load_gateway("pubkey")
        self.start()
        self.add(BY_CERTIFICATE)
        for entry, path in self.files().items():
            self.choose_file(entry, path)
        self.assertEqual(self.entries(), BY_CERTIFICATE | self.files())
        self.picture("editor-certificate")
        self.save()
        self.switch_on()
        self.show_details()
        self.assert_proven("Public key, alice.example.org")
        self.picture("details-certificate")

    def test_is_edited_and_deleted(self):
        self.daemons.load_gateway("pubkey")
        entries = BY_CERTIFICATE | self.files()
        self.start()
        self.add(entries)
        self.save()
        self.show_details()
        self.edit()
        del entries[FILE_PASSWORD]
        self.assertEqual(self.entries(), entries)
        self.picture("editor-certificate-again")
        self.save_in_vain(FILE_PASSWORD, r"The file is protected by a password\.$")
        self.write({FILE_PASSWORD: PASSWORD})
        self.save()
        self.press("^Back$")
        self.switch_on()
        self.show_details()
        self.delete()

    def test_of_ones_own_making_is_taken(self):
        """Such a one says that it is of an authority."""
        self.start()
        self.add(BY_CERTIFICATE | self.files(certificate="stranger.pem", key="stranger.key"))
        self.save()
        self.row("branch", "Disconnected")

    def test_is_not_taken_without_its_key(self):
        self.start()
        self.add(BY_CERTIFICATE | self.files(key="bob.key"))
        self.save_in_vain(KEY, "^The private key in this file belongs to another certificate")
        self.picture("editor-wrong-key")
        self.write({KEY: ""})
        self.save_in_vain(CERTIFICATE, "^There is no private key in this file; choose the file")
        self.assert_nothing_added()

    def test_of_a_key_is_not_taken_with_another_password(self):
        self.start()
        self.add(BY_CERTIFICATE | self.files() | {FILE_PASSWORD: "guessed"})
        self.save_in_vain(FILE_PASSWORD, r"This is not the password of the file\.$")
        self.picture("editor-wrong-password")
        self.assert_nothing_added()

    def test_that_has_expired_is_not_taken(self):
        self.start()
        self.add(BY_CERTIFICATE | self.files(certificate="alice-expired.pem"))
        self.save_in_vain(CERTIFICATE, "^This certificate expired on ")
        self.picture("editor-expired")
        self.assert_nothing_added()

    def test_of_the_gateway_that_has_expired_is_the_reason(self):
        self.daemons.load_gateway("pubkey", certificate="bob-expired.pem")
        self.start()
        self.add(BY_CERTIFICATE | self.files())
        self.save()
        self.switch("branch").act()
        self.toast("branch", "The certificate of the peer has expired or is not valid yet.")
        self.picture("gateway-expired")


class Password(TestCase):
    def setUp(self):
        super().setUp()
        self.daemons.load_gateway("eap-mschapv2")
        self.entered = BY_PASSWORD | {AUTHORITY: self.daemons.pki / "authority.pem"}

    def test_proves_who_we_are(self):
        self.start()
        self.add(self.entered)
        self.picture("editor-password")
        self.save()
        self.switch_on()
        self.show_details()
        self.assert_proven("EAP, carol")
        self.picture("details-password")

    def test_stays_when_it_is_not_entered_again(self):
        self.start()
        self.add(self.entered)
        self.save()
        self.show_details()
        self.edit()
        del self.entered[USER_PASSWORD]
        self.assertEqual(self.entries(), self.entered)
        self.assertTrue(self.applet.find("check box", VIRTUAL_ADDRESS).checked)
        self.applet.wait_for("text", "Password (empty: as it is)")
        self.picture("editor-password-again")
        self.save()
        self.press("^Back$")
        self.switch_on()
        self.show_details()
        self.delete()

    def test_that_is_wrong_is_the_reason(self):
        self.start()
        self.add(self.entered | {USER_PASSWORD: "guessed"})
        self.save()
        self.switch("branch").act()
        self.toast("branch", "The user name or password was not accepted.")
        self.picture("wrong-password")
        self.show_details()
        self.edit()
        self.write({"Password (empty: as it is)": "same"})
        self.save()
        self.press("^Back$")
        self.switch("branch").act()
        self.row("branch", "Connected")


if __name__ == "__main__":
    appletcase.main()
