import re
from ipaddress import ip_address
from pathlib import Path

import playwright
import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.browsers.launch import launch_args


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({}, set()),
        ({"https_proxy": "http://proxy.example:3128/"}, {("proxy.example", 3128)}),
        ({"HTTP_PROXY": "proxy.example"}, {("proxy.example", 80)}),
        ({"all_proxy": "socks5://10.0.0.5"}, {("10.0.0.5", 1080)}),
        ({"ALL_PROXY": "http://user:pa55@[::1]:8080"}, {("::1", 8080)}),
        ({"http_proxy": "a:1", "HTTPS_PROXY": "http://b:2"}, {("a", 1), ("b", 2)}),
        ({"http_proxy": "http://[broken"}, set()),
        ({"http_proxy": ""}, set()),
    ],
)
def test_proxies_are_read_as_chromium_reads_them(
    given_: dict[str, str], expected: set[tuple[str, int]]
) -> None:
    assert launch_args.proxies(given_) == expected


def test_a_proxys_addresses_are_called_public() -> None:
    addresses = [("127.0.0.1", 3128), ("::1", 3128), ("127.0.0.1", 3128)]
    overrides = "127.0.0.1:3128=public,[::1]:3128=public"
    assert launch_args.public_addresses(addresses) == [f"--ip-address-space-overrides={overrides}"]
    assert launch_args.public_addresses([]) == []


@given(st.ip_addresses(), st.integers(1, 65535))
def test_any_address_can_be_called_public(address: object, port: int) -> None:
    (argument,) = launch_args.public_addresses([(str(address), port)])
    text, _, space = argument.partition("=")[2].partition("=")
    assert space == "public"
    host, _, told = text.rpartition(":")
    assert (ip_address(host.strip("[]")), int(told)) == (address, port)


def test_private_addresses_are_asked_for_directly() -> None:
    environment = {"https_proxy": "http://p:1", "NO_PROXY": "intranet.example", "A": "b"}
    made = launch_args.variables(environment, private_network=False, home=None)
    assert made["no_proxy"].startswith("intranet.example,")
    assert {"10.0.0.0/8", "192.168.0.0/16", "127.0.0.0/8"} <= set(made["no_proxy"].split(","))
    assert "NO_PROXY" not in made
    assert launch_args.variables(environment, private_network=True, home=None) == environment
    assert launch_args.variables({"A": "b"}, private_network=False, home=None) == {"A": "b"}


def test_without_images_every_other_blink_setting_is_playwrights() -> None:
    # Of this argument only the last one counts.
    driver = Path(playwright.__file__).parent / "driver" / "package" / "lib"
    found = set(re.findall(r'"--blink-settings=(.*?)"', (driver / "coreBundle.js").read_text("utf-8")))
    (theirs,) = found
    assert f"--blink-settings={theirs},imagesEnabled=false" == launch_args.NO_IMAGES


def test_a_browser_is_given_no_secrets() -> None:
    made = launch_args.variables({"UPSCOPE_API_KEY": "k", "PATH": "/bin"}, private_network=True, home=None)
    assert made == {"PATH": "/bin"}


def test_a_home_of_its_own_is_the_only_one_it_sees() -> None:
    environment = {"HOME": "/home/ada", "XDG_DATA_HOME": "/home/ada/data"}
    made = launch_args.variables(environment, private_network=True, home=Path("/of/its/own"))
    assert made == {"HOME": "/of/its/own"}
