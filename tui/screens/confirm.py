"""The question before sessions are ended: it names what will happen to whom, and anything but `y` cancels."""

import math

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.host.deck import Deck
from tui.screens import quiet
from tui.screens.agreement import ConfirmAnswer
from tui.screens.quiet import Quiet
from tui.terminal_reader import typed_after
from tui.view.confirm_text import ConfirmPrompt, line_of, sessions_counted, still_open

YES = "y"
"""The key that answers. Neither enter nor tab does: a hand that types for a shell presses both."""

TYPED_ABOVE = 10
"""Sessions above which their number must be typed before `YES`."""

NAMED_AT_MOST = 50
"""Sessions that are listed; the rest are counted."""

ROWS = 12
"""Sessions in sight at once, where the terminal has the lines."""

OTHER_LINES = 15
"""Lines of the prompt beside the list; the answers must be in sight on any terminal."""

SMALL_BELOW = (60, 20)
"""Columns and lines below which the prompt does without its air and its line of keys."""

LEAST_LINES = 5
"""Lines of the small prompt beside its text: its frame, one session, the number typed, the answers."""

LEAST_COLUMNS = 32
"""Columns below which neither a session's label nor the answers can be read."""

READER_S = 0.1
"""Seconds by which a key may be taken for an earlier one: the terminal is looked at every 0.05 s."""

_LEAVES = frozenset({"escape", "ctrl+c", "n"})
_SCROLLS = frozenset({"up", "down", "pageup", "pagedown"})


class Choice(Static):
    """One of the two answers; the screen hears keys and clicks for it."""


