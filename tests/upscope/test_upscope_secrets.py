"""Canaries: the key and the links are in no text, log line or traceback, whatever goes wrong."""

import gc
import io
import logging
import traceback
from collections.abc import Iterator

import pytest

from browser_host.errors import WatchdeckError
from browser_host.simulator.server import RestFault
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.outcomes import ServiceAnswer
from tests.upscope.conftest import Asked


@pytest.fixture
def everything_logged() -> Iterator[io.StringIO]:
    """All that any library writes, at its most talkative."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    names = ("", "httpx", "httpcore", "watchdeck")
    before = {name: logging.getLogger(name).level for name in names}
    logging.getLogger().addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield written
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def texts(error: BaseException) -> str:
    """All that an error could be shown as, with whatever it drags along."""
    seen, said = error, []
    chain: list[BaseException] = []
    while seen is not None and seen not in chain:
        chain.append(seen)
        said += [str(seen), repr(seen), repr(seen.args), repr(vars(seen))]
        seen = seen.__cause__ or seen.__context__  # type: ignore[assignment]
    # Without the test's own frame, which holds the key to look for.
    error = error.with_traceback(error.__traceback__.tb_next if error.__traceback__ else None)
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    return "\n".join([*said, *shown.format()])


@pytest.mark.parametrize("fault", list(RestFault), ids=str)
async def test_no_fault_shows_the_key(asked: Asked, fault: RestFault, everything_logged: io.StringIO) -> None:
    key = asked.simulator.api_key.reveal()
    said, dragged = [], list[BaseException | None]()
    for call in (
        asked.client.usage,
        lambda: asked.client.visitors("online", 5),
        lambda: asked.client.watch_link(asked.visitor),
        lambda: asked.client.end_session(asked.visitor),
    ):
        asked.simulator.fail(fault, times=4, seconds=0.01)
        try:
            await call()
        except WatchdeckError as error:
            said.append(texts(error))
            dragged += [error.__cause__, error.__context__]
    assert not any(dragged)
    everything = "\n".join([*said, everything_logged.getvalue(), repr(asked.client), repr(asked.settings)])
    assert key not in everything
    assert "/w/" not in everything
    assert "\x1b" not in everything
    assert everything_logged.getvalue()


async def test_the_client_itself_shows_neither(asked: Asked, everything_logged: io.StringIO) -> None:
    link = await asked.client.watch_link(asked.visitor)
    await asked.simulator.close()
    try:
        await asked.client.usage()
    except WatchdeckError as error:
        said = texts(error)
    clients = [one for one in gc.get_objects() if isinstance(one, (UpscopeClient, ServiceAnswer))]
    said += "".join(f"{one!r}{one}" for one in clients) + f"{link}" + everything_logged.getvalue()
    said += repr(vars(asked.client._http))
    assert link.reveal() not in said
    assert link.reveal().rpartition("/")[2] not in said
    assert asked.simulator.api_key.reveal() not in said
