"""What a configuration asks for that this version does not do yet: said, so that nobody relies on it."""

from browser_host.config.models import Settings


def unheeded(settings: Settings) -> tuple[str, ...]:
    """A sentence on each key that is read and checked, and changes nothing."""
    if not settings.browser.endpoints:
        return ()
    return ("browser.endpoints is not used yet: every page is hosted by a browser on this machine",)
