"""`/v1/openapi.json`: the API in OpenAPI 3.1, made from the classes that read and write it."""

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from http import HTTPStatus
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from browser_host import __version__
from browser_host.api.endpoints import ENDPOINTS, JSON, Endpoint
from browser_host.api.requests import EventsRequest, Request
from browser_host.api.schema import SCHEMA, Refusal

Json: TypeAlias = dict[str, Any]

_REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)


_BINARY: Json = {}
"""OpenAPI 3.1 describes binary bodies by their media type alone."""

_IN_PATH = re.compile(r"\{(\w+)\}")

_EVENT: Json = {
    "type": "object",
    "required": ["seq", "at", "type"],
    "properties": {
        "seq": {"type": "integer"},
        "at": {"type": "string", "format": "date-time"},
        "type": {"type": "string"},
        "id": {"type": "string"},
    },
}


@cache
def document() -> bytes:
    """The description, made once on the first request, because that takes 0.1 s."""
    read = {kind for endpoint in ENDPOINTS for kind in (endpoint.body, endpoint.query) if kind is not None}
    read.add(EventsRequest)
    written = {endpoint.answer for endpoint in ENDPOINTS if endpoint.media == JSON} | {Refusal}
    schemas, definitions = TypeAdapter.json_schemas(
        [
            *((kind.__name__, "validation", TypeAdapter(kind)) for kind in _sorted(read)),
            *((kind.__name__, "serialization", TypeAdapter(kind)) for kind in _sorted(written)),
        ],
        ref_template="#/components/schemas/{model}",
    )
    known: Json = definitions.get("$defs", {})
    components = known | {name: one for (name, _), one in schemas.items() if "$ref" not in one}
    paths: Json = {}
    for endpoint in ENDPOINTS:
        operations = paths.setdefault(endpoint.path, {})
        operations[endpoint.method.lower()] = _operation(endpoint, components)
    paths["/v1/events"] = {"get": _events(components)}
    paths["/v1/openapi.json"] = {"get": _plain("This description", "application/json", {"type": "object"})}
    paths["/metrics"] = {
        "get": _plain("The host in numbers, for Prometheus", "text/plain", {"type": "string"})
    }
    whole = {
        "openapi": "3.1.0",
        "info": {"title": "Watchdeck's host", "version": __version__},
        "paths": paths,
        "components": {"schemas": components},
    }
    return json.dumps(whole, ensure_ascii=False).encode()


def _sorted(kinds: set[type]) -> Sequence[type]:
    return sorted(kinds, key=lambda kind: kind.__name__)


def _operation(endpoint: Endpoint, components: Mapping[str, Any]) -> Json:
    parameters = [] if endpoint.query is None else _parameters(endpoint.query, components)
    parameters += [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _IN_PATH.findall(endpoint.path)
    ]
    operation: Json = {"summary": endpoint.summary, "parameters": parameters}
    if endpoint.body is not None:
        operation["requestBody"] = {"content": _content("application/json", _ref(endpoint.body))}
    if endpoint.media != JSON:
        return operation | _responses(endpoint.summary, endpoint.media, _BINARY)
    answer = {
        "allOf": [
            _ref(endpoint.answer),
            {"properties": {"schema": {"const": SCHEMA}}, "required": ["schema"]},
        ]
    }
    return operation | _responses(endpoint.summary, endpoint.media, answer)


def _events(components: Mapping[str, Any]) -> Json:
    summary = "The numbered events as JSON lines, each with the new values of what changed"
    parameters = _parameters(EventsRequest, components)
    return {"parameters": parameters, **_plain(summary, "application/jsonl", _EVENT)}


def _plain(summary: str, media: str, schema: Json) -> Json:
    return {"summary": summary, **_responses(summary, media, schema)}


def _responses(summary: str, media: str, schema: Json) -> Json:
    refused = {"description": "Refused, and why", "content": _content("application/json", _ref(Refusal))}
    answered = {"description": summary, "content": _content(media, schema)}
    return {
        "responses": {str(HTTPStatus.OK.value): answered}
        | {str(status.value): refused for status in _REFUSALS}
    }


def _parameters(query: type[Request], components: Mapping[str, Any]) -> list[Json]:
    return [
        {"name": name, "in": "query", "required": False, "schema": _given(schema)}
        for name, schema in components[query.__name__]["properties"].items()
    ]


def _given(schema: Json) -> Json:
    """The schema of a query parameter; queries have no null, so optional ones are left out."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    kept = {key: value for key, value in schema.items() if key not in {"anyOf", "default"}}
    return kept | choices[0] if choices else kept


def _content(media: str, schema: Json) -> Json:
    return {media: {"schema": schema}}


def _ref(kind: type) -> Json:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}
