"""A host as the dashboard's child, with small scripts in place of the host."""

import os
import select
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from browser_host.cli import launch
from browser_host.cli.launch import HostCommand, HostDidNotStart, StopResult
from browser_host.errors import Exit
from tui.host import owned_host

READY = (
    "import sys, json, os, signal; print(json.dumps({'ready': True, 'socket': '/s', 'pid': 1}), flush=True);"
)


def script(tmp_path: Path, code: str) -> HostCommand:
    return HostCommand((), tmp_path / "state" / "host.log", (sys.executable, "-c", code))


def ends_within(pid: int, seconds: float) -> bool:
    descriptor = os.pidfd_open(pid)
    try:
        return bool(select.select([descriptor], [], [], seconds)[0])
    finally:
        os.close(descriptor)


def test_starts_says_what_it_hears_and_ends_with_its_lifeline(tmp_path: Path) -> None:
    heard: list[str] = []
    code = (
        "import sys; print('getting a\\x1b browser', file=sys.stderr, flush=True);"
        + READY
        + "sys.stdin.read()"
    )
    host = owned_host.start(script(tmp_path, code), heard.append, 20)
    assert host.socket == Path("/s")
    assert host.exit_code() is None
    assert heard == ["getting a␛ browser"]
    assert os.getsid(host.pid) == host.pid
    assert stat.S_IMODE(host.log.stat().st_mode) == 0o600
    assert host.close(10, 0.1) is StopResult.IN_ORDER
    assert host.exit_code() == 0


def test_what_hosts_said_is_begun_anew_when_it_is_long(tmp_path: Path) -> None:
    command = script(tmp_path, "import sys; print('new', file=sys.stderr, flush=True);" + READY)
    command.log.parent.mkdir(parents=True, exist_ok=True)
    heard: list[str] = []
    for kept, left in ((launch.TALK_BYTES, launch.TALK_BYTES + 4), (launch.TALK_BYTES + 1, 4)):
        command.log.write_bytes(b"x" * kept)
        owned_host.start(command, heard.append, 20).close(10, 0.1)
        assert command.log.stat().st_size == left
    assert heard == ["new", "new"]


def test_a_host_deaf_to_its_lifeline_gets_sigterm(tmp_path: Path) -> None:
    host = owned_host.start(script(tmp_path, READY + "signal.pause()"), print, 20)
    assert host.close(0.1, 10) is StopResult.TERMINATED
    assert host.exit_code() == -signal.SIGTERM


def test_a_host_deaf_to_sigterm_is_killed_with_its_group(tmp_path: Path) -> None:
    child_of_host = tmp_path / "pid"
    code = f"""
import json, os, pathlib, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = os.fork()
if child:
    pathlib.Path({str(child_of_host)!r}).write_text(str(child))
    print(json.dumps({{"ready": True, "socket": "/s"}}), flush=True)
signal.pause()
"""
    host = owned_host.start(script(tmp_path, code), print, 20)
    grandchild = int(child_of_host.read_text())
    assert host.close(0.1, 0.1) is StopResult.KILLED
    assert ends_within(grandchild, 10)


def test_a_host_that_fails_tells_its_words_and_its_exit_code(tmp_path: Path) -> None:
    code = "import sys; print('config.toml line 3: no such key', file=sys.stderr); sys.exit(2)"
    heard: list[str] = []
    with pytest.raises(HostDidNotStart, match=r"exit code 2 before it served; .* in .*host\.log") as caught:
        owned_host.start(script(tmp_path, code), heard.append, 20)
    assert heard == ["config.toml line 3: no such key"]
    assert caught.value.exit_code is Exit.USAGE


def test_an_exit_code_the_contract_does_not_know_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(HostDidNotStart, match="exit code 77 before it served; it wrote nothing") as caught:
        owned_host.start(script(tmp_path, "raise SystemExit(77)"), print, 20)
    assert caught.value.exit_code is Exit.FAILED


def test_a_host_ended_by_a_signal_is_told_as_such(tmp_path: Path) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(HostDidNotStart, match="SIGKILL"):
        owned_host.start(script(tmp_path, code), print, 20)


def test_a_host_that_never_gets_ready_is_given_up_and_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    code = (
        f"import os, pathlib, sys; pathlib.Path({str(pid)!r}).write_text(str(os.getpid())); sys.stdin.read()"
    )
    with pytest.raises(HostDidNotStart, match="did not serve within 1 s"):
        owned_host.start(script(tmp_path, code), print, 1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


@pytest.mark.parametrize("line", ["hello", '{"ready": false}', '["ready"]', "x" * 70_000])
def test_a_first_line_that_is_not_the_ready_line_is_quoted(tmp_path: Path, line: str) -> None:
    with pytest.raises(HostDidNotStart, match="expected the host's ready line"):
        owned_host.start(
            script(tmp_path, f"import sys; print({line!r}, flush=True); sys.stdin.read()"), print, 20
        )


def test_a_killed_dashboard_leaves_no_host(tmp_path: Path) -> None:
    host_code = READY + "sys.stdin.read()"
    dashboard = f"""
import signal, sys
from pathlib import Path
from browser_host.cli.launch import HostCommand
from tui.host import owned_host
program = (sys.executable, "-c", {host_code!r})
command = HostCommand((), Path({str(tmp_path / "log")!r}), program)
print(owned_host.start(command, lambda line: None, 20).pid, flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", dashboard], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        host = int(process.stdout.readline())
        process.kill()
    assert ends_within(host, 10)


def test_what_the_host_says_is_written_to_no_link_and_no_pipe(tmp_path: Path) -> None:
    command = script(tmp_path, READY)
    command.log.parent.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    command.log.symlink_to(elsewhere)
    with pytest.raises(HostDidNotStart, match="can't write"):
        owned_host.start(command, lambda _: None)
    assert elsewhere.read_text() == "kept"
    command.log.unlink()
    os.mkfifo(command.log)
    with pytest.raises(HostDidNotStart, match="can't write"):
        owned_host.start(command, lambda _: None)
