"""Which environment variables a browser, its driver and Playwright's Python code may see.

With `DEBUG` or `DEBUGP` they write every watch link in clear text, `NODE_OPTIONS` may refer to missing files,
and a page that compromises the browser must not find a key.
"""

import re
from collections.abc import Mapping, MutableMapping

_KEPT = frozenset(
    {
        "NODE_EXTRA_CA_CERTS",
        "PLAYWRIGHT_BROWSERS_PATH",
        "PLAYWRIGHT_HOST_PLATFORM_OVERRIDE",
        "PLAYWRIGHT_NODEJS_PATH",
        "PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS",
    }
)
"""Variables of packagers that locate the browser and Node, and a company's own authorities."""
_DOWNLOADS = re.compile(r"PLAYWRIGHT_(.*_)?DOWNLOAD_(HOST|CONNECTION_TIMEOUT)")

_STEERING = re.compile(
    r"DEBUG.*|(npm_config_)?PWDEBUG.*|PW_.*|PWTEST.*|INTERNAL_PW_.*|PLAYWRIGHT_.*|NODE_.*|"
    r"UV_THREADPOOL_SIZE|SSLKEYLOGFILE|CHROME_LOG_FILE|MOZ_LOG.*",
    re.IGNORECASE,
)
_SECRET = re.compile(r"key|token|secret|passw|credential", re.IGNORECASE)


def withhold(environ: MutableMapping[str, str]) -> tuple[str, ...]:
    """Remove the variables that control Playwright and its driver, and return their names.

    Playwright reads some when it is imported, and the driver inherits the others: a command that starts a
    browser calls this first.

    Args:
        environ: of this process.
    """
    names = tuple(sorted(filter(_steers, environ)))
    for name in names:
        del environ[name]
    return names


def browser_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The variables for a browser, without secrets: a page may compromise it.

    Args:
        environ: of the host.
    """
    return {name: value for name, value in environ.items() if not (_steers(name) or _SECRET.search(name))}


def _steers(name: str) -> bool:
    is_kept = name in _KEPT or _DOWNLOADS.fullmatch(name) is not None
    return not is_kept and _STEERING.fullmatch(name) is not None
