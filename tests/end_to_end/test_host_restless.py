"""Pages that switch colours by themselves while they are told which one to take."""

from pathlib import Path

from tests.end_to_end.conftest import Configure
from tests.support.programs import Home, running
from tests.support.upscope import upscope

COUNT = 10
COLORS = ("#123456", "#234567", "#345678", "#456789", "#56789a")
"""Each page is asked for each: what goes wrong in one window may go well in another."""

RATE = 100
"""Half of the events are switches: one in every window in which the bridge makes one of several colours."""


def test_applied_colour_is_confirmed_whatever_follows(home: Home, log: Path, configure: Configure) -> None:
    with upscope(home, log, sessions=COUNT, rate=RATE) as service:
        links = {f"s{number}": url for number, url in enumerate(service.urls)}
        configure(links, more='[end]\nconfirm_within = "1s"\n')
        with running(home, "host", log=log):
            home.until(
                lambda now: len(now) == COUNT and {s["status"] for s in now.values()} == {"viewerReady"}, 30
            )
            for color in COLORS:
                done = home.run("color", "--to", color, "--all")
                assert (done.returncode, done.stderr) == (0, f"{COUNT} confirmed\n")
