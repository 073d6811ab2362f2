"""drift: scored batches -> what is counted of fields and values, so that later runs can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from leadscore.fields import Field
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.portion import Portion
from leadscore.pipeline.unlisted import (
    find_unlisted,
    goes_by_value,
    leads_per_cell,
    leads_per_value,
    lists_values,
)
from leadscore.points import Rows
from leadscore.rules.lookup import Lookup
from leadscore.rules.table import Table
from leadscore.text import Folding

MOST = 10_000
"""So many values that a rule does not list are told apart; beyond it there are 'many'."""


@dataclass
class FieldSeen:
    """One field of the leads scored so far."""

    unknown: int = 0
    """Leads without a value that could be read."""
    is_date: bool = False
    newest: int | None = None
    """Of a date field, the last day that is not after the day scored for, in days since 1970-01-01."""

    def add(self, field: Field, as_of: int) -> None:
        """The same field of a batch."""
        known = field.codes >= 0 if field.readable.all() else field.known
        self.unknown += len(known) - int(np.count_nonzero(known))
        if field.type == "date" and field.numbers is not None:
            self.is_date = True
            there = leads_per_cell(field, np.arange(len(field.codes))) > 0
            days = field.numbers[there & (field.numbers <= as_of)]  # no day is not on or before any
            if len(days):
                newest = int(days.max())
                self.newest = newest if self.newest is None else max(newest, self.newest)

    def merge(self, other: FieldSeen) -> None:
        """The same field of other leads."""
        self.unknown += other.unknown
        self.is_date = self.is_date or other.is_date
        self.newest = max((day for day in (self.newest, other.newest) if day is not None), default=None)


@dataclass
class ValuesSeen:
    """The values of a rule's field that the rule does not list."""

    rule: Lookup | Table
    leads: int = 0
    values: set[str] | None = field(default_factory=set)
    """As they are compared; None where there are more than MOST. They are counted, and written nowhere."""

    def add(self, field: Field, rows: Rows, as_of: int) -> None:
        """The leads of a batch at these positions."""
        per_cell = leads_per_cell(field, rows)
        values, leads = leads_per_value(field, per_cell)
        unlisted = find_unlisted(self.rule, values, as_of) & (leads > 0)
        in_cell = unlisted if field.members is None else field.members.per_cell(np.logical_or, unlisted)
        self.leads += int(per_cell[in_cell].sum())
        if self.values is not None:
            folded = values.folded(Folding())
            self._note(folded[place] for place in np.flatnonzero(unlisted).tolist())

    def merge(self, other: ValuesSeen) -> None:
        """Those of other leads, that an equal rule does not list."""
        self.leads += other.leads
        if other.values is None:
            self.values = None
        else:
            self._note(other.values)

    def _note(self, folded: Iterable[str]) -> None:
        # One by one: cells that differ may fold to one value, so that a first MOST of them says nothing.
        for value in folded:
            if self.values is None:
                return
            self.values.add(value)
            if len(self.values) > MOST:
                self.values = None


@dataclass
class Drift:
    """Counts over all batches read so far."""

    leads: int = 0
    as_of: int = 0
    fields: dict[str, FieldSeen] = field(default_factory=dict)
    unlisted: dict[tuple[str, str], ValuesSeen] = field(default_factory=dict)
    """By segment, '' where there are none, and rule: those that name every value they mean."""
    looked_up: set[str] = field(default_factory=set)
    """Fields of text, a value per cell, that a rule goes by the values of."""

    def add(self, scored: Scored) -> None:
        """Count a scored batch."""
        self.leads += scored.leads.count
        self.as_of = scored.leads.as_of
        for name, of_batch in scored.leads.fields.items():
            self.fields.setdefault(name, FieldSeen()).add(of_batch, self.as_of)
        for portion in scored.portions:
            for rule in _rules_by_value(portion):
                of_batch = scored.leads[rule.field]
                if of_batch.type == "text" and of_batch.members is None:
                    self.looked_up.add(rule.field)
                if lists_values(rule):
                    seen = self.unlisted.setdefault((portion.segment, rule.name), ValuesSeen(rule))
                    seen.add(of_batch, portion.rows, self.as_of)

    def merge(self, other: Drift) -> None:
        """Count the batches of another as well, scored by the same model for the same day."""
        self.leads += other.leads
        self.as_of = other.as_of if other.fields else self.as_of  # without a batch there is no day
        for name, field_seen in other.fields.items():
            self.fields.setdefault(name, FieldSeen()).merge(field_seen)
        for key, seen in other.unlisted.items():
            self.unlisted.setdefault(key, ValuesSeen(seen.rule)).merge(seen)
        self.looked_up |= other.looked_up

    def report(self) -> dict[str, Any]:
        """What summary.json keeps: counts and the names that the config has for them, no cell's value."""
        return {
            "fields": [self._field(name, seen) for name, seen in sorted(self.fields.items())],
            "unlisted": [
                {"name": name, **({"segment": segment} if segment else {}), "field": seen.rule.field,
                 "leads": seen.leads, "values": None if seen.values is None else len(seen.values)}
                for (segment, name), seen in self.unlisted.items()
            ],
            "looked_up": sorted(self.looked_up),
        }  # fmt: skip

    def _field(self, name: str, seen: FieldSeen) -> dict[str, Any]:
        days = None if seen.newest is None else self.as_of - seen.newest
        of_date = {"newest_days": days} if seen.is_date else {}
        return {"name": name, "leads": self.leads, "unknown": seen.unknown, **of_date}


def _rules_by_value(portion: Portion) -> Sequence[Lookup | Table]:
    groups = portion.model.groups.values()
    return [rule for group in groups for rule in group.rules if goes_by_value(rule)]
