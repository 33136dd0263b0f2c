"""What the client asks and what it makes of good answers, in every dialect of the service."""

import httpx
import pytest

from browser_host.config.choices import Auth
from browser_host.config.models import PermissionsSection, UpscopeSection
from browser_host.errors import UsageError
from browser_host.secrets import ApiKey
from browser_host.simulator.server import PageOrder
from browser_host.upscope import calls
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.errors import KeyRefused, UnknownVisitor
from browser_host.upscope.settings import ServiceSettings, from_config
from tests.upscope.conftest import Ask, Asked

DIALECTS = [
    (Auth.X_API_KEY, "/v1.1"),
    (Auth.X_API_KEY, "/v1.3"),
    (Auth.BEARER, "/v1.4"),
    (Auth.RAW, "/api"),
]


@pytest.mark.parametrize(("auth", "path"), DIALECTS, ids=str)
async def test_every_call_works_in_every_dialect(ask: Ask, auth: Auth, path: str) -> None:
    asked = await ask(auth=auth, path=path)
    usage = await asked.client.usage()
    assert (usage.sessions_now, usage.visitors_online, usage.agents) == (3, 5, 1)
    everyone = await asked.client.visitors("", 100)
    assert len(everyone) == 7
    online = await asked.client.visitors("online", 100)
    assert {one.short_id for one in online} == {one.short_id for one in everyone if one.is_online}
    assert len(await asked.client.visitors("online", 2)) == 2
    visitor = await asked.client.visitor(asked.visitor)
    assert visitor == everyone[0]
    link = await asked.client.watch_link(visitor.short_id, {"desk": 4})
    assert [made.link for made in asked.simulator.record.links] == [link.fingerprint]
    await asked.client.end_session(visitor.short_id)
    assert (await asked.client.visitor(asked.visitor)).is_in_session is False
    assert not asked.pauses


async def test_link_request_names_agent_and_permits_little(asked: Asked) -> None:
    link = await asked.client.watch_link(asked.visitor, {"session": "s1"})
    [made] = asked.simulator.record.links
    assert made.request["agent"] == {"id": "watchdeck", "name": "Kim"}
    assert made.request["branding"] == {"naked": "page_only"}
    metadata = made.request["metadata"]
    assert (metadata["tool"], metadata["supervisor"], metadata["session"]) == ("watchdeck", "Kim", "s1")
    permitted = {name for name, allowed in made.request["permissions"].items() if allowed}
    assert permitted == {"allow_draw"}
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(link.reveal())).status_code == 200


async def test_on_premise_the_lists_have_addresses_of_their_own(ask: Ask) -> None:
    asked = await ask(auth=Auth.RAW, path="/api")
    await asked.client.visitors("", 5)
    await asked.client.visitors("#vip", 5)
    assert list(asked.simulator.record.calls) == [
        "GET /api/visitors/list/latest",
        "GET /api/visitors/list/search",
    ]


async def test_a_wrong_key_is_told(asked: Asked) -> None:
    settings = ServiceSettings(asked.settings.base_url, Auth.X_API_KEY, ApiKey("wrong"))
    async with UpscopeClient(settings) as client:
        with pytest.raises(KeyRefused, match=r"API key.*upscope\.auth.*\(401 invalid_api_key\)"):
            await client.usage()


@pytest.mark.parametrize("visitor", ["NOBODY", "../usage", "a/b?c#d", "é ü", "%2e%2e"])
async def test_a_visitor_that_nobody_knows(asked: Asked, visitor: str) -> None:
    for call in (asked.client.visitor, asked.client.watch_link, asked.client.end_session):
        with pytest.raises(UnknownVisitor, match="has no visitor"):
            await call(visitor)
    assert not asked.links_made
    assert asked.calls("/usage") == 0


@pytest.mark.parametrize("visitor", ["", ".", "..", " .", "x" * 65, "a\nb"])
async def test_an_id_that_is_none_is_not_asked_for(asked: Asked, visitor: str) -> None:
    with pytest.raises(UsageError, match="short id"):
        await asked.client.watch_link(visitor)
    assert not asked.simulator.record.calls


async def test_who_comes_and_goes_is_seen(asked: Asked) -> None:
    asked.simulator.order(asked.visitor, PageOrder.LEAVE)
    gone = await asked.client.visitor(asked.visitor)
    assert (gone.is_online, gone.is_in_session) == (False, False)
    asked.simulator.order(asked.visitor, PageOrder.ARRIVE)
    back = await asked.client.visitor(asked.visitor)
    assert (back.is_online, back.is_in_session) == (True, True)


async def test_a_closed_client_says_so(asked: Asked) -> None:
    await asked.client.close()
    await asked.client.close()
    with pytest.raises(Exception, match="closed"):
        await asked.client.usage()


def test_the_configuration_gives_the_settings() -> None:
    upscope = UpscopeSection(agent_id="7", permissions=PermissionsSection(allow_scroll=True))
    assert from_config(upscope, {}) is None
    settings = from_config(upscope, {"UPSCOPE_API_KEY": "abc"})
    assert settings is not None
    assert settings.host == "api.upscope.io"
    body = calls.watch_link(settings, "V1", {}).body
    assert body is not None
    assert body["agent"] == {"id": "7", "name": "Watchdeck"}
    assert body["permissions"] == PermissionsSection(allow_scroll=True).model_dump()
    with pytest.raises(UsageError, match="UPSCOPE_API_KEY") as caught:
        from_config(upscope, {"UPSCOPE_API_KEY": "not a key"})
    assert "not a key" not in str(caught.value)


def test_a_key_that_fits_no_header_is_refused_unseen() -> None:
    with pytest.raises(UsageError, match="ASCII") as caught:
        ServiceSettings("https://h", Auth.RAW, ApiKey("schlüssel\n"))
    assert "schl" not in str(caught.value)
