"""What the service refuses or fails at, in plain words with what to do; no key and no link in any of it.

ServiceError
├── AccountRefused     nothing works until somebody acts
│   ├── KeyRefused         401: the key is not known
│   ├── NoSubscription     the account has none, or it ran out
│   ├── ApiNotEnabled      the account's plan has no REST API
│   └── ContactVendor      the service wants to be asked
├── PlanLimit          402: no more links until others end, or the plan grows
├── MayPass            the same request may work later
│   ├── Unreachable        no connection, or it broke
│   ├── RateLimited        429
│   └── ServiceDown        5xx
├── TlsRefused         the service's certificate is not trusted
├── UnknownVisitor     404
├── LinkLost           a link may have been made and can't be used; it may count against the plan
├── AnswerUnreadable   a redirect, no JSON, too long, another shape
└── RequestRefused     any other refusal
"""

from browser_host.errors import WatchdeckError


class ServiceError(WatchdeckError):
    """The REST service did not do what it was asked."""

    code = "service"


class AccountRefused(ServiceError):  # noqa: N818 - says what it is
    """Nothing of the service works until somebody sees to the account or the key."""

    code = "account_refused"


class KeyRefused(AccountRefused):
    """The API key is not known to the service."""

    code = "invalid_api_key"


class NoSubscription(AccountRefused):
    """The account has no subscription, or it ran out."""

    code = "no_subscription"


class ApiNotEnabled(AccountRefused):
    """The account's plan does not include the REST API."""

    code = "api_not_enabled"


class ContactVendor(AccountRefused):
    """The service wants the account's owner to ask its people."""

    code = "please_contact_team"


class PlanLimit(ServiceError):  # noqa: N818 - says what it is
    """The plan allows no more."""

    code = "plan_limit"


class MayPass(ServiceError):  # noqa: N818 - says what it is
    """A trouble that may pass by itself.

    Args:
        retry_after_s: seconds that the service asked to be left alone for, or None.
    """

    code = "service_trouble"

    def __init__(self, text: str, retry_after_s: float | None = None) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class Unreachable(MayPass):
    """No connection could be made, or it broke before the answer was whole."""

    code = "service_unreachable"


class RateLimited(MayPass):
    """The service wants fewer requests."""

    code = "rate_limited"


class ServiceDown(MayPass):
    """The service, or what stands before it, is in trouble."""

    code = "service_down"


class TlsRefused(ServiceError):  # noqa: N818 - says what it is
    """The service could not prove who it is."""

    code = "service_tls"


class UnknownVisitor(ServiceError):  # noqa: N818 - says what it is
    """The service knows no such visitor."""

    code = "unknown_visitor"


class LinkLost(ServiceError):  # noqa: N818 - says what it is
    """A watch link was made or may have been, and can't be used: another one would be a second one."""

    code = "link_lost"


class AnswerUnreadable(ServiceError):  # noqa: N818 - says what it is
    """The answer is nothing that the service's documentation knows."""

    code = "service_answer"


class RequestRefused(ServiceError):  # noqa: N818 - says what it is
    """The service refused the request for another reason."""

    code = "service_refused"
