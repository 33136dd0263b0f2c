"""The host's own processes: found by descent, told apart by their command lines."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Family:
    """The processes that a host started, as they were when it was looked at.

    Args:
        pids: all of them, the host's own first.
    """

    pids: tuple[int, ...]
    driver: int
    browser: int
    renderers: tuple[int, ...]


def family(host: int) -> Family:
    """The family of a host with one running browser; the biggest renderer first, for a spare one is small."""
    children = psutil.Process(host).children(recursive=True)
    lines = {child.pid: child.cmdline() for child in children}
    (driver,) = [pid for pid, line in lines.items() if "run-driver" in line]
    # Where the program is a shell's script, the browser is that shell's child: zygotes know their parent.
    zygotes = [child for child in children if "--type=zygote" in lines[child.pid]]
    (browser,) = {zygote.ppid() for zygote in zygotes}
    renderers = [child for child in children if "--type=renderer" in lines[child.pid]]
    renderers.sort(key=lambda child: -child.memory_info().rss)
    return Family((host, *lines), driver, browser, tuple(child.pid for child in renderers))


def everybody(host: int) -> tuple[int, ...]:
    """The host and all that it started, whatever it is."""
    return (host, *(child.pid for child in psutil.Process(host).children(recursive=True)))


def command_lines(pids: tuple[int, ...]) -> str:
    """What anybody on the machine can read of the processes."""
    return "\n".join(" ".join(psutil.Process(pid).cmdline()) for pid in pids if psutil.pid_exists(pid))
