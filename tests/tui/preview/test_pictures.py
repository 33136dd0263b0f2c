"""Pictures as a terminal's own graphics: what they cost, and that they are whole."""

import base64
import io
import random
import re
import sys

import pytest
from PIL import Image

from browser_host.errors import WatchdeckError
from tests.tui.preview.test_drawing import png
from tui.preview.drawing import MOST_BYTES
from tui.preview.pictures import CHUNK, draw_as
from tui.terminal_graphics import TerminalGraphics
from tui.terminal_reader import TerminalReader

ROOM, CELL = (60, 20), (10, 20)
KITTY, SIXEL = TerminalGraphics.KITTY, TerminalGraphics.SIXEL
NOISE = png(random.Random(7).randbytes(640 * 400 * 3), (640, 400))
_COMMAND = re.compile(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\")


@pytest.mark.parametrize("graphics", [KITTY, SIXEL])
def test_noise_costs_no_more_than_the_bound_in_graphics(graphics: TerminalGraphics) -> None:
    drawing = draw_as(graphics, NOISE, ROOM, CELL, halved=True)
    assert drawing.cost == len(drawing.graphics.encode()) <= MOST_BYTES
    assert (drawing.rows, drawing.size) == ((), (60, 19))


def test_kitty_gets_a_png_in_chunks_over_its_cells() -> None:
    drawing = draw_as(KITTY, png(bytes((250, 0, 0)) * (120 * 75)), ROOM, CELL, halved=True)
    noisy = draw_as(KITTY, NOISE, ROOM, CELL, halved=True)
    for sent in (drawing.graphics, noisy.graphics):
        commands = _COMMAND.findall(sent)
        assert "".join(f"\x1b_G{head};{part}\x1b\\" for head, part in commands) == sent
        assert {"a=T", "f=100", "c=60", "r=19", "C=1", "q=2"} <= set(commands[0][0].split(","))
        assert [head[-3:] for head, _ in commands] == ["m=1"] * (len(commands) - 1) + ["m=0"]
        assert all(len(part) <= CHUNK for _, part in commands)
    whole = base64.b64decode("".join(part for _, part in _COMMAND.findall(drawing.graphics)))
    with Image.open(io.BytesIO(whole), formats=["PNG"]) as image:
        assert (image.size, image.convert("RGB").getpixel((300, 190))) == ((600, 380), (250, 0, 0))


def test_sixel_has_the_pixels_of_its_cells() -> None:
    drawing = draw_as(SIXEL, png(bytes((255, 0, 0)) * (120 * 75)), ROOM, CELL, halved=True)
    assert re.match(r'\x1bP[0-9;]*q"1;1;600;380#0;2;100;0;0', drawing.graphics)
    assert '"1;1;600;380#' in draw_as(SIXEL, NOISE, ROOM, CELL, halved=True).graphics[:40]
    assert drawing.graphics.endswith("\x1b\\")
    assert drawing.cost < 2_000


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "textual_image._sixel", None)
    with pytest.raises(WatchdeckError, match=r"watchdeck\[preview\]"):
        draw_as(SIXEL, NOISE, ROOM, CELL, halved=True)


@pytest.mark.parametrize(
    ("answer", "graphics"),
    [
        (b"\x1b_Gi=8107;OK\x1b\\", KITTY),
        (b"\x1b_Gi=8107;OK\x9c", KITTY),
        (b"\x1b[?62;4;22c", SIXEL),
        (b"\x1b[?4c", SIXEL),
        (b"\x1b_Gi=8107;EINVAL:no\x1b\\", None),
        (b"\x1b_Gi=8107;OK" + b"x" * 500 + b"\x1b\\", None),
        (b"\x1b[?62;22;14;40c", None),
        (b"\x1b[>0;4;0c", None),
    ],
)
def test_a_terminals_answer_is_no_key(answer: bytes, graphics: TerminalGraphics | None) -> None:
    for pieces in ([answer], [answer[at : at + 1] for at in range(len(answer))]):
        reader = TerminalReader(0.3)
        read = [one for at, piece in enumerate(pieces) for one in reader.feed(piece, at / 1000)]
        assert [getattr(one, "graphics", one) for one in read] == ([] if graphics is None else [graphics])
