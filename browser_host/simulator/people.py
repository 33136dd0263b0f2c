"""The visitors of a simulated service: believable, invented, and the same for the same seed."""

import itertools
from dataclasses import dataclass

from browser_host.simulator.dice import dice

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
"""Share of visitors whose address is known; any key of a visitor may be missing."""

SHORT_ID_DIGITS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person on the customer's website, as the REST service knows them."""

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
        """What an operator would call the session."""
        return f"{self.name} · {self.place}"


def visitors(seed: int, in_session: int, others: int) -> tuple[Visitor, ...]:
    """Those in a session come first, then others, of whom every second is offline."""
    names = [f"{first} {last}" for first, last in itertools.product(FIRST, LAST)]
    dice(seed, "names").shuffle(names)
    return tuple(
        _visitor(seed, number, names, is_online=number < in_session or (number - in_session) % 2 == 0)
        for number in range(in_session + others)
    )


def _visitor(seed: int, number: int, names: list[str], *, is_online: bool) -> Visitor:
    chance = dice(seed, "visitor", number)
    round_, place_in_round = divmod(number, len(names))
    name = names[place_in_round] + (f" {round_ + 1}" if round_ else "")
    mailbox = name.lower().replace(" ", ".").encode("ascii", "ignore").decode()
    return Visitor(
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
