"""Trust and ways through the network: an authority of one's own, proxies, and what no answer looks like."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from browser_host.config.choices import Auth
from browser_host.errors import UsageError
from browser_host.secrets import ApiKey
from browser_host.upscope import errors
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.retries import Patience
from browser_host.upscope.settings import ServiceSettings
from tests.upscope.authority import CERTIFICATE, KEY
from tests.upscope.conftest import Asked

BODY = b'{"usage": {"agents": 4}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
ONCE = Patience(attempts=1)
Serve = Callable[..., Awaitable[int]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Serves one answer to whatever is asked, and writes down what was."""
    async with AsyncExitStack() as stack:

        async def start(answer: bytes, heads: list[bytes], tls: ssl.SSLContext | None = None) -> int:
            async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                try:
                    heads.append(await reader.read(65536))
                    writer.write(answer)
                    await writer.drain()
                finally:
                    writer.close()

            server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
            stack.callback(server.close)
            return int(server.sockets[0].getsockname()[1])

        yield start


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def client(base_url: str, ca_file: Path | None = None, patience: Patience = ONCE) -> UpscopeClient:
    settings = ServiceSettings(base_url, Auth.X_API_KEY, ApiKey("canary-key"), ca_file=ca_file)
    return UpscopeClient(settings, patience=patience)


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_text(CERTIFICATE)
    return path


@pytest.fixture
def tls(authority: Path, tmp_path: Path) -> ssl.SSLContext:
    key = tmp_path / "key.pem"
    key.write_text(KEY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority, key)
    return context


async def test_an_authority_of_ones_own_is_trusted_where_it_is_named(
    serve: Serve, tls: ssl.SSLContext, authority: Path
) -> None:
    heads: list[bytes] = []
    port = await serve(ANSWER, heads, tls)
    async with client(f"https://localhost:{port}", authority) as asked:
        assert (await asked.usage()).agents == 4
    assert b"X-Api-Key: canary-key" in heads[0]


async def test_a_certificate_of_nobody_known_is_refused_before_the_key_is_sent(
    serve: Serve, tls: ssl.SSLContext
) -> None:
    heads: list[bytes] = []
    port = await serve(ANSWER, heads, tls)
    async with client(f"https://localhost:{port}", patience=Patience(total_s=5.0)) as asked:
        with pytest.raises(errors.TlsRefused, match=r"self-signed certificate\); .* upscope\.ca_file"):
            await asked.watch_link("V1")
    assert not heads


async def test_what_speaks_no_tls_is_told(serve: Serve) -> None:
    port = await serve(b"SSH-2.0\r\n\r\n", [])
    async with client(f"https://localhost:{port}") as asked:
        with pytest.raises(errors.Unreachable, match="no TLS connection"):
            await asked.watch_link("V1")


async def test_what_speaks_no_http_may_have_done_it_all_the_same(serve: Serve) -> None:
    port = await serve(b"SSH-2.0-OpenSSH\r\n\r\n", [])
    async with client(f"http://127.0.0.1:{port}") as asked:
        with pytest.raises(errors.LinkLost, match="no HTTP"):
            await asked.watch_link("V1")


@pytest.mark.parametrize("content", [None, "no certificate", ""])
def test_an_authority_that_can_not_be_read_is_told(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(UsageError, match=r"upscope\.ca_file .* can't be used: "):
        client("https://h", path)


async def test_a_proxy_of_the_environment_is_used(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    heads: list[bytes] = []
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{await serve(ANSWER, heads)}")
    async with client("http://10.255.255.1/api") as asked:
        assert (await asked.usage()).agents == 4
    assert heads[0].startswith(b"GET http://10.255.255.1/api/usage HTTP/1.1\r\n")


async def test_a_proxy_that_refuses_is_told(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    heads: list[bytes] = []
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:canary-pw@127.0.0.1:{await serve(REFUSED, heads)}")
    async with client("https://service.example/v1.3") as asked:
        with pytest.raises(errors.Unreachable, match="the proxy refused: 407") as caught:
            await asked.watch_link("V1")
    assert "canary" not in str(caught.value)
    assert heads[0].startswith(b"CONNECT service.example:443")
    assert b"canary-key" not in heads[0]


async def test_this_machine_is_not_asked_by_way_of_a_proxy(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with UpscopeClient(asked.settings) as again:
        assert (await again.usage()).agents == 1


@pytest.mark.parametrize("proxy", ["ftp://canary@h", "http://h:canary", "socks5://canary:1"])
def test_a_proxy_that_is_none_is_told_unseen(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(UsageError, match="HTTPS_PROXY") as caught:
        client("https://service.example/v1.3")
    assert "canary" not in str(caught.value)
    assert caught.value.__context__ is None
