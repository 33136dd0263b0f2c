"""HTTP and JSON on the host's Unix socket: server, client, schema."""
