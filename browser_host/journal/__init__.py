"""What happened, who did it and what became of it: append-only on disk, each row bound to the one before."""
