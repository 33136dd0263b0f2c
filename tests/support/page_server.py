"""Watch pages that nobody at Watchdeck wrote: scripts by name, served over TCP by a thread."""

import contextlib
import http.server
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

HELPERS = """
const tell = (m) => parent.postMessage(m, '*');
const st = (s) => tell({type: 'sessionStatusUpdate', sessionStatus: s});
const color = (c) => tell({type: 'currentColor', color: c});
"""


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered to a path.

    Args:
        script: of the page, after `HELPERS`.
        headers: beside those of every page.
    """

    script: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageServer:
    port: int

    def address(self, name: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}/{name}"


@contextlib.contextmanager
def serving(pages: dict[str, Page]) -> Iterator[PageServer]:
    """Serve pages by name until the block ends; they may be added to meanwhile."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            page = pages.get(self.path.strip("/").split("?")[0], Page(status=404))
            body = f"<!doctype html><body><script>{HELPERS}{page.script}</script>".encode()
            self.send_response(page.status)
            for name, value in {"Content-Type": "text/html", **page.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, name="pages")
        thread.start()
        try:
            yield PageServer(server.server_address[1])
        finally:
            server.shutdown()
            thread.join(5)
