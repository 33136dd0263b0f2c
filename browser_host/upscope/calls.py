"""The service's calls as values, for the cloud and for on-premise installations."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias
from urllib.parse import quote, urlencode

from browser_host import __version__
from browser_host.config.choices import Auth
from browser_host.errors import UsageError
from browser_host.sessions.session import VISITOR_LIMIT
from browser_host.upscope.settings import ServiceSettings

Fact: TypeAlias = str | int | float | bool
"""A value that the service accepts in `metadata`."""


class Method(StrEnum):
    """The HTTP methods in use."""

    GET = "GET"
    POST = "POST"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class ServiceCall:
    """One request.

    Args:
        purpose: what it is for, as used in messages.
        url: the whole address, including the query.
        visitor: the id it is about, or None.
    """

    method: Method
    url: str
    purpose: str
    visitor: str | None = None
    body: Mapping[str, object] | None = None

    @property
    def may_be_repeated(self) -> bool:
        """Whether it can be repeated without harm: true for all calls but creating a link."""
        return self.method is not Method.POST


def usage(settings: ServiceSettings) -> ServiceCall:
    """How much of the plan is used."""
    return ServiceCall(Method.GET, _address(settings, "/usage"), "asking for the usage")


def visitors(settings: ServiceSettings, search: str, max_results: int) -> ServiceCall:
    """The visitors; on premise, search and latest have different addresses."""
    if settings.auth is not Auth.RAW:
        path, query = "/list", {"search": search, "max_results": str(max_results)}
    elif search:
        path, query = "/visitors/list/search", {"q": search, "max_results": str(max_results)}
    else:
        path, query = "/visitors/list/latest", {"max_results": str(max_results)}
    return ServiceCall(Method.GET, f"{_address(settings, path)}?{urlencode(query)}", "looking for visitors")


def visitor(settings: ServiceSettings, visitor_id: str) -> ServiceCall:
    """One visitor."""
    return ServiceCall(Method.GET, _of_visitor(settings, visitor_id), "asking for a visitor", visitor_id)


def watch_link(settings: ServiceSettings, visitor_id: str, metadata: Mapping[str, Fact]) -> ServiceCall:
    """A new link to a visitor's screen: it starts a watch session, and may count against the plan.

    `branding.on_end_url` is left out: with it the page would leave before its end is seen.
    """
    body = {
        "agent": {"id": settings.agent_id, "name": settings.agent_name},
        "branding": {"naked": "page_only"},
        "metadata": {
            "tool": "watchdeck",
            "tool_version": __version__,
            "supervisor": settings.agent_name,
            **metadata,
        },
        "permissions": settings.permissions.model_dump(),
    }
    url = _of_visitor(settings, visitor_id, "/watch_url")
    return ServiceCall(Method.POST, url, "asking for a watch link", visitor_id, body)


def end_session(settings: ServiceSettings, visitor_id: str) -> ServiceCall:
    """The end of a visitor's session, if there is one."""
    url = _of_visitor(settings, visitor_id, "/session")
    return ServiceCall(Method.DELETE, url, "ending a visitor's session", visitor_id)


def _of_visitor(settings: ServiceSettings, visitor_id: str, rest: str = "") -> str:
    fits = 0 < len(visitor_id) <= VISITOR_LIMIT and visitor_id.isprintable() and visitor_id.strip(". ")
    if not fits:
        raise UsageError(f"expected a visitor's short id of 1 to {VISITOR_LIMIT} printable characters")
    return _address(settings, f"/visitors/{quote(visitor_id, safe='')}{rest}")


def _address(settings: ServiceSettings, path: str) -> str:
    """Version 1.1 of the cloud needs addresses that end in `.json` (protocol, section 2)."""
    ending = ".json" if settings.base_url.endswith("/v1.1") else ""
    return f"{settings.base_url}{path}{ending}"
