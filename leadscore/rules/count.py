"""count: points for each visit, form or page: a number times points."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Literal, Self

import numpy as np
from pydantic import model_validator

from leadscore.fields import Leads, Use
from leadscore.part import refuse_key
from leadscore.points import LIMIT, multiply
from leadscore.rules.base import Award, Rule, spread
from leadscore.scalars import Points, Text


class Count(Rule):
    """A number times points, at most ``cap`` (or, where each costs points, at least ``floor``).

    Below zero a number counts as zero. Formula: clip(each x max(0, n), floor, cap).

    Example:
        name: page visits
        kind: count
        field: visits
        each: 1
        cap: 10
    """

    kind: Literal["count"]
    field: Text
    each: Points
    cap: Points | None = None
    floor: Points | None = None

    @model_validator(mode="after")
    def _refuse_bounds_that_never_bind(self) -> Self:
        if self.cap is not None and (self.each < 0 or self.cap < 0):
            raise refuse_key("cap", "bounds points that are earned; where each costs points, write floor")
        if self.floor is not None and (self.each > 0 or self.floor > 0):
            raise refuse_key("floor", "bounds points that are lost; where each earns points, write cap")
        if "otherwise" in self.model_fields_set:
            raise refuse_key("otherwise", "has no meaning for a count; 0 times any points is 0")
        return self

    def reads(self) -> Iterator[Use]:
        yield Use(self.field, "number", ("field",))

    def award(self, leads: Leads) -> Award:
        field = leads[self.field]
        assert field.numbers is not None, "counts are numbers"
        numbers = np.fmax(field.numbers, 0.0)
        each = np.full(len(numbers), self.each, dtype=np.int64)
        # repr of a double is the shortest decimal that reads back as it: the number as the export had it.
        points = multiply(each, numbers, lambda row: Decimal(repr(float(numbers[row]))))
        low, high = min(self.choices()), max(self.choices())
        return self.unless_missing(spread(points.clip(low, high), field), field.known)

    def choices(self) -> list[int]:
        if self.each < 0:
            return [self.floor if self.floor is not None else -LIMIT, 0]
        return [0, (self.cap if self.cap is not None else LIMIT) if self.each else 0]

    def weight(self) -> int:
        # Without a bound nobody can say what is attainable: one unit then stands for the rule.
        bounded = self.cap is not None or self.floor is not None
        return super().weight() if bounded else abs(self.each)

    def describe(self) -> str:
        return self.field
