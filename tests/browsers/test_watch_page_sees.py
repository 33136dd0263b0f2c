"""What a watch page sees of where it is shown: whole, in sight, with a parent that it can post to."""

import pytest

from browser_host.bridge.events import InstructionNotPosted, InstructionPosted, MessageReceived
from browser_host.bridge.host_document import site
from browser_host.browsers.settings import Render
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

STATUS = "const st = (s) => parent.postMessage({type: 'sessionStatusUpdate', sessionStatus: s}, '*');"
LAZY_IMAGE = (
    STATUS
    + """
st("waiting");
const i = new Image();
i.width = 100; i.height = 50; i.loading = "lazy";
i.onload = () => st("viewerReady");
i.src = URL.createObjectURL(new Blob([
  '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><rect width="2" height="2"/></svg>'
], {type: "image/svg+xml"}));
document.body.append(i);
"""
)
VIDEO = (
    STATUS
    + """
st("waiting");
const canvas = document.createElement("canvas");
const paint = () => {
  canvas.getContext("2d").fillRect(0, 0, Math.random() * 9, 9);
  requestAnimationFrame(paint);
};
paint();
const video = document.createElement("video");
video.muted = true;
video.autoplay = true;
video.onplaying = () => st("viewerReady");
video.srcObject = canvas.captureStream(10);
document.body.append(video);
"""
)
IN_SIGHT = """
new IntersectionObserver(([entry]) => parent.postMessage({
  seen: entry.intersectionRatio, width: innerWidth, height: innerHeight,
  state: document.visibilityState,
}, "*")).observe(Object.assign(document.body, {style: "margin:0;height:300px"}));
"""


@pytest.mark.parametrize("script", [LAZY_IMAGE, VIDEO], ids=["lazy image", "video"])
@pytest.mark.parametrize("render", list(Render))
async def test_what_loads_in_sight_only_loads(
    open_pool: Opened, stage: Stage, record: Record, render: Render, script: str
) -> None:
    stage.scripts["page"] = script
    pool = await open_pool(render=render)
    for session in ("a", "b"):
        pool.open(session, stage.link("page"))
    ready = {"type": "sessionStatusUpdate", "sessionStatus": "viewerReady"}
    await record.until(lambda: all(ready in record.said(session) for session in ("a", "b")))


@pytest.mark.parametrize("render", list(Render))
async def test_a_watch_page_sees_itself_whole_and_in_sight(
    open_pool: Opened, stage: Stage, record: Record, render: Render
) -> None:
    stage.scripts["page"] = IN_SIGHT
    pool = await open_pool(render=render)
    for session in ("a", "b"):
        pool.open(session, stage.link("page"))
    await record.until(lambda: record.said("a") and record.said("b"))
    seen = {"seen": 1, "width": 640, "height": 400, "state": "visible"}
    assert [record.said(session)[0] for session in ("a", "b")] == [seen, seen]


async def test_a_page_that_posts_to_its_referrer_is_heard(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["page"] = "parent.postMessage({to: document.referrer}, document.referrer);"
    pool = await open_pool()
    pool.open("s", stage.link("page", "token=canary"))
    await record.until(lambda: record.said("s"))
    assert record.said("s") == [{"to": f"{site(1)}/"}]


async def test_a_sandboxed_page_is_heard_and_never_posted_to(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.headers["echo"] = "Content-Security-Policy: sandbox allow-scripts\r\n"
    pool = await open_pool()
    pool.open("s", stage.link("echo"))
    await record.first(MessageReceived)
    pool.post("s", 1, {"action": "endSession"})
    failed = await record.first(InstructionNotPosted)
    assert (failed.session_id, failed.number) == ("s", 1)
    assert "no origin" in failed.text
    assert not record.of(InstructionPosted)
    assert len(record.said("s")) == 1


async def test_a_link_to_a_mail_address_keeps_the_session(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["mail"] = """
    addEventListener("message", () => parent.postMessage({type: "currentColor", color: "#ff0000"}, "*"));
    parent.postMessage({type: "sessionStatusUpdate", sessionStatus: "active"}, "*");
    for (const address of ["mailto:help@shop.example", "tel:112", "watch-app:open"]) location.href = address;
    setTimeout(() => parent.postMessage({type: "went"}, "*"), 300);
    """
    pool = await open_pool()
    pool.open("s", stage.link("mail"))
    await record.until(lambda: {"type": "went"} in record.said("s"))
    pool.post("s", 1, {"action": "switchColor"})
    await record.until(lambda: {"type": "currentColor", "color": "#ff0000"} in record.said("s"))
