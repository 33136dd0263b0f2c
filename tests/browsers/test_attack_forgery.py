"""Pages that speak as somebody else: by frames in frames, prototypes, documents they made themselves."""

from enum import Enum, auto

import pytest

from browser_host.bridge.events import (
    InstructionPosted,
    MessagesRefused,
    NestedFrameHeard,
    SessionBlocked,
)
from tests.browsers.conftest import Opened
from tests.browsers.stage import BESIDE, Record, Stage

FORGED = '{type: "sessionStatusUpdate", sessionStatus: "terminated"}'

DEEP = """
// A frame in a frame in a frame, each of which speaks to the host page, to every window above, as everybody.
const depth = Number(new URLSearchParams(location.search).get("depth") ?? 0);
for (let w = window; w !== w.parent; w = w.parent) w.parent.postMessage(%s, "*");
if (depth < 20) {
  const frame = document.createElement("iframe");
  frame.src = location.pathname + "?depth=" + (depth + 1);
  document.body.append(frame);
} else { top.postMessage("deep", "*"); }
"""


async def test_frames_at_any_depth_speak_for_nobody(open_pool: Opened, stage: Stage, record: Record) -> None:
    stage.scripts |= {"beside": BESIDE, "nested": DEEP % FORGED}
    stage.scripts["attack"] = (
        "addEventListener('message', (e) => e.stopImmediatePropagation(), true);"
        "const f = document.createElement('iframe'); f.src = '/nested'; document.body.append(f);"
        "parent.postMessage({type: 'own'}, '*');"
    )
    pool = await open_pool()
    for session in ("beside", "attacker"):
        pool.open(session, stage.link("attack" if session == "attacker" else session))
    # Twenty-one frames below the attacker's own; each spoke once to the host page.
    await record.until(
        lambda: sum(one.count for one in record.of(NestedFrameHeard)) >= 14 and record.said("beside")
    )
    heard = len(record.said("beside"))
    await record.until(lambda: len(record.said("beside")) > heard + 5)
    assert record.said("attacker") == [{"type": "own"}]
    assert record.said("beside") == [{"n": n} for n in range(len(record.said("beside")))]
    # Those deeper than the bridge looks are refused as anybody's.
    assert {one.session_id for one in record.of(NestedFrameHeard)} == {"attacker"}
    assert {one.session_id for one in record.of(MessagesRefused)} <= {"attacker"}


POISON = f"""
// Everything that a reader of messages could rely on, in the page's own realm.
for (const name of ["push", "splice", "join", "map", "includes"]) Array.prototype[name] = () => "owned";
for (const name of ["get", "has", "set", "values"]) Map.prototype[name] = () => "owned";
Object.prototype.toJSON = () => "owned";
Object.prototype.type = "sessionStatusUpdate";
Object.prototype.sessionStatus = "terminated";
JSON.stringify = () => '{{"messages": []}}';
String.prototype.toWellFormed = () => "owned";
MessageEvent.prototype.__defineGetter__("source", () => null);
window.postMessage = () => "owned";
const said = {{type: "customMessage", message: "own"}};
parent.postMessage(said, "*");
parent.postMessage(Object.create(null), "*");
parent.postMessage(Object.assign(Object.create({FORGED}), {{own: 1}}), "*");
parent.postMessage(new Proxy({{}}, {{get: () => "x"}}) && {{get type() {{ return "got"; }}}}, "*");
try {{ parent.postMessage(new Proxy({{}}, {{}}), "*"); }}
catch (error) {{ parent.postMessage({{own: error.name}}, "*"); }}
"""


async def test_prototypes_of_a_page_change_nothing_beyond_it(
    open_pool: Opened, stage: Stage, record: Record
) -> None:
    stage.scripts |= {"beside": BESIDE, "poison": POISON}
    pool = await open_pool()
    pool.open("beside", stage.link("beside"))
    pool.open("poison", stage.link("poison"))
    await record.until(lambda: len(record.said("poison")) == 5)
    assert record.said("poison") == [
        {"type": "customMessage", "message": "own"},
        {},
        {"own": 1},
        {"type": "got"},
        {"own": "DataCloneError"},
    ]
    heard = len(record.said("beside"))
    await record.until(lambda: len(record.said("beside")) > heard + 5)
    assert record.said("beside") == [{"n": n} for n in range(len(record.said("beside")))]
    pool.post("poison", 1, {"action": "setMode", "mode": "draw"})
    await record.first(InstructionPosted)


SAYS = "<script>parent.postMessage({at: 'made', sessionStatus: 'terminated'}, '*')<\\/script>"


class Came(Enum):
    SPOKE = auto()
    BLOCKED = auto()
    STAYED = auto()


OWN_DOCUMENTS = {
    "blob": (
        f'location.href = URL.createObjectURL(new Blob(["{SAYS}"], {{type: "text/html"}}));',
        Came.SPOKE,
    ),
    "data": (f'location.href = "data:text/html,{SAYS}";', Came.SPOKE),
    "file": ('location.href = "file:///etc/passwd";', Came.STAYED),
    "script": (f'location.href = `javascript:"{SAYS}"`;', Came.SPOKE),
    "written": (f'document.open(); document.write("{SAYS}"); document.close();', Came.SPOKE),
}


@pytest.mark.parametrize("way", list(OWN_DOCUMENTS))
async def test_forged_document_speaks_for_its_own_session_at_most(
    open_pool: Opened, stage: Stage, record: Record, way: str
) -> None:
    script, came = OWN_DOCUMENTS[way]
    stage.scripts |= {"beside": BESIDE, "making": f"{script} parent.postMessage('first', '*');"}
    pool = await open_pool()
    pool.open("beside", stage.link("beside"))
    await record.until(lambda: record.said("beside"))
    pool.open("making", stage.link("making"))
    made = {"at": "made", "sessionStatus": "terminated"}
    await record.until(
        lambda: {
            Came.SPOKE: made in record.said("making"),
            Came.BLOCKED: record.of(SessionBlocked),
            Came.STAYED: record.said("making"),
        }[came]
    )
    heard = len(record.said("beside"))
    await record.until(lambda: len(record.said("beside")) > heard + 5)
    assert (made in record.said("making")) is (came is Came.SPOKE)
    assert {one.session_id for one in record.of(SessionBlocked)} <= {"making"}
    assert record.said("beside") == [{"n": n} for n in range(len(record.said("beside")))]
    assert not record.of(MessagesRefused)
