"""What differs between two configurations, and what of it a running host can take over."""

from browser_host.config.differences import AT_ONCE, changed_keys, difference
from browser_host.config.known_keys import known_keys
from browser_host.config.models import (
    BrowserSection,
    EndSection,
    SessionEntry,
    Settings,
    StaleSection,
    TuiSection,
)
from browser_host.secrets import WatchLink

USUAL = Settings()


def session(label: str, token: str = "a") -> SessionEntry:  # noqa: S107 - a test's
    return SessionEntry(label=label, watch_url=WatchLink(f"https://watch.example/{token}"))


def test_only_differing_keys_are_named_as_written() -> None:
    other = USUAL.model_copy(
        update={
            "stale": StaleSection(pending=1.0),
            "browser": BrowserSection(sessions_per_process=3),
            "sessions": (session("Desk 4"),),
        }
    )
    assert list(changed_keys(USUAL, USUAL)) == []
    assert list(changed_keys(USUAL, other)) == ["sessions", "browser.sessions_per_process", "stale.pending"]


def test_changed_link_is_a_changed_session_without_its_text() -> None:
    before = USUAL.model_copy(update={"sessions": (session("Desk 4"),)})
    after = USUAL.model_copy(update={"sessions": (session("Desk 4", "secret"),)})
    assert list(changed_keys(before, after)) == ["sessions"]


def test_what_needs_a_restart_is_named_until_there_is_one() -> None:
    started = USUAL
    first = USUAL.model_copy(
        update={"browser": BrowserSection(sessions_per_process=3), "end": EndSection(undo=9.0)}
    )
    second = first.model_copy(update={"host": USUAL.host.model_copy(update={"read_only": True})})
    assert difference(started, started, first).at_once == ("end.undo",)
    found = difference(started, first, second)
    assert found.at_once == ("host.read_only",)
    assert found.at_restart == ("browser.sessions_per_process",)
    assert difference(started, second, started).at_restart == ()


def test_the_dashboards_own_keys_concern_no_host() -> None:
    other = USUAL.model_copy(update={"tui": TuiSection(environment="night")})
    found = difference(USUAL, USUAL, other)
    assert (found.at_once, found.at_restart) == ((), ())


def test_every_key_that_holds_at_once_is_a_key() -> None:
    known = known_keys()
    assert all(any(key.startswith(one) for key in known) for one in AT_ONCE)
    at_once = {key for key in known if key.startswith(AT_ONCE)}
    assert not {key for key in at_once if key.startswith(("browser.", "upscope.", "journal.", "host.socket"))}
