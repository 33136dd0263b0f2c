"""A page's session, and what a page's process may say that was broken into: no real one can be made to."""

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, cast

import pytest
from playwright.async_api import CDPSession
from playwright.async_api import Error as PlaywrightError

from browser_host.bridge.cdp import CdpError
from browser_host.browsers.cdp_targets import CdpTarget, CdpTargets

SIZE = (64, 40)


class Root:
    """The browser's own session as Playwright gives it, with answers that a test can choose."""

    def __init__(self) -> None:
        self.refuses: list[str] = []
        self.asked: list[str] = []
        self.sent: list[dict[str, Any]] = []
        self.opened: list[str] = []
        self.was_sent = asyncio.Event()
        self._handlers: dict[str, Callable[[dict[str, Any]], None]] = {}

    def on(self, event: str, handler: Callable[[dict[str, Any]], None]) -> None:
        self._handlers[event] = handler

    async def send(self, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(method)
        if method in self.refuses:
            self.refuses.remove(method)
            raise PlaywrightError(f"{method}: " + 300 * "x")
        if method == "Target.sendMessageToTarget":
            self.sent.append(json.loads(params["message"]))
            self.was_sent.set()
        pages = [{"targetId": page, "openerId": "T"} for page in self.opened]
        return {"browserContextId": "C", "targetId": "T", "sessionId": "S", "targetInfos": pages}

    def says(self, text: str) -> None:
        """The page's process says something."""
        self._handlers["Target.receivedMessageFromTarget"]({"sessionId": "S", "message": text})

    def detaches(self) -> None:
        self._handlers["Target.detachedFromTarget"]({"sessionId": "S"})


@pytest.fixture
def root() -> Root:
    return Root()


@pytest.fixture
def gone() -> list[str]:
    return []


@pytest.fixture
async def target(root: Root, gone: list[str]) -> CdpTarget:
    targets = CdpTargets(cast("CDPSession", root))
    target = await targets.open(private_network=True, size=SIZE)
    target.gone = lambda: gone.append("gone")
    return target


async def asked(target: CdpTarget, root: Root) -> "asyncio.Task[dict[str, Any]]":
    """A question that waits for its answer."""
    question = asyncio.create_task(target.send("Page.enable"))
    await asyncio.wait_for(root.was_sent.wait(), 5)
    return question


async def test_an_answer_goes_to_who_asked(target: CdpTarget, root: Root) -> None:
    question = await asked(target, root)
    number = root.sent[-1]["id"]
    root.says(json.dumps({"id": number + 1, "result": {"of": "another"}}))
    root.says(json.dumps({"id": number, "result": {"frame": "F"}}))
    root.says(json.dumps({"id": number, "result": {"said": "twice"}}))
    assert await question == {"frame": "F"}


async def test_a_refusal_is_an_error_of_bounded_length(target: CdpTarget, root: Root) -> None:
    question = await asked(target, root)
    root.says(json.dumps({"id": root.sent[-1]["id"], "error": {"message": "m" * 10_000}}))
    with pytest.raises(CdpError) as refusal:
        await question
    assert len(str(refusal.value)) <= 200


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        "null",
        "[]",
        '"word"',
        "{}",
        '{"id": []}',
        '{"id": 1, "result": "word"}',
        '{"method": {}}',
        '{"method": "Page.frameNavigated", "params": 7}',
        '{"method": "Page.frameNavigated", "params": {}}',
    ],
)
async def test_invalid_message_closes_page_and_answers_waiters(
    target: CdpTarget, root: Root, gone: list[str], text: str
) -> None:
    target.on("Page.frameNavigated", lambda event: event["frame"]["id"])
    question = await asked(target, root)
    root.says(text)
    root.says(text)
    with pytest.raises(CdpError, match="gone"):
        await question
    assert gone == ["gone"]
    with pytest.raises(CdpError, match="gone"):
        await target.send("Page.enable")


async def test_a_page_that_went_by_itself_is_told_once(
    target: CdpTarget, root: Root, gone: list[str]
) -> None:
    question = await asked(target, root)
    root.detaches()
    root.detaches()
    root.says('{"method": "Page.frameNavigated", "params": {}}')
    assert gone == ["gone"]
    with pytest.raises(CdpError, match="gone"):
        await question


@pytest.mark.parametrize(
    "refused", ["Browser.setDownloadBehavior", "Target.createTarget", "Target.attachToTarget"]
)
async def test_a_page_that_can_not_be_opened_leaves_no_context(root: Root, refused: str) -> None:
    root.refuses = [refused]
    with pytest.raises(CdpError) as refusal:
        await CdpTargets(cast("CDPSession", root)).open(private_network=False, size=SIZE)
    assert len(str(refusal.value)) <= 200
    assert root.asked[-1] == "Target.disposeBrowserContext"


async def test_a_browser_of_another_time_is_asked_by_its_own_names(root: Root) -> None:
    root.refuses = ["Browser.grantPermissions"]
    await CdpTargets(cast("CDPSession", root)).open(private_network=True, size=SIZE)
    assert root.asked.count("Browser.grantPermissions") == 2


async def test_a_browser_that_grants_nothing_gets_no_page(root: Root) -> None:
    root.refuses = ["Browser.grantPermissions"] * 2
    with pytest.raises(CdpError, match="private networks"):
        await CdpTargets(cast("CDPSession", root)).open(private_network=True, size=SIZE)
    assert root.asked[-1] == "Target.disposeBrowserContext"


async def test_a_page_that_is_closing_is_not_taken_for_a_new_one(root: Root) -> None:
    targets = CdpTargets(cast("CDPSession", root))
    opener = await targets.open(private_network=False, size=SIZE)
    root.opened = ["first"]
    (first,) = await targets.opened_by(opener, 1)
    await targets.close_page(first)
    root.opened = ["first", "second"]
    assert [page.target_id for page in await targets.opened_by(opener, 1)] == ["second"]
    root.opened = ["third"]
    await targets.opened_by(opener, 1)
    assert opener.opened == {"third"}
