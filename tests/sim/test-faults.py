#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What goes wrong on demand, and what peers do: sim-charon's own commands."""

import struct
import subprocess

import fakedaemon
import simtest
import taptest


class Faults(simtest.TestCase):
    def fault(self, *faults):
        self.succeed("sim-fault", add=list(faults))

    def test_slow_holds_up_nobody(self):
        self.fault("slow:version:600000")
        other = self.connect()
        self.client.send(fakedaemon.REQUEST, "version", {})
        self.assertEqual(other.call("get-conns")[1], {"conns": []})
        self.assertFalse(self.client.has_more())

    def test_slow_keeps_the_order(self):
        self.fault("slow:version:100")
        self.client.send(fakedaemon.REQUEST, "version", {})
        self.client.send(fakedaemon.REQUEST, "get-conns", {})
        self.assertIn("daemon", self.client.receive()[2])
        self.assertIn("conns", self.client.receive()[2])

    def test_silent(self):
        self.fault("silent:version")
        self.client.send(fakedaemon.REQUEST, "version", {})
        other = self.connect()
        for _ in range(10):
            other.call("get-conns")
        self.assertFalse(self.client.has_more())
        self.assertEqual(other.call("sim-fault", clear="yes")[1], {"success": "yes"})
        self.assertIn("daemon", other.call("version")[1])

    def test_closing(self):
        self.fault("close:version")
        with self.assertRaises(ConnectionError):
            self.client.call("version")
        self.assertEqual(self.connect().call("get-conns")[1], {"conns": []})

    def test_malformed(self):
        self.fault("malformed:version")
        with self.assertRaises(struct.error):
            self.client.call("version")
        self.assertEqual(self.connect().call("get-conns")[1], {"conns": []})

    def test_failing(self):
        self.fault("fail:load-conn:not today", "fail:unload-conn")
        self.fail_with("not today", "load-conn", a={})
        self.fail_with("a simulated failure", "unload-conn", name="a")

    def test_all_commands(self):
        self.fault("fail:*:no")
        self.fail_with("no", "version")
        self.fail_with("no", "stats")
        self.succeed("sim-fault", clear="yes")
        self.assertIn("daemon", self.client.call("version")[1])

    def test_nonsense(self):
        for text in "", "x", "slow", "slow:", "bogus:version", "slow:version:x":
            self.fail_with(f"no such fault: {text}", "sim-fault", add=[text])

    def test_unreachable_peer(self):
        self.load()
        self.fault("unreachable:192.0.2.2")
        self.fail_with("CHILD_SA 'net' not established after 100ms",
                       "initiate", child="net", timeout="100")
        self.client.register("list-sa")
        sas, _ = self.client.call("list-sas")
        self.assertEqual(sas[0][1]["home"]["state"], "CONNECTING")
        self.assertEqual(self.client.call("stats")[1]["ikesas"], {"total": "1", "half-open": "1"})
        self.succeed("terminate", ike="home")
        self.assertEqual(self.client.call("list-sas"), ([], {}))

    def test_peer_that_went_away(self):
        self.load()
        self.succeed("initiate", child="net")
        self.fault("unreachable:192.0.2.2")
        _, reply = self.client.call("terminate", ike="home", timeout="50")
        self.assertEqual(reply, {"success": "no", "matches": "1", "terminated": "0",
                                 "errmsg": "terminating SA failed"})
        self.succeed("terminate", ike="home", force="yes")

    def test_refusing_peer(self):
        self.load()
        self.fault("refuse:192.0.2.2")
        events = self.connect("ike-updown")
        self.fail_with("establishing CHILD_SA 'net' failed", "initiate", child="net")
        _, name, message = events.receive()
        self.assertEqual((name, "up" in message, message["home"]["state"]),
                         ("ike-updown", False, "CONNECTING"))


class OfCommandLine(simtest.TestCase):
    OPTIONS = ("--fault", "fail:stats:so it is", "--fault", "unreachable:2001:db8::2",
               "--version", "6.0.4", "--traffic", "0")

    def test_fault(self):
        self.fail_with("so it is", "stats")

    def test_address_with_colons(self):
        self.succeed("load-shared", type="IKE", data="x")
        self.succeed("load-conn", six={"remote_addrs": ["2001:db8::2"], "children": {"net": {}}})
        self.fail_with("CHILD_SA 'net' not established after 50ms",
                       "initiate", child="net", timeout="50")

    def test_version(self):
        """Newer releases say more."""
        self.assertEqual(self.client.call("version")[1]["version"], "6.0.4")
        self.assertIn("ke", self.client.call("get-algorithms")[1])
        self.succeed("load-conn", a={})
        self.client.register("list-conn")
        self.assertEqual(self.client.call("list-conns")[0][0][1]["a"]["local_port"], "500")

    def test_alert(self):
        self.load()
        self.succeed("sim-fault", add="refuse:192.0.2.2")
        alerts = self.connect("alert")
        self.client.call("initiate", child="net")
        _, name, message = alerts.receive()
        self.assertEqual((name, message["type"], list(message["ike-sa"])),
                         ("alert", "local-auth-failed", ["home"]))

    def test_no_alert_in_older_releases(self):
        process, uri = simtest.start()
        client = simtest.Client(uri)
        with self.assertRaises(LookupError):
            client.register("alert")
        client.close()
        self.assertEqual(simtest.stop(process), 0)

    def test_refused_options(self):
        for options in (["--fault", "x"], ["--speed", "0"], ["--latency", "-1"], ["x"],
                        ["--uri", "nonsense:x"], ["--uri", "unix:///nowhere/x"]):
            run = subprocess.run([simtest.SIM_CHARON, *options], capture_output=True, text=True,
                                 check=False, timeout=simtest.PATIENCE)
            self.assertEqual(run.returncode, 1, options)
            self.assertTrue(run.stderr.startswith("sim-charon: "), run.stderr)


