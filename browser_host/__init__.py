"""The host: owns the browser, is the only writer of state, and serves it on a Unix socket."""
