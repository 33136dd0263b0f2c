"""The simulator in its own process."""

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
def test_it_prints_its_addresses_and_stops_on_a_signal(number: signal.Signals) -> None:
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
        output, errors = process.communicate(timeout=10)
        assert (process.returncode, output, errors) == (0, "", "")


def test_accepted_connections_have_no_nagle_delay() -> None:
    with (
        _listen(0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
