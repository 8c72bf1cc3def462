# SPDX-License-Identifier: LGPL-2.1-or-later
"""A monitor that is watched: what its lists tell, and what they should hold."""

import collections
import hashlib

import gi
gi.require_version("Vici", "1.0")
from gi.repository import Vici

# What a record has that passes, or that an event has of its own.
PASSING = {
    "established", "rekey-time", "reauth-time", "life-time", "install-time",
    "bytes-in", "bytes-out", "packets-in", "packets-out", "use-in", "use-out",
    "tasks-queued", "tasks-active", "tasks-passive", "child-sas",
}

LISTS = "ike-sas", "conns", "certs", "pools", "authorities"


class Mirror:
    """A list as whoever heeds nothing but `items-changed` knows it."""

    def __init__(self, watch, name, model, on_item=None):
        self.watch, self.name, self.model, self.on_item = watch, name, model, on_item
        self.items = []
        self.handler = model.connect("items-changed", self.on_changed)
        if len(model) > 0:
            self.on_changed(model, 0, 0, len(model))

    def on_changed(self, model, position, removed, added):
        # What is raised here would get lost.
        if position + removed > len(self.items):
            self.watch.faults.append(f"{self.name}: {position}-{removed}+{added} of {len(self.items)}")
        new = [model.get_item(i) for i in range(position, position + added)]
        self.items[position:position + removed] = new
        if len(self.items) != len(model):
            self.watch.faults.append(f"{self.name}: {len(self.items)} told, {len(model)} there")
        self.watch.changes[self.name].append(f"{position}-{removed}+{added}")
        for item in new:
            self.watch.heed(item, self.on_item)

    def check(self):
        if self.items != list(self.model):
            self.watch.faults.append(f"{self.name}: others are told than are there")
        if len(set(map(id, self.items))) != len(self.items):
            self.watch.faults.append(f"{self.name}: something is there twice")

    def close(self):
        self.model.disconnect(self.handler)


class Watch:
    """All lists of a monitor, and the items in them, each by a label: `home`, and where
    there is another one of that name `home'2`."""

    def __init__(self, monitor):
        self.monitor = monitor
        self.faults = []
        self.changes = collections.defaultdict(list)
        self.notified = collections.Counter()
        self.labels = {}                # item -> label
        self.handlers = []              # (item, id)
        self.mirrors = []
        self.states = [monitor.props.state]
        self.handlers.append((monitor, monitor.connect(
            "notify::state", lambda *_: self.states.append(monitor.props.state))))
        on_items = {"ike-sas": self.on_ike_sa, "conns": self.on_conn}
        for name in LISTS:
            self.mirrors.append(Mirror(self, name, monitor.get_property(name), on_items.get(name)))

    def close(self):
        for mirror in self.mirrors:
            mirror.close()
        for item, handler in self.handlers:
            item.disconnect(handler)

    def heed(self, item, on_item):
        if item in self.labels:
            return
        kind, name = type(item).__name__, item.props.name
        known = [label for label in self.labels.values() if label[0] == kind and label[1] == name]
        self.labels[item] = kind, name, len(known) + 1
        self.handlers.append((item, item.connect("notify", self.on_notify)))
        if on_item:
            on_item(item)

    def label(self, item):
        _, name, number = self.labels[item]
        return name if number == 1 else f"{name}'{number}"

    def on_notify(self, item, pspec):
        self.notified[self.label(item), type(item).__name__, pspec.name] += 1

    def on_ike_sa(self, item):
        self.mirrors.append(Mirror(self, f"{self.label(item)}/child-sas", item.props.child_sas))

    def on_conn(self, item):
        self.mirrors.append(Mirror(self, f"conn {self.label(item)}/ike-sas", item.props.ike_sas))

    def take(self):
        """What the lists have told since the last time."""
        for mirror in self.mirrors:
            mirror.check()
        changes = {name: " ".join(told) for name, told in self.changes.items()}
        self.changes.clear()
        return changes

    def count(self, item, name):
        """How often a property of the item has notified."""
        return self.notified[self.label(item), type(item).__name__, name]


# ---------------------------------------------------------------- what there is

def lasting(record):
    """What a record says that does not pass."""
    if record is None:
        return None
    return {key: value for key, value in record.get_message().to_variant().unpack().items()
            if key not in PASSING}


def key_of(record):
    if isinstance(record, Vici.Cert):
        return (record.props.cert_type_text, record.props.flag_text,
                hashlib.sha256(record.props.der.get_data()).hexdigest())
    return record.props.name


def named(records):
    return {key_of(record): lasting(record) for record in records}


def shown_sas(items):
    return {item.props.unique_id: (item.props.name, item.props.state, lasting(item.props.record))
            for item in items}


def listed_sas(records):
    return {record.props.unique_id: (record.props.name, record.props.state, lasting(record))
            for record in records}


def shown(monitor):
    """What the models hold."""
    props = monitor.props
    return {
        "ike-sas": shown_sas(props.ike_sas),
        "child-sas": {sa.props.unique_id: shown_sas(sa.props.child_sas) for sa in props.ike_sas},
        "conns": {conn.props.name: lasting(conn.props.record) for conn in props.conns},
        "ike-sas of conns": {conn.props.name: {sa.props.unique_id for sa in conn.props.ike_sas}
                             for conn in props.conns},
        "numbers": [len(model) for model in (props.ike_sas, props.conns, props.certs, props.pools,
                                             props.authorities)],
        **{name: named([item.props.record for item in monitor.get_property(name)])
           for name in ("certs", "pools", "authorities")},
    }


def listed(daemon):
    """What they should hold."""
    sas = list(daemon.list_sas_sync(None, None))
    conns = named(daemon.list_conns_sync(None, None))
    conns |= {sa.props.name: None for sa in sas if sa.props.name not in conns}
    certs = named(daemon.list_certs_sync(None, None))
    pools = named(daemon.get_pools_sync(Vici.GetPoolsOptions(leases=True), None))
    authorities = named(daemon.list_authorities_sync(None, None))
    return {
        "ike-sas": listed_sas(sas),
        "child-sas": {sa.props.unique_id: listed_sas(sa.props.child_sas) for sa in sas},
        "conns": conns,
        "ike-sas of conns": {name: {sa.props.unique_id for sa in sas if sa.props.name == name}
                             for name in conns},
        "numbers": [len(sas), len(conns), len(certs), len(pools), len(authorities)],
        "certs": certs, "pools": pools, "authorities": authorities,
    }
