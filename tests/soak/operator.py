"""An operator at work: modes, ends and new starts, keys in the dashboard, commands."""

import contextlib
import random
import threading
import time
from typing import Any

from tests.soak.harness import SoakHarness
from tests.support import host_socket
from tests.support.host_socket import NoAnswer
from tests.support.reconciliation import Answer

MODES = ("draw", "pointer", "cursor")
SETTLED_S = 3.0
"""Time for the outcomes of an ended session's instructions, which a removal would cut off."""

LATE_S = 8.0
"""An end posted to a hung page takes effect when the page recovers."""

KEYS = ("j", "k", "s", "d", "p", "c", " ", "U", "w", "f", "f", "\x1b")


class Operator:
    """Acts at random until it is stopped; leaves all sessions hosted.

    Args:
        chance: source of randomness.
    """

    def __init__(self, harness: SoakHarness, chance: random.Random) -> None:
        self._harness = harness
        self._chance = chance
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="operator")
        self.answers: list[Answer] = []
        self.ended = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> list[Answer]:
        """Stop acting, and return all answers."""
        self._stopping.set()
        self._thread.join(90)
        assert not self._thread.is_alive()
        return self.answers

    def _work(self) -> None:
        actions = (self._mode, self._mode, self._key, self._key, self._key, self._list, self._end)
        while not self._stopping.wait(self._chance.uniform(0.1, 0.8)):
            action = self._chance.choice(actions)
            # The host may be down; the invariants cover that.
            with contextlib.suppress(OSError, NoAnswer, AssertionError):
                action()

    def _mode(self) -> None:
        sessions = list(self._harness.home.look().values())
        some = self._chance.sample(sessions, min(len(sessions), 3))
        mode = self._chance.choice(MODES)
        self._send("/v1/instructions", "setMode", mode, some, {"action": "mode", "mode": mode})

    def _end(self) -> None:
        """End a session, and host it again as a new one."""
        label = self._chance.choice(sorted(self._harness.home.look()))
        session = self._harness.home.look()[label]
        # Whatever the outcome, the session must be hosted afterwards.
        with contextlib.suppress(OSError, NoAnswer):
            self._send("/v1/ends", "endSession", "", [session], {})
        self.ended += 1
        time.sleep(SETTLED_S)
        url = self._harness.service.urls[int(label[1:])]
        deadline, live_since = time.monotonic() + 60, 0.0
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, NoAnswer, AssertionError):
                now = self._harness.home.look().get(label)
                if now is None or now["hosting"] == "ended":
                    self._host_again(now, label, url)
                    live_since = 0.0
                elif now["hosting"] != "live":
                    live_since = 0.0
                elif not live_since:
                    live_since = time.monotonic()
                elif time.monotonic() - live_since > LATE_S:
                    return
            time.sleep(0.3)

    def _host_again(self, session: dict[str, Any] | None, label: str, url: str) -> None:
        if session is not None:
            self._harness.home.run("remove", session["id"])
        self._harness.home.run("add", "--no-wait", "--url", "-", "--label", label, stdin=url)

    def _key(self) -> None:
        self._harness.window.press(self._chance.choice(KEYS))

    def _list(self) -> None:
        self._harness.home.run("list", "--json")

    def _send(
        self, address: str, action: str, argument: str, some: list[dict[str, Any]], body: dict[str, Any]
    ) -> None:
        sent_at = time.time()
        asked = {"ids": [one["id"] for one in some], "timeout_s": 2, **body}
        status, reply = host_socket.ask(self._harness.home.socket, address, asked)
        results = {one["id"]: one for one in reply["results"]} if status == 200 else {}
        for one in some:
            result = results.get(one["id"], {"state": "refused", "instruction": None, "text": str(reply)})
            self.answers.append(
                Answer(
                    one["id"],
                    one["link"],
                    action,
                    argument,
                    sent_at,
                    time.time(),
                    result["state"],
                    result["instruction"],
                    result["text"],
                )
            )
