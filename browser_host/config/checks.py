"""What no single key can be wrong in: rules between keys, on the tables as they were read."""

from collections.abc import Iterator, Mapping
from typing import Any

from browser_host.config.positions import Key

Complaint = tuple[Key, str]
"""A place in the document and what is wrong with it."""

_ORIGINS = ("watch_url", "watch_url_file", "visitor")


def complaints(document: Mapping[str, Any]) -> Iterator[Complaint]:
    """Every broken rule; tables of the wrong shape are passed over, for the models complain of them."""
    yield from _sessions(_tables(document.get("sessions")))
    browser = document.get("browser")
    if isinstance(browser, dict):
        yield from _endpoints(_tables(browser.get("endpoints")))


def _tables(value: object) -> list[tuple[int, dict[str, Any]]]:
    items = value if isinstance(value, list) else []
    return [(number, item) for number, item in enumerate(items) if isinstance(item, dict)]


def _sessions(sessions: list[tuple[int, dict[str, Any]]]) -> Iterator[Complaint]:
    first: dict[tuple[str, str], int] = {}
    for number, session in sessions:
        given = [name for name in _ORIGINS if name in session]
        if len(given) != 1:
            came = " and ".join(given) or "none of them"
            yield ("sessions", number), f"expected exactly one of {', '.join(_ORIGINS)}, got {came}"
        for name in given:
            same = (name, str(session[name]))
            if first.setdefault(same, number) != number:
                yield ("sessions", number, name), f"the same {name} as sessions[{first[same]}]"


def _endpoints(endpoints: list[tuple[int, dict[str, Any]]]) -> Iterator[Complaint]:
    for number, endpoint in endpoints:
        match endpoint.get("kind"), "url" in endpoint:
            case "local", True:
                yield ("browser", "endpoints", number, "url"), 'expected no url with kind = "local"'
            case ("playwright" | "cdp") as kind, False:
                yield ("browser", "endpoints", number), f'expected a url with kind = "{kind}"'
