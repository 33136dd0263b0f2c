"""Repeatable randomness: each part has a generator of its own, so that no part disturbs another."""

import random


def seeded_random(seed: int, *of: str | int) -> random.Random:
    """Return the random generator for one part of one run.

    Args:
        seed: the seed of the run.
        of: the part, such as `("script", 3)`.
    """
    return random.Random("/".join(map(str, (seed, *of))))  # noqa: S311 - repeatable, not secret
