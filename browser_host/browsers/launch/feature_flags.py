"""Which of Chromium's features are on: Playwright's lists, except for those that isolate sessions. Pure."""

PLAYWRIGHT_DISABLES = (
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "TcpPortRandomizationWin",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
    "msForceBrowserSignIn",
    "msEdgeUpdateLaunchServicesPreferredVersion",
)
"""As Playwright 1.65 passes them, in its order: an argument is removed by its exact text."""
PLAYWRIGHT_ENABLES = ("CDPScreenshotNewSurface", "SkipListAccountsWithoutGaiaCookies")

KEPT = frozenset({"ThirdPartyStoragePartitioning"})
"""Disabled by Playwright, needed by the host: it partitions storage by the site of the top-level page."""
_ENABLED_TOO = ("PartitionConnectionsByNetworkIsolationKey",)
"""The browser opens six connections to a host; without it, pages that occupy them block all others."""
_DISABLED_TOO = ("DefaultSiteInstanceGroups",)
"""With it, a page that leaves its opener's site gets a second view, and frame proxies in each: navigating a
session page takes 72 ms of processor time, 50 without. All sites of a group share a process either way."""

_COOKIES = "--test-third-party-cookie-phaseout"
"""Cookies that are not partitioned would be shared; other browsers block them too."""
_HOST_DOCUMENTS = "--host-resolver-rules=MAP *.invalid ~NOTFOUND"
"""The names of the host's own documents never resolve, even with a name server that answers every name; and
pages that request them wait for no name server."""
_ONE_PROCESS_A_GROUP = "--disable-site-isolation-trials"
"""Otherwise full Chrome gives each site a process; the headless shell never does."""


_CHROMEDRIVER_LACKS = (
    "--disable-back-forward-cache",
    "--disable-breakpad",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-field-trial-config",
    "--disable-renderer-backgrounding",
)
"""What Playwright passes to its own browsers for stable pages in a container, and Chromedriver does not."""


def ignored() -> list[str]:
    """The arguments of Playwright that are removed.

    A list of features replaces the previous one. With the third argument a page may change its history
    without limit, which floods the driver.
    """
    return [
        _argument("disable", PLAYWRIGHT_DISABLES),
        _argument("enable", PLAYWRIGHT_ENABLES),
        "--disable-ipc-flooding-protection",
    ]


def isolation(*, full_chrome: bool, window: tuple[int, int]) -> list[str]:
    """The arguments that isolate sessions although they share processes.

    Args:
        window: width and height of the invisible window, in pixels.
    """
    return [
        # In another order than Playwright's: what is ignored is removed from these arguments too.
        _argument("disable", sorted({*PLAYWRIGHT_DISABLES, *_DISABLED_TOO} - KEPT)),
        _argument("enable", [*PLAYWRIGHT_ENABLES, *_ENABLED_TOO]),
        _COOKIES,
        _HOST_DOCUMENTS,
        f"--window-size={window[0]},{window[1]}",
        *([_ONE_PROCESS_A_GROUP] if full_chrome else []),
    ]


def driven(window: tuple[int, int]) -> list[str]:
    """The arguments for a browser that Chromedriver starts; it adds its own, and joins the lists of features.

    Args:
        window: as above.
    """
    return ["--headless=new", *_CHROMEDRIVER_LACKS, *isolation(full_chrome=True, window=window)]


def _argument(verb: str, features: list[str] | tuple[str, ...]) -> str:
    return f"--{verb}-features={','.join(features)}"
