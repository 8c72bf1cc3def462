async void listen (string? uri) throws Error {
    var connection = new Vici.Connection (uri);
    connection.event["ike-updown"].connect ((name, message) =>
        print ("%s %s\n", name, message.to_string (NONE)));

    yield connection.open_async ();
    yield connection.subscribe_async ("ike-updown");
    connection.closed.connect ((error) => listen.callback ());
    yield;
}

int main (string[] args) {
    var loop = new MainLoop ();
    var status = 0;

    listen.begin (args[1], (_, result) => {
        try {
            listen.end (result);
        } catch (Error error) {
            printerr ("%s\n", error.message);
            status = 1;
        }
        loop.quit ();
    });
    loop.run ();
    return status;
}
