int main (string[] args) {
    var loop = new MainLoop ();
    var connection = new Vici.Connection (args[1]);
    connection.event["ike-updown"].connect ((name, message) =>
        print ("%s %s\n", name, message.to_string (NONE)));
    connection.closed.connect ((error) => loop.quit ());

    try {
        connection.open_sync ();
        connection.subscribe_sync ("ike-updown");
    } catch (Error error) {
        printerr ("%s\n", error.message);
        return 1;
    }
    loop.run ();
    return 0;
}
