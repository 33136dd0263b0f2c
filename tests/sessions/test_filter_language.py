"""The filter language: what matches, what is inverted, and what a mistake says."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.clock import Instant
from browser_host.sessions.filter import LIMIT, FilterError, for_host, names_hosts, parse
from browser_host.sessions.folding import folded
from browser_host.sessions.views import SessionView, StaleView, VisitorStateView, aged, view_of
from tests.sessions.session_strategies import WALL, World, new_session
from tests.sessions.test_session_views import VIEWS

BASE = replace(view_of(World().live().session, None), visitor="V-99", color="#ee1111", mode="draw")
STALE = replace(BASE, stale=StaleView("pending", WALL, 400, 300, ""))
BLANK = view_of(new_session("acme corp: north"), None)

TERMS = st.sampled_from(
    [
        "acme",
        "v-9",
        '"acme corp"',
        "status:viewerReady",
        "status:none",
        "hosting:live",
        "label:ac",
        "source:config",
        "color:red",
        "color:#ee1111",
        "color:none",
        "mode:draw",
        "stale:yes",
        "stale:no",
        "stale:pending",
        "stale:gone",
        "tag:vip",
        "url:shop.example",
        "online:yes",
        "browser:local",
        "age>10m",
        "age<10m",
        "silent>90s",
        "silent<1h30m",
    ]
)


def mistake(text: str) -> FilterError | None:
    try:
        parse(text).matches(BASE, WALL)
    except FilterError as error:
        return error
    return None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ACME",
        "k7",
        "v-99",
        "acme k7",
        "status:VIEWERREADY",
        "status:v",
        "hosting:live",
        "hosting:li",
        "label:cm",
        "source:conf",
        "color:red",
        "color:#EE1111",
        "color:#e11",
        "mode:d",
        "stale:no",
        "!stale:yes",
        "!!acme",
        "age>1m",
        "age<2h",
        "silent>59m",
        "browser:Local",
        "STATUS:viewer",
        "!nope",
    ],
)
def test_a_session_matches(text: str) -> None:
    assert parse(text).matches(BASE, WALL + 3600)


@pytest.mark.parametrize(
    "text",
    [
        "nope",
        "acme nope",
        "!acme",
        "status:active",
        "status:none",
        "hosting:lost",
        "label:99",
        "source:command",
        "color:blue",
        "color:none",
        "mode:pointer",
        "stale:yes",
        "stale:pending",
        "browser:loc",
        "age>2h",
        "silent<1m",
    ],
)
def test_a_session_does_not_match(text: str) -> None:
    assert not parse(text).matches(BASE, WALL + 3600)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("Caf\u00e9", "cafe\u0301"),
        ("Cafe\u0301", "label:CAF\u00c9"),
        ("Stra\u00dfe", "STRASSE"),
        ("\uff21\uff23\uff2d\uff25", "acme"),
        ("\u1fb3x", "\u0391\u0399X"),
        ("\u06a9\u062a\u0627\u0628\u200c\u0647\u0627", "\u06a9\u062a\u0627\u0628\u0647\u0627"),
        ("\u2764\ufe0f", "\u2764"),
    ],
)
def test_text_is_compared_however_it_is_spelled(label: str, text: str) -> None:
    assert parse(text).matches(replace(BASE, label=label), WALL)
    assert parse(label).matches(replace(BASE, label=text.removeprefix("label:")), WALL)


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert folded(unicodedata.normalize("NFC", text)) == folded(unicodedata.normalize("NFD", text))


def test_stale_names_a_rule() -> None:
    assert parse("stale:yes stale:pending stale:p !stale:lost").matches(STALE, WALL)
    assert not parse("stale:no").matches(STALE, WALL)


def test_a_visitor_is_found_by_tag_page_and_being_online() -> None:
    state = VisitorStateView(None, None, None, "https://Shop.example/Cart", ("VIP", "renewal"), WALL)
    here, away = (replace(BASE, visitor_state=replace(state, online=online)) for online in (True, False))
    assert parse("tag:vip url:shop.example/cart url:https://shop online:yes !online:no").matches(here, WALL)
    assert parse("online:no !online:yes").matches(away, WALL)
    assert not parse("tag:new").matches(here, WALL), "a tag matches whole"
    for text in ("tag:vip", "url:shop", "online:yes", "online:no"):
        assert not parse(text).matches(BASE, WALL), "nothing is known"


def test_quotes_hold_blanks_and_colons_together() -> None:
    assert parse('"corp: north" label:"acme corp" label:acme" "corp').matches(BLANK, WALL)
    assert not parse('"corp  north"').matches(BLANK, WALL)


def test_what_never_happened_is_neither_older_nor_younger() -> None:
    for text in ("age>0s", "age<9d", "silent>0s", "silent<9d"):
        assert not parse(text).matches(BLANK, WALL)
    assert parse("status:none mode:none color:none").matches(BLANK, WALL)


def test_silence_counts_from_opening_without_messages() -> None:
    opened = replace(BLANK, opened_at=WALL)
    assert parse("silent>90s").matches(opened, WALL + 91)
    assert not parse("silent>90s").matches(opened, WALL + 89)


@given(TERMS, VIEWS, st.floats(0, 4e9))
def test_an_inverted_term_matches_the_others(term: str, view: SessionView, now: float) -> None:
    view = replace(view, color="#00ff00" if view.color else None)
    plain = parse(term).matches(view, now)
    assert parse(f"!{term}").matches(view, now) is not plain
    assert parse(f"!!{term}").matches(view, now) is plain


@given(st.lists(TERMS, max_size=4), st.sampled_from([BASE, STALE, BLANK]))
def test_terms_must_all_hold_in_any_order(terms: list[str], view: SessionView) -> None:
    now = WALL + 600
    expected = all(parse(term).matches(view, now) for term in terms)
    assert parse("  ".join(terms)).matches(view, now) is expected
    assert parse(" ".join(reversed(terms))).matches(view, now) is expected


@given(st.text(alphabet='!"<>:# \tasgelcort019mé', max_size=40) | st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_place_in_it(text: str) -> None:
    wrong = mistake(text)
    assert wrong is None or 0 <= wrong.position <= len(text)
    assert wrong is None or str(wrong).startswith(f"character {wrong.position + 1}: ")


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("acme statsu:active", 5, "did you mean 'status:'?"),
        ("status:pendng", 7, "did you mean 'pendingRequest'?"),
        ("!hosting:l", 9, "'l' is ambiguous; expected loading, live, lost"),
        ("color:octarine", 6, "'octarine' is not a colour"),
        ("age>soon", 4, "not a duration"),
        ("age>off", 4, "off"),
        ("silent<", 7, "value missing after silent<"),
        ("status:", 7, "expected waiting, pendingRequest"),
        ("acme !", 5, "value missing after '!'"),
        ('label:"acme', 6, "missing closing quote"),
        ("a:b", 0, "'a:' is not a valid term; expected status:"),
        ("x" * (LIMIT + 1), LIMIT, "at most 512 characters"),
    ],
)
def test_a_mistake_says_what_and_where(text: str, position: int, words: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text)
    assert caught.value.position == position
    assert words in str(caught.value)


def test_a_clock_that_jumps_makes_nobody_old() -> None:
    one = replace(new_session("s"), opened_at=Instant(mono=100.0, wall=WALL))
    jumped = Instant(mono=160.0, wall=WALL + 3600)
    view = aged(view_of(one, None), one, jumped)
    assert not parse("age>30m").matches(view, jumped.wall)
    assert parse("age>59s age<61s silent>59s").matches(view, jumped.wall)


@pytest.mark.parametrize(
    ("text", "at_york", "at_oslo"),
    [
        ("browser:York/Local age>1m", 'browser:"Local" age>1m', None),
        ("!browser:york/local", '!browser:"local"', ""),
        ('browser:"york/local"', 'browser:"local"', None),
        ("browser:local", "browser:local", "browser:local"),
        ("host:york status:active", "status:active", None),
        ("!host:york", None, ""),
    ],
)
def test_each_host_gets_what_is_meant_for_it(text: str, at_york: str | None, at_oslo: str | None) -> None:
    assert (for_host(text, "york"), for_host(text, "oslo")) == (at_york, at_oslo)
    assert names_hosts(text) is (text != "browser:local")


def test_an_endpoint_of_one_host_is_found_by_its_whole_name() -> None:
    there, elsewhere = (replace(BASE, id=f"{host}/a", browser="local") for host in ("york", "oslo"))
    named, everywhere = parse("browser:york/local"), parse("browser:local")
    assert [named.matches(view, WALL) for view in (there, elsewhere)] == [True, False]
    assert [everywhere.matches(view, WALL) for view in (there, elsewhere)] == [True, True]
