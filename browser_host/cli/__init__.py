"""The commands. Data goes to stdout, messages to stderr."""
