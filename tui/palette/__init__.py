"""The palette: its screen, what it finds, and the targets that it gives an action."""
