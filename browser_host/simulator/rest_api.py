"""The REST service: visitors, links to their screens, and the end of their sessions."""

import hmac
import json
import time
from collections import deque
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route

from browser_host.sessions.clock import iso
from browser_host.simulator.people import SimulatedVisitor
from browser_host.simulator.rest_faults import Endpoint, RestFaults
from browser_host.simulator.search import matches
from browser_host.simulator.simulated_service import PageOrder, SimulatedService

VERSIONS = ("/v1.1", "/v1.2", "/v1.3", "/v1.4")
ON_PREMISE = "/api"
DEFAULT_RESULTS = 50
BODY_LIMIT_BYTES = 64 << 10
MINUTE = 60.0


class Agent(BaseModel):
    """The agent who is going to watch."""

    id: str = Field(min_length=1, max_length=200)
    name: str = Field(min_length=1, max_length=200)


class Branding(BaseModel):
    """How the watch page looks, and where it navigates."""

    naked: bool | Literal["page_only"] = False
    retry_url: str | None = None
    on_end_url: str | None = None


class LinkPermissions(BaseModel):
    """What the agent may do."""

    model_config = ConfigDict(extra="forbid")

    allow_click: bool = True
    allow_draw: bool = True
    allow_scroll: bool = True
    allow_audio: bool = True
    allow_type: bool = True
    allow_agent_redirect: bool = True
    allow_console: bool = False


class WatchUrlRequest(BaseModel):
    """The body of `watch_url`."""

    agent: Agent
    branding: Branding = Field(default_factory=Branding)
    metadata: dict[str, str | int | float | bool] = Field(default_factory=dict)
    permissions: LinkPermissions = Field(default_factory=LinkPermissions)


def refusal(status: int, code: str) -> JSONResponse:
    """Return an error in the vendor's format."""
    return JSONResponse({"status": "error", "error": code}, status_code=status)


