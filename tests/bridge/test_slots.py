from browser_host.bridge.slots import Slot
from browser_host.secrets import WatchLink


def slot() -> Slot:
    return Slot(1, "F", "s", WatchLink("https://a.example/secret"))


def test_a_frame_may_be_sent_on_before_it_speaks() -> None:
    frame = slot()
    assert frame.origin is None
    assert frame.commit("https://a.example") is None
    assert frame.commit("https://b.example") is None
    assert frame.origin == "https://b.example"


def test_a_frame_that_spoke_and_goes_elsewhere_has_left() -> None:
    frame = slot()
    frame.commit("https://a.example")
    frame.spoke = True
    assert frame.commit("https://a.example") is None
    assert frame.commit("https://b.example") == "https://b.example"
    assert frame.origins == ("https://b.example", "https://a.example")
    assert frame.commit("https://c.example") == "https://c.example"
    assert frame.origins == ("https://c.example", "https://b.example")


def test_a_slot_shows_no_link() -> None:
    assert "secret" not in repr(slot())
