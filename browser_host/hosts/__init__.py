"""Several hosts as one: where each is, its names, and calls to all of them."""
