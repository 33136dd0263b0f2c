"""`python -m tests.monkey --steps N --seed S`: a play as long as one likes; a seed repeats it."""

import argparse
import asyncio
import sys
import time

from tests.monkey.play import NotMeantError, play


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()

    def progress(done: int) -> None:
        if not done % 10_000:
            sys.stderr.write(f"{done} steps, {time.monotonic() - began:.0f} s\n")

    try:
        result = asyncio.run(play(given.steps, given.seed, progress))
    except NotMeantError as accident:
        sys.stderr.write(f"{accident}\n")
        return 1
    took = time.monotonic() - began
    sys.stdout.write(
        f"seed {given.seed}: {result.steps} steps in {took:.0f} s, 0 not meant\n"
        f"steps {dict(result.kinds)}\nscreens {dict(result.screens)}\nsent {result.sent}\n"
    )
    return 0


sys.exit(main())
