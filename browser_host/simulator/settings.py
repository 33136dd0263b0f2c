"""The settings of a simulator."""

from dataclasses import dataclass

from browser_host.errors import UsageError

MAX_SESSIONS = 5_000
MAX_EVENTS_PER_SECOND = 1_000.0


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """How many sessions, their activity and their faults; the same values give the same run.

    Args:
        sessions: number of visitors in a session; the scenario `faults` has its own number.
        rate: messages a second that each live page posts; 0 for none.
        seed: determines labels, links, palettes and timings.
        scenario: `demo`, `faults`, or behaviours separated by commas, assigned in turn.
        port: TCP port on 127.0.0.1; 0 for any free port.
        dom_rows: rows of a table in each page, to give it a realistic size.
        images: images in each page, about 115 KB each.
        pace: factor on the times of the scripts; with 0.1 a page is live in a tenth of the time.
        slow: seconds that a `slow` page takes to load, and to end.
        flood: messages a second of a `flood` page.
        rest_per_minute: REST calls allowed in any minute; 0 for no limit.
        link_seconds: lifetime of a link in seconds; 0 for no limit.
        link_opens: how often a link can be opened; 0 for no limit.
        quiet: seconds from the simulator's start in which live pages post nothing unasked.
        polls_per_second: how often all pages together ask for orders.

    Raises:
        UsageError: a number is out of range.
    """

    sessions: int = 12
    rate: float = 1.0
    seed: int = 7
    scenario: str = "demo"
    port: int = 0
    dom_rows: int = 8
    images: int = 0
    pace: float = 1.0
    slow: float = 3.0
    flood: int = 500
    rest_per_minute: int = 0
    link_seconds: float = 0.0
    link_opens: int = 0
    quiet: float = 0.0
    polls_per_second: float = 50.0

    def __post_init__(self) -> None:
        bounds = (
            ("sessions", self.sessions, 1, MAX_SESSIONS),
            ("rate", self.rate, 0, MAX_EVENTS_PER_SECOND),
            ("port", self.port, 0, 65_535),
            ("dom_rows", self.dom_rows, 0, 10_000),
            ("images", self.images, 0, 1_000),
            ("pace", self.pace, 0, 100),
            ("slow", self.slow, 0, 600),
            ("flood", self.flood, 1, 100_000),
            ("rest_per_minute", self.rest_per_minute, 0, 100_000),
            ("link_seconds", self.link_seconds, 0, 86_400),
            ("link_opens", self.link_opens, 0, 1_000),
            ("quiet", self.quiet, 0, 3600),
            ("polls_per_second", self.polls_per_second, 0.1, 1_000),
        )
        for name, value, low, high in bounds:
            if not low <= value <= high:
                raise UsageError(f"the simulator's {name} must be from {low} to {high:g}, not {value:g}")
