"""A proxy on 127.0.0.1 with `watch.example` behind it, which notes whatever else it is asked for.

The certificate of watch.example and internal.example and its key were made for these tests and are trusted
nowhere. Signed by itself with `openssl ca -selfsign`, valid from 2020 to 2120.
"""

import asyncio
import ssl
from pathlib import Path

CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBkDCCATWgAwIBAgIBATAKBggqhkjOPQQDAjAgMR4wHAYDVQQDDBVXYXRjaGRl
Y2sgcHJveHkgdGVzdHMwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBa
MCAxHjAcBgNVBAMMFVdhdGNoZGVjayBwcm94eSB0ZXN0czBZMBMGByqGSM49AgEG
CCqGSM49AwEHA0IABC4deqNm/ahWiIQMTYRhRC6nxETi4xVNepEb/Oh8PoXg5rww
Nso4g0+330P9iVb7E+ekZIWh0wYDBaQ6R0onlAGjXjBcMA8GA1UdEwEB/wQFMAMB
Af8wKgYDVR0RBCMwIYINd2F0Y2guZXhhbXBsZYIQaW50ZXJuYWwuZXhhbXBsZTAd
BgNVHQ4EFgQUMgKUwxuDIpDIoNsgbiZvFzrxrZwwCgYIKoZIzj0EAwIDSQAwRgIh
AJj8dyZJHuFlLYyEvEwAMN6WWQPi6YqT7f1cEFKosussAiEAq+IXsfoqoyEtG7LK
0QKv7X9/3Jit+/Oa0j2jJtVdTAc=
-----END CERTIFICATE-----
"""

KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg/lqa654TTXx0o+6R
UeumMNu/7lflarB2X14flnu2tmGhRANCAAQuHXqjZv2oVoiEDE2EYUQup8RE4uMV
TXqRG/zofD6F4Oa8MDbKOINPt99D/YlW+xPnpGSFodMGAwWkOkdKJ5QB
-----END PRIVATE KEY-----
"""


class Proxy:
    """Answers `https://watch.example/` with a page, and notes whatever else it is asked to connect to."""

    def __init__(self, folder: Path) -> None:
        self.ca_file = folder / "authority.pem"
        self.port = 0
        self.page = ""
        self.asked: list[str] = []
        self._key = folder / "key.pem"
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        self.ca_file.write_text(CERTIFICATE, "ascii")
        self._key.write_text(KEY, "ascii")
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.close()
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            what = (await _request(reader)).split()
            if what[:2] != ["CONNECT", "watch.example:443"]:
                self.asked.append(" ".join(what[:2]))
                writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                return
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await writer.drain()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.ca_file, self._key)
            await writer.start_tls(context)
            while await _request(reader):
                body = self.page.encode()
                head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the browser hung up, or the test is over
        finally:
            self._writers.discard(writer)
            writer.close()


async def _request(reader: asyncio.StreamReader) -> str:
    """The first line of a request, its headers read and thrown away; empty at the end."""
    head = await reader.readuntil(b"\r\n\r\n")
    return head.split(b"\r\n")[0].decode("latin-1")
