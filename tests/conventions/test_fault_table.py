"""The documented fault table is the tested one: every row with its texts and limits."""

from pathlib import Path

from tests.support.fault_table import ROWS

CELLS = 7


def documented(root: Path) -> dict[str, tuple[str, ...]]:
    """The cells of each row by the fault's name, without the measurements."""
    lines = (root / "docs" / "faults.md").read_text().splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {
        row[0]: (row[1], row[2], row[4], row[5]) for row in rows if len(row) == CELLS and row[0] != "fault"
    }


def test_the_documented_table_is_the_tested_one(root: Path) -> None:
    def seconds(limit: float | None) -> str:
        return "-" if limit is None else f"{limit:g} s"

    assert documented(root) == {
        name: (row.detection, seconds(row.detect_within), row.recovery, seconds(row.recover_within))
        for name, row in ROWS.items()
    }


def test_every_row_has_a_test(root: Path) -> None:
    text = "".join(
        file.read_text() for file in (root / "tests" / "end_to_end").glob("test_fault_matrix_*.py")
    )
    victims = {f"{victim} {end}" for victim in ("browser", "driver") for end in ("killed", "stopped")}
    assert [name for name in ROWS if f'"{name}"' not in text and name not in victims] == []
