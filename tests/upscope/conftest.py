"""Simulators on real sockets and clients of them; no pause is waited out, each is written down."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from browser_host.config.choices import Auth
from browser_host.simulator.server import Simulator, SimulatorSettings
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.retries import Patience
from browser_host.upscope.settings import ServiceSettings

QUICK = Patience(total_s=5.0)


@dataclass(frozen=True, slots=True)
class Asked:
    """A simulator, a client of it, and the pauses that the client made."""

    simulator: Simulator
    client: UpscopeClient
    settings: ServiceSettings
    pauses: list[float] = field(default_factory=list)

    @property
    def visitor(self) -> str:
        return self.simulator.sessions[0].id

    @property
    def links_made(self) -> int:
        return len(self.simulator.record.links)

    def calls(self, ending: str) -> int:
        return sum(call.endswith(ending) for call in self.simulator.record.calls)


class Ask(Protocol):
    async def __call__(
        self,
        *,
        auth: Auth = Auth.X_API_KEY,
        path: str = "/v1.3",
        patience: Patience = QUICK,
        **settings: Any,
    ) -> Asked: ...


@pytest.fixture
async def ask() -> AsyncIterator[Ask]:
    async with AsyncExitStack() as stack:

        async def start(
            *,
            auth: Auth = Auth.X_API_KEY,
            path: str = "/v1.3",
            patience: Patience = QUICK,
            **settings: Any,
        ) -> Asked:
            asked = SimulatorSettings(**({"sessions": 3, "rate": 0} | settings))
            simulator = await stack.enter_async_context(Simulator(asked))
            origin = simulator.base_url.removesuffix("/v1.3")
            service = ServiceSettings(f"{origin}{path}", auth, simulator.api_key, agent_name="Kim")
            pauses: list[float] = []

            async def note(seconds: float) -> None:
                pauses.append(seconds)

            client = UpscopeClient(service, patience=patience, chance=lambda: 0.5, sleep=note)
            await stack.enter_async_context(client)
            return Asked(simulator, client, service, pauses)

        yield start


@pytest.fixture
async def asked(ask: Ask) -> Asked:
    return await ask()
