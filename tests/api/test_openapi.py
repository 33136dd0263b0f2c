"""The API's description holds: schemathesis asks each endpoint for what it promises, and for more."""

import asyncio
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from browser_host.api.endpoints import ENDPOINTS
from browser_host.api.openapi import document
from browser_host.supervisor.policy import Policy
from tests.support.host import scripted_host, serving

CHECKS: list[schemathesis.CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 8
"""Of each endpoint in each mode: 250 requests."""

ANSWERED_WITHIN_S = 10.0
RULES = Policy(undo_s=0.0, confirm_within_s=0.05, max_sessions=20, raw_instructions=True, input=True)
DESCRIPTION = json.loads(document())
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS = [
    found.ok()
    for found in SCHEMA.exclude(path="/v1/events").get_all_operations()  # a stream has no end
    if isinstance(found, Ok)
]
ASKED = [(operation, schemathesis.GenerationMode.POSITIVE) for operation in OPERATIONS] + [
    (operation, schemathesis.GenerationMode.NEGATIVE)
    for operation in OPERATIONS
    if operation.body or operation.query  # elsewhere nothing can be wrong
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Asks a host that lives in a thread: the examples are drawn outside of any event loop."""
    path = tmp_path_factory.mktemp("host") / "run" / "host.sock"
    serves, over = threading.Event(), threading.Event()

    async def host() -> None:
        async with scripted_host(RULES) as one, serving(one, path):
            one.live(2, "terminated")  # nothing is waited for
            serves.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(host(),), name="host")
    thread.start()
    try:
        assert serves.wait(ANSWERED_WITHIN_S)
        transport = httpx.HTTPTransport(uds=str(path))
        with httpx.Client(transport=transport, timeout=ANSWERED_WITHIN_S) as http:
            yield http
    finally:
        over.set()
        thread.join()


def sent(case: schemathesis.Case[Any], client: httpx.Client) -> httpx.Response:
    """Puts a case to the host; what would wait for pages waits no longer than a moment."""
    if isinstance(case.body, dict) and isinstance(case.body.get("timeout_s"), int | float):
        case.body["timeout_s"] = 0.05
    asked: dict[str, Any] = case.as_transport_kwargs(base_url="http://watchdeck")
    known = {key: asked[key] for key in ("json", "params", "headers") if asked.get(key) is not None}
    content = asked.get("data")
    return client.request(asked["method"], asked["url"], content=content, **known)


@pytest.mark.parametrize(
    ("operation", "mode"), ASKED, ids=[f"{one.method} {one.path} {mode.value}" for one, mode in ASKED]
)
def test_every_endpoint_answers_as_described(
    operation: Any, mode: schemathesis.GenerationMode, client: httpx.Client
) -> None:
    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case[Any]) -> None:
        case.validate_response(sent(case, client), checks=CHECKS)

    check()


def test_every_endpoint_is_described() -> None:
    described = {
        (method.upper(), path) for path, operations in DESCRIPTION["paths"].items() for method in operations
    }
    others = {("GET", path) for path in ("/v1/events", "/v1/openapi.json", "/metrics")}
    assert described == {(one.method, one.path) for one in ENDPOINTS} | others
    assert DESCRIPTION["openapi"].startswith("3.1")


def test_the_description_is_served_as_it_is_made(client: httpx.Client) -> None:
    answer = client.get("http://watchdeck/v1/openapi.json")
    assert answer.json() == DESCRIPTION
