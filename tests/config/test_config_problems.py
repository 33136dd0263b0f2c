from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from browser_host.config import ConfigurationError, load
from browser_host.config.known_keys import known_keys
from browser_host.config.reading import parse
from browser_host.errors import UsageError

Written = Callable[[str], Path]


def problems(path: Path) -> list[tuple[int, str, str]]:
    """Line, key and text of each problem."""
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    found = caught.value.problems
    assert str(caught.value) == "\n".join(str(problem) for problem in found)
    assert all(problem.place.startswith(f"{path}:") for problem in found)
    return [(int(problem.place.rpartition(":")[2]), problem.key, problem.text) for problem in found]


def only(path: Path) -> tuple[int, str, str]:
    (problem,) = problems(path)
    return problem


def test_all_problems_come_at_once_in_the_files_order(written: Written) -> None:
    path = written(
        """\
[browser]
sandbox = "onn"
sessions_per_process = 0
endpoints = [{ name = "a", kind = "local", url = "ws://h" },
  { name = "b", kind = "cdp" }]
[end]
undo = 3
per_secnd = 4
[stal]
waiting = "2m"
[[sessions]]
label = "a"
[[sessions]]
watch_url = "https://h/x"
visitor = "x"
[host]
waiting = "3m"
"""
    )
    assert problems(path) == [
        (2, "browser.sandbox", 'expected "auto" or "on" or "off", got "onn"; did you mean "on"?'),
        (3, "browser.sessions_per_process", "expected a number of at least 1, got the number 0"),
        (4, "browser.endpoints[0].url", 'expected no url with kind = "local"'),
        (
            5,
            "browser.endpoints[1]",
            'expected exactly one of url, url_file with kind = "cdp", got none of them',
        ),
        (7, "end.undo", 'expected a duration such as "90s", "5m" or "4h", got the number 3'),
        (8, "end.per_secnd", "unknown key; did you mean end.per_second?"),
        (9, "stal", "unknown key; did you mean stale?"),
        (11, "sessions[0]", "expected exactly one of watch_url, watch_url_file, visitor, got none of them"),
        (
            13,
            "sessions[1]",
            "expected exactly one of watch_url, watch_url_file, visitor, got watch_url and visitor",
        ),
        (13, "sessions[1].label", "expected this key, and it is missing"),
        (17, "host.waiting", "unknown key; did you mean stale.waiting?"),
    ]


def test_endpoints_have_names_and_fitting_addresses(written: Written) -> None:
    path = written(
        """\
[[browser.endpoints]]
name = "a"
kind = "playwright"
url = "https://h/canary"
[[browser.endpoints]]
name = "b"
kind = "cdp"
url = "ws+unix:///run/canary.sock"
[[browser.endpoints]]
name = "c"
kind = "grid"
url = "ws://h/canary"
[[browser.endpoints]]
name = "d"
kind = "cdp"
url = "http://canary:canary@h/"
"""
    )
    assert problems(path) == [
        (4, "browser.endpoints[0].url", 'expected ws://, wss:// or ws+unix:// with kind = "playwright"'),
        (8, "browser.endpoints[1].url", 'expected ws://, wss://, http:// or https:// with kind = "cdp"'),
        (12, "browser.endpoints[2].url", 'expected http:// or https:// without a query with kind = "grid"'),
        (16, "browser.endpoints[3].url", 'expected no user name or password in it with kind = "cdp"'),
    ]
    path = written(
        """\
[[browser.endpoints]]
name = "a"
kind = "local"
[[browser.endpoints]]
name = "a"
kind = "pool"
url = "https://h/canary"
max_pages = 3
"""
    )
    assert problems(path) == [
        (5, "browser.endpoints[1].name", "the same name as browser.endpoints[0]"),
        (
            6,
            "browser.endpoints[1].kind",
            'expected "local" or "playwright" or "grid" or "cdp", got "pool"',
        ),
        (8, "browser.endpoints[1].max_pages", "unknown key; did you mean browser.endpoints.max_sessions?"),
    ]


