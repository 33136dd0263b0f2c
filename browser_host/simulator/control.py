"""The test interface, which the real service does not have: the record, and orders to pages."""

import asyncio
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from browser_host.simulator.rest_api import RestApi, refusal
from browser_host.simulator.rest_faults import InjectedFault, RestFault
from browser_host.simulator.simulated_service import PageOrder, SimulatedService

MAX_WAIT_S = 60.0
ABOUT = """\
This is a simulated Upscope: no real visitor is watched.
  /v1.3/…             the REST service; needs the key printed at the start
  /w/TOKEN            watch pages
  /record             instructions received, page events, and links issued;
                      ?instructions=N&within=S waits for N instructions
  POST /control/ID    {"do": "accept" | "decline" | "end" | "say" | "crash"
                      | "loop" | "flood" | "hostile" | "leave" | "arrive"
                      | "join", "message": …}: gives an order to a visitor's
                      pages, or makes the visitor leave silently or return,
                      or another agent join; needs the same key
  POST /control/rest  {"fault": NAME, "call": "usage" | "list" | "visitor"
                      | "watch_url" | "session", "times": N, "seconds": S}:
                      makes the next REST calls fail; {} clears all faults
"""


class PageOrderRequest(BaseModel):
    """The body of an order; `message` is what the page posts with `say`."""

    do: PageOrder
    message: Any = None


class FaultRequest(BaseModel):
    """The body of a fault injection; without a `fault`, all faults are cleared."""

    fault: RestFault | None = None
    call: str | None = None
    times: int = Field(default=1, ge=1, le=100_000)
    seconds: float | None = Field(default=None, ge=0, le=3600)


class Control:
    """Serves the record of one service and accepts orders for its pages.

    Args:
        closing: set when the simulator stops, so that no pending wait delays it.
    """

    def __init__(self, service: SimulatedService, rest: RestApi, closing: asyncio.Event) -> None:
        self._service = service
        self._rest = rest
        self._closing = closing

    def routes(self) -> list[Route]:
        """The routes of the test interface."""
        return [
            Route("/", self._about),
            Route("/record", self._record),
            Route("/control/rest", self._fault, methods=["POST"]),
            Route("/control/{id}", self._order, methods=["POST"]),
        ]

    async def _about(self, _request: Request) -> Response:
        return PlainTextResponse(ABOUT)

    async def _record(self, request: Request) -> Response:
        try:
            wanted = int(request.query_params.get("instructions", "0"))
            within = min(float(request.query_params.get("within", "5")), MAX_WAIT_S)
        except ValueError:
            return refusal(400, "instructions and within must be numbers")
        record = self._service.record
        try:
            await record.until(
                lambda seen: len(seen.instructions) >= wanted or self._closing.is_set(), within
            )
        except TimeoutError:
            return JSONResponse(record.as_json(), status_code=408)
        return JSONResponse(record.as_json())

    async def _fault(self, request: Request) -> Response:
        if not self._rest.has_key(request):
            return refusal(401, "invalid_api_key")
        try:
            asked = FaultRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return refusal(400, str(error.errors()[0]["msg"]))
        if asked.fault is None:
            self._rest.faults.clear()
        else:
            self._rest.faults.inject(InjectedFault(asked.fault, asked.call, asked.times, asked.seconds))
        return JSONResponse({"status": "ok"})

    async def _order(self, request: Request) -> Response:
        if not self._rest.has_key(request):
            return refusal(401, "invalid_api_key")
        if request.path_params["id"] not in self._service.visitors:
            return PlainTextResponse("Not Found", status_code=404)
        try:
            asked = PageOrderRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return refusal(400, str(error.errors()[0]["msg"]))
        return JSONResponse(
            {"links": self._service.order(request.path_params["id"], asked.do, asked.message)}
        )
