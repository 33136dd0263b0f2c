"""The table of threats in docs/security.md: what stands against each is shown by tests that are there."""

import re

import pytest

from tests.house.named import ROOT, is_there

ADMITTED = "**Admitted:**"
NOT_SHOWN = "\u2013"


def rows() -> list[tuple[str, str, str]]:
    lines = (ROOT / "docs/security.md").read_text("utf-8").splitlines()
    cells = [re.split(r"\s*\|\s*", line.strip("| ")) for line in lines if line.startswith("|")]
    return [(threat, holds, shown) for threat, holds, shown in cells if threat not in {"threat", "---"}]


def _named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:60])
def test_each_threat_is_shown_to_be_held_or_admitted(row: tuple[str, str, str]) -> None:
    threat, holds, shown = row
    named = _named(shown)
    assert holds
    assert [name for name in named if not is_there(name)] == []
    assert named or (threat.startswith(ADMITTED) and shown == NOT_SHOWN)


def test_the_table_is_read() -> None:
    assert len(rows()) > 25
    assert any(threat.startswith(ADMITTED) for threat, *_ in rows())
