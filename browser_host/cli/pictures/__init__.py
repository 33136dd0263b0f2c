"""Pictures of sessions' pages: the command that takes them, and how a terminal shows them."""
