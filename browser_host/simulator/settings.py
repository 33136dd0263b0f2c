"""What a simulator is asked to be."""

from dataclasses import dataclass

from browser_host.errors import UsageError

MOST_SESSIONS = 5_000
MOST_EVENTS_PER_SECOND = 1_000.0


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """How many sessions, how lively, and what goes wrong in them; the same values give the same run.

    Args:
        sessions: how many visitors are in a session; `faults` makes its own number.
        rate: events a second that each live page says of itself; 0 keeps it quiet.
        seed: decides labels, links, palettes and timings.
        scenario: `demo`, `faults`, a behaviour's name, or several with commas, dealt out in turn.
        port: TCP port on 127.0.0.1; 0 takes a free one.
        dom_rows: rows of a table in each page, to give it weight.
        pace: seconds of the scripts are multiplied by it; 0.1 makes a page live in a tenth of the time.
        slow: seconds that a `slow` page takes to load, and again to end.
        flood: messages a second of a `flood` page.
        rest_per_minute: calls that the REST service takes in any minute; 0 takes all.
        link_seconds: how long a link can be opened; 0 is as long as the simulator lives.
        link_opens: how often a link can be opened; 0 is as often as one likes.
        quiet: seconds from the simulator's start in which live pages say nothing of themselves.
        asks: how often a second all pages together ask what a test wants of them.

    Raises:
        UsageError: a number is out of its range.
    """

    sessions: int = 12
    rate: float = 1.0
    seed: int = 7
    scenario: str = "demo"
    port: int = 0
    dom_rows: int = 8
    pace: float = 1.0
    slow: float = 3.0
    flood: int = 500
    rest_per_minute: int = 0
    link_seconds: float = 0.0
    link_opens: int = 0
    quiet: float = 0.0
    asks: float = 50.0

    def __post_init__(self) -> None:
        bounds = (
            ("sessions", self.sessions, 1, MOST_SESSIONS),
            ("rate", self.rate, 0, MOST_EVENTS_PER_SECOND),
            ("port", self.port, 0, 65_535),
            ("dom_rows", self.dom_rows, 0, 10_000),
            ("pace", self.pace, 0, 100),
            ("slow", self.slow, 0, 600),
            ("flood", self.flood, 1, 100_000),
            ("rest_per_minute", self.rest_per_minute, 0, 100_000),
            ("link_seconds", self.link_seconds, 0, 86_400),
            ("link_opens", self.link_opens, 0, 1_000),
            ("quiet", self.quiet, 0, 3600),
            ("asks", self.asks, 0.1, 1_000),
        )
        for name, value, low, high in bounds:
            if not low <= value <= high:
                raise UsageError(f"the simulator's {name} is a number from {low} to {high:g}, not {value:g}")
