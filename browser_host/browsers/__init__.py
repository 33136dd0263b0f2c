"""Finding a browser, running it, and giving each session a page in one of its processes."""
