"""The document that holds the iframes: empty, on a constant origin that no network ever answers for."""

from playwright.async_api import Page, Route

ORIGIN = "https://host.watchdeck.invalid"
"""What watch pages see as their parent's origin. `.invalid` never resolves (RFC 6761); https, so that the
watch pages live in a secure context and keep the browser's interfaces that need one."""

_POLICY = (
    # Nothing but frames: the document holds no script of its own, and the bridge lives in an isolated world.
    # http: for the simulator and services on a private network; other mixed content the browser refuses.
    "default-src 'none'; frame-src https: http:; style-src 'none'; base-uri 'none'; form-action 'none'"
)
_DOCUMENT = "<!doctype html><meta charset=utf-8><title>watchdeck</title><body></body>"


async def show(page: Page, within: float) -> None:
    """Shows the host document in a new page.

    Args:
        within: seconds.
    """
    address = f"{ORIGIN}/"

    async def fulfil(route: Route) -> None:
        await route.fulfill(
            status=200,
            content_type="text/html; charset=utf-8",
            headers={"content-security-policy": _POLICY, "referrer-policy": "no-referrer"},
            body=_DOCUMENT,
        )

    await page.route(address, fulfil)
    await page.goto(address, wait_until="commit", timeout=within * 1000)
    # A route that stays pauses every request of every iframe.
    await page.unroute(address)
