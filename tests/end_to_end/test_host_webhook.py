"""A webhook whose receiver is down when the host stops: the next host delivers what waited, once."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.conftest import Configure
from tests.support import host_socket
from tests.support.fault_case import until
from tests.support.programs import Home, running
from tests.support.upscope import upscope

ALERT = """
[[alerts]]
name = "ready"
when = "status:viewerReady"
for = "0s"
webhook_url = "http://127.0.0.1:{port}/hook"
"""


@contextmanager
def receiver(port: int) -> Iterator[list[tuple[str, dict[str, object]]]]:
    """What comes: the id and the body of each message."""
    got: list[tuple[str, dict[str, object]]] = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            got.append((self.headers["webhook-id"], body))
            self.send_response(204)
            self.end_headers()

    with http.server.HTTPServer(("127.0.0.1", port), Hook) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield got
        finally:
            server.shutdown()
            thread.join()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_the_next_host_delivers_what_the_last_one_could_not(
    home: Home, log: Path, configure: Configure
) -> None:
    port, kept = free_port(), home.path / "state" / "watchdeck" / "undelivered.json"
    with upscope(home, log, sessions=1, scenario="normal") as service:
        configure({"one": service.urls[0]}, more=ALERT.format(port=port))
        with running(home, "host", log=log):
            until(lambda: "fails" in (host_socket.get(home.socket, "/v1/health")["reason"] or ""), 30)
        waiting = json.loads(kept.read_text("utf-8"))["waiting"]
        assert json.loads(waiting[0]["body"])["type"] == "alert.firing"
        with receiver(port) as got, running(home, "host", log=log):
            until(lambda: got, 20)
            assert not kept.exists()
        assert got[0] == (waiting[0]["id"], json.loads(waiting[0]["body"]))
        assert [sent for sent, _ in got].count(waiting[0]["id"]) == 1
    assert not kept.exists()
