"""The content of a terminal's screen, and control sequences in a program's output."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """The text on a screen, line by line, without colours."""

    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def row(self, label: str) -> str:
        """The table row of the session with this label, or ""."""
        return next((line for line in self.lines if line[2:].startswith(f"{label} ")), "")

    @property
    def labels(self) -> tuple[str, ...]:
        """The first words of the table rows, from top to bottom: their labels, if these have one word."""
        return tuple(line[2:].split()[0] for line in self.lines[3:-2] if line[2:].strip())

    @property
    def cursor(self) -> str:
        """The first word of the row under the cursor, or ""."""
        return next((line[2:].split()[0] for line in self.lines if line[:1] in {"▌", "◈", ">", "@"}), "")

    @property
    def marked(self) -> tuple[str, ...]:
        return tuple(line[2:].split()[0] for line in self.lines if line[:1] in {"◆", "◈", "*", "@"})


_OWN = re.compile(
    rb"\x1b\[[0-9;]*m"  # colours
    rb"|\x1b\[(?:[0-9]+;[0-9]+H|[0-9]*C)"  # cursor positions
    rb"|\x1b\[\?[0-9]+(?:[hl]|\$p)"  # modes, and queries of them
    rb"|\x1b\[[<>=][0-9]*u"  # the keyboard protocol
    rb"|\x1b\]22;[a-z-]*\x07"  # the shape of the mouse pointer
    rb"|\r?\n"
)


_GRAPHICS = re.compile(rb"\x1b(?:_G|P[0-9;]*q)[^\x1b]*\x1b\\\\")
_UNENDED = re.compile(rb"\x1b(?:|_|_G[^\x1b]*\x1b?|P[0-9;]*|P[0-9;]*q[^\x1b]*\x1b?)$")


def without_graphics(output: bytes) -> tuple[bytes, bytes]:
    """Take out what the emulator can't draw: pictures of kitty's protocol, and sixel ones.

    Returns:
        The rest, and the beginning of a picture that is incomplete.
    """
    drawn = _GRAPHICS.sub(b"", output)
    unended = _UNENDED.search(drawn)
    return (drawn, b"") if unended is None else (drawn[: unended.start()], drawn[unended.start() :])


def strays(raw: bytes) -> list[str]:
    """Find output that is neither printable text nor one of the few control sequences a dashboard needs.

    An incomplete sequence at the end is ignored.
    """
    text = _OWN.sub(b"", re.sub(rb"\x1b[^a-zA-Z]*$", b"", raw)).decode(errors="replace")
    return [text[max(0, at - 20) : at + 20] for at, char in enumerate(text) if not char.isprintable()]
