"""Chance that can be repeated: every part draws from its own, so that no part's draws disturb another's."""

import random


def dice(seed: int, *of: str | int) -> random.Random:
    """The chance that belongs to one thing of one run.

    Args:
        seed: the run's.
        of: what draws, such as `("script", 3)`.
    """
    return random.Random("/".join(map(str, (seed, *of))))  # noqa: S311 - repeatable is what is wanted
