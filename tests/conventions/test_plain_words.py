"""The glossary's terms and plain English: words that product code and documents do not use."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.conventions.named import ROOT

WORDS = (
    *("anew", "befell", "guilty", "acquitted", "warden", "scribe", "scout", "housing", "shelf"),
    *("in plain words", "by its own word", "to be had", "is none that", "the story"),
    *("what stands against", "comes to nothing", "says its word"),
)
STRICT = (
    *("any more", "of late", "by itself", "by themselves", "set apart", "sets apart", "told apart"),
    *("lets go", "let go", "for so long", "so many times", "asked for", "asks for", "taken away"),
    *("takes away", "oftener", "brought back", "a word a"),
    *("speaks for", "speaks of", "goes on", "go on", "became of", "on its way", "own word"),
    *("last word", "its word", "is told", "are told", "noticed by others", "in vain", "come what may"),
    *("notwithstanding", "is nobody's", "goes unheard", "be got"),
)
"""Also unused in `STRICT_PLACES`, where all prose is in plain English."""

STRICT_PLACES = (
    *(f"browser_host/supervisor/{name}/" for name in ("api", "audit", "automation", "hosting", "process")),
    *(f"browser_host/{name}/" for name in ("api", "bridge", "browsers", "cli", "config")),
    *(f"browser_host/{name}/" for name in ("journal", "upscope")),
    *(f"docs/{name}.md" for name in ("architecture", "benchmarks", "faults", "running", "scale", "security")),
    *("CHANGELOG.md", "config.example.toml"),
)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


UNUSED, STRICTLY_UNUSED = _any_of(WORDS), _any_of((*WORDS, *STRICT))
EXEMPT = {
    "docs/glossary.md": "names what is not used",
}
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in (
        "browser_host/**/*.py",
        "browser_host/**/*.js",
        "tui/**/*.py",
        "docs/**/*.md",
        "*.md",
        "*.toml",
    )
    for path in ROOT.glob(pattern)
)


@pytest.mark.parametrize("name", [name for name in FILES if name not in EXEMPT])
def test_words_are_plain(name: str) -> None:
    lines = Path(ROOT / name).read_text("utf-8").splitlines()
    unused = STRICTLY_UNUSED if name.startswith(STRICT_PLACES) else UNUSED
    assert [f"{number}: {line}" for number, line in enumerate(lines, 1) if unused.search(line)] == []


def test_a_forbidden_phrase_is_found() -> None:
    assert UNUSED.search("It paints anew.")
    assert STRICTLY_UNUSED.search("It goes on by itself")
    assert not UNUSED.search("It goes on by itself")
