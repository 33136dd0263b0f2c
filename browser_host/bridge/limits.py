"""The limits of what a watch page may cost, shared by the page's script and the host."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits that hub.js and session_page.js get; characters are UTF-16 units of JSON text.

    Args:
        window_ms: milliseconds for which messages after the first one of a quiet group are collected.
        credit: batches that may be in flight; without credit the pages merge their messages.
        pushes: pushes of a session page to the hub that may be in flight; one while it floods.
        ask_ms: milliseconds after which a session page asks the hub whether a reply was lost.
        command_ms: milliseconds that the hub waits for a session page to acknowledge a command.
        depth: levels of nesting kept of a message.
        entries: keys and list items kept of a message.
        message_chars: characters of one message's text.
        lasting: statuses, states and endings of a page in one batch; beyond it the first and the newest stay.
        lasting_chars: the same in characters.
        answers: colours after an instruction that are kept one by one, because any of them may confirm it.
        others: other messages of a page in one batch; beyond it the oldest is dropped.
        other_chars: the same in characters.
        flood_ms: milliseconds that a page which lost messages waits for its next turn.
        batch_chars: a batch that is longer than this is closed.
    """

    window_ms: int = 20
    credit: int = 64
    pushes: int = 4
    ask_ms: int = 1_000
    command_ms: int = 2_000
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
        """The limits by their names in the scripts."""
        return {
            "windowMs": self.window_ms,
            "credit": self.credit,
            "pushes": self.pushes,
            "askMs": self.ask_ms,
            "commandMs": self.command_ms,
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
