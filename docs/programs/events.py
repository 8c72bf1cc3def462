import sys
import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

loop = GLib.MainLoop()
connection = Vici.Connection.new(*sys.argv[1:2] or [None])
connection.connect("event::ike-updown", lambda _, name, event: print(name, event.to_variant().unpack()))
connection.connect("closed", lambda _, error: loop.quit())
connection.open_sync()
connection.subscribe_sync("ike-updown")
loop.run()
