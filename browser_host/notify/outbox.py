"""A bounded queue before each command and webhook: what hangs or fails holds nothing else."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from browser_host.browsers.log import Log
from browser_host.config.choices import Channel
from browser_host.notify.command_target import CommandTarget
from browser_host.notify.message import NotDelivered, NoticeMessage
from browser_host.notify.undelivered import Waiting
from browser_host.notify.webhook_target import WebhookTarget
from browser_host.tasks import BackgroundTasks

WAITING = 100
"""Announcements that may wait for one command or webhook; beyond that the oldest is dropped."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Seconds between two attempts: doubled each time."""

TRIED_FOR_S = 3600.0
"""Seconds after which a webhook that did not answer is given up for this announcement."""

JITTER = 0.2

CLOSE_S = 1.0
"""Seconds for what is being sent when the host stops."""

OutboxKey: TypeAlias = tuple[str, Channel]
"""An alert's name and the channel."""

DeliveryTarget: TypeAlias = CommandTarget | WebhookTarget


class DeliveryFate(StrEnum):
    """What became of an announcement for a command or webhook."""

    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(slots=True)
class _Outbox:
    target: DeliveryTarget
    queue: asyncio.Queue[NoticeMessage]
    task: asyncio.Task[None]
    trouble: str | None = None
    sending: NoticeMessage | None = None


class Outboxes:
    """The outboxes of all alerts, each with a task of its own.

    Args:
        sleep: waits for seconds between two attempts.
    """

    def __init__(self, log: Log, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.counts: Counter[tuple[Channel, DeliveryFate]] = Counter()
        self._log = log
        self._sleep = sleep
        self._outboxes: dict[OutboxKey, _Outbox] = {}
        self._tasks = BackgroundTasks(
            lambda name, error: log.warning("task.failed", task=name, error=repr(error))
        )

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Send while the context lasts."""
        try:
            yield
        finally:
            await self._tasks.close(CLOSE_S)

    def configure(self, targets: Mapping[OutboxKey, DeliveryTarget]) -> None:
        """Use these targets from now on; what waits for one that stays is kept."""
        for key in [key for key in self._outboxes if key not in targets]:
            self._outboxes.pop(key).task.cancel()
        for key, target in targets.items():
            if (held := self._outboxes.get(key)) is not None:
                held.target = target
                continue
            queue: asyncio.Queue[NoticeMessage] = asyncio.Queue(WAITING)
            task = self._tasks.start(f"outbox {key[0]}", self._work(key, queue))
            self._outboxes[key] = _Outbox(target, queue, task)

    def put(self, alert: str, message: NoticeMessage) -> None:
        """Queue an announcement for the alert's command and webhook; returns at once."""
        for key in self._outboxes:
            if key[0] == alert:
                self._put(key, message)

    def put_back(self, waiting: Waiting) -> None:
        """Queue what waited when the last host stopped, where its command or webhook is still configured."""
        for alert, channel, message in waiting:
            if (alert, channel) in self._outboxes:
                self._put((alert, channel), message)

    def take_waiting(self) -> Waiting:
        """Take out what is not delivered yet; of what was being sent it is not known whether it arrived."""
        found: list[tuple[str, Channel, NoticeMessage]] = []
        for (alert, channel), outbox in self._outboxes.items():
            held = [] if outbox.sending is None else [outbox.sending]
            while not outbox.queue.empty():
                held.append(outbox.queue.get_nowait())
            found += [(alert, channel, message) for message in held]
        return found

    def _put(self, key: OutboxKey, message: NoticeMessage) -> None:
        queue = self._outboxes[key].queue
        if queue.full():
            queue.get_nowait()
            self._count(*key, DeliveryFate.DROPPED, "too many wait for it")
        queue.put_nowait(message)

    def trouble(self) -> str | None:
        """Which commands and webhooks fail, and why, or None."""
        found = (
            f"the {channel} of alert {name} fails: {outbox.trouble}"
            for (name, channel), outbox in self._outboxes.items()
            if outbox.trouble
        )
        return "; ".join(found) or None

    async def _work(self, key: OutboxKey, queue: asyncio.Queue[NoticeMessage]) -> None:
        while True:
            message = await queue.get()
            outbox = self._outboxes[key]
            outbox.sending = message
            try:
                await self._deliver(key, message)
            except Exception as error:  # noqa: BLE001 - the next announcement must still be sent
                self._count(*key, DeliveryFate.FAILED, type(error).__name__)
            outbox.sending = None  # not if this is cancelled

    async def _deliver(self, key: OutboxKey, message: NoticeMessage) -> None:
        outbox = self._outboxes[key]
        for pause in _pauses():
            try:
                await outbox.target.send(message)
            except NotDelivered as error:
                outbox.trouble = str(error)
                if error.is_final or pause is None:
                    break
                self._log.warning("alert.retried", alert=key[0], channel=key[1].value, why=str(error))
                await self._sleep(pause)
            else:
                outbox.trouble = None
                self._count(*key, DeliveryFate.DELIVERED)
                return
        self._count(*key, DeliveryFate.FAILED, outbox.trouble or "")

    def _count(self, alert: str, channel: Channel, fate: DeliveryFate, why: str = "") -> None:
        self.counts[channel, fate] += 1
        tell = self._log.info if fate is DeliveryFate.DELIVERED else self._log.warning
        tell(f"alert.{fate.value}", alert=alert, channel=channel.value, why=why)


def _pauses() -> Iterator[float | None]:
    """Seconds to wait after each attempt; None after the last."""
    pause, waited = FIRST_PAUSE_S, 0.0
    while waited < TRIED_FOR_S:
        yield pause * (1 + JITTER * random.random())  # noqa: S311 - no secret
        waited += pause
        pause = min(LONGEST_PAUSE_S, 2 * pause)
    yield None
