"""value: what a lead is worth by now: the size of the deal times the chance to win it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
from pydantic import Field as Setting

from leadscore.criteria import Criteria, any_holds
from leadscore.fields import TRUE, UNKNOWN, Leads, Use, under
from leadscore.measures.base import Amounts, Range
from leadscore.part import Part
from leadscore.points import Hundredths, Numbers, round_each
from leadscore.scalars import Share, Text


class Chance(Part):
    """Where criteria hold (a stage, perhaps in one segment), the share of deals that are won."""

    when: Criteria
    probability: Share


class Value(Part):
    """Expected value: size x probability of the first case that holds; models.md E8."""

    size: Text
    cases: tuple[Chance, ...] = Setting(min_length=1)
    otherwise: Share | None = None
    """The probability where no case holds; without it the value is unknown."""
    missing: Share | None = None
    """The probability where it is unknown whether one holds; without it the value is unknown."""

    def uses(self) -> Iterator[Use]:
        """Every field the value reads."""
        yield Use(self.size, "number", ("size",))
        for index, case in enumerate(self.cases):
            yield from under("cases", under(index, under("when", case.when.uses())))

    def measure(self, leads: Leads) -> Amounts:
        """The expected value of each lead, in hundredths of the currency."""
        size = leads[self.size]
        assert size.numbers is not None, "a size is a number"
        outcomes = [case.when.hold(leads) for case in self.cases]
        shares = [*(case.probability for case in self.cases), self.otherwise, self.missing]
        without = np.where(any_holds(outcomes) == UNKNOWN, len(shares) - 1, len(shares) - 2)
        chosen = np.select([outcome == TRUE for outcome in outcomes], range(len(outcomes)), without)
        values, known = np.zeros(leads.count, dtype=np.int64), np.zeros(leads.count, dtype=bool)
        for place, share in enumerate(shares):
            here = size.known & (chosen == place)
            if share is not None and here.any():
                values[here] = _hundredths_of(size.numbers, share)[size.codes[here]]
                known |= here
        return Amounts(values, Range(), known)


def _hundredths_of(sizes: Numbers, share: Decimal) -> Hundredths:
    """size x share of each distinct size, rounded half away from zero; 0 for what is no number."""
    known = np.nan_to_num(sizes)
    values = known * float(share * 100)
    return round_each(
        values,
        1e-6 + np.abs(values) * 1e-15,
        lambda rows: known[rows].view(np.int64)[None, :],
        lambda row: Decimal(repr(float(known[row]))) * share * 100,
    )
