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
_FORMAT_LETTERS = "aAbBdfHIjmMpSyY"
DERIVED_FROM: dict[str, FieldType] = {"email_domain": "text", "email_kind": "text", "age": "date"}


class FieldConfig(Part):
    """Where a field comes from and how its cells are read."""

    columns: Texts = Setting(default=(), alias="from")
    """Headers that may hold the field; the first one the export has is used, then the field's own name."""
    type: FieldType | None = None
    null: Words = ()
    """Words that mean the cell is empty."""
    format: Text | None = None
    """How dates are written, in strptime's letters; ISO (2026-06-30) without it."""
    decimal: Literal[".", ","] = "."
    thousands: Literal[",", ".", " ", "'"] | None = None
    digits: Literal["ascii", "any"] = "ascii"
    exponent: Flag = False
    true: Words = ("true", "yes", "1")
    false: Words = ("false", "no", "0")
    derive: Derivation | None = None
    of: Text | None = None
    event: Texts | None = None
    """The events of the log a field is derived from; any event without it."""
    within_days: Days | None = None

    @model_validator(mode="after")
    def _refuse_contradictions(self) -> Self:
        self._refuse_derivation()
        if self.derive and self.columns:
            raise refuse_key("from", "a derived field has no column of its own; remove from or derive")
        if self.thousands == self.decimal:
            raise refuse_key("thousands", "cannot be the same mark as decimal; for 1.234,5 set decimal: ','")
        if self.format is not None and not _tells_a_day(self.format):
            raise refuse_key("format", "does not tell day, month and year; write for example %d/%m/%Y")
        both = {fold(word) for word in self.true} & {fold(word) for word in self.false}
        if both:
            raise refuse_key("false", "has a word that true has as well; declare both lists")
        return self

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
