"""What may be sent, by what keys mean: worked out beside the dashboard, from what was on the screen."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from textual.command import CommandPalette
from textual.screen import Screen
from textual.widgets import Input

from browser_host.sessions.views import SessionView
from tests.monkey.dashboard import Dashboard
from tests.monkey.fake_service import Request
from tests.monkey.steps import Key, Mouse, Resize, Step
from tui.screens.choose_color import ChooseColorScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.detail import DetailScreen
from tui.screens.plan import PlanScreen
from tui.screens.sessions import SessionsScreen
from tui.widgets.lines import Lines

QUIET_S, ALONE_S = 0.5, 0.15
"""The rule's, written down again: a model that reads it from the code proves nothing."""

ASKS_FROM = (32, 5)
MANY = 10

INSTRUCTS: Mapping[str, Mapping[str, Any]] = {
    "d": {"action": "setMode", "mode": "draw"},
    "kitty d": {"action": "setMode", "mode": "draw"},
    "p": {"action": "setMode", "mode": "pointer"},
    "c": {"action": "setMode", "mode": "cursor"},
    "s": {"action": "switchColor"},
}
SAYS_NO = frozenset({"escape", "n", "ctrl+c"})
MARKS = frozenset({"space", "v", "a", "U"})


@dataclass(frozen=True, slots=True)
class Sight:
    """What the operator had before them when a step began.

    Args:
        target: whom a key would mean: the marks, else the cursor's row.
        is_sure: the cursor is where the operator put it, or marks are set.
        typing: keys go into a box.
        footer: its last line, as it is painted; empty for what is not done with the mouse.
    """

    screen: Screen[Any]
    target: frozenset[str]
    marks: frozenset[str]
    rows: frozenset[str]
    is_sure: bool
    typing: bool
    footer: str

    def hint_at(self, mouse: Mouse) -> str:
        """The key that a click on the footer stands for; empty beside one."""
        if mouse.y != self.screen.size.height - 1:
            return ""
        hints = re.finditer(r"(?<= )\S+( \S+)+(?= |$)", self.footer)
        hint = next((found[0] for found in hints if found.start() - 1 <= mouse.x <= found.end()), "")
        key = hint.partition(" ")[0]
        return {"⏎": "enter"}.get(key, key)


