"""unlisted: the values of an export that a lookup, or a table of values, has never heard of."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from leadscore.analysis.cells_seen import MOST
from leadscore.analysis.inspect import may_be_shown
from leadscore.analysis.known_headers import is_code, tells_who
from leadscore.fields import Field
from leadscore.model.facts import Unlisted
from leadscore.pipeline.unlisted import find_unlisted, leads_per_cell, leads_per_value
from leadscore.points import Flags, Rows
from leadscore.rules.lookup import Lookup
from leadscore.rules.table import Table
from leadscore.text import Folding

_SHOWN = 5
"""The most frequent values that are named."""

Leads = npt.NDArray[np.int64]


@dataclass
class UnlistedSeen:
    """What was seen of the field of such a rule so far."""

    rule: Lookup | Table
    leads: int = 0
    """Leads with a value that is not listed."""
    values: Counter[str] | None = field(default_factory=Counter)
    """Leads per value, as it is compared; None where there are too many."""
    unlisted: dict[str, str] = field(default_factory=dict)
    """The values that are not listed: as compared, and as written first."""

    def add(self, field: Field, rows: Rows, as_of: int) -> None:
        """Leads of a batch, by their positions."""
        per_cell = leads_per_cell(field, rows)
        values, leads = leads_per_value(field, per_cell)
        unlisted = find_unlisted(self.rule, values, as_of) & (leads > 0)
        in_cell = unlisted if field.members is None else field.members.per_cell(np.logical_or, unlisted)
        self.leads += int(per_cell[in_cell].sum())
        if self.values is not None:
            self._count(values, leads, unlisted)

    def _count(self, values: Field, leads: Leads, unlisted: Flags) -> None:
        there = np.flatnonzero(leads)
        assert self.values is not None
        if len(there) > MOST:
            self.values = None
            return
        folded = values.folded(Folding())
        for place in there.tolist():
            self.values[folded[place]] += int(leads[place])
            if unlisted[place]:
                self.unlisted.setdefault(folded[place], str(values.texts[place]))
        self.values = self.values if len(self.values) <= MOST else None

    def close(self, header: str, leads: int) -> Unlisted | None:
        """What is to be told; None where every value is listed.

        ``header``: of the column the field is read from, '' for none; ``leads``: all there are.
        """
        if not self.leads:
            return None
        if self.values is None:
            return Unlisted(self.leads, None)
        names = not header or tells_who(header) or is_code(header) or tells_who(self.rule.field)
        if names or not may_be_shown(self.values, leads):
            return Unlisted(self.leads, len(self.unlisted))
        counts = [(written, self.values[value]) for value, written in self.unlisted.items()]
        most = sorted(counts, key=lambda each: (-each[1], each[0]))[:_SHOWN]
        return Unlisted(self.leads, len(self.unlisted), tuple(most))