def test_hosts_have_names_and_one_way_to_reach_them(written: Written) -> None:
    path = written(
        """\
[[hosts]]
name = "a/b"
socket = "/run/a.sock"
ssh = "box"
[[hosts]]
name = "c"
remote_socket = "run/c.sock"
[[hosts]]
name = "c"
ssh = "-x"
sokcet = "x"
[upscope.discover]
share = "4/3"
"""
    )
    assert problems(path) == [
        (1, "hosts[0]", "expected exactly one of socket, ssh, got both"),
        (1, "hosts[0]", "expected remote_socket with ssh: the path of the host's socket over there"),
        (
            2,
            "hosts[0].name",
            'expected a name of at most 32 characters without blanks and slashes, got "a/b"',
        ),
        (5, "hosts[1]", "expected exactly one of socket, ssh, got none of them"),
        (7, "hosts[1].remote_socket", "expected ssh with it"),
        (
            7,
            "hosts[1].remote_socket",
            'expected an absolute path without colons, as it is on the other machine, got "run/c.sock"',
        ),
        (8, "hosts[2]", "expected remote_socket with ssh: the path of the host's socket over there"),
        (9, "hosts[2].name", "the same name as hosts[1]"),
        (
            10,
            "hosts[2].ssh",
            'expected a destination such as "user@box" (the port stands in ~/.ssh/config), got "-x"',
        ),
        (11, "hosts[2].sokcet", "unknown key; did you mean hosts.socket?"),
        (
            13,
            "upscope.discover.share",
            'expected a share such as "1/3": a host\'s number and how many, 100 at most, got "4/3"',
        ),
    ]


def test_syntax_errors_come_with_what_else_is_wrong(written: Written) -> None:
    path = written(
        """\
[end]
undo = 3s
confirm_within = "soon"
per_second =
[[sessions]]
label = unquoted
visitor = "x"
[tui]
themes = "x"
"""
    )
    found = problems(path)
    assert [line for line, _, _ in found] == [2, 3, 4, 6, 9]
    assert [key for _, key, _ in found] == ["", "end.confirm_within", "", "", "tui.themes"]
    assert all(text.startswith("invalid TOML: ") for _, key, text in found if not key)


def test_keys_below_a_broken_header_are_not_reported(written: Written) -> None:
    line, key, _ = only(written('[host]\nread_only = true\n[end\nundo = "3s"\n'))
    assert (line, key) == (3, "")


def test_a_string_that_never_ends_is_told_once(written: Written) -> None:
    assert only(written('[tui]\nenvironment = """\nnever\n'))[1] == ""


@pytest.mark.parametrize("value", ["1" * 5000, "[" * 5000 + "]" * 5000])
def test_a_file_that_python_cannot_read_is_told(written: Written, value: str) -> None:
    assert only(written(f"[end]\nundo = {value}"))[2].startswith("invalid TOML")


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"[end]\n# \xff\n")
    line, _, text = only(path)
    assert (line, text) == (
        2,
        "expected UTF-8, got the byte FF, as in Latin-1 or Windows-1252; save it as UTF-8",
    )


@pytest.mark.parametrize("line", ['api_key = "canary"', 'upscope.api_key = "canary"'])
def test_a_key_in_the_file_is_refused_with_the_ways_that_are(written: Written, line: str) -> None:
    _, _, text = only(written(line))
    assert "api_key_env" in text
    assert "api_key_file" in text
    assert "canary" not in text


