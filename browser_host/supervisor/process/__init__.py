"""The host as a process: how it is wired, starts, reloads and stops."""
