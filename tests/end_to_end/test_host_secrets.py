"""Canaries: links' tokens and an API key, led through every trouble, and searched for everywhere."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from browser_host.browsers.install.locate import Found
from browser_host.errors import Exit
from browser_host.simulator.scenarios import Behaviour
from tests.end_to_end.conftest import Configure
from tests.support import host_socket
from tests.support.host_socket import listening
from tests.support.processes import command_lines, pids_of
from tests.support.programs import WATCHDECK, Home, Program, gone, running
from tests.support.upscope import Upscope, upscope
from tui.replay.recording_index import Recording

KEY = "canary-key-5f1d9c2b7a"
REFUSED = "canary-refused-88aa01"
MISTAKEN = "canary-mistaken-7c3e55"
ADDED = "canary-added-19b2f4"
CULPRITS = (
    Behaviour.NORMAL,
    Behaviour.HTTP_404,
    Behaviour.FRAMING_DENIED,
    Behaviour.CRASH_ONCE,
    Behaviour.LEAVES,
)


@dataclass
class Trail:
    """All that was said by programs and is not in a file of the home."""

    canaries: tuple[bytes, ...]
    said: dict[str, str] = field(default_factory=dict)

    def take(self, what: str, text: str) -> None:
        self.said[what] = self.said.get(what, "") + text

    def found(self, home: Home, *, but: frozenset[Path]) -> list[str]:
        """Where canaries are: names of files under the home, and of what was said."""
        paths = [Path(folder, name) for folder, _, names in os.walk(home.path) for name in names]
        places = [
            str(path) for path in paths if path not in but and path.is_file() and self._in(path.read_bytes())
        ]
        return places + [what for what, text in self.said.items() if self._in(text.encode())]

    def _in(self, text: bytes) -> bool:
        return any(canary in text or canary.decode().encode("utf-16-le") in text for canary in self.canaries)


@pytest.fixture(scope="module")
def service(home: Home, log: Path) -> Iterator[Upscope]:
    with upscope(home, log, sessions=len(CULPRITS), scenario=",".join(CULPRITS)) as found:
        yield found


@pytest.fixture(scope="module")
def trail(service: Upscope) -> Trail:
    tokens = tuple(url.rpartition("/")[2].encode() for url in service.urls)
    return Trail((*tokens, *(canary.encode() for canary in (KEY, REFUSED, MISTAKEN, ADDED))))


@pytest.fixture(scope="module")
def host(home: Home, log: Path, service: Upscope, trail: Trail, configure: Configure) -> Iterator[Program]:
    links = {behaviour.value: url for behaviour, url in zip(CULPRITS, service.urls, strict=True)}
    links["refused"] = f"http://127.0.0.1:9/w/{REFUSED}?token={REFUSED}"
    more = f'[upscope]\nbase_url = "{service.base_url}"\n[log]\nlevel = "debug"\n[end]\nundo = "0s"\n'
    configure(links, more=more)
    # DEBUG and DEBUGP would have Playwright print all that it sends.
    with running(home, "host", log=log, UPSCOPE_API_KEY=KEY, DEBUG="*", DEBUGP="1", PWDEBUG="1") as program:
        trail.take("ready", json.dumps(program.ready))
        yield program


def test_what_a_host_says_and_leaves_carries_no_secret(
    home: Home, host: Program, trail: Trail, service: Upscope, request: pytest.FixtureRequest
) -> None:
    with listening(home.socket) as events:
        watching = subprocess.Popen(
            [WATCHDECK, "watch"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=home.environment(),
            text=True,
        )
        recording = subprocess.Popen(
            [WATCHDECK, "record", home.path / "recording.jsonl", "--since", "1h"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=home.environment(),
            text=True,
        )
        request.addfinalizer(recording.kill)  # it would wait for a host that is gone
        now = home.until(
            lambda now: (
                now["normal"]["status"] == now["leaves"]["status"] == "viewerReady"
                and now["crash-once"]["process"] is not None
                and "page_crashed" in json.dumps(events.so_far())
                and {now[name]["hosting"] for name in ("http-404", "framing-denied", "refused")}
                == {"blocked"}
            ),
            within=30,
        )
        for command in (
            ("list",),
            ("list", "--json"),
            ("config", "show"),
            ("config", "show", "--json"),
            ("doctor",),
            ("end", "--yes", now["leaves"]["id"]),
            ("add", "--url", service.urls[0]),
            ("add", "--url", f"ftp://example.org/{ADDED}"),
            ("add", "--url", f"https://user:{ADDED}@example.org/"),
            ("history",),
            ("stats",),
        ):
            done = home.run(*command, UPSCOPE_API_KEY=KEY)
            trail.take(" ".join(command[:2]), done.stdout + done.stderr)
        for session in now.values():
            address = f"/v1/sessions/{session['id']}"
            trail.take(address, host_socket.get_text(home.socket, address))
        for address in ("/v1/snapshot", "/v1/health", "/metrics"):
            trail.take(address, host_socket.get_text(home.socket, address))
        for body in (
            {"watch_url": f"http://example.org/{ADDED}"},
            {"watch_url": [ADDED]},
            {"nonsense": ADDED},
        ):
            with pytest.raises(AssertionError) as refused:
                host_socket.post(home.socket, "/v1/sessions", body)
            trail.take("refused body", str(refused.value))
        trail.take("events", json.dumps(events.so_far()))
    pids = pids_of(host.process.pid)
    trail.take("command lines", command_lines(pids))
    for name, program in (("watch", watching), ("record", recording)):
        program.send_signal(signal.SIGINT)
        trail.take(name, program.communicate(timeout=10)[0])
    assert recording.returncode == Exit.INTERRUPTED
    with Recording(home.path / "recording.jsonl") as recorded:
        shown = recorded.deck_at(recorded.end).sessions
        assert recorded.is_whole
    assert {one.label: one.link for one in shown.values()} == {
        one["label"]: one["link"] for one in now.values()
    }
    assert "page_crashed" in (home.path / "recording.jsonl").read_text()
    assert "key" in trail.said["doctor"]
    assert trail.said["watch"]
    config = frozenset({home.config})
    for pid in pids:  # all at once, so that nobody tidies up: what the browser wrote stays
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    host.process.wait(10)
    assert gone(pids, within=10) == []
    assert any(home.temporary.iterdir())
    assert trail.found(home, but=config) == []
    assert trail.found(home, but=frozenset()) == [str(home.config)]  # the search does find what is there
    assert (home.path / "stderr.txt").exists()


FAULT = """
import os
from browser_host.browsers.pool import Pool

