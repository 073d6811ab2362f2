"""heat: several groups as one number from 0 to 1, and its colour from blue to red."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, Self

import numpy as np
from pydantic import Field as Setting, model_validator

from leadscore.measures.base import Amounts, Labels, Range, best_first, label
from leadscore.part import Part, refuse_key
from leadscore.points import round_each
from leadscore.scalars import Name, NoTwins, Points

_COLOURS = {"red": 80, "orange": 60, "yellow": 40, "green": 20, "blue": 0}
"""models.md E14, in hundredths."""


class Heat(Part):
    """The weighted mean of groups, scales or the score, each on its way from minimum to maximum."""

    weights: Annotated[dict[Name, Annotated[Points, Setting(gt=0)]], NoTwins] = Setting(min_length=1)
    cuts: Annotated[dict[Name, Points], NoTwins] = Setting(default=_COLOURS, min_length=1)

    @model_validator(mode="after")
    def _refuse_cuts_that_mean_nothing(self) -> Self:
        if not all(0 <= cut <= 1_00 for cut in self.cuts.values()):
            raise refuse_key("cuts", "are from 0 to 1, as heat is; write for example 0.8")
        if len(set(self.cuts.values())) < len(self.cuts):
            raise refuse_key("cuts", "has the same cut twice; one of the two could never be given")
        return self

    @property
    def labels(self) -> tuple[str, ...]:
        """The colours, hottest first."""
        return best_first(self.cuts)

    def measure(self, amounts: Mapping[str, Amounts]) -> tuple[Amounts, Labels]:
        """Heat in hundredths, and the colour of that number."""
        parts, wholes, weights = [], [], []
        for name, weight in sorted(self.weights.items()):
            low, high = amounts[name].range.ends
            parts.append(amounts[name].hundredths - low)
            wholes.append(high - low)
            weights.append(weight)
        matrix, total = np.stack(parts), sum(weights)
        shares = [part * (100 * weight / whole / total)
                  for part, weight, whole in zip(matrix, weights, wholes, strict=True)]  # fmt: skip

        def exact(lead: int) -> Fraction:
            each = zip(matrix[:, lead].tolist(), weights, wholes, strict=True)
            return sum(
                (Fraction(100 * weight * part, whole * total) for part, weight, whole in each), Fraction()
            )

        mean = np.sum(shares, axis=0)
        heat = round_each(mean, np.full(len(mean), 1e-6), lambda leads: matrix[:, leads], exact)
        return Amounts(heat, Range(0, 1_00)), label(Amounts(heat, Range(0, 1_00)), self.cuts)
