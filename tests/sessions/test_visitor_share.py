from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from browser_host.sessions.rules.visitor_share import VisitorShare, owner

VISITORS = st.text(min_size=1, max_size=40)
HOSTS = st.integers(1, 12)


@given(VISITORS, HOSTS)
def test_every_visitor_belongs_to_exactly_one_share(visitor: str, hosts: int) -> None:
    shares = [VisitorShare(number, hosts) for number in range(1, hosts + 1)]
    assert [share.number for share in shares if share.has(visitor)] == [owner(visitor, hosts)]


@given(VISITORS, HOSTS)
def test_another_host_takes_visitors_and_moves_no_others(visitor: str, hosts: int) -> None:
    assert owner(visitor, hosts + 1) in {owner(visitor, hosts), hosts + 1}


@pytest.mark.parametrize("hosts", [2, 3, 10])
def test_shares_are_about_equal_and_a_new_one_moves_its_part(hosts: int) -> None:
    visitors = [f"AB{number:05d}" for number in range(6000)]
    counts = Counter(owner(visitor, hosts) for visitor in visitors)
    moved = sum(owner(visitor, hosts) != owner(visitor, hosts + 1) for visitor in visitors)
    assert all(0.8 < count * hosts / len(visitors) < 1.2 for count in counts.values())
    assert 0.8 < moved * (hosts + 1) / len(visitors) < 1.2


def test_owners_stay_the_same_from_version_to_version() -> None:
    assert [owner(f"V{number}", 5) for number in range(8)] == [1, 4, 3, 2, 3, 4, 4, 2]


@given(HOSTS, HOSTS)
def test_a_share_is_written_as_it_is_read(number: int, of: int) -> None:
    if number <= of:
        assert VisitorShare.parse(str(VisitorShare(number, of))) == VisitorShare(number, of)
    else:
        with pytest.raises(ValueError, match="expected a share"):
            VisitorShare.parse(f"{number}/{of}")


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "1/101", "1 / 3", "-1/3", "1/3/3", "٣/٣"])
def test_other_texts_are_no_share(text: str) -> None:
    with pytest.raises(ValueError, match="expected a share"):
        VisitorShare.parse(text)
