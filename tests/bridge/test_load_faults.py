import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.bridge import load_faults
from browser_host.sessions.session import ErrorCode


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        ("net::ERR_CONNECTION_REFUSED", ErrorCode.UNREACHABLE, "o.upscope.io refused the connection"),
        (
            "net::ERR_NAME_NOT_RESOLVED",
            ErrorCode.UNREACHABLE,
            "the host name o.upscope.io could not be resolved",
        ),
        (
            "net::ERR_SSL_PROTOCOL_ERROR",
            ErrorCode.UNREACHABLE,
            "could not connect securely to o.upscope.io (ERR_SSL_PROTOCOL_ERROR)",
        ),
        (
            "net::ERR_CERT_DATE_INVALID",
            ErrorCode.CERTIFICATE,
            "the certificate of o.upscope.io has expired or is not valid yet",
        ),
        (
            "net::ERR_CERT_WEAK_KEY",
            ErrorCode.CERTIFICATE,
            "the certificate of o.upscope.io is not accepted (ERR_CERT_WEAK_KEY)",
        ),
        (
            "net::ERR_BLOCKED_BY_RESPONSE",
            ErrorCode.FRAMING_BLOCKED,
            "the page of o.upscope.io may not be shown in a frame",
        ),
        (
            "net::ERR_NEVER_HEARD_OF",
            ErrorCode.UNREACHABLE,
            "could not load o.upscope.io (ERR_NEVER_HEARD_OF)",
        ),
        ("", ErrorCode.UNREACHABLE, "could not load o.upscope.io"),
    ],
)
def test_the_browsers_words_become_plain_ones(error: str, code: ErrorCode, text: str) -> None:
    fault = load_faults.net_error("https://o.upscope.io/w/secret?token=secret", error)
    assert (fault.code, fault.text) == (code, text)


def test_a_private_network_names_the_setting() -> None:
    fault = load_faults.net_error("http://10.0.0.4/w", "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS")
    assert fault.code is ErrorCode.PRIVATE_NETWORK
    assert "browser.allow_private_network" in fault.text


def test_an_insecure_link_by_name_says_why_nothing_shows() -> None:
    assert "http:" in load_faults.net_error("http://coview.example/w", "net::ERR_ABORTED").text
    assert "http:" not in load_faults.net_error("http://10.0.0.4/w", "net::ERR_ABORTED").text
    assert "http:" not in load_faults.net_error("https://coview.example/w", "net::ERR_ABORTED").text


def test_only_errors_of_http_are_faults() -> None:
    assert load_faults.http_status("https://a.example/x", 200) is None
    assert load_faults.http_status("https://a.example/x", 399) is None
    assert "answered 403" in getattr(load_faults.http_status("https://a.example/x", 403), "text", "")


def test_an_unknown_authority_names_the_setting() -> None:
    fault = load_faults.net_error("https://10.0.0.4/w", "net::ERR_CERT_AUTHORITY_INVALID")
    assert fault.code is ErrorCode.CERTIFICATE
    assert "browser.ca_file" in fault.text


def test_a_replaced_page_keeps_the_words_of_a_first_load() -> None:
    refused = load_faults.net_error("https://a.example/x", "net::ERR_CONNECTION_REFUSED")
    fault = load_faults.replaced(refused)
    assert (fault.code, fault.text) == (
        ErrorCode.PAGE_REPLACED,
        "the page navigated, and a.example refused the connection",
    )
    answered = load_faults.http_status("https://a.example/x", 502)
    assert answered is not None
    assert load_faults.replaced(answered) == answered


@given(st.text(), st.text())
def test_no_link_and_no_word_of_a_browser_can_break_a_text(tail: str, error: str) -> None:
    for fault in (
        load_faults.net_error("https://h.example/" + "secret" + tail, error),
        load_faults.net_error(tail, error),
        load_faults.no_answer(tail, 20),
        load_faults.left(tail),
        load_faults.silent(tail, 7),
        load_faults.replaced(load_faults.net_error(tail, error)),
    ):
        assert fault.text.isprintable()
        assert len(fault.text) < 300
        assert "secret" not in fault.text