@pytest.mark.parametrize(
    "text",
    [
        'sessions = [{ label = "a", watch_url = "http://example.com/canary" }]',
        'sessions = [{ label = "a", watch_url = "https://canary@h/" }]',
        'sessions = [{ label = "a", watch_url = "canary" }]',
        'sessions = [{ label = "https://h/canary\\n", visitor = "x" }]',
        'sessions = [{ label = "a", watch_ur = "https://h/canary" }]',
        'sessions = [{ label = "a", watch_url = ["canary"] }]',
        '[[sessions]]\nlabel = "a"\nwatch_url = "https://h/?canary"\n' * 2,
        'upscope.base_url = "https://h/?key=canary"',
        'upscope.api_key_env = "canary"',
        'browser.endpoints = [{ kind = "cdp", url = "canary" }]',
        'browser.endpoints = [{ kind = "https://h/canary", url = "ws://h" }]',
        'sessions = [{ label = "a", watch_url = "https://h/canary }]',
        'sessions = [{ label = "a", watch_url = https://h/canary }]',
    ],
)
def test_no_problem_repeats_a_secret(written: Written, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(written(text))
    assert "canary" not in str(caught.value)
    assert caught.value.__context__ is None or "canary" not in str(caught.value.__context__)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "host.allow_uids = [1, -1]",
            "host.allow_uids[1]: expected a number of at least 0, got the number -1",
        ),
        ("host.allow_uids = 7", "host.allow_uids: expected a list in brackets, got the number 7"),
        ('host.read_only = "yes"', 'host.read_only: expected true or false, got "yes"'),
        ("stale = 3", "stale: expected a table, got the number 3"),
        ("sessions = 3", "sessions: expected a list in brackets, got the number 3"),
        ("tui.environment = 1979-05-27", "tui.environment: expected a text in quotes, got a date or time"),
        (
            'stale.age = "soon"',
            'stale.age: expected a duration such as "90s", "5m" or "4h", or "off", got "soon"',
        ),
        ('stale.age = "0s"', 'stale.age: expected more than zero, got "0s"'),
        ('end.undo = "off"', 'end.undo: expected a duration such as "90s", "5m" or "4h", got "off"'),
        ("end.per_second = nan", "end.per_second: expected a number of at most 1000, got the number nan"),
        (
            'protocol.state_color = "a..b"',
            'protocol.state_color: expected a dotted path such as "session.status"',
        ),
        ('tui.keymap = { end = "" }', 'tui.keymap.end: expected a key such as "e"'),
        ('tui.keymap = { "E N" = "e" }', "tui.keymap.E N: expected an action's id"),
        (
            "browser.endpoints = [{ name = 'a' }]",
            "browser.endpoints[0].kind: expected this key, and it is missing",
        ),
        ('browser.executable = ""', 'browser.executable: expected a path, got ""'),
        ('log.level = "loud"', 'expected "debug" or "info" or "warning" or "error", got "loud"'),
        ("journal.keep = 9.5", 'journal.keep: expected a duration such as "90s", "5m" or "4h", or "off"'),
        ("browser.sessions_per_process = 1.5", "browser.sessions_per_process: expected a whole number"),
    ],
)
def test_a_problem_says_what_was_expected_and_what_came(written: Written, text: str, expected: str) -> None:
    _, key, said = only(written(text))
    assert expected in f"{key}: {said}"


def test_images_are_off_only_where_the_host_launches_the_browser(written: Written) -> None:
    local = '[[browser.endpoints]]\nname = "a"\nkind = "local"\n'
    other = '[[browser.endpoints]]\nname = "b"\nkind = "{}"\nurl = "{}://h:1"\n'
    off = "[browser]\nimages = false\n"
    assert load(written(off)).settings.browser.images is False
    assert load(written(off + local)).settings.browser.images is False
    for kind, scheme in (("playwright", "ws"), ("grid", "http"), ("cdp", "http")):
        line, key, text = only(written(off + local + other.format(kind, scheme)))
        assert (line, key) == (2, "browser.images")
        cause = f'browser.endpoints[1] has kind = "{kind}"'
        assert text == f"expected true: only local browsers can omit images, and {cause}"
        load(written(local + other.format(kind, scheme)))


def test_two_sessions_of_one_link_are_told(written: Written) -> None:
    session = '[[sessions]]\nlabel = "a"\nwatch_url = "https://h/x"\n'
    assert only(written(session * 2)) == (6, "sessions[1].watch_url", "the same watch_url as sessions[0]")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(data=st.data())
def test_a_misspelt_key_is_told_with_its_line_and_a_known_key(written: Written, data: st.DataObject) -> None:
    known = known_keys()
    flat = [
        key
        for key in known
        if not key.startswith(("alerts.", "hosts.", "sessions.", "browser.endpoints.", "stale.labels."))
    ]
    key = data.draw(st.sampled_from(flat))
    at = data.draw(st.integers(key.rindex(".") + 1, len(key) - 1) if "." in key else st.just(0))
    wrong = key[:at] + "q" + key[at:]
    blank = data.draw(st.integers(0, 5))
    line, told, text = only(written("\n" * blank + f"{wrong} = 1"))
    assert (line, told) == (blank + 1, wrong)
    assert any(
        f"did you mean {near}?" in text for near in (*known, key.partition(".")[0], key.rpartition(".")[0])
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=200)
@given(text=st.text("[]{}=.,#'\" \nabhost_read_only1", max_size=80))
def test_no_file_breaks_the_loader(written: Written, text: str) -> None:
    with suppress(UsageError):
        load(written(text))


@given(text=st.text("[]={}\n'\"a1.", max_size=60))
def test_reading_on_after_mistakes_ends(text: str) -> None:
    document = parse(text)
    assert len({line for line, _ in document.mistakes}) == len(document.mistakes) <= 11
