"""The simulator's REST service and its record, over TCP."""

from collections.abc import Callable

import httpx
import pytest

from browser_host.simulator.server import Simulator
from tests.simulator.parent_page import StartSimulator

pytestmark = pytest.mark.asyncio(loop_scope="session")
Key = Callable[[Simulator], dict[str, str]]
AGENT = {"agent": {"id": "7", "name": "Kim"}}


def origin(simulator: Simulator) -> str:
    return simulator.base_url.removesuffix("/v1.3")


async def test_the_front_page_describes_the_simulator(start: StartSimulator, http: httpx.AsyncClient) -> None:
    answer = await http.get(origin(await start(sessions=1)))
    assert answer.status_code == 200
    assert "simulated Upscope" in answer.text


@pytest.mark.parametrize("headers", [{}, {"X-Api-Key": "wrong"}, {"Authorization": "Bearer wrong"}])
async def test_a_wrong_key_is_refused_in_the_vendors_format(
    start: StartSimulator, http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    simulator = await start(sessions=1)
    answer = await http.get(f"{simulator.base_url}/usage", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"status": "error", "error": "invalid_api_key"}


async def test_every_header_form_of_the_key_is_accepted(
    start: StartSimulator, http: httpx.AsyncClient
) -> None:
    simulator = await start(sessions=2)
    key = simulator.api_key.reveal()
    ways = [
        ("/v1.3/list", {"X-Api-Key": key}),
        ("/v1.4/list", {"Authorization": f"Bearer {key}"}),
        ("/v1.1/list.json", {"X-Api-Key": key}),
        ("/api/visitors/list/latest", {"Authorization": key}),
        ("/api/visitors/list/search?q=", {"Authorization": key}),
    ]
    for path, headers in ways:
        answer = await http.get(origin(simulator) + path, headers=headers)
        assert answer.status_code == 200, path
        assert len(answer.json()["visitors"]) == 6


async def test_usage_and_a_single_visitor(start: StartSimulator, http: httpx.AsyncClient, key: Key) -> None:
    simulator = await start(sessions=3)
    usage = (await http.get(f"{simulator.base_url}/usage", headers=key(simulator))).json()["usage"]
    assert usage["session_counts"]["now"] == 3
    session = simulator.sessions[0]
    answer = await http.get(f"{simulator.base_url}/visitors/{session.id}", headers=key(simulator))
    visitor = answer.json()["visitor"]
    assert (visitor["short_id"], visitor["is_in_session"]) == (session.id, True)
    missing = await http.get(f"{simulator.base_url}/visitors/NOBODY", headers=key(simulator))
    assert missing.status_code == 404
    with pytest.raises(ValueError, match="Expecting value"):
        missing.json()


async def test_search_respects_its_result_limit(
    start: StartSimulator, http: httpx.AsyncClient, key: Key
) -> None:
    simulator = await start(sessions=8)

    async def found(query: str, most: int = 100) -> int:
        params: dict[str, str | int] = {"search": query, "max_results": most}
        answer = await http.get(f"{simulator.base_url}/list", params=params, headers=key(simulator))
        return len(answer.json()["visitors"])

    assert await found("online") == 10
    assert await found("-online") == 2
    assert await found("online", 3) == 3
    assert await found(f"id:{simulator.sessions[2].id}") == 1
    bad = await http.get(f"{simulator.base_url}/list?max_results=all", headers=key(simulator))
    assert bad.status_code == 400


async def test_a_new_link_is_recorded_and_opens(
    start: StartSimulator, http: httpx.AsyncClient, key: Key
) -> None:
    simulator = await start(sessions=1)
    session = simulator.sessions[0]
    body = AGENT | {"branding": {"naked": "page_only", "on_end_url": "https://example.org/bye"}}
    url = f"{simulator.base_url}/visitors/{session.id}/watch_url"
    link = (await http.post(url, json=body, headers=key(simulator))).json()["watch_url"]
    assert link not in simulator.watch_urls
    page = await http.get(link)
    assert page.status_code == 200
    assert "https://example.org/bye" in page.text
    record = (await http.get(simulator.record_url)).json()
    assert [(made["session"], made["request"]) for made in record["links"]] == [(session.id, body)]
    assert record["opened"] == {session.id: 1}
    assert link.rpartition("/")[2] not in str(record)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"agent": {"id": "7"}},
        {"agent": {"id": "", "name": "Kim"}},
        AGENT | {"branding": {"naked": "page"}},
        AGENT | {"permissions": {"allow_everything": True}},
        AGENT | {"metadata": {"deep": {}}},
        [],
    ],
)
async def test_an_invalid_link_request_is_refused(
    start: StartSimulator, http: httpx.AsyncClient, key: Key, body: object
) -> None:
    simulator = await start(sessions=1)
    url = f"{simulator.base_url}/visitors/{simulator.sessions[0].id}/watch_url"
    answer = await http.post(url, json=body, headers=key(simulator))
    assert answer.status_code == 400
    assert answer.json()["status"] == "error"
    assert not simulator.record.links


