"""bands: a number, or the days since a date, falls into a band; each is named by its lower bound."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field as Setting, model_validator

from leadscore.fields import Leads, Turn, Use
from leadscore.rules.base import Award, Rule
from leadscore.scalars import NoTwins, Number, Points, Text


class Bands(Rule):
    """A number falls into a band that starts at its lower bound and ends before the next one.

    With ``age_of`` the number is the whole days from that date to the day scored for. Below the first
    bound: ``otherwise``.

    Example:
        name: company size
        kind: bands
        field: employees
        bands: {10: 2, 50: 6, 250: 10, 1000: 12}
    """

    PAYS = ("bands",)

    kind: Literal["bands"]
    field: Text | None = None
    age_of: Text | None = None
    bands: Annotated[dict[Number, Points], NoTwins] = Setting(min_length=1)

    @model_validator(mode="after")
    def _refuse_two_sources(self) -> Self:
        if (self.field is None) == (self.age_of is None):
            raise ValueError("must have either field or age_of")
        return self

    def reads(self) -> Iterator[Use]:
        if self.age_of is not None:
            yield Use(self.age_of, "date", ("age_of",))
        elif self.field is not None:
            yield Use(self.field, "number", ("field",))

    def turns(self) -> Iterator[Turn]:
        for bound in sorted(self.bands):
            for at in (bound, bound - 1):  # where the band begins, and the one below it ends
                if self.field is not None:
                    yield Turn(self.field, f"{at:f}")
                elif self.age_of is not None:
                    yield Turn(self.age_of, int(at))

    def award(self, leads: Leads) -> Award:
        values = leads[self.field].values if self.field is not None else leads.age(self.age_of or "")
        bounds: list[Decimal] = sorted(self.bands)
        points = np.array([self.otherwise, *(self.bands[bound] for bound in bounds)], dtype=np.int64)
        band = np.searchsorted(np.array([float(bound) for bound in bounds]), values, side="right")
        return self.unless_missing(points[band], ~np.isnan(values))

    def choices(self) -> list[int]:
        return [*self.bands.values(), self.otherwise]

    def describe(self) -> str:
        return self.field if self.field is not None else f"days since {self.age_of}"
