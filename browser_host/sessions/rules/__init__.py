"""What an event makes of a session and its ledger. Pure."""