@dataclass(slots=True)
class Asked:
    """A question that is up: whom it is about, and what was typed since.

    Args:
        interrupted: it was cancelled by a hand that types elsewhere, and goes on doing so.
    """

    ids: frozenset[str]
    kind: str
    typed: str = ""
    cancelled: bool = False
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Grant:
    """What a step may send: at most these ids, once each."""

    kind: str
    ids: frozenset[str]
    body: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Model:
    """Follows the steps, and judges what the host was told after each."""

    asked: Asked | None = None
    colored: frozenset[str] = frozenset()
    last_key: float = -1.0
    hushed: bool = False
    answered: tuple[float, list[Grant]] | None = None
    sent: dict[str, int] = field(default_factory=dict)

    def sight(self, dashboard: Dashboard, step: Step | None = None) -> Sight:
        """What is before the operator; the footer is read for a step with the mouse alone, for that costs."""
        view = dashboard.main.view
        held = view.selection
        cursor = frozenset({held.cursor} if held.cursor is not None else ())
        typing = dashboard.main.is_typing or isinstance(dashboard.app.screen.focused, Input)
        sure = bool(held.marks) or held.chosen
        target = held.marks or cursor
        if isinstance(dashboard.app.screen, DetailScreen):
            target, sure = frozenset({dashboard.app.screen._session_id}), True
        return Sight(
            dashboard.app.screen,
            target,
            held.marks,
            frozenset(view.rows),
            sure,
            typing,
            _last_line(dashboard) if isinstance(step, Mouse) else "",
        )

    def grants(self, step: Step, sight: Sight, dashboard: Dashboard, at: float) -> list[Grant]:
        """What the step may send; also follows the question that is up."""
        quiet = at - self.last_key >= QUIET_S
        if isinstance(step, Key | Mouse) and quiet:
            self.hushed = False
        if isinstance(step, Key):
            self.last_key = at
            return [] if self.hushed else self._of_key(step.name, sight, dashboard, quiet=quiet)
        if isinstance(step, Mouse) and not step.button:
            if isinstance(sight.screen, ConfirmScreen):
                return self._agreed(dashboard) if quiet else []
            return [] if self.hushed else self._of_key(sight.hint_at(step), sight, dashboard, quiet=quiet)
        return []

    def due(self, at: float) -> list[Grant]:
        """What an answer may send that no key followed for long enough, and as long as it is not closed."""
        return [] if self.answered is None or at < self.answered[0] else self.answered[1]

    def saw_paste(self, at: float) -> None:
        self.answered = None
        self.hushed = self.hushed and at - self.last_key < QUIET_S
        self.last_key = at
        if self.asked is not None:
            self.asked.cancelled = self.asked.interrupted = True

    def judge(self, step: Step, requests: list[Request], grants: list[Grant]) -> str:
        """What is wrong with what was sent; empty where nothing is."""
        for request in requests:
            self.sent[request.kind] = self.sent.get(request.kind, 0) + len(request.ids or ("",))
            if not any(_covers(grant, request) for grant in grants):
                return f"{step} was answered with {request}; meant was {grants or 'nothing'}"
        return ""

    def judge_marks(self, step: Step, before: Sight, shown: frozenset[str], dashboard: Dashboard) -> str:
        """Only a hand's marking keys add marks, and only rows that were shown."""
        new = dashboard.main.view.selection.marks - before.marks
        name = step.name if isinstance(step, Key) else ""
        name = before.hint_at(step) if isinstance(step, Mouse) else name
        by_hand = name in MARKS and not before.typing and not self.hushed
        if new and not (by_hand and isinstance(before.screen, SessionsScreen | CommandPalette)):
            return f"{step} marked {sorted(new)}"
        if new - shown:
            return f"{step} marked {sorted(new - shown)}, which were not shown"
        return ""

    def follow(self, sight: Sight, dashboard: Dashboard, step: Step) -> None:
        """Take note of a question that opened, or closed."""
        screen = dashboard.app.screen
        if not isinstance(screen, ConfirmScreen):
            by_size = isinstance(step, Resize) and self.asked is not None
            if by_size or (self.asked is not None and self.asked.interrupted):
                self.hushed, self.last_key = True, dashboard.clock.now
            self.asked = self.answered = None
        elif screen is not sight.screen:
            self.asked = self._asked(sight, step, dashboard.service.deck.sessions.values())
        if isinstance(screen, ChooseColorScreen) and screen is not sight.screen:
            self.colored = sight.target

    def _asked(self, sight: Sight, step: Step, sessions: Iterable[SessionView]) -> Asked:
        name = step.name if isinstance(step, Key) else sight.hint_at(step) if isinstance(step, Mouse) else ""
        still_open = [view for view in sessions if view.ended is None]
        if name == "e" and isinstance(sight.screen, SessionsScreen | DetailScreen):
            free = frozenset(view.id for view in still_open if not _is_ending(view))
            return Asked(sight.target & free, "end")
        if name == "enter" and isinstance(sight.screen, PlanScreen):
            meant = frozenset(sight.screen._draft.meant)
            return Asked(meant.intersection(view.id for view in still_open), "end")
        if name in {"q", "ctrl+c"} or name == "enter":
            return Asked(frozenset(), "leave" if name != "enter" else "add")
        return Asked(frozenset(), "nobody asked")

    def _of_key(self, name: str, sight: Sight, dashboard: Dashboard, *, quiet: bool) -> list[Grant]:
        match sight.screen:
            case ConfirmScreen():
                self._answer(name, dashboard, quiet=quiet)
            case ChooseColorScreen() if name == "enter":
                return [Grant("instruct", self.colored)]
            case PlanScreen() if name in {"s", "z"}:
                return [Grant("cancel", frozenset(dashboard.service.bodies))]
            case SessionsScreen() | DetailScreen() if not sight.typing:
                return self._on_sessions(name, sight, dashboard)
        return []

    def _on_sessions(self, name: str, sight: Sight, dashboard: Dashboard) -> list[Grant]:
        if name == "z":
            return [Grant("cancel", frozenset(dashboard.service.bodies))]
        if not sight.is_sure:
            return []
        if name == "t" and isinstance(sight.screen, SessionsScreen):
            return [Grant("retry", sight.target)]
        if (body := INSTRUCTS.get(name)) is not None:
            open_ones = [
                one
                for one in sight.target
                if one in dashboard.service.deck.sessions and not dashboard.service.is_under_way(one, body)
            ]
            return [Grant("instruct", frozenset(open_ones), body)]
        return []

    def _answer(self, name: str, dashboard: Dashboard, *, quiet: bool) -> None:
        asked = self.asked
        if asked is None or asked.cancelled:
            return
        if self.answered is not None:
            self.answered, asked.cancelled, asked.interrupted = None, True, True
        elif name == "y":
            self.answered = (dashboard.clock.now + ALONE_S, self._agreed(dashboard)) if quiet else None
        elif name.isdigit():
            asked.typed += name if quiet or asked.typed else ""
        elif name not in {"up", "down", "pageup", "pagedown"}:
            asked.cancelled = True
            asked.interrupted = name not in SAYS_NO or not quiet

    def _agreed(self, dashboard: Dashboard) -> list[Grant]:
        """What a question may lead to that is answered now: whom it is about must be in sight."""
        asked, size = self.asked, dashboard.app.size
        if asked is None or asked.cancelled or size.width < ASKS_FROM[0] or size.height < ASKS_FROM[1]:
            return []
        number = str(len(asked.ids)) if len(asked.ids) > MANY else ""
        return [Grant(asked.kind, asked.ids)] if asked.typed == number else []


def _last_line(dashboard: Dashboard) -> str:
    screen = dashboard.app.screen
    footers = [line for line in screen.query(Lines) if line.region.y == screen.size.height - 1]
    return footers[0].render_line(0).text if footers else ""


def _is_ending(view: SessionView) -> bool:
    last = view.instruction
    return last is not None and last.action == "endSession" and last.state in {"queued", "sent"}


def _covers(grant: Grant, request: Request) -> bool:
    once = len(frozenset(request.ids)) == len(request.ids)
    same = grant.body is None or dict(request.body) == dict(grant.body)
    return grant.kind == request.kind and once and same and grant.ids.issuperset(request.ids)
