"""The table of threats in docs/security.md: every test that it names exists."""

import re

import pytest

from tests.conventions.named import ROOT, is_there

NOT_COVERED = "**Not covered:**"
NOT_SHOWN = "\u2013"


def rows() -> list[tuple[str, str, str]]:
    lines = (ROOT / "docs/security.md").read_text("utf-8").splitlines()
    cells = [re.split(r"\s*\|\s*", line.strip("| ")) for line in lines if line.startswith("|")]
    return [(threat, holds, shown) for threat, holds, shown in cells if threat not in {"threat", "---"}]


def _named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:60])
def test_each_threat_is_shown_to_be_held_or_not_covered(row: tuple[str, str, str]) -> None:
    threat, holds, shown = row
    named = _named(shown)
    assert holds
    assert [name for name in named if not is_there(name)] == []
    assert named or (threat.startswith(NOT_COVERED) and shown == NOT_SHOWN)


def test_the_table_is_read() -> None:
    assert len(rows()) > 25
    assert any(threat.startswith(NOT_COVERED) for threat, *_ in rows())
