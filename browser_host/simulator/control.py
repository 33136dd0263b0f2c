"""What tests ask of the simulator and real services do not have: the record, and orders to pages."""

import asyncio
from typing import Any

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from browser_host.simulator.rest import Rest, refusal
from browser_host.simulator.rest_faults import FaultOrder, RestFault
from browser_host.simulator.service import Order, Service

LONGEST_WAIT = 60.0
ABOUT = """\
This is a simulated Upscope: nobody is watched here.
  /v1.3/…               the REST service, with the key that was printed at the start
  /w/TOKEN              watch pages
  /record               what pages were told and lived through; ?instructions=N&within=S waits for N of them
  POST /control/ID      {"do": "accept" | "decline" | "end" | "say" | "crash" | "loop" | "flood" | "hostile"
                        | "leave" | "arrive", "message": …}: tells a visitor's pages to do so, or the visitor
                        to come and go, with the same key
  POST /control/rest    {"fault": NAME, "call": "usage" | "list" | "visitor" | "watch_url" | "session",
                        "times": N, "seconds": S}: lets REST calls to come go wrong; {} lets all go well
"""


class OrderRequest(BaseModel):
    """The body of an order; `message` is what is to be said."""

    do: Order
    message: Any = None


class FaultRequest(BaseModel):
    """The body of a wish for faults; without a `fault` there are to be none."""

    fault: RestFault | None = None
    call: str | None = None
    times: int = Field(default=1, ge=1, le=100_000)
    seconds: float | None = Field(default=None, ge=0, le=3600)


class Control:
    """Serves the record of one service, and takes orders for its pages.

    Args:
        closing: set when the simulator ends, so that no wait holds it up.
    """

    def __init__(self, service: Service, rest: Rest, closing: asyncio.Event) -> None:
        self._service = service
        self._rest = rest
        self._closing = closing

    def routes(self) -> list[Route]:
        """Its addresses."""
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
            within = min(float(request.query_params.get("within", "5")), LONGEST_WAIT)
        except ValueError:
            return refusal(400, "instructions and within are numbers")
        record = self._service.record
        try:
            await record.until(
                lambda seen: len(seen.instructions) >= wanted or self._closing.is_set(), within
            )
        except TimeoutError:
            return JSONResponse(record.as_json(), status_code=408)
        return JSONResponse(record.as_json())

    async def _fault(self, request: Request) -> Response:
        if not self._rest.keyed(request):
            return refusal(401, "invalid_api_key")
        try:
            asked = FaultRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return refusal(400, str(error.errors()[0]["msg"]))
        if asked.fault is None:
            self._rest.faults.clear()
        else:
            self._rest.faults.order(FaultOrder(asked.fault, asked.call, asked.times, asked.seconds))
        return JSONResponse({"status": "ok"})

    async def _order(self, request: Request) -> Response:
        if not self._rest.keyed(request):
            return refusal(401, "invalid_api_key")
        if request.path_params["id"] not in self._service.visitors:
            return PlainTextResponse("Not Found", status_code=404)
        try:
            asked = OrderRequest.model_validate_json(await request.body())
        except ValidationError as error:
            return refusal(400, str(error.errors()[0]["msg"]))
        return JSONResponse(
            {"links": self._service.order(request.path_params["id"], asked.do, asked.message)}
        )
