"""Recordings: a host's snapshot and events in a file, without secrets, and back again."""
