import sys
import gi
gi.require_version("Vici", "1.0")
from gi.repository import Gio, GLib, Vici


def read(path):
    return Gio.File.new_for_path(path).load_bytes(None)[0]


home = Vici.ConnConfig(name="home", version=Vici.IkeVersion.V2, remote_addrs=["vpn.example.org"],
                       vips=["0.0.0.0"], dpd_delay="30s")
home.add_local(Vici.AuthConfig(auth="eap-mschapv2", eap_id="carol"))
home.add_remote(Vici.AuthConfig(auth="pubkey", id="vpn.example.org"))
home.add_child(Vici.ChildConfig(name="net", remote_ts=["10.1.0.0/16", "10.2.0.0/16"],
                                esp_proposals=["aes256gcm16-x25519", "default"], rekey_time="45m"))

connection = Vici.Connection.new(*sys.argv[1:2] or [None])
daemon = Vici.Daemon.new(connection)
scope = Vici.CredentialScope.new(daemon, "roadwarrior-")

log = Vici.ControlLog()

connection.open_sync()
daemon.load_conn_sync(home)
try:
    scope.load_authority_sync(Vici.AuthorityConfig(
        name="example", cacert=read("ca.pem"), crl_uris=["http://crl.example.org/ca.crl"]))
    scope.load_shared_sync("carol", Vici.SharedType.EAP, read("password"),
                           Vici.LoadSharedOptions(owners=["carol"]))

    daemon.initiate_sync("home", "net", None, log)
    for sa in daemon.list_sas_sync(Vici.ListSasOptions(ike="home")):
        print(sa.props.name, "is", sa.props.state_text)

    print("Press Enter to end it")
    sys.stdin.readline()
    daemon.terminate_sync(Vici.TerminateOptions(ike="home"))
except GLib.Error as error:
    sys.exit(f"{Vici.failure_to_string(log.props.failure)} {error.message}")
finally:
    daemon.unload_conn_sync("home")
    scope.unload_sync()
