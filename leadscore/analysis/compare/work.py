"""work: a field of the leads -> its values, to count the leads of each tier by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadscore.fields import Field
from leadscore.points import Flags, Rows
from leadscore.text import Folding

SHOWN = 20
"""So many values are told one by one: the last days, or those with the most leads."""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Counted:
    """The leads of one value: how many stand in each tier."""

    value: str | None
    """None where it is unknown."""
    before: Rows
    after: Rows
    values: int = 1
    """More where it stands for all that are not told one by one."""


@dataclass
class Work:
    """The value of every lead in one field: an owner, a day."""

    name: str
    codes: list[npt.NDArray[np.int32]] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    dated: bool = False
    _places: dict[Any, int] = field(default_factory=dict)
    _folding: Folding = field(default_factory=Folding)

    def add(self, column: Field) -> None:
        """The leads of the next batch. Texts are the same where they are compared as the same."""
        self.dated = column.type == "date"
        texts = column.texts.to_pylist() if isinstance(column.texts, pa.Array) else list(column.texts)
        keys: list[Any] = column.folded(self._folding)
        if self.dated and column.numbers is not None:
            days = [-1 if np.isnan(day) else int(day) for day in column.numbers.tolist()]
            keys, texts = list(days), [(_EPOCH + timedelta(day)).isoformat() for day in days]
        places = [
            self._place(key, text) if known else -1
            for key, text, known in zip(keys, texts, column.readable.tolist(), strict=True)
        ]
        self.codes.append(np.array([*places, -1], np.int32)[column.codes])

    def _place(self, key: Any, text: str) -> int:
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values.append(text)
        return self._places[key]

    def count(self, before: Rows, after: Rows, tiers: int, trusted: Flags) -> list[Counted]:
        """The leads of each value in each tier, by where they stand in two configs."""
        codes = np.concatenate(self.codes)
        codes = np.where(codes < 0, len(self.values), codes)
        leads = np.zeros((2, (len(self.values) + 1) * tiers), np.int64)
        for own, standing in zip(leads, (before, after), strict=True):
            ranked = trusted & (standing < tiers)
            own += np.bincount(codes[ranked] * tiers + standing[ranked], minlength=len(own))
        table = leads.reshape(2, -1, tiers)
        names = [*self.values, None]
        known = self._order(table[:, :-1].sum(axis=(0, 2)))
        shown = known if len(known) <= SHOWN + 1 else known[:SHOWN]
        counted = [Counted(names[place], table[0, place], table[1, place]) for place in shown]
        rest = known[len(shown) :]
        if rest:
            counted.append(Counted("", table[0, rest].sum(axis=0), table[1, rest].sum(axis=0), len(rest)))
        if table[:, -1].any():
            counted.append(Counted(None, table[0, -1], table[1, -1]))
        return counted

    def _order(self, leads: Rows) -> list[int]:
        """The values that have leads: days from the last on, others from that with most."""
        places = [place for place in range(len(leads)) if leads[place]]
        places.sort(key=self.values.__getitem__, reverse=self.dated)
        if not self.dated:
            places.sort(key=lambda place: -int(leads[place]))
        return places
