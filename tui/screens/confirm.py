"""The prompt before sessions are ended: it names what will happen to whom, and Cancel is the default."""

import time

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tui.question import Question, line_of, sessions_counted, still_open
from tui.state import Deck

GUARD_S = 0.25
"""Seconds after opening in which nothing is heard: a hand that types takes longer to read a prompt."""

TYPED_ABOVE = 10
"""Sessions above which their number must be typed."""

NAMED_AT_MOST = 50
"""Sessions that are listed; the rest are counted."""

ROWS = 12
"""Sessions in sight at once, where the terminal has the lines."""

OTHER_LINES = 15
"""Lines of the prompt beside the list; the answers must be in sight on any terminal."""

SMALL_BELOW = (60, 20)
"""Columns and lines below which the prompt does without its air and its line of keys."""

LEAST_LINES = 5
"""Lines of the small prompt beside its words: its frame, one session, the number typed, the answers."""


class Choice(Static):
    """One of the two answers; the screen hears keys and clicks for it."""


class ConfirmScreen(ModalScreen[tuple[str, ...] | None]):
    """Asks, and answers with the ids that are still open, or None where the user did not want it.

    No widget in it has the focus, and nothing in it is a binding: every key comes to `on_key` with the
    moment at which it was pressed, so that keys meant for the screen below can be told and dropped.

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
    ConfirmScreen Choice { width: auto; padding: 0 2; margin-left: 2; }
    ConfirmScreen Choice.chosen { background: $primary; color: $background; text-style: bold; }
    ConfirmScreen #go.chosen { background: $error; }
    ConfirmScreen Choice.chosen:ansi, ConfirmScreen Choice.chosen:nocolor {
        background: ansi_default; color: ansi_default; text-style: bold reverse;
    }
    ConfirmScreen #go.locked { text-style: dim; }
    ConfirmScreen #keys { color: $text-muted; margin-top: 1; }
    ConfirmScreen.small > Vertical { padding: 0 1; }
    ConfirmScreen.small #named, ConfirmScreen.small #typed { margin: 0; }
    ConfirmScreen.small #keys { display: none; }
    """

    def __init__(self, question: Question, deck: Deck) -> None:
        super().__init__()
        self._question = question
        self._deck = deck
        self._count = len(question.ids)
        self._typed = ""
        self._going = False
        self._heard_from = float("inf")

    def compose(self) -> ComposeResult:
        """What, whom, and the two answers."""
        question = self._question
        with Vertical() as box:
            box.border_title = Text(question.title).markup
            yield Static(self._headline(), id="headline", markup=False)
            with VerticalScroll(id="named", can_focus=False):
                yield Static(self._named(), id="list")
            if self._must_type:
                yield Static(self._typed_line(), id="typed")
            with Horizontal():
                yield Choice("Cancel", id="cancel", markup=False)
                yield Choice(question.go, id="go", markup=False)
            yield Static("tab or ← → chooses · enter does it · esc cancels", id="keys", markup=False)

    def on_mount(self) -> None:
        """Begins to listen, a little later."""
        self._heard_from = time.monotonic() + GUARD_S
        self._choose(going=False)

    def on_resize(self, event: events.Resize) -> None:
        """Leaves the lines to the answers first, to the list then."""
        columns, lines = event.size
        self.set_class(columns < SMALL_BELOW[0] or lines < SMALL_BELOW[1], "small")
        self.query_one("#headline").styles.max_height = max(1, lines - LEAST_LINES)
        self.query_one("#named").styles.max_height = max(1, min(ROWS, lines - OTHER_LINES))

    def show(self, deck: Deck, _now: float) -> None:
        """Says what became of the sessions since the prompt opened."""
        self._deck = deck
        if not self.is_mounted:
            return
        self.query_one("#list", Static).update(self._named())
        self.query_one("#headline", Static).update(self._headline())

    @property
    def _must_type(self) -> bool:
        return self._question.typed and self._count > TYPED_ABOVE

    @property
    def _unlocked(self) -> bool:
        return not self._must_type or self._typed == str(self._count)

    def _headline(self) -> Text:
        gone = len(self._question.ids) - len(still_open(self._question.ids, self._deck))
        text = Text(self._question.text)
        if gone:
            text.append(f" {sessions_counted(gone)} ended meanwhile and will be left alone.", "bold")
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
        return Text.assemble(f"Type {self._count} to confirm: ", (f"{self._typed}▏", "bold reverse"))

    def _choose(self, *, going: bool) -> None:
        self._going = going and self._unlocked
        self.query_one("#cancel", Choice).set_class(not self._going, "chosen")
        self.query_one("#go", Choice).set_class(self._going, "chosen").set_class(not self._unlocked, "locked")

    def _too_early(self, event: events.Event) -> bool:
        return event.time < self._heard_from

    def on_key(self, event: events.Key) -> None:
        """Every key ends here, the early ones unheard."""
        event.stop()
        event.prevent_default()
        if self._too_early(event):
            return
        match event.key:
            case "escape" | "ctrl+c":
                self._close(None)
            case "enter":
                self._answer()
            case "tab" | "shift+tab":
                self._choose(going=not self._going)
            case "left" | "right":
                self._choose(going=event.key == "right")
            case "up" | "down" | "pageup" | "pagedown":
                self._scroll(event.key)
            case _ if self._must_type:
                self._type(event)

    def on_click(self, event: events.Click) -> None:
        """A click answers at once; early ones are unheard."""
        if self._too_early(event) or not isinstance(event.widget, Choice):
            return
        self._choose(going=event.widget.id == "go")
        if self._going or event.widget.id == "cancel":
            self._answer()

    def _scroll(self, key: str) -> None:
        named = self.query_one("#named", VerticalScroll)
        page = named.size.height if key.startswith("page") else 1
        named.scroll_relative(y=page if key.endswith("down") else -page, animate=False)

    def _type(self, event: events.Key) -> None:
        if event.key == "backspace":
            self._typed = self._typed[:-1]
        elif event.character is not None and event.character in "0123456789":
            self._typed = (self._typed + event.character)[-len(str(self._count)) :]
        self.query_one("#typed", Static).update(self._typed_line())
        self._choose(going=self._unlocked)

    def _answer(self) -> None:
        self._close(still_open(self._question.ids, self._deck) if self._going else None)

    def _close(self, answer: tuple[str, ...] | None) -> None:
        self._heard_from = float("inf")  # one answer only, however many keys are under way
        self.dismiss(answer)
