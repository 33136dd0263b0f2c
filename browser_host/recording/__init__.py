"""Recordings: the snapshots and events of hosts in a file, without secrets, and back again."""
