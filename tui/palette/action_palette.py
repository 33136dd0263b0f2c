"""The palette: every action that works on the screen below it, with its keys, and with `@` its target."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from rich.text import Text
from textual import events
from textual.binding import ActiveBinding
from textual.command import Command, CommandInput, CommandList, CommandPalette, Hit
from textual.content import Content
from textual.screen import Screen

from tui.palette import palette_search, palette_targets
from tui.palette.palette_search import PaletteEntry
from tui.palette.palette_targets import AIMED, PaletteTarget
from tui.screens.help import by_action
from tui.screens.sessions import SessionsScreen
from tui.view.actions import BY_ID

PLACEHOLDER = "an action, with a target if you like: end @stale, mode draw @shown, copy @marked"


@dataclass(frozen=True, slots=True)
class _Found:
    """An action as it is listed, and what runs it."""

    keys: str
    words: str
    run: Callable[[], Awaitable[bool] | None]

    def command(self, key: str) -> Command:
        prompt = Content.from_rich_text(Text.assemble((f"{self.keys:>10}  ", "bold"), self.words))
        return Command(prompt, Hit(1.0, prompt, self.run, text=self.words), id=key)


class ActionPalette(CommandPalette):
    """Textual's palette, which finds by name and at once.

    Textual's own searches in the background: enter that follows fast runs what an earlier query found, or
    nothing. On a terminal that is too small for its list it fails at page down.
    """

    def __init__(self) -> None:
        super().__init__(providers=(), placeholder=PLACEHOLDER, id="--command-palette")
        self._typed_ahead = ""
        self._is_ready = False

    def on_mount(self) -> None:
        """Take what was typed ahead once Textual's own mounting is over."""
        self.call_later(self._begin)

    def take(self, event: events.Key) -> bool:
        """Take a key that came before the box could; tell whether it was one to take."""
        if event.key == "enter" and not self._is_ready:
            self._typed_ahead += "\n"
        elif event.is_printable and event.character is not None:
            self._typed_ahead += event.character
        else:
            return False
        if self._is_ready:
            self._type_ahead()
        return True

    def _begin(self) -> None:
        self._is_ready = True
        self._type_ahead()

    def _type_ahead(self) -> None:
        text, enter, _ = self._typed_ahead.partition("\n")
        self._typed_ahead = ""
        box = self.query_one(CommandInput)
        with self.prevent(CommandInput.Changed):
            box.insert_text_at_cursor(text)
        self._gather_commands(box.value)
        if enter:
            self._select_or_command()

    def _gather_commands(self, search_value: str) -> None:  # type: ignore[override]  # not in the background
        listed = [found.command(str(at)) for at, found in enumerate(self._found(search_value))]
        commands = self.query_one(CommandList)
        self._refresh_command_list(commands, listed, clear_current=True)
        if not search_value:
            commands.highlighted = None  # enter after nothing does nothing
        if not listed:
            self._start_no_matches_countdown(search_value)
        self.add_class("-ready")

    def _action_command_list(self, action: str) -> None:
        if action == "select" or self.query_one(CommandList).scrollable_content_region:
            super()._action_command_list(action)

    def _found(self, query: str) -> Iterator[_Found]:
        screen = self._calling_screen
        if screen is None:
            return
        what, aim = palette_targets.parted(query)
        if aim is None:
            offered = dict(_offered(screen))
            for entry in palette_search.found(what, offered):
                active = offered[entry]
                run = partial(self.app.run_action, active.binding.action, active.node)
                yield _Found(" ".join(entry.keys), entry.sentence, run)
        elif isinstance(screen, SessionsScreen):
            for aimed in _aimed(screen, what, aim):
                yield _Found("", aimed.words, _act_on(screen, aimed))


def _offered(screen: Screen[object]) -> Iterator[tuple[PaletteEntry, ActiveBinding]]:
    """What works on a screen now."""
    for (_, description), actives in by_action(screen.active_bindings.values()).items():
        binding = actives[0].binding
        keys = tuple(screen.app.get_key_display(active.binding) for active in actives)
        words = binding.tooltip or description
        yield PaletteEntry(binding.id or "", keys, description, words), actives[0]


def _aimed(screen: SessionsScreen, what: str, word: str) -> Iterator[PaletteTarget]:
    """Each action that fits, works now and has a target, with each target that the word begins."""
    offered = {active.binding.id for active in screen.active_bindings.values() if active.enabled}
    actions = [
        PaletteEntry(action, (), BY_ID[action].words, words)
        for action, words in AIMED.items()
        if action in offered
    ]
    fitting = [entry.id for entry in palette_search.found(what, actions)]
    yield from palette_targets.offered(word, screen.view, screen.deck, fitting)


def _act_on(screen: SessionsScreen, aimed: PaletteTarget) -> Callable[[], None]:
    def act() -> None:
        meant = palette_targets.still_meant(aimed.target, screen.view, screen.deck)
        screen.targeting.act(aimed.action, meant)

    return act
