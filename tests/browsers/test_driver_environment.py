import asyncio
import gc
import os
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.launch.driver import start_driver
from browser_host.browsers.launch.driver_environment import browser_environment, withhold
from browser_host.errors import BrowserUnavailable


@pytest.mark.parametrize(
    "name",
    [
        *(
            "DEBUG",
            "debug",
            "DEBUGP",
            "DEBUG_FILE",
            "PWDEBUG",
            "npm_config_pwdebug",
            "PW_TEST_SCREENSHOT_NO_FONTS_READY",
            "NODE_OPTIONS",
        ),
        *(
            "NODE_DEBUG",
            "NODE_V8_COVERAGE",
            "PLAYWRIGHT_JSON_OUTPUT_NAME",
            "SSLKEYLOGFILE",
            "CHROME_LOG_FILE",
        ),
    ],
)
def test_what_steers_a_driver_is_left_out_by_name(name: str) -> None:
    assert browser_environment({name: "x", "HOME": "/h"}) == {"HOME": "/h"}
    environ = {name: "x", "HOME": "/h", "NODE_PATH": ""}
    assert withhold(environ) == tuple(sorted((name, "NODE_PATH")))
    assert environ == {"HOME": "/h"}


@pytest.mark.parametrize(
    "name", ["UPSCOPE_API_KEY", "AWS_SECRET_ACCESS", "gh_token", "DB_PASSWORD", "X_CREDENTIALS"]
)
def test_no_secret_is_passed_on(name: str) -> None:
    assert browser_environment({name: "canary"}) == {}
    assert withhold({name: "canary"}) == ()


def test_where_browsers_are_is_passed_on() -> None:
    mirror = {"PLAYWRIGHT_DOWNLOAD_HOST": "https://a.example", "PLAYWRIGHT_CHROMIUM_DOWNLOAD_HOST": "b"}
    kept = {
        **mirror,
        "PLAYWRIGHT_BROWSERS_PATH": "/b",
        "PLAYWRIGHT_NODEJS_PATH": "/n",
        "TMPDIR": "/t",
        "PATH": "/p",
    }
    assert browser_environment(kept) == kept
    assert withhold(dict(kept)) == ()


@pytest.mark.parametrize("node", ["/bin/false", "/nowhere/node"])
def test_a_driver_that_ends_at_once_is_named(monkeypatch: pytest.MonkeyPatch, node: str) -> None:
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", node)
    before = dict(os.environ)
    with warnings.catch_warnings():
        # Playwright leaves the process and the pipes of such a driver to the garbage collector.
        warnings.simplefilter("ignore", ResourceWarning)
        why = why_not_started()
        gc.collect()
    assert why.startswith("the browser's driver could not be started: ")
    assert dict(os.environ) == before


def why_not_started() -> str:
    try:
        asyncio.run(start_driver())
    except BrowserUnavailable as error:
        return str(error)
    return "it started"


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=5)))
def test_nothing_is_made_up_or_changed(environ: dict[str, str]) -> None:
    assert browser_environment(environ).items() <= environ.items()
