"""Watches frames until their first document is there, and says in plain words where it does not come."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from browser_host.bridge import trouble
from browser_host.bridge.cdp import Cdp
from browser_host.bridge.chores import Chores
from browser_host.bridge.slots import Slot
from browser_host.sessions.session import Fault

_REASON_WITHIN_S = 0.5
"""The reason and the error page come over two ways inside the browser; either may be first."""
_ABORTED_FOR_S = 1.0
"""A navigation that a page replaces by another is aborted too; the other one starts at once."""


class Loads:
    """The slots of a page that are loading; the Network domain is on only while there are any.

    Args:
        blocked: called with a slot whose document will not come.
        loaded: called when the last of those that were loading has ended to.
    """

    def __init__(
        self,
        cdp: Cdp,
        chores: Chores,
        blocked: Callable[[Slot, Fault], None],
        loaded: Callable[[], None],
    ) -> None:
        self._cdp = cdp
        self._chores = chores
        self._blocked = blocked
        self._loaded = loaded
        self._loading: dict[int, Slot] = {}
        self._timers: dict[int, list[asyncio.TimerHandle]] = {}
        self._switching = asyncio.Lock()
        self._listening = False
        self._closed = False
        cdp.on("Network.responseReceived", self._answered)
        cdp.on("Network.loadingFailed", self._failed)

    @property
    def some(self) -> bool:
        """Whether any slot is loading."""
        return bool(self._loading)

    async def begin(self, slots: Iterable[Slot]) -> None:
        """Watches slots that are about to be given their addresses."""
        for slot in slots:
            self._loading[slot.number] = slot
            self._later(trouble.LOAD_WITHIN_S, slot, lambda s: trouble.no_answer(s.link.reveal()))
        await self._switch()

    def committed(self, slot: Slot) -> None:
        """The slot has a document; it may still be an HTTP error's."""
        if slot.number not in self._loading:
            return
        fault = trouble.http_status(slot.link.reveal(), slot.status) if slot.status else None
        self.forget(slot)
        if fault is not None:
            self._blocked(slot, fault)

    def unreachable(self, slot: Slot) -> None:
        """The slot shows the browser's error page; the reason may be on its way."""
        if slot.number in self._loading:
            self._later(_REASON_WITHIN_S, slot, lambda s: trouble.net_error(s.link.reveal(), ""))
        else:
            self._blocked(slot, trouble.net_error(slot.link.reveal(), ""))

    def forget(self, slot: Slot) -> None:
        """Watches the slot no more."""
        for timer in self._timers.pop(slot.number, ()):
            timer.cancel()
        if self._loading.pop(slot.number, None) is not None and not self._loading and not self._closed:
            self._chores.start("network", self._switch())
            self._loaded()

    def close(self) -> None:
        """Watches nothing more."""
        self._closed = True
        for slot in list(self._loading.values()):
            self.forget(slot)

    async def _switch(self) -> None:
        async with self._switching:
            wanted = bool(self._loading)
            if wanted == self._listening or self._closed:
                return
            if wanted:
                # No bodies are ever asked for, so none are kept.
                none = {"maxTotalBufferSize": 0, "maxResourceBufferSize": 0, "maxPostDataSize": 0}
                await self._cdp.send("Network.enable", none)
            else:
                await self._cdp.send("Network.disable")
            self._listening = wanted

    def _answered(self, event: dict[str, Any]) -> None:
        if event.get("type") != "Document":
            return
        for slot in self._loading.values():
            if slot.frame == event.get("frameId"):
                slot.status = event["response"]["status"]

    def _failed(self, event: dict[str, Any]) -> None:
        if event.get("type") != "Document":
            return
        error = str(event.get("errorText", ""))
        for slot in [s for s in self._loading.values() if s.loader == event.get("requestId")]:
            if error == "net::ERR_ABORTED":
                self._later(_ABORTED_FOR_S, slot, partial(_still_aborted, slot.loader))
            else:
                self._end(slot, trouble.net_error(slot.link.reveal(), error))

    def _later(self, delay: float, slot: Slot, verdict: Callable[[Slot], Fault | None]) -> None:
        def look() -> None:
            if slot.number in self._loading and (fault := verdict(slot)) is not None:
                self._end(slot, fault)

        timer = asyncio.get_running_loop().call_later(delay, look)
        self._timers.setdefault(slot.number, []).append(timer)

    def _end(self, slot: Slot, fault: Fault) -> None:
        self.forget(slot)
        self._blocked(slot, fault)


def _still_aborted(loader: str, slot: Slot) -> Fault | None:
    return trouble.net_error(slot.link.reveal(), "net::ERR_ABORTED") if slot.loader == loader else None
