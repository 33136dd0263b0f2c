"""What became of an order to post an instruction, as what is told of the instruction."""

from browser_host.bridge.listener import Listener
from browser_host.bridge.orders import Outcome


def tell(listener: Listener, session_id: str, number: int, outcome: Outcome, *, navigated: bool) -> None:
    """Tells the one thing that is known.

    Args:
        navigated: whether the frame got another document while the instruction was on its way.
    """
    match outcome:
        case Outcome.DONE if not navigated:
            listener.posted(session_id, number)
        case Outcome.DONE:
            text = "the page navigated while the instruction was being posted"
            listener.uncertain(session_id, number, text)
        case Outcome.REFUSED:
            listener.not_posted(session_id, number, "the page was taken away")
        case Outcome.NEVER:
            listener.not_posted(session_id, number, "the page did not take it in time")
        case Outcome.UNCERTAIN:
            text = "the page stopped answering while the instruction was being posted"
            listener.uncertain(session_id, number, text)
