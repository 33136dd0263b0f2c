"""All sessions, and the one place where they change: each change is applied and published together."""

from collections.abc import Callable, Iterator

from browser_host.sessions import views
from browser_host.sessions.changes import Change, ChangeType
from browser_host.sessions.clock import Clock, Instant
from browser_host.sessions.rules import transitions
from browser_host.sessions.session import Session
from browser_host.sessions.session_events import SessionEvent
from browser_host.sessions.staleness import is_same_staleness, stale
from browser_host.sessions.timeline import Timeline, extended
from browser_host.sessions.views import Part, SessionView, StaleView
from browser_host.supervisor.event_feed import EventBody, EventFeed
from browser_host.supervisor.policy import LivePolicy

_ALL_BUT_ID = tuple(key for key in views.KEYS if key != "id")

_MAY_CHANGE_STALENESS = frozenset(
    {ChangeType.STATUS, ChangeType.HOSTING, ChangeType.ENDED, ChangeType.VISITOR}
)


class SessionStore:
    """The host's sessions by id, in the order in which they were added.

    Args:
        policy: among them those of staleness.
        observe: called with each session and the changes that were published of it.
    """

    def __init__(
        self,
        feed: EventFeed,
        clock: Clock,
        policy: LivePolicy,
        observe: Callable[[Session, tuple[Change, ...]], None],
    ) -> None:
        self._feed = feed
        self._clock = clock
        self._policy = policy
        self._observe = observe
        self._sessions: dict[str, Session] = {}
        self._stale: dict[str, StaleView] = {}
        self._timelines: dict[str, Timeline] = {}

    def __contains__(self, session_id: object) -> bool:
        return session_id in self._sessions

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter(self._sessions.values())

    def get(self, session_id: str) -> Session | None:
        """The session as it stands, or None."""
        return self._sessions.get(session_id)

    def timeline(self, session_id: str) -> Timeline:
        """What happened to the session, newest last."""
        return self._timelines.get(session_id, ())

    def view(self, session: Session) -> SessionView:
        """The session as clients see it."""
        return views.view_of(session, self.staleness(session))

    def staleness(self, session: Session) -> StaleView | None:
        """Why the session counts as stale now, or None."""
        return stale(session, self._policy.now.stale.limits(session.label), self._clock())

    def views(self) -> tuple[SessionView, ...]:
        """All sessions as clients see them."""
        return tuple(self.view(session) for session in self)

    def aged(self, session: Session) -> SessionView:
        """The session with its ages by the steady clock, for whoever chooses by age; `now` is the wall's."""
        return views.aged(self.view(session), session, self._clock())

    def now(self) -> float:
        """Epoch seconds, which the ages of `aged` are told from."""
        return self.instant().wall

    def instant(self) -> Instant:
        """This moment on the clocks that sessions are told by."""
        return self._clock()

    def add(self, session: Session) -> None:
        """Take in a new session, and publish it whole."""
        self._sessions[session.id] = session
        self._publish(ChangeType.ADDED, session.id, Part(session, _ALL_BUT_ID, self.staleness(session), {}))

    def remove(self, session_id: str) -> Session:
        """Forget a session, and publish that."""
        session = self._sessions.pop(session_id)
        self._stale.pop(session_id, None)
        self._timelines.pop(session_id, None)
        self._publish(ChangeType.REMOVED, session_id, {})
        return session

    def apply(self, session_id: str, event: SessionEvent) -> Session | None:
        """Apply an event to a session, unless it was removed meanwhile.

        Returns:
            The session after it, or None where there is none.
        """
        session = self._sessions.get(session_id)
        if session is None:
            return None
        now = self._clock()
        step = transitions.apply(session, event, now)
        self._sessions[session_id] = step.session
        if step.moments:
            self._timelines[session_id] = extended(self.timeline(session_id), step.moments)
        for change in step.changes:
            part = Part(step.session, change.keys, self._stale.get(session_id), change.extra)
            self._feed.publish(change.type.value, session_id, now, part)
        if any(change.type in _MAY_CHANGE_STALENESS for change in step.changes):
            self._judge(step.session)
        if step.changes:
            self._observe(step.session, step.changes)
        return step.session

    def judge_all(self) -> None:
        """Publish who became stale or ceased to be, now that time has passed."""
        for session in self:
            self._judge(session)

    def _judge(self, session: Session) -> None:
        before = self._stale.get(session.id)
        staleness = self.staleness(session)
        if staleness is None:
            self._stale.pop(session.id, None)
        else:
            self._stale[session.id] = staleness
        if not is_same_staleness(before, staleness):
            self._publish(ChangeType.STALE, session.id, Part(session, ("stale",), staleness, {}))

    def _publish(self, kind: ChangeType, session_id: str, told: EventBody) -> None:
        self._feed.publish(kind.value, session_id, self._clock(), told)