async def test_ending_succeeds_with_or_without_a_running_session(
    start: StartSimulator, http: httpx.AsyncClient, key: Key
) -> None:
    simulator = await start(sessions=1)
    url = f"{simulator.base_url}/visitors/{simulator.sessions[0].id}"
    for _ in range(2):
        answer = await http.delete(f"{url}/session", headers=key(simulator))
        assert (answer.status_code, answer.text) == (200, "ok")
    visitor = (await http.get(url, headers=key(simulator))).json()["visitor"]
    assert visitor["is_in_session"] is False


async def test_failing_links_answer_with_their_status(start: StartSimulator, http: httpx.AsyncClient) -> None:
    simulator = await start(
        sessions=5, scenario="http-404,http-500,framing-denied,framing-ancestors,redirect"
    )
    answers = [await http.get(url) for url in simulator.watch_urls]
    assert [answer.status_code for answer in answers] == [404, 500, 200, 200, 302]
    assert answers[2].headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in answers[3].headers["content-security-policy"]
    elsewhere = await http.get(answers[4].headers["location"])
    assert elsewhere.status_code == 200
    assert (await http.get(f"{origin(simulator)}/w/guessed")).status_code == 404


async def test_orders_need_the_key(start: StartSimulator, http: httpx.AsyncClient, key: Key) -> None:
    simulator = await start(sessions=1)
    url = f"{origin(simulator)}/control/{simulator.sessions[0].id}"
    assert (await http.post(url, json={"do": "end"})).status_code == 401
    assert (await http.post(url, json={"do": "fly"}, headers=key(simulator))).status_code == 400
    answer = await http.post(url, json={"do": "say", "message": {"type": "x"}}, headers=key(simulator))
    assert answer.json() == {"links": 1}
    exchange = f"{simulator.watch_urls[0]}/exchange"
    asked = {"reports": [], "after": 0, "opening": 1}
    assert len((await http.post(exchange, json=asked)).json()["orders"]) == 1
    assert (await http.post(exchange, json=asked)).json()["orders"] == []


async def test_invalid_reports_of_a_page_are_refused(start: StartSimulator, http: httpx.AsyncClient) -> None:
    simulator = await start(sessions=1)
    exchange = f"{simulator.watch_urls[0]}/exchange"
    assert (await http.post(exchange, content=b"\xff{")).status_code == 422
    assert (await http.post(exchange, content=b"x" * (5 << 20))).status_code == 413
    assert not simulator.record.instructions


async def test_a_client_can_wait_for_the_record(start: StartSimulator, http: httpx.AsyncClient) -> None:
    simulator = await start(sessions=1)
    late = await http.get(simulator.record_url, params={"instructions": 1, "within": 0.05})
    assert late.status_code == 408
    report = {"kind": "instruction", "at": 1.0, "took": True, "message": {"action": "endSession", "x": 1}}
    await http.post(
        f"{simulator.watch_urls[0]}/exchange", json={"reports": [report], "after": 0, "opening": 1}
    )
    record = await http.get(simulator.record_url, params={"instructions": 1, "within": 5})
    [seen] = record.json()["instructions"]
    assert seen["action"] == "endSession"
    assert seen["message"] == {"action": "endSession", "x": 1}
    assert seen["session"] == simulator.sessions[0].id


async def test_closing_interrupts_slow_pages(start: StartSimulator, http: httpx.AsyncClient) -> None:
    simulator = await start(sessions=1, scenario="slow", slow=60)
    async with http.stream("GET", f"{simulator.record_url}?instructions=0") as answer:
        assert answer.status_code == 200
    await simulator.close()
    await simulator.close()
    with pytest.raises(httpx.ConnectError):
        await http.get(simulator.record_url)


async def test_two_simulators_do_not_share_a_port(start: StartSimulator) -> None:
    first = await start(sessions=1)
    port = int(origin(first).rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        await start(sessions=1, port=port)
