"""Charts of statistics: in the terminal, and as files."""
