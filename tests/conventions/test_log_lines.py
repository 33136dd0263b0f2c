"""The lines of the log that the manual explains are those that the host writes."""

import re
from pathlib import Path


def test_each_line_that_is_explained_is_written_somewhere(root: Path) -> None:
    manual = (root / "docs" / "running.md").read_text("utf-8")
    explained = {
        word
        for row in manual.partition("## Reading the logs")[2].splitlines()
        if row.startswith("| `")
        for word in re.findall(r"`([a-z]+\.[a-z_]+)`", row.split("|")[1])
    }
    code = "".join(path.read_text("utf-8") for path in (root / "browser_host").rglob("*.py"))
    assert len(explained) > 30
    assert [word for word in sorted(explained) if f'"{word}"' not in code] == []
