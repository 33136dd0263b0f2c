"""What must be true when all is quiet: identities, statuses, instructions, journal, events."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from browser_host.protocol.events import Status
from tests.soak.numbers import Numbers
from tests.soak.town import Town
from tests.soak.violation import Violation
from tests.support import accounts
from tests.support.accounts import Answer
from tests.support.fault_stage import Sessions, is_ready
from tests.support.host_socket import NoAnswer

STEADY_S = 2.0
"""A browser that has just been killed passes for live until the host hears of it."""

ENTRIES = 20_000
"""Of the journal, between two looks."""

NOTED_WITHIN_S = 8.0
"""For what pages note to arrive, and for outcomes to be written."""


class Books:
    """Looks at what happened since the last look; what was settled then is not looked at again."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._ids = {label: session["id"] for label, session in town.home.look().items()}
        self._entry = 0
        self._seen = 0
        self.fates: Counter[str] = Counter()

    def rest(self, within: float) -> tuple[Sessions, float]:
        """The sessions, once all have been live for a while with nothing wrong, and since when they are.

        Args:
            within: seconds until that while begins.
        """
        deadline = time.monotonic() + within
        since = None
        while since is None or time.monotonic() - since < STEADY_S:
            sessions = self._look()
            well = len(sessions) == self._town.sessions and all(map(is_ready, sessions.values()))
            since = (since or time.monotonic()) if well else None
            if since is None and time.monotonic() > deadline:
                raise Violation(f"not all live within {within:g} s: {_ill(sessions)}")
            time.sleep(0.1)
        self._known(sessions)
        return sessions, since

    def _look(self) -> Sessions:
        try:
            return self._town.home.look()
        except (OSError, NoAnswer) as error:
            return {"host": {"hosting": repr(error), "status": None, "error": None}}

    def balance(self, answers: Sequence[Answer], sessions: Sessions) -> None:
        """Every instruction has one fate, and each status is the page's own last word."""
        deadline = time.monotonic() + NOTED_WITHIN_S
        while wrong := self._wrong(answers, sessions):
            if time.monotonic() > deadline:
                raise Violation("; ".join(wrong[:10]))
            time.sleep(0.3)
        self._entry = max((e["seq"] for e in self._entries()), default=self._entry)
        self._seen = len(self._town.told())
        self._town.died.clear()
        self.fates.update(one.state for one in answers)
        verdict = self._town.home.run("audit", "verify")
        if verdict.returncode != 0:
            raise Violation(f"audit verify: {verdict.stdout} {verdict.stderr}")

    def _known(self, sessions: Sessions) -> None:
        now = {label: session["id"] for label, session in sessions.items()}
        if now != self._ids or len(set(now.values())) != len(now):
            raise Violation(f"ids changed: {self._ids} became {now}")

    def _wrong(self, answers: Sequence[Answer], sessions: Sessions) -> list[str]:
        town = self._town
        record = town.service.record()
        seen = town.told()[self._seen :]
        known = accounts.fates(self._entries())
        links = {session["id"]: session["link"] for session in sessions.values()}
        # Who pressed a key on the dashboard has no answer: what the journal says of it is held to `at most`.
        answered = {one.instruction for one in answers}
        unseen = accounts.unwitnessed(answers, town.died) | {one for one in known if one not in answered}
        own = {lived["link"]: lived["text"] for lived in record["life"] if lived["text"] in set(Status)}
        statuses = [
            f"{session['label']} is {session['status']}, and its page said {own[session['link']]}"
            for session in town.home.look().values()
            if own.get(session["link"], session["status"]) != session["status"]
        ]
        events = town.stage.events
        numbers = events.wrong if isinstance(events, Numbers) else []
        return [
            *accounts.complaints(known, accounts.seen(seen), links, answers, unseen),
            *statuses,
            *numbers,
        ]

    def _entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._town.home.json("history", "--limit", str(ENTRIES))["entries"]
        return [entry for entry in found if entry["seq"] > self._entry]


def _ill(sessions: Sessions) -> str:
    ill = {
        label: (one["hosting"], one["status"], one["error"])
        for label, one in sessions.items()
        if not is_ready(one)
    }
    return f"{len(sessions)} sessions, {json.dumps(ill)}"
