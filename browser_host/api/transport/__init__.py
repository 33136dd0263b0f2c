"""How a client's requests reach the host: beside an event loop's other work, or blocking for a command."""
