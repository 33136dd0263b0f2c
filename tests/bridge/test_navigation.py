"""A frame's documents by the browser's events, in orders that no browser can be made to keep."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from browser_host.bridge import navigation
from browser_host.bridge.cdp import CdpError, Handler
from browser_host.bridge.load_trace import has_opaque_origin
from browser_host.bridge.navigation import Navigation
from browser_host.bridge.navigation_events import (
    DocumentCommitted,
    FrameDocumentReplaced,
    LoadFailed,
    NavigationEvent,
)
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.tasks import BackgroundTasks
from tests.support.patience import patient

HOME = "https://watch.example"
LINK = f"{HOME}/w?token=secret"


class Frame:
    """A page's DevTools session with one frame; `facts` is what its document tells of itself."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.emitted: list[NavigationEvent] = []
        self.facts: list[object] | None = [HOME, 200, 100.0]
        self._handlers: dict[str, list[Handler]] = {}
        self._more = asyncio.Event()
        self._loads = 0
        self._failures: list[str] = []
        self._tasks = BackgroundTasks(lambda name, error: self._failures.append(f"{name}: {error!r}"))

    def watch(self, load_within: float = 5.0) -> Navigation:
        return Navigation(
            self, "f", WatchLink(LINK), tasks=self._tasks, load_within=load_within, emit=self._emit
        )

    async def send(self, method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        assert params is None or "token" not in repr(params)
        self.commands.append(method)
        self._more.set()
        if method == "Page.createIsolatedWorld":
            return {"executionContextId": 1}
        if method == "Runtime.evaluate":
            if self.facts is None:
                raise CdpError("the page is gone")
            return {"result": {"value": self.facts}}
        return {}

    def on(self, event: str, handler: Handler) -> None:
        self._handlers.setdefault(event, []).append(handler)

    def tells(self, event: str, **params: object) -> None:
        for handler in self._handlers[event]:
            handler(params)

    def starts(self, address: str = LINK) -> str:
        self._loads += 1
        loader = f"l{self._loads}"
        self.tells("Page.frameStartedNavigating", frameId="f", loaderId=loader, url=address)
        return loader

    def answers(self, loader: str, status: int, address: str, policy: str) -> None:
        headers = {"Content-Security-Policy": policy} if policy else {}
        response = {"url": address, "status": status, "headers": headers}
        self.tells("Network.responseReceived", requestId=loader, type="Document", response=response)

    def fails(self, loader: str, error: str) -> None:
        self.tells("Network.loadingFailed", requestId=loader, type="Document", errorText=error)

    def commits(self, loader: str, address: str = LINK, origin: str = HOME, **more: str) -> None:
        frame = {"id": "f", "loaderId": loader, "url": address, "securityOrigin": origin, **more}
        self.tells("Page.frameNavigated", frame=frame)

    def shows_an_error(self, loader: str, address: str) -> None:
        self.commits(loader, "chrome-error://chromewebdata/", "://", unreachableUrl=address)

    def loads(self, address: str = LINK, origin: str = HOME, status: int = 200, policy: str = "") -> None:
        loader = self.starts(address)
        self.answers(loader, status, address, policy)
        self.commits(loader, address, origin)

    async def until(self, what: Callable[[], object]) -> None:
        async with asyncio.timeout(patient(5)):
            while not what():
                self._more.clear()
                await self._more.wait()

    async def replaced(self) -> FrameDocumentReplaced:
        await self.until(lambda: [one for one in self.emitted if isinstance(one, FrameDocumentReplaced)])
        return next(one for one in self.emitted if isinstance(one, FrameDocumentReplaced))

    async def close(self) -> None:
        await self._tasks.close(1.0)
        assert self._failures == []

    def _emit(self, event: NavigationEvent) -> None:
        self.emitted.append(event)
        self._more.set()


def why_not(watched: Navigation) -> str | None:
    """Why nothing can be posted, asked each time."""
    return watched.cannot_post


@pytest.fixture
async def frame() -> AsyncIterator[Frame]:
    made = Frame()
    yield made
    await made.close()


async def live(frame: Frame) -> Navigation:
    watched = frame.watch()
    await watched.begin()
    frame.loads()
    assert watched.accept(HOME, 0.0)
    frame.emitted.clear()
    return watched


async def test_a_first_load_is_not_asked_what_it_is(frame: Frame) -> None:
    watched = frame.watch()
    assert why_not(watched) == "the page has not loaded yet"
    await watched.begin()
    assert watched.loading
    assert not watched.accept(HOME, 0.0)
    frame.loads()
    assert frame.emitted == [DocumentCommitted((HOME,), 1)]
    assert why_not(watched) is None
    assert frame.commands == ["Network.enable"]


async def test_messages_of_other_origins_are_refused(frame: Frame) -> None:
    watched = await live(frame)
    assert not watched.accept("https://other.example", 0.0)
    assert watched.accept(HOME, 0.0)


async def test_the_target_of_a_redirect_is_named(frame: Frame) -> None:
    await frame.watch().begin()
    loader = frame.starts()
    there = {"url": "https://there.example/x"}
    frame.tells("Network.requestWillBeSent", requestId=loader, request=there)
    frame.fails(loader, "net::ERR_CONNECTION_REFUSED")
    text = "there.example refused the connection"
    assert frame.emitted == [LoadFailed(Fault(ErrorCode.UNREACHABLE, text))]


async def test_redirect_before_first_message_is_of_the_first_load(frame: Frame) -> None:
    await frame.watch().begin()
    frame.loads()
    frame.loads("https://there.example/", "https://there.example", status=503)
    fault = Fault(ErrorCode.HTTP_STATUS, "the service at there.example answered 503")
    assert frame.emitted[-1] == LoadFailed(fault)


async def test_a_load_that_takes_too_long_fails(frame: Frame) -> None:
    await frame.watch(load_within=0.05).begin()
    frame.starts()
    await frame.until(lambda: frame.emitted)
    fault = Fault(ErrorCode.UNREACHABLE, "watch.example showed no page within 0.05 s")
    assert frame.emitted == [LoadFailed(fault)]


async def test_an_aborted_load_fails_unless_another_follows(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation, "_ABORTED_FOR_S", 0.05)
    await frame.watch().begin()
    frame.fails(frame.starts(), "net::ERR_ABORTED")
    loader = frame.starts()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(frame.until(lambda: frame.emitted), 0.2)
    frame.fails(loader, "net::ERR_ABORTED")
    await frame.until(lambda: frame.emitted)
    fault = Fault(ErrorCode.UNREACHABLE, "watch.example sent no page to show")
    assert frame.emitted == [LoadFailed(fault)]


@pytest.mark.parametrize("reason_first", [True, False])
async def test_the_reason_may_come_before_or_after_its_error_page(
    frame: Frame, *, reason_first: bool
) -> None:
    await live(frame)
    loader = frame.starts("https://there.example/")
    if reason_first:
        frame.fails(loader, "net::ERR_CERT_AUTHORITY_INVALID")
    frame.shows_an_error(loader, "https://there.example/")
    if not reason_first:
        frame.fails(loader, "net::ERR_CERT_AUTHORITY_INVALID")
    fault = (await frame.replaced()).fault
    assert fault is not None
    assert fault.code is ErrorCode.PAGE_REPLACED
    assert "there.example is signed by an unknown authority" in fault.text


async def test_an_answer_behind_an_error_page_may_not_be_framed(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation, "_REASON_WITHIN_S", 0.01)
    await live(frame)
    frame.facts = ["null", 200, 100.0]
    frame.shows_an_error("unheard", "https://there.example/")
    fault = (await frame.replaced()).fault
    assert fault is not None
    assert fault.text == "the page navigated, and the page of there.example may not be shown in a frame"


async def test_a_reload_that_reports_something_goes_on(frame: Frame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "REPORTS_WITHIN_S", 0.2)
    watched = await live(frame)
    frame.loads()
    assert why_not(watched) == "the page is loading another document"
    assert await frame.replaced() == FrameDocumentReplaced(HOME, None)
    assert why_not(watched) is None
    assert watched.accept(HOME, 101.0)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(frame.until(lambda: len(frame.emitted) > 2), 0.5)


async def test_a_message_may_overtake_what_its_document_tells(frame: Frame) -> None:
    watched = frame.watch()
    await watched.begin()
    frame.loads()
    frame.loads("https://there.example/", "https://there.example")
    frame.facts = ["https://there.example", 200, 100.0]
    assert watched.accept("https://there.example", 101.0)
    assert why_not(watched) is None
    await frame.until(lambda: frame.commands[-1] == "Runtime.evaluate")
    assert [type(event) for event in frame.emitted] == [DocumentCommitted] * 2


async def test_a_page_that_leaves_with_its_first_message_is_told(frame: Frame) -> None:
    watched = frame.watch()
    await watched.begin()
    frame.loads()
    frame.loads("https://there.example/", "https://there.example")
    frame.facts = ["https://there.example", 200, 100.0]
    assert watched.accept(HOME, 99.0)
    assert (await frame.replaced()).fault is not None


async def test_a_reload_that_reports_nothing_has_replaced_the_page(
    frame: Frame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(navigation, "REPORTS_WITHIN_S", 0.1)
    watched = await live(frame)
    frame.loads()
    assert watched.accept(HOME, 99.0)  # of the document before
    await frame.until(lambda: len(frame.emitted) == 3)
    (_, _, over) = frame.emitted
    assert isinstance(over, FrameDocumentReplaced)
    assert over.fault is not None
    assert over.fault.text.endswith("which reported nothing for 0.1 s")
    assert why_not(watched) == "the page was replaced by another document"


async def test_another_origin_is_heard_no_more_and_told(frame: Frame) -> None:
    watched = await live(frame)
    frame.facts = ["https://login.example", 200, 100.0]
    frame.loads("https://login.example/", "https://login.example")
    assert not watched.accept("https://login.example", 0.0)
    over = await frame.replaced()
    text = "the page was replaced by one of login.example"
    assert over == FrameDocumentReplaced("https://login.example", Fault(ErrorCode.PAGE_REPLACED, text))
    assert watched.accept(HOME, 0.0)


async def test_a_document_that_does_not_answer_is_judged_by_its_commit(frame: Frame) -> None:
    watched = await live(frame)
    frame.facts = None
    frame.loads()
    assert await frame.replaced() == FrameDocumentReplaced(HOME, None)
    assert watched.origin == HOME


async def test_a_policy_that_takes_the_origin_leaves_nowhere_to_post(frame: Frame) -> None:
    watched = frame.watch()
    await watched.begin()
    frame.loads(policy="sandbox allow-scripts")
    assert why_not(watched) == "the page has no origin of its own to post to"
    assert watched.accept("null", 0.0)


async def test_a_closed_navigation_emits_nothing_more(frame: Frame) -> None:
    watched = await live(frame)
    watched.close()
    frame.loads("https://login.example/", "https://login.example", status=502)
    assert frame.emitted == []


@pytest.mark.parametrize(
    ("policy", "takes"),
    [
        ("", False),
        ("default-src 'self'; sandbox allow-scripts", True),
        ("default-src 'self', SANDBOX", True),
        ("sandbox allow-scripts allow-same-origin", False),
        ("default-src sandbox", False),
    ],
)
def test_a_sandbox_policy_is_read(policy: str, *, takes: bool) -> None:
    assert has_opaque_origin(policy) is takes
