"""The bridge to one group: batches in, commands out; the browser vouches for the sender of each message."""

import asyncio
import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from browser_host.bridge import batches
from browser_host.bridge.cdp import Cdp
from browser_host.bridge.command_queue import Claim, Command, CommandOutcome, CommandQueue, always
from browser_host.bridge.events import (
    InstructionNotPosted,
    InstructionPosted,
    InstructionUncertain,
    MessageReceived,
    MessagesDropped,
    MessagesRefused,
    NestedFrameHeard,
    ReportSink,
)
from browser_host.bridge.hub import BINDING, Hub
from browser_host.bridge.limits import Limits
from browser_host.bridge.navigation import NO_ORIGIN, Navigation
from browser_host.bridge.page_health.question import Question
from browser_host.secrets import WatchLink
from browser_host.tasks import BackgroundTasks

_POST_WITHIN_S = 3.0
_EARLY_FOR_S = 5.0
"""A message arrives through the group's DevTools session, the event that its document was committed through
the session page's own. Either may be first, by milliseconds, or by seconds on a busy machine."""
_MAX_EARLY = 256
_NEVER_LATE_MS = float(2**53)
"""The deadline while the group's clock is not known yet."""
_CREDIT_EVERY = 32
"""Batches handled before the hub gets credit for them: half of its credit; the rest lasts at least 0.6 s."""


@dataclass(frozen=True, slots=True, eq=False)
class BridgedPage:
    """A session page as the bridge knows it.

    Args:
        number: of its site; never reused, so that messages of an older page are dropped.
        early: messages that arrived before the event that their document was committed.
    """

    number: int
    session_id: str
    navigation: Navigation
    early: deque[batches.PostedMessage] = field(default_factory=deque)


