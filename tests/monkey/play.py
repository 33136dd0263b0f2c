"""Plays a monkey at the dashboard: steps from a seed, each judged by the model beside it."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.monkey.dashboard import Dashboard, played
from tests.monkey.fake_service import FakeService
from tests.monkey.model import QUIET_S, Model
from tests.monkey.steps import Happening, Key, Monkey, Mouse, News, Noise, Paste, Resize, Step, Wait
from tui.screens.confirm import ConfirmScreen
from tui.screens.plan import PlanScreen
from tui.screens.sessions import SessionsScreen

TOLD_STEPS = 25
"""Steps before an accident that are told with it."""

ARRIVES_BELOW = 5

LEADS_BACK = 6
"""Times that escape leads back to the sessions from wherever a hand is, each after a pause."""


class NotMeantError(AssertionError):
    """Something was done that nobody meant."""


@dataclass(slots=True)
class Played:
    """What a play came to."""

    steps: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    sent: dict[str, int] = field(default_factory=dict)
    screens: Counter[str] = field(default_factory=Counter)


async def play(steps: int, seed: int, progress: Callable[[int], None] = lambda _: None) -> Played:
    """Plays so many steps.

    Args:
        progress: told how many are done, every thousand.

    Raises:
        NotMeantError: with the seed and the steps that led there.
    """
    dice = random.Random(seed)
    monkey, model, result, last = Monkey(dice), Model(), Played(), list[Step]()
    escapes = 0
    async with played(lambda clock: FakeService(dice, clock.epoch)) as dashboard:
        for number in range(steps):
            pause = monkey.pause()
            wrong = await _paused(pause, model, dashboard)
            screen = dashboard.app.screen
            over = not isinstance(screen, SessionsScreen | ConfirmScreen | PlanScreen)
            step = monkey.step(astray=over or screen.focused is not None)
            last = [*last[-TOLD_STEPS:], step]
            wrong = wrong or await _judged(step, model, dashboard)
            escaping = isinstance(step, Key) and step.name == "escape"
            escapes = escapes + (pause >= QUIET_S) if escaping else 0
            if escapes >= LEADS_BACK and not isinstance(dashboard.app.screen, SessionsScreen):
                wrong = wrong or f"escape does not leave {dashboard.app.screen}"
            if wrong:
                told = "\n  ".join(map(str, last))
                raise NotMeantError(f"seed {seed}, step {number}: {wrong}\n  {told}")
            result.steps += 1
            result.kinds[type(step).__name__] += 1
            result.screens[type(dashboard.app.screen).__name__] += 1
            if not result.steps % 1000:
                progress(result.steps)
    result.sent = model.sent
    return result


async def _paused(seconds: float, model: Model, dashboard: Dashboard) -> str:
    """Lets time pass, and says what is wrong with what an answer led to that it made count."""
    dashboard.service.requests.clear()
    left, before = dashboard.app.left, model.sight(dashboard)
    dashboard.wait(seconds)
    await dashboard.settled()
    step, grants = Wait(seconds), model.due(dashboard.clock.now)
    wrong = model.judge(step, list(dashboard.service.requests), grants)
    if dashboard.app.left != left and not any(grant.kind == "leave" for grant in grants):
        wrong = wrong or f"{step} left the dashboard"
    if grants:
        model.follow(before, dashboard, step)
    if dashboard.service.requests:
        dashboard.deliver()
        await dashboard.settled()
    return wrong


async def _judged(step: Step, model: Model, dashboard: Dashboard) -> str:
    """Does a step, and says what is wrong with what came of it."""
    dashboard.service.requests.clear()
    # Whom a key finds is decided when its last byte comes; a slow line's first ones are sent before.
    await _lead_in(step, dashboard)
    sight = model.sight(dashboard, step)
    left, is_asked = dashboard.app.left, isinstance(sight.screen, ConfirmScreen)
    grants = model.grants(step, sight, dashboard, dashboard.clock.now)
    if isinstance(step, Key) and step.with_news:  # in the same moment, and heard first
        _happens(Happening.CHANGE, dashboard)
        _happens(Happening.LEAVE, dashboard)
        dashboard.deliver()
    shown = sight.rows.union(dashboard.main.view.rows)
    await _do(step, dashboard)
    grants += model.due(dashboard.clock.now)
    if isinstance(step, Paste):
        model.saw_paste(dashboard.clock.now)
    wrong = model.judge(step, list(dashboard.service.requests), grants)
    wrong = wrong or model.judge_marks(step, sight, shown, dashboard)
    if not wrong and dashboard.app.left != left:
        pressed = (
            step.name if isinstance(step, Key) else sight.hint_at(step) if isinstance(step, Mouse) else ""
        )
        meant = pressed in {"q", "ctrl+c"} and not model.hushed
        by_key = meant and not is_asked and not sight.typing
        agreed = any(grant.kind == "leave" for grant in grants)
        wrong = (
            "" if by_key or agreed else f"{step} left the dashboard: {sight}, focus {sight.screen.focused}"
        )
    model.follow(sight, dashboard, step)
    if dashboard.service.requests:
        dashboard.deliver()  # what became of it is an event, as it comes from a host within 0.2 s
        await dashboard.settled()
    return wrong


async def _lead_in(step: Step, dashboard: Dashboard) -> None:
    if isinstance(step, Key | Noise) and step.split_s:
        for byte in step.data[:-1]:
            dashboard.send(bytes([byte]))
            dashboard.wait(step.split_s)
        await dashboard.settled()


async def _do(step: Step, dashboard: Dashboard) -> None:
    match step:
        case Key():
            dashboard.send(step.data[-1:] if step.split_s else step.data)
            if step.data == b"\x1b":
                dashboard.wait(0.35)
        case Noise():
            dashboard.send(step.data[-1:] if step.split_s else step.data)
        case Paste():
            dashboard.send(b"\x1b[200~" + step.text.encode() + b"\x1b[201~")
        case Mouse():
            at = f"{step.button};{step.x + 1};{step.y + 1}"
            dashboard.send(f"\x1b[<{at}M".encode() + (b"" if step.button else f"\x1b[<{at}m".encode()))
        case Resize():
            dashboard.resize(step.columns, step.lines)
        case News():
            _happens(step.happening, dashboard)
            dashboard.deliver()
        case Wait():
            dashboard.wait(step.seconds)
            dashboard.app._show()
    await dashboard.settled()


def _happens(happening: Happening, dashboard: Dashboard) -> None:
    service = dashboard.service
    match happening:
        case Happening.ARRIVE:
            service.arrive()
        case Happening.LEAVE:
            if len(service.deck.sessions) > ARRIVES_BELOW:
                service.leave()
        case Happening.CHANGE:
            service.change()
        case Happening.END:
            service.end_by_itself()
        case Happening.ANSWER:
            service.answer()
        case Happening.LOSE:
            service.lose()
        case Happening.SHORTEN_UNDO:
            service.shorten_undo()
