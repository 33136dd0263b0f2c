"""Comparison of text, ignoring case and equivalent Unicode forms."""

from functools import lru_cache
from unicodedata import normalize

_UNSEEN = dict.fromkeys(map(ord, "\u200c\u200d\ufe0e\ufe0f"))
"""Joiners and selectors that names and emoji are written with or without."""


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text in the form used for comparison: NFKC and case-folded, without joiners.

    Twice, as Unicode's definition of compatibility caseless matching has it (D146).
    """
    once = normalize("NFKC", normalize("NFD", text.translate(_UNSEEN)).casefold())
    return normalize("NFKC", once.casefold())
