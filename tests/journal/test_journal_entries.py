"""What an entry may hold, whatever it is given."""

import json

from hypothesis import given
from hypothesis import strategies as st

from browser_host.journal import entries, sanitize
from browser_host.journal.entries import EntryOutcome, JournalEntry
from browser_host.secrets import WatchLink

LINK = "https://o.upscope.io/w/abc?token=s3cr3t-canary"


@given(st.text(st.characters(), max_size=2000), st.integers(1, 600))
def test_kept_text_is_printable_bounded_and_can_be_stored(text: str, limit: int) -> None:
    kept = sanitize.kept(text, limit)
    assert not {"\x00", "\x1b", "\x7f", "\x9b", "\n", "\u202e", "\u2028"} & set(kept)
    assert len(kept) <= limit
    kept.encode()
    assert sanitize.kept(kept, limit) == kept


def test_a_link_becomes_its_fingerprint_wherever_it_stands() -> None:
    entry = JournalEntry(1.0, LINK, LINK, LINK, LINK, LINK, EntryOutcome.SAID, f"see {LINK}, now", LINK, LINK)
    shown = json.dumps(entries.to_json(1, entry.columns()))
    assert "canary" not in shown
    assert "abc" not in entry.text
    assert entry.text == f"see (link {WatchLink(LINK).fingerprint}), now"


def test_a_link_within_a_link_is_masked_too() -> None:
    entry = JournalEntry(1.0, "kim", "cli", "x", text="retry_url=https%3A%2F%2Fo.upscope.io%2Fw%2Fcanary")
    assert "canary" not in entry.text


def test_an_origin_is_no_secret_and_a_user_in_it_is() -> None:
    assert (
        JournalEntry(1.0, "k", "c", "a", text="at https://a.example:8443").text == "at https://a.example:8443"
    )
    assert "canary" not in JournalEntry(1.0, "k", "c", "a", text="https://canary@a.example/").text


def test_a_key_in_a_header_is_masked() -> None:
    assert "canary" not in JournalEntry(1.0, "k", "c", "a", text="X-Api-Key canary was refused").text
    assert "canary" not in JournalEntry(1.0, "k", "c", "a", text="Authorization: Bearer canary").text


def test_control_characters_and_overrides_are_made_visible() -> None:
    text = JournalEntry(1.0, "k", "c", "a", text="a\x1b[31m\u202eb\ud800").text
    assert text == "a␛[31m\\u202eb\\ud800"


def test_the_contract_names_the_keys() -> None:
    entry = JournalEntry(
        1700000000.1234, "kim", "cli", "endSession", "s1", "Acme", EntryOutcome.SENT, "t", "i7", None
    )
    assert entries.to_json(3, entry.columns()) == {
        "seq": 3,
        "at": "2023-11-14T22:13:20.123Z",
        "by": "kim",
        "client": "cli",
        "action": "endSession",
        "session": "s1",
        "label": "Acme",
        "outcome": "sent",
        "text": "t",
        "instruction": "i7",
        "peer": None,
    }


def test_columns_lead_back_to_the_entry() -> None:
    entry = JournalEntry(
        1700000000.123, "kim", "cli", "endSession", "s1", "Acme", EntryOutcome.SENT, "t", "i7", "::1"
    )
    assert entries.from_columns(entry.columns()) == entry


def test_a_row_that_no_entry_could_be_is_still_shown() -> None:
    shown = entries.to_json(1, ("never", "k", "c", "a\x00", None, "l", "lied", "t", None, None))
    assert shown["at"] is None
    assert shown["action"] == "a␀"
