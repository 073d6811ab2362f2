"""subject: what lint looks at, and what it finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from leadscore.errors import Problem
from leadscore.model.schema import Model
from leadscore.model.screen import Sign
from leadscore.model.tree import Path
from leadscore.rules import AnyRule


class Tally(NamedTuple):
    """What a rule, or a sign of the screen, did with the leads of an export."""

    with_points: int
    """Leads it gave or took points, or that show the sign."""
    known: int
    leads: int


@dataclass(frozen=True)
class Finding:
    """A doubt, and the name under which its explanation stands in ``FINDINGS``."""

    code: str
    problem: Problem


@dataclass(frozen=True)
class Subject:
    """What is looked at: the model, the fields its file declares, and what its rules and signs did."""

    model: Model
    declared: tuple[str, ...] = ()
    tallies: Mapping[str, Tally] = field(default_factory=dict)
    """By rule name, where that is known."""
    signs: Mapping[str, Tally] = field(default_factory=dict)
    """By sign name, where that is known."""

    def every_rule(self) -> Iterator[tuple[Path, AnyRule]]:
        """Every rule with its path, those of accounts included."""
        yield from self.rules()
        for place, rule in enumerate(self.model.accounts.rules if self.model.accounts else ()):
            yield ("accounts", "rules", place), rule

    def rules(self) -> Iterator[tuple[Path, AnyRule]]:
        """Every rule of a group with its path."""
        for name, group in self.model.groups.items():
            for place, rule in enumerate(group.rules):
                yield ("groups", name, "rules", place), rule

    def screen(self) -> Iterator[tuple[Path, Sign]]:
        """Every sign of the screen with its path."""
        yield from self.model.screen.places() if self.model.screen else ()
