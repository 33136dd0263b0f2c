"""Instructions given all the while, each with a colour of its own, so that a page's record names it."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support import host_socket
from tests.support.accounts import Answer
from tests.support.programs import Home

HANDS = 4
"""Each gives to sessions of its own, so that one page that hangs holds up a fourth of them."""

EVERY_S = 0.2
"""Between two instructions of one hand."""

CONFIRM_WITHIN_S = 2.0

CALM_S = 0.5
"""Before anything answers again after nobody did."""


class Giver:
    """Gives instructions until it is told to stop, and keeps every answer.

    Args:
        colors: never gives the same twice.
    """

    def __init__(self, home: Home, sessions: Sequence[Mapping[str, Any]], colors: Iterator[int]) -> None:
        self._home = home
        self._colors = colors
        self._enough = threading.Event()
        self._lock = threading.Lock()
        self._answers: list[Answer] = []
        self._hands = [
            threading.Thread(target=self._give, args=(sessions[number::HANDS],), name=f"hand {number}")
            for number in range(min(HANDS, len(sessions)))
        ]

    def start(self) -> None:
        for hand in self._hands:
            hand.start()

    def stop(self) -> list[Answer]:
        """Gives nothing more, and returns what was answered to all that was given."""
        self._enough.set()
        for hand in self._hands:
            hand.join(host_socket.ANSWERS_WITHIN_S + CONFIRM_WITHIN_S)
            assert not hand.is_alive()
        return self.answers

    @property
    def answers(self) -> list[Answer]:
        """Those that came so far."""
        with self._lock:
            return list(self._answers)

    def _give(self, sessions: Sequence[Mapping[str, Any]]) -> None:
        turn = 0
        while not self._enough.wait(EVERY_S):
            answer = self._one(sessions[turn % len(sessions)])
            turn += 1
            with self._lock:
                self._answers.append(answer)
            if answer.state == "no answer":
                self._enough.wait(CALM_S)

    def _one(self, session: Mapping[str, Any]) -> Answer:
        with self._lock:
            color = f"#{next(self._colors):06x}"
        began = time.time()
        body = {"ids": [session["id"]], "action": "color", "color": color, "timeout_s": CONFIRM_WITHIN_S}
        state, number, text = "no answer", None, ""
        # A host that is killed, stopped or without its socket answers nothing, which is an answer too.
        with contextlib.suppress(OSError, host_socket.NoAnswer):
            status, said = host_socket.ask(self._home.socket, "/v1/instructions", body)
            if status == 200:
                (result,) = said["results"]
                state, number, text = result["state"], result["instruction"], result["text"]
            else:
                state, text = "refused", f"{said['error']['code']}: {said['error']['text']}"
        return Answer(
            session["id"], session["link"], "switchColor", color, began, time.time(), state, number, text
        )
