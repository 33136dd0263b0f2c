"""What talks to the host: connection, deck and commands."""
