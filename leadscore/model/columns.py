"""columns: where a field comes from and how its cells are read."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, Self

from pydantic import Field as Setting, model_validator

from leadscore.fields import FieldType
from leadscore.part import Part, refuse_key
from leadscore.scalars import Days, Flag, Text, Texts, Words
from leadscore.text import fold

Derivation = Literal["email_domain", "email_kind", "age", "last_event", "event_count", "event_value"]
DERIVED_TYPES: dict[str, FieldType] = {
    "email_domain": "text",
    "email_kind": "text",
    "age": "number",
    "last_event": "date",
    "event_count": "number",
    "event_value": "number",
}
EVENT_DERIVATIONS = ("last_event", "event_count", "event_value")
"""Made from the activity log rather than from another field."""
ISO = "iso"
"""Among the formats of a date: ISO 8601, with or without a time of day."""
_IN_NUMBERS = re.compile(r"[0-9+<>-]")
_SIGN_OR_LETTER = re.compile(r"[^\s.,'_]")
_FORMAT_LETTERS = "aAbBdfHIjmMpSyY"
DERIVED_FROM: dict[str, FieldType] = {"email_domain": "text", "email_kind": "text", "age": "date"}


class FieldConfig(Part):
    """Where a field comes from and how its cells are read."""

    columns: Texts = Setting(default=(), alias="from")
    """Headers that may hold the field; the first one the export has is used, then the field's own name."""
    type: FieldType | None = None
    null: Words = ()
    """Words that mean the cell is empty."""
    format: Texts | None = None
    """How dates are written, in strptime's letters, one way or several; ``iso`` (2026-06-30) without it."""
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'", "indian"] | None = None
    unit: Texts | None = None
    """What may stand before or after a number: $, EUR, %."""
    magnitude: Flag = False
    """Whether K, M and B after a number are thousands, millions and billions."""
    range: Literal["low", "high", "middle"] | None = None
    """The number that a range of them counts as."""
    list: Literal[";", ",", "|", "quoted"] | None = None
    """The mark between several values of one cell."""
    digits: Literal["ascii", "any"] = "ascii"
    exponent: Flag = False
    true: Words = ("true", "yes", "1")
    false: Words = ("false", "no", "0")
    derive: Derivation | None = None
    of: Text | None = None
    event: Texts | None = None
    """The events of the log a field is derived from; any event without it."""
    within_days: Days | None = None
    fixed: Flag | None = None
    """Whether it is a fact nobody can change; by default all but counts and dates of the last activity."""
    optional: Flag = False
    """Whether an export may lack it: it is then unknown for every lead."""

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        self._refuse_derivation()
        if self.derive and self.columns:
            raise refuse_key("from", "a derived field has no column of its own; remove from or derive")
        if self.derive and self.list:
            raise refuse_key("list", "is for cells of the export, and a derived field has none; remove it")
        if not all(form == ISO or _tells_a_day(form) for form in self.format or ()):
            raise refuse_key(
                "format", "does not tell day, month and year; write for example %d/%m/%Y, or iso"
            )
        return self

    @model_validator(mode="after")
    def _refuse_words_with_two_meanings(self) -> Self:
        true, false = ({fold(word) for word in words} for words in (self.true, self.false))
        if true & false:
            raise refuse_key("false", "has a word that true has as well; declare both lists")
        if "" in {fold(word) for word in self.null} & (true | false):
            raise refuse_key("null", "has the empty cell, which true or false has as well; keep one")
        return self

    @model_validator(mode="after")
    def _refuse_marks_with_two_meanings(self) -> Self:
        if self.decimal == ("," if self.thousands == "indian" else self.thousands):
            raise refuse_key("thousands", "cannot be the same mark as decimal; for 1.234,5 set decimal: ','")
        for unit in self.unit or ():
            if _IN_NUMBERS.search(unit) or not _SIGN_OR_LETTER.search(unit):
                raise refuse_key("unit", "must be a sign or word beside numbers; write for example $ or EUR")
            if self.magnitude and fold(unit) in ("k", "m", "b"):
                raise refuse_key("unit", "means thousands, millions or billions here; remove magnitude or it")
        return self

    @property
    def takes_empty(self) -> bool:
        """Whether the empty cell is one of the words of a boolean: a box that is ticked or empty."""
        return self.type == "boolean" and not all(fold(word) for word in (*self.true, *self.false))

    def _refuse_derivation(self) -> None:
        from_log = self.derive in EVENT_DERIVATIONS
        if (self.derive is not None and not from_log) != (self.of is not None):
            raise ValueError("derive and of go together; write for example {derive: email_domain, of: email}")
        for key in ("event", "within_days"):
            if getattr(self, key) is not None and not from_log:
                raise refuse_key(
                    key, f"is for fields made from the log; derive one of {', '.join(EVENT_DERIVATIONS)}"
                )


def _tells_a_day(format: str) -> bool:
    """Whether strptime gets back the day that was written in the format."""
    day = datetime(2026, 12, 31)  # noqa: DTZ001 (a day, at no place in the world)
    letters = re.findall("%(.)", format.replace("%%", ""))
    try:
        return set(letters) <= set(_FORMAT_LETTERS) and datetime.strptime(day.strftime(format), format) == day  # noqa: DTZ007
    except (ValueError, re.error):
        return False
