"""What happened, who did it and the result: append-only on disk, each row chained to the one before."""
