"""The mistakes of a configuration, each with its place, reported all at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from browser_host.errors import UsageError


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """One mistake.

    Args:
        place: `file:line`, `environment NAME` or `flag --name`.
        key: the dotted key; empty if it is about the file itself.
        text: what was expected and what was found, without secrets.
    """

    place: str
    key: str
    text: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.key, self.text) if part)


class ConfigurationError(UsageError):
    """The configuration is wrong.

    Args:
        problems: all of them, in the order of the file.
    """

    def __init__(self, problems: Sequence[ConfigProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
