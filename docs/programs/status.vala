int main (string[] args) {
    try {
        var connection = new Vici.Connection (args[1]);
        connection.open_sync ();

        var version = connection.call_sync ("version", null);
        print ("%s\n", version.to_string (PRETTY));

        var sas = connection.call_streaming ("list-sas", null, null);
        Vici.Message? sa;
        while ((sa = sas.next_sync ()) != null)
            print ("%s\n", sa.to_string (PRETTY));
    } catch (Error error) {
        printerr ("%s\n", error.message);
        return 1;
    }
    return 0;
}
