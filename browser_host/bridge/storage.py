"""How much watch pages may store: the browser keeps it in its own memory, which is everybody's."""

from browser_host.bridge.cdp import Cdp, CdpError
from browser_host.bridge.chores import Chores

LIMIT_BYTES = 50_000_000
"""Of one origin in one page; the browser's own limit was above ten gigabytes where that was measured."""
_REMEMBERED = 1_000


class Storage:
    """Limits each origin that shows up in a page's frames, nested ones too."""

    def __init__(self, cdp: Cdp, chores: Chores) -> None:
        self._cdp = cdp
        self._chores = chores
        self._limited: set[str] = set()

    def limit(self, origin: str) -> None:
        """Limits an origin, unless that was done already."""
        if origin in self._limited or not origin.startswith(("https://", "http://")):
            return
        if len(self._limited) >= _REMEMBERED:
            self._limited.clear()  # a limit that was set stays; setting it again costs a call
        self._limited.add(origin)
        self._chores.start("limit storage", self._set(origin))

    async def _set(self, origin: str) -> None:
        try:
            await self._cdp.send(
                "Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": LIMIT_BYTES}
            )
        except CdpError:
            # A page that is gone is noticed by others, and one odd origin is no reason to give a page up.
            self._limited.discard(origin)
