"""The search syntax of the REST service, as documented by the vendor."""

from browser_host.simulator.people import SimulatedVisitor

LOOKUP_CODE_LENGTH = 4


def matches(visitor: SimulatedVisitor, query: str) -> bool:
    """Whether a visitor matches every word of the query.

    Args:
        query: free text, an e-mail address, `online`, `-online`, `ip:…`, `id:…`, `#tag`, or a lookup
            code of four digits.
    """
    return all(_holds(visitor, word) for word in query.split())


def _holds(visitor: SimulatedVisitor, word: str) -> bool:
    lowered = word.lower()
    kind, colon, value = lowered.partition(":")
    match kind, colon:
        case ("online" | "-online", ""):
            return visitor.is_online is (kind == "online")
        case ("ip", ":"):
            return visitor.ip_address == value
        case ("id", ":"):
            return visitor.short_id.lower() == value
        case _ if word.startswith("#"):
            return lowered[1:] in visitor.tags
        case _ if len(word) == LOOKUP_CODE_LENGTH and word.isdecimal():
            return visitor.lookup_code == word
        case _:
            return any(lowered in text.lower() for text in (visitor.name, visitor.place, visitor.email or ""))
