import sys
import gi
gi.require_version("Vici", "1.0")
from gi.repository import Vici

connection = Vici.Connection.new(*sys.argv[1:2] or [None])
connection.open_sync()

version = connection.call_sync("version")
print(version.to_variant().unpack())

sas = connection.call_streaming("list-sas")
while sa := sas.next_sync():
    print(sa.to_variant().unpack())
