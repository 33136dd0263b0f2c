"""The single writer of the host's state."""
