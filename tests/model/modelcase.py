# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the steps of the scenario have in common: a daemon, and a monitor that is watched."""

import contextlib
import os
import unittest

import gi
gi.require_version("Vici", "1.0")
from gi.repository import GLib, Vici

import modelwatch
from daemonlab import wait_for

State = Vici.MonitorState
ConnState = Vici.ConnState

NOBODY_UID = 65534


class Call:
    """An asynchronous call, and how it ended."""

    def __init__(self, start, finish, *arguments):
        self.result = self.error = None
        self.done = False
        self.finish = finish
        start(*arguments, self.on_done)

    def on_done(self, _source, result):
        try:
            self.result = self.finish(result)
        except GLib.Error as error:
            self.error = error
        self.done = True

    def wait(self):
        wait_for(lambda: self.done, "the end of a call")
        return self


@contextlib.contextmanager
def as_nobody():
    """As a user who may do nothing; who is one already stays who that is."""
    privileged = os.geteuid() == 0
    if privileged:
        os.seteuid(NOBODY_UID)
    try:
        yield
    finally:
        if privileged:
            os.seteuid(0)


class TestCase(unittest.TestCase):
    maxDiff = None
    daemons = None

    def setUp(self):
        self.addCleanup(self.daemons.reset)
        self.watch = None

    def start(self, uri=None):
        """A new monitor, and all that it tells."""
        self.monitor = Vici.Monitor.new(uri or self.daemons.uri)
        self.watch = modelwatch.Watch(self.monitor)
        self.addCleanup(self.close)

    def close(self):
        self.monitor.stop()
        self.watch.take()
        self.watch.close()
        self.assertEqual(self.watch.faults, [])
        self.assertEqual(modelwatch.shown(self.monitor)["numbers"], [0] * 5)

    # -- Steps --

    def wait_state(self, state):
        wait_for(lambda: self.monitor.props.state == state, state.value_nick)
        self.assertTrue(self.monitor.props.state_text)
        self.assertEqual(self.monitor.props.hint is not None,
                         state in (State.NO_SOCKET, State.NO_PERMISSION, State.LOST))

    def states(self, *expected):
        """What the state has been since the last time."""
        seen, self.watch.states[:] = list(self.watch.states), self.watch.states[-1:]
        self.assertEqual(seen, list(expected))

    def agree(self, changes=None):
        """The models are what the daemon has, they have told nothing else than what is expected,
        and there is nothing that they do not know yet."""
        def agrees():
            self.fresh = modelwatch.listed(self.daemons.daemon)
            return modelwatch.shown(self.monitor) == self.fresh

        try:
            wait_for(agrees, "the models to be what the daemon has")
        except AssertionError:
            self.assertEqual(modelwatch.shown(self.monitor), self.fresh)
            raise
        self.assertEqual(self.watch.take(), changes or {})
        self.refresh()
        self.assertEqual(self.watch.take(), {}, "told by a refresh")
        self.assertEqual(modelwatch.shown(self.monitor), modelwatch.listed(self.daemons.daemon))
        self.assertEqual(self.watch.faults, [])

    def refresh(self):
        call = Call(self.monitor.refresh_async, self.monitor.refresh_finish, None)
        self.assertTrue(call.wait().result, call.error)

    def ready(self, changes=None):
        self.wait_state(State.READY)
        self.agree(changes)

    def load(self, **conns):
        self.daemons.load(conns=conns)
        self.daemons.load_at_peer(conns)

    def conn(self, name="home"):
        return next(item for item in self.monitor.props.conns if item.props.name == name)

    def ike_sas(self, name="home"):
        return list(self.conn(name).props.ike_sas)

    def only_ike_sa(self, name="home"):
        ike_sa, = self.ike_sas(name)
        return ike_sa

    def only_child_sa(self, name="home"):
        child_sa, = self.only_ike_sa(name).props.child_sas
        return child_sa

    def begin_up(self, name="home", child=None, log=None, cancellable=None):
        item = self.conn(name)
        return Call(item.up_async, item.up_finish, child, log, cancellable)

    def up(self, name="home", child=None):
        call = self.begin_up(name, child).wait()
        self.assertTrue(call.result, call.error)
        # When it ends, the lists show it.
        self.assertEqual(self.conn(name).props.state, ConnState.UP)

    def down(self, name="home", child=None):
        item = self.conn(name)
        call = Call(item.down_async, item.down_finish, child, None, None).wait()
        self.assertTrue(call.result, call.error)

    def conn_is(self, state, name="home", failure=Vici.Failure.NONE):
        props = self.conn(name).props
        self.assertEqual((props.state, props.failure), (state, failure))
        self.assertEqual(props.reason is not None, state == ConnState.FAILED)
        self.assertEqual(props.up_since is not None, state == ConnState.UP)
