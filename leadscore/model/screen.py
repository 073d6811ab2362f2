"""screen: what takes a lead out of the ranking, before scoring or after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field as Setting, model_validator

from leadscore.criteria import Criteria
from leadscore.fields import Use, under
from leadscore.model.tree import Path
from leadscore.part import Part, refuse_key
from leadscore.scalars import Count, Flag, Name

Verdict = Literal["lamb", "suspect", "spam"]
SCREEN_COLUMNS = ("screen", "signs")
"""What a result has more where the config has a screen."""
VERDICTS: tuple[Verdict, ...] = ("lamb", "suspect", "spam")


class Disqualifier(Part):
    """Takes a lead out of the ranking; it keeps its score."""

    name: Name
    when: Criteria


class Sign(Part):
    """Something a worthless lead gives itself away by."""

    name: Name
    when: Criteria


class Suspect(Part):
    """Soft signs: one proves nothing, so many of them make a lead suspect."""

    at_least: Count
    signs: tuple[Sign, ...] = Setting(min_length=1)
    exclude: Flag = False
    """Whether suspects leave the ranking as spam does."""

    @model_validator(mode="after")
    def _refuse_impossible(self) -> Self:
        if not 1 <= self.at_least <= len(self.signs):
            raise refuse_key("at_least", f"must be from 1 to {len(self.signs)}, the number of signs")
        return self


class Screen(Part):
    """Lamb or spam (models.md E13): any sign under spam, or enough of those under suspect."""

    spam: tuple[Sign, ...] = Setting(default=(), min_length=1)
    suspect: Suspect | None = None

    @model_validator(mode="after")
    def _refuse_nothing(self) -> Self:
        if not self.signs:
            raise ValueError("has no signs: every lead would be a lamb; list some under spam or suspect")
        return self

    @property
    def signs(self) -> tuple[Sign, ...]:
        """Every sign, hard ones first."""
        return tuple(sign for _, sign in self.places())

    def places(self) -> Iterator[tuple[Path, Sign]]:
        """Every sign with its path in the config, hard ones first."""
        for place, sign in enumerate(self.spam):
            yield ("screen", "spam", place), sign
        for place, sign in enumerate(self.suspect.signs if self.suspect else ()):
            yield ("screen", "suspect", "signs", place), sign

    @property
    def excluded(self) -> tuple[Verdict, ...]:
        """The verdicts that take a lead out of the ranking."""
        return ("suspect", "spam") if self.suspect and self.suspect.exclude else ("spam",)

    def uses(self) -> Iterator[Use]:
        """Every field the signs read."""
        yield from under("spam", uses_of(self.spam))
        if self.suspect:
            yield from under("suspect", under("signs", uses_of(self.suspect.signs)))


def uses_of(items: tuple[Disqualifier | Sign, ...]) -> Iterator[Use]:
    """Every field a list of named criteria reads."""
    for index, item in enumerate(items):
        yield from under(index, under("when", item.when.uses()))
