"""The filter language: the same in the dashboard, the commands and the API.

Terms separated by spaces must all match: free text, `key:value`, `age>10m` and `silent<90s`; `!` before a
term inverts it, and quotes keep spaces and colons together, as in `label:"acme corp"`.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from browser_host.host_names import host_of, split
from browser_host.protocol import page_colors
from browser_host.protocol.page_instructions import Mode
from browser_host.protocol.page_messages import Status
from browser_host.sessions.durations import OFF, parse_duration
from browser_host.sessions.folding import folded
from browser_host.sessions.session import Hosting, Source
from browser_host.sessions.staleness import Rule
from browser_host.sessions.views import SessionView

LIMIT = 512
"""Characters of a filter."""

Test: TypeAlias = Callable[[SessionView, float], bool]


class FilterError(ValueError):
    """An invalid filter; the message says what is wrong, where, and what was expected.

    Args:
        text: the whole filter.
        position: index of the mistake in it.
        problem: the mistake.
        expected: valid alternatives.
    """

    def __init__(self, text: str, position: int, problem: str, expected: Sequence[str] = ()) -> None:
        self.text = text
        self.position = position
        self.expected = tuple(expected)
        hint = f"; expected {', '.join(expected)}" if expected else ""
        super().__init__(f"character {position + 1}: {problem}{hint}")


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; the empty one matches every session.

    Args:
        is_timed: it asks for ages, so the same session may match at one time and not at another.
    """

    text: str
    _tests: tuple[Test, ...] = field(compare=False, repr=False)
    is_timed: bool = field(compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether it has no term."""
        return not self._tests

    def matches(self, view: SessionView, now: float) -> bool:
        """Whether a session matches every term at a time in epoch seconds."""
        return all(test(view, now) for test in self._tests)


def parse(text: str) -> Filter:
    """Parse a filter.

    Raises:
        FilterError: what is invalid, where, and what was expected.
    """
    if len(text) > LIMIT:
        raise FilterError(text[:LIMIT], LIMIT, f"a filter has at most {LIMIT} characters")
    terms = tuple(_terms(text))
    return Filter(text, tuple(map(_test, terms)), any(term.key in _CLOCKS for term in terms))


def names_hosts(text: str) -> bool:
    """Whether a valid filter names hosts: `host:york`, `browser:york/local`."""
    return any(_named_host(term)[0] is not None for term in _terms(text))


def for_host(text: str, host: str) -> str | None:
    """A valid filter without its hosts' names, as that host evaluates it; None if they exclude the host.

    A host does not know what its clients call it.
    """
    kept = []
    for term in _terms(text):
        named, endpoint = _named_host(term)
        if named is None:
            kept.append(term.written)
        elif folded(named) != folded(host):
            if not term.inverted:
                return None
        elif endpoint:
            kept.append(f'{"!" * term.inverted}{_BROWSER}:"{endpoint}"')
        elif term.inverted:
            return None
    return " ".join(kept)


def _named_host(term: "_Term") -> tuple[str | None, str]:
    """The host that a term names, and the endpoint there that it is about."""
    if term.sign == ":" and term.key == _HOST:
        return term.value, ""
    if term.sign == ":" and term.key == _BROWSER and all(parts := split(term.value)):
        return parts
    return None, ""


@dataclass(frozen=True, slots=True)
class _Term:
    """A term in parts; `sign` is `:`, `<`, `>` or empty for free text."""

    whole: str
    written: str
    position: int
    inverted: bool
    key: str
    sign: str
    value: str
    value_at: int

    def wrong(self, problem: str, expected: Sequence[str] = (), *, in_value: bool = True) -> FilterError:
        return FilterError(self.whole, self.value_at if in_value else self.position, problem, expected)


_TERM = re.compile(r'(?P<bang>!*)(?:(?P<key>[^\s:<>"!]*)(?P<sign>[:<>]))?(?P<value>(?:"[^"]*"|[^\s"])*)')


def _terms(text: str) -> Iterator[_Term]:
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        found = _TERM.match(text, at)
        if found is None or found.end() == at or text[found.end() : found.end() + 1] == '"':
            opened = text.index('"', at if found is None else found.end())
            raise FilterError(text, opened, "missing closing quote")
        value = found["value"].replace('"', "")
        if not folded(value):
            value = ""  # of joiners alone: it would be part of every text
        if not value and not found["sign"]:
            raise FilterError(text, found.start(), f"value missing after {found[0]!r}", _EXAMPLES)
        yield _Term(
            whole=text,
            written=found[0],
            position=found.start() + len(found["bang"]),
            inverted=len(found["bang"]) % 2 == 1,
            key=(found["key"] or "").lower(),
            sign=found["sign"] or "",
            value=value,
            value_at=found.start("value"),
        )
        at = found.end()


def _test(term: _Term) -> Test:
    test = _plain_test(term)
    if term.inverted:
        return lambda view, now: not test(view, now)
    return test


def _plain_test(term: _Term) -> Test:
    if not term.sign:
        return _free_text(folded(term.value))
    known = _WORDS if term.sign == ":" else _CLOCKS
    if term.key not in known:
        name = f"{term.key}{term.sign}"
        near = difflib.get_close_matches(name, _EXAMPLES, 1, 0.7)
        problem = f"{name!r} is not a valid term" + (f", did you mean {near[0]!r}?" if near else "")
        raise term.wrong(problem, () if near else _EXAMPLES, in_value=False)
    if not term.value:
        raise term.wrong(f"value missing after {term.key}{term.sign}", _CHOICES.get(term.key, ()))
    return _WORDS[term.key](term) if term.sign == ":" else _duration(term)


def _free_text(part: str) -> Test:
    def test(view: SessionView, _: float) -> bool:
        return (
            part in folded(view.label)
            or part in folded(split(view.id)[1])
            or (view.visitor is not None and part in folded(view.visitor))
        )

    return test


def _label(term: _Term) -> Test:
    part = folded(term.value)
    return lambda view, _: part in folded(view.label)


def _browser(term: _Term) -> Test:
    host, name = map(folded, split(term.value))
    return lambda view, _: (
        view.browser is not None
        and folded(view.browser) == name
        and (not host or folded(host_of(view.id)) == host)
    )


def _host(term: _Term) -> Test:
    name = folded(term.value)
    return lambda view, _: folded(host_of(view.id)) == name


def _word(term: _Term) -> Test:
    word, key = _chosen(term), term.key
    wanted = None if word == _NONE else word
    return lambda view, _: getattr(view, key) == wanted


def _tag(term: _Term) -> Test:
    tag = folded(term.value)
    return lambda view, _: view.visitor_state is not None and tag in map(folded, view.visitor_state.tags)


def _url(term: _Term) -> Test:
    part = folded(term.value)

    def test(view: SessionView, _: float) -> bool:
        state = view.visitor_state
        return state is not None and state.url is not None and part in folded(state.url)

    return test


def _online(term: _Term) -> Test:
    """Neither word matches a visitor of whom the service said nothing."""
    wanted = _chosen(term) == "yes"
    return lambda view, _: view.visitor_state is not None and view.visitor_state.online is wanted


def _stale(term: _Term) -> Test:
    match _chosen(term):
        case "yes":
            return lambda view, _: view.stale is not None
        case "no":
            return lambda view, _: view.stale is None
        case rule:
            return lambda view, _: view.stale is not None and view.stale.rule == rule


def _color(term: _Term) -> Test:
    word = term.value.lower()
    name = _ALIASES.get(word, word)
    if name == _NONE:
        return lambda view, _: view.color is None
    if name in page_colors.PLAIN_NAMES:
        return lambda view, _: view.color is not None and page_colors.nearest_name(view.color) == name
    exact = page_colors.parse(word)
    if exact is None:
        raise term.wrong(f"{term.value!r} is not a colour", ("#rrggbb", *_CHOICES["color"]))
    return lambda view, _: view.color == exact


def _chosen(term: _Term) -> str:
    """The one word that the value equals or abbreviates."""
    words, value = _CHOICES[term.key], term.value.lower()
    matching = [word for word in words if word.lower() == value] or [
        word for word in words if word.lower().startswith(value)
    ]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise term.wrong(f"{term.value!r} is ambiguous", matching)
    near = difflib.get_close_matches(value, words, 1)
    problem = f"{term.value!r} is not a {term.key}" + (f", did you mean {near[0]!r}?" if near else "")
    raise term.wrong(problem, words)


def _duration(term: _Term) -> Test:
    try:
        limit = parse_duration(term.value)
    except ValueError as error:
        raise term.wrong(str(error)) from error
    if limit == OFF:
        raise term.wrong(f"{term.key} cannot be compared with off", ("90s", "5m", "4h"))
    since, longer = _CLOCKS[term.key], term.sign == ">"

    def test(view: SessionView, now: float) -> bool:
        begun = since(view)
        return begun is not None and ((now - begun > limit) if longer else (now - begun < limit))

    return test


_HOST, _BROWSER = "host", "browser"
_NONE = "none"
_ALIASES = {"gray": "grey"}
_CHOICES: dict[str, tuple[str, ...]] = {
    "status": (*(status.value for status in Status), _NONE),
    "hosting": tuple(hosting.value for hosting in Hosting),
    "source": tuple(source.value for source in Source),
    "mode": (*(mode.value for mode in Mode), _NONE),
    "stale": ("yes", "no", *(rule.value for rule in Rule)),
    "online": ("yes", "no"),
    "color": (*page_colors.PLAIN_NAMES, _NONE),
}
_WORDS: dict[str, Callable[[_Term], Test]] = {
    **dict.fromkeys(("status", "hosting", "source", "mode"), _word),
    "label": _label,
    "color": _color,
    "stale": _stale,
    "tag": _tag,
    "url": _url,
    "online": _online,
    _HOST: _host,
    "browser": _browser,
}
_CLOCKS: dict[str, Callable[[SessionView], float | None]] = {
    "age": lambda view: view.opened_at,
    "silent": lambda view: view.last_event_at or view.opened_at,
}


def terms() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every key of the language with its sign, and the words it accepts; none where any text will do."""
    yield from ((f"{key}:", _CHOICES.get(key, ())) for key in _WORDS)
    yield from ((f"{key}>", ()) for key in _CLOCKS)


_EXAMPLES = (*(f"{key}:" for key in _WORDS), *(f"{key}{sign}" for key in _CLOCKS for sign in "<>"))
