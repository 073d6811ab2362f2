"""scales: the score or a group in other words: percent, 1-100, 1-10, letters, traffic lights, yes or no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field as Setting, model_validator

from leadscore.measures.base import Amounts, Labels, Range, best_first, label
from leadscore.part import Part, refuse_key
from leadscore.points import Hundredths
from leadscore.scalars import Name, NoTwins, Points, Text


@dataclass(frozen=True)
class Form:
    """A way to write a share: ``place(part, whole)`` is a number (hundredths) within the range."""

    range: Range
    place: Callable[[Hundredths, int], Hundredths]


def _part_of(most: int, part: Hundredths, whole: int) -> Hundredths:
    """most x part / whole, a half rounded up: no part is below zero."""
    return (2 * most * part + whole) // (2 * whole)


def _percent(part: Hundredths, whole: int) -> Hundredths:
    return _part_of(100_00, part, whole)


def _one_to_hundred(part: Hundredths, whole: int) -> Hundredths:
    return 1_00 + _part_of(99_00, part, whole)


def _one_to_ten(part: Hundredths, whole: int) -> Hundredths:
    return np.maximum(-(-10 * part // whole), 1) * 1_00


# models.md E15. Each is worked out from the points themselves and rounded once.
FORMS: dict[str, Form] = {
    "percent": Form(Range(0, 100_00), _percent),
    "1-100": Form(Range(1_00, 100_00), _one_to_hundred),
    "1-10": Form(Range(1_00, 10_00), _one_to_ten),
}


class Scale(Part):
    """One more column that says where a number stands: as a number (``to``) or a label (``cuts``)."""

    of: Text
    to: Literal["percent", "1-100", "1-10", "percentile"] | None = None
    cuts: Annotated[dict[Name, Points], NoTwins] | None = Setting(default=None, min_length=1)
    by: Literal["percent", "points"] = "percent"
    """What the cuts are in: percent of the way from minimum to maximum, or points."""

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        if (self.to is None) == (self.cuts is None):
            raise ValueError(
                "must have to (percent, 1-100, 1-10 or percentile) or cuts (a label and its lowest value)"
            )
        if self.cuts is None:
            if "by" in self.model_fields_set:
                raise refuse_key("by", "says what cuts are in, and there are none; remove it")
            return self
        if len(set(self.cuts.values())) < len(self.cuts):
            raise refuse_key("cuts", "has the same cut twice; one of the two could never be given")
        if self.by == "percent" and not all(0 <= cut <= 100_00 for cut in self.cuts.values()):
            raise refuse_key("cuts", "are in percent, from 0 to 100; for points write by: points")
        return self

    @property
    def needs_range(self) -> bool:
        """Whether it takes a minimum and a maximum to work it out."""
        return self.to in FORMS or (self.cuts is not None and self.by == "percent")

    @property
    def among_all(self) -> bool:
        """Whether it compares a lead with the others of the file; known only once all are scored."""
        return self.to == "percentile"

    @property
    def range(self) -> Range | None:
        """The range of the numbers it gives; None where it gives labels."""
        return FORMS[self.to].range if self.to in FORMS else None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels it gives, best first."""
        return best_first(self.cuts or {})

    def measure(self, amounts: Amounts) -> Amounts | Labels:
        """The column of a batch; not for a percentile."""
        if self.to:
            low, high = amounts.range.ends
            return Amounts(FORMS[self.to].place(amounts.hundredths - low, high - low), FORMS[self.to].range)
        return label(amounts, self._thresholds(amounts.range))

    def _thresholds(self, of: Range) -> dict[str, int]:
        """The cuts in points: the fewest hundredths that are at least so many percent of the way."""
        cuts = self.cuts or {}
        if self.by == "points":
            return cuts
        low, high = of.ends
        # Best first, so that of two cuts within a hundredth of a point the higher one stays the better.
        return {name: low - (-cuts[name] * (high - low) // 100_00) for name in self.labels}
