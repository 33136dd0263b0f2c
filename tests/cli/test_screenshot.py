"""`watchdeck screenshot` and its endpoint against the real API; only the browser is scripted."""

import asyncio
import io
import json
import stat
import sys
from pathlib import Path

import pytest
from PIL import Image

from browser_host.api.bounds import MOST_WIDTH
from browser_host.cli.pictures import decoding, half_blocks
from browser_host.cli.pictures.half_blocks import CellRun, Color, Pixels
from browser_host.errors import Exit, NoPicture, WatchdeckError
from browser_host.supervisor.policy import Policy
from tests.cli.conftest import Hosting, Watchdeck

RED, GREEN, BLUE = (255, 0, 0), (0, 255, 0), (0, 0, 255)


def png(*rows: list[Color], size: tuple[int, int] | None = None) -> bytes:
    image = Image.new("RGB", (len(rows[0]), len(rows)))
    image.putdata([color for row in rows for color in row])
    written = io.BytesIO()
    (image if size is None else image.resize(size, Image.Resampling.NEAREST)).save(written, "PNG")
    return written.getvalue()


async def test_a_picture_goes_to_a_private_file_or_to_stdout(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy, tmp_path: Path
) -> None:
    path = tmp_path / "seen.png"
    async with hosting(brisk) as host:
        (known,) = host.live(1)
        host.hosting.picture = picture = b"a picture"  # captured stdout is text
        saved = await asyncio.to_thread(watchdeck, "screenshot", known, "-o", str(path), "--width", "100")
        document = await asyncio.to_thread(watchdeck, "screenshot", known, "-o", str(path), "--json")
        refused = await asyncio.to_thread(watchdeck, "screenshot", known, "--json")
        piped = await asyncio.to_thread(watchdeck, "screenshot", known)
        assert host.hosting.pictured == [(known, 100), (known, 640), (known, 640)]
    assert (saved.code, saved.out, saved.err) == (Exit.OK, "", f"{len(picture)} bytes in {path}\n")
    assert path.read_bytes() == picture
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(document.out) == {"schema": 1, "id": known, "file": str(path), "bytes": len(picture)}
    assert (refused.code, refused.out) == (Exit.USAGE, "")
    assert piped.out.encode() == picture


async def test_an_unknown_id_or_no_page_fails_and_says_why(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy
) -> None:
    async with hosting(brisk) as host:
        (known,) = host.live(1)
        unknown = await asyncio.to_thread(watchdeck, "screenshot", "nosuch")
        host.hosting.picture = NoPicture("the session has no page now")
        gone = await asyncio.to_thread(watchdeck, "screenshot", known)
    assert (unknown.code, unknown.out) == (Exit.FAILED, "")
    assert "nosuch" in unknown.err
    assert (gone.code, gone.out, gone.err) == (Exit.FAILED, "", "watchdeck: the session has no page now\n")


async def test_a_host_without_preview_gives_no_picture(watchdeck: Watchdeck, hosting: Hosting) -> None:
    async with hosting(Policy(preview=False)) as host:
        (known,) = host.live(1)
        said = await asyncio.to_thread(watchdeck, "screenshot", known)
        assert (host.hosting.pictured, host.events()[-1]["type"]) == ([], "session.status")
    assert (said.code, said.out) == (Exit.REFUSED, "")
    assert "host.preview" in said.err


async def test_a_terminal_shows_the_picture_in_its_colours(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in (("TERM", "xterm"), ("COLORTERM", "truecolor"), ("COLUMNS", "2"), ("LINES", "9")):
        monkeypatch.setenv(name, value)
    async with hosting(brisk) as host:
        (known,) = host.live(1)
        host.hosting.picture = png([RED, GREEN], [RED, BLUE], size=(32, 32))
        drawn = await asyncio.to_thread(watchdeck, "screenshot", known)
        monkeypatch.setenv("NO_COLOR", "1")
        refused = await asyncio.to_thread(watchdeck, "screenshot", known)
        assert host.hosting.pictured == [(known, 16)]
    assert drawn.out == ("\x1b[48;2;255;0;0m \x1b[38;2;0;255;0;48;2;0;0;255m▀\x1b[0m\n")
    assert (refused.code, refused.out) == (Exit.USAGE, "")
    assert "-o" in refused.err


async def test_without_pillow_the_extra_is_named_before_a_look(
    watchdeck: Watchdeck, hosting: Hosting, brisk: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setitem(sys.modules, "PIL", None)
    async with hosting(brisk) as host:
        (known,) = host.live(1)
        said = await asyncio.to_thread(watchdeck, "screenshot", known)
        assert host.hosting.pictured == []
    assert (said.code, said.out) == (Exit.FAILED, "")
    assert "watchdeck[preview]" in said.err


def test_pixels_become_half_blocks_of_their_colours() -> None:
    pixels = decoding.decode(png([RED, RED, GREEN], [BLUE, BLUE, GREEN], [RED, RED, RED]), 3, 2)
    assert list(half_blocks.halves(pixels)) == [
        [CellRun(2, RED, BLUE), CellRun(1, GREEN, GREEN)],
        [CellRun(3, RED, RED)],
    ]
    assert [run.text for run in next(half_blocks.halves(pixels))] == ["▀▀", " "]
    assert list(half_blocks.wholes(Pixels(1, 2, bytes(RED + BLUE)))) == [
        [CellRun(1, RED, RED)],
        [CellRun(1, BLUE, BLUE)],
    ]


def test_colours_are_shown_in_256_where_there_are_no_more() -> None:
    assert (
        half_blocks.ansi([CellRun(1, RED, (250, 250, 250))], truecolor=False)
        == "\x1b[38;5;196;48;5;231m▀\x1b[0m"
    )


@pytest.mark.parametrize(
    ("columns", "lines", "size"), [(60, 20, (60, 38)), (60, 10, (32, 20)), (1, 1, (1, 1)), (200, 5, (16, 10))]
)
def test_a_picture_keeps_its_proportions(columns: int, lines: int, size: tuple[int, int]) -> None:
    assert half_blocks.fit(640, 400, columns, lines) == size


@pytest.mark.parametrize(
    "sent",
    [b"", b"GIF89a", png([RED])[:40], png([RED], size=(MOST_WIDTH + 1, 1))],
    ids=["empty", "other", "cut", "large"],
)
def test_what_is_no_picture_of_a_page_is_refused(sent: bytes) -> None:
    with pytest.raises(WatchdeckError, match="the host sent"):
        decoding.decode(sent, 10, 10)
