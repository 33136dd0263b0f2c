"""`python -m tests.bench [PART …]`: measures Watchdeck and its alternatives in rounds, and prints tables.

Within a round the subjects take turns, so that drift of the machine affects all of them alike.
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

from browser_host.browsers.install.download import ensure_browser
from tests.bench import machine
from tests.bench.figures import table
from tests.bench.parts import ONLY_BY_NAME, PARTS
from tests.bench.stand import Scale, Stand


def main() -> None:
    """Measure the parts, and print Markdown."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "parts",
        nargs="*",
        metavar="PART",
        help=f"one of {', '.join(PARTS)}; default: all but {', '.join(ONLY_BY_NAME)}",
    )
    parser.add_argument("--rounds", type=int, help="number of rounds, instead of each part's default")
    parser.add_argument(
        "--scale", type=float, default=1.0, help="factor on sessions and seconds; the goals apply to 1"
    )
    parser.add_argument("--raw", type=Path, help="append each round to this file as JSON lines")
    asked = parser.parse_args()
    if unknown := [name for name in asked.parts if name not in PARTS]:
        parser.error(f"unknown part {', '.join(unknown)} (known: {', '.join(PARTS)})")
    browser = ensure_browser(None, lambda text: print(text, file=sys.stderr)).executable
    print(f"{machine.describe(browser)}\n", flush=True)
    for name in asked.parts or [name for name in PARTS if name not in ONLY_BY_NAME]:
        part = PARTS[name]
        rounds = []
        for number in range(asked.rounds or part.ROUNDS):
            began = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="b", ignore_cleanup_errors=True) as folder:
                stand = Stand(browser, Path(folder), Scale(asked.scale))
                try:
                    rounds.append(part.measure(stand))
                except Exception:
                    print(stand.log.read_text()[-4000:], file=sys.stderr)
                    raise
            took = time.monotonic() - began
            print(f"{name}: round {number + 1} took {took:.0f} s", file=sys.stderr, flush=True)
            if asked.raw is not None:
                with asked.raw.open("a") as raw:
                    raw.write(json.dumps({"part": name, **rounds[-1]}) + "\n")
        print(f"{table(f'{name}: {part.TITLE}', part.FIGURES, rounds)}\n", flush=True)


if __name__ == "__main__":
    main()
