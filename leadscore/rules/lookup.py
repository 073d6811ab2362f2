"""lookup: each value of a field has its own points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

import numpy as np
from pydantic import Field as Setting, model_validator

from leadscore.fields import Field, Leads, Turn, Use
from leadscore.part import refuse_key
from leadscore.points import LIMIT, Hundredths
from leadscore.rules.base import Award, Rule, spread
from leadscore.scalars import Points, Text
from leadscore.text import Folding

_NO_POINTS = -LIMIT - 1
"""Stands for a value that is not listed; below all points there are."""


class Lookup(Rule):
    """Each value of a field has its own points; case and surrounding space do not matter.

    Where a cell holds several values (``list``), those of them that have points give the highest.

    Example:
        name: industry
        kind: lookup
        field: industry
        values: {Software: 10, Finance: 8}
    """

    PAYS = ("values",)

    kind: Literal["lookup"]
    field: Text
    values: dict[Text, Points] = Setting(min_length=1)

    @model_validator(mode="after")
    def _refuse_same_value_twice(self) -> Self:
        folded: dict[str, str] = {}
        for value in self.values:
            other = folded.setdefault(Folding()(value), value)
            if other != value:
                raise refuse_key("values", f"{other!r} and {value!r} are the same value; keep one of them")
        return self

    def reads(self) -> Iterator[Use]:
        yield Use(self.field, "text", ("field",))

    def turns(self) -> Iterator[Turn]:
        yield from (Turn(self.field, value) for value in self.values)

    def award(self, leads: Leads) -> Award:
        field = leads[self.field]
        members = field.members
        found = self._points(field if members is None else members.values)
        if members is not None:
            found = members.per_cell(np.maximum, found)
        points = np.where(found == _NO_POINTS, self.otherwise, found)
        return self.unless_missing(spread(points, field), field.known)

    def _points(self, field: Field) -> Hundredths:
        """Points per distinct value."""
        points = {Folding()(value): points for value, points in self.values.items()}
        return np.array([points.get(text, _NO_POINTS) for text in field.folded(Folding())], dtype=np.int64)

    def choices(self) -> list[int]:
        return [*self.values.values(), self.otherwise]

    def describe(self) -> str:
        return self.field
