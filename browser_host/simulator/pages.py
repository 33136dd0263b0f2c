"""The watch pages over HTTP: the page, its scripts, and the exchange of reports and orders."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from html import escape
from importlib.resources import files
from string import Template
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from browser_host.simulator.page_script import PageScript
from browser_host.simulator.record import InstructionSeen, LifeEvent
from browser_host.simulator.sample_image import HEIGHT, WIDTH, make_image
from browser_host.simulator.scenarios import Behaviour
from browser_host.simulator.simulated_service import Link, SimulatedService
from browser_host.tasks import is_set_within

EXCHANGE_LIMIT_BYTES = 4 << 20
PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
CACHED = {"Cache-Control": "public, max-age=3600"}
Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]

FRAMING = {
    Behaviour.FRAMING_DENIED: {"X-Frame-Options": "DENY"},
    Behaviour.FRAMING_ANCESTORS: {"Content-Security-Policy": "frame-ancestors 'none'"},
}
ONCE_ONLY = {Behaviour.CRASH_ONCE, Behaviour.LOOP_ONCE}


class PageReport(BaseModel):
    """One report from a page: an instruction it received, a page event, or a message from a stranger."""

    kind: Literal["instruction", "life", "stray"]
    at: float
    text: str = Field(default="", max_length=200)
    took: bool = False
    message: Any = None


class PageExchange(BaseModel):
    """The reports a page sends in one request, and the number of the newest order it has."""

    reports: list[PageReport] = Field(max_length=200)
    after: int = Field(ge=0)
    opening: int = Field(ge=0)


class WatchPages:
    """Serves the watch pages of one service.

    Args:
        second_origin: scheme, host and port of the service's second origin.
        closing: set when the simulator stops, so that no slow answer delays it.
    """

    def __init__(self, service: SimulatedService, second_origin: str, closing: asyncio.Event) -> None:
        self._service = service
        self._second_origin = second_origin
        self._closing = closing
        self._template = Template(_package_data("watch_page.html"))
        self._quiet_until = (time.time() + service.settings.quiet) * 1000
        self._rows = "".join(_row(number) for number in range(service.settings.dom_rows))
        self._image = make_image() if service.settings.images else b""

    def routes(self) -> list[Route]:
        """The routes of pages and their scripts."""
        return [
            Route("/w/{token}", self._counted(self._show)),
            Route("/w/{token}/exchange", self._exchange, methods=["POST"]),
            Route("/w/{token}/images/{number:int}.png", self._counted(self._show_image)),
            Route("/watch_page.js", self._counted(_script("watch_page.js"))),
            Route("/watch_faults.js", self._counted(_script("watch_faults.js"))),
            Route("/hostile_worker.js", _hostile_worker),
            Route("/ended", _ended),
        ]

    def _counted(self, endpoint: Endpoint) -> Endpoint:
        async def serve(request: Request) -> Response:
            response = await endpoint(request)
            self._service.record.page_bytes += len(response.body)
            return response

        return serve

    async def _show_image(self, request: Request) -> Response:
        link = self._service.link(request.path_params["token"])
        if link is None or not self._image:
            return PlainTextResponse("No such image.", status_code=404)
        self._service.record.images[link.visitor.short_id] += 1
        await self._service.record.changed()
        return Response(self._image, media_type="image/png", headers=CACHED)

    async def _show(self, request: Request) -> Response:
        link = self._service.link(request.path_params["token"])
        if link is None:
            return PlainTextResponse("No such session.", status_code=404)
        if self._service.is_expired(link):
            return HTMLResponse("<h1>This link has expired</h1>", status_code=410, headers=PRIVATE)
        behaviour = self._service.behaviour(link.visitor)
        here = f"{request.url.scheme}://{request.url.netloc}"
        if behaviour is Behaviour.REDIRECT and here != self._second_origin:
            return RedirectResponse(
                f"{self._second_origin}{request.url.path}", status_code=302, headers=PRIVATE
            )
        link.opened += 1
        self._service.record.opened[link.visitor.short_id] += 1
        await self._service.record.changed()
        match behaviour:
            case Behaviour.HTTP_404:
                return HTMLResponse("<h1>Not found</h1>", status_code=404, headers=PRIVATE)
            case Behaviour.HTTP_500:
                return HTMLResponse("<h1>Something went wrong</h1>", status_code=500, headers=PRIVATE)
            case Behaviour.SLOW:
                await is_set_within(self._closing, self._service.settings.slow)
            case _:
                pass
        headers = PRIVATE | FRAMING.get(behaviour, {})
        return HTMLResponse(self._page(link, self._script_for(link, behaviour)), headers=headers)

    def _script_for(self, link: Link, behaviour: Behaviour) -> PageScript:
        script = self._service.script(link.visitor)
        return replace(script, fault=None) if behaviour in ONCE_ONLY and link.opened > 1 else script

    def _page(self, link: Link, script: PageScript) -> str:
        left_for = f"{self._second_origin}/ended" if script.after_end == "leave" else None
        values = asdict(script) | {
            "opening": link.opened,
            "end_url": link.end_url or left_for,
            "quiet_until": self._quiet_until,
        }
        return self._template.substitute(
            label=escape(link.visitor.label),
            rows=self._rows,
            images="".join(_image_tag(link.token, number) for number in range(self._service.settings.images)),
            script=json.dumps(values).replace("<", "\\u003c"),
            faults="/watch_faults.js",
            page="/watch_page.js",
        )

    async def _exchange(self, request: Request) -> Response:
        # A sandboxed page without its own origin sends `Origin: null`.
        headers = PRIVATE | {"Access-Control-Allow-Origin": "*"}
        link = self._service.link(request.path_params["token"])
        if link is None:
            return PlainTextResponse("No such session.", status_code=404, headers=headers)
        body = await request.body()
        if len(body) > EXCHANGE_LIMIT_BYTES:
            return PlainTextResponse("Request too large.", status_code=413, headers=headers)
        try:
            exchange = PageExchange.model_validate_json(body)
        except ValidationError as error:
            return PlainTextResponse(
                f"Invalid body: {error.error_count()} errors.", status_code=422, headers=headers
            )
        if exchange.reports:
            fingerprint = self._service.address(
                f"{request.url.scheme}://{request.url.netloc}", link
            ).fingerprint
            for report in exchange.reports:
                self._record(link, fingerprint, exchange.opening, report)
            await self._service.record.changed()
        return JSONResponse({"orders": self._service.take_orders(link, exchange.after)}, headers=headers)

    def _record(self, link: Link, fingerprint: str, opening: int, report: PageReport) -> None:
        session = link.visitor.short_id
        record = self._service.record
        if report.kind == "instruction":
            action = report.message.get("action") if isinstance(report.message, dict) else None
            name = action if isinstance(action, str) else ""
            record.instructions.append(
                InstructionSeen(session, fingerprint, opening, name, report.at, report.took, report.message)
            )
            return
        record.life.append(
            LifeEvent(session, fingerprint, opening, report.at, report.kind, report.text, report.message)
        )
        if report.kind == "life" and report.text in ("active", "terminated"):
            self._service.note_status(link.visitor, report.text)


def _row(number: int) -> str:
    return f"<tr><td>Order {4400 + number}, open, {number * 7 % 90}.00</td></tr>"


def _image_tag(token: str, number: int) -> str:
    return f'<img src="/w/{token}/images/{number}.png" alt="" width="{WIDTH // 4}" height="{HEIGHT // 4}">'


def _package_data(name: str) -> str:
    return files("browser_host.simulator").joinpath(name).read_text(encoding="utf-8")


def _script(name: str) -> Endpoint:
    text = _package_data(name)

    async def serve(_request: Request) -> Response:
        return Response(text, media_type="text/javascript", headers=CACHED)

    return serve


async def _hostile_worker(_request: Request) -> Response:
    worker = "onfetch = (event) => event.respondWith(new Response('owned'));"
    return Response(worker, media_type="text/javascript")


async def _ended(_request: Request) -> Response:
    return HTMLResponse("<!doctype html><title>Thank you</title><p>The session is over.", headers=PRIVATE)
