"""What `doctor` says of the REST key: whether the service takes it, without opening a link."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from browser_host.simulator.server import Simulator
from browser_host.simulator.settings import SimulatorSettings
from tests.support.programs import Home


async def finding(home: Home, base_url: str, key: str) -> dict[str, Any]:
    home.configure(f'[upscope]\nbase_url = "{base_url}"\n')
    done = await asyncio.to_thread(home.run, "doctor", "--json", UPSCOPE_API_KEY=key)
    assert key not in done.stdout + done.stderr
    found: dict[str, Any] = next(
        one for one in json.loads(done.stdout)["checks"] if one["check"] == "rest key"
    )
    return found


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


async def test_accepted_key_shows_usage_and_opens_nothing(home: Home) -> None:
    async with Simulator(SimulatorSettings(sessions=3)) as simulator:
        found = await finding(home, simulator.base_url, simulator.api_key.reveal())
        assert found["state"] == "ok"
        assert "visitors online" in found["found"]
        assert not simulator.record.links


async def test_a_key_that_the_service_refuses_is_said_in_plain_words(home: Home) -> None:
    async with Simulator(SimulatorSettings(sessions=1)) as simulator:
        found = await finding(home, simulator.base_url, "canary-wrong-key-0123456789")
        assert found["state"] == "note"
        assert "key" in found["found"]
