"""A picture of one session's page in a real browser: true colours, and nobody else notices."""

import asyncio
import base64
import io
from collections.abc import Mapping
from typing import Any

import pytest
from PIL import Image

from browser_host.bridge.events import SessionOpened
from browser_host.browsers.pool import Pool
from browser_host.browsers.viewing import picture
from browser_host.errors import NoPicture
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)

QUARTERS = """
document.documentElement.style.background = "linear-gradient(90deg, #ff0000 50%, #008000 50%)";
const quarter = (left, color) =>
  `<i style='position:fixed;left:${left};top:50%;width:50%;height:50%;background:${color}'></i>`;
document.body.innerHTML = quarter("0", "#0000ff") + quarter("50%", "#ffffff");
const tell = (what) => parent.postMessage({what, w: innerWidth, h: innerHeight, dpr: devicePixelRatio}, "*");
addEventListener("resize", () => tell("resize"));
document.addEventListener("visibilitychange", () => tell("visibility"));
for (const at of [0.05, 0.5, 0.95, 1.5])
  matchMedia(`(min-resolution: ${at}dppx)`).addEventListener("change", () => tell("resolution"));
addEventListener("message", () => tell("asked"));
tell("start");
"""


def corners(png: bytes) -> tuple[tuple[int, int], list[Any]]:
    with Image.open(io.BytesIO(png)) as image:
        pixels = image.convert("RGB")
    wide, high = pixels.size
    places = [(x, y) for y in (0.25, 0.75) for x in (0.25, 0.75)]
    return pixels.size, [pixels.getpixel((int(wide * x), int(high * y))) for x, y in places]


async def two_pages(open_pool: Opened, stage: Stage, record: Record) -> Pool:
    stage.scripts["quarters"] = QUARTERS
    pool = await open_pool()
    for name in ("seen", "beside"):
        pool.open(name, stage.link("quarters", name))
    await record.until(lambda: len(record.of(SessionOpened)) == 2)
    await record.until(lambda: record.said("seen") and record.said("beside"))
    return pool


async def asked(pool: Pool, record: Record, session: str, number: int) -> Any:
    """What the page says of its metrics now, after all that it said before."""
    pool.post(session, number, {"action": "tell"})
    return await record.until(
        lambda: [one for one in record.said(session) if one["what"] == "asked"][number - 1 : number]
    )


async def test_a_picture_has_the_pages_colours_and_disturbs_none(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    pool = await two_pages(open_pool, stage, record)
    before = await asked(pool, record, "seen", 1)
    pictures = await asyncio.gather(*(pool.screenshot("seen", width) for width in (640, 60, 1280)))
    sizes = ((640, 400), (60, 38), (1280, 800))
    assert [corners(one) for one in pictures] == [(size, [RED, GREEN, BLUE, WHITE]) for size in sizes]
    assert await asked(pool, record, "seen", 2) == before
    await asked(pool, record, "beside", 1)
    assert [one["what"] for one in record.said("beside")] == ["start", "asked"]


@pytest.mark.parametrize(
    "data",
    [None, 7, "GIF89a", "%%%", base64.b64encode(b"GIF89a").decode(), "A" * (picture.MOST_BYTES * 4 // 3 + 1)],
    ids=["nothing", "number", "text", "broken", "other", "large"],
)
def test_only_a_bounded_png_is_a_picture(data: object) -> None:
    with pytest.raises(NoPicture):
        picture.decoded({"data": data})


async def test_a_page_that_gives_no_picture_in_time_is_restored(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = await two_pages(open_pool, stage, record)
    before = await asked(pool, record, "seen", 1)
    target = pool._registry.assigned["seen"].pages._pages["seen"].target
    send = target.send

    async def hangs(method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if method == "Page.captureScreenshot":
            await asyncio.Event().wait()
        return await send(method, params)

    with monkeypatch.context() as patch:
        patch.setattr(picture, "WITHIN_S", 0.5)
        patch.setattr(target, "send", hangs)
        with pytest.raises(NoPicture, match="gave no picture within"):
            await pool.screenshot("seen", 640)
    assert await asked(pool, record, "seen", 2) == before
    assert corners(await pool.screenshot("seen", 640))[1] == [RED, GREEN, BLUE, WHITE]
    pool.release("seen")
    with pytest.raises(NoPicture, match="no page"):
        await pool.screenshot("seen", 640)
