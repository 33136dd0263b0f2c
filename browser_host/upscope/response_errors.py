"""The error for an outcome, with advice on what to do; None for success."""

from http import HTTPStatus

from browser_host.protocol.text import printable
from browser_host.scrubbing import scrubbed
from browser_host.upscope import errors
from browser_host.upscope.calls import ServiceCall
from browser_host.upscope.outcomes import Broken, ServiceAnswer, Stage
from browser_host.upscope.settings import ServiceSettings
from browser_host.upscope.shapes import ErrorAnswer, parsed

CODE_LIMIT = 80

_ACCOUNT: dict[str, tuple[type[errors.AccountRefused], str]] = {
    "invalid_api_key": (
        errors.KeyRefused,
        "it does not know the API key; check the key, and that upscope.auth and upscope.base_url match it",
    ),
    "no_subscription": (
        errors.NoSubscription,
        "the account has no subscription; its owner must buy one",
    ),
    "subscription_expired": (
        errors.NoSubscription,
        "the account's subscription has expired; its owner must renew it",
    ),
    "api_not_enabled": (
        errors.ApiNotEnabled,
        "the REST API is not enabled for this account; have it enabled in the account or by the vendor",
    ),
    "please_contact_team": (
        errors.ContactVendor,
        "the account's owner must contact the service's team; nothing works until then",
    ),
}

_UNSURE = (
    "the service may have created the link, so it is not requested again; retry if you accept a second one"
)
_PLAN = "the plan's limit is reached; end sessions that nobody needs, or extend the plan"
_NO_SUCH_CALL = 'it has no such endpoint; check upscope.base_url, and upscope.auth, which is "raw" on premise'


def error_of(
    settings: ServiceSettings, call: ServiceCall, outcome: ServiceAnswer | Broken
) -> errors.ServiceError | None:
    """The error of an outcome, or None for a success, whose body is yet to be parsed."""
    match outcome:
        case Broken():
            return _broken(settings, call, outcome)
        case ServiceAnswer(status=status):
            said = parsed(ErrorAnswer, outcome.body) or ErrorAnswer()
            if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES and said.status != "error":
                return None
            return _refused(settings, call, outcome, said.code)


def unreadable(settings: ServiceSettings, call: ServiceCall, answer: ServiceAnswer) -> errors.ServiceError:
    """The error for a success with an unexpected body."""
    kind = f" ({answer.content_type})" if answer.content_type else ""
    what = answer.unreadable or f"not the JSON that its documentation describes{kind}"
    text = f"{_while(settings, call)}: its answer is {what}; check that upscope.base_url is the REST API's"
    if call.may_be_repeated:
        return errors.AnswerUnreadable(text)
    return errors.LinkLost(f"{text}; a link may exist, so it is not requested again")


def _broken(settings: ServiceSettings, call: ServiceCall, broken: Broken) -> errors.ServiceError:
    where = _while(settings, call)
    match broken.stage:
        case Stage.DISTRUSTED:
            return errors.TlsRefused(
                f"{where}: its certificate is not trusted ({broken.why}); for an authority of your own "
                "name its file with upscope.ca_file"
            )
        case Stage.NOT_SENT:
            return errors.Unreachable(
                f"{where}: {broken.why}; check upscope.base_url, the network and the proxy (HTTPS_PROXY)"
            )
        case Stage.WITHDRAWN:
            return errors.Withdrawn(f"{where}: {broken.why}")
        case Stage.UNDER_WAY if call.may_be_repeated:
            return errors.Unreachable(f"{where}: {broken.why}; try again later")
        case Stage.UNDER_WAY:
            return errors.LinkLost(f"{where}: {broken.why}; {_UNSURE}")


def _refused(
    settings: ServiceSettings, call: ServiceCall, answer: ServiceAnswer, code: str
) -> errors.ServiceError:
    kind: type[errors.ServiceError]
    match answer.status:
        case _ if code in _ACCOUNT:
            kind, advice = _ACCOUNT[code]
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            kind, advice = errors.KeyRefused, "it refuses the API key; check the key and the account's rights"
        case HTTPStatus.PAYMENT_REQUIRED:
            kind, advice = errors.PlanLimit, _PLAN
        case HTTPStatus.NOT_FOUND if call.visitor is not None:
            shown = printable(call.visitor, CODE_LIMIT)
            kind, advice = errors.UnknownVisitor, f"it has no visitor {shown}; check the id"
        case HTTPStatus.NOT_FOUND:
            kind, advice = errors.AnswerUnreadable, _NO_SUCH_CALL
        case HTTPStatus.TOO_MANY_REQUESTS:
            wait = answer.retry_after_s
            when = "later" if wait is None else f"in {wait:.0f} s"
            kind, advice = errors.RateLimited, f"too many requests; try again {when}"
        case status if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            kind, advice = errors.AnswerUnreadable, _redirect(answer)
        case status if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            kind, advice = _trouble(call)
        case _:
            kind, advice = errors.RequestRefused, "it refuses"
    said = f"{answer.status} {_said(settings, code)}".rstrip()
    error = kind(f"{_while(settings, call)}: {advice} ({said})")
    if isinstance(error, errors.MayPass):
        error.retry_after_s = answer.retry_after_s
    return error


def _trouble(call: ServiceCall) -> tuple[type[errors.ServiceError], str]:
    if call.may_be_repeated:
        return errors.ServiceDown, "it is failing; try again later"
    return errors.LinkLost, f"it is failing; {_UNSURE}"


def _redirect(answer: ServiceAnswer) -> str:
    return (
        f"it redirects to {answer.redirect_host or 'nowhere'}, which is not followed: the key would go "
        "along; if that address is right, set it as upscope.base_url"
    )


def _while(settings: ServiceSettings, call: ServiceCall) -> str:
    return f"the REST service at {settings.host}, {call.purpose}"


def _said(settings: ServiceSettings, code: str) -> str:
    """The service's error code, which may contain the key or an address."""
    return printable(scrubbed(code.replace(settings.key.reveal(), "…")), CODE_LIMIT)
