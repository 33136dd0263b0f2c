"""Reload the configuration of a running host: apply what can change, and name the rest."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from browser_host import logs
from browser_host.browsers.log import Log
from browser_host.config.differences import Difference, difference
from browser_host.config.models import Settings
from browser_host.errors import UsageError, WatchdeckError
from browser_host.notify.outbox import Outboxes
from browser_host.protocol.text import printable
from browser_host.supervisor.audit.recorder import AuditRecorder
from browser_host.supervisor.guarded import guarded
from browser_host.supervisor.new_session import NewSession
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.process.from_settings import delivery_targets, policy_of, sessions_of
from browser_host.supervisor.process.sd_notify import Notifier
from browser_host.supervisor.supervisor import Supervisor

READ_WITHIN_S = 10.0
"""Seconds for the file and those it names, which are usually on this machine."""

REFUSAL_LIMIT = 4_000
"""Characters of a refusal in `/v1/health`; the log has all of it."""


class Reload:
    """Applies a new configuration on request; one with mistakes leaves the old one in force.

    Args:
        settings: what the host was started with.
        read: reads the configuration as at the host's start, in a thread.
        asked: set to request a reload, maybe before this exists.
        policy: the live policy, which only this replaces.
        add: hosts a session that is new in the file, or returns why not.
        hosts_sessions: whether the file's sessions are hosted, not simulated ones.
        outboxes: those of the alerts' commands and webhooks.
        changed: called when what the header shows may have changed.
    """

    def __init__(
        self,
        settings: Settings,
        read: Callable[[], Settings],
        asked: asyncio.Event,
        *,
        policy: LivePolicy,
        supervisor: Supervisor,
        add: Callable[[NewSession], None],
        hosts_sessions: bool,
        outboxes: Outboxes,
        recorder: AuditRecorder,
        notifier: Notifier,
        log: Log,
        changed: Callable[[], None],
    ) -> None:
        self.settings = settings
        self._started = settings
        self._read = read
        self._asked = asked
        self._policy = policy
        self._supervisor = supervisor
        self._add = add
        self._hosts_sessions = hosts_sessions
        self._outboxes = outboxes
        self._recorder = recorder
        self._notifier = notifier
        self._log = log
        self._changed = changed

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Reload on request while the context lasts."""
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(), name="reload")
            try:
                yield
            finally:
                listening.cancel()

    async def _listen(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            with guarded("reload", self._log):
                await self.reload()

    async def reload(self) -> None:
        """Read the configuration, and apply or refuse it."""
        self._notifier.reloading()
        try:
            async with asyncio.timeout(READ_WITHIN_S):
                new = await asyncio.to_thread(self._read)
        except TimeoutError:
            self._refuse(UsageError(f"the configuration could not be read within {READ_WITHIN_S:.0f} s"))
        except (WatchdeckError, OSError) as error:
            self._refuse(error)
        else:
            self._take(new)
        self._notifier.ready()

    def _refuse(self, error: Exception) -> None:
        problems = str(error).splitlines()
        self._log.warning("config.refused", problems=problems)
        told = "; ".join(problems)
        self._policy.refusal = printable(
            f"the configuration was refused, the previous one is in force: {told}", REFUSAL_LIMIT
        )

    def _take(self, new: Settings) -> None:
        differing = difference(self._started, self.settings, new)
        sessions = _Sessions.between(self.settings, new) if self._hosts_sessions else _Sessions({}, {}, {})
        self.settings = new
        self._policy.now = policy_of(new)
        self._policy.refusal = ""
        self._outboxes.configure(delivery_targets(new))
        self._supervisor.instructions.recheck()
        for session in sessions.come.values():
            self._add(session)
        self._changed()
        self._tell(differing, sessions)
        logs.set_level(new.log.level.value)

    def _tell(self, differing: Difference, sessions: "_Sessions") -> None:
        at_restart = (*differing.at_restart, *(("sessions.label",) if sessions.renamed else ()))
        self._log.info("config.reloaded", keys=differing.at_once, new_sessions=len(sessions.come))
        if at_restart:
            self._log.warning("config.needs_restart", keys=at_restart)
        found = ((self._supervisor.admission.holder_of(one), one.label) for one in sessions.gone.values())
        stay = {session_id: label for session_id, label in found if session_id is not None}
        if stay:
            why = "they are no longer in the file; watchdeck remove removes them"
            self._log.warning("config.sessions_stay", sessions=stay, why=why)
        words = {
            "changed": ", ".join(differing.at_once),
            "needs a restart": ", ".join(at_restart),
            "new sessions": str(len(sessions.come) or ""),
            "no longer in the file, and kept": " ".join(stay),
        }
        said = "; ".join(f"{what}: {which}" for what, which in words.items() if which)
        self._recorder.reloaded(said or "no changes")


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The results for the file's sessions, by the source of their ids."""

    come: Mapping[str, NewSession]
    gone: Mapping[str, NewSession]
    renamed: Mapping[str, NewSession]

    @classmethod
    def between(cls, before: Settings, after: Settings) -> "_Sessions":
        had = {one.identity: one for one in sessions_of(before)}
        has = {one.identity: one for one in sessions_of(after)}
        return cls(
            come={key: one for key, one in has.items() if key not in had},
            gone={key: one for key, one in had.items() if key not in has},
            renamed={key: one for key, one in has.items() if key in had and had[key].label != one.label},
        )
