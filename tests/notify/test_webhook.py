"""Webhooks on a real server: verified with the library by who receives them, retried, and never a leak."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from browser_host.config.choices import Channel
from browser_host.notify import undelivered
from browser_host.notify.message import NotDelivered, NoticeMessage, message_of
from browser_host.notify.outbox import TRIED_FOR_S, WAITING, DeliveryFate, Outboxes
from browser_host.notify.webhook_target import WebhookTarget
from browser_host.secrets import Secret
from tests.support.host import SilentLog
from tests.support.patience import patient

OLD, NEW = "whsec_" + "b2xk" * 10, "whsec_" + "bmV3" * 10
BODY = {"type": "alert.firing", "data": {"name": "Grüße", "sessions": []}}


@dataclass(slots=True)
class Receiver:
    """Answers with each status in turn, then with 204."""

    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    came: asyncio.Condition = field(default_factory=asyncio.Condition)
    port: int = 0

    @property
    def url(self) -> Secret:
        return Secret(f"http://127.0.0.1:{self.port}/hook?token=canary")

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if line)
        headers |= {"webhook-signature": _cased(head, "webhook-signature")}
        body = await reader.readexactly(int(headers["content-length"]))
        status = self.statuses.pop(0) if self.statuses else HTTPStatus.NO_CONTENT
        writer.write(f"HTTP/1.1 {int(status)} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()
        async with self.came:
            self.got.append((headers, body))
            self.came.notify_all()

    async def wait(self, count: int) -> None:
        async with asyncio.timeout(patient(10)), self.came:
            await self.came.wait_for(lambda: len(self.got) >= count)


def _cased(head: list[str], name: str) -> str:
    return next((line.split(": ", 1)[1] for line in head if line.lower().startswith(name)), "")


class _Log(SilentLog):
    def __init__(self) -> None:
        super().__init__()
        self.delivered = asyncio.Semaphore(0)
        self.failed = asyncio.Event()

    def info(self, event: str, **values: object) -> None:
        super().info(event, **values)
        if event == "alert.delivered":
            self.delivered.release()

    def warning(self, event: str, **values: object) -> None:
        super().info(event, **values)
        if event == "alert.failed":
            self.failed.set()


@contextlib.asynccontextmanager
async def receiving(*statuses: int, port: int = 0) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(statuses))
    server = await asyncio.start_server(receiver.take, "127.0.0.1", port)
    async with server:
        receiver.port = server.sockets[0].getsockname()[1]
        yield receiver


def secret_file(tmp_path: Path, *secrets: str) -> Path:
    path = tmp_path / "secret"
    path.write_text("\n".join(secrets) + "\n")
    path.chmod(0o600)
    return path


async def test_the_receiver_verifies_it_with_the_library(tmp_path: Path) -> None:
    async with receiving() as receiver:
        message = message_of(BODY)
        await WebhookTarget(receiver.url, secret_file(tmp_path, NEW)).send(message)
        ((headers, body),) = receiver.got
        assert Webhook(NEW).verify(body, headers) == BODY
        assert headers["webhook-id"] == message.id
        with pytest.raises(WebhookVerificationError):
            Webhook(OLD).verify(body, headers)


async def test_secrets_rotate_with_overlap_while_the_host_runs(tmp_path: Path) -> None:
    async with receiving() as receiver:
        target = WebhookTarget(receiver.url, secret_file(tmp_path, OLD))
        await target.send(message_of(BODY))
        secret_file(tmp_path, NEW, OLD)
        await target.send(message_of(BODY))
        secret_file(tmp_path, NEW)
        await target.send(message_of(BODY))
        verified = [[_verifies(secret, *got) for secret in (OLD, NEW)] for got in receiver.got]
        assert verified == [[True, False], [True, True], [False, True]]


def _verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, headers)
    except WebhookVerificationError:
        return False
    return True


async def test_a_receiver_that_was_down_gets_it_once() -> None:
    async with receiving() as gone:
        url = gone.url
    log, pauses = _Log(), list[float]()
    tried, up = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            tried.set()
            await up.wait()

    outboxes = Outboxes(log, sleep)
    async with outboxes.working():
        outboxes.configure({("stuck", Channel.WEBHOOK): WebhookTarget(url)})
        outboxes.put("stuck", message := message_of(BODY))
        outboxes.put("other", message_of(BODY))
        await asyncio.wait_for(tried.wait(), patient(10))
        assert "can't be reached" in (outboxes.trouble() or "")
        async with receiving(HTTPStatus.BAD_GATEWAY, port=gone.port) as receiver:
            up.set()
            await receiver.wait(2)  # a try that fails, and the one that counts
            outboxes.put("stuck", last := message_of(BODY))
            await receiver.wait(3)
            assert [headers["webhook-id"] for headers, _ in receiver.got] == [message.id, message.id, last.id]
            await asyncio.wait_for(log.delivered.acquire(), patient(10))
            await asyncio.wait_for(log.delivered.acquire(), patient(10))
            assert outboxes.counts == {(Channel.WEBHOOK, DeliveryFate.DELIVERED): 2}
        assert outboxes.trouble() is None
    assert all(earlier < later for earlier, later in itertools.pairwise(pauses))
    assert "canary" not in repr(log.lines)


async def test_a_receiver_that_is_gone_is_not_asked_again() -> None:
    async with receiving(HTTPStatus.GONE) as receiver:
        outboxes = Outboxes(SilentLog())
        async with outboxes.working():
            outboxes.configure({("stuck", Channel.WEBHOOK): WebhookTarget(receiver.url)})
            outboxes.put("stuck", message_of(BODY))
            outboxes.put("stuck", message_of(BODY))
            await receiver.wait(2)
        assert len(receiver.got) == 2


async def test_errors_and_reprs_hold_no_address(tmp_path: Path) -> None:
    async with receiving(HTTPStatus.FOUND) as receiver:
        target = WebhookTarget(receiver.url, tmp_path / "none")
        with pytest.raises(NotDelivered, match="readable") as unread:
            await target.send(message_of(BODY))
        with pytest.raises(NotDelivered, match="302") as refused:
            await WebhookTarget(receiver.url).send(message_of(BODY))
    with pytest.raises(NotDelivered) as unreached:
        await WebhookTarget(receiver.url).send(message_of(BODY))
    assert "canary" not in "".join(map(str, (unread.value, refused.value, unreached.value, target)))
    assert "canary" not in repr(target)


async def test_what_waits_is_bounded_and_the_oldest_is_dropped() -> None:
    hanging = asyncio.Event()

    async def sleep(_: float) -> None:
        await hanging.wait()

    outboxes = Outboxes(SilentLog(), sleep)
    async with receiving(HTTPStatus.BAD_GATEWAY) as receiver, outboxes.working():
        outboxes.configure({("stuck", Channel.WEBHOOK): WebhookTarget(receiver.url)})
        messages = [NoticeMessage(str(number), "{}") for number in range(WAITING + 4)]
        outboxes.put("stuck", messages[0])
        await receiver.wait(1)
        for message in messages[1:]:
            outboxes.put("stuck", message)
        assert outboxes.counts[Channel.WEBHOOK, DeliveryFate.DROPPED] == 3
        hanging.set()
        await receiver.wait(WAITING + 2)
        ids = [headers["webhook-id"] for headers, _ in receiver.got]
        assert ids == ["0", "0", *(str(number) for number in range(4, WAITING + 4))]
        outboxes.configure({})
        outboxes.put("stuck", messages[0])
        assert outboxes.trouble() is None


async def test_a_receiver_that_stays_down_is_given_up() -> None:
    async with receiving() as gone:
        url = gone.url
    log, waited = _Log(), list[float]()

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    outboxes = Outboxes(log, sleep)
    async with outboxes.working():
        outboxes.configure({("stuck", Channel.WEBHOOK): WebhookTarget(url)})
        outboxes.put("stuck", message_of(BODY))
        await asyncio.wait_for(log.failed.wait(), patient(20))
    assert TRIED_FOR_S <= sum(waited) <= 1.3 * TRIED_FOR_S
    assert outboxes.counts == {(Channel.WEBHOOK, DeliveryFate.FAILED): 1}


async def test_what_waits_when_the_host_stops_is_sent_by_the_next(tmp_path: Path) -> None:
    file = tmp_path / "state" / "undelivered.json"
    async with receiving() as gone:
        url = gone.url
    tried = asyncio.Event()

    async def sleep(_: float) -> None:
        tried.set()
        await asyncio.Event().wait()

    target = {("stuck", Channel.WEBHOOK): WebhookTarget(url)}
    first = Outboxes(SilentLog(), sleep)
    sent, queued = message_of(BODY), message_of(BODY)
    async with first.working():
        first.configure({**target, ("removed", Channel.WEBHOOK): WebhookTarget(url)})
        for message in (sent, queued):
            first.put("stuck", message)
        first.put("removed", message_of(BODY))
        await asyncio.wait_for(tried.wait(), patient(10))
    undelivered.keep(file, first.take_waiting(), 1000.0)
    assert file.stat().st_mode & 0o777 == 0o600
    async with receiving(port=gone.port) as receiver:
        second = Outboxes(log := _Log(), sleep)
        async with second.working():
            second.configure(target)
            second.put_back(undelivered.take(file, 1060.0))
            for _ in range(2):
                await asyncio.wait_for(log.delivered.acquire(), patient(10))
        assert [headers["webhook-id"] for headers, _ in receiver.got] == [sent.id, queued.id]
        assert second.take_waiting() == []
    undelivered.keep(file, (), 1070.0)
    assert not file.exists(), "nothing waits"


def test_what_waited_too_long_or_is_broken_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "undelivered.json"
    waiting = [("one", Channel.COMMAND, NoticeMessage(f"m{number}", "x" * 1_500_000)) for number in range(4)]
    undelivered.keep(file, waiting, 1000.0)
    assert [message.id for _, _, message in undelivered.take(file, 1000.0)] == ["m2", "m3"], "the newest"
    assert undelivered.take(file, 1000.0) == (), "it is read once"
    undelivered.keep(file, waiting[:1], 1000.0)
    assert undelivered.take(file, 1001.0 + undelivered.KEPT_S) == ()
    for broken in ("", "[]", '{"at": 1000}', '{"at": 1000, "waiting": [{"alert": "a"}]}'):
        file.write_text(broken)
        with pytest.raises(ValueError, match=r"Expecting|undelivered\.json: "):
            undelivered.take(file, 1000.0)
        assert not file.exists()