class Peers(simtest.TestCase):
    def test_connects(self):
        """As responder, we give the peer an address of a pool."""
        self.load()
        self.succeed("load-pool", guests={"addrs": "10.9.0.0/24"})
        self.succeed("load-conn", guests={"pools": ["guests"], "children": {"all": {}}})
        events = self.connect("ike-updown", "child-updown")
        self.succeed("sim-connect", ike="guests", child="all", remote__host="192.0.2.7",
                     remote__id="bob")
        sa = events.receive()[2]["guests"]
        self.assertEqual((sa["remote-host"], sa["remote-id"], sa["remote-vips"], "initiator" in sa),
                         ("192.0.2.7", "bob", ["10.9.0.1"], False))
        child = events.receive()[2]["guests"]["child-sas"]["all-1"]
        self.assertEqual(child["remote-ts"], ["10.9.0.1/32"])
        self.assertEqual(self.client.call("get-pools", leases="yes")[1]["guests"]["leases"],
                         {"0": {"address": "10.9.0.1", "identity": "bob", "status": "online"}})
        self.fail_with("guests has online leases, unable to unload", "unload-pool", name="guests")
        self.fail_with("vici pool guests has online leases, unable to replace",
                       "load-pool", guests={"addrs": "10.8.0.0/24"})

        self.succeed("redirect", gateway="192.0.2.8", peer__ip="192.0.2.0/24", peer__id="*ob")
        self.assertNotIn("up", events.receive()[2])
        self.assertEqual(self.client.call("get-pools")[1]["guests"]["offline"], "1")
        # Who was here gets the same address again.
        for name, address in ("carol", "10.9.0.2"), ("bob", "10.9.0.1"):
            self.succeed("sim-connect", ike="guests", remote__id=name)
        self.assertEqual(
            [lease["address"] for lease in self.client.call("get-pools", leases="yes")[1]
             ["guests"]["leases"].values()], ["10.9.0.1", "10.9.0.2"])

    def test_moves(self):
        self.load()
        self.succeed("initiate", child="net")
        events = self.connect("ike-update")
        self.succeed("sim-move", ike="home", remote__host="192.0.2.9", remote__port="4711")
        message = events.receive()[2]
        self.assertEqual((message["remote-host"], message["remote-port"],
                          message["home"]["remote-host"]), ("192.0.2.9", "4711", "192.0.2.2"))
        self.client.register("list-sa")
        self.assertEqual(self.client.call("list-sas")[0][0][1]["home"]["remote-host"], "192.0.2.9")

    def test_unknown(self):
        self.fail_with("no such connection", "sim-connect", ike="nobody")
        self.fail_with("no such connection", "sim-connect")
        self.fail_with("no such IKE_SA", "sim-move", ike="nobody")


class Time(simtest.TestCase):
    OPTIONS = ("--speed", "20000")

    def test_rekeys_by_itself(self):
        """Hours pass in less than a second; unique ids change, and the child goes along."""
        self.load()
        children = self.connect("child-rekey")
        ikes = self.connect("ike-rekey")
        self.succeed("initiate", child="net")
        both = children.receive()[2]["home"]["child-sas"]["net"]
        self.assertNotEqual(both["old"]["uniqueid"], both["new"]["uniqueid"])
        self.assertEqual((both["old"]["state"], both["new"]["state"]), ("REKEYED", "INSTALLED"))
        sa = ikes.receive()[2]["home"]
        self.assertNotEqual(sa["old"]["uniqueid"], sa["new"]["uniqueid"])
        self.client.register("list-sa")
        while True:
            events, _ = self.client.call("list-sas", ike="home")
            listed = events[0][1]["home"]
            children = [child for child in listed["child-sas"].values()
                        if child["state"] == "INSTALLED"]
            if children and int(children[0]["bytes-in"]) > 0:
                break
        self.assertLess(int(children[0]["rekey-time"]), 3600)

    def test_many_initiate_at_once(self):
        """Ten clients for ten children of one peer: each gets its own."""
        self.load(**{f"c{i}": {} for i in range(10)})
        clients = [self.connect("control-log") for _ in range(10)]
        for i, client in enumerate(clients):
            client.send(fakedaemon.REQUEST, "initiate", {"child": f"c{i}", "loglevel": "0"})
        for i, client in enumerate(clients):
            log = []
            while (packet := client.receive())[0] == fakedaemon.EVENT:
                log.append(packet[2]["msg"])
            self.assertEqual(packet[2], {"success": "yes"})
            self.assertTrue(log[-1].startswith(f"CHILD_SA c{i}{{"), log)
        self.assertEqual(self.client.call("stats")[1]["ikesas"]["total"], "1")


if __name__ == "__main__":
    taptest.main()
