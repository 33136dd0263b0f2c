"""The error that a soak looks for."""


class InvariantError(AssertionError):
    """An invariant does not hold."""
