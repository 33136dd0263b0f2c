"""`watchdeck record`: follows the hosts into a file until interrupted."""

import asyncio
import re
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from browser_host import __version__
from browser_host.cli.commands.history_commands import Ago
from browser_host.cli.host_client import CLI
from browser_host.cli.invocation import Invocation, with_hosts
from browser_host.cli.output import say
from browser_host.config.clients.host_address import HostAddress

_SIZE = re.compile(r"(\d{1,12})\s*([kmg]?)b?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}
MOST_BYTES = 100_000_000
"""Bytes of a recording unless another bound is given."""

LEAST = 16_384
"""Bytes of the smallest bound: room for the host and a few sessions."""


class Size(click.ParamType[int]):
    """A size such as `100MB`, in bytes."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Bytes of the size; one that nothing fits into is refused."""
        found = _SIZE.fullmatch(str(value).strip())
        if found is None:
            self.fail("expected a size such as 500kB, 100MB or 2GB", param, ctx)
        size = int(found[1]) * _UNITS[found[2].lower()]
        if size < LEAST:
            self.fail(f"expected at least {LEAST} bytes", param, ctx)
        return size


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--since",
    type=Ago(),
    metavar="DURATION",
    help="Begin with the last DURATION, as far as the hosts have it.",
)
@click.option(
    "--max-size",
    type=Size(),
    default=str(MOST_BYTES),
    show_default="100MB",
    metavar="SIZE",
    help="Stop at this size.",
)
@with_hosts
def record(invocation: Invocation, file: Path, since: float | None, max_size: int) -> None:
    """Record the hosts into FILE until interrupted.

    watchdeck replay shows it. FILE must not exist; a name that ends in .zst is compressed. It holds what
    'list' and 'watch' show, and neither links nor keys nor pages' messages. A host that goes away is waited
    for. Several hosts are in one recording; --host chooses one of them.
    """
    asyncio.run(_record(invocation.hosts, file, since, max_size))


async def _record(hosts: Sequence[HostAddress], path: Path, since: float | None, most: int) -> None:
    # `--help` needs none of these.
    from browser_host.recording.follow import Recorder  # noqa: PLC0415
    from browser_host.recording.reaching import reached  # noqa: PLC0415
    from browser_host.recording.sink import RecordingFile, RecordingFull  # noqa: PLC0415

    async with reached(hosts, CLI, say) as found:  # without a host no file is made
        with RecordingFile(path, most) as file:
            say(f"recording to {path}; ctrl-C ends it")
            begin = None if since is None else time.time() - since
            recorder = Recorder(found, file, time.time, say)
            recording = asyncio.create_task(recorder.run(__version__, begin))
            for number in (signal.SIGTERM, signal.SIGHUP):
                asyncio.get_running_loop().add_signal_handler(number, recording.cancel)
            try:
                await recording
            except RecordingFull as full:
                say(f"{full} (--max-size)")
            except asyncio.CancelledError:
                if (command := asyncio.current_task()) is not None and command.cancelling():
                    raise  # ctrl-C; the others ask for an end in order
            finally:
                say(f"{file.lines} lines, {file.size} bytes in {path}")
