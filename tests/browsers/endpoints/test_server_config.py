"""The Playwright server's configuration that users get says what the host passes to its own browser."""

from browser_host.browsers.launch import feature_flags
from browser_host.browsers.settings import WINDOW
from tests.support.browser_servers import SERVER


def test_it_has_the_arguments_of_a_local_browser() -> None:
    assert SERVER["args"] == feature_flags.isolation(full_chrome=True, window=WINDOW)
    assert SERVER["ignoreDefaultArgs"] == feature_flags.ignored()


def test_it_listens_on_this_machine_only_and_has_a_sandbox() -> None:
    assert (SERVER["host"], SERVER["chromiumSandbox"]) == ("127.0.0.1", True)
