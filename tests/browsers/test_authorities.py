"""Watch pages whose certificates a private authority signed."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from browser_host.bridge.events import SessionBlocked
from browser_host.browsers.settings import PoolSettings
from browser_host.errors import BrowserUnavailable
from browser_host.secrets import WatchLink
from browser_host.sessions.session import ErrorCode
from tests.browsers.conftest import Opened
from tests.browsers.stage import Record, Stage
from tests.upscope.authority import CERTIFICATE, KEY


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "authority.pem"
    path.write_text(CERTIFICATE, "ascii")
    return path


@pytest.fixture
async def secure(tmp_path: Path, ca_file: Path) -> AsyncIterator[Stage]:
    key = tmp_path / "key.pem"
    key.write_text(KEY, "ascii")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca_file, key)
    made = Stage(context)
    await made.open()
    yield made
    await made.close()


async def test_a_private_authority_is_trusted_for_its_hosts_alone(
    open_pool: Opened, secure: Stage, record: Record, ca_file: Path
) -> None:
    pool = await open_pool(ca_file=ca_file)
    pool.open("named", secure.link("echo"))
    pool.open("other", WatchLink(secure.address("echo", host="127.0.0.2")))
    await record.until(lambda: record.said("named") and record.of(SessionBlocked))
    (blocked,) = record.of(SessionBlocked)
    assert blocked.session_id == "other"
    assert blocked.fault.code is ErrorCode.CERTIFICATE
    assert blocked.fault.text == "the certificate of 127.0.0.2 is for another host name"


async def test_without_it_the_message_names_the_setting(
    open_pool: Opened, secure: Stage, record: Record
) -> None:
    pool = await open_pool()
    pool.open("s", secure.link("echo"))
    blocked = await record.first(SessionBlocked)
    assert blocked.fault.code is ErrorCode.CERTIFICATE
    assert "name its file in browser.ca_file" in blocked.fault.text


@pytest.mark.parametrize("text", [None, "", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
async def test_a_file_without_certificates_stops_the_start(
    open_pool: Opened, settings: PoolSettings, tmp_path: Path, text: str | None
) -> None:
    wrong = tmp_path / "wrong.pem"
    if text is not None:
        wrong.write_text(text, "ascii")
    assert settings.ca_file is None
    with pytest.raises(BrowserUnavailable, match=r"browser\.ca_file"):
        await open_pool(ca_file=wrong)
