"""What a soak is there to find."""


class Violation(AssertionError):  # noqa: N818 - says what it is
    """An invariant does not hold."""
