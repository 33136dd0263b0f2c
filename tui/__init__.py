"""The dashboard: a client of the host like any other."""
