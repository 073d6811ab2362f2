"""profile: closeness to an ideal customer: the share of its weights a lead meets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field as Setting, model_validator

from leadscore.criteria import Criteria
from leadscore.fields import TRUE, UNKNOWN, Field, Leads, Turn, Use, under
from leadscore.part import Part, refuse_key
from leadscore.points import Flags, Numbers, round_each
from leadscore.rules.base import Award, Rule
from leadscore.scalars import Name, Number, Points, Share, Text

_ROUNDING = 2.0**-50
"""More than the few operations on doubles here can be off by, relative to what they work on."""


@dataclass(frozen=True)
class Closeness:
    """How close each lead is to one criterion, from 0 to 1; 0 where unknown."""

    value: Numbers
    error: Numbers
    """How far the value may be off."""
    known: Flags
    codes: npt.NDArray[np.int64]
    """Leads with the same code are equally close."""
    exact: Callable[[int], Fraction]
    """The value itself, for one lead."""


class Criterion(Part):
    """Criteria that hold or do not, or a number that is closer the nearer it is to ``centre``."""

    name: Name
    weight: Annotated[Points, Setting(gt=0)] = 100  # in hundredths, as points are
    when: Criteria | None = None
    field: Text | None = None
    centre: Number | None = None
    half_width: Annotated[Number, Setting(gt=0)] | None = None

    @model_validator(mode="after")
    def _refuse_halves(self) -> Self:
        graded = {"field": self.field, "centre": self.centre, "half_width": self.half_width}
        absent = [key for key, value in graded.items() if value is None]
        if (self.when is None) == (len(absent) == len(graded)):
            raise ValueError("must have either when, or field, centre and half_width")
        if self.when is None and absent:
            raise ValueError(f"needs field, centre and half_width; add {' and '.join(absent)}")
        if self.when is not None and len(absent) < len(graded):
            raise ValueError("must have either when, or field, centre and half_width")
        return self

    def uses(self) -> Iterator[Use]:
        """The fields it reads."""
        if self.when is not None:
            yield from under("when", self.when.uses())
        elif self.field is not None:
            yield Use(self.field, "number", ("field",))

    def turns(self) -> Iterator[Turn]:
        """Values that meet it or, where it is graded, from one end to the centre in tenths."""
        if self.when is not None:
            yield from self.when.turns()
        elif self.field is not None and self.centre is not None and self.half_width is not None:
            for tenth in range(-10, 11):
                yield Turn(self.field, f"{self.centre + self.half_width * tenth / 10:f}")

    def closeness(self, leads: Leads) -> Closeness:
        """1 or 0 by criteria; max(0, 1 - |number - centre| / half_width) by a number (models.md E10)."""
        if self.when is None:
            return self._nearness(leads[self.field or ""])
        holds = self.when.hold(leads)
        value = (holds == TRUE).astype(np.float64)
        return Closeness(
            value,
            np.zeros_like(value),
            holds != UNKNOWN,
            holds.astype(np.int64),
            lambda lead: Fraction(int(value[lead])),
        )

    def _nearness(self, field: Field) -> Closeness:
        assert field.numbers is not None, "closeness is that of a number"
        assert self.centre is not None, "refused above"
        assert self.half_width is not None, "refused above"
        centre, half_width = Fraction(self.centre), Fraction(self.half_width)
        numbers = np.nan_to_num(np.append(field.numbers, np.nan))
        distance = np.abs(numbers - float(centre)) / float(half_width)
        error = _ROUNDING * (1 + (np.abs(numbers) + abs(float(centre))) / float(half_width))
        value = np.where(np.append(field.readable, False), np.clip(1 - distance, 0, 1), 0)
        error = np.where(distance > 1 + error, 0, error)

        def exact(lead: int) -> Fraction:
            # repr of a double is the shortest decimal that reads back as it: the number as the export had it.
            number = Fraction(Decimal(repr(float(numbers[field.codes[lead]]))))
            return max(Fraction(0), 1 - abs(number - centre) / half_width)

        codes = field.codes.astype(np.int64)
        return Closeness(value[field.codes], error[field.codes], field.known, codes, exact)


class Profile(Rule):
    """Closeness to an ideal customer, as a share of ``points``: all of them where every criterion is met.

    Formula: points x sum(weight x closeness) / sum(weight), over the criteria that are known; with
    ``unknown: zero`` over all. Closeness is 1 or 0 by ``when``, and max(0, 1 - |number - centre| /
    half_width) by a number. Where less than ``min_known`` of the weights is known, all is unknown.

    Example:
        name: ideal customer
        kind: profile
        points: 40
        criteria:
          - {name: industry, weight: 2, when: {industry: [Software, Finance]}}
          - {name: about 400 people, weight: 1, field: employees, centre: 400, half_width: 300}
        min_known: 50%
    """

    PAYS = PAYS_EACH = ("points",)

    kind: Literal["profile"]
    points: Points
    criteria: tuple[Criterion, ...] = Setting(min_length=1)
    unknown: Literal["ignore", "zero"] = "ignore"
    min_known: Share = Decimal(0)

    @model_validator(mode="after")
    def _refuse_what_has_no_meaning(self) -> Self:
        if "otherwise" in self.model_fields_set:
            raise refuse_key("otherwise", "has no meaning for a profile; what is far from it gets 0")
        names = [criterion.name for criterion in self.criteria]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise refuse_key("criteria", f"two of them are named {twice!r}; rename one")
        return self

    def reads(self) -> Iterator[Use]:
        for index, criterion in enumerate(self.criteria):
            yield from under("criteria", under(index, criterion.uses()))

    def turns(self) -> Iterator[Turn]:
        for criterion in self.criteria:
            yield from criterion.turns()

    def award(self, leads: Leads) -> Award:
        parts = [(criterion.weight, criterion.closeness(leads)) for criterion in self.criteria]
        total = sum(weight for weight, _ in parts)
        known = np.zeros(leads.count, dtype=np.int64)
        met, error = np.zeros(leads.count), np.full(leads.count, (len(parts) + 4) * _ROUNDING)
        for weight, part in parts:
            known = known + weight * part.known
            met, error = met + weight * part.value, error + weight * part.error / total
        of = np.maximum(known, 1) if self.unknown == "ignore" else np.full(leads.count, total)

        def exact(lead: int) -> Fraction:
            near = (weight * part.exact(lead) for weight, part in parts if part.known[lead])
            return self.points * sum(near, Fraction(0)) / int(of[lead])

        points = round_each(
            self.points * (met / of),
            1e-9 + abs(self.points) * error * (total / of),
            lambda rows: np.stack([part.codes[rows] for _, part in parts]),
            exact,
        )
        enough = max(math.ceil(Fraction(self.min_known) * total), 1)
        award = self.unless_missing(points, known >= enough)
        return replace(award, share=(known * 20_000 + total) // (2 * total))

    def choices(self) -> list[int]:
        return [0, self.points]

    def describe(self) -> str:
        return f"closeness by {', '.join(criterion.name for criterion in self.criteria)}"
