"""A minute of a soak, with another seed in each run."""

import random
from pathlib import Path

import pytest

from browser_host.browsers.install.locate import Found
from tests.conftest import Turns
from tests.soak.run import soak
from tests.soak.summary import lines

MINUTES = 1.0


@pytest.mark.by_turns
@pytest.mark.timeout(600)
def test_a_minute_of_random_faults_violates_nothing(browser: Found, tmp_path: Path, turns: Turns) -> None:
    seed = random.randrange(10_000)
    outcome = soak(
        tmp_path, browser.executable, minutes=MINUTES, seed=seed, sessions=8, report=print, turn=turns
    )
    assert not outcome.violation, "\n".join(lines(outcome))
    assert outcome.states.get("confirmed", 0) > 30
