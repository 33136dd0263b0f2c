"""Commands: JSON on stdin, no shell, a deadline, and bounded output."""

import json
import sys
from pathlib import Path

import pytest

from browser_host.notify.command_target import OUTPUT_LIMIT, CommandTarget
from browser_host.notify.message import NotDelivered, message_of
from tests.support.programs import ENDS_WITHIN_S, gone

BODY = {"type": "alert.firing", "data": {"name": "$(reboot); 'Grüße'", "sessions": []}}


def python(program: str, *arguments: str, within_s: float = 20.0) -> CommandTarget:
    argv = (sys.executable, "-c", program, *arguments)
    return CommandTarget(argv, {"LANG": "C.UTF-8"}, within_s)


async def test_a_command_gets_json_on_stdin_and_no_shell(tmp_path: Path) -> None:
    out = tmp_path / "out"
    program = "import os, sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read()); print(os.environ)"
    await python(program, str(out), "$(touch canary); `x`").send(message_of(BODY))
    assert json.loads(out.read_bytes()) == BODY


async def test_a_command_that_fails_says_so_within_bounds() -> None:
    program = "import sys; sys.stdout.write('x\\x1b[2J' * 100_000); sys.exit(3)"
    with pytest.raises(NotDelivered, match="exit code 3: x") as caught:
        await python(program).send(message_of(BODY))
    assert caught.value.is_final
    assert len(str(caught.value)) < OUTPUT_LIMIT + 50
    assert "\x1b" not in str(caught.value)


async def test_a_command_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    program = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        "open(sys.argv[1], 'w').write(str(child.pid)); time.sleep(60)"
    )
    with pytest.raises(NotDelivered, match="more than 4 s"):
        await python(program, str(out), within_s=4.0).send(message_of(BODY))
    assert gone([int(out.read_text())], ENDS_WITHIN_S) == []


async def test_a_command_that_is_not_there_is_told() -> None:
    with pytest.raises(NotDelivered, match="can't be started") as caught:
        await CommandTarget(("/no/such/program",), {}).send(message_of(BODY))
    assert caught.value.is_final


async def test_a_command_need_not_read_its_stdin() -> None:
    await python("pass").send(message_of({**BODY, "long": "x" * 1_000_000}))
