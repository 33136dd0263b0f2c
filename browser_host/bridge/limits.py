"""The bounds of what a watch page may cost, shared by the page's script and the host."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers that bridge.js is given; characters are UTF-16 units of JSON text.

    Args:
        window_ms: what follows the first message of a quiet page goes together after so long.
        credit: batches that may be on their way at once; without credit the page goes on merging.
        depth: levels of nesting that are kept of a message.
        entries: keys and list items that are kept of a message.
        message_chars: of one message's text.
        lasting: statuses, states and endings of a slot in one batch; beyond it the first and the newest stay.
        lasting_chars: the same as text.
        answers: colours after an instruction that are kept one by one, for any of them may confirm it.
        others: other messages of a slot in one batch; beyond it the oldest goes.
        other_chars: the same as text.
        flood_ms: how long a slot that lost messages waits for its next turn.
        batch_chars: a batch is closed when it is longer than this.
    """

    window_ms: int = 20
    credit: int = 64
    depth: int = 8
    entries: int = 200
    message_chars: int = 16_384
    lasting: int = 256
    lasting_chars: int = 131_072
    answers: int = 8
    others: int = 64
    other_chars: int = 131_072
    flood_ms: int = 100
    batch_chars: int = 262_144

    def for_page(self) -> dict[str, int]:
        """The numbers by the names bridge.js calls them."""
        return {
            "windowMs": self.window_ms,
            "credit": self.credit,
            "depth": self.depth,
            "entries": self.entries,
            "messageChars": self.message_chars,
            "lasting": self.lasting,
            "lastingChars": self.lasting_chars,
            "answers": self.answers,
            "others": self.others,
            "otherChars": self.other_chars,
            "floodMs": self.flood_ms,
            "batchChars": self.batch_chars,
        }
