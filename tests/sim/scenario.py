# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is asked of a simulated daemon and of a real one, to compare answers.

A step is a tuple: what to do, a name, and a request. "call" calls a command;
"peer" does so at the other end of a real daemon's tunnel, which a simulated one
has not; "wait" waits for events, by their names.
"""

import pathlib

DATA = pathlib.Path(__file__).resolve().parent / "data"

A, B = "192.0.2.1", "192.0.2.2"

EVENTS = ["ike-updown", "child-updown", "ike-rekey", "child-rekey", "ike-update"]
STREAMED = ["control-log", "list-sa", "list-conn", "list-policy", "list-cert", "list-authority"]

COMMANDS = """
    version stats reload-settings initiate terminate rekey redirect install uninstall list-sas
    list-policies list-conns get-conns list-certs list-authorities get-authorities load-conn
    unload-conn load-cert load-key unload-key get-keys load-token load-shared unload-shared
    get-shared flush-certs clear-creds load-authority unload-authority load-pool unload-pool
    get-pools get-algorithms get-counters reset-counters
""".split()

# What is left out of messages, since it depends on the surroundings:
ELSEWHERE = {
    # The real peers think of each other as behind a NAT where ESP has to go
    # through UDP because the kernel has none.
    "nat-local", "nat-remote", "nat-fake", "nat-any", "encap",
    # Only where there was traffic, which is simulated but not sent.
    "use-in", "use-out",
}

# What is compared by its type only, since it is drawn, counted or passes:
PASSING = {
    "uniqueid", "ikesa-uniqueid", "initiator-spi", "responder-spi", "spi-in", "spi-out",
    "established", "rekey-time", "life-time", "install-time", "bytes-in", "bytes-out",
    "packets-in", "packets-out", "running", "since", "idle", "sbrk", "mmap", "used", "free",
    "critical", "high", "medium", "low", "scheduled", "sysname", "release", "machine", "reqid",
    # MOBIKE sends some of its own after the IKE_SA is established.
    "info-in-req", "info-in-resp", "info-out-req", "info-out-resp",
}

# Sections and lists of which only the kind is compared: they are of the plugins.
OF_PLUGINS = {"plugins", "encryption", "integrity", "aead", "hasher", "prf", "xof", "kdf",
              "drbg", "dh", "rng", "nonce-gen"}

# The reasons of those steps whose answers differ: their `known` names one.
DIFFERENCES = {
    "an Edwards key":
        "its id is the digest of a public key that the simulator would have to calculate",
    "a trap for IKE itself":
        "charon asks the kernel for a route, which a trap for IKE's own packets may not have",
}


def data(name):
    return (DATA / name).read_bytes()


def call(command, known=None, **request):
    return "call", command, _dashes(request), known


def peer(command, **request):
    return "peer", command, _dashes(request), None


def wait(*events):
    return "wait", events, {}, None


def _dashes(request):
    return {name.replace("__", "-"): value for name, value in request.items()}


# ------------------------------------------------------------ configurations

def tunnel(local, remote, **more):
    """A connection with one child between the networks behind two ends."""
    inner = {A: "10.1.0.0/24", B: "10.2.0.0/24"}
    return {
        "version": "2", "local_addrs": [local], "remote_addrs": [remote],
        "proposals": ["aes128-sha256-x25519"],
        "local": {"auth": "psk", "id": local}, "remote": {"auth": "psk", "id": remote},
        "children": {"net": {
            "local_ts": [inner[local]], "remote_ts": [inner[remote]],
            "esp_proposals": ["aes128-sha256"]}},
    } | more


FULL = {
    "version": "1", "local_addrs": ["192.0.2.1", "192.0.2.9"],
    "remote_addrs": ["gw.example.org", "%any"], "local_port": "500", "remote_port": "4500",
    "aggressive": "yes", "pull": "no", "dscp": "000001", "encap": "yes", "mobike": "no",
    "dpd_delay": "30s", "dpd_timeout": "2m", "fragmentation": "force", "childless": "never",
    "send_certreq": "no", "send_cert": "always", "keyingtries": "0", "unique": "replace",
    "reauth_time": "1h", "rekey_time": "2h", "over_time": "3m", "rand_time": "1s",
    "if_id_in": "1", "if_id_out": "%unique", "ppk_id": "ppk@x", "ppk_required": "yes",
    "proposals": ["aes128-sha256-x25519"], "vips": ["0.0.0.0"], "pools": [],
    "local-1": {"auth": "pubkey", "id": "CN=me"},
    "local-2": {"auth": "xauth", "xauth_id": "bob"},
    "remote-x": {"auth": "psk", "id": "gw", "round": "0", "groups": ["g1"],
                 "revocation": "strict"},
    "remote-y": {"auth": "eap-md5", "eap_id": "e", "aaa_id": "aaa", "id": "%any"},
    "children": {
        "transport": {
            "mode": "transport", "local_ts": ["10.0.0.0/24[tcp/80]", "dynamic"],
            "remote_ts": ["::/0", "10.9.0.1-10.9.0.7", "192.168.0.0/16[udp]"],
            "rekey_time": "10m", "life_time": "12m", "rekey_bytes": "1k", "rekey_packets": "5",
            "dpd_action": "trap", "close_action": "start",
            "esp_proposals": ["aes128-sha256"], "interface": "eth0", "priority": "7"},
        "pass": {"mode": "pass"},
        "drop": {"mode": "drop", "start_action": "trap|start", "dpd_action": "restart",
                 "close_action": "trap|start"},
        "beet": {"mode": "beet"},
        "proxy": {"mode": "transport_proxy"},
        "life": {"life_time": "1100s", "life_bytes": "1100", "life_packets": "110"},
    },
}

SELECTORS = [
    "10.0.0.1", "10.0.0.5/24", "dynamic[tcp/22]", "0.0.0.0/0", "10.0.0.0/24[17/53]",
    "10.0.0.0/24[udp/1000-2000]", "10.0.0.0/24[/80]", "10.0.0.0/24[icmp/8]", "::1",
    "10.0.0.0/24[any/any]", "dynamic[gre]", "10.0.0.0/24[tcp/opaque]", "10.0.0.0-10.0.0.255",
    "10.0.0.1-10.0.0.1", "10.0.0.0/24[99]", "10.0.0.0/24[tcp/65535]", "0.0.0.0/0[50]", "::/0",
    "fec0::5/64", "10.0.0.0/33", "10.0.0.0/24[tcp/1-65535]", "10.0.0.0/24[any/80]",
    "fec0::1-fec0::9",
]

# Connections that are refused, and some that one would expect to be.
ODD_CONNS = [
    {"version": "x"}, {"bogus": "1"}, {"local_addrs": "x"}, {"version": ["1"]},
    {"children": "x"}, {"children": ["x"]}, {"children": {"c": "x"}},
    {"children": {"c": {"mode": "x"}}}, {"children": {"c": {"bogus": "x"}}},
    {"children": {"c": {"local_ts": ["x"]}}}, {"children": {"c": {"local_ts": ["%dynamic"]}}},
    {"children": {"c": {"local_ts": ["[tcp]"]}}}, {"bogus": {}}, {"local": {"auth": "x"}},
    {"local": {"auth": ""}}, {"local": {"bogus": "x"}}, {"local": {"auth": "eap-foo"}},
    {"remote": {"id": "\u00e9"}}, {"proposals": ["x"]}, {"proposals": ["aes128"]},
    {"children": {"c": {"esp_proposals": ["x"]}}}, {"reauth_time": "x"}, {"dpd_delay": "5x"},
    {"mobike": "on"}, {"unique": "x"}, {"vips": ["x"]}, {"pools": ["nopool"]},
    {"local": {"certs": ["x"]}}, {"local": {"groups": "x"}}, {"fragmentation": "x"},
    {"local": {"round": "x"}}, {"bogus": ["x"]}, {"bogus": []}, {"local": {"bogus": ["x"]}},
    {"local": {"bogus": {}}}, {"children": {"c": {"bogus": {}}}},
    {"children": {"c": {"bogus": ["x"]}}}, {"dscp": "1"}, {"childless": "x"},
    {"send_cert": "x"}, {"children": {"c": {"start_action": "x"}}},
    {"children": {"c": {"rekey_bytes": "1x"}}}, {"children": {"c": {"copy_dscp": "x"}}},
    {"children": {"c": {"hw_offload": "x"}}}, {"local": {"revocation": "x"}},
]

METHODS = [
    "pubkey", "psk", "xauth", "xauth-generic", "eap", "eap-mschapv2", "eap-ttls", "eap-7-1234",
    "any", "ike:rsa", "ecdsa", "rsa-2048-sha256", "xauth-hybrid", "eap-peap:x", "eap-radius",
    "pubkey-sha256", "eap-1", "eap-gtc", "eap-tls", "eap-dynamic",
]

# ------------------------------------------------------------------ the steps

INFORMATION = [
    call("version"), call("stats"), call("get-algorithms"), call("reload-settings"),
    call("reset-counters", all="yes"), call("get-counters"), call("get-counters", all="yes"),
    call("get-counters", name="nobody"), call("reset-counters"),
    call("reset-counters", name="nobody"), call("make-coffee"),
]

CONNECTIONS = [
    call("get-conns"), call("list-conns"), call("load-conn"), call("load-conn", a={}),
    call("list-conns"), call("unload-conn"), call("unload-conn", name="nobody"),
    call("unload-conn", name="a"),
    call("load-conn", a={"children": {"n": {}}, "local": {}, "remote": {}}),
    call("list-conns", ike="a"), call("get-conns"),
    call("load-conn", full=FULL), call("list-conns", ike="full"),
    call("list-policies", trap="yes", drop="yes", **{"pass": "yes"}),
    call("load-conn", full=FULL | {"version": "2"}), call("list-conns", ike="full"),
    call("load-conn", full=FULL | {"version": "2", "label": "x"}),
    call("load-conn", full={"reauth_time": "5m", "unique": "keep",
                            "remote-1": {"revocation": "relaxed"},
                            "remote-2": {"revocation": "ifuri"}}),
    call("list-conns", ike="full"), call("get-conns"), call("unload-conn", name="full"),
    *(step for selector in SELECTORS for step in (
        call("load-conn", odd={"children": {"c": {"local_ts": [selector]}}}),
        call("list-conns", ike="odd"))),
    *(call("load-conn", odd=conn) for conn in ODD_CONNS),
    call("load-conn", odd="x"), call("load-conn", odd=["x"]),
    *(step for method in METHODS for step in (
        call("load-conn", odd={"local": {"auth": method}}), call("list-conns", ike="odd"))),
    call("load-conn", odd={
        "local": {"auth": "pubkey", "certs": [data("moon.pem")]},
        "remote": {"auth": "pubkey", "cacerts": [data("ca.pem")], "cert_policy": ["1.2.3"]}}),
    call("list-conns", ike="odd"),
    call("load-conn", odd={
        "local": {"auth": "pubkey", "pubkeys": [data("moon.pub")]},
        "remote": {"cert1": {"file": str(DATA / "moon.pem")}}}),
    call("list-conns", ike="odd"),
    call("unload-conn", name="odd"), call("unload-conn", name="a"), call("get-conns"),
]

POLICIES = [
    call("load-conn", p=tunnel(A, B, children={
        "t": {"local_ts": ["10.1.0.0/24"], "remote_ts": ["10.2.0.0/24"]},
        "pass": {"mode": "pass"}, "drop": {"mode": "drop"}})),
    call("install"), call("install", child="nobody"), call("install", child="pass", ike="nobody"),
    call("install", child="pass"), call("install", child="pass"), call("install", child="drop"),
    call("install", child="t", ike="p"),
    call("list-policies"), call("list-policies", trap="yes"),
    call("list-policies", drop="yes", child="drop"), call("list-policies", drop="yes", ike="q"),
    call("list-policies", **{"pass": "yes", "child": "nobody"}),
    call("uninstall"), call("uninstall", child="nobody"), call("uninstall", child="pass"),
    call("uninstall", child="pass"), call("uninstall", child="drop", ike="nobody"),
    call("uninstall", child="drop"), call("uninstall", child="t", ike="p"),
    call("unload-conn", name="p"),
    call("load-conn", p={"remote_addrs": [B], "children": {"t": {}}}),
    call("install", child="t", known="a trap for IKE itself"),
    call("uninstall", child="t", known="a trap for IKE itself"),
    call("unload-conn", name="p"),
]

CERTIFICATES = [
    call("load-cert"), call("load-cert", type="X509"),
    call("load-cert", type="bogus", data=data("ca.pem")), call("load-cert", data=data("ca.pem")),
    call("load-cert", type="X509", flag="bogus", data=data("ca.pem")),
    call("load-cert", type="X509", data=b"garbage"),
    call("load-cert", type="X509", flag="CA", data=data("moon.pem")),
    call("load-cert", type="x509ca", data=data("ca.pem")),
    call("load-cert", type="X509", flag="CA", data=data("ca.pem")),
    call("load-cert", type="X509", data=data("moon.pem")),
    call("load-cert", type="X509_CRL", data=data("ca.crl")),
    call("load-cert", type="PUBKEY", data=data("moon.pub")),
    *(call("load-cert", type=kind, data=b"x")
      for kind in ("X509_AC", "X509_CRL", "PUBKEY", "OCSP_RESPONSE")),
    call("list-certs"), call("list-certs", type="X509"),
    call("list-certs", type="X509", flag="CA"), call("list-certs", type="X509", flag="NONE"),
    call("list-certs", type="x509ca"), call("list-certs", type="X509_CRL"),
    call("list-certs", type="PUBKEY"), call("list-certs", type="bogus"),
    call("list-certs", flag="bogus"), call("list-certs", type="X509", flag="bogus"),
    call("list-certs", type="ANY", flag="CA"), call("list-certs", subject="CN=nobody"),
    call("list-certs", subject="C=CH, O=Simulated, CN=Simulated CA"),
    call("list-certs", subject="moon.example.org"), call("list-certs", subject="192.0.2.1"),
    call("flush-certs"), call("flush-certs", type="bogus"), call("flush-certs", type="X509_CRL"),
]

KEYS = [
    call("load-key"), call("load-key", type="rsa"), call("load-key", data=b"x"),
    call("load-key", type="bogus", data=b"x"), call("load-key", type="rsa", data=b"x"),
    call("load-key", type="any", data=data("ca.key")),
    call("load-key", type="rsa", data=data("moon.key")),
    call("load-key", type="ecdsa", data=data("moon.key")),
    call("load-key", type="any", data=data("moon.key")), call("get-keys"), call("list-certs"),
    call("load-key", type="any", data=data("ed25519.key"), known="an Edwards key"),
    call("unload-key"), call("unload-key", id="zz"), call("unload-key", id="00"),
    call("load-token"), call("load-token", handle="01"), call("load-token", handle="zz"),
    call("load-token", handle="01", slot="1", module="m", pin="1"),
    call("load-shared"), call("load-shared", type="ike"), call("load-shared", data="x"),
    call("load-shared", type="bogus", data="x"), call("load-shared", type="IKE", data="x"),
    call("get-shared"), call("load-shared", type="EAP", id="e", data="x", owners=["a", "b"]),
    call("load-shared", type="xauth", id="x", data="x", owners="a"),
    call("load-shared", type="ntlm", id="n", data=b"\1\2\3\4"),
    call("load-shared", type="PPK", id="p", data="x", owners=["\u00e9"]),
    call("load-shared", type="ike", id="e", data=""), call("get-shared"),
    call("unload-shared"), call("unload-shared", id="zz"), call("unload-shared", id="e"),
    call("get-shared"),
]

AUTHORITIES = [
    call("load-authority"), call("load-authority", x={}),
    call("load-authority", x={"bogus": "1"}), call("load-authority", x={"cacert": b"garbage"}),
    call("load-authority", x={
        "cacert": data("ca.pem"), "crl_uris": ["http://a/b.crl", "http://c"],
        "ocsp_uris": ["http://o"], "cert_uri_base": "http://base/"}),
    call("load-authority", y={"cacert": data("moon.pem")}),
    call("load-authority", x={"file": "/nonexistent"}), call("load-authority", x={"handle": "1"}),
    call("load-authority", x={"cacert": data("ca.pem"), "crl_uris": "x"}),
    call("load-authority", z={"file": str(DATA / "ca.pem")}),
    call("load-authority", x={"sub": {}}), call("load-authority", x="y"),
    call("load-authority", x={"slot": "x"}),
    call("list-authorities"), call("list-authorities", name="x"),
    call("list-authorities", name="nobody"), call("get-authorities"),
    call("clear-creds"), call("list-certs"), call("get-keys"), call("get-shared"),
    call("unload-authority"), call("unload-authority", name="nobody"),
    call("unload-authority", name="x"), call("unload-authority", name="z"),
    call("get-authorities"), call("list-certs"),
]

POOLS = [
    call("load-pool"), call("load-pool", p={}), call("load-pool", p={"addrs": "bogus"}),
    call("load-pool", p={
        "addrs": "10.3.0.0/24", "dns": ["192.0.2.53", "::1"], "subnet": ["10.0.0.0/8"],
        "25": ["x"], "split_include": ["10.1.0.0/16"]}),
    call("load-pool", p={"addrs": "10.3.0.0/24", "bogus": ["1"]}),
    call("load-pool", p={"addrs": "10.3.0.0/24", "bogus": "1"}),
    call("load-pool", p={"addrs": "10.3.0.0/24", "dns": ["bogus"]}),
    call("load-pool", p={"s": {}}), call("load-pool", p="x"),
    *(call("load-pool", **{f"p{i}": {"addrs": addresses}}) for i, addresses in enumerate((
        "10.4.0.10-10.4.0.20", "10.4.0.20-10.4.0.10", "fec0::/120", "fec0::/64", "10.5.0.0/32",
        "10.5.0.0/31", "10.5.0.7/24", "10.5.0.7", "10.0.0.0/8"))),
    call("get-pools"), call("get-pools", name="p", leases="yes"),
    call("get-pools", name="nobody"), call("unload-pool"), call("unload-pool", name="nobody"),
    *(call("unload-pool", name=f"p{i}") for i in (0, 2, 3, 4, 5, 6, 7, 8)),
    call("unload-pool", name="p"), call("get-pools"),
]

NO_SAS = [
    call("list-sas"), call("initiate"), call("initiate", child="x"), call("initiate", ike="x"),
    call("initiate", child="x", ike="y"), call("terminate"), call("terminate", ike="x"),
    call("terminate", child="x"), call("terminate", ike__id="7"), call("terminate", child__id="7"),
    call("terminate", child="x", ike="y"), call("rekey"), call("rekey", ike="x"),
    call("rekey", child="x"), call("rekey", ike__id="1"), call("redirect"),
    call("redirect", gateway=B), call("redirect", gateway=B, ike="x"),
    call("redirect", gateway=B, peer__ip="bogus"),
    call("redirect", gateway=B, peer__ip="192.0.2.0/24"),
    call("redirect", gateway=B, peer__id="*"),
    call("load-conn", nowhere={"children": {"c": {}}, "local": {"auth": "psk"}}),
    call("initiate", child="c", ike="nowhere", timeout="5000"),
    call("initiate", ike="nowhere", timeout="-1"), call("unload-conn", name="nowhere"),
]

TUNNEL = [
    peer("load-shared", id="both", type="IKE", data="the two of us know", owners=[A, B]),
    peer("load-conn", tunnel=tunnel(B, A)),
    call("load-conn", tunnel=tunnel(A, B)),
    # Without the secret.
    call("initiate", child="net", timeout="30000"), call("list-sas"),
    call("load-shared", id="both", type="IKE", data="the two of us know", owners=[A, B]),
    call("initiate", child="net", timeout="30000"), wait("ike-updown", "child-updown"),
    call("list-sas"), call("list-sas", ike="x"), call("list-sas", child="net"),
    call("list-sas", child="x"), call("list-sas", noblock="yes"), call("stats"),
    # It is there already.
    call("initiate", child="net", timeout="30000"),
    call("initiate", ike="tunnel", timeout="100"),
    call("redirect", gateway=B, peer__id="192.0.2.*"), call("redirect", gateway=B, peer__id=A),
    call("rekey", child="net"), wait("child-rekey"),
    call("rekey", ike="tunnel"), wait("ike-rekey"),
    call("get-counters", name="tunnel"),
    call("terminate", child="net", timeout="30000", loglevel="0"), wait("child-updown"),
    call("list-sas"),
    call("initiate", child="net", timeout="30000", loglevel="0"), wait("child-updown"),
    call("rekey", ike="tunnel", reauth="yes"),
    wait("ike-updown", "child-updown", "ike-updown", "child-updown"),
    call("terminate", ike="tunnel", timeout="30000"), wait("ike-updown", "child-updown"),
    call("list-sas"),
    call("initiate", ike="tunnel", timeout="30000"), wait("ike-updown"), call("list-sas"),
    # The peer's answer may be in the log, or too late for it.
    call("terminate", ike="tunnel", force="yes", timeout="30000", loglevel="-1"),
    wait("ike-updown"),
    call("initiate", child="net", timeout="-1"), wait("ike-updown", "child-updown"),
    call("terminate", ike="tunnel", timeout="-1"), wait("ike-updown", "child-updown"),
    # By itself, and away with its configuration.
    call("load-conn", tunnel=tunnel(A, B, children={"net": {
        "local_ts": ["10.1.0.0/24"], "remote_ts": ["10.2.0.0/24"],
        "esp_proposals": ["aes128-sha256"], "start_action": "start"}})),
    wait("ike-updown", "child-updown"),
    call("unload-conn", name="tunnel"), wait("ike-updown", "child-updown"),
    call("clear-creds"),
]

STEPS = (INFORMATION + CONNECTIONS + POLICIES + CERTIFICATES + KEYS + AUTHORITIES + POOLS
         + NO_SAS + TUNNEL)
