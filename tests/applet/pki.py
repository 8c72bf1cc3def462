# SPDX-License-Identifier: LGPL-2.1-or-later
"""Keys and certificates, made with openssl."""

import pathlib

import lab

MAKER = pathlib.Path(__file__).resolve().parent.parent / "daemon" / "make-scenario-pki.sh"

# Of alice's key, in the file where it has one.
PASSWORD = "sesame"


class Pki:
    """What alice and bob prove with who they are; authority has certified both.

    There are NAME.pem and NAME.key, besides alice-locked.key, which has a password,
    and NAME-expired.pem.
    """

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        lab.run("sh", str(MAKER), str(folder))
        self._openssl("pkcs8", "-topk8", "-in", self / "alice.key", "-passout", f"pass:{PASSWORD}",
                      "-out", self / "alice-locked.key")
        for name in "alice", "bob":
            self._expire(name)

    def __truediv__(self, name):
        return str(self.folder / name)

    def _openssl(self, *arguments):
        lab.run("openssl", *arguments)

    def _expire(self, name):
        """The same certificate, which was good until yesterday."""
        request = self / f"{name}.csr"
        self._openssl("x509", "-in", self / f"{name}.pem", "-signkey", self / f"{name}.key",
                      "-x509toreq", "-copy_extensions", "copyall", "-out", request)
        self._openssl("x509", "-req", "-in", request, "-copy_extensions", "copyall",
                      "-CA", self / "authority.pem", "-CAkey", self / "authority.key",
                      "-set_serial", "2", "-days", "-1", "-out", self / f"{name}-expired.pem")
