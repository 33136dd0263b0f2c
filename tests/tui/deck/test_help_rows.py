"""The help has every term of the filter, each of which can be read, and finds what is searched for."""

from browser_host.sessions import filter as filters
from tui.view import help_text


def test_every_term_of_the_filter_is_explained() -> None:
    rows = {row.name: row for row in help_text.filter_rows()}
    for term, accepted in filters.terms():
        assert rows[term].words
        for word in accepted or (("10m",) if term.endswith(">") else ("x",) if term == "label:" else ()):
            filters.parse(f"{term}{word} !{term}{word}")


def test_a_search_finds_by_name_words_and_accepted_words() -> None:
    rows = tuple(help_text.filter_rows())
    assert [row.name for row in help_text.matching(rows, "STALE rule")] == ["stale:"]
    assert [row.name for row in help_text.matching(rows, "viewerready")] == ["status:"]
    assert help_text.matching(rows, "") == rows
    assert help_text.matching(rows, "no such words") == ()
