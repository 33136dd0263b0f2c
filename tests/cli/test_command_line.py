import json
import os
import signal
from pathlib import Path

import click
import pytest

from browser_host.cli import simulated
from browser_host.cli.invocation import Invocation, with_invocation
from browser_host.cli.main import cli, run
from browser_host.errors import Exit, NoHost, Refused, WatchdeckError
from browser_host.supervisor.policy import MAX_SESSIONS
from tests.cli.conftest import Watchdeck


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_has_help(watchdeck: Watchdeck, name: str) -> None:
    said = watchdeck(name, "--help")
    assert (said.code, said.err) == (Exit.OK, "")
    assert "--json" in said.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("list", "--json"),
        ("watch",),
        ("stop",),
        ("mode", "draw", "a1"),
        ("color", "a1"),
        ("color", "#f00", "--all"),
        ("send", '{"a": 1}', "a1"),
        ("end", "a1", "--yes"),
        ("end", "--all", "--dry-run"),
        ("remove", "a1"),
        ("add", "--url", "https://h/x"),
    ],
)
def test_without_a_host_the_exit_code_is_three(watchdeck: Watchdeck, arguments: tuple[str, ...]) -> None:
    said = watchdeck(*arguments)
    assert (said.code, said.out) == (Exit.NO_HOST, "")
    assert said.err.startswith("watchdeck: no host on ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("lst",), "list"),
        (("mode", "paint", "a1"), "draw"),
        (("mode", "draw"), "name sessions in one way"),
        (("mode", "draw", "a1", "--all"), "more than one"),
        (("color", "#f00"), "got nothing"),
        (("color", "#f00", "--to", "red", "a1"), "one colour"),
        (("color", "#ggg", "a1"), "is not a colour"),
        (("color", "--to", "nocolor", "a1"), "is not a colour"),
        (("send", "{", "a1"), "JSON object"),
        (("send", "[1]", "a1"), "JSON object"),
        (("send", "{}", "a1"), "at least one key"),
        (("end", "a1"), "--yes"),
        (("end", "a1", "--stale", "--yes"), "more than one"),
        (("end", "--yes"), "got nothing"),
        (("end", "a1", "--yes", "--timeout", "0"), "0.1"),
        (("remove",), "ID"),
        (("add",), "neither"),
        (("add", "--url", "https://h/", "--visitor", "x"), "both"),
        (("add", "--url", "http://example.com/canary"), "https"),
        (("list", "--filter", "statsu:active"), "status:"),
        (("watch", "--filter", "age>soon"), "soon"),
        (("--config", "/nowhere.toml", "list"), "/nowhere.toml"),
        ((), "no command given"),
    ],
)
def test_what_is_asked_wrongly_is_told_with_two(
    watchdeck: Watchdeck, arguments: tuple[str, ...], word: str
) -> None:
    said = watchdeck(*arguments)
    assert (said.code, said.out) == (Exit.USAGE, "")
    assert word in said.err
    assert "canary" not in said.err
    assert "Traceback" not in said.err


def test_common_options_go_before_and_after_the_command(watchdeck: Watchdeck, tmp_path: Path) -> None:
    for arguments in (
        ("--socket", "/before.sock", "list"),
        ("list", "--socket", "/before.sock"),
        ("--socket", "/other.sock", "list", "--socket", "/before.sock"),
    ):
        assert "/before.sock" in watchdeck(*arguments).err
    config = tmp_path / "c.toml"
    config.write_text("")
    for named in (
        ("--config", str(config), "--json", "config", "path"),
        ("config", "path", "--config", str(config), "--json"),
    ):
        assert json.loads(watchdeck(*named).out)["path"] == str(config)
    assert json.loads(watchdeck("config", "--json", "path", "--config", str(config)).out)["exists"] is True


def test_the_environment_names_the_socket(watchdeck: Watchdeck, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDECK_SOCKET", "/env.sock")
    assert "/env.sock" in watchdeck("list").err
    assert "/flag.sock" in watchdeck("list", "--socket", "/flag.sock").err


def test_a_bad_configuration_is_told_whole(watchdeck: Watchdeck, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text("[end]\nundo = 3\n[hots]\n")
    said = watchdeck("list", "--config", str(config))
    assert said.code == Exit.USAGE
    lines = said.err.splitlines()
    assert [line.startswith(f"watchdeck: {config}:") for line in lines] == [True, True]
    assert "did you mean host" in lines[1]


def ended(error: BaseException, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    @click.command()
    @with_invocation
    def fail(_: Invocation) -> None:
        raise error

    with pytest.raises(SystemExit) as caught:
        run(fail, [])
    said = capsys.readouterr()
    assert said.out == ""
    return int(caught.value.code or 0), said.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (WatchdeckError("told"), 1),
        (NoHost("told"), 3),
        (Refused("told"), 6),
        (click.UsageError("told"), 2),
    ],
)
def test_an_error_has_its_exit_code_and_a_sentence(
    error: Exception, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found, err = ended(error, capsys)
    assert found == code
    assert "told" in err
    assert "Traceback" not in err


def test_an_interruption_is_130_and_says_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ignored = []
    monkeypatch.setattr(signal, "signal", lambda *how: ignored.append(how))
    code, err = ended(KeyboardInterrupt(), capsys)
    assert (code, err.strip()) == (130, "")
    assert ignored == [(signal.SIGINT, signal.SIG_IGN)]


def test_a_fault_of_ours_is_one_line_and_a_traceback_in_the_log(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, err = ended(RuntimeError("with https://h/canary?x=canary"), capsys)
    assert code == 1
    assert err.count("\n") == 1
    assert "Traceback" not in err
    log = home / ".local/state/watchdeck/cli.log"
    entry = json.loads(log.read_text())
    assert "RuntimeError" in entry["exception"]
    assert "canary" not in err + log.read_text()


def test_a_fault_is_told_even_where_no_log_can_be_written(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".local").write_text("in the way")
    code, err = ended(RuntimeError("strange"), capsys)
    assert code == 1
    assert "strange" in err
    assert "cannot write the log" in err


def test_as_many_sessions_can_be_simulated_as_a_host_takes() -> None:
    assert simulated.MOST_HOSTED == MAX_SESSIONS


def test_named_socket_works_despite_faulty_file(watchdeck: Watchdeck, tmp_path: Path) -> None:
    file = tmp_path / "broken.toml"
    file.write_text("nonsense [")
    barred = watchdeck("--config", str(file), "list")
    assert barred.code == Exit.USAGE
    asked = watchdeck("--config", str(file), "--socket", str(tmp_path / "host.sock"), "list")
    assert asked.code == Exit.NO_HOST
    assert f"{file}:1: invalid TOML" in asked.err
    assert "continuing, because the socket is given" in asked.err


@pytest.mark.parametrize(("value", "left"), [("", None), ("1", "1"), ("0", "0")])
def test_an_empty_no_color_counts_as_unset(
    watchdeck: Watchdeck, monkeypatch: pytest.MonkeyPatch, value: str, left: str | None
) -> None:
    monkeypatch.setenv("NO_COLOR", value)
    assert watchdeck("config", "path").code == Exit.OK
    assert os.environ.get("NO_COLOR") == left
