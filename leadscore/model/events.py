"""events: how an activity log is written, and what a config wants to know of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from leadscore.model.columns import EVENT_DERIVATIONS, FieldConfig
from leadscore.model.input import Encoding
from leadscore.part import Part
from leadscore.rules.count import Count
from leadscore.scalars import Text, plain

if TYPE_CHECKING:
    from leadscore.model.schema import Model


def _column(value: Any) -> Any:
    # `time: When` names the column, `time: {from: When, format: ...}` also says how it is read.
    value = plain(value)
    return {"from": value} if isinstance(value, str) else value


_AMOUNTS = {"last_event": "age", "event_count": "count", "event_value": "value"}

Column = Annotated[FieldConfig, BeforeValidator(_column)]


class EventLog(Part):
    """The columns of the activity log: one row per activity of a lead."""

    lead: Text | None = None
    """The column with the lead's id; the config's id without it."""
    event: Text = "event"
    time: Column = FieldConfig.model_validate({"from": "time"})
    value: Column = FieldConfig.model_validate({"from": "value"})
    encoding: Encoding | None = None
    """As ``input.encoding``, of the log."""


@dataclass(frozen=True)
class Wanted:
    """Events that one rule or field is made of."""

    key: tuple[str, str]
    """("rule", what it says) or ("field", name)."""
    events: tuple[str, ...] | None
    """Names, None for any event."""
    within_days: int | None = None
    at_most_per_day: int | None = None
    rule: Count | None = None
    derive: str | None = None

    @property
    def name(self) -> str:
        """The rule or field, for messages."""
        return self.key[1] if self.rule is None else self.rule.name

    @property
    def with_value(self) -> bool:
        """Whether the events' values are read."""
        return "value" in self.amounts or (self.rule is not None and self.rule.per_value is not None)

    @property
    def amounts(self) -> tuple[str, ...]:
        """What of ``Seen`` it is made of."""
        rule = self.rule
        if rule is None:
            return (_AMOUNTS[self.derive or ""],)
        limited = rule.min_count is not None or rule.max_count is not None
        if rule.per_value is not None or (rule.each is not None and not limited):
            return ("points", "faded") if rule.fades_by_event else ("points",)
        return ("count", "age") if rule.fades_by_event else ("count",)


def wanted_events(model: Model) -> Iterator[Wanted]:
    """What the config wants to know of the log; nothing where it needs none."""
    rules = (rule for each in model.models for group in each.groups.values() for rule in group.rules)
    # A rule that several segments share is counted once.
    counts = {rule.key: rule for rule in rules if isinstance(rule, Count) and rule.event is not None}
    for key, rule in counts.items():
        limits = (rule.within_days, rule.at_most_per_day)
        yield Wanted(key, rule.event, *limits, rule)
    for name, field in model.fields.items():
        if field.derive in EVENT_DERIVATIONS:
            yield Wanted(("field", name), field.event, field.within_days, derive=field.derive)
