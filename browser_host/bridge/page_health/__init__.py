"""How busy a process is, and how much the scripts and the storage of its pages hold."""
