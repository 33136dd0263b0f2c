"""A group: session pages in one renderer process, opened, watched and closed together."""
