"""What each report of the pool and each answer of the service changes, and what clients see of browsers."""

from typing import Any

from browser_host.api.schema import RESYNC, BrowserView
from browser_host.bridge import events
from browser_host.browsers.interface import SessionHost
from browser_host.protocol.message_reader import read
from browser_host.sessions import json_codec, session_events
from browser_host.sessions.clock import Clock
from browser_host.sessions.session import ErrorCode, Fault
from browser_host.supervisor import upscope_worker as upscope
from browser_host.supervisor.arrivals import Arrivals
from browser_host.supervisor.confirmation_deadlines import ConfirmationDeadlines
from browser_host.supervisor.event_feed import EventFeed
from browser_host.supervisor.hosting.browser_roster import BrowserRoster
from browser_host.supervisor.hosting.flood_relief import FloodRelief
from browser_host.supervisor.hosting.lifecycle import SessionLifecycle
from browser_host.supervisor.hosting.recycler import Recycler
from browser_host.supervisor.instructions import Instructions
from browser_host.supervisor.policy import LivePolicy
from browser_host.supervisor.session_store import SessionStore

_MAKES_MOVES = (events.EndpointDraining, events.EndpointTakesSessions, events.BrowserStarted)
"""After these, sessions are to leave a browser, or can now."""


class ReportHandler:
    """Takes one report after the other to the part of the supervisor that it concerns."""

    def __init__(
        self,
        store: SessionStore,
        hosting: SessionHost,
        feed: EventFeed,
        clock: Clock,
        *,
        policy: LivePolicy,
        lifecycle: SessionLifecycle,
        instructions: Instructions,
        deadlines: ConfirmationDeadlines,
        flood_relief: FloodRelief,
        arrivals: Arrivals,
        recycler: Recycler,
    ) -> None:
        self._store = store
        self._hosting = hosting
        self._feed = feed
        self._clock = clock
        self._policy = policy
        self._lifecycle = lifecycle
        self._instructions = instructions
        self._deadlines = deadlines
        self._flood_relief = flood_relief
        self._arrivals = arrivals
        self._recycler = recycler
        self._roster = BrowserRoster(clock)
        self.given_up: str | None = None
        """Why no browser is started until somebody retries, or None."""

    def handle(self, report: events.Report | upscope.Answer) -> None:
        """Apply a report or an answer."""
        self._roster.reported(report)
        self._apply(report)
        if isinstance(report, _MAKES_MOVES):
            self._recycler.wake()

    def retry(self) -> None:
        """Note that browsers are started again, because somebody asked for it."""
        if self.given_up is not None:
            self.given_up = None
            self._publish(RESYNC, {})

    def browsers(self) -> tuple[BrowserView, ...]:
        """The browsers in their present state."""
        return self._roster.views(self._hosting.describe(), self._policy.now.max_sessions, self.given_up)

    def _apply(self, report: events.Report | upscope.Answer) -> None:  # noqa: C901, PLR0912, PLR0915 - one case for each report
        match report:
            case events.MessageReceived(session_id, data, after):
                event = read(data, self._policy.now.paths)
                self._store.apply(session_id, session_events.Spoke(event, after))
            case events.MessagesDropped(session_id, count):
                self._store.apply(session_id, session_events.MessagesLost(count))
            case events.MessagesRefused(session_id, count):
                self._store.apply(session_id, session_events.Violated(count))
            case events.SessionOpened(session_id, group, endpoint):
                self._lifecycle.opened(session_id, group, endpoint)
            case events.SessionBlocked(session_id, fault):
                self._lifecycle.failed(session_id, fault)
            case events.SessionsLost(session_ids, fault, cause):
                self._lifecycle.lost(session_ids, fault, cause, self._flood_relief.flooding())
            case events.BrowsersGivenUp(session_ids, starts):
                self.given_up = (
                    f"no browser keeps running: given up after {starts} starts in a row; "
                    "try again (t in the dashboard) once the cause is mended"
                )
                self._lifecycle.given_up(session_ids, Fault(ErrorCode.BROWSER_GONE, self.given_up))
                self._publish_browsers("browser.lost", {"browser": None, "text": self.given_up})
                self._publish(RESYNC, {})
            case events.SessionsUnresponsive(session_ids):
                for session_id in session_ids:
                    self._store.apply(session_id, session_events.PageHung())
                self._flood_relief.relieve()
            case events.SessionsResponsive(session_ids):
                for session_id in session_ids:
                    self._store.apply(session_id, session_events.PageAnswered())
            case events.PageReplaced(session_id, origin, fault):
                self._lifecycle.replaced(session_id, origin, fault)
            case events.NestedFrameHeard(session_id, count):
                self._store.apply(session_id, session_events.NestedFrameRefused(count))
            case events.InstructionPosted(session_id, number):
                self._instructions.posted(session_id, number)
            case events.InstructionNotPosted(session_id, number, text):
                self._instructions.not_posted(session_id, number, text)
            case events.InstructionUncertain(session_id, number, text):
                self._instructions.uncertain(session_id, number, text)
            case upscope.LinkMade(wanted, link):
                self._lifecycle.linked(wanted, link)
            case upscope.LinkRefused(wanted, text, again_in_s, is_final):
                self._lifecycle.not_linked(wanted, text, again_in_s)
                if is_final:
                    self._arrivals.refused(wanted.session_id)
            case upscope.ServiceAsked(session_id, number):
                self._deadlines.asked(session_id, number)
            case upscope.ServiceAnsweredEnd(session_id, number, via, text):
                self._deadlines.answered(session_id, number, via, text)
            case upscope.VisitorsLookedUp():
                self._looked_up(report)
            case events.BrowserStarted(number, name, version, endpoint):
                self._publish_browsers(
                    "browser.started",
                    {"browser": number, "name": name, "version": version, "endpoint": endpoint},
                )
            case events.BrowserLost(number, text, endpoint):
                self._publish_browsers(
                    "browser.lost", {"browser": number, "text": text, "endpoint": endpoint}
                )
            case events.EndpointDraining(endpoint):
                self._publish_browsers("browser.draining", {"endpoint": endpoint})
            case events.EndpointDrained(endpoint):
                self._publish_browsers("browser.drained", {"endpoint": endpoint})
            case events.BrowserReplaced() | events.EndpointTakesSessions():
                self._publish(RESYNC, {})  # no event says that a browser went and nothing was lost

    def _looked_up(self, found: upscope.VisitorsLookedUp) -> None:
        for session in tuple(self._store):
            if session.visitor is None:
                continue
            if (report := found.reports.get(session.visitor)) is not None:
                self._store.apply(session.id, session_events.VisitorReported(report, found.look))
            elif session.visitor in found.unseen:
                self._store.apply(session.id, session_events.VisitorNotReported(found.look))

    def _publish_browsers(self, kind: str, fields: dict[str, Any]) -> None:
        browsers = [json_codec.to_json(one) for one in self.browsers()]
        self._publish(kind, {**fields, "browsers": browsers})

    def _publish(self, kind: str, fields: dict[str, Any]) -> None:
        self._feed.publish(kind, None, self._clock(), fields)
