"""The main screen: the deck in, the operator's wishes out; all on it follows from deck and view state."""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from tui.host.deck import Deck
from tui.preview.preview_panel import PreviewPanel
from tui.screens import messages
from tui.screens.choose_sort import ChooseSortScreen
from tui.screens.painter import Painter
from tui.screens.targeting import Targeting
from tui.style.glyphs import UNICODE, Glyphs
from tui.style.roles import Role
from tui.view import selection, sorting, view_state
from tui.view.actions import ACTIONS, BY_CALL, BY_ID, SORTS, WHILE_TYPING, Needs, why_not
from tui.view.sorting import RowOrder, SortKey
from tui.view.view_state import Switch, ViewState, target
from tui.widgets.filter_bar import LONGEST, FilterInput
from tui.widgets.table import SessionTable

_OPENING = (
    messages.EndAsked,
    messages.ColorChoiceAsked,
    *{*messages.PLAIN.values(), messages.DetailAsked} - {messages.UndoAsked, messages.PreviewAsked},
)
"""Asks that may open something: keys typed ahead of it do nothing."""


class SessionsScreen(Screen[None], inherit_bindings=False):
    """The table with its header, filter and footer.

    Args:
        environment: the name that the header shows in its own colour.
        glyphs: the signs.
        clock: the wall clock, epoch seconds.
    """

    AUTO_FOCUS = ""
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [action.binding() for action in ACTIONS]
    DEFAULT_CSS = Painter.CSS

    def __init__(
        self, environment: str = "", glyphs: Glyphs = UNICODE, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__()
        self._painter = Painter(self, environment, glyphs, self._press)
        self.targeting = Targeting(self, self._painter)
        self._clock = clock
        self.now = clock()
        self._live = self._deck = Deck()
        self._view = ViewState()
        self._order = RowOrder()
        self._asking: type[Message] | None = None
        self._ahead: list[events.Key] = []

    @property
    def view(self) -> ViewState:
        """The operator's view as it stands."""
        return self._view

    @property
    def deck(self) -> Deck:
        """The sessions as they are shown."""
        return self._deck

    @property
    def preview(self) -> PreviewPanel:
        """The panel beside the table."""
        return self._painter.preview

    @property
    def is_typing(self) -> bool:
        """A filter is being typed."""
        return self._painter.is_typing

    def recall(self, view: ViewState) -> None:
        """Take up the view of the last time; its filter can be edited and cleared as one that was typed."""
        self._painter.filter.box.value = view.query.text
        self._operate(view)

    def adopt(self) -> None:
        """Take the row under the cursor for the operator's own, for they act on it."""
        self._view = replace(self._view, selection=selection.adopted(self._view.selection))

    def unmark(self, ids: Collection[str]) -> None:
        """Take the marks off sessions that have ended."""
        self._view = replace(self._view, selection=selection.unmarked(self._view.selection, ids))
        self._lay_out()

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield from self._painter.parts()

    def on_mount(self) -> None:
        """Start to follow theme and keymap."""
        self.app.theme_changed_signal.subscribe(self, lambda _: self._painter.dress())
        self.bindings_updated_signal.subscribe(self, lambda _: self._painter.offer())

    def show(self, deck: Deck, now: float) -> None:
        """Show the deck as it is at `now` (epoch seconds); while paused, only whether the host is there."""
        self._live = deck
        if Switch.PAUSED in self._view.switches:
            self._deck = replace(self._deck, link=deck.link, lost_since=deck.lost_since, hosts=deck.hosts)
        else:
            self._deck, self.now = deck, now
        self._lay_out()

    def unsay(self) -> None:
        """Take the notice away: below a question it would seem to be about that."""
        self._painter.unsay()

    def say(self, words: str, role: Role = Role.WARN) -> None:
        """Say something on the line above the footer; it stays for some seconds."""
        self._painter.say(words, role)

    def point(self, session_id: str) -> None:
        """Put the cursor on a row, by the operator's own will."""
        self._see(view_state.pointed(self._view, session_id))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is refused is greyed; while a filter is typed nothing acts."""
        held = BY_CALL.get((action, parameters))
        if held is None:
            return True
        if self._painter.is_typing:
            return action in WHILE_TYPING
        return True if self._why_not(held.needs) is None else None

    def on_key(self, event: events.Key) -> None:
        """Say why a key that is greyed does nothing."""
        if self._painter.is_typing:
            return
        # Not `active_bindings`: it asks about every binding there is, which was half of what a key cost.
        for _, bindings in self._modal_binding_chain:
            for binding in bindings.key_to_bindings.get(event.key, ()):
                held = BY_ID.get(binding.id or "")
                if held is not None and (why := self._why_not(held.needs)) is not None:
                    self.say(why)
                return

    def took(self, event: events.Key) -> bool:
        """Whether a key was typed ahead: of a box, which gets its letter, or of something that opens."""
        if self._painter.is_typing and event.is_printable and event.character is not None:
            self._painter.filter.box.insert_text_at_cursor(event.character)
            return True
        if self._asking is messages.PaletteAsked and len(self._ahead) < LONGEST:
            self._ahead.append(event)
        return self._asking is not None

    def typed_ahead(self) -> Sequence[events.Key]:
        """The keys that were typed for the palette before it opened; each is returned once."""
        typed, self._ahead = self._ahead, []
        return typed

    def on_resize(self, _: events.Resize) -> None:
        """Lay out again once the parts have their sizes."""
        self.call_after_refresh(self._paint)

    def on_screen_suspend(self, _: events.ScreenSuspend) -> None:
        """Something opened over the screen: rows keep their places until it is gone."""
        self._see(view_state.prompted(self._view, up=True))

    def on_screen_resume(self, _: events.ScreenResume) -> None:
        """Nothing lies over the screen any more: rows may take their places."""
        self._view = view_state.prompted(self._view, up=False)
        self._lay_out()

    def on_session_table_pressed(self, message: SessionTable.Pressed) -> None:
        """The mouse chose a row."""
        message.stop()
        self.point(message.session_id)

    def on_input_changed(self, message: Input.Changed) -> None:
        """The filter works while it is typed."""
        message.stop()
        if self._painter.is_typing:
            self._operate(view_state.typed(self._view, message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Keep the filter, unless it can't be read."""
        message.stop()
        if self._view.query.problem is None:
            self._type(typing=False)

    def on_filter_input_left(self, message: FilterInput.Left) -> None:
        """Leave the filter, and go back to the row that the cursor was on."""
        message.stop()
        self._type(typing=False)
        self._clear_filter()

    def action_move(self, by: int, unit: str) -> None:
        """Move the cursor by rows, pages, or all the way."""
        sizes = {"row": 1, "page": max(1, self._painter.table.size.height - 1), "all": len(self._view.rows)}
        chosen = selection.moved(self._view.selection, self._view.rows, by * sizes[unit])
        self._see(replace(self._view, selection=chosen))

    def action_mark(self, how: str) -> None:
        """Mark the row, the range or all that is shown, or clear the marks."""
        if how in {"all", "none"} or self.targeting.is_certain():
            self._operate(view_state.marked(self._view, how))

    def action_filter(self) -> None:
        """Open the filter."""
        self._type(typing=True)

    def action_back(self) -> None:
        """One level back: out of the range, else out of the filter; never out of the dashboard."""
        if self._view.selection.anchor is not None:
            self._operate(replace(self._view, selection=replace(self._view.selection, anchor=None)))
        elif self._view.query.text:
            self._clear_filter()

    def action_switch(self, name: str) -> None:
        """Switch a part of the view on or off."""
        switch = Switch[name]
        before = self._painter.table.columns
        self._view = view_state.switched(self._view, switch)
        if Switch.PAUSED not in self._view.switches:
            self._deck, self.now = self._live, self._clock()
        self._lay_out(by_operator=switch is Switch.FAULTS)
        if switch is Switch.WIDE and self._painter.table.columns.placed == before.placed:
            self.say("No room for other columns")

    def action_sort(self, key: str | None) -> None:
        """Sort by a column, or the other way round; None leaves it."""
        if key is not None:
            self._operate(replace(self._view, sort=sorting.pressed(self._view.sort, SortKey(key))))
            if self._view.selection.marks:
                self.say("Rows keep their places; they are sorted once the marks are cleared (U)")

    def action_choose_sort(self) -> None:
        """Let the operator choose the column to sort by."""
        if self.is_current:  # keys that were typed ahead of the first don't open a second
            offered = [one for one in SORTS if one[0] is self._view.sort.key or self._offers_sort(one[0])]
            self.app.push_screen(ChooseSortScreen(self._view.sort, offered), self.action_sort)

    def _offers_sort(self, key: SortKey) -> bool:
        return self._why_not(BY_ID[f"sort-{key.value}"].needs) is None

    def action_send(self, action: str) -> None:
        """Instruct, or ask about, the marks or the row under the cursor, as they are at this moment."""
        self.targeting.send(action)

    def action_detail(self) -> None:
        """Show the detail of the row under the cursor, whatever is marked."""
        if self._view.selection.cursor is not None:
            self.post_message(messages.DetailAsked(self._view.selection.cursor))

    def action_copy(self, what: str) -> None:
        """Copy the ids, or the rows, that an action would hit."""
        self.targeting.copy(what, target(self._view))

    def action_ask(self, what: str) -> None:
        """Ask the app for what concerns no session."""
        self.post_message(messages.PLAIN[what]())

    def post_message(self, message: Message) -> bool:
        """Post; until the app heard an ask that opens something, keys that were typed ahead do nothing."""
        posted = super().post_message(message)
        if isinstance(message, _OPENING):
            self._asking, self._ahead = type(message), []
            self.call_later(self.app.call_later, self._heard)  # the way that the message itself takes
        return posted

    def _press(self, run: str) -> None:
        """Run an action that was clicked, as its key would."""
        if self._asking is None and self.is_current:
            self.call_later(self.run_action, run)

    def _heard(self) -> None:
        self._asking = None

    def _why_not(self, needs: Needs) -> str | None:
        return why_not(needs, self._deck, target(self._view))

    def _type(self, *, typing: bool) -> None:
        """Give the keys to the filter's box, or take them back."""
        (self._painter.filter.open if typing else self._painter.filter.close)()
        self.refresh_bindings()
        self._paint()

    def _clear_filter(self) -> None:
        self._painter.filter.box.value = ""
        self._operate(view_state.typed(self._view, ""))

    def _see(self, view: ViewState) -> None:
        """Show a view in which no row has changed its place."""
        self._view = view
        self._paint()

    def _operate(self, view: ViewState) -> None:
        self._view = view
        self._lay_out(by_operator=True)

    def _lay_out(self, *, by_operator: bool = False) -> None:
        self._view = view_state.laid_out(
            self._view, self._deck, self.now, by_operator=by_operator, order=self._order
        )
        self._paint()

    def _paint(self) -> None:
        if self.is_mounted:
            self._painter.paint(self._deck, self._view, self.now, self._clock())