class RestApi:
    """The REST calls of one service.

    Args:
        origin: scheme, host and port of new links.
        faults: injected faults, applied after the key was checked.
    """

    def __init__(self, service: SimulatedService, origin: str, faults: RestFaults) -> None:
        self._service = service
        self._origin = origin
        self.faults = faults
        self._calls_at: deque[float] = deque()

    def routes(self) -> list[Mount]:
        """The routes of each cloud version and of the on-premise service."""
        calls = (
            ("/usage", "GET", "usage", self._usage),
            ("/list", "GET", "list", self._list),
            ("/visitors/{id}", "GET", "visitor", self._visitor),
            ("/visitors/{id}/watch_url", "POST", "watch_url", self._watch_url),
            ("/visitors/{id}/session", "DELETE", "session", self._end),
        )
        lists = [
            Route(f"/visitors/list/{kind}", self._with_key("list", self._list), methods=["GET"])
            for kind in ("latest", "search")
        ]
        routes = [
            Route(path + ending, self._with_key(name, call), methods=[method])
            for path, method, name, call in calls
            for ending in ("", ".json")
        ]
        return [Mount(base, routes=[*lists, *routes]) for base in (*VERSIONS, ON_PREMISE)]

    def has_key(self, request: Request) -> bool:
        """Whether a request carries the key, in any of the header forms that the vendor uses."""
        header = request.headers.get("x-api-key") or request.headers.get("authorization", "")
        key = header.removeprefix("Bearer ").strip()
        return hmac.compare_digest(key.encode(), self._service.api_key.reveal().encode())

    def _with_key(self, name: str, call: Endpoint) -> Endpoint:
        async def handle(request: Request) -> Response:
            self._service.record.calls.append(f"{request.method} {request.url.path}")
            if not self.has_key(request):
                return refusal(401, "invalid_api_key")
            wait = self._seconds_until_allowed()
            if wait is not None:
                return PlainTextResponse("Slow down", 429, headers={"Retry-After": f"{wait:.0f}"})
            return await self.faults.answer(name, request, call)

        return handle

    def _seconds_until_allowed(self) -> float | None:
        """Seconds until another call is allowed, or None if one is allowed now."""
        limit, now = self._service.settings.rest_per_minute, time.monotonic()
        while self._calls_at and self._calls_at[0] <= now - MINUTE:
            self._calls_at.popleft()
        if limit and len(self._calls_at) >= limit:
            return max(1.0, self._calls_at[0] + MINUTE - now)
        if limit:
            self._calls_at.append(now)
        return None

    async def _usage(self, _request: Request) -> Response:
        people = self._service.visitors.values()
        now = sum(map(self._service.in_session, people))
        usage = {
            "agents": 1,
            "session_counts": {"now": now, "today": len(self._service.record.links)},
            "session_seconds": {"today": 60 * now},
            "visitors": {"online_now": sum(visitor.is_online for visitor in people)},
        }
        return JSONResponse({"status": "ok", "usage": usage})

    async def _list(self, request: Request) -> Response:
        query = request.query_params.get("search") or request.query_params.get("q") or ""
        limit = request.query_params.get("max_results", str(DEFAULT_RESULTS))
        if not limit.isdecimal():
            return refusal(400, "invalid_max_results")
        found = [visitor for visitor in self._service.visitors.values() if matches(visitor, query)]
        return JSONResponse({"status": "ok", "visitors": [self._as_json(one) for one in found[: int(limit)]]})

    async def _visitor(self, request: Request) -> Response:
        visitor = self._find(request)
        if visitor is None:
            return PlainTextResponse("Not Found", status_code=404)
        told = {**self._as_json(visitor), **self._sessions(visitor)}
        return JSONResponse({"status": "ok", "visitor": told})

    async def _watch_url(self, request: Request) -> Response:
        visitor = self._find(request)
        if visitor is None:
            return PlainTextResponse("Not Found", status_code=404)
        body = await request.body()
        if len(body) > BODY_LIMIT_BYTES:
            return refusal(413, "too_large")
        try:
            wanted = WatchUrlRequest.model_validate_json(body)
        except ValidationError as error:
            first = error.errors()[0]
            return refusal(400, f"invalid {'.'.join(map(str, first['loc'])) or 'body'}: {first['msg']}")
        try:
            link = self._service.issue_link(visitor, wanted.branding.on_end_url)
        except OverflowError:
            return refusal(402, "over_plan_limit")
        address = self._service.address(self._origin, link)
        self._service.record_link(link, address, json.loads(body))
        await self._service.record.changed()
        return JSONResponse({"watch_url": address.reveal()})

    async def _end(self, request: Request) -> Response:
        visitor = self._find(request)
        if visitor is None:
            return PlainTextResponse("Not Found", status_code=404)
        self._service.order(visitor.short_id, PageOrder.END)
        await self._service.record.changed()
        return PlainTextResponse("ok")

    def _find(self, request: Request) -> SimulatedVisitor | None:
        return self._service.visitors.get(request.path_params["id"].removesuffix(".json"))

    def _sessions(self, visitor: SimulatedVisitor) -> dict[str, Any]:
        """The visitor's running session as version 1.1 describes it, where other agents are in it."""
        others = self._service.other_agents(visitor)
        if not others or not self._service.in_session(visitor):
            return {}
        agents = [{"id": name.lower(), "name": name} for name in ("Watchdeck", *others)]
        return {"sessions": [{"ended_at": None, "went_live": True, "agents": agents}]}

    def _as_json(self, visitor: SimulatedVisitor) -> dict[str, Any]:
        browser, device, kind = visitor.device
        return {
            "short_id": visitor.short_id,
            "unique_id": f"customer-{visitor.lookup_code}",
            "identities": [visitor.name],
            "email": visitor.email,
            "tags": list(visitor.tags),
            "is_online": visitor.is_online,
            "is_in_session": self._service.in_session(visitor),
            "is_supported": True,
            "is_waiting_for_call": False,
            "last_url": f"https://www.northwind.example/{visitor.place.lower().replace(' ', '-')}",
            "last_seen_at": iso(self._service.last_seen_at(visitor)),
            "lookup_code": visitor.lookup_code,
            "ip_address": visitor.ip_address,
            "location_city": visitor.town[0],
            "location_country": visitor.town[1],
            "browser_name": browser,
            "device_name": device,
            "device_type": kind,
        }
