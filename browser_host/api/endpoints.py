"""The API's endpoints: the table from which the routes and `/v1/openapi.json` are made."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from browser_host.api import replies, requests, schema
from browser_host.api.peer import Peer
from browser_host.api.service import Service


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it reached the host.

    Args:
        asked: its body or query as the endpoint's request; None if it has none.
        session_id: from its path; empty if that names no session.
        browser: name of an endpoint of the browsers, from its path; empty if that names none.
    """

    asked: Any
    peer: Peer
    session_id: str
    browser: str = ""


Handler: TypeAlias = Callable[[Service, Call], Any | Awaitable[Any]]


JSON, PNG = "application/json", "image/png"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint of the API.

    Args:
        answer: the dataclass of its answer.
        handle: passes the call to the service.
        body: the model of the request's body, or None.
        query: the model of the request's query, or None.
        media: the type of the answer; anything but JSON is written as the handler gives it.
    """

    method: str
    path: str
    summary: str
    answer: type
    handle: Handler
    body: type[requests.Request] | None = None
    query: type[requests.Request] | None = None
    media: str = JSON


ENDPOINTS = (
    Endpoint(
        "GET",
        "/v1/snapshot",
        "The host and all its sessions, as of event number `seq`",
        schema.Snapshot,
        lambda service, _: service.snapshot(),
    ),
    Endpoint(
        "POST",
        "/v1/sessions",
        "Host a session",
        replies.Arrival,
        lambda service, call: service.add(call.asked, call.peer),
        body=requests.AddRequest,
    ),
    Endpoint(
        "GET",
        "/v1/sessions/{session_id}",
        "A session with its timeline and ledger",
        schema.SessionDetail,
        lambda service, call: service.detail(call.session_id),
    ),
    Endpoint(
        "GET",
        "/v1/sessions/{session_id}/screenshot",
        "A picture of a session's page; each look is in the journal",
        bytes,
        lambda service, call: service.screenshot(call.session_id, call.asked, call.peer),
        query=requests.ScreenshotRequest,
        media=PNG,
    ),
    Endpoint(
        "POST",
        "/v1/sessions/{session_id}/input",
        "Send mouse input to a session's page; refused unless `host.input`",
        replies.InputSent,
        lambda service, call: service.send_input(call.session_id, call.asked, call.peer),
        body=requests.InputRequest,
    ),
    Endpoint(
        "DELETE",
        "/v1/sessions/{session_id}",
        "Remove a session without ending it",
        replies.Removal,
        lambda service, call: service.remove(call.session_id, call.peer),
    ),
    Endpoint(
        "POST",
        "/v1/instructions",
        "Instruct sessions",
        schema.Outcome,
        lambda service, call: service.instruct(call.asked, call.peer),
        body=requests.InstructionRequest,
    ),
    Endpoint(
        "POST",
        "/v1/ends",
        "Plan the end of sessions (`dry_run`), or end them",
        schema.Outcome,
        lambda service, call: service.end(call.asked, call.peer),
        body=requests.EndRequest,
    ),
    Endpoint(
        "POST",
        "/v1/cancel",
        "Cancel instructions that were not posted yet",
        schema.Outcome,
        lambda service, call: service.cancel(call.asked, call.peer),
        body=requests.LedgerRequest,
    ),
    Endpoint(
        "POST",
        "/v1/settle",
        "Wait until instructions are settled",
        schema.Outcome,
        lambda service, call: service.settle(call.asked),
        body=requests.LedgerRequest,
    ),
    Endpoint(
        "POST",
        "/v1/retry",
        "Retry sessions at once that wait for their next try",
        replies.Retried,
        lambda service, call: service.retry(call.asked, call.peer),
        body=requests.RetryRequest,
    ),
    Endpoint(
        "POST",
        "/v1/stop",
        "Stop the host gracefully",
        replies.Stopping,
        lambda service, call: service.stop(call.peer),
        body=requests.StopRequest,
    ),
    Endpoint(
        "GET",
        "/v1/browsers",
        "The browsers' endpoints",
        schema.Browsers,
        lambda service, _: service.browsers(),
    ),
    Endpoint(
        "POST",
        "/v1/browsers/{browser}/drain",
        "Give an endpoint no more sessions, and move those that it has",
        replies.Drain,
        lambda service, call: service.drain(call.browser, call.peer),
    ),
    Endpoint(
        "POST",
        "/v1/browsers/{browser}/undrain",
        "Give an endpoint sessions again",
        replies.Drain,
        lambda service, call: service.undrain(call.browser, call.peer),
    ),
    Endpoint(
        "GET",
        "/v1/alerts",
        "The alerts that are or were about sessions",
        schema.Alerts,
        lambda service, _: service.alerts(),
    ),
    Endpoint(
        "POST",
        "/v1/alerts/ack",
        "Acknowledge an alert, for all of its sessions or some",
        schema.Alerts,
        lambda service, call: service.acknowledge(call.asked, call.peer),
        body=requests.AcknowledgeRequest,
    ),
    Endpoint(
        "GET",
        "/v1/visitors",
        "Search the service's visitors; opens nothing",
        replies.Visitors,
        lambda service, call: service.visitors(call.asked),
        query=requests.VisitorsRequest,
    ),
    Endpoint(
        "GET",
        "/v1/history",
        "The journal's newest entries, newest last",
        replies.History,
        lambda service, call: service.history(call.asked),
        query=requests.HistoryRequest,
    ),
    Endpoint(
        "GET",
        "/v1/stats",
        "How many sessions, how long in each status, how they ended and by whom",
        replies.StatsReport,
        lambda service, call: service.stats(call.asked),
        query=requests.StatsRequest,
    ),
    Endpoint(
        "GET",
        "/v1/health",
        "The host's health",
        replies.Health,
        lambda service, _: service.health(),
    ),
)
