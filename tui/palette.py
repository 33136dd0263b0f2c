"""The palette's source: every action that works on the screen now, with its keys, and with `@` its target."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from rich.text import Text
from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui import aims
from tui.aims import AIMED, Aimed
from tui.screens.help import by_action
from tui.screens.sessions import SessionsScreen

PLACEHOLDER = "an action, also with a target: end @stale, mode draw @shown, copy @marked"


class ActionProvider(Provider):
    """Offers the live bindings of the screen that the palette was opened on."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for words, keys, active in self._actions():
            yield DiscoveryHit(self._shown(words, keys), self._command(active), text=words)

    async def search(self, query: str) -> Hits:
        """Those whose words resemble the query, or whose key it is.

        Args:
            query: what was typed so far; with a word that begins with `@`, only what has a target.
        """
        what, aim = aims.parted(query)
        matcher = self.matcher(what)
        if aim is not None:
            for aimed in self._aimed(aim):
                score = matcher.match(aimed.words) if what else 1.0
                if score > 0:
                    yield Hit(score, self._shown(aimed.words, ""), self._aim_command(aimed), text=aimed.words)
            return
        for words, keys, active in self._actions():
            score = 1.0 if query in keys.split() else matcher.match(words)
            if score > 0:
                yield Hit(score, self._shown(words, keys), self._command(active), text=words)

    def _actions(self) -> Iterator[tuple[str, str, ActiveBinding]]:
        for (_, description), actives in by_action(self.screen.active_bindings.values()).items():
            keys = " ".join(self.app.get_key_display(active.binding) for active in actives)
            words = actives[0].binding.tooltip or description
            yield words, keys, actives[0]

    def _aimed(self, word: str) -> Iterator[Aimed]:
        """Each action that has a target and works now, with each target that the word begins."""
        screen = self.screen
        if isinstance(screen, SessionsScreen):
            offered = {active.binding.id for active in screen.active_bindings.values() if active.enabled}
            yield from aims.offered(word, screen.view, screen.deck, AIMED.keys() & offered)

    def _shown(self, words: str, keys: str) -> Text:
        return Text.assemble((f"{keys:>10}  ", "bold"), words)

    def _command(self, active: ActiveBinding) -> Callable[[], Awaitable[bool]]:
        return partial(self.app.run_action, active.binding.action, active.node)

    def _aim_command(self, aimed: Aimed) -> Callable[[], None]:
        screen = self.screen
        if not isinstance(screen, SessionsScreen):
            raise TypeError("a target is of the main screen's sessions")

        def act() -> None:
            screen.targeting.act(aimed.action, aims.still_meant(aimed.target, screen.view, screen.deck))

        return act
