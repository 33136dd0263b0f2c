"""Two minutes of a soak, from a seed of its own in each run of the tests."""

import random
from pathlib import Path

import pytest

from browser_host.browsers.find import Found
from tests.conftest import Turns
from tests.soak.run import soak
from tests.soak.summary import lines

MINUTES = 2.0


@pytest.mark.by_turns
@pytest.mark.timeout(600)
def test_two_minutes_of_faults_lose_nothing(browser: Found, tmp_path: Path, turns: Turns) -> None:
    seed = random.randrange(10_000)
    outcome = soak(
        tmp_path, browser.executable, minutes=MINUTES, seed=seed, sessions=8, say=print, turn=turns
    )
    assert not outcome.violation, "\n".join(lines(outcome))
    assert outcome.fates.get("confirmed", 0) > 100