class Bridge:
    """Messages from the sessions of one group, and instructions to them.

    Args:
        cdp: of the group's own page.
        broke: called with a reason when the page did something its script cannot do: it is no longer trusted.
    """

    def __init__(
        self,
        cdp: Cdp,
        *,
        sink: ReportSink,
        tasks: BackgroundTasks,
        broke: Callable[[str], None],
        limits: Limits | None = None,
    ) -> None:
        self._cdp = cdp
        self._sink = sink
        self._tasks = tasks
        self._broke = broke
        self._limits = limits or Limits()
        self._commands = CommandQueue(self._carry, _POST_WITHIN_S)
        self._pages: dict[int, BridgedPage] = {}
        self._by_session: dict[str, BridgedPage] = {}
        self._uncredited = 0
        self._window_s = 0.0
        self._heard_at = 0.0
        self._clock_behind_ms = math.inf  # our clock minus the group's, plus the delay of its fastest batch
        self._hub: Hub | None = None
        self._question: Question | None = None
        self._closed = False

    async def start(self) -> None:
        """Load the hub into the group's page; the caller sets the deadline.

        Raises:
            CdpError: the page or the browser is gone.
        """
        self._cdp.on("Runtime.bindingCalled", self._called)
        self._cdp.on("Page.frameNavigated", self._navigated)
        self._hub = await Hub.start(self._cdp, self._limits)
        self._question = Question(self._cdp, self._hub.context, self._tasks)
        self._tasks.start("commands", self._commands.run())

    async def open(self, numbers: Sequence[int]) -> None:
        """Have the hub open a window for each number; the caller sets the deadline.

        Raises:
            CdpError: the page or the browser is gone.
        """
        await self._running().open(numbers)

    def add(self, page: BridgedPage, link: WatchLink) -> None:
        """Add a session page and load the watch link in its frame."""
        self._pages[page.number] = page
        self._by_session[page.session_id] = page
        self._commands.submit(("load", page.number, link.reveal()))

    def committed(self, number: int) -> None:
        """Accept the early messages of a document that a session page's frame has just committed."""
        if (page := self._pages.get(number)) is not None:
            while page.early and _is_known(page.navigation, page.early[0].origin):
                self._accept(page, page.early.popleft())

    def remove(self, number: int) -> None:
        """Remove the watch page from its session page, and forget the session page."""
        self._commands.submit(("drop", number))
        page = self._pages.pop(number, None)
        if page is not None and self._by_session.get(page.session_id) is page:
            del self._by_session[page.session_id]

    def post(self, session_id: str, number: int, message: Mapping[str, Any], claim: Claim = always) -> None:
        """Post an instruction; exactly one report follows, even if the session is released meanwhile.

        Args:
            claim: called once, at the last moment at which the instruction can be withheld.
        """
        page = self._by_session.get(session_id)
        why = page.navigation.cannot_post if page is not None else "the page has not loaded yet"
        if page is None or why is not None:
            self._sink(InstructionNotPosted(session_id, number, why or ""))
            return
        navigation, commits = page.navigation, page.navigation.commits

        def done(outcome: CommandOutcome) -> None:
            self._sink(_posted(session_id, number, outcome, navigated=navigation.commits != commits))

        def is_still_valid() -> bool:
            return navigation.commits == commits and claim()

        # A hung page handles it once it runs again. That is too late: it was reported unconfirmed by then.
        until = self._group_clock_in(_POST_WITHIN_S)
        command = ("post", page.number, number, dict(message), navigation.origin, until)
        self._commands.submit(command, done, is_still_valid)

    def collect_for(self, window_s: float) -> None:
        """Have the hub collect messages for so many seconds, after the first of a quiet group.

        The windows of all groups end together, at multiples of their length by the loop's clock, so that one
        wake and one merged piece take in all of them.
        """
        self._window_s = window_s
        self._commands.submit(("window", window_s * 1_000, self._until_due_ms()))

    @property
    def loading(self) -> bool:
        """Whether a session's frame has yet to commit its first document."""
        return any(page.navigation.loading for page in self._pages.values())

    async def answer(self, within: float, unless_heard_for: float = 0.0) -> bool:
        """Whether the group's process answers.

        Args:
            within: seconds.
            unless_heard_for: a group that sent a batch within so many seconds is not asked: it answers.

        Raises:
            CdpError: the page or the browser is gone.
        """
        if asyncio.get_running_loop().time() - self._heard_at < unless_heard_for:
            return True
        if self._question is None:
            raise RuntimeError("the bridge was not started")
        return await self._question.answered(within)

    def close(self) -> None:
        """Take nothing more from the group, and answer its open instructions."""
        if not self._closed:
            self._closed = True
            self._commands.close()

    # -- in: what the hub sends and the browser reports

    def _called(self, event: dict[str, Any]) -> None:
        hub = self._hub
        if (
            self._closed
            or hub is None
            or event["name"] != BINDING
            or event["executionContextId"] != hub.context
        ):
            return
        try:
            batch = batches.read(event["payload"])
        except batches.BadBatch as error:
            self._broke(f"it sent a batch that is {error}")
            return
        self._heard_at = asyncio.get_running_loop().time()
        self._clock_behind_ms = min(self._clock_behind_ms, self._heard_at * 1_000 - batch.at_ms)
        for message in batch.messages:
            self._take(message)
        for counts in batch.counts:
            if (page := self._pages.get(counts.page)) is not None:
                self._count(page, counts)
        self._uncredited += 1
        if self._uncredited >= _CREDIT_EVERY:
            self._commands.submit(("credit", self._uncredited, self._until_due_ms()))
            self._uncredited = 0

    def _take(self, message: batches.PostedMessage) -> None:
        page = self._pages.get(message.page)
        if page is None:
            return  # the page was closed meanwhile
        if page.early or not _is_known(page.navigation, message.origin):
            if len(page.early) < _MAX_EARLY:
                page.early.append(message)
                asyncio.get_running_loop().call_later(_EARLY_FOR_S, self._expire, page, message)
            else:
                self._sink(MessagesRefused(page.session_id, 1))
        else:
            self._accept(page, message)

    def _accept(self, page: BridgedPage, message: batches.PostedMessage) -> None:
        if page.navigation.accept(message.origin, message.at_ms):
            self._sink(MessageReceived(page.session_id, message.data, message.after, message.waited_ms))
        else:
            self._sink(MessagesRefused(page.session_id, 1))

    def _expire(self, page: BridgedPage, message: batches.PostedMessage) -> None:
        """Stop waiting for the document of an early message."""
        while message in page.early and self._pages.get(page.number) is page and not self._closed:
            self._accept(page, page.early.popleft())

    def _count(self, page: BridgedPage, counts: batches.MessageCounts) -> None:
        if counts.dropped:
            self._sink(MessagesDropped(page.session_id, counts.dropped))
        if counts.refused:
            self._sink(MessagesRefused(page.session_id, counts.refused))
        if counts.nested:
            self._sink(NestedFrameHeard(page.session_id, counts.nested))

    def _navigated(self, event: dict[str, Any]) -> None:
        if not self._closed and self._hub is not None and event["frame"]["id"] == self._hub.frame:
            self._broke("its own document was replaced")

    # -- out

    def _until_due_ms(self) -> float:
        """Milliseconds until the windows end next; told again with credit, for clocks drift apart."""
        if self._window_s == 0:
            return 0.0
        return 1_000 * (self._window_s - asyncio.get_running_loop().time() % self._window_s)

    def _group_clock_in(self, delay: float) -> float:
        """The group's clock in `delay` seconds, in milliseconds; rather too early than too late."""
        then = (asyncio.get_running_loop().time() + delay) * 1_000 - self._clock_behind_ms
        return then if math.isfinite(then) else _NEVER_LATE_MS

    async def _carry(self, commands: Sequence[Command]) -> Sequence[object]:
        return await self._running().take(commands)

    def _running(self) -> Hub:
        if self._hub is None:
            raise RuntimeError("the bridge was not started")
        return self._hub


def _is_known(navigation: Navigation, origin: str) -> bool:
    """Whether a document of this origin was committed; `null` may be any document's."""
    return navigation.commits > 0 and origin in {*navigation.origins, NO_ORIGIN}


def _posted(
    session_id: str, number: int, outcome: CommandOutcome, *, navigated: bool
) -> InstructionPosted | InstructionNotPosted | InstructionUncertain:
    """The report for an instruction.

    Args:
        navigated: whether the frame got another document while the instruction was being posted.
    """
    match outcome:
        case CommandOutcome.DONE if not navigated:
            return InstructionPosted(session_id, number)
        case CommandOutcome.DONE:
            text = "the page navigated while the instruction was being posted"
            return InstructionUncertain(session_id, number, text)
        case CommandOutcome.REFUSED:
            return InstructionNotPosted(session_id, number, "the page was closed")
        case CommandOutcome.WITHDRAWN:
            text = "the page navigated" if navigated else "it was withdrawn"
            return InstructionNotPosted(session_id, number, f"{text} before the instruction was posted")
        case CommandOutcome.NEVER:
            return InstructionNotPosted(session_id, number, "the page did not accept it in time")
        case CommandOutcome.UNCERTAIN:
            text = "the page stopped answering while the instruction was being posted"
            return InstructionUncertain(session_id, number, text)
