"""A load of instructions, each with its own colour, so that the pages' record identifies it."""

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support import host_socket
from tests.support.programs import Home
from tests.support.reconciliation import Answer

WORKERS = 4
"""Each has its own sessions, so that one hung page delays only a quarter of them."""

INTERVAL_S = 0.2
"""Between two instructions of one worker."""

CONFIRM_WITHIN_S = 2.0

RETRY_AFTER_S = 0.5
"""Pause after a request without an answer."""


class InstructionLoad:
    """Sends instructions until it is stopped, and keeps every answer.

    Args:
        colors: yields each colour once.
    """

    def __init__(self, home: Home, sessions: Sequence[Mapping[str, Any]], colors: Iterator[int]) -> None:
        self._home = home
        self._colors = colors
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._answers: list[Answer] = []
        self._workers = [
            threading.Thread(target=self._work, args=(sessions[number::WORKERS],), name=f"worker {number}")
            for number in range(min(WORKERS, len(sessions)))
        ]

    def start(self) -> None:
        for worker in self._workers:
            worker.start()

    def stop(self) -> list[Answer]:
        """Stop sending, and return all answers."""
        self._stopping.set()
        for worker in self._workers:
            worker.join(host_socket.ANSWERS_WITHIN_S + CONFIRM_WITHIN_S)
            assert not worker.is_alive()
        return self.answers

    @property
    def answers(self) -> list[Answer]:
        """The answers so far."""
        with self._lock:
            return list(self._answers)

    def _work(self, sessions: Sequence[Mapping[str, Any]]) -> None:
        number = 0
        while not self._stopping.wait(INTERVAL_S):
            answer = self._instruct(sessions[number % len(sessions)])
            number += 1
            with self._lock:
                self._answers.append(answer)
            if answer.state == "no answer":
                self._stopping.wait(RETRY_AFTER_S)

    def _instruct(self, session: Mapping[str, Any]) -> Answer:
        with self._lock:
            color = f"#{next(self._colors):06x}"
        sent_at = time.time()
        body = {"ids": [session["id"]], "action": "color", "color": color, "timeout_s": CONFIRM_WITHIN_S}
        state, number, text = "no answer", None, ""
        # A host that is killed, stopped or without its socket does not answer; that counts as a result too.
        with contextlib.suppress(OSError, host_socket.NoAnswer):
            status, reply = host_socket.ask(self._home.socket, "/v1/instructions", body)
            if status == 200:
                (result,) = reply["results"]
                state, number, text = result["state"], result["instruction"], result["text"]
            else:
                state, text = "refused", f"{reply['error']['code']}: {reply['error']['text']}"
        return Answer(
            session["id"], session["link"], "switchColor", color, sent_at, time.time(), state, number, text
        )
