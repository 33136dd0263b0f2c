"""The single writer: puts the rooms together."""
