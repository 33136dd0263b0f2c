import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.bridge import trouble
from browser_host.sessions.session import ErrorCode


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        ("net::ERR_CONNECTION_REFUSED", ErrorCode.UNREACHABLE, "o.upscope.io refused the connection"),
        ("net::ERR_NAME_NOT_RESOLVED", ErrorCode.UNREACHABLE, "the name o.upscope.io is not known here"),
        (
            "net::ERR_CERT_DATE_INVALID",
            ErrorCode.UNREACHABLE,
            "no secure connection to o.upscope.io (ERR_CERT_DATE_INVALID)",
        ),
        (
            "net::ERR_BLOCKED_BY_RESPONSE",
            ErrorCode.FRAMING_BLOCKED,
            "the page of o.upscope.io may not be shown in a frame",
        ),
        (
            "net::ERR_NEVER_HEARD_OF",
            ErrorCode.UNREACHABLE,
            "o.upscope.io could not be loaded (ERR_NEVER_HEARD_OF)",
        ),
        ("", ErrorCode.UNREACHABLE, "o.upscope.io could not be loaded"),
    ],
)
def test_the_browsers_words_become_plain_ones(error: str, code: ErrorCode, text: str) -> None:
    fault = trouble.net_error("https://o.upscope.io/w/secret?token=secret", error)
    assert (fault.code, fault.text) == (code, text)


def test_a_private_network_names_the_setting() -> None:
    fault = trouble.net_error("http://10.0.0.4/w", "net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS")
    assert fault.code is ErrorCode.PRIVATE_NETWORK
    assert "browser.allow_private_network" in fault.text


def test_an_insecure_link_by_name_says_why_nothing_shows() -> None:
    assert "http:" in trouble.net_error("http://coview.example/w", "net::ERR_ABORTED").text
    assert "http:" not in trouble.net_error("http://10.0.0.4/w", "net::ERR_ABORTED").text
    assert "http:" not in trouble.net_error("https://coview.example/w", "net::ERR_ABORTED").text


def test_only_errors_of_http_are_faults() -> None:
    assert trouble.http_status("https://a.example/x", 200) is None
    assert trouble.http_status("https://a.example/x", 399) is None
    assert "answered 403" in getattr(trouble.http_status("https://a.example/x", 403), "text", "")


@given(st.text(), st.text())
def test_no_link_and_no_word_of_a_browser_can_break_a_text(tail: str, error: str) -> None:
    for fault in (
        trouble.net_error("https://h.example/" + "secret" + tail, error),
        trouble.net_error(tail, error),
        trouble.no_answer(tail),
    ):
        assert fault.text.isprintable()
        assert len(fault.text) < 300
        assert "secret" not in fault.text
