import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.config import addresses
from browser_host.config.addresses import is_private, remote_browser, service, watch_link


@pytest.mark.parametrize(
    "text",
    [
        "https://o.upscope.io?secret=1",
        "https://o.upscope.io/a/b?c#d",
        "HTTPS://O.UPSCOPE.IO/x",
        "http://localhost:8080/x",
        "http://app.localhost/x",
        "http://127.0.0.1:1/x",
        "http://[::1]:8080/x",
        "http://10.1.2.3/x",
        "http://192.168.0.9/x",
        "http://[fd00::1]/x",
    ],
)
def test_links_that_may_be_opened(text: str) -> None:
    assert watch_link(text).reveal() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o.upscope.io/x",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ws://localhost/x",
        "https://",
        "https:///x",
        "https://user@h/x",
        "https://user:word@h/x",
        "https://h:0/x",
        "https://h:99999/x",
        "https://h\\@evil/x",
        "https://h/ x",
        "https://h/\nx",
        "https://h/\x1b[2J",
        "https://[::1/x",
        "http://example.com/x",
        "http://8.8.8.8/x",
        "http://localhost.evil.com/x",
        "http://127.0.0.1.evil.com/x",
        "https://h/" + "x" * 9000,
    ],
)
def test_links_that_may_not(text: str) -> None:
    with pytest.raises(ValueError, match="expected a watch link"):
        watch_link(text)


@given(st.text(max_size=40))
def test_no_complaint_repeats_what_came(text: str) -> None:
    for check in (watch_link, service, remote_browser):
        said = ""
        try:
            check(f"http://e.com/canary{text}")
        except ValueError as error:
            said = str(error)
        assert "canary" not in said


def test_the_service_has_no_query_and_loses_its_last_slash() -> None:
    assert service("https://h/api/") == "https://h/api"
    with pytest.raises(ValueError, match="without a query"):
        service("https://h/api?key=1")


def test_remote_browsers_may_be_anywhere() -> None:
    for address in ("ws://far.example:9222/x", "https://h", "ws+unix:///run/b1.sock:/path"):
        assert remote_browser(address).reveal() == address
    with pytest.raises(ValueError, match="a browser's address"):
        remote_browser("ftp://h")
    for address in ("ws+unix:run/b1.sock", "ws+unix://h/b1.sock", "ws+unix:///a b"):
        with pytest.raises(ValueError, match=r"expected ws\+unix:///PATH") as caught:
            remote_browser(address)
        assert "b1" not in str(caught.value)


def test_the_address_of_a_grid_may_have_a_login_but_no_query() -> None:
    address = remote_browser("https://user:word@h/wd")
    assert addresses.has_login(address)
    assert addresses.is_base(address)
    for other in ("https://h/wd?token=x", "https://h/#x", "wss://h"):
        assert not addresses.is_base(remote_browser(other))
    assert not addresses.has_login(remote_browser("ws+unix:///run/a@b.sock"))


def test_private_hosts() -> None:
    assert all(map(is_private, ("localhost", "127.9.9.9", "172.16.0.1", "fe80::1")))
    assert not any(map(is_private, ("example.com", "1.1.1.1", "", "localhostx")))
