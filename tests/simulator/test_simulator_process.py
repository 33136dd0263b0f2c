"""The simulator as a process of its own."""

import json
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from browser_host.simulator.server import _listen

START = (
    "from browser_host.simulator.server import SimulatorSettings, run;"
    "run(SimulatorSettings(sessions=3, scenario='slow', slow=60))"
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_serves_and_ends_in_order(number: signal.Signals) -> None:
    command = [sys.executable, "-W", "error", "-c", START]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert ready["ready"] is True
        assert len(ready["watch_urls"]) == 3
        headers = {"X-Api-Key": ready["api_key"]}
        usage = httpx.get(f"{ready['base_url']}/usage", headers=headers, trust_env=False)
        assert usage.json()["usage"]["session_counts"]["now"] == 3
        assert httpx.get(ready["record_url"], trust_env=False).json()["instructions"] == []
        process.send_signal(number)
        rest, complaints = process.communicate(timeout=10)
        assert (process.returncode, rest, complaints) == (0, "", "")


def test_answers_are_not_held_back_for_an_acknowledgement() -> None:
    with (
        _listen(0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
