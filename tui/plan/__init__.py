"""A bulk end, from its draft to the result of its run."""
