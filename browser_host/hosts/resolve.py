"""Whose the ids of a call are, before anything is sent; pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from browser_host.errors import UnknownSession
from browser_host.host_names import host_of, split


def resolved(
    ids: Iterable[str],
    known: Iterable[str],
    silent: Collection[str] = (),
    undone: str = "nothing was sent",
) -> tuple[str, ...]:
    """The qualified ids of sessions that are named with their host, or that only one host has.

    Args:
        known: the qualified ids of the hosts that answer.
        silent: hosts that do not answer; an id that names one is taken as it is.
        undone: how the message of the error ends.

    Raises:
        UnknownSession: an id is unknown, or is that of several hosts; every such id is named.
    """
    owners: dict[str, list[str]] = defaultdict(list)
    for one in known:
        owners[split(one)[1]].append(one)
    found, ambiguous, unknown = [], [], []
    for asked in dict.fromkeys(ids):
        host, plain = split(asked)
        candidates = [one for one in owners[plain] if not host or one == asked]
        if host in silent:
            found.append(asked)
        elif len(candidates) == 1 and (host or not silent):
            found.append(candidates[0])
        elif candidates:
            ambiguous.append(f"{asked} may be {', '.join(candidates)}{_or_of(silent)}")
        else:
            unknown.append(asked)
    problems = [f"no session has the id {', '.join(unknown)}{_or_of(silent)}"] if unknown else []
    if ambiguous or problems:
        raise UnknownSession("; ".join((*problems, *ambiguous, undone)))
    return tuple(dict.fromkeys(found))


def by_host(names: Sequence[str]) -> Mapping[str, list[str]]:
    """Qualified names by their host, in their order."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[host_of(name)].append(name)
    return found


def _or_of(silent: Collection[str]) -> str:
    return f", or one of {', '.join(silent)}, which does not answer" if silent else ""
