"""errors: what can go wrong, each kind with the exit code that says who must act."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(?:\?[^/]*)?//?(.*)", re.DOTALL)
_USER = re.compile(r"^(?:[^/:@]*:(?!\d{1,5}(?:/|$)).*@|[^/@]*@)", re.DOTALL)


def shown(file: str) -> str:
    """A path as messages name it: of an address neither the user nor the options, which may be secrets."""
    found = _ADDRESS.fullmatch(file)
    return f"{found[1]}://{_USER.sub('', found[2], count=1).partition('?')[0]}" if found else file


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong, where it is, and what to do about it.

    Printed as ``file:line:column: key: what; hint``. ``line`` and ``column`` are 1-based and 0 where
    a problem has no place in a file. Neither ``what`` nor ``hint`` ever holds a cell's value.
    """

    file: str
    line: int = 0
    column: int = 0
    key: str = ""
    what: str = ""
    hint: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "file", shown(self.file))

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        text = ": ".join(part for part in (place, self.key, self.what) if part)
        return f"{text}; {self.hint}" if self.hint else text


class LeadscoreError(Exception):
    """Something the user can act on; ``problems`` lists all of it at once."""

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        found = [problems] if isinstance(problems, Problem) else list(problems)
        self.problems = tuple(found)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UsageError(LeadscoreError):
    """The command line cannot be meant as written."""

    exit_code = 2


class ConfigError(LeadscoreError):
    """The config is refused: its author must act."""

    exit_code = 3


class InputError(LeadscoreError):
    """The export is refused and nothing was published: whoever exports must act."""

    exit_code = 4


class PublishError(LeadscoreError):
    """The result could not be published; the old one stands: the operator must act."""

    exit_code = 6


class LateError(LeadscoreError):
    """The result is published and whole, a later step failed: the operator may look."""

    exit_code = 7


class LockedError(LeadscoreError):
    """Another run writes to the same place: a later try may do."""

    exit_code = 75  # EX_TEMPFAIL of sysexits.h
