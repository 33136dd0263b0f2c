"""Somebody at work all the while: modes, ends with another start, the dashboard's keys, commands."""

import contextlib
import random
import threading
import time
from typing import Any

from tests.soak.town import Town
from tests.support import host_socket
from tests.support.accounts import Answer
from tests.support.host_socket import NoAnswer

MODES = ("draw", "pointer", "cursor")
SETTLED_S = 3.0
"""After its end a session's instructions have come as far as they can; one that is removed before leaves
them without a last word in the journal."""

LATE_S = 8.0
"""An end that was told to a page that hangs takes effect when it comes to itself."""

KEYS = ("j", "k", "s", "d", "p", "c", " ", "U", "w", "f", "f", "\x1b")


class Operator:
    """Does one thing after the other until told to stop; leaves all sessions hosted.

    Args:
        chance: decides what.
    """

    def __init__(self, town: Town, chance: random.Random) -> None:
        self._town = town
        self._chance = chance
        self._enough = threading.Event()
        self._thread = threading.Thread(target=self._work, name="operator")
        self.answers: list[Answer] = []
        self.ended = 0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> list[Answer]:
        """Does nothing more, and returns what was answered."""
        self._enough.set()
        self._thread.join(90)
        assert not self._thread.is_alive()
        return self.answers

    def _work(self) -> None:
        acts = (self._mode, self._mode, self._key, self._key, self._key, self._list, self._end)
        while not self._enough.wait(self._chance.uniform(0.1, 0.8)):
            act = self._chance.choice(acts)
            # The host may be away, which others look into.
            with contextlib.suppress(OSError, NoAnswer, AssertionError):
                act()

    def _mode(self) -> None:
        sessions = list(self._town.home.look().values())
        some = self._chance.sample(sessions, min(len(sessions), 3))
        mode = self._chance.choice(MODES)
        self._give("/v1/instructions", "setMode", mode, some, {"action": "mode", "mode": mode})

    def _end(self) -> None:
        """Ends a session, and hosts it again as a new one would be."""
        label = self._chance.choice(sorted(self._town.home.look()))
        session = self._town.home.look()[label]
        with contextlib.suppress(
            OSError, NoAnswer
        ):  # whatever became of it, the session is to be hosted after
            self._give("/v1/ends", "endSession", "", [session], {})
        self.ended += 1
        time.sleep(SETTLED_S)
        url = self._town.service.urls[int(label[1:])]
        deadline, lives_since = time.monotonic() + 60, 0.0
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, NoAnswer, AssertionError):
                now = self._town.home.look().get(label)
                if now is None or now["hosting"] == "ended":
                    self._again(now, label, url)
                    lives_since = 0.0
                elif now["hosting"] != "live":
                    lives_since = 0.0
                elif not lives_since:
                    lives_since = time.monotonic()
                elif time.monotonic() - lives_since > LATE_S:
                    return
            time.sleep(0.3)

    def _again(self, session: dict[str, Any] | None, label: str, url: str) -> None:
        if session is not None:
            self._town.home.run("remove", session["id"])
        self._town.home.run("add", "--url", "-", "--label", label, stdin=url)

    def _key(self) -> None:
        self._town.window.press(self._chance.choice(KEYS))

    def _list(self) -> None:
        self._town.home.run("list", "--json")

    def _give(
        self, address: str, action: str, argument: str, some: list[dict[str, Any]], body: dict[str, Any]
    ) -> None:
        began = time.time()
        asked = {"ids": [one["id"] for one in some], "timeout_s": 2, **body}
        status, said = host_socket.ask(self._town.home.socket, address, asked)
        results = {one["id"]: one for one in said["results"]} if status == 200 else {}
        for one in some:
            result = results.get(one["id"], {"state": "refused", "instruction": None, "text": str(said)})
            self.answers.append(
                Answer(
                    one["id"],
                    one["link"],
                    action,
                    argument,
                    began,
                    time.time(),
                    result["state"],
                    result["instruction"],
                    result["text"],
                )
            )