class ConfirmScreen(ModalScreen[ConfirmAnswer]):
    """A question, answered with the ids that are still open. It shows its answer once it takes one.

    `YES` counts only after `QUIET_S` without keys, all of which passed after the question was painted, and
    only if no key follows within `ALONE_S`: a paste may begin with it. A key that it does not know cancels;
    what else the hand types until it pauses is for the app to drop, if the question `was_interrupted`.

    No widget in it has the focus, and nothing in it is a binding: every key comes to `on_key` with the
    moment at which it was pressed.

    Args:
        question: what is asked.
        deck: the sessions as they are; `show` brings newer ones.
    """

    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    ConfirmScreen { align: center middle; }
    ConfirmScreen > Vertical {
        width: 76; max-width: 96%; height: auto; max-height: 100%;
        padding: 1 2; background: $surface; border: round $error; border-title-color: $error;
    }
    ConfirmScreen #named { height: auto; margin: 1 0; }
    ConfirmScreen #typed { height: auto; margin-bottom: 1; }
    ConfirmScreen Horizontal { height: auto; align-horizontal: right; }
    ConfirmScreen Choice { width: auto; padding: 0 1; margin-left: 2; }
    ConfirmScreen #cancel { background: $primary; color: $background; text-style: bold; }
    ConfirmScreen #cancel:ansi, ConfirmScreen #cancel:nocolor {
        background: ansi_default; color: ansi_default; text-style: bold reverse;
    }
    ConfirmScreen #go.locked { text-style: dim; }
    ConfirmScreen #keys { color: $text-muted; margin-top: 1; }
    ConfirmScreen.small > Vertical { padding: 0 1; }
    ConfirmScreen.small #named, ConfirmScreen.small #typed { margin: 0; }
    ConfirmScreen.small #keys { display: none; }
    """

    def __init__(self, question: ConfirmPrompt, deck: Deck) -> None:
        super().__init__()
        self._question = question
        self._deck = deck
        self._answer = f"{YES} {question.go}"
        self._count = len(question.ids)
        self._typed = ""
        self.was_interrupted = False
        self._shown_at = math.inf
        self._quiet = Quiet(-math.inf)
        self.is_answered = False
        """`YES` was pressed, and no other key has followed so far."""
        self._is_over = False

    def compose(self) -> ComposeResult:
        """The question, its sessions, and the two answers."""
        question = self._question
        with Vertical() as box:
            box.border_title = Text(question.title).markup
            yield Static(self._header_lines(), id="header", markup=False)
            with VerticalScroll(id="named", can_focus=False):
                yield Static(self._named(), id="list")
            if self._must_type:
                yield Static(self._typed_line(), id="typed")
            with Horizontal():
                yield Choice("Cancel", id="cancel", markup=False)
                yield Choice(" " * cell_len(self._answer), id="go", markup=False)
            yield Static(f"{YES} after a pause confirms; any other key cancels", id="keys", markup=False)

    def on_mount(self) -> None:
        """Begin to listen once it is painted."""
        self._quiet.begin(quiet.now())
        self._show_lock()
        self.call_after_refresh(self._begin)

    @property
    def is_listening(self) -> bool:
        """It was painted; keys that were typed before are no answers to it."""
        return self._shown_at < math.inf

    def on_resize(self, event: events.Resize) -> None:
        """Leave the lines to the answers first, to the list then."""
        columns, lines = event.size
        self.set_class(columns < SMALL_BELOW[0] or lines < SMALL_BELOW[1], "small")
        if columns < LEAST_COLUMNS or lines < LEAST_LINES:
            self._refuse_size()
        self.query_one("#header").styles.max_height = max(1, lines - LEAST_LINES)
        self.query_one("#named").styles.max_height = max(1, min(ROWS, lines - OTHER_LINES))

    def show(self, deck: Deck, _now: float) -> None:
        """Tell what became of the sessions since the question was asked."""
        self._deck = deck
        for part, text in (("#list", self._named()), ("#header", self._header_lines())):
            for line in self.query(part).results(Static):  # none before it is composed, and once it is left
                line.update(text)

    def on_key(self, event: events.Key) -> None:
        """Every key ends here."""
        event.stop()
        event.prevent_default()
        too_soon = self._quiet.broke(event)
        if self._is_over:
            return
        if event.key in _LEAVES:
            hasty = f"Cancelled: {_name(event)} before a pause; {self._question.otherwise}"
            self._cancel(hasty if too_soon else "", by_hand=not too_soon)
        elif typed_after(event) < self._shown_at:
            return
        elif self.is_answered:
            self._cancel(f"Cancelled: more keys followed {YES}; {self._question.otherwise}")
        elif event.key in _SCROLLS:
            self._scroll(event.key)
        elif event.key == self._next_digit:
            if not too_soon or self._typed:
                self._type(event.key)
        elif event.key != YES or not self._is_unlocked:
            self._cancel(f"Cancelled: {_name(event)} is no answer; {self._question.otherwise}")
        elif too_soon:
            self.query_one("#keys", Static).update(f"Too soon: pause, then {YES}; any other key cancels")
        else:
            self.is_answered = True
            self.set_timer(quiet.ALONE_S, self._agree_last)

    def on_paste(self, event: events.Paste) -> None:
        """A paste never answers."""
        event.stop()
        self._quiet.broke(event)
        if not self._is_over:
            self._cancel(f"Cancelled: a paste is no answer; {self._question.otherwise}")

    def on_click(self, event: events.Click) -> None:
        """A click on an answer gives it, by the same rule as a key."""
        if self._is_over or not isinstance(event.widget, Choice):
            return
        too_soon = self._quiet.broke(event)
        if event.widget.id == "cancel":
            self._cancel(by_hand=not too_soon)
        elif self._is_unlocked and not too_soon:
            self._agree()

    @property
    def _must_type(self) -> bool:
        return self._question.typed and self._count > TYPED_ABOVE

    @property
    def _next_digit(self) -> str | None:
        """The key that goes on with the number, None if none is left to type."""
        number = str(self._count) if self._must_type else ""
        return number[len(self._typed)] if len(self._typed) < len(number) else None

    @property
    def _is_unlocked(self) -> bool:
        return self._next_digit is None

    def _is_in_sight(self) -> bool:
        """Whether its sessions and answers are on the screen, whole."""
        parts = "#named, #typed, Choice" if self._question.ids else "Choice"
        placed = [self.find_widget(part) for part in self.query(parts)]
        return all(part.region.area and part.visible_region == part.region for part in placed)

    def _header_lines(self) -> Text:
        gone = len(self._question.ids) - len(still_open(self._question.ids, self._deck))
        text = Text(self._question.text)
        if gone:
            text.append(f" {sessions_counted(gone)} ended meanwhile and will be skipped.", "bold")
        return text

    def _named(self) -> Text:
        ids = self._question.ids
        lines = [
            line_of(session_id, self._deck.sessions.get(session_id)) for session_id in ids[:NAMED_AT_MOST]
        ]
        if len(ids) > NAMED_AT_MOST:
            lines.append(Text(f"and {len(ids) - NAMED_AT_MOST} more", "italic"))
        return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)

    def _typed_line(self) -> Text:
        return Text.assemble(
            f"Type {self._count} to confirm, then {YES}: ", (f"{self._typed} ", "bold reverse")
        )

    def _scroll(self, key: str) -> None:
        named = self.query_one("#named", VerticalScroll)
        page = named.size.height if key.startswith("page") else 1
        named.scroll_relative(y=page if key.endswith("down") else -page, animate=False)

    def _type(self, digit: str) -> None:
        self._typed += digit
        self.query_one("#typed", Static).update(self._typed_line())
        self._show_lock()

    def _show_lock(self) -> None:
        self.query_one("#go", Choice).set_class(not self._is_unlocked, "locked")

    def _begin(self) -> None:
        self._shown_at = quiet.now()
        self._quiet.begin(self._shown_at)
        self.set_timer(quiet.QUIET_S + READER_S, self._offer)

    def _offer(self) -> None:
        for choice in self.query("#go").results(Choice):  # none once the question is left
            choice.update(self._answer)

    def _agree_last(self) -> None:
        """Agree after all keys that have been read: a loop that stalled hears them later than the timer."""
        if quiet.is_half_read(self.app):
            self.set_timer(quiet.ALONE_S, self._agree_last)
        else:
            self.app.call_later(self.call_later, self._agree)

    def _agree(self) -> None:
        if self._is_over:
            return
        if self._is_in_sight():
            self._close(ConfirmAnswer(still_open(self._question.ids, self._deck)))
        else:
            self._refuse_size()

    def _refuse_size(self) -> None:
        columns, lines = self.size
        if not self._is_over:
            self._cancel(f"Cancelled: {columns}x{lines} is too small to ask; {self._question.otherwise}")

    def _cancel(self, why: str = "", *, by_hand: bool = False) -> None:
        self.was_interrupted = not by_hand
        self._close(ConfirmAnswer(why=why))

    def _close(self, answer: ConfirmAnswer) -> None:
        self._is_over = True
        self.dismiss(answer)


def _name(event: events.Key) -> str:
    """What a key is called in a sentence."""
    printable = event.is_printable and event.character != " "
    return event.character if printable and event.character is not None else event.key
