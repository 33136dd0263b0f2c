"""The processes a browser is made of: found, recorded, and ended."""
