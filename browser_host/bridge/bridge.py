"""The bridge to one host page: batches in, orders out, and whose is whose by the browser's own word."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from browser_host.bridge import batches, posting
from browser_host.bridge.cdp import Cdp
from browser_host.bridge.chores import Chores
from browser_host.bridge.limits import Limits
from browser_host.bridge.listener import Listener
from browser_host.bridge.loads import Loads
from browser_host.bridge.orders import Order, Orders, Outcome
from browser_host.bridge.question import Question
from browser_host.bridge.script import BINDING, Script
from browser_host.bridge.slots import NO_ORIGIN, Slot
from browser_host.bridge.storage import Storage
from browser_host.bridge.sweep import Sweep
from browser_host.secrets import WatchLink
from browser_host.sessions.session import Fault

_POST_WITHIN_S = 3.0
_CREDIT_EVERY = 32
"""Batches handled before the page is told: half of its credit; the other half lasts it for 0.6 s at least."""


class Bridge:
    """Sessions in the iframes of one host page.

    Args:
        style: CSS of an iframe.
    """

    def __init__(
        self,
        cdp: Cdp,
        *,
        style: str,
        listener: Listener,
        chores: Chores,
        limits: Limits | None = None,
    ) -> None:
        self._cdp = cdp
        self._style = style
        self._listener = listener
        self._chores = chores
        self._limits = limits or Limits()
        self._orders = Orders(self._carry, _POST_WITHIN_S)
        self._sweep = Sweep(cdp, chores)
        self._loads = Loads(cdp, chores, self._block, self._sweep.soon)
        self._storage = Storage(cdp, chores)
        self._slots: dict[int, Slot] = {}
        self._by_session: dict[str, Slot] = {}
        self._by_frame: dict[str, Slot] = {}
        self._attached: list[str] = []
        self._seating = asyncio.Lock()
        self._numbers = 0
        self._unpaid = 0
        self._heard_at = 0.0
        self._script: Script | None = None
        self._question: Question | None = None
        self._closed = False

    async def start(self) -> None:
        """Puts the script into the host page; the caller sets the deadline."""
        for name, handler in (
            ("Runtime.bindingCalled", self._called),
            ("Page.frameAttached", self._frame_attached),
            ("Page.frameStartedNavigating", self._frame_started),
            ("Page.frameNavigated", self._frame_navigated),
        ):
            self._cdp.on(name, self._guarded(handler))
        self._script = await Script.start(self._cdp, self._limits, self._style)
        self._question = Question(self._cdp, self._script.context, self._chores)
        self._chores.start("orders", self._orders.run())

    async def seat(self, sessions: Sequence[tuple[str, WatchLink]]) -> None:
        """Makes iframes for the sessions, learns their frame ids, then gives them their addresses.

        Raises:
            CdpError: the page or the browser is gone.
        """
        async with self._seating:
            first = self._numbers + 1
            self._numbers += len(sessions)
            numbers = list(range(first, self._numbers + 1))
            self._attached.clear()
            # The events of frames attached to the main frame come before the answer and in order, and only
            # our script can attach one: so the ids are known before any stranger's code runs in them.
            await self._running().prepare(numbers)
            slots = [
                Slot(number, frame, session_id, link)
                for number, frame, (session_id, link) in zip(numbers, self._attached, sessions, strict=True)
            ]
            for slot in slots:
                self._slots[slot.number] = slot
                self._by_frame[slot.frame] = slot
                self._by_session[slot.session_id] = slot
            await self._loads.begin(slots)
        for slot in slots:
            if self._slots.get(slot.number) is slot:
                self._listener.opened(slot.session_id)
                self._orders.give(("load", slot.number, slot.link.reveal()))

    def release(self, session_id: str) -> None:
        """Takes the session's iframe away, where it has one."""
        if (slot := self._by_session.get(session_id)) is not None:
            self._remove(slot)

    def post(self, session_id: str, number: int, message: Mapping[str, Any]) -> None:
        """Posts an instruction; exactly one report follows, a release of the session notwithstanding."""
        slot = self._by_session.get(session_id)
        if slot is None or slot.origin is None:
            self._listener.not_posted(session_id, number, "the page has not loaded yet")
            return
        if slot.origin == NO_ORIGIN:
            text = "the page has no origin of its own that could be posted to"
            self._listener.not_posted(session_id, number, text)
            return
        commits = slot.commits

        def done(outcome: Outcome) -> None:
            navigated = slot.commits != commits
            posting.tell(self._listener, session_id, number, outcome, navigated=navigated)

        self._orders.give(("post", slot.number, number, dict(message), slot.origin), done)

    @property
    def loading(self) -> bool:
        """Whether a frame is still to commit its first document."""
        return self._loads.some

    async def answer(self, within: float, unless_heard_for: float = 0.0) -> bool:
        """Whether the page's script answers.

        Args:
            within: seconds.
            unless_heard_for: a page that spoke so many seconds ago or less is not asked: it is there.

        Raises:
            CdpError: the page or the browser is gone.
        """
        if asyncio.get_running_loop().time() - self._heard_at < unless_heard_for:
            return True
        if self._question is None:
            raise RuntimeError("the bridge was not started")
        return await self._question.answered(within)

    def close(self) -> None:
        """Takes nothing more from the page and answers what instructions are open."""
        if not self._closed:
            self._closed = True
            self._loads.close()
            self._sweep.close()
            self._orders.close()

    # -- in: what the page's script and the browser say

    def _called(self, event: dict[str, Any]) -> None:
        script = self._script
        if script is None or event["name"] != BINDING or event["executionContextId"] != script.context:
            return
        try:
            batch = batches.read(event["payload"])
        except batches.BadBatch as error:
            self._listener.broke(f"its messages were {error}")
            return
        self._heard_at = asyncio.get_running_loop().time()
        for said in batch.messages:
            self._take(said)
        for counted in batch.counts:
            if (slot := self._slots.get(counted.slot)) is not None:
                self._count(slot, counted.dropped, counted.refused)
        self._unpaid += 1
        if self._unpaid >= _CREDIT_EVERY:
            self._orders.give(("credit", self._unpaid))
            self._unpaid = 0

    def _take(self, said: batches.Said) -> None:
        slot = self._slots.get(said.slot)
        if slot is None:
            return  # of an iframe that was taken away meanwhile
        if (said.origin and said.origin not in slot.origins) or not slot.origins:
            self._count(slot, 0, 1)
            return
        slot.spoke = True
        self._listener.said(slot.session_id, said.data, said.after, said.waited_ms)

    def _count(self, slot: Slot, dropped: int, refused: int) -> None:
        if dropped:
            self._listener.dropped(slot.session_id, dropped)
        if refused:
            self._listener.refused(slot.session_id, refused)

    def _frame_attached(self, event: dict[str, Any]) -> None:
        if self._script is not None and event["parentFrameId"] == self._script.frame:
            self._attached.append(event["frameId"])

    def _frame_started(self, event: dict[str, Any]) -> None:
        if (slot := self._by_frame.get(event["frameId"])) is not None:
            slot.loader = event["loaderId"]

    def _frame_navigated(self, event: dict[str, Any]) -> None:
        frame = event["frame"]
        self._storage.limit(frame["securityOrigin"])
        slot = self._by_frame.get(frame["id"])
        if slot is None:
            if self._script is not None and frame["id"] == self._script.frame:
                self._listener.broke("its own document was replaced")
            return
        if frame["url"] == "about:blank" and not slot.commits:
            return
        if "unreachableUrl" in frame:
            self._loads.unreachable(slot)
            return
        origin = frame["securityOrigin"]
        left = slot.commit(origin if origin.startswith(("https://", "http://")) else NO_ORIGIN)
        if left is not None:
            self._listener.left(slot.session_id, left)
        self._orders.give(("learn", slot.number, list(slot.origins)))
        self._loads.committed(slot)

    # -- out

    async def _carry(self, orders: Sequence[Order]) -> Sequence[object]:
        return await self._running().take(orders)

    def _running(self) -> Script:
        if self._script is None:
            raise RuntimeError("the bridge was not started")
        return self._script

    def _block(self, slot: Slot, fault: Fault) -> None:
        self._remove(slot)
        self._listener.blocked(slot.session_id, fault)

    def _remove(self, slot: Slot) -> None:
        self._slots.pop(slot.number, None)
        self._by_frame.pop(slot.frame, None)
        if self._by_session.get(slot.session_id) is slot:
            del self._by_session[slot.session_id]
        self._loads.forget(slot)
        self._orders.give(("drop", slot.number))

    def _guarded(self, handler: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        def guarded(event: dict[str, Any]) -> None:
            if self._closed:
                return
            try:
                handler(event)
            except (KeyError, TypeError) as error:
                self._listener.broke(f"the browser said something unexpected ({type(error).__name__})")

        return guarded
