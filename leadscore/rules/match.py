"""match: criteria on one or several fields give fixed points."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from leadscore.criteria import Criteria
from leadscore.fields import TRUE, UNKNOWN, Leads, Turn, Use, under
from leadscore.rules.base import Award, Rule
from leadscore.scalars import Points


class Match(Rule):
    """Criteria on one or several fields give fixed points.

    Example:
        name: right country with budget
        kind: match
        when: {country: {in: [US, GB, "NO"]}, budget: {at_least: 10000}}
        points: 5
    """

    PAYS = ("points",)

    kind: Literal["match"]
    when: Criteria
    points: Points

    def reads(self) -> Iterator[Use]:
        yield from under("when", self.when.uses())

    def turns(self) -> Iterator[Turn]:
        yield from self.when.turns()

    def award(self, leads: Leads) -> Award:
        holds = self.when.hold(leads)
        return self.unless_missing(np.where(holds == TRUE, self.points, self.otherwise), holds != UNKNOWN)

    def choices(self) -> list[int]:
        return [self.points, self.otherwise]

    def describe(self) -> str:
        return self.when.describe()
