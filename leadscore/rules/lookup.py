"""lookup: each value of a field has its own points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

import numpy as np
from pydantic import Field as Setting, model_validator

from leadscore.fields import Leads, Use
from leadscore.part import refuse_key
from leadscore.rules.base import Award, Rule, spread
from leadscore.scalars import Points, Text
from leadscore.text import Folding


class Lookup(Rule):
    """Each value of a field has its own points; case and surrounding space do not matter.

    Example:
        name: industry
        kind: lookup
        field: industry
        values: {Software: 10, Finance: 8}
    """

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

    def award(self, leads: Leads) -> Award:
        field = leads[self.field]
        points = {Folding()(value): points for value, points in self.values.items()}
        distinct = [points.get(text, self.otherwise) for text in field.folded(Folding())]
        return self.unless_missing(spread(np.array(distinct, dtype=np.int64), field), field.known)

    def choices(self) -> list[int]:
        return [*self.values.values(), self.otherwise]

    def describe(self) -> str:
        return self.field
