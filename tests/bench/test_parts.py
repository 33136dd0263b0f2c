"""Every part of the benchmark runs at 0.5 % of its size, and yields all its figures."""

import math
from pathlib import Path

import pytest

from browser_host.browsers.install.locate import Found
from tests.bench.figures import table
from tests.bench.parts import PARTS
from tests.bench.stand import Scale, Stand

SHARE = 0.005


@pytest.mark.parametrize("name", PARTS)
def test_a_part_yields_all_its_figures(name: str, browser: Found, tmp_path: Path) -> None:
    part = PARTS[name]
    found = part.measure(Stand(browser.executable, tmp_path, Scale(SHARE)))
    missing = {figure.name for figure in part.FIGURES if figure.name not in found}
    assert missing <= {figure.name for figure in part.FIGURES if figure.may_lack}
    assert len(found) + len(missing) == len(part.FIGURES)
    assert all(math.isfinite(value) for value in found.values()), found
    assert table(part.TITLE, part.FIGURES, [found]).count("not measured") == len(missing)
