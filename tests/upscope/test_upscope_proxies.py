"""Which proxy the environment's variables mean for one service."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.upscope.proxies import Route, route

PROXY = {"HTTPS_PROXY": "http://proxy.example:3128"}
SERVICE = "https://api.service.example/v1.3"


def is_direct(base_url: str, no_proxy: str) -> bool:
    return route(base_url, {**PROXY, "NO_PROXY": no_proxy}).proxy is None


@pytest.mark.parametrize(
    ("base_url", "no_proxy"),
    [
        (SERVICE, "*"),
        (SERVICE, "other.example, service.example"),
        (SERVICE, ".service.example"),
        (SERVICE, "*.service.example"),
        (SERVICE, "API.Service.Example:443"),
        (SERVICE, "https://api.service.example/"),
        ("https://10.1.2.3/api", "10.0.0.0/8"),
        ("https://10.1.2.3/api", "10.1.2.3"),
        ("https://[fe80::1]/api", "fe80::/10"),
        ("https://[2001:db8::1]/api", "[2001:db8::1]:443"),
        ("https://xn--bcher-kva.example/v1.3", "b\u00fccher.example"),
        ("https://b\u00fccher.example/v1.3", "xn--bcher-kva.example"),
        ("https://127.0.0.1:9/", ""),
        ("https://localhost/", ""),
    ],
)
def test_an_exempted_service_is_asked_directly(base_url: str, no_proxy: str) -> None:
    assert is_direct(base_url, no_proxy)


@pytest.mark.parametrize(
    ("base_url", "no_proxy"),
    [
        (SERVICE, ""),
        (SERVICE, "example.com,vice.example"),
        (SERVICE, "api.service.example:8443"),
        (SERVICE, "10.0.0.0/8,fe80::/10,[::1]"),
        ("https://11.1.2.3/api", "10.0.0.0/8"),
        (SERVICE, "10.0.0.0/99"),
    ],
)
def test_any_other_service_is_asked_by_the_proxy(base_url: str, no_proxy: str) -> None:
    assert not is_direct(base_url, no_proxy)


@pytest.mark.parametrize("entry", ["10.0.0.0/99", "http://[", "a..b", "ho st:x:y", "\u202ehost"])
def test_what_means_nothing_is_named(entry: str) -> None:
    unread = route(SERVICE, {**PROXY, "NO_PROXY": f"{entry},10.0.0.1"}).unread
    assert unread
    assert all(one.isprintable() for one in unread)


def test_small_letters_beat_capitals() -> None:
    named = {"HTTPS_PROXY": "http://one.example", "https_proxy": "two.example:1\n", "all_proxy": "three"}
    way = route(SERVICE, named)
    assert way.proxy is not None
    assert (way.proxy.reveal(), way.variable) == ("http://two.example:1", "https_proxy")
    assert route(SERVICE, {**PROXY, "https_proxy": ""}) == Route()


@given(st.text(max_size=40), st.sampled_from([SERVICE, "https://10.1.2.3:8/", "https://[::2]/"]))
def test_no_text_breaks_the_route(text: str, base_url: str) -> None:
    assert isinstance(route(base_url, {**PROXY, "NO_PROXY": text}), Route)
