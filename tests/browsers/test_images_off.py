"""`browser.images = false`: pages load no images, and behave as before in every other respect."""

import asyncio

import pytest

from browser_host.browsers.pool import Pool
from browser_host.config.models import BrowserSection, Settings
from browser_host.secrets import WatchLink
from browser_host.simulator.server import Simulator
from browser_host.simulator.settings import SimulatorSettings
from browser_host.supervisor.process.from_settings import pool_settings
from tests.browsers.conftest import Opened
from tests.browsers.stage import WITHIN_S, Record, Stage
from tests.browsers.test_pictures import corners
from tests.support.patience import patient

IMAGES = 3
USUAL = ["waiting", "active", "snapshotReceived", "viewerReady"]

WAITS_FOR_IMAGES = """
const say = (status) => parent.postMessage({type: "sessionStatusUpdate", sessionStatus: status}, "*");
say("waiting");
const sources = ["/network", URL.createObjectURL(new Blob([
  '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="400"><rect width="640" height="400"/></svg>'
], {type: "image/svg+xml"}))];
for (const source of sources) {
  const image = new Image();
  image.onload = image.onerror = () => say("viewerReady");
  image.src = source;
  document.body.append(image);
}
document.documentElement.style.background = "#ff0000 url(/background)";
addEventListener("load", async () => {
  const answer = await fetch("/fetched");
  parent.postMessage({
    loaded: answer.ok, complete: [...document.images].map((image) => image.complete),
    mouse: matchMedia("(hover: hover) and (pointer: fine)").matches,
  }, "*");
});
"""


def statuses(record: Record) -> list[str]:
    return [one["sessionStatus"] for one in record.said("s") if one.get("type") == "sessionStatusUpdate"]


@pytest.mark.parametrize("images", [True, False])
async def test_pages_reach_every_status_with_and_without_images(
    open_pool: Opened, record: Record, *, images: bool
) -> None:
    chosen = SimulatorSettings(sessions=1, scenario="clock", rate=0, pace=0.05, images=IMAGES)
    async with Simulator(chosen) as simulator:
        pool = await open_pool(images=images)
        pool.open("s", WatchLink(simulator.watch_urls[0]))
        await record.until(lambda: "viewerReady" in statuses(record))
        assert [one for one in statuses(record) if one in USUAL] == USUAL
        asked = simulator.record.images
        if images:
            await simulator.record.until(lambda _: asked.total() == IMAGES, patient(WITHIN_S))
        assert asked.total() == (IMAGES if images else 0)


async def test_an_image_that_is_not_loaded_neither_loads_nor_fails(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts["page"] = WAITS_FOR_IMAGES
    pool = await open_pool(images=False)
    pool.open("s", stage.link("page"))
    loaded = await record.until(lambda: [one for one in record.said("s") if "loaded" in one])
    assert loaded == [{"loaded": True, "complete": [False, False], "mouse": True}]
    assert statuses(record) == ["waiting"]
    assert {"network", "background"}.isdisjoint(stage.asked)
    assert await colours(pool) == {(255, 0, 0)}


async def colours(pool: Pool) -> set[object]:
    """The colours of a preview."""
    async with asyncio.timeout(patient(WITHIN_S)):
        return set(corners(await pool.screenshot("s", 640))[1])


@pytest.mark.parametrize("images", [True, False])
def test_the_configuration_decides(*, images: bool) -> None:
    settings = Settings(browser=BrowserSection(images=images))
    assert pool_settings(settings, None, simulated=False).images is images
    assert pool_settings(Settings(), None, simulated=False).images is True
