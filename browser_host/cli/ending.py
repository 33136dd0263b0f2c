"""Run a frozen plan of ends.

SIGINT undoes those that are not posted yet, SIGHUP and SIGTERM leave them to the host.
"""

import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from browser_host.api.schema import Outcome, PlanEntry, Result, Target
from browser_host.cli.host_client import AnyClient, connect, silent
from browser_host.cli.output import say
from browser_host.config.clients.host_address import HostAddress
from browser_host.errors import Exit, WatchdeckError
from browser_host.host_names import host_of
from browser_host.sessions.ledger import EntryState

TAKE_BACK_WITHIN_S = 10.0

OPEN = frozenset({EntryState.QUEUED, EntryState.SENT})

REMOVED = "the session was removed; whether its end arrived is unknown"
HOST_LOST = "connection to the host lost; see: watchdeck history"

LEAVES: Mapping[signal.Signals, Exit] = {
    signal.SIGHUP: Exit.HUNG_UP,
    signal.SIGTERM: Exit.TERMINATED,
}
"""Signals that stop the command alone, with its exit code: a closing terminal undoes nothing."""


class LeftToHost(WatchdeckError):  # noqa: N818 - says what it is
    """A signal stopped the command; the host continues the ends that it accepted."""

    code = "left_to_host"

    def __init__(self, by: signal.Signals, ends: int) -> None:
        super().__init__(
            f"stopped by {by.name}; the host continues {ends} end{'' if ends == 1 else 's'} "
            "(watchdeck undo cancels what is not sent, watchdeck history has the results)"
            if ends
            else f"stopped by {by.name}; nothing was sent"
        )
        self.exit_code = LEAVES[by]


async def run_plan(
    hosts: Sequence[HostAddress],
    plan: Sequence[PlanEntry],
    timeout_s: float | None,
    *,
    while_stale: bool = False,
) -> Outcome:
    """End the sessions of the plan, and no other, whatever has changed since it was made.

    Args:
        while_stale: end none that is no longer stale when its end is posted.
        timeout_s: seconds a page has to confirm, None for the host's own.

    Raises:
        LeftToHost: a signal of `LEAVES` came before the last result.
    """
    async with connect(hosts) as client:
        target = Target(ids=tuple(entry.id for entry in plan))
        beginning = asyncio.ensure_future(
            client.end(target, timeout_s=timeout_s, wait=False, skip_unknown=True, while_stale=while_stale)
        )
        with _cancelled_by(LEAVES) as came:
            try:
                # An interruption must not lose the answer: it names what can be undone.
                begun = await asyncio.shield(beginning)
                _say_what_changed(plan, begun)
                return await _finish(client, begun)
            except asyncio.CancelledError:
                async with asyncio.timeout(TAKE_BACK_WITHIN_S):
                    begun = await beginning
                    if came:
                        raise LeftToHost(came[0], len(_given(begun))) from None
                    await _take_back(client, begun)
                raise


@contextlib.contextmanager
def _cancelled_by(signals: Iterable[signal.Signals]) -> Iterator[list[signal.Signals]]:
    """Cancel the current task when one of the signals comes, and list those that came."""
    loop, task, came = asyncio.get_running_loop(), asyncio.current_task(), list[signal.Signals]()

    def cancel(number: signal.Signals) -> None:
        came.append(number)
        if task is not None and len(came) == 1:
            task.cancel()

    # One that is ignored stays so: `nohup` ignores SIGHUP.
    heeded = [number for number in signals if signal.getsignal(number) is not signal.SIG_IGN]
    with contextlib.suppress(RuntimeError):  # outside the main thread no signal arrives
        for number in heeded:
            loop.add_signal_handler(number, cancel, number)
    try:
        yield came
    finally:
        for number in heeded:
            loop.remove_signal_handler(number)


def _say_what_changed(plan: Sequence[PlanEntry], begun: Outcome) -> None:
    """What the service says otherwise than when the plan was shown, while the ends can still be undone."""
    before = {entry.id: entry.visitor for entry in plan}
    for note in begun.notes:
        say(note)
    for entry in begun.plan:
        if entry.visitor != before.get(entry.id):
            was = before.get(entry.id) or "unknown"
            say(f"{entry.id} {entry.label}: the visitor is {entry.visitor or 'unknown'} now, was {was}")


def _given(begun: Outcome) -> list[str]:
    return [result.instruction for result in begun.results if result.instruction is not None]


async def _finish(client: AnyClient, begun: Outcome) -> Outcome:
    """The outcome once every end is settled; an end whose fate can't be learned is unconfirmed."""
    settled, lost = {}, REMOVED
    try:
        for result in (await client.settle(_given(begun), skip_unknown=True)).results:
            settled[result.instruction] = result
    except WatchdeckError as error:
        lost = f"{HOST_LOST} ({error})"
    gone = silent(client)
    results = tuple(
        settled.get(one.instruction) or _unheard(one, HOST_LOST if host_of(one.id) in gone else lost)
        for one in begun.results
    )
    return Outcome(results, Counter(one.state for one in results), begun.plan, begun.notes)


def _unheard(result: Result, why: str) -> Result:
    return replace(result, state=EntryState.UNCONFIRMED, text=why) if result.state in OPEN else result


async def _take_back(client: AnyClient, begun: Outcome) -> None:
    """Undo what this run requested and the host has not posted yet."""
    ours = _given(begun)
    if not ours:
        say("interrupted; nothing was sent")
        return
    taken = (await client.cancel(ours, skip_unknown=True)).counts.get(EntryState.CANCELLED, 0)
    say(f"interrupted; {taken} cancelled, {len(ours) - taken} already sent")
