import sys
import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici


def message(**values):
    def variant(value):
        if isinstance(value, dict):
            return GLib.Variant("a{sv}", {name: variant(item) for name, item in value.items()})
        return GLib.Variant("as" if isinstance(value, list) else "s", value)
    return Vici.Message.new_from_variant(variant(values))


def on_version(server, invocation):
    invocation.return_message(message(daemon="charon", version="5.9.8"))
    return True


def on_list_sas(server, invocation):
    sa = {"uniqueid": "1", "state": "ESTABLISHED", "remote-vips": ["10.0.0.1"]}
    invocation.send_event("list-sa", message(gateway=sa))
    invocation.return_message(None)
    return True


def on_initiate(server, invocation):
    def establish():
        sa = {"uniqueid": "1", "state": "ESTABLISHED"}
        server.emit_event("ike-updown", message(up="yes", gateway=sa))
        invocation.return_success()

    # Answered a moment later; other commands are answered meanwhile.
    GLib.timeout_add(20, establish)
    return True


server = Vici.Server.new()
for event in "list-sa", "ike-updown":
    server.add_event(event)
for command, handler in {"version": on_version, "list-sas": on_list_sas,
                         "initiate": on_initiate}.items():
    server.add_command(command)
    server.connect(f"command::{command}", handler)

server.listen(sys.argv[1])
print("Listening", flush=True)
GLib.MainLoop().run()
