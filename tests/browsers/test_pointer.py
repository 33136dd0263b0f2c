"""Mouse input to one session's page in a real browser: at the right place, by the page's own record."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from browser_host.bridge.events import SessionOpened
from browser_host.browsers.viewing import pointer
from browser_host.errors import InputFailed
from browser_host.protocol.pointer_input import Place, PointerInput, PointerKind
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage

RECORDS = """
document.documentElement.style.height = "100%";
const tell = (e) => parent.postMessage(
  {what: e.type, x: e.clientX, y: e.clientY, held: e.buttons, trusted: e.isTrusted}, "*");
for (const type of ["mousemove", "mousedown", "mouseup", "click"]) addEventListener(type, tell);
parent.postMessage({what: "start"}, "*");
"""


async def test_input_arrives_where_it_was_sent_and_nowhere_else(
    open_pool: Opened, stage: Stage, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.scripts["records"] = RECORDS
    pool = await open_pool()
    for name in ("meant", "beside"):
        pool.open(name, stage.link("records", name))
    await record.until(lambda: len(record.of(SessionOpened)) == 2)
    await record.until(lambda: record.said("meant") and record.said("beside"))

    async def heard(sent: PointerInput, last: str) -> list[tuple[Any, ...]]:
        before = len(record.said("meant"))
        await pool.send_input("meant", sent)
        await record.until(lambda: [one for one in record.said("meant")[before:] if one["what"] == last])
        return [(one["what"], one["x"], one["y"], one["held"]) for one in record.said("meant")[before:]]

    assert await heard(PointerInput(PointerKind.MOVE, (Place(0.5, 0.5),)), "mousemove") == [
        ("mousemove", 320, 200, 0)
    ]
    assert await heard(PointerInput(PointerKind.CLICK, (Place(0.25, 0.75),)), "click") == [
        ("mousemove", 160, 300, 0),
        ("mousedown", 160, 300, 1),
        ("mouseup", 160, 300, 0),
        ("click", 160, 300, 0),
    ]
    corner = await heard(PointerInput(PointerKind.CLICK, (Place(1.0, 1.0),)), "click")
    assert corner[-1] == ("click", 639, 399, 0)
    drag = PointerInput(PointerKind.DRAG, (Place(0.1, 0.1), Place(0.2, 0.3), Place(0.5, 0.5)))
    assert await heard(drag, "click") == [
        ("mousemove", 64, 40, 0),
        ("mousedown", 64, 40, 1),
        ("mousemove", 128, 120, 1),
        ("mousemove", 320, 200, 1),
        ("mouseup", 320, 200, 0),
        ("click", 320, 200, 0),
    ]
    assert all(one["trusted"] for one in record.said("meant")[1:])
    assert [one["what"] for one in record.said("beside")] == ["start"]

    target = pool._registry.assigned["meant"].pages._pages["meant"].target
    send = target.send

    async def hangs(method: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        if (params or {}).get("buttons") == 1 and (params or {})["type"] == "mouseMoved":
            await asyncio.Event().wait()
        return await send(method, params)

    before = len(record.said("meant"))
    with monkeypatch.context() as patch:
        patch.setattr(pointer, "WITHIN_S", 0.5)
        patch.setattr(target, "send", hangs)
        with pytest.raises(InputFailed, match="did not take"):
            await pool.send_input("meant", drag)
    await record.until(lambda: [one for one in record.said("meant")[before:] if one["what"] == "mouseup"])
    pool.release("meant")
    with pytest.raises(InputFailed, match="no page"):
        await pool.send_input("meant", drag)
