"""fields: one typed field of a batch of leads, held as distinct values and a code per lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadscore.points import Flags, Hundredths, Numbers, Rows
from leadscore.scalars import parse_day, parse_flag, parse_number
from leadscore.text import Folding

FieldType = Literal["text", "number", "date", "boolean"]
Truths = npt.NDArray[np.int8]
"""Three-valued: FALSE < UNKNOWN < TRUE, so that `all` is the minimum and `any` the maximum (Kleene)."""
FALSE, UNKNOWN, TRUE = np.int8(0), np.int8(1), np.int8(2)


@dataclass(frozen=True)
class Use:
    """That the config reads a field, where, and as what type (None: any)."""

    field: str
    type: FieldType | None = None
    key: tuple[str | int, ...] = ()
    values: tuple[str, ...] = ()
    """What the field is compared with; each must be readable as the field's type."""


@dataclass(frozen=True)
class Turn:
    """That something turns where a field has a value: a text as a config has it, or so many days ago."""

    field: str
    at: str | int


def read_value(text: str, field_type: FieldType) -> float:
    """A config's value as the number that a field of this type is compared with."""
    if field_type == "number":
        return float(parse_number(text))
    if field_type == "date":
        return float(parse_day(text))
    return float(parse_flag(text))


@dataclass(frozen=True)
class Field:
    """One field of a batch.

    ``codes[i]`` says which distinct value lead i has; -1 is missing. ``numbers`` stands beside
    ``texts``: the number, the day since 1970-01-01 or 1/0 for true/false; NaN where the text cannot be
    read as the field's type, which makes it unknown. Text fields have no numbers.
    """

    type: FieldType
    codes: npt.NDArray[np.intp]
    texts: Sequence[str] | pa.Array
    numbers: Numbers | None = None
    members: Members | None = None
    """For cells that hold several values: the values of each distinct text."""

    @cached_property
    def readable(self) -> Flags:
        """Which distinct values count as known."""
        if self.numbers is None:
            return np.ones(len(self.texts), dtype=bool)
        return ~np.isnan(self.numbers)

    @cached_property
    def known(self) -> Flags:
        """Which leads have a value that could be read."""
        return np.append(self.readable, False)[self.codes]

    @cached_property
    def values(self) -> Numbers:
        """A number per lead, NaN where unknown (number, date and boolean fields)."""
        assert self.numbers is not None, "a text field has no numbers"
        return np.append(self.numbers, np.nan)[self.codes]

    def take(self, rows: Rows) -> Field:
        """The same field of some of the leads."""
        return self._with(self.codes[rows])

    def distinct(self) -> Field:
        """The distinct values, one row each."""
        return self._with(np.arange(len(self.texts)))

    def _with(self, codes: npt.NDArray[np.intp]) -> Field:
        other = replace(self, codes=codes)
        other.__dict__["_folded"] = self._folded  # texts are the same, so what they fold to is
        return other

    def text(self, lead: int) -> str | None:
        """One lead's value as the export has it, None where missing."""
        code = int(self.codes[lead])
        return None if code < 0 else str(self.texts[code])

    @cached_property
    def _folded(self) -> dict[Folding, list[str]]:
        return {}

    def folded(self, folding: Folding) -> list[str]:
        """The distinct texts in the form they are compared in."""
        if folding not in self._folded:
            texts = self.texts.to_pylist() if isinstance(self.texts, pa.Array) else self.texts
            self._folded[folding] = [folding(text) for text in texts]
        return self._folded[folding]

    def where(self, distinct: Callable[[], Flags]) -> Truths:
        """The outcome of a test on the distinct values, per lead; unknown where the value is."""
        outcome = np.where(self.readable, np.where(distinct(), TRUE, FALSE), UNKNOWN)
        return np.append(outcome, UNKNOWN).astype(np.int8)[self.codes]


@dataclass(frozen=True)
class Members:
    """The values of the distinct cells of a list. Each cell has one or more, side by side."""

    values: Field
    """Text; its rows are the values of all cells."""
    starts: npt.NDArray[np.intp]
    """The row of each cell's first value."""

    def per_cell(self, join: np.ufunc, distinct: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """An outcome per distinct value -> one per distinct cell: ``join`` of those of its values."""
        return np.asarray(join.reduceat(distinct[self.values.codes], self.starts))


def no_field(field_type: FieldType, count: int) -> Field:
    """A field that nobody has: unknown for every lead."""
    numbers = None if field_type == "text" else np.zeros(0)
    return Field(field_type, np.full(count, -1, dtype=np.intp), [], numbers)


@dataclass(frozen=True)
class Seen:
    """What the activity log says of each lead of a batch, for one rule or field."""

    count: Hundredths
    """How many events (whole numbers)."""
    age: Numbers
    """Whole days since the last of them, NaN where there is none."""
    points: Hundredths
    """The sum of the events' points (hundredths), before cap and floor."""
    faded: Hundredths
    """The same with each event's own decay taken off."""
    value: Hundredths
    """The sum of the events' values, in hundredths."""

    def take(self, rows: Rows) -> Seen:
        """The same of some of the leads."""
        points, faded, value = self.points[rows], self.faded[rows], self.value[rows]
        return Seen(self.count[rows], self.age[rows], points, faded, value)


@dataclass(frozen=True)
class Leads:
    """A batch of leads as the rules see it: its typed fields, on the day it is scored for."""

    count: int
    fields: dict[str, Field]
    as_of: int
    """Days since 1970-01-01."""
    activity: Mapping[tuple[str, str], Seen] = field(default_factory=dict)
    """What the log says, by the key of the rule or field that asks (``Wanted.key``)."""
    account_scores: Hundredths | None = None
    """Each lead's account's score, 0 where it has none; None where nobody asks."""

    def take(self, rows: Rows) -> Leads:
        """Some of the leads, by their positions."""
        fields = {name: field.take(rows) for name, field in self.fields.items()}
        activity = {key: seen.take(rows) for key, seen in self.activity.items()}
        scores = None if self.account_scores is None else self.account_scores[rows]
        return Leads(len(rows), fields, self.as_of, activity, scores)

    def __getitem__(self, name: str) -> Field:
        return self.fields[name]

    def age(self, name: str) -> Numbers:
        """Whole days from the date in a field to as_of; negative for days to come, NaN where unknown."""
        return self.as_of - self[name].values


def under(key: str | int, uses: Iterator[Use]) -> Iterator[Use]:
    """The same uses, one key further down in the config."""
    for use in uses:
        yield Use(use.field, use.type, (key, *use.key), use.values)
