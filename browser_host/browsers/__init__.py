"""Finding a browser, running it, and placing sessions as iframes in its pages."""
