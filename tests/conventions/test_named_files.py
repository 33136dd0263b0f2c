"""Every file of the project that its documents name is there."""

import re
from pathlib import Path

import pytest

from tests.conventions.named import ROOT

DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    "config.example.toml",
    *(path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "docs").rglob("*.md"))),
    "docs/watchdeck.service",
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


PATHS = re.compile(r"`((?:[\w-]+/)+[\w-]+\.(?:py|js))`")
CLASSES = re.compile(r"`((?:[A-Z][a-z]+){2,})`")
BASES = ("browser_host", "tui", ".")
FOREIGN_CLASSES = {"DataTable": "Textual's"}


@pytest.mark.parametrize("document", ["docs/architecture.md", "docs/glossary.md"])
def test_modules_and_classes_named_by_path_exist(root: Path, document: str) -> None:
    text = (root / document).read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for base in BASES[:2] for path in (root / base).rglob("*.py"))
    missing = [
        name for name in PATHS.findall(text) if not any((root / base / name).is_file() for base in BASES)
    ]
    unknown = [name for name in CLASSES.findall(text) if f"\nclass {name}" not in code]
    assert missing == []
    assert sorted(set(unknown) - FOREIGN_CLASSES.keys()) == []
