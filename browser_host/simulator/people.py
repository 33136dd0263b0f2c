"""The visitors of a simulated service: invented, plausible, and the same for the same seed."""

import itertools
from dataclasses import dataclass

from browser_host.simulator.seeded import seeded_random

FIRST = (
    "Ada",
    "Amir",
    "Ana",
    "Bao",
    "Clara",
    "Dara",
    "Elif",
    "Emil",
    "Farah",
    "Femi",
    "Greta",
    "Hana",
    "Hugo",
    "Ines",
    "Ivo",
    "Jonas",
    "José",
    "Kaya",
    "Kenji",
    "Lena",
    "Lior",
    "Mara",
    "Mei",
    "Milo",
    "Nadia",
    "Noor",
    "Omar",
    "Pia",
    "Quinn",
    "Ravi",
    "Rosa",
    "Sana",
    "Søren",
    "Tara",
    "Theo",
    "Uma",
    "Vera",
    "Wanda",
    "Yusuf",
    "Zoë",
)
LAST = (
    "Abe",
    "Almeida",
    "Bauer",
    "Bello",
    "Chen",
    "Costa",
    "Diaz",
    "Duarte",
    "Egan",
    "Fischer",
    "García",
    "Haddad",
    "Holm",
    "Ito",
    "Jansen",
    "Kapoor",
    "Kim",
    "Kovač",
    "Lang",
    "Lindqvist",
    "Marsh",
    "Mbeki",
    "Moreau",
    "Müller",
    "Nakata",
    "Novak",
    "Okoye",
    "Olsen",
    "Park",
    "Patel",
    "Quist",
    "Reyes",
    "Rossi",
    "Sato",
    "Silva",
    "Tanaka",
    "Ueda",
    "Vogel",
    "Weiss",
    "Young",
)
PLACES = (
    "Checkout",
    "Pricing",
    "Sign-up",
    "Billing",
    "Onboarding",
    "Refund",
    "Settings",
    "Booking",
    "Loan form",
    "Claims",
    "Cart",
    "Help centre",
)
TAGS = ("vip", "trial", "renewal", "enterprise", "new")
TOWNS = (
    ("Lisbon", "PT"),
    ("Utrecht", "NL"),
    ("Leeds", "GB"),
    ("Austin", "US"),
    ("Kyoto", "JP"),
    ("Lagos", "NG"),
)
DEVICES = (
    ("Chrome", "Windows 11", "desktop"),
    ("Safari", "iPhone", "mobile"),
    ("Firefox", "Ubuntu", "desktop"),
    ("Edge", "Surface", "tablet"),
)
WITH_EMAIL = 0.9
"""Share of visitors with a known e-mail address; any key of a visitor may be missing."""

SHORT_ID_DIGITS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class SimulatedVisitor:
    """A person on the customer's website, as the REST service describes them."""

    short_id: str
    name: str
    place: str
    email: str | None
    tags: tuple[str, ...]
    is_online: bool
    lookup_code: str
    ip_address: str
    town: tuple[str, str]
    device: tuple[str, str, str]

    @property
    def label(self) -> str:
        """A label that an operator might give the session."""
        return f"{self.name} · {self.place}"


def make_visitors(seed: int, in_session: int, others: int) -> tuple[SimulatedVisitor, ...]:
    """Make visitors: those in a session first, then others, every second of them offline."""
    names = [f"{first} {last}" for first, last in itertools.product(FIRST, LAST)]
    seeded_random(seed, "names").shuffle(names)
    return tuple(
        _visitor(seed, number, names, is_online=number < in_session or (number - in_session) % 2 == 0)
        for number in range(in_session + others)
    )


def _visitor(seed: int, number: int, names: list[str], *, is_online: bool) -> SimulatedVisitor:
    chance = seeded_random(seed, "visitor", number)
    round_, place_in_round = divmod(number, len(names))
    name = names[place_in_round] + (f" {round_ + 1}" if round_ else "")
    mailbox = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
    return SimulatedVisitor(
        short_id=f"{number:X}{''.join(chance.choices(SHORT_ID_DIGITS, k=7))}",
        name=name,
        place=chance.choice(PLACES),
        email=f"{mailbox}@{chance.choice(('northwind', 'acme', 'globex'))}.example"
        if chance.random() < WITH_EMAIL
        else None,
        tags=tuple(chance.sample(TAGS, k=chance.randrange(3))),
        is_online=is_online,
        lookup_code=f"{number % 10_000:04d}",
        ip_address=f"203.0.113.{1 + number % 254}",
        town=chance.choice(TOWNS),
        device=chance.choice(DEVICES),
    )
