# SPDX-License-Identifier: LGPL-2.1-or-later
"""A wire to a daemon that remembers which commands and events it has carried."""

import collections
import json
import os
import socket
import struct
import threading

REQUEST, RESPONSE, UNKNOWN, REGISTER, UNREGISTER, CONFIRM, NO_EVENT, EVENT = range(8)

# The key "success" with the value "no", as it is in a message.
REFUSED = b"\3\7success\0\2no"


class Record:
    """What has been seen of a daemon: commands with how they ended, and events."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.lock = threading.Lock()
        self.commands = collections.defaultdict(set)    # name -> done, failed, unknown
        self.events = collections.defaultdict(set)      # name -> seen, unknown

    def answered(self, kind, name, packet):
        with self.lock:
            if packet[0] == RESPONSE:
                self.commands[name].add("failed" if REFUSED in packet else "done")
            elif packet[0] == UNKNOWN:
                self.commands[name].add("unknown")
            elif packet[0] == NO_EVENT and kind == REGISTER:
                self.events[name].add("unknown")

    def told(self, name):
        with self.lock:
            self.events[name].add("seen")

    def write(self, path):
        """Adds a line to a file: for check-coverage.py."""
        with open(path, "a", encoding="utf-8") as file:
            json.dump({"daemon": self.daemon,
                       "commands": {name: sorted(ends) for name, ends in self.commands.items()},
                       "events": {name: sorted(ends) for name, ends in self.events.items()}}, file)
            file.write("\n")


def packets(source):
    """The packets that come from a socket, until its end; each with its length first."""
    buffer = b""
    while True:
        while len(buffer) >= 4 and len(buffer) >= 4 + struct.unpack_from("!I", buffer)[0]:
            end = 4 + struct.unpack_from("!I", buffer)[0]
            yield buffer[:end]
            buffer = buffer[end:]
        try:
            data = source.recv(65536)
        except OSError:
            data = b""
        if not data:
            return
        buffer += data


def name_of(packet):
    return packet[2:2 + packet[1]].decode("ascii", "replace")


class Wire:
    """Listens at `uri`, and carries what comes there to a daemon's socket."""

    def __init__(self, directory, name, target, record):
        self.target = str(target)
        self.record = record
        path = os.path.join(directory, f"{name}.wire")
        self.uri = f"unix://{path}"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _address = self.listener.accept()
            except OSError:
                return
            daemon = socket.socket(socket.AF_UNIX)
            try:
                daemon.connect(self.target)
            except OSError:
                client.close()
                continue
            asked = collections.deque()
            for carry, ends in ((self.up, (client, daemon)), (self.down, (daemon, client))):
                threading.Thread(target=self.run, args=(carry, *ends, asked), daemon=True).start()

    @staticmethod
    def run(carry, source, sink, asked):
        try:
            carry(source, sink, asked)
        except OSError:
            pass
        # The other direction ends too, and each closes what it has read from.
        for end in source, sink:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        source.close()

    def up(self, source, sink, asked):
        for packet in packets(source):
            asked.append((packet[4], name_of(packet[4:])))
            sink.sendall(packet)

    def down(self, source, sink, asked):
        for packet in packets(source):
            if packet[4] == EVENT:
                self.record.told(name_of(packet[4:]))
            else:
                self.record.answered(*asked.popleft(), packet[4:])
            sink.sendall(packet)
