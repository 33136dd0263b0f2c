"""Trust and ways through the network: an authority of one's own, proxies, and what no answer looks like."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from browser_host.config.choices import Auth
from browser_host.config.models import UpscopeSection
from browser_host.errors import UsageError
from browser_host.secrets import ApiKey
from browser_host.upscope import errors
from browser_host.upscope.client import UpscopeClient
from browser_host.upscope.retries import Patience
from browser_host.upscope.settings import ServiceSettings, from_config
from tests.upscope.authority import CERTIFICATE, KEY
from tests.upscope.conftest import Asked

BODY = b'{"usage": {"agents": 4}}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
REFUSED = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
VARIABLES = (
    *(
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "NO_PROXY",
    ),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"),
)
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
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


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


async def test_untrusted_certificate_is_refused_before_the_key(serve: Serve, tls: ssl.SSLContext) -> None:
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
        with pytest.raises(errors.LinkLost, match="not HTTP"):
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


@pytest.mark.parametrize(
    "proxy", ["ftp://canary@h", "http://h:canary", "socks5://canary:1", "http://canary@127.0.0.1:99999"]
)
async def test_an_unusable_proxy_stops_calls_alone(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    async with client("https://service.example/v1.3") as asked:
        with pytest.raises(errors.EnvironmentUnusable, match="HTTPS_PROXY") as caught:
            await asked.usage()
    assert "canary" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "entries",
    ["fe80::/10", "[::1]", "b\u00fccher.example", "http://[", "10.0.0.0/99,,;", "*.\u2603\u0301-.x"],
)
async def test_no_entry_of_no_proxy_stops_a_client(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, entries: str
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{await serve(ANSWER, [])}\n")
    monkeypatch.setenv("NO_PROXY", entries)
    async with client("http://10.255.255.1/api") as asked:
        assert (await asked.usage()).agents == 4


def test_an_unread_entry_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/99")
    client("https://service.example/v1.3")
    assert "NO_PROXY" in caplog.text
    assert "10.0.0.0/99" in caplog.text


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("content", [None, "no certificate", ""])
async def test_unusable_certificates_of_the_environment_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, content: str | None
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv(variable, str(path))
    async with client("https://service.example/v1.3") as asked:
        with pytest.raises(errors.EnvironmentUnusable, match=f"{variable} {path} can't be used: ") as caught:
            await asked.usage()
    assert "unset it" in str(caught.value)


async def test_an_unwritable_key_log_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "missing" / "keys"))
    async with client("https://service.example/v1.3") as asked:
        with pytest.raises(errors.EnvironmentUnusable, match="SSLKEYLOGFILE can't be written"):
            await asked.usage()


async def test_an_authority_of_the_environment_is_trusted(
    serve: Serve, tls: ssl.SSLContext, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{authority}\n")
    async with client(f"https://localhost:{await serve(ANSWER, [], tls)}") as asked:
        assert (await asked.usage()).agents == 4


@pytest.mark.parametrize("coding", ["utf-8", "none", "", "Identity", "identity, none"])
async def test_what_is_no_coding_is_passed_over(serve: Serve, coding: str) -> None:
    answer = ANSWER.replace(b"\r\n\r\n", f"\r\nContent-Encoding: {coding}\r\n\r\n".encode(), 1)
    async with client(f"http://127.0.0.1:{await serve(answer, [])}") as asked:
        assert (await asked.usage()).agents == 4


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "br", "utf-8, Zstd", "x-gzip"])
async def test_a_packed_answer_is_refused(serve: Serve, coding: str) -> None:
    answer = ANSWER.replace(b"\r\n\r\n", f"\r\nContent-Encoding: {coding}\r\n\r\n".encode(), 1)
    async with client(f"http://127.0.0.1:{await serve(answer, [])}") as asked:
        with pytest.raises(errors.AnswerUnreadable, match="compressed"):
            await asked.usage()


@pytest.mark.parametrize("around", ["%s\\n", " %s\\r\\n", "\\ufeff%s"])
async def test_a_line_end_around_a_link_loses_no_link(serve: Serve, around: str) -> None:
    body = b'{"watch_url": "%s"}' % (around % "https://h.example/w").encode()
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    async with client(f"http://127.0.0.1:{await serve(answer, [])}") as asked:
        assert (await asked.watch_link("V1")).reveal() == "https://h.example/w"


async def test_a_key_with_a_line_end_is_sent_without_it(serve: Serve) -> None:
    heads: list[bytes] = []
    origin = f"http://127.0.0.1:{await serve(ANSWER, heads)}"
    settings = from_config(UpscopeSection(base_url=origin), {"UPSCOPE_API_KEY": "\ufeffcanary-key\r\n"})
    assert settings is not None
    async with UpscopeClient(settings) as asked:
        assert (await asked.usage()).agents == 4
    assert b"\r\nX-Api-Key: canary-key\r\n" in heads[0]
    assert ServiceSettings(origin, Auth.X_API_KEY, ApiKey("canary-key\n")).key == ApiKey("canary-key")
