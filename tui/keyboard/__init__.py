"""What keys tell of the keyboard that they come from."""
