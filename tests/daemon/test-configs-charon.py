#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a real daemon makes of configurations: it takes every key that it knows, and lists what
it was sent. `test-configs-charon.py CERTIFICATE`, a file that the daemon can read."""

import os
import pathlib
import subprocess
import sys
import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, GObject, Vici

import taptest

CERTIFICATE = pathlib.Path(sys.argv[1]).resolve()
PEM = CERTIFICATE.read_bytes()
PUBLIC_KEY = subprocess.run(["openssl", "x509", "-in", CERTIFICATE, "-pubkey", "-noout"], check=True,
                            capture_output=True).stdout

CLASSES = {
    "conn": Vici.ConnConfig,
    "auth": Vici.AuthConfig,
    "child": Vici.ChildConfig,
    "cert": Vici.CertFileConfig,
    "authority": Vici.AuthorityConfig,
    "pool": Vici.PoolConfig,
}

# A value for each key that is neither a choice, a boolean nor a section.
VALUES = {
    "conn": {
        "local_addrs": ["10.0.0.1", "10.0.0.0/24"],
        "remote_addrs": ["vpn.example.org", "10.0.0.1-10.0.0.9", "%any"],
        "local_port": 4500, "remote_port": 4500,
        "proposals": ["aes256-sha256-x25519", "default"],
        "vips": ["0.0.0.0", "fd00::1"], "dscp": "101110",
        "dpd_delay": "30s", "dpd_timeout": "2m",
        "ppk_id": "ppk@example.org", "keyingtries": 0,
        "reauth_time": "1d", "rekey_time": "4h", "over_time": "10m", "rand_time": "5m",
        "pools": ["pool", "Büro"], "if_id_in": "%unique", "if_id_out": "0x2a",
        "mediated_by": "mediator", "mediation_peer": "peer",
    },
    "auth": {
        "round": 1, "auth": "rsa-2048-sha256", "id": "C=CH, O=Example, CN=carol",
        "ca_id": "C=CH, O=Example, CN=CA", "aaa_id": "aaa.example.org", "eap_id": "%any",
        "xauth_id": "carol", "groups": ["sales", "C=CH, O=Example"], "cert_policy": ["1.2.3"],
        "certs": GLib.Variant("aay", [PEM]), "cacerts": GLib.Variant("aay", [PEM]),
        "pubkeys": GLib.Variant("aay", [PUBLIC_KEY]),
    },
    "child": {
        "ah_proposals": ["sha256-x25519"], "esp_proposals": ["aes128-sha256-x25519-esn"],
        "local_ts": ["dynamic", "10.0.0.0/24[tcp/443]"], "remote_ts": ["fd00::/64[icmp]"],
        "rekey_time": "1h", "life_time": "66m", "rand_time": "6m", "rekey_bytes": "500m",
        "life_bytes": "1g", "rand_bytes": "10k", "rekey_packets": 10, "life_packets": 12,
        "rand_packets": 1, "updown": "/usr/lib/ipsec/_updown", "dpd_action": "trap|start",
        "start_action": "none", "close_action": "start", "inactivity": "1h", "reqid": 42,
        "priority": 42, "interface": "eth0", "mark_in": "42/0xff", "mark_out": "%unique",
        "set_mark_in": "42", "set_mark_out": "%same", "if_id_in": "42", "if_id_out": "%unique-dir",
        "label": "system_u:object_r:ipsec_spd_t:s0", "tfc_padding": "mtu", "replay_window": 64,
    },
    "cert": {"file": str(CERTIFICATE), "handle": "0a0b", "slot": 1, "module": "opensc"},
    "authority": {
        "cacert": GLib.Bytes.new(PEM), "file": str(CERTIFICATE), "handle": "0a0b", "slot": 1,
        "module": "opensc", "crl_uris": ["http://ca.example.org/ca.crl"],
        "ocsp_uris": ["http://ocsp.example.org"], "cert_uri_base": "http://ca.example.org/",
    },
    "pool": {
        "addrs": "10.3.0.0/24", "address": ["10.0.0.1"], "dns": ["10.0.0.1", "fd00::1"],
        "nbns": ["10.0.0.1"], "dhcp": ["10.0.0.1"], "netmask": ["255.255.255.0"],
        "server": ["10.0.0.1"], "subnet": ["10.0.0.0/8", "fd00::/64"],
        "split_include": ["10.0.0.0/8"], "split_exclude": ["10.1.0.0/16"], "p_cscf": ["10.0.0.1"],
    },
}

# What a key is set with that needs another one.
BESIDE = {
    ("conn", "mediated_by"): {"mediation_peer": "peer"},
    ("cert", "slot"): {"file": str(CERTIFICATE)},
    ("cert", "module"): {"file": str(CERTIFICATE)},
    **{("authority", key): {"file": str(CERTIFICATE)}
       for key in ("slot", "module", "crl_uris", "ocsp_uris", "cert_uri_base")},
    **{("pool", key): {"addrs": "10.3.0.0/24"} for key in VALUES["pool"] if key != "addrs"},
}

# Why a daemon of whatever release does not take it here.
REFUSED = {
    ("cert", "handle"): "there is no token",
    ("authority", "handle"): "there is no token",
    ("child", "label_mode", "SELINUX"): "there is no SELinux",
}

# The releases that first took a word, of those after 5.9.8.
WORDS = {
    ("conn", "childless", "PREFER"): "5.9.10",
    ("child", "hw_offload", "PACKET"): "5.9.10",
    ("child", "mode", "IPTFS"): "6.0.2",
}

PROPERTIES = {"local*": "locals", "remote*": "remotes", "cert*": "cert-files",
              "cacert*": "cacert-files", "set_mark_in": "new-mark-in", "set_mark_out": "new-mark-out"}
# Sections are in the tests by what is in them.
SECTIONS = {"local*", "remote*", "cert*", "cacert*", "children"}


def property_of(key):
    return PROPERTIES.get(key, key.replace("_", "-"))


def release(text):
    return tuple(int(part) for part in text.split("."))


def fill(settings, **values):
    """Sets properties; None leaves one out."""
    for key, value in values.items():
        if value is not None:
            settings.set_property(property_of(key), value)
    return settings


def new(section, **values):
    named = section in ("conn", "child", "authority", "pool")
    return fill(CLASSES[section](name="test") if named else CLASSES[section](), **values)


def conn(*parts, name="test", **values):
    """A connection; its parts are functions that add something to it."""
    config = fill(Vici.ConnConfig(name=name), **values)
    for part in parts:
        part(config)
    return config


def local(**values):
    return lambda config: config.add_local(new("auth", **values))


def remote(**values):
    return lambda config: config.add_remote(new("auth", **values))


def child(name="net", **values):
    return lambda config: config.add_child(fill(Vici.ChildConfig(name=name), **values))


def cert_files(config):
    auth = Vici.AuthConfig()
    for add in auth.add_cert_file, auth.add_cacert_file:
        add(Vici.CertFileConfig(file=str(CERTIFICATE)))
    config.add_remote(auth)


def blobs(*items):
    return GLib.Variant("aay", items)


class Charon(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        connection = Vici.Connection.new(os.environ["VICI_TEST_URI"])
        connection.open_sync(None)
        cls.daemon = Vici.Daemon.new(connection)
        cls.release = release(cls.daemon.version_sync(None).props.version)

    def listed(self, config):
        """Loads a connection, and what the daemon then lists it as."""
        self.daemon.load_conn_sync(config, None)
        name = config.props.name
        conns = list(self.daemon.list_conns_sync(Vici.ListConnsOptions(ike=name), None))
        self.assertEqual([found.props.name for found in conns], [name])
        self.daemon.unload_conn_sync(name, None)
        return conns[0]


class Keys(Charon):
    def load(self, section, settings):
        if section == "authority":
            self.daemon.load_authority_sync(settings, None)
            return self.daemon.unload_authority_sync("test", None)
        if section == "pool":
            self.daemon.load_pool_sync(settings, None)
            return self.daemon.unload_pool_sync("test", None)
        config = settings if section == "conn" else Vici.ConnConfig(name="test")
        if section == "auth":
            config.add_local(settings)
            config.add_remote(settings)
        if section == "child":
            config.add_child(settings)
        if section == "cert":
            auth = Vici.AuthConfig()
            auth.add_cert_file(settings)
            config.add_local(auth)
        return self.listed(config)

    def values(self, section, key, pspec):
        """Its words, where it has some; (what is said of it when it fails, the value)"""
        if pspec.value_type.is_a(GObject.TYPE_ENUM):
            for member in pspec.enum_class.__enum_values__.values():
                if not member.value_name.endswith("_UNKNOWN"):
                    yield (section, key, member.value_name.rsplit(key.upper() + "_")[-1]), member
        elif pspec.value_type == GObject.TYPE_BOOLEAN:
            yield (section, key), True
            yield (section, key), False
        else:
            yield (section, key), VALUES[section][key]

    def check_section(self, section):
        info = Vici.KeyInfo.lookup_section(section)
        for key in set(info.list_keys()) - SECTIONS - {"*"}:
            pspec = CLASSES[section].find_property(property_of(key))
            for what, value in self.values(section, key, pspec):
                with self.subTest(key=what, value=value):
                    settings = new(section, **BESIDE.get((section, key), {}), **{key: value})
                    since = WORDS.get(what, info.lookup_key(key).get_since() or "5.2.0")
                    if what in REFUSED or release(since) > self.release:
                        with self.assertRaises(GLib.Error) as caught:
                            self.load(section, settings)
                        self.assertTrue(caught.exception.matches(Vici.error_quark(),
                                                                 Vici.Error.COMMAND_FAILED))
                    else:
                        self.load(section, settings)

    def test_of_connections_are_taken(self):
        self.check_section("conn")

    def test_of_rounds_are_taken(self):
        self.check_section("auth")

    def test_of_children_are_taken(self):
        self.check_section("child")

    def test_of_certificates_are_taken(self):
        self.check_section("cert")

    def test_of_authorities_are_taken(self):
        self.check_section("authority")

    def test_of_pools_are_taken(self):
        self.check_section("pool")

    def test_every_section_is_tested(self):
        for section, settings in CLASSES.items():
            properties = {pspec.name for pspec in settings.list_properties()} - {"name"}
            keys = Vici.KeyInfo.lookup_section(section).list_keys()
            self.assertEqual(properties, {property_of(key) for key in keys if key != "*"})


IDENTITIES = """
%any 0.0.0.0 :: %any6 vpn.example.org @vpn.example.org VPN.Example.ORG carol@example.org
@@carol@example.org @#0a0b @#0A0B @#616263 10.0.0.1 fd00::1 FD00:0::1 keyid:carol keyid:#0a0b KEYID:x
fqdn:foo dns:foo email:a@b rfc822:a@b userfqdn:a@b 10.0.0.0/24 10.0.0.1-10.0.0.9 fd00::1/64
asn1dn:#3000 CN=carol /C=CH/O=Example/CN=carol c=CH,o=x emailAddress=a@b,CN=x Email=a@b E=a@b
2.5.4.3=foo X=foo EN=1,employeeNumber=2 UN=a,UA=b CN=a,,O=b CN=a/O=b *@example.org *.example.org
{2}:foo * CN=* /CN=x,y CN=a,CN=b büro.example.org
""".split() + ["C=CH, O=Example, CN=carol", 'c=CH, cn="a, b"', "CN = a , O =b", "CN=carol,", " CN=a",
               "foo bar", "O=Example Corp., CN=a", "/CN=x, y"]

SELECTORS = """
dynamic 10.0.0.1 10.0.0.1/32 10.0.0.5/24 10.0.0.0/24 10.0.0.0-10.0.0.255 10.0.0.1-10.0.0.9 fd00::1
FD00:0::1/128 fd00::5/64 fd00::1-fd00::f 0.0.0.0/0 ::/0 10.0.0.0/24[tcp] 10.0.0.0/24[6]
10.0.0.0/24[tcp/443] 10.0.0.0/24[6/https] 10.0.0.0/24[tcp/0] 10.0.0.0/24[tcp/1000-2000]
10.0.0.0/24[tcp/0-65535] 10.0.0.0/24[/53] 10.0.0.0/24[0/53] 10.0.0.0/24[udp/opaque]
10.0.0.0/24[udp/any] 10.0.0.0/24[icmp] 10.0.0.0/24[icmp/8] 10.0.0.0/24[icmp/2048]
10.0.0.0/24[icmp/2049] 10.0.0.0/24[icmp/8-10] 10.0.0.0/24[1/2048-2303] fd00::/64[ipv6-icmp/128]
fd00::/64[58] dynamic[gre] dynamic[47] dynamic[tcp/http] dynamic[/53] dynamic[255] dynamic[200/7]
dynamic[mobility-header/5] dynamic[135/1280] dynamic[58/5] 0.0.0.0-255.255.255.255 10.0.0.1[tcp/any]
10.0.0.0/24[udp/80] 10.0.0.0/24[99/http] 10.0.0.128-10.0.0.255 dynamic[udp/domain] dynamic[0x6/0x50]
""".split()

AUTHS = """
psk pubkey rsa-2048-sha256 ike:rsa/pss-sha384 ecdsa-384-sha384 eap eap-mschapv2 eap-tls
eap-tls:rsa-2048 eap-7-12345 eap-dynamic eap-radius eap-md5 eap-gtc eap-ttls eap-peap eap-aka eap-sim
eap-25 eap-tnc eap-identity eap-TLS xauth xauth-pam xauth-eap
""".split()


def whole(**changes):
    """A connection with everything that is listed. `changes` are by the place: conn, local, net…"""
    def values(place, **given):
        return {**given, **changes.get(place, {})}

    return conn(
        local(**values("local", auth="eap-mschapv2", id="carol@example.org", eap_id="carol",
                       aaa_id="aaa.example.org")),
        local(**values("local2", auth="psk", id="carol", round=1)),
        remote(**values("remote", auth="pubkey", id="C=CH, O=Example, CN=gw", ca_id="C=CH, O=Example",
                        groups=["sales"], cert_policy=["1.2.3"], cacerts=blobs(PEM),
                        revocation=Vici.AuthRevocation.STRICT)),
        child("net", **values(
            "net", mode=Vici.ChildMode.TRANSPORT, rekey_time="2h", rekey_bytes="1g", rekey_packets=1000,
            local_ts=["dynamic[tcp/443]"], remote_ts=["10.0.0.0/24", "fd00::/64"], dpd_action="trap",
            close_action="start", interface="eth0", priority=7, label="simple",
            label_mode=Vici.ChildLabelMode.SIMPLE)),
        child("other"),
        **values("conn", version=Vici.IkeVersion.V2, local_addrs=["10.0.0.1"],
                 remote_addrs=["vpn.example.org", "10.0.0.2"], rekey_time="3h", reauth_time="1d",
                 dpd_delay="30s", dpd_timeout="5m", unique=Vici.ConnUnique.REPLACE, ppk_id="ppk",
                 ppk_required=True))


# Each path, and another value for it. None leaves it out.
CHANGES = {
    "test.version": ("conn", "version", Vici.IkeVersion.V1),
    "test.local_addrs": ("conn", "local_addrs", ["10.0.0.3"]),
    "test.remote_addrs": ("conn", "remote_addrs", ["10.0.0.2", "vpn.example.org"]),
    "test.rekey_time": ("conn", "rekey_time", "180s"),
    "test.reauth_time": ("conn", "reauth_time", "25h"),
    "test.dpd_delay": ("conn", "dpd_delay", None),
    "test.dpd_timeout": ("conn", "dpd_timeout", "6m"),
    "test.unique": ("conn", "unique", Vici.ConnUnique.KEEP),
    "test.ppk_id": ("conn", "ppk_id", "other"),
    "test.ppk_required": ("conn", "ppk_required", False),
    "test.local-1.auth": ("local", "auth", "eap-md5"),
    "test.local-1.id": ("local", "id", "dave@example.org"),
    "test.local-1.eap_id": ("local", "eap_id", None),
    "test.local-1.aaa_id": ("local", "aaa_id", "bbb.example.org"),
    "test.local-1.xauth_id": ("local", "xauth_id", "carol"),
    "test.local-2.auth": ("local2", "auth", "pubkey"),
    "test.local-2.id": ("local2", "id", None),
    "test.local-2.certs": ("local2", "certs", blobs(PEM)),
    "test.remote-1.id": ("remote", "id", "C=CH, O=Example, CN=other"),
    "test.remote-1.ca_id": ("remote", "ca_id", "C=DE, O=Example"),
    "test.remote-1.groups": ("remote", "groups", ["sales", "staff"]),
    "test.remote-1.cert_policy": ("remote", "cert_policy", None),
    "test.remote-1.cacerts": ("remote", "cacerts", blobs(PEM, PEM)),
    "test.remote-1.revocation": ("remote", "revocation", Vici.AuthRevocation.IF_URI),
    "test.children.net.mode": ("net", "mode", Vici.ChildMode.BEET),
    "test.children.net.rekey_time": ("net", "rekey_time", None),
    "test.children.net.rekey_bytes": ("net", "rekey_bytes", "2g"),
    "test.children.net.rekey_packets": ("net", "rekey_packets", 1001),
    "test.children.net.local_ts": ("net", "local_ts", ["dynamic[tcp/444]"]),
    "test.children.net.remote_ts": ("net", "remote_ts", ["10.0.0.0/24"]),
    "test.children.net.dpd_action": ("net", "dpd_action", "trap|start"),
    "test.children.net.close_action": ("net", "close_action", None),
    "test.children.net.interface": ("net", "interface", "eth1"),
    "test.children.net.priority": ("net", "priority", 8),
    "test.children.net.label": ("net", "label", "simpler"),
}


class Comparing(Charon):
    def assert_differs(self, config, listed, *paths):
        self.assertEqual(config.compare(listed), list(paths))

    def assert_agrees(self, config):
        self.assert_differs(config, self.listed(config))

    def test_what_was_sent_is_what_is_listed(self):
        some = [
            conn(), whole(), conn(local()), conn(child()), conn(rekey_time="0"),
            conn(reauth_time="3h"), conn(reauth_time="3h", rekey_time="1h"), conn(mediation=True),
            conn(mediation=True, unique=Vici.ConnUnique.KEEP), conn(remote_addrs=["a, b", "c,d"]),
            conn(version=Vici.IkeVersion.V1, dpd_timeout="5"), conn(remote_addrs=[]),
            conn(remote_addrs=["büro.example.org"]), conn(local(certs=blobs(PEM))),
            conn(local(certs=blobs(PEM, PEM), id="carol"), remote(cacerts=blobs(PEM))),
            conn(local(id="b", round=2), local(id="a"), local(id="c", round=1)),
            conn(local(groups=[], cert_policy=[])), conn(local(pubkeys=blobs(PUBLIC_KEY))),
            conn(local(pubkeys=blobs(PUBLIC_KEY), certs=blobs(PEM), id="carol")), conn(cert_files),
            conn(child(local_ts=["10.0.0.0/24", "10.0.0.0/24", "dynamic"], remote_ts=[])),
            conn(child(rekey_time="1m", life_time="2m"), child("b", life_time="2h", dpd_action="route"),
                 child("c", dpd_action="start | trap", close_action="clear")),
        ]
        for number, config in enumerate(some):
            with self.subTest(number=number, sent=config.to_message().to_string(0)):
                self.assert_agrees(config)

    def test_the_largest_numbers_are_not_cut(self):
        most = "4294967295"
        self.assert_agrees(conn(
            child(rekey_time="49711d", life_time="49712d", rekey_bytes="999999999999999",
                  rekey_packets=999999999999999, inactivity=most),
            rekey_time=most, reauth_time=most, over_time=most, rand_time=most, dpd_delay=most,
            dpd_timeout=most, version=Vici.IkeVersion.V1))

    def test_an_extra_key_is_compared_too(self):
        config = conn()
        config.set_extra("rekey_time", GLib.Variant("s", "7h"))
        self.assert_agrees(config)
        self.assert_differs(conn(), self.listed(config), "test.rekey_time")

    def test_identities_agree(self):
        for identity in IDENTITIES:
            with self.subTest(identity=identity):
                self.assert_agrees(conn(local(id=identity, eap_id=identity, groups=[identity])))

    def test_identities_differ(self):
        for identity in IDENTITIES:
            with self.subTest(identity=identity):
                listed = self.listed(conn(local(id=identity)))
                self.assert_differs(conn(local(id="someone@else")), listed, "test.local-1.id")

    def test_selectors_agree(self):
        for selector in SELECTORS:
            with self.subTest(selector=selector):
                self.assert_agrees(conn(child(local_ts=[selector], remote_ts=["dynamic", selector])))

    def test_selectors_differ(self):
        for selector in SELECTORS:
            with self.subTest(selector=selector):
                listed = self.listed(conn(child(local_ts=[selector])))
                self.assert_differs(conn(child(local_ts=["192.0.2.0/24[tcp/22]"])), listed,
                                    "test.children.net.local_ts")

    def test_ways_of_authentication_agree(self):
        for auth in AUTHS:
            with self.subTest(auth=auth):
                self.assert_agrees(conn(local(auth=auth), remote(auth=auth)))

    def test_ways_of_authentication_differ(self):
        different = ["psk", "pubkey", "eap", "eap-md5", "eap-tls", "eap-7-12345", "eap-7-54321", "xauth",
                     "xauth-pam"]
        for one in different:
            listed = self.listed(conn(local(auth=one)))
            for other in different:
                with self.subTest(sent=other, listed=one):
                    self.assert_differs(conn(local(auth=other)), listed,
                                        *["test.local-1.auth"] * (one != other))

    def test_each_single_change_is_named(self):
        listed = self.listed(whole())
        for path, (place, key, value) in CHANGES.items():
            with self.subTest(path=path):
                changed = whole(**{place: {key: value}})
                self.assert_differs(changed, listed, path)
                self.assert_differs(whole(), self.listed(changed), path)
                self.assert_agrees(changed)

    def test_each_key_that_is_not_set_is_the_default(self):
        listed = self.listed(whole())
        for path, (place, key, _value) in CHANGES.items():
            if path in ("test.local-1.xauth_id", "test.local-2.certs"):
                continue
            with self.subTest(path=path):
                unset = whole(**{place: {key: None}})
                self.assert_differs(unset, listed, path)
                self.assert_differs(whole(), self.listed(unset), path)
                self.assert_agrees(unset)

    def test_modes_are_told_apart(self):
        modes = [mode for mode in Vici.ChildMode.__enum_values__.values()
                 if mode != Vici.ChildMode.IPTFS]
        for one in modes:
            listed = self.listed(conn(child(mode=one)))
            for other in modes:
                self.assert_differs(conn(child(mode=other)), listed,
                                    *["test.children.net.mode"] * (one != other))

    def test_rounds_and_children_that_one_side_lacks_are_named(self):
        one = conn(local(id="a"), child("net"))
        two = conn(local(id="a"), local(id="b"), remote(), child("net"), child("öther"))
        self.assert_differs(two, self.listed(one), "test.local-2", "test.children.öther")
        self.assert_differs(one, self.listed(two), "test.local-2", "test.children.öther")
        self.assert_differs(conn(local(id="b", round=1), local(id="a")), self.listed(two),
                            "test.children.net", "test.children.öther")

    def test_a_method_that_the_daemon_does_not_know_is_found(self):
        config = conn(remote(auth="eap-none"))
        self.assert_differs(config, self.listed(config), "test.remote-1.auth")

    def test_what_cannot_be_sent_is_not_compared(self):
        listed = self.listed(conn())
        self.assertRaisesRegex(GLib.Error, "test.rekey_time: “soon” is not valid",
                               conn(rekey_time="soon").compare, listed)


class Names(Charon):
    NAMES = ["home", "Büro", "東京", "a b", "a.b", "a/b", "50%", "%41", "100%25", "\"x\"", "{", "=",
             "x" * 255, "ü" * 42]

    def test_come_back_as_they_were(self):
        for name in self.NAMES:
            with self.subTest(name=name):
                config = conn(child(name), name=name)
                listed = self.listed(config)
                self.assertEqual([found.props.name for found in listed.props.children], [name])
                self.assertEqual(config.compare(listed), [])
                self.daemon.load_conn_sync(config, None)
                self.assertEqual(self.daemon.get_conns_sync(None), [name])
                self.daemon.unload_conn_sync(name, None)

    def test_of_pools_and_authorities_come_back(self):
        for name in self.NAMES:
            with self.subTest(name=name):
                self.daemon.load_pool_sync(Vici.PoolConfig(name=name, addrs="10.4.0.0/30"), None)
                pools = self.daemon.get_pools_sync(Vici.GetPoolsOptions(pool=name), None)
                self.assertEqual([pool.props.name for pool in pools], [name])
                self.daemon.unload_pool_sync(name, None)

                authority = Vici.AuthorityConfig(name=name, cacert=GLib.Bytes.new(PEM))
                self.daemon.load_authority_sync(authority, None)
                self.assertEqual(self.daemon.get_authorities_sync(None), [name])
                self.daemon.unload_authority_sync(name, None)

    def test_that_are_too_long_are_refused(self):
        for name in ("x" * 256, "ü" * 43):
            for config in (conn(name=name), conn(child(name))):
                with self.assertRaises(GLib.Error) as caught:
                    self.daemon.load_conn_sync(config, None)
                self.assertTrue(caught.exception.matches(Vici.error_quark(), Vici.Error.TOO_LARGE))
        self.assertEqual(self.daemon.get_conns_sync(None), [])

    def test_of_hosts_are_sent_in_ascii(self):
        config = conn(local(id="@büro.example.org"), remote_addrs=["büro.example.org", "10.0.0.1"])
        listed = self.listed(config)
        self.assertEqual(listed.props.remote_addrs, ["xn--bro-hoa.example.org", "10.0.0.1"])
        self.assertEqual(listed.props.local_auths[0].props.id, "xn--bro-hoa.example.org")


class Secrets(Charon):
    def assert_refused(self, text, call, *arguments):
        self.assertRaisesRegex(GLib.Error, text, call, *arguments, None)

    def test_nothing_that_the_daemon_would_refuse_is_sent(self):
        load_shared = self.daemon.load_shared_sync
        self.assert_refused("^[^:]*: load-shared: data: it is empty", load_shared, "a", Vici.SharedType.IKE,
                            GLib.Bytes.new(b""), None)
        self.assert_refused("load-shared: data: a value is longer than 65535 bytes", load_shared,
                            "a", Vici.SharedType.IKE, GLib.Bytes.new(b"x" * 65536), None)
        self.assert_refused("owners: ", load_shared, "a", Vici.SharedType.IKE, GLib.Bytes.new(b"x"),
                            Vici.LoadSharedOptions(owners=["carol", "tab\there"]))
        self.assertEqual(list(self.daemon.get_shared_sync(None)), [])

    def test_the_longest_secret_is_taken(self):
        self.daemon.load_shared_sync("long", Vici.SharedType.IKE, GLib.Bytes.new(b"x" * 65535),
                                     Vici.LoadSharedOptions(owners=["carol", "büro.example.org"]), None)
        self.daemon.unload_shared_sync("long", None)


if __name__ == "__main__":
    taptest.main()
