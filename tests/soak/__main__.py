"""`python -m tests.soak`: random faults under a load of instructions, with invariants checked after each."""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from browser_host.browsers.install.download import ensure_browser
from tests.soak.run import soak
from tests.soak.summary import lines

LOG_CHARACTERS = 6000


def main() -> int:
    """Run a soak, print its summary, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, help="seed of an earlier soak, to repeat its faults")
    parser.add_argument("--sessions", type=int, default=12)
    asked = parser.parse_args()
    seed = random.randrange(10_000) if asked.seed is None else asked.seed
    browser = ensure_browser(None, _tell).executable
    _tell(f"seed {seed}")
    with tempfile.TemporaryDirectory(prefix="wd-", ignore_cleanup_errors=True) as folder:
        outcome = soak(
            Path(folder), browser, minutes=asked.minutes, seed=seed, sessions=asked.sessions, report=_tell
        )
        if outcome.violation:
            _tell((Path(folder) / "stderr.txt").read_text()[-LOG_CHARACTERS:])
    print("\n".join(lines(outcome)), flush=True)
    return 1 if outcome.violation else 0


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
