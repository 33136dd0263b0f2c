"""Every file of the project that its documents name is there."""

import re
from pathlib import Path

import pytest

DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    "config.example.toml",
    *(
        f"docs/{name}"
        for name in (
            "benchmarks.md",
            "faults.md",
            "running.md",
            "scale.md",
            "security.md",
            "watchdeck.service",
        )
    ),
)
NAMED = re.compile(
    r"(?<![\w/.~$-])((?:docs|tests|browser_host|tui)/[\w./-]*\w\.(?:md|py|js|toml|service|png))"
)
LINKED = re.compile(r"\]\((?!https?://|#)([^)#]+)")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_is_named_is_there(root: Path, document: str) -> None:
    text = (root / document).read_text("utf-8")
    named = {root / name for name in NAMED.findall(text)}
    linked = {(root / document).parent / name for name in LINKED.findall(text)}
    assert [str(path) for path in sorted(named | linked) if not path.exists()] == []
