"""The invariants after each round of faults: ids, statuses, instructions, journal, events."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

from browser_host.protocol.page_messages import Status
from tests.soak.event_order import EventOrder
from tests.soak.harness import SoakHarness
from tests.soak.invariant_error import InvariantError
from tests.support import reconciliation
from tests.support.fault_harness import Sessions, is_ready
from tests.support.host_socket import NoAnswer
from tests.support.reconciliation import Answer

STEADY_S = 2.0
"""Sessions of a browser that was just killed stay live until the host notices."""

ENTRIES = 20_000
"""Journal entries between two checks, at most."""

NOTED_WITHIN_S = 8.0
"""For reports of pages to arrive, and for outcomes to be written."""


class Invariants:
    """Checks what happened since the last check."""

    def __init__(self, harness: SoakHarness) -> None:
        self._harness = harness
        self._ids = {label: session["id"] for label, session in harness.home.look().items()}
        self._entry = 0
        self._seen = 0
        self.states: Counter[str] = Counter()

    def wait_until_ready(self, within: float) -> tuple[Sessions, float]:
        """Wait until all sessions are steadily ready; return them, and since when they are.

        Args:
            within: seconds until they must be ready.
        """
        deadline = time.monotonic() + within
        since = None
        while since is None or time.monotonic() - since < STEADY_S:
            sessions = self._look()
            all_ready = len(sessions) == self._harness.sessions and all(map(is_ready, sessions.values()))
            since = (since or time.monotonic()) if all_ready else None
            if since is None and time.monotonic() > deadline:
                raise InvariantError(f"not all live within {within:g} s: {_not_ready(sessions)}")
            time.sleep(0.1)
        self._check_ids(sessions)
        return sessions, since

    def _look(self) -> Sessions:
        try:
            return self._harness.home.look()
        except (OSError, NoAnswer) as error:
            return {"host": {"hosting": repr(error), "status": None, "error": None}}

    def check(self, answers: Sequence[Answer], sessions: Sessions) -> None:
        """Assert that instructions, statuses, journal and events are consistent."""
        deadline = time.monotonic() + NOTED_WITHIN_S
        while wrong := self._violations(answers, sessions):
            if time.monotonic() > deadline:
                raise InvariantError("; ".join(wrong[:10]))
            time.sleep(0.3)
        self._entry = max((e["seq"] for e in self._entries()), default=self._entry)
        self._seen = len(self._harness.told())
        self._harness.died.clear()
        self.states.update(one.state for one in answers)
        verified = self._harness.home.run("audit", "verify")
        if verified.returncode != 0:
            raise InvariantError(f"audit verify: {verified.stdout} {verified.stderr}")

    def _check_ids(self, sessions: Sessions) -> None:
        now = {label: session["id"] for label, session in sessions.items()}
        if now != self._ids or len(set(now.values())) != len(now):
            raise InvariantError(f"ids changed: {self._ids} became {now}")

    def _violations(self, answers: Sequence[Answer], sessions: Sessions) -> list[str]:
        harness = self._harness
        record = harness.service.record()
        seen = harness.told()[self._seen :]
        known = reconciliation.histories(self._entries())
        links = {session["id"]: session["link"] for session in sessions.values()}
        # Keys in the dashboard give the test no answer: these instructions may reach a page at most once.
        answered = {one.instruction for one in answers}
        unseen = reconciliation.unobserved(answers, harness.died) | {
            one for one in known if one not in answered
        }
        own = {event["link"]: event["text"] for event in record["life"] if event["text"] in set(Status)}
        statuses = [
            f"{session['label']} is {session['status']}, but its page reported {own[session['link']]}"
            for session in harness.home.look().values()
            if own.get(session["link"], session["status"]) != session["status"]
        ]
        events = harness.under_test.events
        numbers = events.wrong if isinstance(events, EventOrder) else []
        return [
            *reconciliation.discrepancies(known, reconciliation.received(seen), links, answers, unseen),
            *statuses,
            *numbers,
        ]

    def _entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._harness.home.json(
            "history", "--reported", "--limit", str(ENTRIES)
        )["entries"]
        return [entry for entry in found if entry["seq"] > self._entry]


def _not_ready(sessions: Sessions) -> str:
    found = {
        label: (one["hosting"], one["status"], one["error"])
        for label, one in sessions.items()
        if not is_ready(one)
    }
    return f"{len(sessions)} sessions, {json.dumps(found)}"
