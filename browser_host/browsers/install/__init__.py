"""The browser's program: where it is, how to get it, and whether its sandbox works."""
