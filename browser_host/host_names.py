"""Names of things on one of several hosts: `NAME/ID`, where a host's name has no slash; pure."""

SEPARATOR = "/"


def qualified(host: str, name: str) -> str:
    """The name of something on a host; unchanged where there is one host only, whose name is empty."""
    return f"{host}{SEPARATOR}{name}" if host else name


def split(name: str) -> tuple[str, str]:
    """A qualified name's host and what it is called there; the host is empty if none is named."""
    host, separator, rest = name.partition(SEPARATOR)
    return (host, rest) if separator else ("", name)


def host_of(name: str) -> str:
    """The host that a qualified name has, or an empty text."""
    return split(name)[0]
