"""group: rules that add up within a floor and a cap, and the score that groups add up to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field as Setting, model_validator

from leadscore.decays import Decay
from leadscore.fields import Use, under
from leadscore.part import Part, refuse_key
from leadscore.rules import AnyRule
from leadscore.scalars import Points


class Group(Part):
    """Rules whose points add up, within a floor and a cap."""

    cap: Points | None = None
    floor: Points | None = None
    decay: Decay | None = None
    rules: tuple[AnyRule, ...] = Setting(min_length=1)

    @model_validator(mode="after")
    def _refuse_crossed_bounds(self) -> Self:
        _refuse_crossed(self.floor, self.cap)
        if self.decay and self.decay.since is None:
            raise refuse_key("decay", "has no date to count from; add since: a date field")
        return self

    def bounds(self) -> tuple[int, int]:
        """The least and the most points (hundredths) the group can give."""
        low, high = self.sums()
        return within(low, self.floor, self.cap), within(high, self.floor, self.cap)

    def sums(self) -> tuple[int, int]:
        """The same before floor and cap."""
        each = [rule.bounds() for rule in self.rules]
        low, high = sum(low for low, _ in each), sum(high for _, high in each)
        if self.decay:
            # What was earned may fade to nothing; what was lost stays.
            low = sum(min(low, 0) for low, _ in each)
        return low, high

    def uses(self) -> Iterator[Use]:
        """Every field the group reads."""
        for index, rule in enumerate(self.rules):
            yield from under("rules", under(index, rule.uses()))
        if self.decay:
            yield from under("decay", self.decay.uses())


def within(points: int, floor: int | None, cap: int | None) -> int:
    """The points, held between floor and cap where there are any."""
    points = points if floor is None else max(points, floor)
    return points if cap is None else min(points, cap)


def _refuse_crossed(floor: int | None, cap: int | None) -> None:
    if floor is not None and cap is not None and floor > cap:
        raise refuse_key("cap", "is below floor; swap them")


class ScoreConfig(Part):
    """How group points become the score."""

    combine: Literal["sum", "max"] = "sum"
    """max: the score is that of the best group alone."""
    floor: Points | None = None
    cap: Points | None = None

    @model_validator(mode="after")
    def _refuse_crossed_bounds(self) -> Self:
        _refuse_crossed(self.floor, self.cap)
        return self
