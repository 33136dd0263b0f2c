"""The palette's source: every action that works on the screen now, with its keys."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from rich.text import Text
from textual.binding import ActiveBinding
from textual.command import DiscoveryHit, Hit, Hits, Provider

from tui.screens.help import by_action


class ActionProvider(Provider):
    """Offers the live bindings of the screen that the palette was opened on."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for words, keys, active in self._actions():
            yield DiscoveryHit(self._shown(words, keys), self._command(active), text=words)

    async def search(self, query: str) -> Hits:
        """Those whose words resemble the query, or whose key it is.

        Args:
            query: what was typed so far.
        """
        matcher = self.matcher(query)
        for words, keys, active in self._actions():
            score = 1.0 if query in keys.split() else matcher.match(words)
            if score > 0:
                yield Hit(score, self._shown(words, keys), self._command(active), text=words)

    def _actions(self) -> Iterator[tuple[str, str, ActiveBinding]]:
        for (_, description), actives in by_action(self.screen.active_bindings.values()).items():
            keys = " ".join(self.app.get_key_display(active.binding) for active in actives)
            words = actives[0].binding.tooltip or description
            yield words, keys, actives[0]

    def _shown(self, words: str, keys: str) -> Text:
        return Text.assemble((f"{keys:>10}  ", "bold"), words)

    def _command(self, active: ActiveBinding) -> Callable[[], Awaitable[bool]]:
        return partial(self.app.run_action, active.binding.action, active.node)
