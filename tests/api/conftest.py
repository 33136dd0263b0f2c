from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from browser_host.api.client import HostClient
from browser_host.supervisor.policy import Policy
from tests.support.host import ScriptedHost, scripted_host, serving


@dataclass(frozen=True, slots=True)
class Served:
    """A host with its API on a socket, and two ways in: our client and plain HTTP."""

    host: ScriptedHost
    client: HostClient
    http: httpx.AsyncClient
    path: Path


@pytest.fixture
def rules() -> Policy:
    return Policy(undo_s=0.0, confirm_within_s=0.3, ends_per_second=1000)


@pytest.fixture
async def served(tmp_path: Path, rules: Policy) -> AsyncIterator[Served]:
    path = tmp_path / "run" / "host.sock"
    transport = httpx.AsyncHTTPTransport(uds=str(path))
    async with (
        scripted_host(rules) as host,
        serving(host, path),
        httpx.AsyncClient(transport=transport, base_url="http://watchdeck") as http,
        HostClient(path, "test") as client,
    ):
        yield Served(host, client, http, path)
