"""Errors of the REST service, each with what to do; never with a key or a link.

ServiceError
├── AccountRefused     nothing works until somebody acts
│   ├── KeyRefused         401: the key is not known
│   ├── NoSubscription     the account has none, or it ran out
│   ├── ApiNotEnabled      the account's plan has no REST API
│   └── ContactVendor      the account's owner must contact the vendor
├── PlanLimit          402: no more links until others end, or the plan grows
├── MayPass            the same request may work later
│   ├── Unreachable        no connection, or it broke
│   ├── RateLimited        429
│   └── ServiceDown        5xx
├── EnvironmentUnusable  a variable names a proxy or certificates that can't be used
├── TlsRefused         the service's certificate is not trusted
├── UnknownVisitor     404
├── Withdrawn          the caller no longer wanted it when it was about to be sent
├── LinkLost           a link may exist and can't be used; it may count against the plan
├── AnswerUnreadable   a redirect, no JSON, too long, another shape
└── RequestRefused     any other refusal
"""

from browser_host.errors import WatchdeckError


class ServiceError(WatchdeckError):
    """The REST service did not do what was requested."""

    code = "service"


class AccountRefused(ServiceError):  # noqa: N818 - says what it is
    """The service refuses everything until somebody fixes the account or the key."""

    code = "account_refused"


class KeyRefused(AccountRefused):
    """The service does not know the API key."""

    code = "invalid_api_key"


class NoSubscription(AccountRefused):
    """The account has no subscription, or it ran out."""

    code = "no_subscription"


class ApiNotEnabled(AccountRefused):
    """The account's plan does not include the REST API."""

    code = "api_not_enabled"


class ContactVendor(AccountRefused):
    """The account's owner must contact the service's support."""

    code = "please_contact_team"


class PlanLimit(ServiceError):  # noqa: N818 - says what it is
    """The plan allows no more."""

    code = "plan_limit"


class MayPass(ServiceError):  # noqa: N818 - says what it is
    """A temporary failure; the same request may work later.

    Args:
        retry_after_s: seconds to wait as requested by the service, or None.
    """

    code = "service_trouble"

    def __init__(self, text: str, retry_after_s: float | None = None) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class Unreachable(MayPass):
    """No connection could be made, or it broke before the answer was complete."""

    code = "service_unreachable"


class RateLimited(MayPass):
    """The service wants fewer requests."""

    code = "rate_limited"


class ServiceDown(MayPass):
    """The service, or a proxy in front of it, fails."""

    code = "service_down"


class EnvironmentUnusable(ServiceError):  # noqa: N818 - says what it is
    """A variable of the environment prevents all requests; nothing was sent."""

    code = "service_environment"


class TlsRefused(ServiceError):  # noqa: N818 - says what it is
    """The service's certificate is not trusted."""

    code = "service_tls"


class UnknownVisitor(ServiceError):  # noqa: N818 - says what it is
    """The service knows no such visitor."""

    code = "unknown_visitor"


class Withdrawn(ServiceError):  # noqa: N818 - says what it is
    """The request was not sent, or not repeated, because the caller no longer wanted it."""

    code = "withdrawn"


class LinkLost(ServiceError):  # noqa: N818 - says what it is
    """A watch link exists, or may exist, and can't be used: a new request would create a second one."""

    code = "link_lost"


class AnswerUnreadable(ServiceError):  # noqa: N818 - says what it is
    """The answer does not match the service's documentation."""

    code = "service_answer"


class RequestRefused(ServiceError):  # noqa: N818 - says what it is
    """The service refused the request for another reason."""

    code = "service_refused"
