"""best: which of several groups a lead has most points in: its persona, the product it wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated

import numpy as np
from pydantic import Field as Setting

from leadscore.measures.base import Amounts, Labels, Range
from leadscore.part import Part
from leadscore.points import Hundredths
from leadscore.scalars import Name, Text

TIE = ("yes", "no")


class BestOf(Part):
    """The group with the most points, whether it shares them with another, and how sure that is.

    models.md E5 and E6: argmax over the groups. A lead without points in any of them has no best one; of
    equal ones the first in the list is named and the tie is told.
    """

    name: Name
    """The column it is named in; `<name>_tie` and `<name>_coverage` stand beside it."""
    groups: Annotated[tuple[Text, ...], Setting(min_length=2)]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it adds."""
        return (self.name, f"{self.name}_tie", f"{self.name}_coverage")

    def measure(
        self, points: Mapping[str, Hundredths], coverage: Mapping[str, Hundredths]
    ) -> Iterator[tuple[str, Amounts | Labels]]:
        """The columns of a batch, from the points and the coverage (hundredths) of its groups."""
        each = np.array([points[group] for group in self.groups])
        best, most = each.argmax(axis=0), each.max(axis=0)
        any_points = most > 0
        shared = (each == most).sum(axis=0) > 1
        covered = np.take_along_axis(
            np.array([coverage[group] for group in self.groups]), best[None], axis=0
        )[0]
        yield self.name, Labels(np.where(any_points, best, -1), self.groups)
        yield self.columns[1], Labels(np.where(any_points, np.where(shared, 0, 1), -1), TIE)
        yield self.columns[2], Amounts(covered, Range(0, 100), any_points)
