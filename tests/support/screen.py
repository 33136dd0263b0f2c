"""What a terminal shows, and what was written to it beside that."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """What stands on the screen, line by line, without what colours it."""

    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def row(self, label: str) -> str:
        """The table's line of the session with this label, "" where it is not shown."""
        return next((line for line in self.lines if line[2:].startswith(f"{label} ")), "")

    @property
    def labels(self) -> tuple[str, ...]:
        """First words of the table's lines, from top to bottom; labels of one word are meant."""
        return tuple(line[2:].split()[0] for line in self.lines[3:-2] if line[2:].strip())

    @property
    def cursor(self) -> str:
        """The first word of the line that the cursor is on, "" where there is none."""
        return next((line[2:].split()[0] for line in self.lines if line[:1] in {"▌", "◈", ">", "@"}), "")

    @property
    def marked(self) -> tuple[str, ...]:
        return tuple(line[2:].split()[0] for line in self.lines if line[:1] in {"◆", "◈", "*", "@"})


_OWN = re.compile(
    rb"\x1b\[[0-9;]*m"  # colours
    rb"|\x1b\[[0-9]+;[0-9]+H"  # places
    rb"|\x1b\[\?[0-9]+(?:[hl]|\$p)"  # modes, and questions about them
    rb"|\x1b\[[<>=][0-9]*u"  # the keyboard's protocol
    rb"|\x1b\]22;[a-z-]*\x07"  # the mouse pointer's shape
    rb"|\r?\n"
)


def strays(raw: bytes) -> list[str]:
    """Where a program's output holds more than printable text and the few controls that it needs.

    A sequence that is cut short at the end is still on its way.
    """
    text = _OWN.sub(b"", re.sub(rb"\x1b[^a-zA-Z]*$", b"", raw)).decode(errors="replace")
    return [text[max(0, at - 20) : at + 20] for at, char in enumerate(text) if not char.isprintable()]
