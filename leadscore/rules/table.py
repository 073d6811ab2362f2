"""table: the first case that matches a field wins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
from pydantic import Field as Setting

from leadscore.criteria import Test, any_holds
from leadscore.fields import TRUE, UNKNOWN, Leads, Turn, Use, under
from leadscore.rules.base import Award, Rule
from leadscore.scalars import Points, Text


class Case(Test):
    """One test on the table's field, and the points it gives."""

    points: Points


class Table(Rule):
    """The first case that matches a field wins.

    Where a cell holds several values (``list``), a case matches as its tests do: if any of them passes.

    Example:
        name: seniority
        kind: table
        field: job_title
        cases:
          - {has_word: [chief, vp], points: 20}
          - {has_word: manager, points: 8}
        otherwise: 0
        missing: -5
    """

    PAYS = ("cases",)

    kind: Literal["table"]
    field: Text
    cases: tuple[Case, ...] = Setting(min_length=1)

    def reads(self) -> Iterator[Use]:
        yield Use(self.field, None, ("field",))
        for index, case in enumerate(self.cases):
            yield from under("cases", under(index, case.uses(self.field)))

    def turns(self) -> Iterator[Turn]:
        for case in self.cases:
            yield from case.turns(self.field)

    def award(self, leads: Leads) -> Award:
        field = leads[self.field]
        outcomes = [case.hold(field, leads.as_of) for case in self.cases]
        matches = [outcome == TRUE for outcome in outcomes]
        points = np.select(matches, [case.points for case in self.cases], self.otherwise)
        # `known` and `missing` have an answer for a missing value, and so may a table made of them.
        return self.unless_missing(points, any_holds(outcomes) != UNKNOWN)

    def choices(self) -> list[int]:
        return [*(case.points for case in self.cases), self.otherwise]

    def describe(self) -> str:
        return self.field