def broken(self, session_id, link, placing=None):
    headers = {"X-Api-Key": os.environ["UPSCOPE_API_KEY"]}
    raise RuntimeError(f"{session_id}: {link!r} at {link.reveal()} with {headers}")

Pool.open = broken
"""
"""Python runs a `sitecustomize` before the program: a fault of our own, where the secrets are at hand."""


def test_a_crash_of_the_host_tells_no_secret(
    service: Upscope, trail: Trail, browser: Found, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(FAULT)
    home = Home(tmp_path / "home")
    home.path.mkdir()
    link = f'[[sessions]]\nlabel = "a"\nwatch_url = "{service.urls[0]}"\n'
    home.configure(f'[browser]\nexecutable = "{browser.executable}"\n{link}')
    python_path = os.pathsep.join(filter(None, (str(tmp_path), os.environ.get("PYTHONPATH"))))
    done = home.run("host", UPSCOPE_API_KEY=KEY, PYTHONPATH=python_path)
    assert done.returncode == 1
    assert "internal error" in done.stderr
    assert "Traceback" not in done.stderr
    assert "broken" in (home.path / "state" / "watchdeck" / "cli.log").read_text()
    trail.take("crash", done.stdout + done.stderr)
    assert trail.found(home, but=frozenset({home.config})) == []


def test_a_mistake_beside_a_link_does_not_quote_it(home: Home, trail: Trail, tmp_path: Path) -> None:
    mistakes = (
        f'[[sessions]]\nlabel = "a"\nwatch_url = "ftp://example.org/w/{MISTAKEN}"\n',
        f'[[sessions]]\nlabel = "a"\nwatch_uri = "https://example.org/w/{MISTAKEN}"\n',
        f'[[sessions]]\nlabel = "a"\nwatch_url = "https://example.org/w/{MISTAKEN}\n',
        f'[[sessions]]\nlabel = "a"\nwatch_url = ["https://example.org/w/{MISTAKEN}"]\n',
        f'[upscope]\napi_key = "{MISTAKEN}"\n',
    )
    for number, text in enumerate(mistakes):
        config = tmp_path / f"{number}.toml"
        config.write_text(text)
        config.chmod(0o600)
        done = home.run("host", "--config", str(config), UPSCOPE_API_KEY=KEY)
        assert done.returncode == 2, done
        assert f"{number}.toml" in done.stderr
        trail.take("mistakes", done.stdout + done.stderr)
    assert trail.found(home, but=frozenset({home.config})) == []
