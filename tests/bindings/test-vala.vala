/* SPDX-License-Identifier: LGPL-2.1-or-later */

/* What the library looks like from Vala. */

delegate void Body () throws GLib.Error;

Vici.Connection to_daemon () {
    return new Vici.Connection (Environment.get_variable ("VICI_TEST_URI"));
}

Vici.Message message (string name, string value) throws GLib.Error {
    var builder = new Vici.Builder ();
    builder.add_string (name, value);
    return builder.end ();
}

async void calls () throws GLib.Error {
    var connection = to_daemon ();
    assert (yield connection.open_async ());

    var version = yield connection.call_async ("version");
    assert (version.lookup_string ("daemon") == "charon");
    assert (version.lookup_string ("none") == null);
    assert (version.get_names ()[0] == "daemon");

    try {
        yield connection.call_async ("no-such-command");
        assert_not_reached ();
    } catch (Vici.Error.UNKNOWN_COMMAND error) {
        assert (error.message.contains ("no-such-command"));
    }

    var refused = yield connection.call_async ("unload-conn", message ("name", "gw"));
    try {
        refused.check_success ();
        assert_not_reached ();
    } catch (Vici.Error error) {
        assert (error is Vici.Error.COMMAND_FAILED);
    }

    assert (yield connection.close_async ());
    assert (connection.state == CLOSED);
}

async void streams () throws GLib.Error {
    var connection = to_daemon ();
    yield connection.open_async (null);

    var stream = connection.call_streaming ("list-sas", null, message ("count", "3"));
    Vici.Message? event;
    var count = 0;
    while ((event = yield stream.next_async ()) != null)
        count += event.lookup_section ("gateway") != null ? 1 : 0;
    assert (count == 3);
    assert (stream.get_reply ().is_empty ());
}

/* What may be left out is left out. */
async void typed () throws GLib.Error {
    var connection = to_daemon ();
    yield connection.open_async ();

    var daemon = new Vici.Daemon (connection);
    var version = yield daemon.version_async ();
    assert (version.daemon == "charon");
    var sas = yield daemon.list_sas_async ();
    assert (sas.get_n_items () == 1);
    assert (((Vici.IkeSa) sas.get_item (0)).remote_vips[0] == "10.0.0.1");
    assert ((yield daemon.list_conns_async ()).get_n_items () == 2);
}

async void events () throws GLib.Error {
    var connection = to_daemon ();
    string? heard = null;

    yield connection.open_async (null);
    connection.event["test-event"].connect ((name, message) => {
        heard = name;
        Idle.add (events.callback);
    });
    yield connection.subscribe_async ("test-event", null);
    connection.call_async.begin (
        "test-raise", message ("event", "test-event"), null, (_, result) => {
            try {
                assert (connection.call_async.end (result).is_empty ());
            } catch (GLib.Error error) {
                assert_not_reached ();
            }
        });
    yield;
    assert (heard == "test-event");
    yield connection.unsubscribe_async ("test-event", null);
}

async void ends () throws GLib.Error {
    var connection = to_daemon ();
    var closed = false;

    connection.closed.connect ((error) => closed = error is Vici.Error.CLOSED);
    yield connection.open_async (null);
    try {
        yield connection.call_async ("test-hang-up", null, null);
        assert_not_reached ();
    } catch (Vici.Error.CLOSED error) {
    }
    Idle.add (ends.callback);
    yield;
    assert (closed);

    try {
        connection.uri = "unix:///nowhere/at.all";
        yield connection.open_async (null);
        assert_not_reached ();
    } catch (IOError.NOT_FOUND error) {
    }
}

void synchronous () throws GLib.Error {
    var connection = to_daemon ();

    connection.open_sync ();
    assert (connection.call_sync ("version", null).to_string (NONE).has_prefix ("{"));
    var stream = connection.call_streaming ("list-sas", null, null);
    assert (stream.next_sync () != null);
    assert (stream.next_sync () == null);
    connection.close_sync ();
}

void messages () throws GLib.Error {
    var one = new Vici.Message.from_variant (
        new Variant.parsed ("{'gw': <{'remote_addrs': <['192.0.2.1']>, 'version': <2>}>}"));
    var iter = new Vici.MessageIter (one);

    assert (iter.next ());
    assert (iter.get_element () == SECTION_START);
    assert (iter.get_name () == "gw");
    assert (iter.next () && iter.next ());
    assert (iter.get_data ().length == "192.0.2.1".length);
    assert (iter.dup_string () == "192.0.2.1");
    iter.skip ();
    assert (iter.get_depth () == 1);

    assert (one.lookup_section ("gw").lookup_int64 ("version", 0) == 2);
    assert (one.equal (new Vici.Message.from_bytes (one.get_bytes ())));
    assert (one.to_variant ().print (false) ==
            "{'gw': <{'remote_addrs': <['192.0.2.1']>, 'version': <'2'>}>}");
}

void mistakes () throws GLib.Error {
    var builder = new Vici.Builder ();

    builder.begin_section ("a");
    builder.add_strv ("list", { "x", "y" });
    builder.add_data ("data", { 1, 2 });
    try {
        builder.end ();
        assert_not_reached ();
    } catch (Vici.Error.INVALID error) {
    }
}

class HandSession : Vici.Session {
    public ByteArray sent = new ByteArray ();
    public bool was_closed = false;

    public override void send (Bytes data) {
        sent.append (data.get_data ());
    }

    public override void close () {
        was_closed = true;
    }
}

void sessions () throws GLib.Error {
    var session = new HandSession ();
    var answered = false;

    session.call ("version", null, (session, event, message, error) => {
        answered = event == null && message.is_empty () && error == null;
    });
    assert (session.sent.len == 4 + 2 + 7);
    assert (session.receive ({ 0, 0, 0, 1, 1 }) == 5);
    assert (answered);

    session.closed (null);
    assert (session.is_closed ());
    assert (!session.was_closed);
}

void add (string path, owned Body body) {
    Test.add_data_func (path, () => {
        try {
            body ();
        } catch (GLib.Error error) {
            Test.message ("%s", error.message);
            Test.fail ();
        }
    });
}

/* The end of an asynchronous test. */
MainLoop loop;
GLib.Error? failure;

void finish (Body body) {
    try {
        body ();
    } catch (GLib.Error error) {
        failure = error;
    }
    loop.quit ();
}

void run_loop () throws GLib.Error {
    failure = null;
    loop.run ();
    if (failure != null)
        throw failure;
}

int main (string[] args) {
    Test.init (ref args);
    loop = new MainLoop ();
    add ("/vala/calls", () => {
        calls.begin ((_, result) => finish (() => calls.end (result)));
        run_loop ();
    });
    add ("/vala/streams", () => {
        streams.begin ((_, result) => finish (() => streams.end (result)));
        run_loop ();
    });
    add ("/vala/typed", () => {
        typed.begin ((_, result) => finish (() => typed.end (result)));
        run_loop ();
    });
    add ("/vala/events", () => {
        events.begin ((_, result) => finish (() => events.end (result)));
        run_loop ();
    });
    add ("/vala/ends", () => {
        ends.begin ((_, result) => finish (() => ends.end (result)));
        run_loop ();
    });
    add ("/vala/synchronous", synchronous);
    add ("/vala/messages", messages);
    add ("/vala/mistakes", mistakes);
    add ("/vala/sessions", sessions);
    return Test.run ();
}
